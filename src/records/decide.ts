// The core as stores see it: records and an event in, what to write and to do out.
//
// DECIDE-1. It is pure and deterministic: the same records, event and time give the same decision.
// DECIDE-2. It is idempotent: an event that was applied before is a duplicate and writes nothing.
// DECIDE-3. It reads only the records that `keysOf` names; their number depends on the graph, not on the run's length.
// DECIDE-4. The live steps are the outbox: what was decided but not dispatched can be found again from them.

import * as control from '../run/control.ts';
import * as transition from '../run/transition.ts';
import type { CompiledGraph } from '../graph/graph.ts';
import { isAtRest, isHeld, needsSweep, sweep } from '../run/advance.ts';
import { startChild, type ChildAnswer } from '../run/children.ts';
import type { Event, Refused, Signal, StepAddress, StepEvent, Task, WonRace } from '../run/event.ts';
import type { Json } from '../values/json.ts';
import {
  addressOf,
  deadlineOf,
  RecordingSink,
  idleOf,
  taskOf,
  timerFor,
  written,
  type Timer,
  type TurnEvent,
} from './outbox.ts';
import { Phase, type RunStatus } from '../run/status.ts';
import { finish } from '../run/finish.ts';
import { deliver, deliveries } from '../run/inbox.ts';
import { countDeaths, type DeathEvent } from './deaths.ts';
import { keptEntries, type Keep } from './payloads.ts';
import { changesOf, hydrate, readRunRecord, type Loaded, type RecordsRead, type SettingsRecord } from './records.ts';
import { racesOf, settleRaces, type OpenRace } from '../run/race.ts';
import { runStarted, type RunEvent } from '../run/run-event.ts';
import { taskKindIn } from '../run/sink.ts';
import { Run } from '../run/state.ts';
import type { Step } from '../run/step.ts';
import { turnsDue } from '../run/entries.ts';
import { addedLanes, plainEntryOf, type Entry } from '../run/plan.ts';
import { readRecord, RECORDS, RUN_KEY, SETTINGS_KEY, type RecordWrite } from './keys.ts';
import { hashOf } from '../graph/graph-hash.ts';
import { standingOf, summariseRun } from '../run/view.ts';

export interface Decision {
  readonly outcome: 'applied' | 'duplicate' | 'unknown';
  /** To be written in one piece. Null deletes a record. */
  readonly writes: readonly RecordWrite[];
  readonly tasks: readonly Task[];
  readonly timers: readonly Timer[];
  readonly aborts: readonly StepAddress[];
  /** Published after the write. */
  readonly events: readonly RunEvent[];
  /** Every live step is to get a `swept` event. */
  readonly sweep: boolean;
  /** The run is at rest: the event to deliver. */
  readonly idle: Event | null;
  /** Entries of its plan that are to have their turn, each with an event. */
  readonly turns: readonly TurnEvent[];
  /** The answer to the body that starts a child. */
  readonly child?: ChildAnswer;
  /** Records whose keys begin so are over: nothing asks for them any more. */
  readonly ended: readonly string[];
  /** What is kept of earlier lives of the run was looked up: its tasks are to be performed. */
  readonly isServed?: true;
  /** How the run stands; absent if nothing has changed. */
  readonly standing?: RunStanding;
}

/** What a store lists of a run. */
export interface RunStanding {
  readonly status: RunStatus;
  readonly isOpen: boolean;
  /** 0 while it is open. */
  readonly endedAt: number;
  /** How many it has made so far. */
  readonly steps: number;
  /** How many of them are not over. */
  readonly live: number;
}

/**
 * What ends with the run. The ids of messages stay: the same one again counts as taken. So does what the run needs to be
 * begun again: its entries, and what arrived at joins.
 */
const ENDING_WITH_RUN: readonly string[] = prefixesOf(RECORDS.call, RECORDS.round, RECORDS.join);
/** Of a run that has nothing left to do. */
const ENDING_WITH_SUCCESS: readonly string[] = [
  ...ENDING_WITH_RUN,
  ...prefixesOf(RECORDS.mailbox, RECORDS.incoming, RECORDS.earlier),
];

