// Bodies whose process has died are on trial from when they are called, however long they have waited for that. R23.

import { describe, expect, test } from 'vitest';
import { Handler, Job, OnSuccess, type RunReport, type StepContext } from 'onward';
import { MapStore } from '../../src/engines/store/map-store.ts';
import { StoreEngine } from '../../src/engines/store/store-engine.ts';
import type { Store } from '../../src/engines/store/store.ts';
import { sleep } from '../support/sleep.ts';
import { wired, type Wired } from '../support/wired.ts';

/** Kills its process; any other number is how often a body is called once more. */
const POISON = 666;

class Order {
  rounds!: number;
}

/** What bodies do is up to the life. */
class Lab {
  body: (left: number) => Promise<number> = async (left) => left - 1;

  @Job() async order({ rounds }: Order): Promise<number> {
    return rounds;
  }
  @OnSuccess('order')
  @OnSuccess('press', { when: (left: number) => left > 0 })
  @Handler({ concurrency: 1 })
  async press(left: number): Promise<number> {
    return this.body(left);
  }
  @Job() async meter({ rounds }: Order): Promise<number> {
    return rounds;
  }
  @OnSuccess('meter')
  @OnSuccess('spend', { when: (left: number) => left > 0 })
  @Handler({ rateLimit: { max: 1, per: '2s' } })
  async spend(left: number): Promise<number> {
    return this.body(left);
  }
  @Job() async ask({ rounds }: Order, context: StepContext): Promise<number> {
    return context.call(Lab, 'spend', rounds);
  }
  @Job() async free({ rounds }: Order): Promise<number> {
    return this.body(rounds);
  }
  @Job({ retry: { attempts: 2, delay: '5s', jitter: 0 } }) async again(context: StepContext): Promise<number> {
    if (context.step.attempt === 1) throw new Error('again');
    return this.body(0);
  }
}

const PARAMETERS = {
  'Lab.order': [Order],
  'Lab.press': ['any'],
  'Lab.meter': [Order],
  'Lab.spend': ['any'],
  'Lab.ask': [Order, 'context'],
  'Lab.free': [Order],
  'Lab.again': ['context'],
} as const;

interface Life extends Wired {
  readonly lab: Lab;
  readonly isOver: () => boolean;
  /** Nothing of it is written from here on. */
  readonly die: () => Promise<never>;
  /** Takes up what is open. */
  readonly work: (concurrency?: number) => void;
  /** Time goes on until the process dies. */
  readonly lives: (ms: number) => Promise<void>;
}

function lifeOf(store: MapStore, deaths = 5): Life {
  const fate = { isOver: false };
  const mortal = new Proxy<Store>(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]): unknown =>
        fate.isOver ? new Promise(() => undefined) : Reflect.apply(member, target, given);
    },
  });
  const lab = new Lab();
  const there = wired(new StoreEngine(mortal, { deaths }), { Lab: lab }, PARAMETERS, { messages: { validate: false } });
  return {
    ...there,
    lab,
    isOver: () => fate.isOver,
    die: () => {
      fate.isOver = true;
      return new Promise<never>(() => undefined);
    },
    work(concurrency) {
      void there.runtime.work({ signals: false, ...(concurrency !== undefined && { concurrency }) });
    },
    async lives(ms) {
      for (let at = 0; at < ms && !fate.isOver; at += 50) await there.clock.advance(50);
    },
  };
}

/** The deaths that are counted of the live steps of a run. */
function deathsOf(store: MapStore, runId: string): number[] {
  const steps = store.page(runId, { area: 'live' }).records.filter(([key]) => key.startsWith('s/'));
  return steps.map(([, text]) => Number(JSON.parse(text).deaths ?? 0));
}

async function reportOf(store: MapStore, runId: string): Promise<RunReport> {
  const { runtime, clock, work } = lifeOf(store);
  work();
  const report = (await runtime.run(runId))?.report();
  await clock.runAll();
  if (report === undefined) throw new Error(`there is no run ${runId}`);
  return report;
}

/** Those that failed because their process died with them. */
function blamedIn({ steps }: RunReport): string[] {
  return steps.filter(({ code }) => code === 205).map(({ node }) => node);
}

