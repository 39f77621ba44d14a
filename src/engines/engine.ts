// The port of the engines: what the runtime asks of an engine and its runs, and how an engine that forgets its runs
// closes.
//
// ENGINE-1. An engine never decides what runs next: it performs tasks, applies events through the core, and keeps
//     records.
// ENGINE-2. `drain` resolves even if bodies never return: one may ignore its signal, and no cancel reaches run
//     callbacks.

import type { SavedTexts } from './saved-texts.ts';
import type { Capabilities } from './capabilities.ts';
import type { RunSettings, Signal, Signalled } from '../run/event.ts';
import type { RunPlan } from '../run/plan.ts';
import type { RunEvent } from '../run/run-event.ts';
import type { EntryView, History, RunOutcome, RunSnapshot } from '../run/view.ts';
import type { Application } from '../execute/application.ts';
import type { Observers } from '../observe/observers.ts';
import type { ObservedRun } from '../observe/registration.ts';
import type { RunStatus } from '../run/status.ts';
import type { RunPage, RunQuery } from '../execute/run-query.ts';
import type { Clock } from '../execute/clock.ts';
import type { Fingerprint } from '../values/fingerprint.ts';
import type { EventReader } from './event-buffer.ts';

/** The core of a runtime, given to its engine. */
export interface Core {
  readonly app: Application;
  readonly clock: Clock;
  readonly observers: Observers;
  /** Does what another process asks for. Answers failures too: it never rejects. */
  readonly perform: (command: unknown) => Promise<unknown>;
}

/** A run to be started. */
export interface Submission {
  /** Often made when it is read: engines that do not need it leave it alone. */
  readonly runId: string;
  /** Its messages are valid already. */
  readonly plan: RunPlan;
  readonly settings: RunSettings;
  /** Differs for two submissions with one id; undefined if the id was generated. */
  readonly fingerprint: Fingerprint | undefined;
  /** A run with this id that is over and did not complete begins again. What to do if it began with something else. */
  readonly resume?: OnChange;
}

/** `reuse`: the run goes on with what it began with. `raise`: it is refused. `reset`: it starts over. */
export type OnChange = 'reuse' | 'raise' | 'reset';

/**
 * `exists`: the same submission again, the run is joined. `differs`: the id belongs to a different one. `changed`: so it
 * does, and that is to be refused. `refused`: it is to begin again and does not.
 */
export type Submitted =
  | { readonly outcome: 'created' | 'exists' | 'differs' | 'changed'; readonly run: EngineRun }
  | { readonly outcome: 'refused'; readonly run: EngineRun; readonly why: NotBegun };

/**
 * What became of a run that was to begin again. `completed`: nothing of it has failed. `open`: it is not over. `truncated`:
 * not all of its steps are kept. `unknown`: there is no such run, or no such step in it.
 */
export type Retried = { readonly outcome: 'begun'; readonly run: EngineRun } | NotBegun;

export type NotBegun =
  | { readonly outcome: 'completed' | 'open' | 'unknown' | 'step' }
  | { readonly outcome: 'truncated'; readonly history: History; readonly steps: number };

/** Who waits for the end of a run. */
export interface RunWaiter {
  over(outcome: RunOutcome): void;
  /** The store cannot be read. */
  readonly refused: (error: unknown) => void;
}

/** One run of an engine. */
export interface EngineRun extends ObservedRun {
  /** Its job, or the kind of its plan, and how it stands: what is known without waiting. */
  describe(): { readonly job: string; readonly status: RunStatus };
  /** Somebody has asked how it goes or how it ended: its failure need not be logged. Set by the runtime. */
  isHeard: boolean;
  /** Resolves when the entry step is over. */
  entryOver(): Promise<RunOutcome>;
  /** Resolves when the run is over. */
  over(): Promise<RunOutcome>;
  /** The same without a promise: calls back at once if it is over. */
  whenOver(waiter: RunWaiter): void;
  /** The run as it stands. Never waits for the run. */
  read(): Promise<RunSnapshot>;
  /** What happened so far, as far as it is kept. */
  past(): readonly RunEvent[] | Promise<readonly RunEvent[]>;
  /**
   * What happened so far and what happens from now on, until the run is over or the reader leaves by `return`.
   *
   * @param holds no body begins while the reader is too far behind: nothing is dropped.
   */
  watch(holds?: boolean): EventReader;
  /** Applies something that comes from outside. Messages of entries and to nodes are valid already. */
  signal(event: Signal): Promise<Signalled>;
  /** How the entries of its plan ended, as far as they are over; in the order of the plan. */
  entries(): Promise<readonly EntryView[]>;
  /** The same of one entry, by its place in the plan; undefined while it is not over. */
  outcomeOf(at: number): EntryView | undefined | Promise<EntryView | undefined>;
}

/** A step whose body does not begin yet: the `rateLimit` of its node lets it wait in this process. */
export interface HeldStep {
  readonly runId: string;
  readonly node: string;
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

export interface WorkLimits {
  /** Bodies under way at a time; undefined for any number. */
  readonly concurrency: number | undefined;
  /** The nodes whose bodies begin, by name or pattern; undefined for all. */
  readonly nodes: readonly string[] | undefined;
}

export interface CloseLimits {
  /** Time that open runs are given to end, in milliseconds. */
  readonly drainMs: number;
  /** Time that they are given after they were cancelled, in milliseconds. */
  readonly graceMs: number;
}

export interface Engine {
  /** Its runs go on in other processes. */
  readonly isDurable?: boolean;
  /** What it supports. @default unknown */
  readonly capabilities?: Capabilities;
  /**
   * Makes it the engine of a client, a process without the services. Called before `open`. Absent if its runs belong to one
   * process.
   *
   * @param hash the hash of the graph or of its wiring; undefined for the graph that was described last.
   * @returns the graph as a process with the services has described it; undefined if none has.
   */
  describedGraph?(hash?: string): Promise<string | undefined>;
  /** Connects to the core, before anything else. Takes no work yet. */
  open(core: Core): void | Promise<void>;
  submit(submission: Submission): Submitted | Promise<Submitted>;
  find(runId: string): EngineRun | undefined | Promise<EngineRun | undefined>;
  /**
   * Begins a run again that is over and did not complete: what has finished is not run again. Absent where nothing is kept.
   *
   * @param from what is run again in any case, with all that follows from it: a step by its number or its key, or all
   *   steps of a node.
   */
  retry?(runId: string, from: number | string | undefined): Promise<Retried>;
  /** Where signatures and plans are saved by name. Absent where nothing is kept. */
  readonly saved?: SavedTexts;
  /** Runs that are known, a page at a time. */
  runs(query: RunQuery): RunPage | Promise<RunPage>;
  /** Begins no body of these nodes, by name or pattern, in this process or in all that share its runs. */
  pause(nodes: readonly string[]): void | Promise<void>;
  /** Ends that for some patterns, or for all. */
  unpause(nodes: readonly string[] | undefined): void | Promise<void>;
  /**
   * Begins what an earlier process has left, if it did not begin with a start, and says what begins in this process. Called
   * again, the limits are replaced.
   *
   * @throws {OnwardError} ONW3004 if it has no such limits.
   */
  work(limits: WorkLimits): void | Promise<void>;
  /** What a `rateLimit` holds back in this process. */
  held(): readonly HeldStep[];
  /** The patterns that are paused. */
  readonly paused: readonly string[];
  /** How many runs are open. */
  readonly openRuns: number;
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
