// What `OnwardModule.forRoot` and `forRootAsync` refuse where the module is written.

import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { expect, test } from 'vitest';
import { OnwardModule } from 'onward/nest';
import { graph } from './shop/src/onward.gen.ts';
import { Billing, BillingModule } from './shop/src/shop.ts';

const refusal = (make: () => unknown): string => {
  try {
    make();
    return 'it was taken';
  } catch (error) {
    return String(error);
  }
};
const forRoot = (options: unknown): string => refusal(() => OnwardModule.forRoot(options as { graph: typeof graph }));
const forRootAsync = (options: unknown): string =>
  refusal(() => OnwardModule.forRootAsync(options as Parameters<typeof OnwardModule.forRootAsync>[0]));

test('no options, and an empty name', () => {
  expect(forRoot(undefined)).toMatchInlineSnapshot(
    `"OnwardError: ONW3004: the options of OnwardModule are not valid: expected the options to be an object, got nothing"`,
  );
  expect(forRoot({ graph, name: '' })).toMatchInlineSnapshot(
    `"OnwardError: ONW3004: the options of OnwardModule are not valid: expected \`name\` to be a string that is not empty, got """`,
  );
});

test('services that the graph does not have, and what is no token', () => {
  expect(forRoot({ graph, services: { Biling: Billing } })).toMatchInlineSnapshot(
    `"OnwardError: ONW3004: the options of OnwardModule are not valid: there is no option \`services.Biling\`; did you mean \`services.Billing\`?"`,
  );
  expect(forRoot({ graph, services: [Billing] })).toMatchInlineSnapshot(
    `"OnwardError: ONW3004: the options of OnwardModule are not valid: expected \`services\` to be tokens by the names of services, got an array of 1 item"`,
  );
  expect(forRoot({ graph, services: { Billing: {} } })).toMatchInlineSnapshot(
    `"OnwardError: ONW3004: the options of OnwardModule are not valid: expected \`services.Billing\` to be the token of a provider: a class, a string or a symbol, got an object"`,
  );
  expect(forRoot({ graph, services: { Billing, Mail: 'MAIL' } })).toBe('it was taken');
});

test('no factory, and settings that stand beside it', () => {
  expect(forRootAsync({ graph, useClass: Billing })).toMatchInlineSnapshot(
    `"OnwardError: ONW3004: the options of OnwardModule.forRootAsync are not valid: there is no option \`useClass\`; the options are name, services, graph, imports, inject, useFactory; \`useFactory\` is missing: the function that gives the settings"`,
  );
  expect(forRootAsync({ graph, drainMs: 5, useFactory: () => ({}) })).toMatchInlineSnapshot(
    `"OnwardError: ONW3004: the options of OnwardModule.forRootAsync are not valid: there is no option \`drainMs\`; the options are name, services, graph, imports, inject, useFactory"`,
  );
  expect(forRootAsync({ graph, imports: [BillingModule], inject: [Billing], useFactory: () => ({}) })).toBe(
    'it was taken',
  );
});

test('the module alone, in the root or in another one', async () => {
  @Module({ imports: [OnwardModule] })
  class Feature {}
  for (const imports of [[OnwardModule], [OnwardModule.forRoot({ graph }), BillingModule, Feature]])
    await expect(Test.createTestingModule({ imports }).compile()).rejects.toThrow(
      'ONW3001: a module imports OnwardModule alone, without a graph; import OnwardModule.forRoot({ graph }) once',
    );
});
