// A small store that drives `decide` with made-up outcomes, so that the core is tested without engines and bodies.

import { compileGraph, type CompiledGraph } from '../../src/graph/compiled.ts';
import { NO_RETRY } from '../../src/graph/retry-policy.ts';
import { decide, keysOf, redispatch, type Decision } from '../../src/run/decide.ts';
import type { Event, Task } from '../../src/run/event.ts';
import type { Json } from '../../src/run/json.ts';
import { seededRandom } from '../../src/testing/random.ts';

export const RUN_ID = 'run';

/** A random graph with loops, joins of ways, error edges and retries. */
function randomGraph(seed: number): CompiledGraph {
  const random = seededRandom(seed);
  const names = Array.from({ length: 2 + Math.floor(random() * 7) }, (_, at) => `S.n${at}`);
  const pick = (): string => names[Math.floor(random() * names.length)] ?? 'S.n0';
  const edges = Array.from({ length: Math.floor(random() * names.length * 2) }, () => ({
    from: pick(),
    to: pick(),
    moment: random() < 0.7 ? ('success' as const) : ('error' as const),
    conditional: random() < 0.5,
    otherwise: false,
  }));
  const nodes = names.map((name) => ({ name, retry: { ...NO_RETRY, attempts: 1 + Math.floor(random() * 3) } }));
  return compileGraph({ hash: `g${seed}`, nodes, edges });
}

/** Records as text, and everything that was decided. */
export class Store {
  readonly records = new Map<string, string>();
  readonly graph: CompiledGraph;
  now = 1_000;
  ended = false;

  constructor(graph: CompiledGraph) {
    this.graph = graph;
  }

  read(keys: Iterable<string>): Map<string, Json> {
    const found = new Map<string, Json>();
    for (const key of keys) {
      const text = this.records.get(key);
      if (text !== undefined) found.set(key, JSON.parse(text));
    }
    return found;
  }

  /** What is decided about an event, without writing it. */
  ask(event: Event): Decision {
    return decide(this.graph, RUN_ID, this.read(keysOf(this.graph, event)), event, this.now);
  }

  apply(event: Event): Decision {
    const decision = this.ask(event);
    for (const [key, json] of decision.writes) {
      if (json === null) this.records.delete(key);
      else this.records.set(key, JSON.stringify(json));
    }
    if (decision.events.some(({ type }) => type === 'run.ended')) this.ended = true;
    return decision;
  }

  /** What the live steps wait for. */
  get live(): ReturnType<typeof redispatch> {
    const keys = [...this.records.keys()].filter((key) => key === 'r' || key.startsWith('s/'));
    return redispatch(this.graph, RUN_ID, this.read(keys));
  }
}

export const SUBMITTED: Event = {
  type: 'submitted',
  job: 'S.n0',
  message: 'm',
  settings: { tags: ['t'], stepLimit: 60, cancelGraceMs: 5_000, history: 20 },
};

/** How an attempt ended, at random. */
function outcomeOf(graph: CompiledGraph, task: Task, random: () => number): Event {
  const node = graph.nodeOf.get(task.at.node);
  const { at, attempt } = task;
  const taken = (edges: readonly unknown[]): number[] =>
    edges.flatMap((_edge, position) => (random() < 0.6 ? [position] : []));
  const drawn = random();
  if (drawn < 0.05) return { type: 'lost', at, attempt, error: `${task.key}.lost` };
  if (drawn < 0.35) {
    const failure = { code: 101 as const, retry: random() < 0.7, refused: random() < 0.1 };
    const facts = { routes: taken(node?.error ?? []) };
    return { type: 'failed', at, attempt, message: 'in', error: `${task.key}.error`, failure, facts };
  }
  const routes = node?.plain === true ? ('all' as const) : taken(node?.success ?? []);
  return { type: 'completed', at, attempt, message: 'in', value: `${task.key}.out`, facts: { routes } };
}

/** Runs a schedule to its end and shows every event to `look` before it is applied. */
export function play(seed: number, look: (store: Store, event: Event) => void): Store {
  const graph = randomGraph(seed);
  const random = seededRandom(seed * 7 + 1);
  const store = new Store(graph);
  const apply = (event: Event): void => {
    look(store, event);
    store.apply(event);
  };
  apply(SUBMITTED);
  for (let turn = 0; !store.ended && turn < 2_000; turn++) {
    store.now += 10;
    if (random() < 0.01) apply({ type: 'cancel', reason: 'enough' });
    const { tasks, timers, sweeps } = store.live;
    const events = [
      ...tasks.map((task) => outcomeOf(graph, task, random)),
      ...timers.map(({ event }) => event),
      ...sweeps,
    ];
    const next = events[Math.floor(random() * events.length)];
    if (next !== undefined) apply(next);
  }
  return store;
}
