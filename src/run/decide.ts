// The core as stores see it: records and an event in, what to write and to do out.
//
// D1. Pure and deterministic: the same records, event and time give the same decision.
// D2. Idempotent: an event that was applied before is a duplicate and writes nothing.
// D3. It reads only the records that `keysOf` names; their number depends on the graph, never on the run's length.
// D4. The live steps are the outbox: whatever was decided but not dispatched can be found again from them.

import type { CompiledGraph } from '../graph/compiled.ts';
import { historySlot, type History } from './history.ts';
import type { Event, StepAddress, Task } from './event.ts';
import { runEnded, runStarted, stepEnded, stepLate, stepRetrying, stepStarted, type RunEvent } from './run-event.ts';
import {
  dehydrate,
  enclosing,
  historyRecordKey,
  hydrate,
  nodeNamed,
  roundRecordKey,
  RUN_KEY,
  stepRecordKey,
  type Loaded,
} from './records.ts';
import type { Json } from './json.ts';
import type { Sink } from './sink.ts';
import { Phase, Run, type AttemptRecord, type Step } from './state.ts';
import * as transition from './transition.ts';
import { summariseRun, viewStep } from './view.ts';

/** A timer of a step: the event to deliver at a time. `at` null: it is no longer wanted. */
export interface Timer {
  readonly key: string;
  readonly at: number | null;
  readonly event: Event;
}

export interface Decision {
  readonly outcome: 'applied' | 'duplicate' | 'unknown';
  /** To be written in one piece. Null deletes a record. */
  readonly writes: readonly (readonly [key: string, value: Json | null])[];
  readonly tasks: readonly Task[];
  readonly timers: readonly Timer[];
  readonly aborts: readonly StepAddress[];
  /** Published after the write. */
  readonly events: readonly RunEvent[];
  /** Every live step is to be told with a `swept` event. */
  readonly sweep: boolean;
}

const NOTHING = { writes: [], tasks: [], timers: [], aborts: [], events: [], sweep: false };

/** The records that an event needs. */
export function keysOf(graph: CompiledGraph, event: Event): readonly string[] {
  if (!('at' in event)) return [RUN_KEY];
  const keys = [RUN_KEY, stepRecordKey(event.at.step), ...event.at.around.map(({ step }) => stepRecordKey(step))];
  for (const name of [event.at.node, ...event.at.around.map(({ node }) => node)]) {
    const node = nodeNamed(graph, name);
    for (const { to } of [...node.success, ...node.error]) if (to.repeats) keys.push(roundRecordKey(to.name));
  }
  return [...new Set(keys)];
}

/** What follows from an event. `records` are those of `keysOf(graph, event)`, as far as they exist. */
export function decide(
  graph: CompiledGraph,
  runId: string,
  records: ReadonlyMap<string, Json>,
  event: Event,
  now: number,
): Decision {
  const found = hydrate(graph, runId, records);
  if (event.type === 'submitted') {
    return found === undefined ? decideStart(graph, runId, event, now) : { outcome: 'duplicate', ...NOTHING };
  }
  if (found === undefined) return { outcome: 'unknown', ...NOTHING };
  const sink = new Ledger(found.history, now);
  if (!apply(found, event, sink)) return { outcome: 'duplicate', ...NOTHING, events: sink.events };
  return sink.decision(changes(graph, found, records), event.type === 'cancel');
}

function decideStart(graph: CompiledGraph, runId: string, event: Event & { type: 'submitted' }, now: number): Decision {
  const { tags, stepLimit, cancelGraceMs, history } = event.settings;
  const run = new Run(runId, nodeNamed(graph, event.job), tags, { stepLimit, cancelGraceMs });
  const sink = new Ledger(history, now);
  transition.start(run, event.message, sink);
  sink.events.unshift(runStarted(summariseRun(run)));
  return sink.decision(changes(graph, { run, history, steps: new Map() }, new Map()), false);
}

function apply({ run, steps }: Loaded, event: Exclude<Event, { type: 'submitted' }>, sink: Sink): boolean {
  if (event.type === 'cancel') return transition.cancel(run, event.reason);
  const step = steps.get(event.at.step);
  if (step === undefined) return false;
  switch (event.type) {
    case 'completed':
      return transition.completed(step, event.attempt, event.message, event.value, event.facts, sink);
    case 'failed':
      return transition.failed(step, event.attempt, event.message, event.error, event.failure, event.facts, sink);
    case 'lost':
      return transition.lost(step, event.attempt, event.error, sink);
    case 'due':
      return transition.due(step, event.attempt, event.timer, sink);
    case 'late':
      sink.late(step, event.attempt);
      return false;
    case 'swept':
      return transition.sweep(step, sink);
  }
}

