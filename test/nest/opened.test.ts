// An application of Nest whose runs cannot be kept does not start.

import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { expect, test } from 'vitest';
import { bullmqEngine } from 'onward/engines/bullmq';
import { sqliteEngine } from 'onward/engines/sqlite';
import { OnwardModule, type OnwardSettings } from 'onward/nest';
import { freePort } from '../support/redis.ts';
import { storeFile } from '../support/sqlite.ts';
import { graph } from './shop/src/onward.gen.ts';
import { BillingModule, MailModule } from './shop/src/shop.ts';

const SILENT = { log: () => undefined, warn: () => undefined, error: () => undefined };

const application = (settings: OnwardSettings): TestingModuleBuilder =>
  Test.createTestingModule({
    imports: [OnwardModule.forRoot({ graph, drainMs: 0, ...settings }), BillingModule, MailModule],
  }).setLogger(SILENT);

/** Starts it, and closes it. */
async function life(settings: OnwardSettings, within: () => Promise<void> = async () => undefined): Promise<void> {
  const module = await application(settings).compile();
  try {
    await module.init();
    await within();
  } finally {
    await module.close();
  }
}

test.each([false, true])('Redis is away, and `work` is %s', async (work) => {
  const connection = `redis://127.0.0.1:${await freePort()}`;
  await expect(life({ engine: bullmqEngine({ connection, answerWithin: '200ms' }), work })).rejects.toThrow('ONW4010');
});

test('another process has the file, and `work` is false', async () => {
  const file = storeFile();
  await life({ engine: sqliteEngine({ file }) }, async () => {
    await expect(life({ engine: sqliteEngine({ file }), work: false })).rejects.toThrow('ONW4003');
  });
});
