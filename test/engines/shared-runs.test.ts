// Several processes with one store: what one of them waits for, or has begun, comes to its end, whatever the others do meanwhile.

import { IsString } from 'class-validator';
import { expect, test, vi } from 'vitest';
import { Job, type StepContext } from 'onward';
import type { Store } from '../../src/engines/store/store.ts';
import { StoreEngine } from '../../src/engines/store/store-engine.ts';
import { StoreAround } from '../../src/testing/store-around.ts';
import { ByHand, jobOf, looksByHand, settled, SharedStore } from '../support/by-hand.ts';
import { wired } from '../support/wired.ts';

const looks = looksByHand();

class Load {
  @IsString() load!: string;
}

/** Bodies that end when they are told to. */
class Yard {
  readonly begun: string[] = [];
  readonly stopped: number[] = [];
  readonly end: (() => void)[] = [];
  readonly fail: (() => void)[] = [];
  @Job() async haul({ load }: Load): Promise<string> {
    this.begun.push(load);
    await this.#told();
    return load;
  }
  @Job({ retry: { attempts: 2, delay: 0 } }) async lift({ signal, step }: StepContext): Promise<void> {
    this.begun.push(`attempt ${step.attempt}`);
    signal.addEventListener('abort', () => this.stopped.push(step.attempt));
    await this.#told();
  }
  #told(): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      this.end.push(resolve);
      this.fail.push(() => reject(new Error('the rope is torn')));
    });
  }
}

/** A process that hears nothing of the others. */
function processOn(store: Store, deaths = Number.POSITIVE_INFINITY) {
  const [sharing, yard] = [new ByHand(), new Yard()];
  const parameters = { 'Yard.haul': [Load], 'Yard.lift': ['context'] } as const;
  return { sharing, yard, ...wired(new StoreEngine(store, { sharing, deaths }), { Yard: yard }, parameters) };
}

test('who reads the events of a run that has ended in another process comes to their end', async () => {
  const store = new SharedStore();
  const [one, other] = [processOn(new StoreAround(store, async (call) => call())), processOn(store)];
  const run = await one.start('Yard.haul', { load: 'sand' }, { id: 'run' });
  await other.runtime.runs();
  void other.sharing.perform(one.sharing.tasks[0], jobOf('job'));
  await settled();
  other.yard.end[0]?.();
  await settled();
  const seen: string[] = [];
  const reading = (async () => {
    for await (const { type } of run.events()) seen.push(type);
    seen.push('the end');
  })();
  await settled();
  await looks(10);
  expect(seen.slice(-2)).toEqual(['run.ended', 'the end']);
  await reading;
});

test('who waits for a run that has ended elsewhere and was removed hears of it', async () => {
  const store = new SharedStore();
  const [one, other] = [processOn(store), processOn(store)];
  const run = await one.start('Yard.haul', { load: 'sand' }, { id: 'run' });
  const refused = vi.fn<(error: unknown) => void>();
  void run.report().catch(refused);
  await other.runtime.runs();
  void other.sharing.perform(one.sharing.tasks[0], jobOf('job'));
  await settled();
  await looks(1);
  other.yard.end[0]?.();
  await settled();
  expect(store.remove(['run'])).toBe(1);
  await looks(10);
  expect(refused).toHaveBeenCalledWith(expect.objectContaining({ code: 'ONW3072' }));
});

test('a look at an attempt that is over elsewhere stops no later attempt', async () => {
  const store = new SharedStore();
  const held: (() => void)[] = [];
  const slow = new StoreAround(store, (call) => call());
  const [one, other] = [processOn(slow), processOn(store)];
  const run = await one.start('Yard.lift', undefined, { id: 'run' });
  void run.report();
  void other.runtime.work();
  const [first] = one.sharing.tasks.splice(0);
  void one.sharing.perform(first, jobOf('first'));
  await settled();
  // The process seems to be dead.
  void other.sharing.perform(first, jobOf('first', 1));
  await settled();
  other.yard.fail[0]?.();
  await settled();
  await other.clock.advance(60_000);
  await settled();
  const second = other.sharing.tasks.find(({ attempt }) => attempt === 2);
  expect(second?.attempt).toBe(2);
  // It looks at the first attempt, and the answer takes its time.
  const { load } = slow;
  slow.load = (runId, keys) => {
    const loaded = load(runId, keys);
    return new Promise((resolve) => held.push(() => resolve(loaded)));
  };
  await looks(1);
  slow.load = load;
  void one.sharing.perform(second, jobOf('second'));
  await settled();
  expect(one.yard.begun).toEqual(['attempt 1', 'attempt 2']);
  expect(held).not.toEqual([]);
  for (const answer of held) answer();
  await settled();
  expect(one.yard.stopped).toEqual([1]);
});

test('a job ends whose attempt is given up for its deaths, and was over meanwhile', async () => {
  const store = new SharedStore();
  const slow = new StoreAround(store, (call) => call());
  const [one, second, third] = [processOn(store, 1), processOn(store, 1), processOn(slow, 1)];
  await one.start('Yard.haul', { load: 'sand' }, { id: 'run' });
  const [task] = one.sharing.tasks.splice(0);
  const ended = vi.fn<() => void>();
  void one.sharing.perform(task, jobOf('job'));
  await settled();
  await second.runtime.runs();
  void second.sharing.perform(task, jobOf('job', 1));
  await settled();
  // The commit that gives the attempt up meets the outcome of the first process.
  const { commit } = slow;
  let commits = 0;
  slow.commit = async (changes) => {
    if (++commits === 2) {
      one.yard.end[0]?.();
      await settled();
    }
    return commit(changes);
  };
  await third.runtime.runs();
  void third.sharing.perform(task, jobOf('job', 2)).then(() => ended());
  await settled();
  await looks(10);
  expect(store.find('run')?.status).toBe('completed');
  expect(ended).toHaveBeenCalled();
});

test('a pause that could not be told to the others holds nothing', async () => {
  const { sharing, runtime, start, yard } = processOn(new SharedStore());
  sharing.pause = () => Promise.reject(new Error('Redis is away'));
  await runtime.runs();
  await expect(runtime.pause(['Yard.haul'])).rejects.toThrow('away');
  await start('Yard.haul', { load: 'sand' }, { id: 'run' });
  void sharing.perform(sharing.tasks[0], jobOf('job'));
  await settled();
  expect(yard.begun).toEqual(['sand']);
});
