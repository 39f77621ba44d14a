// What live runs report: to those who read `events()`, who only keep it, and to observers, whose hooks are user code.
//
// EMISSIONS-1. No hook is called while a transition runs: events for observers are kept until `flush`.
// EMISSIONS-2. Nothing is created for events that nobody wants.
// EMISSIONS-3. A run ends behind the last of its events, once no hook of it is pending.

import { FAILED, kindOf, kindOfEnd, OVER, Wants } from '../../observe/interest.ts';
import {
  detached,
  liveAttempt,
  liveCompleted,
  liveEnded,
  liveRunEnded,
  liveRunStarted,
  liveStarted,
  type RunFacts,
  type StepFacts,
} from '../../observe/live-event.ts';
import type { Clock } from '../../execute/clock.ts';
import {
  emitted,
  stepEnded,
  stepLate,
  stepRetrying,
  stepWaiting,
  type Emitted,
  type RunEvent,
} from '../../run/run-event.ts';
import type { Step } from '../../run/step.ts';
import type { AttemptRecord } from '../../run/step-data.ts';
import { viewStep } from '../../run/view.ts';
import type { Listeners } from '../../observe/listeners.ts';
import type { ObservedRun } from '../../observe/registration.ts';
import type { LineRun } from './line-run.ts';
import { memoryRun, type MemoryRun } from './run.ts';

/** The end of a run that completed. */
const COMPLETED = kindOfEnd('completed');

/** Who wants to hear that a body is called, or runs around it. */
const CALLS = Wants.ATTEMPT | Wants.AROUND;

/** A run that is reported: a whole one, or one along a line. */
export interface Emitting extends ObservedRun {
  /** What anybody wants to hear of it: a sum of `Wants`. */
  readonly wants: number;
  /** Its observers, and what they want of it. */
  readonly listeners: Listeners;
  readonly observed: number;
  /** Gives an event to those who read them. */
  notify(event: RunEvent): void;
  /** Calls back once no hook of it is pending: at once, if none is. */
  whenFree(callback: (run: MemoryRun | LineRun) => void): void;
}

// Objects that die young: to write an event into a list that has grown old costs more than to make one.

/** What observers of a run are still to hear, and what comes next. */
class Pending {
  readonly run: Emitting;
  /** Null: nobody wants to hear of it. */
  readonly event: RunEvent | null;
  readonly kind: number;
  next: Pending | null = null;

  constructor(run: Emitting, event: RunEvent | null, kind: number) {
    this.run = run;
    this.event = event;
    this.kind = kind;
  }
}

export class Emissions {
  readonly #clock: Clock;
  readonly #onEnded: (run: MemoryRun | LineRun) => void;
  /** A run along a line whose start is told ahead of all that is kept. Most starts find nothing kept, and make no list. */
  #starting: LineRun | null = null;
  #first: Pending | null = null;
  /** Null while there is but one. */
  #last: Pending | null = null;
  #isFlushing = false;

  /** @param onEnded takes a run that is over, with all of its events. */
  constructor(clock: Clock, onEnded: (run: MemoryRun | LineRun) => void) {
    this.#clock = clock;
    this.#onEnded = onEnded;
  }

  /** Hooks are being called. */
  get isFlushing(): boolean {
    return this.#isFlushing;
  }

  get isEmpty(): boolean {
    return this.#first === null && this.#starting === null;
  }

  /** Called ahead of the start: what the event says is read when it is asked. */
  runStarted(run: Emitting & RunFacts): void {
    if ((run.observed & Wants.RUN) !== 0) this.#keep(run, liveRunStarted(run), Wants.RUN);
  }

  runEnded(run: MemoryRun): void {
    const { status } = run;
    const event = status === undefined || (run.wants & Wants.RUN) === 0 ? null : liveRunEnded(run, status);
    if (event !== null) run.notify(event);
    if (run.observed === 0) this.#onEnded(run);
    else if (status !== undefined) this.#keep(run, (run.observed & Wants.RUN) === 0 ? null : event, kindOfEnd(status));
  }

  lineStarted(run: LineRun): void {
    if (this.isEmpty && !this.#isFlushing) {
      this.#starting = run;
      return;
    }
    this.runStarted(run);
    if (run.heard !== null && (run.observed & Wants.START) !== 0)
      this.#keep(run, liveStarted(run.heard.stepAt(0)), Wants.START);
  }

  /** No transition runs. What hooks do, such as a cancel, is applied by the caller. */
  lineEnded(run: LineRun): void {
    const { wants, heard } = run;
    const end = (wants & Wants.RUN) === 0 ? null : liveRunEnded(run, 'completed');
    const isHeard = heard !== null && (wants & Wants.END) !== 0;
    this.#hand(run, isHeard ? liveCompleted(heard.stepAt(run.at - 1)) : null, end, COMPLETED);
  }

  started(step: Step): void {
    const run = memoryRun(step.run);
    if ((run.wants & Wants.START) !== 0) this.#emit(run, liveStarted(step), Wants.START);
  }

  /**
   * A step completed, and the one behind it begins: the usual case, without a list. No transition runs. What hooks do, such
   * as a cancel, is applied by the caller.
   */
  passed(run: Emitting, before: StepFacts, next: StepFacts): void {
    const { wants } = run;
    const ended = (wants & Wants.END) === 0 ? null : liveCompleted(before);
    this.#hand(run, ended, (wants & Wants.START) === 0 ? null : liveStarted(next), Wants.START);
  }

