// What a run reports to the outside: one union of events, numbered within the run, live or replayed from its steps.
//
// RUN-EVENT-1. A step's events follow from its view alone. A late listener gets the same events as an early one.
// RUN-EVENT-2. `seq` orders the events of a run without gaps. Events that change nothing have the number of the event
//     before: `step.late`, what bodies emit, and that a run is suspended or resumed.
// RUN-EVENT-3. A late listener gets everything the history still holds, in order, with a `gap` where events are gone.

import type { AttemptRecord, Carried } from './step-data.ts';
import type { PlanKind } from './plan.ts';
import type { FinalStatus, StepCode } from './status.ts';
import type { RunSummary, StepView } from './view.ts';

interface InRun {
  readonly runId: string;
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The words that the run holds. */
  readonly tags: readonly string[];
}

interface OfStep extends InRun {
  readonly step: number;
  /** `Service.method` */
  readonly node: string;
  /** The idempotency key of the step. */
  readonly key: string;
  readonly attempt: number;
  /** 1 for the first execution of the node in the run. */
  readonly round: number;
  /** The edge that led here; null for an entry and for children. */
  readonly via: string | null;
  /** The step whose end, or whose body, caused this one; 0 for an entry and for what watches the run. */
  readonly cause: number;
  /** The step it is a child or a callback of. */
  readonly parent: number | null;
  /** Which item of an `each`, from 0; undefined for a step that is none. */
  readonly item: number | undefined;
}

/** How bad a failure is: what the error says of itself in a field `severity`, else by what failed. The core knows the second only. */
export type Severity = 'warning' | 'error' | 'critical';

interface Failed {
  readonly error: unknown;
  readonly severity: Severity;
}

/** A step is over. */
interface Ended extends OfStep {
  readonly code: StepCode;
  /** When its last attempt started, in milliseconds since the epoch. */
  readonly startedAt: number;
}

/** Something that happened in a run. */
export type RunEvent =
  /** `restored`: it was started in an earlier process, and this one goes on with it. Only observers hear of that. */
  | (InRun & {
      readonly type: 'run.started';
      readonly job: string;
      /** What the start was given: the message, or the parameters of a definition; undefined for other plans. */
      readonly message: unknown;
      /** What kind of plan it is, with the number of its entries; undefined for a job that is started alone. */
      readonly plan: PlanKind | undefined;
      readonly source: 'start' | 'schedule' | 'restored';
      readonly carried?: Carried | undefined;
    })
  | (InRun & {
      readonly type: 'run.ended';
      readonly job: string;
      readonly status: FinalStatus;
      readonly code: StepCode;
      readonly startedAt: number;
      /** How many steps ended how. */
      readonly counts: Readonly<Record<FinalStatus, number>>;
      /** What the run exited with, or what its job returned. */
      readonly value: unknown;
      /** What its job failed with. */
      readonly error: unknown;
      readonly severity: Severity | undefined;
      readonly cancelReason: string | undefined;
      /** Its failed steps, the first failure first, as far as they are kept; callbacks that failed are among them. */
      readonly failures: readonly FailedStep[];
    })
  | (InRun & { readonly type: 'run.suspended' })
  | (InRun & { readonly type: 'run.resumed' })
  /** It is ready: what comes before its body begins. `message` is that of an entry or a child; a callback's is in `step.attempt`. */
  | (OfStep & { readonly type: 'step.started'; readonly message: unknown })
  /** The message is built and valid, and the body is called next. Has the number of the event before. */
  | (OfStep & { readonly type: 'step.attempt'; readonly message: unknown })
  /** It waits for a message from outside. */
  | (OfStep & { readonly type: 'step.waiting' })
  /** `nextAt`: when the next attempt is due, in milliseconds since the epoch. */
  | (OfStep & Failed & { readonly type: 'step.retrying'; readonly code: StepCode; readonly nextAt: number })
  /** `recoveredBy`: the error callback whose value it is (code 207); `recoveredFrom`: what its body had failed with. */
  | (Ended & {
      readonly type: 'step.completed';
      readonly value: unknown;
      readonly recoveredBy: number | undefined;
      readonly recoveredFrom: unknown;
    })
  | (Ended & Failed & { readonly type: 'step.failed' })
  /** `missing`: the sources that a join waited for in vain. */
  | (Ended & { readonly type: 'step.skipped'; readonly missing: readonly string[] | undefined })
  | (Ended & { readonly type: 'step.cancelled' })
  /** A body came back after its attempt had ended. */
  | (OfStep & { readonly type: 'step.late' })
  /** An entry of a plan is over: its place in the plan, and its id in a definition. What it has caused may go on. */
  | (OfStep & {
      readonly type: 'entry.ended';
      readonly entry: number;
      readonly name: string | undefined;
      readonly status: FinalStatus;
    })
  /** It completed, and no conditional edge took its value. */
  | (OfStep & { readonly type: 'edge.unmatched' })
  /** It asked for an end of the run that had been asked for before. */
  | (OfStep & { readonly type: 'exit.ignored' })
  /** It set a field of the state after reading a value that has changed since. */
  | (OfStep & { readonly type: 'state.conflict'; readonly field: string })
  /** Emitted by a body. */
  | (OfStep & { readonly type: 'custom'; readonly name: string; readonly data: unknown })
  | (OfStep & { readonly type: 'progress'; readonly done: number; readonly text?: string })
  | (OfStep & Failed & { readonly type: 'callback.failed'; readonly edge: string | null })
  /** Events up to `seq` are no longer known. */
  | (InRun & { readonly type: 'gap' });

