// Five claims in an office whose days take no time: the clock is moved by hand.

import { createRuntime, isOnwardError, type Engine } from 'onward';
import { virtualClock } from 'onward/testing';
import { Claims } from './claims.ts';
import { graph } from './onward.gen.ts';

const DAY = 86_400_000;

export async function settleAll(say: (line: string) => void, around: { readonly engine?: Engine } = {}): Promise<void> {
  const clock = virtualClock();
  const runtime = createRuntime(graph, { services: { Claims: new Claims(say) }, clock, ...around });

  const stamps = await runtime.start('Claims.submit', { who: 'Ada', what: 'stamps', cents: 1_240 });
  await clock.runAll();
  await stamps.value();

  const ferry = await runtime.start('Claims.submit', { who: 'Bela', what: 'the ferry', cents: 18_900 });
  await clock.advance(DAY);
  // What comes from outside is of any shape: one that does not fit is refused to whoever sends it, and the claim waits on.
  const scribble: object = { granted: 'maybe', by: 'Dr Orban' };
  await ferry.send('Claims.boss', scribble as never).catch((error: unknown) => {
    if (isOnwardError(error)) say(error.issues.map(({ path, expected }) => `${path}: expected ${expected}`).join());
  });
  // The form was sent twice; the same id counts once.
  const form = { id: 'form-7' };
  await ferry.send('Claims.boss', { granted: true, by: 'Dr Orban' }, form);
  await ferry.send('Claims.boss', { granted: true, by: 'Dr Orban' }, form);
  await clock.runAll();

  const dinner = await runtime.start('Claims.submit', { who: 'Cleo', what: 'a dinner', cents: 31_000 });
  await dinner.send('Claims.boss', { granted: false, by: 'Dr Orban', why: 'who was invited?' });
  await clock.runAll();

  const crane = await runtime.start('Claims.submit', { who: 'Dan', what: 'a crane', cents: 220_000 });
  await clock.advance(4 * DAY); // the boss is on holiday
  await crane.send('Claims.deputy', { granted: true, by: 'Ms Lind' });
  await clock.runAll();

  await runtime.start('Claims.submit', { who: 'Eve', what: 'a piano', cents: 410_000 });
  await clock.runAll(); // so is the deputy
  await runtime.close();
}
