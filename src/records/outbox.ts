// Writes down what the transitions ask for: the sink of a store.

import type { Arrival, Join } from '../graph/graph.ts';
import { isFirst, routedMoment, taskKindIn, type Sink } from '../run/sink.ts';
import type { Event, StepAddress, StepPlace, Task, TaskEntry } from '../run/event.ts';
import { historySlot, type History, entryViewOf, summariseRun, viewStep } from '../run/view.ts';
import type { Json } from '../values/json.ts';
import { Role } from '../run/status.ts';
import type { EntryRef } from '../run/plan.ts';
import { RECORDS, type RecordWrite } from './keys.ts';
import { compactEnd } from './step-record.ts';
import { redoOf } from './redo.ts';
import type { Ref, AttemptRecord, Routing, StepId } from '../run/step-data.ts';
import {
  runEnded,
  runResumed,
  runSuspended,
  stepEnded,
  stepLate,
  stepRetrying,
  stepStarted,
  stepWaiting,
  type RunEvent,
} from '../run/run-event.ts';
import type { Group, Run } from '../run/state.ts';
import { enclosing, type EntryMark, type StepExtras, type Step } from '../run/step.ts';
import { timerOf } from '../run/transition.ts';

/** A timer of a step or of the run: the event to deliver at a time. `at` null: it is no longer needed. */
export interface Timer {
  /** Names this timer and no later one: the attempt and the kind are part of it. */
  readonly key: string;
  readonly at: number | null;
  readonly event: Event;
}

export type TurnEvent = Extract<Event, { type: 'turn' }>;

/** A reference to the values of a group's items, in the order of the array: by name, or by a record of that name. */
export interface ItemsRef {
  readonly items: string;
  readonly size: number;
}

/** A reference to what arrived at a join: the keys of the records that hold each source's reference. */
export interface SourcesRef {
  readonly sources: readonly string[];
}

export class RecordingSink implements Sink {
  now: number;
  readonly events: RunEvent[] = [];
  readonly tasks: Task[] = [];
  readonly timers: Timer[] = [];
  readonly aborts: StepAddress[] = [];
  readonly turns: TurnEvent[] = [];
  /** Records that are written and never loaded to decide. */
  readonly kept: RecordWrite[] = [];
  /** Where the calls of steps that are over begin. */
  readonly endedCalls: string[] = [];
  isSwept = false;
  idleEvent: Event | null = null;
  readonly #history: History;
  /** Of the step that is about to be over. */
  #answer: Routing | undefined;

  constructor(history: History, now: number) {
    this.#history = history;
    this.now = now;
  }

  ready(step: Step): void {
    this.tasks.push(taskOf(step));
    if (isFirst(step)) this.events.push(stepStarted(step.run, viewStep(step)));
  }

  begun(step: Step): void {
    this.events.push(stepStarted(step.run, viewStep(step)));
  }

  wake(step: Step, at: number): void {
    this.timers.push(timerFor(step, at));
  }

  unwake(step: Step): void {
    this.timers.push(timerFor(step, null));
  }

  wakeRun(run: Run, at: number | null): void {
    this.timers.push(deadlineOf(run.id, at));
  }

  abort(step: Step): void {
    this.aborts.push(addressOf(step));
  }

  sweep(): void {
    this.isSwept = true;
  }

  /** A sweep also delivers messages. */
  post(): void {
    this.isSwept = true;
  }

  turn(_run: Run, turn: EntryRef, after: number | null): void {
    this.turns.push({ type: 'turn', turn, after });
  }

  entryOver(step: Step): void {
    const { entry } = step.extras ?? {};
    if (entry !== null && entry !== undefined)
      this.kept.push(written(RECORDS.outcome.key(entry.at), entryViewOf(step, entry)));
  }

  awaitingMessage(step: Step): void {
    this.events.push(...stepWaiting(step.run, viewStep(step)));
  }

  idle(run: Run): void {
    this.idleEvent = idleOf(run);
  }

  attempted(step: Step, attempt: AttemptRecord): void {
    this.kept.push(written(RECORDS.attempt.key(step.id, attempt.number), attempt));
    if (attempt.seq > 0) this.events.push(stepRetrying(step.run, viewStep(step), attempt));
  }

  answered(_step: Step, routing: Routing): void {
    this.#answer = routing;
  }