function prefixesOf(...kinds: readonly { readonly letter: string }[]): string[] {
  return kinds.map(({ letter }) => `${letter}/`);
}

/** Nothing follows. */
export const NOTHING = {
  writes: [],
  tasks: [],
  timers: [],
  aborts: [],
  events: [],
  sweep: false,
  idle: null,
  turns: [],
  ended: [],
};

/** What follows from an event. `records` are those of `keysOf(graph, event)`, as far as they exist. */
export function decide(graph: CompiledGraph, runId: string, records: RecordsRead, event: Event, now: number): Decision {
  if (event.type === 'redelivered' || event.type === 'survived') {
    const write = countDeaths(records, event);
    return write === undefined
      ? { outcome: 'duplicate', ...NOTHING }
      : { outcome: 'applied', ...NOTHING, writes: [write] };
  }
  const found = hydrate(graph, runId, records);
  if (event.type === 'submitted') {
    return found === undefined ? decideStart(graph, runId, event, { now }) : { outcome: 'duplicate', ...NOTHING };
  }
  if (found === undefined) return { outcome: 'unknown', ...NOTHING };
  const sink = new RecordingSink(found.history, now);
  if (event.type === 'spawned') return decideChild(found, event, records, sink);
  const { run } = found;
  if (!apply(found, event, sink)) {
    return { outcome: 'duplicate', ...NOTHING, events: sink.events.filter(({ type }) => type === 'step.late') };
  }
  if (event.type === 'added') sink.kept.push(...entriesOf(event.entries, event.first));
  return decisionOf(run, sink, changesOf(found, records));
}

/** Those that begin at once as well: the run may be begun again. */
function entriesOf(entries: readonly Entry[], first: number): RecordWrite[] {
  return entries.map((entry, index) => written(RECORDS.entry.key(first + index), entry));
}

/** A run begins. `life` counts how often it has. */
export function decideStart(
  graph: CompiledGraph,
  runId: string,
  event: Event & { type: 'submitted' },
  { now, life = 1 }: { readonly now: number; readonly life?: number },
): Decision {
  const { history } = event.settings;
  const run = new Run(runId, graph, event.plan.name, event.settings);
  run.life = life;
  const sink = new RecordingSink(history, now);
  transition.start(run, event.plan, event.settings.suspended, sink);
  sink.events.unshift(runStarted(run, summariseRun(run)));
  const single = plainEntryOf(event.plan);
  if (single === undefined) sink.kept.push(...entriesOf(event.plan.entries, 0));
  return decisionOf(run, sink, changesOf({ run, history, steps: new Map(), groups: new Map(), single }, new Map()));
}

function decideChild(
  found: Loaded,
  event: Extract<StepEvent, { type: 'spawned' }>,
  records: RecordsRead,
  sink: RecordingSink,
): Decision {
  const parent = stepAt(found, event.at);
  if (parent === undefined) return { outcome: 'duplicate', ...NOTHING, child: { kind: 'refused', why: 'leaked' } };
  sweep(parent, sink);
  const child = startChild(parent, event.attempt, event.start, sink);
  if (child.kind === 'refused' || !child.isNew) return { outcome: 'duplicate', ...NOTHING, child };
  return { ...decisionOf(found.run, sink, changesOf(found, records)), child };
}

export function decisionOf(run: Run, sink: RecordingSink, writes: Decision['writes']): Decision {
  const { kept, tasks, timers, aborts, events, turns } = sink;
  const ending = run.status === 'completed' ? ENDING_WITH_SUCCESS : ENDING_WITH_RUN;
  const ended = run.status === undefined ? sink.endedCalls : ending;
  const asked = { sweep: sink.isSwept, idle: sink.idleEvent, ended };
  const standing = {
    status: standingOf(run),
    isOpen: run.status === undefined,
    endedAt: run.endedAt,
    steps: run.steps,
    live: run.liveCount,
  };
  return { outcome: 'applied', writes: [...writes, ...kept], tasks, timers, aborts, events, turns, ...asked, standing };
}

