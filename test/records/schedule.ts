// A small store that drives `decide` with made-up outcomes, so that the core is tested without engines and bodies.

import { compileGraph } from '../../src/graph/compile.ts';
import type { CompiledGraph, EdgeDescription, JoinDescription } from '../../src/graph/graph.ts';
import { NO_RETRY } from '../../src/graph/retry-policy.ts';
import { decide, redispatch, type Decision, type Outbox } from '../../src/records/decide.ts';
import type { Event, RunSettings, Task } from '../../src/run/event.ts';
import type { Routing } from '../../src/run/step-data.ts';
import { isLiveRecord, keysOf } from '../../src/records/keys.ts';
import type { Json } from '../../src/values/json.ts';
import { singlePlan } from '../../src/run/plan.ts';
import { seededRandom } from '../../src/testing/random.ts';

export const RUN_ID = 'run';

/** A random graph with edges of every kind, loops, joins, items, retries and limits. */
function randomGraph(seed: number): CompiledGraph {
  const random = seededRandom(seed);
  const names = Array.from({ length: 2 + Math.floor(random() * 7) }, (_, at) => `S.n${at}`);
  const pick = (): string => names[Math.floor(random() * names.length)] ?? 'S.n0';
  const edges = Array.from({ length: Math.floor(random() * names.length * 2) }, () => randomEdge(pick, random));
  const joins: JoinDescription[] = [];
  if (random() < 0.5) {
    const to = pick();
    joins.push({
      id: `join>${to}`,
      to,
      mode: random() < 0.7 ? 'all' : 'any',
      onMissing: random() < 0.5 ? 'skip' : 'run',
    });
    for (const source of ['a', 'b', 'c'].slice(0, 2 + Math.floor(random() * 2))) {
      edges.push({ from: pick(), to, moment: 'success', arrival: { join: `join>${to}`, source } });
    }
  }
  const nodes = names.map((name) => ({
    name,
    retry: { ...NO_RETRY, attempts: 1 + Math.floor(random() * 3) },
    ...(random() < 0.1 && { tags: [random() < 0.5 ? 't' : 'other'] }),
    ...(random() < 0.2 && { maxRounds: 1 + Math.floor(random() * 4) }),
  }));
  return compileGraph({ nodes, edges, joins, spawns: random() < 0.4 });
}

const MOMENTS = ['start', 'end', 'cancel', 'runSuccess', 'runError', 'runEnd'] as const;

function randomEdge(pick: () => string, random: () => number): EdgeDescription {
  const drawn = random();
  const moment = drawn < 0.55 ? 'success' : drawn < 0.75 ? 'error' : MOMENTS[Math.floor(random() * 6)];
  const isEach = moment === 'success' && random() < 0.2;
  return {
    from: moment?.startsWith('run') === true && random() < 0.5 ? '*' : pick(),
    to: pick(),
    moment: moment ?? 'success',
    conditional: (moment === 'success' || moment === 'error') && random() < 0.5,
    recover: moment === 'error' && random() < 0.3,
    ...(isEach && { each: { concurrency: 1 + Math.floor(random() * 3), stopAfterFailures: random() < 0.5 ? 2 : 99 } }),
    ...(random() < 0.1 && { afterMs: 40 }),
    ...(random() < 0.2 && { critical: random() < 0.5 }),
  };
}

function frozen(json: Json): Json {
  if (typeof json === 'object' && json !== null) for (const part of Object.values(json)) frozen(part);
  return Object.freeze(json);
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
      // Engines give the same record to several decisions.
      if (text !== undefined) found.set(key, frozen(JSON.parse(text)));
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
  get live(): Outbox {
    return redispatch(this.graph, RUN_ID, this.read([...this.records.keys()].filter(isLiveRecord)));
  }
}

export const SETTINGS: RunSettings = {
  tags: ['t'],
  stepLimit: 60,
  maxPerRun: [],
  cancelGraceMs: 5_000,
  history: 20,
  deadline: 0,
  notBefore: 0,
  suspended: false,
};

export const SUBMITTED: Event = { type: 'submitted', plan: singlePlan('S.n0', 'm'), settings: SETTINGS };

/** How an attempt ended, at random. */
function outcomeOf(graph: CompiledGraph, task: Task, random: () => number): Event {
  const node = graph.nodeOf.get(task.at.node);
  const { at, attempt, kind } = task;
  const drawn = random();
  const onError = (): Routing => ({ routes: taken(node?.error ?? [], random) });
  const onSuccess = (): Routing => {
    const success = node?.success ?? [];
    const sizes = success.map(({ each }) => (each === null ? -1 : Math.floor(random() * 5) - 1));
    return node?.plain === true ? { routes: 'all' } : { routes: taken(success, random), sizes };
  };
  if (drawn < 0.05) return { type: 'lost', at, attempt, error: `${task.key}.lost` };
  if (kind === 'route') {
    return { type: 'routed', at, attempt, routing: task.input.routedMoment === 'error' ? onError() : onSuccess() };
  }
  if (kind === 'prepare' && drawn < 0.85) return { type: 'prepared', at, attempt, message: 'in' };
  if (drawn < 0.35 || kind === 'prepare') {
    const failure = { code: 101 as const, retry: random() < 0.7, refused: kind === 'prepare' || random() < 0.1 };
    const routing = random() < 0.2 ? null : onError();
    return { type: 'failed', at, attempt, message: 'in', error: `${task.key}.error`, failure, routing };
  }
  if (drawn < 0.45) {
    const call = `c${Math.floor(random() * 3)}`;
    const child = graph.nodes[Math.floor(random() * graph.nodes.length)]?.name ?? 'S.n0';
    const flags = { called: random() < 0.4, detached: random() < 0.2, delayMs: random() < 0.2 ? 50 : 0 };
    const start = { call, node: child, message: 'child', fingerprint: random() < 0.9 ? child : 'other', ...flags };
    return { type: 'spawned', at, attempt, start };
  }
  const state = random() < 0.3 ? [{ op: 'add' as const, field: 'n', value: 1 }] : [];
  const effects = { state, ...(random() < 0.05 && { exit: { value: 'out' } }) };
  return { type: 'completed', at, attempt, message: 'in', value: `${task.key}.out`, routing: onSuccess(), effects };
}

/** Unconditional edges are always taken. */
function taken(edges: readonly { readonly conditional: boolean }[], random: () => number): number[] {
  return edges.flatMap(({ conditional }, position) => (!conditional || random() < 0.6 ? [position] : []));
}

/** What comes from outside, now and then. */
function signalOf(store: Store, random: () => number): Event | undefined {
  const drawn = random();
  if (drawn < 0.01) return { type: 'cancel', reason: 'enough' };
  if (drawn < 0.02) return { type: 'suspend' };
  if (drawn < 0.025) return { type: 'deadline' };
  const [task] = store.live.tasks;
  return drawn < 0.03 && task !== undefined ? { type: 'stepCancelled', at: task.at } : undefined;
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
  for (let turn = 0; !store.ended && turn < 5_000; turn++) {
    store.now += 10;
    const signal = signalOf(store, random);
    if (signal !== undefined) apply(signal);
    const { tasks, timers, events } = store.live;
    const waiting = [
      ...tasks.map((task) => outcomeOf(graph, task, random)),
      ...timers.map(({ event }) => event),
      ...events,
    ];
    const next = waiting[Math.floor(random() * waiting.length)];
    if (next !== undefined) apply(next);
    // Nothing left to do, or now and then in between: a suspended run goes on.
    if (next === undefined || random() < 0.05) apply({ type: 'resume' });
  }
  return store;
}