/** A step that failed, as the end of its run names it. */
export interface FailedStep {
  readonly step: number;
  readonly node: string;
  readonly key: string;
  readonly code: StepCode;
  readonly error: unknown;
}

/** Those of the steps that failed, in the order of their ends. */
export function failedStepsOf(steps: readonly StepView[]): FailedStep[] {
  const failed = steps.filter(({ status }) => status === 'failed').sort((a, b) => a.endSeq - b.endSeq);
  return failed.map(({ id, node, key, code, value }) => ({ step: id, node, key, code, error: value }));
}

/** Of a step: what its attempt has come to. */
export function endsAttempt(event: RunEvent): event is RunEvent & { readonly step: number } {
  return 'code' in event && 'step' in event;
}

/** The run that an event is of. */
export interface EventSource {
  readonly id: string;
  readonly tags: readonly string[];
}

export function runStarted(
  { id, tags }: EventSource,
  { createdAt: at, job, message, limits }: RunSummary,
  source: Extract<RunEvent, { type: 'run.started' }>['source'] = limits.source ?? 'start',
): RunEvent {
  const { plan, carried } = limits;
  const ofRun = { runId: id, tags, seq: 1, at, job, message, plan, source };
  return { type: 'run.started', ...ofRun, ...(carried !== undefined && { carried }) };
}

/** @param failures a store has them in its records, and leaves them out where it only decides. */
export function runEnded(
  { id, tags }: EventSource,
  run: RunSummary & { readonly status: FinalStatus },
  failures: readonly FailedStep[] = [],
): Extract<RunEvent, { type: 'run.ended' }> {
  const { entry, exit, status } = run;
  const error = entry.status === 'failed' ? entry.value : undefined;
  return {
    type: 'run.ended',
    runId: id,
    tags,
    seq: run.seq,
    at: run.endedAt,
    job: run.job,
    status,
    code: run.code,
    startedAt: run.createdAt,
    counts: run.counts,
    value: exit === null ? (entry.status === 'completed' ? entry.value : undefined) : exit.value,
    error,
    severity: status === 'failed' ? 'error' : undefined,
    cancelReason: run.cancelReason,
    failures,
  };
}

/** Another process goes on with the run. */
export function runRestored(run: EventSource, summary: RunSummary): RunEvent[] {
  const started = runStarted(run, summary, 'restored');
  return summary.standing === 'suspended' ? [started, runSuspended(run, started.seq, started.at)] : [started];
}

export function runSuspended({ id, tags }: EventSource, seq: number, at: number): RunEvent {
  return { type: 'run.suspended', runId: id, tags, seq, at };
}

