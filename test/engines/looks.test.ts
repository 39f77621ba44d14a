// What other processes have written to a shared store is found by looking, also where nobody says so.

import { expect, test, vi } from 'vitest';
import { Handler, Job, type StepContext } from 'onward';
import { EncryptedStore } from '../../src/engines/store/encrypted-store.ts';
import type { Store } from '../../src/engines/store/store.ts';
import { StoreEngine } from '../../src/engines/store/store-engine.ts';
import { ByHand, jobOf, looksByHand, settled, SharedStore } from '../support/by-hand.ts';
import { rejectionOf, wired } from '../support/wired.ts';

const looks = looksByHand();

/** Bodies that end when they are told to; who calls ends only in a process that lives on. */
class Yard {
  readonly weighed: number[] = [];
  readonly end: (() => void)[] = [];
  constructor(readonly dies: boolean) {}
  @Job() async haul(context: StepContext): Promise<void> {
    this.weighed.push(await context.call(Yard, 'weigh'));
    if (this.dies) await new Promise(() => undefined);
  }
  @Handler() async weigh(): Promise<number> {
    await new Promise<void>((resolve) => this.end.push(resolve));
    return 7;
  }
}

/** Processes that hear nothing of each other. */
function processOn(store: Store, dies = false) {
  const [sharing, yard] = [new ByHand(), new Yard(dies)];
  const parameters = { 'Yard.haul': ['context'] } as const;
  return { sharing, yard, ...wired(new StoreEngine(store, { sharing }), { Yard: yard }, parameters) };
}

test('LOOKS-2 a caller gets the end of its step from another process, whatever its own has read of the run since', async () => {
  const store = new SharedStore();
  const [one, other] = [processOn(store, true), processOn(store)];
  await one.start('Yard.haul', undefined, { id: 'run' });
  await other.runtime.runs();
  const [haul] = one.sharing.tasks.splice(0);
  void one.sharing.perform(haul, jobOf('job'));
  await settled();
  // The process seems to be dead, and another one calls the body again.
  void other.sharing.perform(haul, jobOf('job', 1));
  await settled();
  one.yard.end[0]?.();
  await settled();
  expect([one.yard.weighed, other.yard.weighed]).toEqual([[7], []]);
  // It reads the run for something else: what it knows of it is of the last version.
  await (await other.runtime.run('run'))?.inspect();
  await looks(1);
  expect(other.yard.weighed).toEqual([7]);
});

test('LOOKS-2 who waits for a run gets its end, also where the run was read for something else since', async () => {
  const store = new SharedStore();
  const [one, other] = [processOn(store), processOn(store)];
  const run = await one.start('Yard.haul', undefined, { id: 'run' });
  const ended = vi.fn<(status: string) => void>();
  void run.report().then(({ status }) => ended(status));
  await other.runtime.runs();
  void other.sharing.perform(one.sharing.tasks[0], jobOf('job'));
  await settled();
  other.yard.end[0]?.();
  await settled();
  await (await one.runtime.run('run'))?.inspect();
  await looks(1);
  expect(ended).toHaveBeenCalledWith('completed');
});

test('who waits for a run that another process goes on with under a key that this one lacks hears that', async () => {
  const store = new SharedStore();
  const [old, next] = ['a'.repeat(64), 'b'.repeat(64)];
  const one = processOn(new EncryptedStore(store, { current: 'old', keys: { old } }));
  const other = processOn(new EncryptedStore(store, { current: 'new', keys: { old, new: next } }));
  const run = await one.start('Yard.haul', undefined, { id: 'run' });
  const refused = [run.value(), run.entry(), run.report()].map((wait) => rejectionOf(wait));
  await other.runtime.runs();
  void other.sharing.perform(one.sharing.tasks[0], jobOf('job'));
  await settled();
  await looks(1);
  for (const fault of await Promise.all(refused)) expect(fault).toMatchObject({ code: 'ONW4008' });
});