  over(step: Step): void {
    const view = viewStep(step);
    if (step.extras?.hasCalled === true) this.endedCalls.push(`${RECORDS.call.letter}/${step.id}/`);
    const slot = historySlot(step, this.#history);
    if (slot !== undefined) {
      const redo = redoOf(step, this.#answer);
      const kept = compactEnd(step.run.id, view);
      const end = redo === undefined ? kept : { ...kept, redo };
      this.kept.push(written(RECORDS.history.key(slot), end));
    }
    this.#answer = undefined;
    this.events.push(...stepEnded(step.run, view));
  }

  late(step: Step, attempt: number): void {
    this.events.push(stepLate(step.run, viewStep(step), attempt, this.now));
  }

  suspended(run: Run): void {
    this.events.push(runSuspended(run, run.seq, this.now));
  }

  resumed(run: Run): void {
    this.events.push(runResumed(run, run.seq, this.now));
  }

  ended(run: Run): void {
    const summary = summariseRun(run);
    if (summary.status !== undefined) this.events.push(runEnded(run, { ...summary, status: summary.status }));
  }

  /** Items keep their values under names that follow from the group; a recovered one has its callback's. */
  collect(group: Group, item: number, value: Ref): void {
    const key = `${itemsKey(group)}${item}`;
    if (value !== key) this.kept.push(written(RECORDS.item.key(key), value));
  }

  collected(group: Group): ItemsRef {
    return { items: itemsKey(group), size: group.size };
  }

  arrived(_run: Run, { join, source }: Arrival, number: number, value: Ref): void {
    this.kept.push(written(RECORDS.arrival.key(join.id, source, number), value));
  }

  joined(_run: Run, join: Join, instance: number): SourcesRef {
    return { sources: join.sources.map((_, source) => RECORDS.arrival.key(join.id, source, instance)) };
  }
}

// Most steps have nothing rare: what follows is asked for with every event, and spreads cost more than all else of it.
export function addressOf(step: Step): StepAddress {
  const { run, extras } = step;
  const around = extras === null ? [] : enclosing(step).map(placeOf);
  return run.life > 1 ? { ...placeOf(step), around, life: run.life } : { ...placeOf(step), around };
}

/** Its number, which no other step of the run has; the lives after the first one count from the start. */
function nameOf({ id, run: { life } }: Pick<Step, 'id'> & { readonly run: Pick<Run, 'life'> }): string {
  return life === 1 ? String(id) : `${life}~${id}`;
}

function placeOf({ id, node, extras }: Step): StepPlace {
  if (extras === null) return { step: id, node: node.name };
  const signed = extras.overlay?.signed;
  const callbacks = [...(signed?.success ?? []), ...(signed?.error ?? [])];
  return {
    step: id,
    node: node.name,
    ...(extras.progress !== null && { progress: extras.progress.entry }),
    ...(callbacks.length > 0 && { callbacks: callbacks.map(({ node: name }) => name) }),
    ...(extras.group !== null && { group: extras.group.key }),
    ...(extras.role === Role.CALLED && extras.call !== null && { call: extras.call }),
  };
}

/** The key of the task that calls the body of a step. */
export function bodyKey(run: Pick<Run, 'id' | 'life'>, id: StepId, attempt: number): string {
  return `${run.id}~${nameOf({ id, run })}.${attempt}`;
}

export function taskOf(step: Step): Task {
  const { run, attempt, extras } = step;
  const kind = taskKindIn(step.phase) ?? 'body';
  const stem = bodyKey(run, step.id, attempt);
  const moment = routedMoment(step);
  const group = extras?.group ?? null;
  const task: Task = {
    key: kind === 'body' ? stem : kind === 'prepare' ? `${stem}.prepare` : `${stem}.${moment}`,
    kind,
    stepKey: step.key,
    runId: run.id,
    at: addressOf(step),
    attempt,
    round: step.round,
    tags: run.tags,
    ancestors: enclosing(step).map(({ key, node, attempt: number }) => ({ key, node: node.name, attempt: number })),
    via: step.via?.id ?? null,
    valueKey: group === null ? `${nameOf(step)}.${attempt}.out` : `${itemsKey(group)}${step.item}`,
    inline: step.isInline,
    input: inputOf(step, kind),
  };
  return extras === null ? task : { ...task, ...taskExtras(step, extras) };
}

function inputOf(step: Step, kind: Task['kind']): Task['input'] {
  const { targetMessage, targetValue, item } = step;
  const input = step.isPrepared
    ? { targetMessage, targetValue, item, message: step.message ?? null }
    : { targetMessage, targetValue, item };
  return kind === 'route' ? { ...input, routed: step.value, routedMoment: routedMoment(step) } : input;
}

/** What only some tasks have. */
function taskExtras({ run, sent, dueAt }: Step, { overlay, entry }: StepExtras): Partial<Task> {
  const turn = entry === null ? undefined : turnOf(run, entry);
  return {
    ...(overlay !== null && { overlay }),
    ...(turn !== undefined && { turn }),
    ...(sent !== null && { sent }),
    ...(dueAt > 0 && { dueAt }),
  };
}

function turnOf({ plan }: Run, { before, condition, uses }: EntryMark): TaskEntry | undefined {
  if (before === null && condition === undefined && uses === undefined) return undefined;
  const parameters = plan?.flow.parameters;
  return {
    ...(condition !== undefined && { condition }),
    ...(uses !== undefined && { uses, ...(parameters !== undefined && { parameters }) }),
    ...(before !== null && { previous: { ok: before.ok, value: before.value } }),
  };
}

/** Names of payloads are unique within their run: a long id of the run is not repeated in each. */
function itemsKey({ key }: Group): string {
  return `g${key}.`;
}

export function timerFor(step: Step, at: number | null): Timer {
  const timer = timerOf(step);
  const event: Event = { type: 'due', at: addressOf(step), attempt: step.attempt, timer };
  return { key: `${step.run.id}~${nameOf(step)}.${step.attempt}.${timer}`, at, event };
}

/** The event that takes a run at rest to its end. */
export function idleOf({ plan }: Run): Event {
  const callbacks = plan?.flow.callbacks;
  return callbacks === undefined ? { type: 'idle' } : { type: 'idle', callbacks };
}

export function deadlineOf(runId: string, at: number | null): Timer {
  return { key: `${runId}~deadline`, at, event: { type: 'deadline' } };
}

/** The border to the store: what is undefined is left out of the text. */
export function written(key: string, value: unknown): RecordWrite {
  const json = (value ?? null) as Json;
  return [key, json, JSON.stringify(json)];
}
