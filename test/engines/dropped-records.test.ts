// What a process knows of a run in a shared store may be dropped at any time: a commit of it meets a change of another process,
// and all is read anew. A body that is under way, or about to begin, is none the worse for it.

import { IsString } from 'class-validator';
import { expect, test } from 'vitest';
import { Handler, Job, type StepContext } from 'onward';
import type { Committed, LoadedRecords, MaybePromise, Store } from '../../src/engines/store/store.ts';
import { StoreEngine } from '../../src/engines/store/store-engine.ts';
import { StoreAround } from '../../src/testing/store-around.ts';
import { ByHand, jobOf, looksByHand, settled, SharedStore } from '../support/by-hand.ts';
import { wired } from '../support/wired.ts';

/** So many steps of promises lie between an answer and what is done with it, and more. */
const DELAYS = Array.from({ length: 6 }, (_, delay) => delay);

const looks = looksByHand();

async function steps(count: number): Promise<void> {
  for (let step = 0; step < count; step++) await Promise.resolve();
}

/** It answers when the test says so, and a commit meets a change of another process when the test says so. */
class SlowStore extends StoreAround {
  #answers: (() => void)[] | undefined;
  #conflict: (() => void) | undefined;
  readonly #inner: SharedStore;

  constructor(inner: SharedStore) {
    super(inner, (call) => call());
    this.#inner = inner;
  }

  /** From now on what is loaded, or committed, is held. */
  hold(): void {
    this.#answers = [];
  }

