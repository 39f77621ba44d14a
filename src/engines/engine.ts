// What executes runs, as the runtime sees it. An engine is opened with the core and hands out runs.
//
// An engine never decides what runs next: it performs tasks, applies events through the core, and keeps what it is told.
//
// How an engine that forgets its runs is closed: they may end by themselves, then they are cancelled, then it is over.
//
// C1. It resolves whatever bodies do: one that ignores its signal, or a run callback, which no cancel reaches, may never
//     return.

import type { RunSettings } from '../run/event.ts';
import type { IncomingMessage } from '../run/inbox.ts';
import type { Entry, RunPlan } from '../run/plan.ts';
import type { RunEvent } from '../run/run-event.ts';
import type { EntryView, RunOutcome, RunSnapshot } from '../run/view.ts';
import type { Core } from '../execute/attempt.ts';
import type { Clock } from '../execute/clock.ts';

/** A run to be started. */
export interface Submission {
  readonly runId: string;
  /** Its messages are valid already. */
  readonly plan: RunPlan;
  readonly settings: RunSettings;
  /** Tells two submissions with one id apart; undefined if the id was made up here. */
  readonly fingerprint: string | undefined;
}

/** `exists`: the same submission again, the run is joined. `differs`: the id is taken by another one. */
export interface Submitted {
  readonly outcome: 'created' | 'exists' | 'differs';
  readonly run: EngineRun;
}

/** What became of a signal. `over`: the run, or the step, has nothing left to change. */
export type Signalled = 'applied' | 'duplicate' | 'over';

/** What an engine does to its runs from outside. */
export interface Signals<R> {
  cancel(run: R, reason: string | undefined): Signalled;
  cancelStep(run: R, step: number | string, reason: string | undefined): Signalled | 'unknown';
  suspend(run: R): Signalled | 'refused';
  resume(run: R): Signalled;
  add(run: R, entries: readonly Entry[]): Added;
  closePlan(run: R): Signalled;
  send(run: R, node: string, incoming: IncomingMessage): Signalled;
}

/** What became of entries that were added to a plan. `full`: it would have more than it may; `shut`: it never was open. */
export type Added = Signalled | 'full' | 'shut';

/** One run of an engine. */
export interface EngineRun {
  readonly id: string;
  /** Resolves when the entry step is over. */
  entryOver(): Promise<RunOutcome>;
  /** Resolves when the run is over. */
  over(): Promise<RunOutcome>;
  /** The run as it stands. Never waits for the run. */
  read(): Promise<RunSnapshot>;
  /** What happened so far and what happens from now on, until the run is over or the signal is aborted. */
  watch(signal?: AbortSignal): AsyncIterable<RunEvent>;
  cancel(reason: string | undefined): Promise<Signalled>;
  /** Cancels one live step, by its number or its key, with what belongs to it. */
  cancelStep(step: number | string, reason: string | undefined): Promise<Signalled | 'unknown'>;
  suspend(): Promise<Signalled | 'refused'>;
  resume(): Promise<Signalled>;
  /** How the entries of its plan ended, as far as they are over; in the order of the plan. */
  entries(): Promise<readonly EntryView[]>;
  /** The same of one entry, by its place in the plan; undefined while it is not over. */
  outcomeOf(at: number): EntryView | undefined | Promise<EntryView | undefined>;
  /** Adds entries to an open plan. Their messages are valid already; they are numbered and linked here. */
  add(entries: readonly Entry[]): Promise<Added>;
  /** Nothing more is added to an open plan. */
  closePlan(): Promise<Signalled>;
  /** Sends a message to a node that waits for one. It is valid already. */
  send(node: string, incoming: IncomingMessage): Promise<Signalled>;
}

export interface CloseLimits {
  /** Time that open runs are given to end, in milliseconds. */
  readonly drainMs: number;
  /** Time that they are given after they were cancelled, in milliseconds. */
  readonly graceMs: number;
}

export interface Engine {
  readonly name: string;
  /** Connects to the core, before anything else. Takes no work yet. */
  open(core: Core): void | Promise<void>;
  submit(submission: Submission): Submitted | Promise<Submitted>;
  find(runId: string): EngineRun | undefined | Promise<EngineRun | undefined>;
  /** Resolves when no run is open. */
  idle(): Promise<void>;
  /** Waits up to `drainMs` for open runs; what a durable engine has not finished by then goes on at its next start, other engines cancel it. */
  close(limits: CloseLimits): Promise<void>;
}

export interface Draining {
  readonly clock: Clock;
  readonly limits: CloseLimits;
  /** Resolves when no run is open. */
  readonly idle: () => Promise<void>;
  readonly cancelAll: () => void;
}

export async function drain({ clock, limits, idle, cancelAll }: Draining): Promise<void> {
  let callOff = (): void => undefined;
  const outOfTime = new Promise<void>((resolve) => {
    callOff = clock.after(limits.drainMs, () => {
      cancelAll();
      callOff = clock.after(limits.graceMs, resolve);
    });
  });
  await Promise.race([idle(), outOfTime]);
  callOff();
}
