// What follows from a change that is written: what of it fails, such as a reading for those who listen, holds up nothing else.

import { expect, test } from 'vitest';
import { Job, type RunEvent } from 'onward';
import { MapStore } from '../../src/engines/store/map-store.ts';
import { StoreEngine } from '../../src/engines/store/store-engine.ts';
import type { Committed, LoadedRecords, PageQuery, RecordPage, RunChange } from '../../src/engines/store/store.ts';
import { Turns, type Seat } from '../../src/engines/store/turns.ts';
import { virtualClock } from 'onward/testing';
import { ByHand, jobOf, settled, SharedStore } from '../support/by-hand.ts';
import { wired } from '../support/wired.ts';

/** It cannot be read once a run has ended, until it is told otherwise. */
class Away extends SharedStore {
  isAway: boolean | undefined;
  override commit(changes: readonly RunChange[]): readonly Committed[] {
    const committed = super.commit(changes);
    if (changes.some(({ summary }) => !summary.isOpen)) this.isAway ??= true;
    return committed;
  }
  override load(runId: string, keys: readonly string[]): LoadedRecords {
    if (this.isAway === true) throw new Error('away');
    return super.load(runId, keys);
  }
  override page(runId: string, query: PageQuery): RecordPage {
    if (this.isAway === true) throw new Error('away');
    return super.page(runId, query);
  }
}

class Bell {
  @Job() ring(): string {
    return 'rung';
  }
}

test('a store that cannot be read for those who listen: turns go on, and nothing of what they are told gets lost', async () => {
  const [store, sharing] = [new Away(), new ByHand()];
  const { runtime, start } = wired(new StoreEngine(store, { sharing }), { Bell: new Bell() });
  const observed: string[] = [];
  runtime.observe({ onEvent: ({ type }) => void observed.push(type) });
  const run = await start('Bell.ring', undefined, { id: 'one' });
  const read: RunEvent[] = [];
  const reading = (async () => {
    for await (const event of run.events()) read.push(event);
  })();
  await settled();
  const done = sharing.perform(sharing.tasks[0], jobOf('job'));
  await settled();
  expect([store.isAway, observed.includes('run.ended')]).toEqual([true, false]);
  store.isAway = false;
  await done;
  await reading;
  expect(read.map(({ seq, type }) => `${seq} ${type}`)).toEqual([
    '1 run.started',
    '2 step.started',
    '3 step.completed',
    '4 run.ended',
  ]);
  await expect.poll(() => observed.at(-1)).toBe('run.ended');
  expect(observed.filter((type) => /^(step|run)[.](completed|ended)$/.test(type))).toEqual([
    'step.completed',
    'run.ended',
  ]);
  await start('Bell.ring', undefined, { id: 'two' });
  await sharing.perform(sharing.tasks[1], jobOf('other'));
  expect((await (await runtime.run('two'))?.report())?.status).toBe('completed');
});

test('an effect that fails is reported, and those behind it are done', async () => {
  const clock = virtualClock();
  const failed: string[] = [];
  const onFailed = (runId: string): void => void failed.push(runId);
  const nothing = (): void => undefined;
  const turns = new Turns({ store: new MapStore(), clock, most: 10, onFault: nothing, onDamage: nothing, onFailed });
  const done: string[] = [];
  const put = (runId: string, effect: () => Promise<void> | void): void =>
    turns.put({ runId, decide: (seat: Seat) => seat.afterCommit(effect) });
  put('throws', () => {
    throw new Error('it cannot be done');
  });
  put('rejects', () => Promise.reject(new Error('it cannot be done')));
  put('goes on', () => void done.push('first'));
  await clock.runAll();
  put('goes on', () => void done.push('second'));
  await clock.runAll();
  expect([failed, done, turns.isIdle]).toEqual([['throws', 'rejects'], ['first', 'second'], true]);
});