function apply(
  found: Loaded,
  event: Exclude<Event, DeathEvent | { type: 'submitted' | 'spawned' }>,
  sink: RecordingSink,
): boolean {
  const { run } = found;
  switch (event.type) {
    case 'cancel':
    case 'suspend':
    case 'resume':
    case 'closed':
    case 'message':
      return control.signal(run, event, sink) === 'applied';
    case 'added':
      return run.plan?.count === event.first && control.signal(run, event, sink) === 'applied';
    case 'deadline':
      return control.deadline(run, sink);
    case 'graphChanged':
      return control.meetGraph(run, event.hash, sink);
    case 'idle':
      return finish(run, sink);
    case 'turn':
      return transition.turn(run, event.turn.entry, event.after, sink);
    case 'raced':
      return settleRaces(run, openRaces(found, event.races), sink);
    default:
      return applyToStep(stepAt(found, event.at), event, sink);
  }
}

/** What an earlier life of the run has begun concerns no step of this one. */
function stepAt({ run, steps }: Pick<Loaded, 'run' | 'steps'>, { step, life = 1 }: StepAddress): Step | undefined {
  return life === run.life ? steps.get(step) : undefined;
}

/**
 * A signal that has not reached the step yet is applied first: the event then happens to a stopped step. If the event
 * changes nothing, all of it is dropped: the signal still reaches the step by its own `swept` event.
 */
function applyToStep(
  step: Step | undefined,
  event: Exclude<StepEvent, DeathEvent | { type: 'spawned' }>,
  sink: RecordingSink,
): boolean {
  if (step === undefined) return false;
  const swept = sweep(step, sink);
  return event.type === 'swept' ? swept : takeEvent(step, event, sink);
}

function takeEvent(
  step: Step,
  event: Exclude<StepEvent, DeathEvent | { type: 'spawned' }>,
  sink: RecordingSink,
): boolean {
  const { attempt } = 'attempt' in event ? event : step;
  switch (event.type) {
    case 'prepared':
      return transition.prepared(step, attempt, event.message, sink);
    case 'completed':
      return transition.completed(step, attempt, event.message, event.value, event.routing, event.effects, sink);
    case 'failed':
      return transition.failed(step, attempt, event.message, event.error, event.failure, event.routing, sink);
    case 'unmet':
      return transition.unmet(step, attempt, sink);
    case 'delivered':
      return deliver(step, event.number, sink);
    case 'routed':
      return transition.routed(step, attempt, event.routing, sink);
    case 'lost':
      return transition.lost(step, attempt, event.error, sink);
    case 'due':
      return transition.due(step, attempt, event.timer, sink);
    case 'late':
      sink.late(step, attempt);
      return false;
    case 'swept':
      return false;
    case 'stepCancelled':
      return control.signal(step.run, { ...event, step: step.id }, sink) === 'applied';
  }
}

/**
 * What is to be done because the process has another graph than the run began with, or has met before; undefined: nothing.
 *
 * @param records the run's own.
 */
export function graphChangeOf(graph: CompiledGraph, records: RecordsRead): 'raise' | 'reset' | undefined {
  const settings = readRecord<SettingsRecord>(records.get(SETTINGS_KEY));
  if (settings?.onGraphChange === undefined) return undefined;
  const hash = hashOf(graph);
  if (settings.graph === hash) return undefined;
  return readRunRecord(records.get(RUN_KEY))?.graphMet?.hash === hash ? undefined : settings.onGraphChange;
}

/** What waits to be dispatched. Doing it twice does no harm. */
export interface Outbox {
  readonly tasks: readonly Task[];
  readonly timers: readonly Timer[];
  /** Events for steps that a signal has not reached, and for a run at rest. */
  readonly events: readonly Event[];
}

