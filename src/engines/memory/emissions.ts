// What live runs report: to those who read `events()`, who only keep it, and to observers, whose hooks are user code.
//
// EMISSIONS-1. No hook is called while a transition runs: events for observers are kept until `flush`.
// EMISSIONS-2. Nothing is created for events that nobody wants.
// EMISSIONS-3. A run ends behind the last of its events, once no hook of it is pending.

import { FAILED, kindOf, kindOfEnd, OVER, Wants } from '../../observe/interest.ts';
import {
  detached,
  liveAttempt,
  liveEnded,
  liveRunEnded,
  liveRunStarted,
  liveStarted,
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
import { memoryRun, type MemoryRun } from './run.ts';

/** Who wants to hear that a body is called, or runs around it. */
const CALLS = Wants.ATTEMPT | Wants.AROUND;

// Objects that die young: to write an event into a list that has grown old costs more than to make one.
/** What observers of a run are still to hear, and what comes next. */
class Pending {
  readonly run: MemoryRun;
  /** Null: nobody wants to hear of the end of the run. */
  readonly event: RunEvent | null;
  readonly kind: number;
  next: Pending | null = null;

  constructor(run: MemoryRun, event: RunEvent | null, kind: number) {
    this.run = run;
    this.event = event;
    this.kind = kind;
  }
}

export class Emissions {
  readonly #clock: Clock;
  readonly #onEnded: (run: MemoryRun) => void;
  #first: Pending | null = null;
  /** Null while there is but one. */
  #last: Pending | null = null;
  #isFlushing = false;

  /** @param onEnded takes a run that is over, with all of its events. */
  constructor(clock: Clock, onEnded: (run: MemoryRun) => void) {
    this.#clock = clock;
    this.#onEnded = onEnded;
  }

  /** Hooks are being called. */
  get isFlushing(): boolean {
    return this.#isFlushing;
  }

  get isEmpty(): boolean {
    return this.#first === null;
  }

  /** Called ahead of the start: what the event says is read when it is asked. */
  runStarted(run: MemoryRun): void {
    if ((run.observed & Wants.RUN) !== 0) this.#keep(run, liveRunStarted(run), Wants.RUN);
  }

  runEnded(run: MemoryRun): void {
    const { status } = run;
    const event = status === undefined || (run.wants & Wants.RUN) === 0 ? null : liveRunEnded(run, status);
    if (event !== null) run.notify(event);
    if (run.observed === 0) this.#onEnded(run);
    else if (status !== undefined) this.#keep(run, (run.observed & Wants.RUN) === 0 ? null : event, kindOfEnd(status));
  }

  started(step: Step): void {
    const run = memoryRun(step.run);
    if ((run.wants & Wants.START) !== 0) this.#emit(run, liveStarted(step), Wants.START);
  }

  /**
   * A step completed, and the one behind it begins: the usual case, without a list. No transition runs. What hooks do, such
   * as a cancel, is applied by the caller.
   */
  passed(run: MemoryRun, before: Step, next: Step): void {
    if (this.#first !== null || this.#isFlushing) {
      this.ended(before);
      this.started(next);
    } else {
      this.#isFlushing = true;
      if ((run.wants & Wants.END) !== 0) this.#hand(run, liveEnded(before, 'completed'), Wants.END);
      if ((run.wants & Wants.START) !== 0) this.#hand(run, liveStarted(next), Wants.START);
      this.#isFlushing = false;
    }
    this.flush();
  }

  #hand(run: MemoryRun, event: RunEvent, kind: number): void {
    run.notify(event);
    run.listeners.notify(run, event, kind);
  }

  /** A body is called next. @returns whether something runs around it. */
  called(step: Step, message: unknown): boolean {
    const run = memoryRun(step.run);
    if ((run.observed & CALLS) === 0) return false;
    if ((run.observed & Wants.AROUND) !== 0) return true;
    run.listeners.notify(run, liveAttempt(step, message, this.#clock.coarse()), Wants.ATTEMPT);
    return false;
  }

  /** Calls a body within what runs around it. */
  around(step: Step, message: unknown, body: () => unknown): unknown {
    const run = memoryRun(step.run);
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

  #emit(run: MemoryRun, event: RunEvent, kind: number = kindOf(event)): void {
    run.notify(event);
    if ((run.observed & kind) !== 0) this.#keep(run, event, kind);
  }

  #keep(run: MemoryRun, event: RunEvent | null, kind: number): void {
    const pending = new Pending(run, event, kind);
    if (this.#first === null) this.#first = pending;
    else {
      (this.#last ?? this.#first).next = pending;
      this.#last = pending;
    }
  }

  /** Calls observers with what has happened. What their hooks do, such as a cancel, is applied by the caller. */
  flush(): void {
    if (this.#isFlushing || this.#first === null) return;
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