export function runResumed({ id, tags }: EventSource, seq: number, at: number): RunEvent {
  return { type: 'run.resumed', runId: id, tags, seq, at };
}

// This and the end of a step that completes are written out: spreads cost more than the rest of what happens to a step.
export function stepStarted(run: EventSource, step: StepView): RunEvent {
  return {
    type: 'step.started',
    runId: run.id,
    tags: run.tags,
    step: step.id,
    node: step.node,
    key: step.key,
    attempt: 1,
    round: step.round,
    via: step.via,
    cause: step.cause,
    parent: step.owner,
    item: itemOf(step),
    seq: step.startSeq,
    at: step.attempts[0]?.startedAt ?? step.startedAt,
    message: messageAtStart(step),
  };
}

/** RUN-EVENT-1. That of a callback is built later, and a late listener gets no more than an early one. */
export function messageAtStart<Message>({
  via,
  message,
}: {
  readonly via: unknown;
  readonly message: Message;
}): Message | undefined {
  return via === null ? message : undefined;
}

/** Empty if it never waited for a message. */
export function stepWaiting(run: EventSource, step: StepView): RunEvent[] {
  const { messageWait } = step;
  if (messageWait === null) return [];
  return [{ type: 'step.waiting', ...ofStep(run, step, 1), seq: messageWait.seq, at: messageWait.at }];
}

export function stepRetrying(run: EventSource, step: StepView, failed: AttemptRecord): RunEvent {
  const { seq, endedAt, code, error, nextAt } = failed;
  const ofAttempt = { ...ofStep(run, step, failed.number), seq, at: endedAt };
  return { type: 'step.retrying', ...ofAttempt, code, error, nextAt, severity: 'warning' };
}

/** It changes nothing: it has the number of the event before. */
export function stepLate(
  run: EventSource & { readonly seq: number },
  step: StepView,
  attempt: number,
  at: number,
): RunEvent {
  return { type: 'step.late', ...ofStep(run, step, attempt), seq: run.seq, at };
}

/** The end of a step and what comes with it, in order. Empty while the step is live. */
export function stepEnded(run: EventSource, step: StepView): RunEvent[] {
  if (!isFinal(step.status)) return [];
  const { status, endedAt: at, value: error, entry, entryName: name } = step;
  const events: RunEvent[] = [endOf(run, step, status)];
  let seq = step.endSeq;
  const next = (): OfStep => ({ ...ofStep(run, step, step.attempt), at, seq: ++seq });
  if (entry >= 0) events.push({ type: 'entry.ended', ...next(), entry, name, status });
  if (step.isCallbackFailure) events.push(callbackFailed(next(), error, step.via));
  for (const { edge, error: fault } of step.faults) events.push(callbackFailed(next(), fault, edge));
  if (step.unmatched) events.push({ type: 'edge.unmatched', ...next() });
  for (const field of step.conflicts) events.push({ type: 'state.conflict', ...next(), field });
  if (step.exitIgnored) events.push({ type: 'exit.ignored', ...next() });
  return events;
}

function endOf(run: EventSource, step: StepView, status: FinalStatus): RunEvent {
  if (status === 'completed') return stepCompleted(run, step);
  const { endSeq: seq, endedAt: at, code, startedAt } = step;
  const ended = { ...ofStep(run, step, step.attempt), at, seq, code, startedAt };
  switch (status) {
    case 'failed':
      return { type: 'step.failed', ...ended, error: step.value, severity: 'error' };
    case 'skipped':
      return { type: 'step.skipped', ...ended, missing: step.missing ?? undefined };
    case 'cancelled':
      return { type: 'step.cancelled', ...ended };
  }
}

function stepCompleted(run: EventSource, step: StepView): RunEvent {
  return {
    type: 'step.completed',
    runId: run.id,
    tags: run.tags,
    step: step.id,
    node: step.node,
    key: step.key,
    attempt: step.attempt,
    round: step.round,
    via: step.via,
    cause: step.cause,
    parent: step.owner,
    item: itemOf(step),
    at: step.endedAt,
    seq: step.endSeq,
    code: step.code,
    startedAt: step.startedAt,
    value: step.value,
    recoveredBy: step.recoveredBy ?? undefined,
    recoveredFrom: step.recoveredFrom,
  };
}