  /** What was asked is answered; so many steps of promises later, the commit comes to nothing. */
  async answer(delay: number): Promise<void> {
    for (const answer of this.#answers?.splice(0) ?? []) answer();
    this.#answers = undefined;
    await steps(delay);
    this.#conflict?.();
    this.#conflict = undefined;
    await settled();
  }

  override load: Store['load'] = (runId, keys) =>
    this.#held((): LoadedRecords => this.#inner.load(runId, keys), this.#answers);

  override commit: Store['commit'] = (changes): MaybePromise<readonly Committed[]> => {
    if (this.#answers === undefined) return this.#inner.commit(changes);
    return new Promise((resolve) => {
      this.#conflict = () => resolve(changes.map(() => 'conflict'));
    });
  };

  #held<T>(answer: () => T, held: (() => void)[] | undefined): MaybePromise<T> {
    if (held === undefined) return answer();
    return new Promise((resolve) => held.push(() => resolve(answer())));
  }
}

class Load {
  @IsString() load!: string;
}

/** Bodies that end when they are told to. */
class Yard {
  readonly end = new Map<string, () => void>();
  readonly stopped: string[] = [];
  @Job() async haul({ load }: Load, context: StepContext): Promise<string> {
    context.signal.addEventListener('abort', () => this.stopped.push(load));
    await new Promise<void>((resolve) => this.end.set(load, resolve));
    context.emit('hauled', load);
    return load;
  }
  @Job() async load(context: StepContext): Promise<number> {
    await new Promise<void>((resolve) => this.end.set('load', resolve));
    return context.call(Yard, 'weigh');
  }
  @Handler() weigh(): number {
    return 7;
  }
}

function processOn(store: Store) {
  const [sharing, yard] = [new ByHand(), new Yard()];
  const parameters = { 'Yard.haul': [Load, 'context'], 'Yard.load': ['context'] } as const;
  return { sharing, yard, ...wired(new StoreEngine(store, { sharing }), { Yard: yard }, parameters) };
}

/** A run of two bodies, with one under way. */
async function underWay() {
  const store = new SlowStore(new SharedStore());
  const { sharing, yard, runtime } = processOn(store);
  const entries = ['sand', 'gravel'].map((load) => ({ job: 'Yard.haul', message: { load } }));
  const run = await runtime.start(runtime.parallel(entries), { id: 'run' });
  const [first, second] = sharing.tasks.splice(0);
  void sharing.perform(first, jobOf('first'));
  await settled();
  return { store, sharing, yard, runtime, run, second };
}

test.each(DELAYS)(
  'a commit that comes to nothing stops no body of the run while it is looked at: %i steps after the answer',
  async (delay) => {
    const { store, sharing, yard, run, second } = await underWay();
    // Somebody waits for it, so it is looked at.
    void run.report();
    void sharing.perform(second, jobOf('second'));
    await settled();
    store.hold();
    yard.end.get('sand')?.();
    await settled();
    await looks(1);
    await store.answer(delay);
    expect(yard.stopped).toEqual([]);
    yard.end.get('gravel')?.();
    await settled();
    expect((await run.inspect()).status).toBe('completed');
  },
);

test.each(DELAYS)(
  'a commit that comes to nothing keeps no body from beginning that a job brings: %i steps after the answer',
  async (delay) => {
    const { store, sharing, yard, run, second } = await underWay();
    store.hold();
    yard.end.get('sand')?.();
    await settled();
    void sharing.perform(second, jobOf('second'));
    await settled();
    await store.answer(delay);
    yard.end.get('gravel')?.();
    await settled();
    expect((await run.inspect()).status).toBe('completed');
  },
);

test('a commit that comes to nothing drops nothing of what the other bodies of the run emit', async () => {
  const { store, sharing, yard, runtime, second } = await underWay();
  const hauled: unknown[] = [];
  runtime.observe({ onEvent: (event) => void (event.type === 'custom' && hauled.push(event.data)) });
  void sharing.perform(second, jobOf('second'));
  await settled();
  store.hold();
  yard.end.get('sand')?.();
  await settled();
  const answered = store.answer(0);
  yard.end.get('gravel')?.();
  await answered;
  expect(hauled).toEqual(['sand', 'gravel']);
});

test.each(DELAYS)(
  'a commit that comes to nothing lets no body begin that was to stop: %i steps before',
  async (delay) => {
    const inner = new SharedStore();
    const slow = new StoreAround(inner, (call) => call());
    const [one, other] = [processOn(slow), processOn(inner)];
    // Longer values are read for the job, and again for its body.
    const entries = ['sand', 'x'.repeat(20_000)].map((load) => ({ job: 'Yard.haul', message: { load } }));
    const run = await other.runtime.start(other.runtime.parallel(entries), { id: 'run' });
    await one.runtime.runs();
    const [sand, long] = other.sharing.tasks.splice(0);
    void one.sharing.perform(sand, jobOf('sand'));
    await settled();
    const answers: (() => void)[] = [];
    const { payloads, commit } = slow;
    let reads = 0;
    slow.payloads = (runId, names) => {
      const texts = payloads(runId, names);
      return ++reads < 2 ? texts : new Promise((resolve) => answers.push(() => resolve(texts)));
    };
    void one.sharing.perform(long, jobOf('long'));
    await settled();
    expect([...one.yard.end.keys()]).toEqual(['sand']);
    await run.cancel('no more');
    await one.sharing.runs?.changed('run');
    await settled();
    slow.commit = async (changes) => {
      slow.commit = commit;
      void steps(delay).then(() => {
        for (const answer of answers) answer();
      });
      return changes.map(() => 'conflict');
    };
    one.yard.end.get('sand')?.();
    await settled();
    expect([...one.yard.end.keys()]).toEqual(['sand']);
  },
);

test('a called step is left to the process of its caller, whatever was dropped of the run', async () => {
  const inner = new SharedStore();
  const slow = new StoreAround(inner, (call) => call());
  const [one, other] = [processOn(inner), processOn(slow)];
  const run = await other.start('Yard.load', undefined, { id: 'run' });
  void run.report();
  await one.runtime.runs();
  void one.sharing.perform(other.sharing.tasks.splice(0)[0], jobOf('job'));
  await settled();
  await run.suspend();
  await settled();
  one.yard.end.get('load')?.();
  await settled();
  const { commit } = slow;
  slow.commit = async (changes) => {
    const written = await commit(changes);
    // A look at the run is answered ahead of it.
    void other.sharing.runs?.changed('run');
    await steps(5);
    return written;
  };
  await run.resume();
  await settled();
  expect(other.sharing.tasks.map(({ at }) => at.node)).toEqual([]);
});
