// What a run reports to the outside: one union of events, numbered within the run, live or replayed from its steps.
//
// RUN-EVENT-1. A step's events follow from its view alone. A late listener gets the same events as an early one.
// RUN-EVENT-2. `seq` orders the events of a run without gaps. Events that change nothing have the number of the event
//     before: `step.late`, what bodies emit, and that a run is suspended or resumed.
// RUN-EVENT-3. A late listener gets everything the history still holds, in order, with a `gap` where events are gone.

import type { Ref, AttemptRecord } from './step-data.ts';
import type { FinalStatus, StepCode } from './status.ts';
import type { RunSummary, StepView } from './view.ts';

interface InRun {
  readonly runId: string;
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

interface OfStep extends InRun {
  readonly step: number;
  /** `Service.method` */
  readonly node: string;
  /** The idempotency key of the step. */
  readonly key: string;
  readonly attempt: number;
}

/** One member for each way to end, so that a listener can select one of them by its type. */
type StepEnd = {
  [S in FinalStatus]: OfStep & { readonly type: `step.${S}`; readonly code: StepCode; readonly value: Ref };
};

/** Something that happened in a run. */
export type RunEvent =
  | (InRun & { readonly type: 'run.started'; readonly job: string })
  | (InRun & { readonly type: 'run.ended'; readonly status: FinalStatus })
  | (InRun & { readonly type: 'run.suspended' })
  | (InRun & { readonly type: 'run.resumed' })
  | (OfStep & { readonly type: 'step.started' })
  /** It waits for a message from outside. */
  | (OfStep & { readonly type: 'step.waiting' })
  | (OfStep & { readonly type: 'step.retrying'; readonly code: StepCode; readonly error: Ref })
  | StepEnd[FinalStatus]
  /** A body came back after its attempt had ended. */
  | (OfStep & { readonly type: 'step.late' })
  /** An entry of a plan is over: its place in the plan. What it has caused may go on. */
  | (OfStep & { readonly type: 'entry.ended'; readonly entry: number; readonly status: FinalStatus })
  /** It completed, and no conditional edge took its value. */
  | (OfStep & { readonly type: 'edge.unmatched' })
  /** It asked for an end of the run that had been asked for before. */
  | (OfStep & { readonly type: 'exit.ignored' })
  /** It set a field of the state after reading a value that has changed since. */
  | (OfStep & { readonly type: 'state.conflict'; readonly field: string })
  /** Emitted by a body. */
  | (OfStep & { readonly type: 'custom'; readonly name: string; readonly data: unknown })
  | (OfStep & { readonly type: 'progress'; readonly done: number; readonly text?: string })
  | (OfStep & { readonly type: 'callback.failed'; readonly error: Ref; readonly edge: string | null })
  /** Events up to `seq` are no longer known. */
  | (InRun & { readonly type: 'gap' });

export function runStarted(run: RunSummary): RunEvent {
  return { type: 'run.started', runId: run.runId, seq: 1, at: run.createdAt, job: run.job };
}

export function runEnded(run: RunSummary & { readonly status: FinalStatus }): RunEvent {
  return { type: 'run.ended', runId: run.runId, seq: run.seq, at: run.endedAt, status: run.status };
}

export function runSuspended(runId: string, seq: number, at: number): RunEvent {
  return { type: 'run.suspended', runId, seq, at };
}

export function runResumed(runId: string, seq: number, at: number): RunEvent {
  return { type: 'run.resumed', runId, seq, at };
}

export function stepStarted(runId: string, step: StepView): RunEvent {
  const at = step.attempts[0]?.startedAt ?? step.startedAt;
  return { type: 'step.started', ...ofStep(runId, step, 1), seq: step.startSeq, at };
}

/** Empty if it never waited for a message. */
export function stepWaiting(runId: string, step: StepView): RunEvent[] {
  const { messageWait } = step;
  if (messageWait === null) return [];
  return [{ type: 'step.waiting', ...ofStep(runId, step, 1), seq: messageWait.seq, at: messageWait.at }];
}

export function stepRetrying(runId: string, step: StepView, failed: AttemptRecord): RunEvent {
  const { seq, endedAt, code, error } = failed;
  return { type: 'step.retrying', ...ofStep(runId, step, failed.number), seq, at: endedAt, code, error };
}

/** It changes nothing: it has the number of the event before. */
export function stepLate(
  { id, seq }: { readonly id: string; readonly seq: number },
  step: StepView,
  attempt: number,
  at: number,
): RunEvent {
  return { type: 'step.late', ...ofStep(id, step, attempt), seq, at };
}

/** The end of a step and what comes with it, in order. Empty while the step is live. */
export function stepEnded(runId: string, step: StepView): RunEvent[] {
  if (!isFinal(step.status)) return [];
  const { id, node, key, attempt, endedAt: at } = step;
  const notice = { runId, step: id, node, key, attempt, at };
  let seq = step.endSeq;
  const { status, code, value } = step;
  // Every step has one: written out, for members that follow a spread are added one by one.
  const events: RunEvent[] = [{ type: `step.${status}`, runId, step: id, node, key, attempt, at, seq, code, value }];
  if (step.entry >= 0) events.push({ type: 'entry.ended', ...notice, seq: ++seq, entry: step.entry, status });
  if (step.isCallbackFailure) {
    events.push({ type: 'callback.failed', ...notice, seq: ++seq, error: step.value, edge: step.via });
  }
  for (const { edge, error } of step.faults)
    events.push({ type: 'callback.failed', ...notice, seq: ++seq, error, edge });
  if (step.unmatched) events.push({ type: 'edge.unmatched', ...notice, seq: ++seq });
  for (const field of step.conflicts) events.push({ type: 'state.conflict', ...notice, seq: ++seq, field });
  if (step.exitIgnored) events.push({ type: 'exit.ignored', ...notice, seq: ++seq });
  return events;
}

/** Every event of a step so far. */
function eventsOfStep(runId: string, step: StepView): RunEvent[] {
  const retries = step.attempts.filter((attempt) => attempt.seq > 0);
  const started = step.startSeq > 0 ? [stepStarted(runId, step)] : [];
  const waiting = stepWaiting(runId, step);
  return [
    ...started,
    ...waiting,
    ...retries.map((failed) => stepRetrying(runId, step, failed)),
    ...stepEnded(runId, step),
  ];
}

function isFinal(status: StepView['status']): status is FinalStatus {
  return status !== 'pending' && status !== 'running';
}

function ofStep(runId: string, step: StepView, attempt: number): Omit<OfStep, 'seq' | 'at'> {
  return { runId, step: step.id, node: step.node, key: step.key, attempt };
}

/** The events so far of a run whose kept steps are given. */
export function replay(run: RunSummary, steps: readonly StepView[]): RunEvent[] {
  const { status } = run;
  const past = steps.flatMap((step) => eventsOfStep(run.runId, step));
  past.sort((a, b) => a.seq - b.seq);
  const ended = status === undefined ? [] : [runEnded({ ...run, status })];
  const known = [runStarted(run), ...past, ...ended];
  return known.length < run.seq ? withGaps(known, run.seq) : known;
}

/** Puts a `gap` into every hole, and one at the end if the last event of the run is gone. */
function withGaps(events: readonly RunEvent[], lastSeq: number): RunEvent[] {
  const notice: RunEvent[] = [];
  for (const event of events) {
    const before = notice.at(-1);
    if (before !== undefined && before.seq < event.seq - 1) notice.push(gapBefore(event.seq, event));
    notice.push(event);
  }
  const last = notice.at(-1);
  if (last !== undefined && last.seq < lastSeq) notice.push(gapBefore(lastSeq + 1, last));
  return notice;
}

function gapBefore(seq: number, { runId, at }: RunEvent): RunEvent {
  return { type: 'gap', runId, seq: seq - 1, at };
}