function callbackFailed(notice: OfStep, error: unknown, edge: string | null): RunEvent {
  return { type: 'callback.failed', ...notice, error, edge, severity: 'warning' };
}

/** A body is about to be called. It changes nothing: it has the number of the event before. */
export function attemptStarted(
  run: EventSource & { readonly seq: number },
  step: StepView,
  attempt: number,
): Omit<Extract<RunEvent, { type: 'step.attempt' }>, 'at' | 'message'> {
  return { type: 'step.attempt', ...ofStep(run, step, attempt), seq: run.seq };
}

/** Something that a body emitted. It changes nothing: it has the number of the event before. */
export function emitted(run: EventSource & { readonly seq: number }, step: StepView, notice: Emitted): RunEvent {
  return { ...ofStep(run, step, notice.attempt), seq: run.seq, ...notice };
}

/** What a body emits, of one of its attempts. */
export type Emitted = { readonly attempt: number; readonly at: number } & (
  | { readonly type: 'custom'; readonly name: string; readonly data: unknown }
  | { readonly type: 'progress'; readonly done: number; readonly text?: string }
);

/** Every event of a step so far. */
export function eventsOfStep(run: EventSource, step: StepView): RunEvent[] {
  const retries = step.attempts.filter((attempt) => attempt.seq > 0);
  const started = step.startSeq > 0 ? [stepStarted(run, step)] : [];
  const waiting = stepWaiting(run, step);
  return [...started, ...waiting, ...retries.map((failed) => stepRetrying(run, step, failed)), ...stepEnded(run, step)];
}

function isFinal(status: StepView['status']): status is FinalStatus {
  return status !== 'pending' && status !== 'running';
}

function itemOf({ item }: StepView): number | undefined {
  return item < 0 ? undefined : item;
}

function ofStep({ id, tags }: EventSource, step: StepView, attempt: number): Omit<OfStep, 'seq' | 'at'> {
  const { node, key, round, via, cause, owner: parent } = step;
  return {
    runId: id,
    tags,
    step: step.id,
    node,
    key,
    attempt,
    round,
    via,
    cause,
    parent,
    item: itemOf(step),
  };
}

/** The events so far of a run whose kept steps are given. */
export function replay(run: RunSummary, steps: readonly StepView[]): RunEvent[] {
  const { status } = run;
  const source = { id: run.runId, tags: run.tags };
  const past = steps.flatMap((step) => eventsOfStep(source, step));
  const ended = status === undefined ? [] : [runEnded(source, { ...run, status }, failedStepsOf(steps))];
  return inOrder([runStarted(source, run), ...past, ...ended], run.seq);
}

/** The events of a run in the order of their numbers, with a `gap` where events are gone. @param lastSeq its last one's. */
export function inOrder(events: RunEvent[], lastSeq: number): RunEvent[] {
  if (events.some(({ seq }, at) => seq < (events[at - 1]?.seq ?? 0))) events.sort((a, b) => a.seq - b.seq);
  return events.length < lastSeq ? withGaps(events, lastSeq) : events;
}

/** Puts a `gap` into every hole, and one at the end if the last event of the run is gone. */
function withGaps(events: readonly RunEvent[], lastSeq: number): RunEvent[] {
  const whole: RunEvent[] = [];
  for (const event of events) {
    const before = whole.at(-1);
    if (before !== undefined && before.seq < event.seq - 1) whole.push(gapBefore(event.seq, event));
    whole.push(event);
  }
  const last = whole.at(-1);
  if (last !== undefined && last.seq < lastSeq) whole.push(gapBefore(lastSeq + 1, last));
  return whole;
}

/** Stands for events up to one with a number, which follows. */
export function gapBefore(seq: number, { runId, tags, at }: Pick<RunEvent, 'runId' | 'tags' | 'at'>): RunEvent {
  return { type: 'gap', runId, tags, seq: seq - 1, at };
}