  /**
   * The end of a step, and what it leads to; null: nobody wants it. Readers have both before hooks act on what has happened.
   *
   * @param kind of what it leads to.
   */
  #hand(run: Emitting, ended: RunEvent | null, then: RunEvent | null, kind: number): void {
    if (ended !== null) run.notify(ended);
    if (then !== null) run.notify(then);
    if (this.#isFlushing || !this.isEmpty) return this.#keepBoth(run, ended, then, kind);
    this.#isFlushing = true;
    if (ended !== null) run.listeners.notify(run, ended, Wants.END);
    if (then !== null) run.listeners.notify(run, then, kind);
    if ((kind & OVER) !== 0) run.whenFree(this.#onEnded);
    this.#isFlushing = false;
    this.flush();
  }

  /** Something is to be told ahead of them. */
  #keepBoth(run: Emitting, ended: RunEvent | null, then: RunEvent | null, kind: number): void {
    if (ended !== null) this.#keep(run, ended, Wants.END);
    if (then !== null || (kind & OVER) !== 0) this.#keep(run, then, kind);
    this.flush();
  }

  /** A body is called next. @returns whether something runs around it. */
  called(run: Emitting, step: StepFacts, message: unknown): boolean {
    if ((run.observed & CALLS) === 0) return false;
    if ((run.observed & Wants.AROUND) !== 0) return true;
    run.listeners.notify(run, liveAttempt(step, message, this.#clock.coarse()), Wants.ATTEMPT);
    return false;
  }

  /** Calls a body within what runs around it. */
  around(run: Emitting, step: StepFacts, message: unknown, body: () => unknown): unknown {
    const event = liveAttempt(step, message, this.#clock.now());
    run.listeners.notify(run, event, Wants.ATTEMPT);
    return run.listeners.around(event, body);
  }

  waiting(step: Step): void {
    const run = memoryRun(step.run);
    if ((run.wants & Wants.OTHER) === 0) return;
    for (const event of stepWaiting(run, viewStep(step))) this.#emit(run, detached(event));
  }

  retrying(step: Step, attempt: AttemptRecord): void {
    const run = memoryRun(step.run);
    if ((run.wants & Wants.OTHER) !== 0) this.#emit(run, detached(stepRetrying(run, viewStep(step), attempt)));
  }

  ended(step: Step): void {
    const run = memoryRun(step.run);
    const { status } = step;
    if (status === undefined) return;
    if ((run.wants & Wants.END) !== 0)
      this.#emit(run, liveEnded(step, status), status === 'failed' ? Wants.END | FAILED : Wants.END);
    if ((run.wants & Wants.OTHER) === 0 || step.endSeq === run.seq) return;
    for (const event of stepEnded(run, viewStep(step)).slice(1)) this.#emit(run, detached(event));
  }

  late(step: Step, attempt: number, at: number): void {
    const run = memoryRun(step.run);
    if ((run.wants & Wants.OTHER) !== 0) this.#emit(run, detached(stepLate(run, viewStep(step), attempt, at)));
  }

  /** A body emits something: no transition runs, so observers hear of it at once. */
  notice(step: Step, notice: Emitted): void {
    const run = memoryRun(step.run);
    if ((run.wants & Wants.OTHER) === 0) return;
    this.#emit(run, detached(emitted(run, viewStep(step), notice)));
    this.flush();
  }

  /** The run was suspended, or goes on. */
  paused(run: MemoryRun, event: RunEvent): void {
    if ((run.wants & Wants.OTHER) !== 0) this.#emit(run, detached(event));
  }

  #emit(run: Emitting, event: RunEvent, kind: number = kindOf(event)): void {
    run.notify(event);
    if ((run.observed & kind) !== 0) this.#keep(run, event, kind);
  }

  #keep(run: Emitting, event: RunEvent | null, kind: number): void {
    const pending = new Pending(run, event, kind);
    if (this.#first === null) this.#first = pending;
    else {
      (this.#last ?? this.#first).next = pending;
      this.#last = pending;
    }
  }

  /** Calls observers with what has happened. What their hooks do, such as a cancel, is applied by the caller. */
  flush(): void {
    if (this.#isFlushing) return;
    if (this.#starting !== null) this.#tellStart(this.#starting);
    if (this.#first !== null) this.#tellKept();
  }

  /** Those who have observed a run at its start hear of that, as far as they are still there. */
  #tellStart(run: LineRun): void {
    const { heard, observedAtStart } = run;
    this.#starting = null;
    this.#isFlushing = true;
    if ((observedAtStart & Wants.RUN) !== 0) run.listeners.notify(run, liveRunStarted(run), Wants.RUN);
    if (heard !== null && (observedAtStart & Wants.START) !== 0)
      run.listeners.notify(run, liveStarted(heard.stepAt(0)), Wants.START);
    this.#isFlushing = false;
  }

  #tellKept(): void {
    this.#isFlushing = true;
    try {
      // Hooks add others while they are called.
      for (let pending: Pending | null = this.#first; pending !== null; pending = this.#first) {
        const { run, event, kind, next }: Pending = pending;
        this.#first = next;
        if (next === null && this.#last !== null) this.#last = null;
        if (event !== null) run.listeners.notify(run, event, kind);
        if ((kind & OVER) !== 0) run.whenFree(this.#onEnded);
      }
    } finally {
      this.#isFlushing = false;
    }
  }
}
