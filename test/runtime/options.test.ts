// Options of annotations and of starts: what makes no sense is told at once, all of it.

import { createRuntime, Job, memoryEngine, OnSuccess } from 'onward';
import { expect, test } from 'vitest';
import { nodeDescriptionOf } from '../../src/runtime/node-options.ts';
import type { StartOptions } from '../../src/api/run.ts';
import { readStartSettings } from '../../src/runtime/start-options.ts';
import { rejectionOf, wire, wired } from '../support/wired.ts';

const around = { cancelGraceMs: 5, nodes: ['Billing.charge', 'Billing.refund'], now: () => 1_000 };

function problemsOf(options: object): string {
  try {
    readStartSettings(options, around);
  } catch (error) {
    return String(error);
  }
  throw new Error('it was taken');
}

test('a node tells every option that is wrong', () => {
  const problems: string[] = [];
  nodeDescriptionOf({ maxRounds: -2, maxPerRun: 1.5, concurrency: 0, tags: 'vip' }, 'Billing.charge', problems);
  expect(problems).toEqual([
    'Billing.charge: expected `tags` to be a list of texts, got "vip"',
    'Billing.charge: expected `maxRounds` to be a whole number of at least 1, got -2',
    'Billing.charge: expected `maxPerRun` to be a whole number of at least 1, got 1.5',
    'Billing.charge: expected `concurrency` to be a whole number of at least 1, got 0',
  ]);
});

test.each<[StartOptions, number, number]>([
  [{}, 0, 0],
  [{ deadline: '2s', notBefore: 500 }, 3_000, 1_500],
  [{ deadline: new Date(9_000), notBefore: new Date(4_000) }, 9_000, 4_000],
])('times count from now, dates as they are: %j', (options, deadline, notBefore) => {
  expect(readStartSettings(options, around)).toMatchObject({ deadline, notBefore });
});

test('a start tells every time and limit that is wrong', () => {
  const text = problemsOf({ deadline: 'soon', notBefore: new Date(Number.NaN), maxPerRun: { 'Biling.charge': 0 } });
  expect(text).toContain('expected `deadline` to be');
  expect(text).toContain('expected `notBefore` to be');
  expect(text).toContain('expected `maxPerRun` of Biling.charge to be a whole number of at least 1, or null, got 0');
  expect(text).toContain('"Biling.charge", which fits no node; did you mean Billing.charge?');
  expect(problemsOf({ deadline: 10, notBefore: 20 })).toContain('later than `notBefore`');
});

class Mill {
  @Job()
  grind(): string {
    return 'flour';
  }

  @OnSuccess('grind', { each: true, concurrency: 0, after: 'later' } as never)
  bake(): void {}
}

test('an edge tells every option that is wrong', () => {
  const services = { Mill: new Mill() };
  expect(() => createRuntime(wire(services), { services })).toThrow(/`after` to be [^]*`concurrency` to be/);
});

test('a runtime without options is told what is missing', () => {
  expect(() => Reflect.apply(createRuntime, undefined, [wire({ Mill: new Mill() })])).toThrow(
    /ONW3004: the second argument/,
  );
});

class Shop {
  @Job()
  order(): string {
    return 'ordered';
  }
}

test('a run that is over cannot be held, resumed or cut, and can be looked at', async () => {
  const { start } = wired(memoryEngine(), { Shop: new Shop() });
  const run = await start('Shop.order');
  await run.value();
  expect(await rejectionOf(run.suspend())).toMatchObject({ code: 'ONW3037' });
  expect(await rejectionOf(run.resume())).toMatchObject({ code: 'ONW3030' });
  expect(await rejectionOf(run.cancelStep(1))).toMatchObject({ code: 'ONW3030' });
  expect(await rejectionOf(run.cancelStep(7))).toMatchObject({ code: 'ONW3049' });
  expect(await run.inspect()).toMatchObject({ status: 'completed', value: 'ordered' });
});
