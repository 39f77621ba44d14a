// The core as stores see it: pure, idempotent, with a bounded read set. R13 (102), R23, R48.

import { describe, expect, test } from 'vitest';
import { compileGraph } from '../../src/graph/compile.ts';
import type { CompiledGraph, EdgeDescription } from '../../src/graph/graph.ts';
import { NO_RETRY } from '../../src/graph/retry-policy.ts';
import { decide, type Decision } from '../../src/records/decide.ts';
import { keysOf, kindOf } from '../../src/records/keys.ts';
import type { Event, Task } from '../../src/run/event.ts';
import type { Json } from '../../src/values/json.ts';
import { singlePlan } from '../../src/run/plan.ts';
import { play, RUN_ID, SETTINGS, Store, SUBMITTED } from './schedule.ts';

const SEEDS = Array.from({ length: 300 }, (_, seed) => seed);

/** Some records of a store; refuses to be asked for another one that the store has. */
class Guarded extends Map<string, Json> {
  readonly #store: Store;
  constructor(store: Store, keys: readonly string[]) {
    super(store.read(keys));
    this.#store = store;
  }
  override get(key: string): Json | undefined {
    if (!this.has(key) && this.#store.records.has(key)) throw new Error(`${key} is not in the read set`);
    return super.get(key);
  }
}

type Writes = Decision['writes'];
const sorted = (writes: Writes): Writes => [...writes].sort(([a], [b]) => (a < b ? -1 : 1));

describe('300 random schedules', () => {
  test('DECIDE-1: the same records, event and time give the same decision, and the records are not changed', () => {
    for (const seed of SEEDS) {
      play(seed, (store, event) => {
        const before = JSON.stringify([...store.records]);
        expect(store.ask(event), `seed ${seed}`).toEqual(store.ask(event));
        expect(JSON.stringify([...store.records])).toBe(before);
      });
    }
  });

  test('DECIDE-3: `keysOf` names everything that is read: with all records at hand the decision is the same', () => {
    for (const seed of SEEDS) {
      play(seed, (store, event) => {
        const keys = keysOf(store.graph, event);
        const fromNamed = decide(store.graph, RUN_ID, new Guarded(store, keys), event, store.now);
        const all = store.read([...store.records.keys()].filter((key) => kindOf(key)?.isWrittenOnly !== true));
        const fromAll = decide(store.graph, RUN_ID, all, event, store.now);
        const expected = { ...fromAll, writes: sorted(fromAll.writes) };
        expect({ ...fromNamed, writes: sorted(fromNamed.writes) }, `seed ${seed} ${event.type}`).toEqual(expected);
      });
    }
  });

  test('DECIDE-2, R48: an event that comes again is a duplicate: nothing is written, dispatched or reported', () => {
    for (const seed of SEEDS) {
      const seen: Event[] = [];
      play(seed, (store, event) => {
        for (const before of seen) {
          const again = store.ask(before);
          expect(again.outcome, `seed ${seed} ${before.type}`).toBe('duplicate');
          expect([again.writes, again.tasks, again.timers, again.aborts]).toEqual([[], [], [], []]);
          expect(again.events.filter(({ type }) => type !== 'step.late')).toEqual([]);
        }
        if (isDelivered(event)) seen.push(event);
        if (seen.length > 8) seen.shift();
      });
    }
  });

  test('TRANSITION-3: every schedule ends; the end is counted right, and no live record is left', () => {
    for (const seed of SEEDS) {
      const store = play(seed, () => undefined);
      expect(store.ended, `seed ${seed}`).toBe(true);
      expect([...store.records.keys()].filter((key) => kindOf(key)?.isTemporary === true)).toEqual([]);
      const run = JSON.parse(store.records.get('r') ?? 'null');
      const ends = ['completedSteps', 'failedSteps', 'skippedSteps', 'cancelledSteps'].map((name) => run[name] ?? 0);
      expect(ends.reduce((sum, count) => sum + count, 0)).toBe(run.steps);
      expect(run.live ?? 0).toBe(0);
    }
  });

  test('records are plain data: JSON gives them back', () => {
    for (const seed of SEEDS.slice(0, 100)) {
      play(seed, (store, event) => {
        for (const [, json] of store.ask(event).writes) expect(JSON.parse(JSON.stringify(json))).toEqual(json);
      });
    }
  });
});

test('what an event reads and writes does not grow with the run', () => {
  const loop = { from: 'S.n0', to: 'S.n0', moment: 'success', conditional: false, otherwise: false } as const;
  const figures = [100, 1_000].map((rounds) => {
    const store = new Store(compileGraph({ nodes: [{ name: 'S.n0', retry: NO_RETRY }], edges: [loop] }));
    const settings = { ...SETTINGS, stepLimit: rounds, history: 10 };
    let [task] = store.apply({ type: 'submitted', plan: singlePlan('S.n0', 'm'), settings }).tasks;
    let read = 0;
    let written = 0;
    while (task !== undefined) {
      const event = completedEvent(task);
      read = Math.max(read, store.read(keysOf(store.graph, event)).size);
      const { writes, tasks } = store.apply(event);
      written = Math.max(written, JSON.stringify(writes.filter(([key]) => kindOf(key)?.isWrittenOnly !== true)).length);
      [task] = tasks;
    }
    return { read, written, records: store.records.size };
  });
  const [short, long] = figures;
  expect([long?.read, long?.records]).toEqual([short?.read, short?.records]);
  expect(short).toMatchObject({ read: 4, records: 14 });
  // Only the numbers in it have more digits.
  expect((long?.written ?? 0) - (short?.written ?? 0)).toBeLessThan(64);
  expect(long?.written).toBeLessThan(1_024);
});

describe('one step', () => {
  const graphOf = (edges: readonly EdgeDescription[], attempts = 1): CompiledGraph =>
    compileGraph({
      nodes: ['S.n0', 'S.n1'].map((name) => ({ name, retry: { ...NO_RETRY, attempts } })),
      edges,
    });
  const edge = (moment: 'success' | 'error', to: string): EdgeDescription => ({
    from: 'S.n0',
    to,
    moment,
    conditional: false,
    otherwise: false,
  });
  const started = (graph: CompiledGraph): { store: Store; task: Task } => {
    const store = new Store(graph);
    const [task] = store.apply(SUBMITTED).tasks;
    if (task === undefined) throw new Error('a start gives a task');
    return { store, task };
  };

  test('an event for a run that is not there is `unknown`', () => {
    const store = new Store(graphOf([]));
    expect(store.ask({ type: 'cancel' }).outcome).toBe('unknown');
    expect(
      store.ask({ type: 'due', at: { step: 1, node: 'S.n0', around: [] }, attempt: 1, timer: 'retry' }).outcome,
    ).toBe('unknown');
  });

  test('R23: a lost delivery is tried again once, whatever the policy says, and then final', () => {
    const { store, task } = started(graphOf([edge('error', 'S.n1')]));
    const first = store.apply({ type: 'lost', at: task.at, attempt: 1, error: 'lost 1' });
    expect(first.events).toMatchObject([{ type: 'step.retrying', code: 205 }]);
    store.now = first.timers[0]?.at ?? 0;
    const [again] = store.apply({ type: 'due', at: task.at, attempt: 2, timer: 'retry' }).tasks;
    expect(again).toMatchObject({ attempt: 2, stepKey: task.stepKey });
    const second = store.apply({ type: 'lost', at: task.at, attempt: 2, error: 'lost 2' });
    expect(second.tasks.map(({ at }) => at.node)).toEqual(['S.n1']);
    expect(store.apply({ type: 'lost', at: task.at, attempt: 2, error: 'lost 2' }).outcome).toBe('duplicate');
  });

  test('R23, R48: a redelivery is no new attempt: whichever outcome comes first counts', () => {
    const { store, task } = started(graphOf([edge('success', 'S.n1')], 3));
    expect(store.apply({ ...completedEvent(task), value: 'first' }).tasks[0]?.input.targetValue).toBe('first');
    const failure = { code: 101, retry: true, refused: false } as const;
    const failed: Event = {
      type: 'failed',
      at: task.at,
      attempt: 1,
      message: 'm',
      error: 'e',
      failure,
      routing: { routes: [] },
    };
    expect(store.apply(failed)).toMatchObject({ outcome: 'duplicate', tasks: [] });
    expect(store.apply({ ...completedEvent(task), value: 'second' })).toMatchObject({
      outcome: 'duplicate',
      tasks: [],
    });
  });

  test('after a deployment a live step of a node that is gone is still a step; an edge that is gone does not fire', () => {
    const { store, task } = started(graphOf([edge('success', 'S.n1')]));
    const after = compileGraph({ nodes: [{ name: 'S.n9', retry: NO_RETRY }], edges: [] });
    const decision = decide(after, RUN_ID, store.read(store.records.keys()), completedEvent(task), 2_000);
    expect(decision).toMatchObject({ outcome: 'applied', tasks: [] });
    expect(decision.events.map(({ type }) => type)).toEqual(['step.completed', 'run.ended']);
  });
});

/** What an engine delivers for an attempt: it may come again. Signals, timers and sweeps are asked for by what is live. */
function isDelivered({ type }: Event): boolean {
  return ['prepared', 'completed', 'failed', 'routed', 'lost', 'spawned'].includes(type);
}

function completedEvent(task: Task): Event & { readonly type: 'completed' } {
  return {
    type: 'completed',
    at: task.at,
    attempt: task.attempt,
    message: 'm',
    value: 'v',
    routing: { routes: 'all' },
    effects: null,
  };
}