/** What differs from the records that were loaded. */
function changes(graph: CompiledGraph, loaded: Loaded, before: ReadonlyMap<string, Json>): [string, Json | null][] {
  const after = dehydrate(loaded);
  for (const [index, round] of loaded.run.rounds ?? []) {
    const node = graph.nodes[index];
    if (node !== undefined) after.set(roundRecordKey(node.name), round);
  }
  return [...after].filter(([key, json]) => JSON.stringify(json) !== JSON.stringify(before.get(key) ?? null));
}

/**
 * What the given live steps still wait for, to be dispatched again after a loss: tasks, timers, and the sweep of
 * steps that a cancel has not reached. Doing it twice does no harm.
 */
export function redispatch(
  graph: CompiledGraph,
  runId: string,
  records: ReadonlyMap<string, Json>,
): {
  readonly tasks: readonly Task[];
  readonly timers: readonly Timer[];
  readonly sweeps: readonly Event[];
} {
  const found = hydrate(graph, runId, records);
  const live = [...(found?.steps.values() ?? [])].sort((a, b) => a.id - b.id);
  const unswept = live.filter((step) => step.run.cancelling && step.phase !== Phase.CANCELLING);
  return {
    tasks: live.filter((step) => step.phase === Phase.RUNNING).map(taskOf),
    timers: live.filter((step) => step.wakeAt > 0).map((step) => timerOf(step, step.wakeAt)),
    sweeps: unswept.map((step) => ({ type: 'swept', at: addressOf(step) })),
  };
}

/** Writes down what the transitions ask for. */
class Ledger implements Sink {
  readonly now: number;
  readonly events: RunEvent[] = [];
  readonly #history: History;
  readonly #tasks: Task[] = [];
  readonly #timers: Timer[] = [];
  readonly #aborts: StepAddress[] = [];
  readonly #finished: [string, Json][] = [];

  constructor(history: History, now: number) {
    this.#history = history;
    this.now = now;
  }

  ready(step: Step): void {
    this.#tasks.push(taskOf(step));
    if (step.attempt === 1) this.events.push(stepStarted(step.run.id, viewStep(step)));
  }

  wake(step: Step, at: number): void {
    this.#timers.push(timerOf(step, at));
  }

  unwake(step: Step): void {
    this.#timers.push(timerOf(step, null));
  }

  abort(step: Step): void {
    this.#aborts.push(addressOf(step));
  }

  retrying(step: Step, attempt: AttemptRecord): void {
    this.events.push(stepRetrying(step.run.id, viewStep(step), attempt));
  }

  over(step: Step): void {
    const view = viewStep(step);
    const slot = historySlot(step, this.#history);
    if (slot !== undefined) this.#finished.push([historyRecordKey(slot), JSON.parse(JSON.stringify(view))]);
    this.events.push(...stepEnded(step.run.id, view));
  }

  late(step: Step, attempt: number): void {
    this.events.push(stepLate(step.run.id, viewStep(step), attempt, this.now));
  }

  ended(run: Run): void {
    const summary = summariseRun(run);
    if (summary.status !== undefined) this.events.push(runEnded({ ...summary, status: summary.status }));
  }

  decision(writes: readonly (readonly [string, Json | null])[], sweep: boolean): Decision {
    return {
      outcome: 'applied',
      writes: [...writes, ...this.#finished],
      tasks: this.#tasks,
      timers: this.#timers,
      aborts: this.#aborts,
      events: this.events,
      sweep,
    };
  }
}

function addressOf(step: Step): StepAddress {
  return {
    step: step.id,
    node: step.node.name,
    around: enclosing(step).map(({ id, node }) => ({ step: id, node: node.name })),
  };
}

function taskOf(step: Step): Task {
  const { run, attempt } = step;
  return {
    key: `${run.id}~${step.id}.${attempt}`,
    stepKey: step.key,
    runId: run.id,
    at: addressOf(step),
    attempt,
    round: step.round,
    tags: run.tags,
    via: step.via?.id ?? null,
    input: { a: step.a, b: step.b, ...(attempt > 1 && { message: step.message }) },
  };
}

function timerOf(step: Step, at: number | null): Timer {
  return {
    key: `${step.run.id}~${step.id}`,
    at,
    event: { type: 'due', at: addressOf(step), attempt: step.attempt, timer: transition.timerOf(step) },
  };
}
