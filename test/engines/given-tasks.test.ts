// Tasks of a shared store that jobs bring: which process has which of them, and what a job goes on with.

import { expect, test } from 'vitest';
import { Job, OnSuccess } from 'onward';
import { GivenTasks } from '../../src/engines/store/shared/given-tasks.ts';
import { StoreEngine } from '../../src/engines/store/store-engine.ts';
import type { Event, Task } from '../../src/run/event.ts';
import { ByHand, jobOf, settled, SharedStore } from '../support/by-hand.ts';
import { wired } from '../support/wired.ts';

/** Bodies that end when they are told to. */
class Crane {
  readonly calls: string[] = [];
  readonly end: (() => void)[] = [];
  @Job() lift(): Promise<void> {
    return this.#body('lift');
  }
  @OnSuccess('lift') lower(): Promise<void> {
    return this.#body('lower');
  }
  #body(name: string): Promise<void> {
    this.calls.push(name);
    return new Promise((resolve) => this.end.push(resolve));
  }
}

test.each([
  ['while deaths are counted', 3],
  ['while nobody counts deaths', Number.POSITIVE_INFINITY],
])('GIVEN-3 %s: a process whose job was taken meanwhile goes on with nothing', async (_, deaths) => {
  const store = new SharedStore();
  const processes = [1, 2].map(() => {
    const [sharing, crane] = [new ByHand(), new Crane()];
    return { sharing, crane, ...wired(new StoreEngine(store, { sharing, deaths }), { Crane: crane }) };
  });
  const [one, other] = processes;
  if (one === undefined || other === undefined) throw new Error('there are two');
  await one.start('Crane.lift', undefined, { id: 'run' });
  await other.runtime.runs();
  const [lift] = one.sharing.tasks.splice(0);
  const done = [one.sharing.perform(lift, jobOf('job'))];
  await settled();
  done.push(other.sharing.perform(lift, jobOf('job', 1)));
  await settled();
  expect([one.crane.calls, other.crane.calls]).toEqual([['lift'], ['lift']]);
  one.crane.end[0]?.();
  await settled();
  other.crane.end[0]?.();
  await settled();
  // What follows is a job of its own.
  expect([one.crane.calls, other.crane.calls]).toEqual([['lift'], ['lift']]);
  expect(one.sharing.tasks.map(({ at }) => at.node)).toEqual(['Crane.lower']);
  await Promise.all(done);
});

test('of two tasks of one step the one that has come to an end goes on', () => {
  const given = new GivenTasks();
  const at = { step: 1, node: 'Crane.lift', around: [] };
  const ofRun = { runId: 'run', stepKey: '', attempt: 1, round: 1, tags: [], ancestors: [], via: null, valueKey: '' };
  const input = { targetMessage: null, targetValue: null, item: -1 };
  const body: Task = { ...ofRun, key: 'run~1.1', kind: 'body', at, inline: false, input };
  const prepare: Task = { ...body, key: 'run~1.1.prepare', kind: 'prepare' };
  const next: Task = { ...body, key: 'run~2.1', at: { ...at, step: 2 } };
  given.give(prepare, jobOf('of prepare'), () => undefined);
  given.give(body, jobOf('of body'), () => undefined);
  const nextOf = (event: Event): unknown => given.nextOf('run', event, [next], new Map())?.holder[1];
  const outcome = { message: null, value: null, routing: { routes: 'all' }, effects: null } as const;
  expect(nextOf({ type: 'completed', at, attempt: 1, ...outcome })).toEqual(['of body', next.key, 0]);
  expect(nextOf({ type: 'prepared', at, attempt: 1, message: null })).toEqual(['of prepare', next.key, 0]);
});