describe('a body that waits before it kills its process', () => {
  /** The other run has begun earlier: in each life one more round of it goes ahead of the body that is poison. */
  const WAITS = [
    { what: 'for the slot of its node', job: 'order', poison: 'order', node: 'Lab.press' },
    { what: 'for the rate of its node', job: 'meter', poison: 'meter', node: 'Lab.spend' },
    { what: 'for the rate of its node, while its caller waits for it', job: 'meter', poison: 'ask', node: 'Lab.spend' },
    { what: 'for a slot of its process', job: 'order', poison: 'order', node: 'Lab.press', concurrency: 1 },
    { what: 'while its node is paused', job: 'order', poison: 'order', node: 'Lab.press', pauses: true },
  ];

  test.each(WAITS)('$what is found out, and what ran beside it is not blamed', async (given) => {
    const { job, poison, node, concurrency, pauses } = given;
    const store = new MapStore();
    let died = 0;
    for (; died <= 30; died++) {
      const { lab, clock, runtime, start, work, lives, die, isOver } = lifeOf(store);
      lab.body = async (left) => {
        if (left === POISON) return die();
        await sleep(clock, 1_500);
        return left - 1;
      };
      if (pauses === true) await runtime.pause('Lab.press');
      if (died === 0) {
        await start(`Lab.${job}`, { rounds: 20 }, { id: 'other' });
        await start(`Lab.${poison}`, { rounds: POISON }, { id: 'poison' });
      }
      if (concurrency !== undefined || died > 0) work(concurrency);
      if (pauses === true) {
        await lives(5_000);
        await runtime.resume('Lab.press');
      }
      await lives(60_000);
      if (!isOver()) break;
    }
    // As often as one that does not wait.
    expect(died).toBe(7);
    const [failed, other] = [await reportOf(store, 'poison'), await reportOf(store, 'other')];
    expect([failed.status, blamedIn(failed)]).toEqual(['failed', [node]]);
    expect([other.status, other.counts.completed]).toEqual(['completed', 21]);
  });

  test('no death is counted of what has not been called', async () => {
    const store = new MapStore();
    for (let died = 0; died < 6; died++) {
      const { lab, start, work, lives, die } = lifeOf(store);
      lab.body = () => die();
      if (died === 0) for (const id of ['first', 'second', 'third']) void start('Lab.order', { rounds: 0 }, { id });
      else work();
      await lives(5_000);
    }
    expect(['first', 'second', 'third'].map((id) => deathsOf(store, id))).toEqual([[5], [0], [0]]);
  });

  test('nor of one that waits for a step that it has called', async () => {
    const store = new MapStore();
    for (let died = 0; died < 6; died++) {
      const { lab, start, work, lives, die } = lifeOf(store);
      lab.body = () => new Promise<number>(() => undefined);
      if (died === 0) await start('Lab.ask', { rounds: 0 }, { id: 'asked' });
      else work();
      await lives(500);
      void die();
    }
    expect(deathsOf(store, 'asked')).toEqual([0, 5]);
  });

  test('nor of one that waits for its next attempt', async () => {
    const store = new MapStore();
    for (let died = 0; died < 8; died++) {
      const { start, work, lives, die } = lifeOf(store);
      if (died === 0) await start('Lab.again', undefined, { id: 'again' });
      else work();
      await lives(1_000);
      void die();
      expect(deathsOf(store, 'again')).toEqual([0]);
    }
    expect((await reportOf(store, 'again')).status).toBe('completed');
  });
});

/** Bodies that have died twice in a row since they were called again. */
async function suspected(store: MapStore, runs: Readonly<Record<string, string>>): Promise<void> {
  for (let died = 0; died < 3; died++) {
    const { lab, start, work, lives, die } = lifeOf(store);
    lab.body = () => new Promise<number>(() => undefined);
    if (died === 0) for (const [id, job] of Object.entries(runs)) await start(job, { rounds: 0 }, { id });
    else work();
    await lives(100);
    void die();
  }
  expect(Object.keys(runs).map((id) => deathsOf(store, id))).toEqual(Object.keys(runs).map(() => [2]));
}

describe('bodies that are tried one by one', () => {
  test('one that waits for a slot has no turn that others wait for, and keeps what is counted', async () => {
    const store = new MapStore();
    await suspected(store, { long: 'Lab.free', waiting: 'Lab.free' });
    const { lab, clock, work } = lifeOf(store);
    const began = clock.now();
    const called: number[] = [];
    lab.body = async (left) => {
      called.push(clock.now() - began);
      if (called.length === 1) await sleep(clock, 10_000);
      return left;
    };
    work(1);
    await clock.advance(5_000);
    expect([called, deathsOf(store, 'long'), deathsOf(store, 'waiting')]).toEqual([[0], [0], [2]]);
    await clock.runAll();
    expect(called).toEqual([0, 10_000]);
  });

  test('the turn goes on to one that can take it', async () => {
    const store = new MapStore();
    await suspected(store, { first: 'Lab.free', parked: 'Lab.order', next: 'Lab.free' });
    const { lab, clock, runtime, work } = lifeOf(store);
    const began = clock.now();
    const called: number[] = [];
    lab.body = async (left) => {
      called.push(clock.now() - began);
      await sleep(clock, 10_000);
      return left;
    };
    await runtime.pause('Lab.press');
    work();
    await clock.advance(1_100);
    expect([called, deathsOf(store, 'parked')]).toEqual([[0, 1_000], [2]]);
    await runtime.resume('Lab.press');
    await clock.advance(1_100);
    expect(called).toEqual([0, 1_000, 2_000]);
    await clock.runAll();
  });

  test('one that is cancelled while it waits for its turn is over at once', async () => {
    const store = new MapStore();
    await suspected(store, { first: 'Lab.free', second: 'Lab.free' });
    const { lab, clock, runtime, work } = lifeOf(store);
    let called = 0;
    lab.body = async (left) => {
      called++;
      await sleep(clock, 500);
      return left;
    };
    work();
    await clock.advance(100);
    const second = await runtime.run('second');
    await second?.cancel();
    await clock.advance(0);
    expect([called, (await second?.inspect())?.status]).toEqual([1, 'cancelled']);
    await clock.runAll();
    expect(called).toBe(1);
  });
});