/**
 * What a run waits for, to be dispatched again after a loss.
 *
 * @param records every live record of the run (`isLiveRecord`).
 */
export function redispatch(graph: CompiledGraph, runId: string, records: ReadonlyMap<string, Json>): Outbox {
  const found = hydrate(graph, runId, records);
  if (found === undefined) return { tasks: [], timers: [], events: [] };
  const { run } = found;
  const timers: Timer[] = [];
  const sweeps: Event[] = [];
  const tasks: Task[] = [];
  for (const step of inOrder(found.steps)) {
    if (hasTimer(step)) timers.push(timerFor(step, step.extras?.wakeAt ?? 0));
    if (needsSweep(step)) sweeps.push({ type: 'swept', at: addressOf(step) });
    if (taskKindIn(step.phase) !== undefined && !isHeld(step)) tasks.push(taskOf(step));
  }
  if (control.hasDeadline(run)) timers.push(deadlineOf(runId, run.limits.deadline));
  const turns = turnsDue(run).map((due): Event => ({ type: 'turn', ...due }));
  const incoming = deliveries(run).map(({ step, number }): Event => ({
    type: 'delivered',
    at: addressOf(step),
    number,
  }));
  const races = racesOf(run).map(({ join, instance, losers }) => ({
    join: join.id,
    instance,
    losers: losers.map(addressOf),
  }));
  const raced: readonly Event[] = races.length === 0 ? [] : [{ type: 'raced', races }];
  const others: readonly Event[] = [...sweeps, ...raced, ...incoming, ...turns];
  return { tasks, timers, events: isAtRest(run) ? [...others, idleOf(run)] : others };
}

function inOrder(steps: ReadonlyMap<number, Step>): Iterable<Step> {
  return steps.size < 2 ? steps.values() : [...steps.values()].sort((a, b) => a.id - b.id);
}

/**
 * What a signal comes to: the event to be decided, its payloads kept, or why it is refused.
 *
 * @param records those of `keysOf(graph, signal)`; to cancel a step, every live record of the run (`isLiveRecord`).
 * @throws {OnwardError} ONW3045 if a payload cannot be kept.
 */
export function admit(
  graph: CompiledGraph,
  runId: string,
  records: ReadonlyMap<string, Json>,
  signal: Signal,
  keep: Keep,
): Event | Refused {
  const run = hydrate(graph, runId, records)?.run;
  if (run === undefined) return 'over';
  return control.whyRefused(run, signal) ?? eventOf(run, signal, keep);
}

function eventOf(run: Run, signal: Signal, keep: Keep): Event | Refused {
  switch (signal.type) {
    case 'stepCancelled': {
      const { step: which, ...event } = signal;
      const step = control.liveStep(run, which);
      return step === undefined ? 'unknown' : { ...event, at: addressOf(step) };
    }
    case 'added': {
      const first = run.plan?.count ?? 0;
      return { ...signal, first, entries: keptEntries(addedLanes(signal.entries, first), first, keep) };
    }
    case 'message':
      if (signal.message === undefined) return signal;
      return { ...signal, message: keep(`signal.${signal.id}`, signal.message) };
    default:
      return signal;
  }
}

/** Losers that are over have left the race by themselves. */
function openRaces({ run, steps }: Loaded, races: readonly WonRace[]): OpenRace[] {
  return races.flatMap(({ join: id, instance, losers }) => {
    const join = run.graph.joins.find((known) => known.id === id);
    if (join === undefined) return [];
    return [{ join, instance, losers: losers.flatMap((loser) => stepAt({ run, steps }, loser) ?? []) }];
  });
}

function hasTimer({ phase, extras }: Step): boolean {
  return (
    (phase === Phase.SCHEDULED || phase === Phase.STOPPING || phase === Phase.AWAITING_MESSAGE) &&
    extras !== null &&
    extras.wakeAt > 0
  );
}
