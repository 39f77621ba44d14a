// What a job throws for Nest to answer with, where runs are kept.

import { ConflictException, HttpException } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { expect, test } from 'vitest';
import type { RuntimeOf } from 'onward';
import { sqliteEngine } from 'onward/engines/sqlite';
import { OnwardModule, onwardToken, type OnwardSettings } from 'onward/nest';
import { storeFile } from '../support/sqlite.ts';
import { graph } from './shop/src/onward.gen.ts';
import { BillingModule, Gateway, MailModule } from './shop/src/shop.ts';

/** What `value()` throws, with an engine that keeps runs. */
async function thrown(settings: OnwardSettings = {}): Promise<unknown> {
  const engine = sqliteEngine({ file: storeFile() });
  const module = await Test.createTestingModule({
    imports: [OnwardModule.forRoot({ graph, engine, log: false, ...settings }), BillingModule, MailModule],
  })
    .overrideProvider(Gateway)
    .useValue({ charge: () => Promise.reject(new ConflictException('charged before')) })
    .compile();
  try {
    await module.init();
    const onward = module.get<RuntimeOf<typeof graph>>(onwardToken());
    const run = await onward.start('Billing.charge', { id: 'o1', cents: 1 });
    return await run.value().catch((error: unknown) => error);
  } finally {
    await module.close();
  }
}

test('an exception of HTTP comes back as one, with what Nest answers with', async () => {
  const error = await thrown();
  if (!(error instanceof HttpException)) throw new Error('it is no HttpException');
  expect(error.getStatus()).toBe(409);
  expect(error.getResponse()).toEqual({ statusCode: 409, error: 'Conflict', message: 'charged before' });
  expect(String(error)).toBe('ConflictException: charged before');
});

test('its own class comes back where `classes` names it', async () => {
  expect(await thrown({ classes: { ConflictException } })).toBeInstanceOf(ConflictException);
});
