// The line of the caller in the stack of an error, where the way is longest: through what Nest injects.

import { Test } from '@nestjs/testing';
import { expect, test } from 'vitest';
import type { RuntimeOf } from 'onward';
import { OnwardModule, onwardToken } from 'onward/nest';
import { graph } from './shop/src/onward.gen.ts';
import { BillingModule, MailModule } from './shop/src/shop.ts';

type Onward = RuntimeOf<typeof graph>;

async function stackOf(start: (onward: Onward) => Promise<unknown>): Promise<string | undefined> {
  const module = await Test.createTestingModule({
    imports: [OnwardModule.forRoot({ graph, log: false }), BillingModule, MailModule],
  }).compile();
  try {
    await module.init();
    const error = await start(module.get<Onward>(onwardToken())).catch((thrown: unknown) => thrown);
    return error instanceof Error ? error.stack : undefined;
  } finally {
    await module.close();
  }
}

test.each([
  ['a message', (onward: Onward) => onward.start('Billing.charge', { id: 'a', cents: 0 }, { id: 'a' })],
  ['an option', (onward: Onward) => onward.start('Billing.charge', { id: 'a', cents: 1 }, { id: '' })],
])('the line that starts a run with %s that is refused is in the stack', async (_what, start) => {
  expect(await stackOf(start)).toContain('callers-line.test.ts');
});
