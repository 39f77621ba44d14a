// What live runs report: to those who read `events()`, who only keep it, and to observers, whose hooks are user code.
//
// EMISSIONS-1. No hook is called while a transition runs: events for observers are kept until `flush`.
// EMISSIONS-2. Nothing is created for events that nobody wants.
// EMISSIONS-3. A run ends behind the last of its events, once no hook of it is pending.

import { FAILED, kindOf, kindOfEnd, Wants } from '../../observe/interest.ts';
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
/** Places of the lists that are kept for the next events. */
const MOST_KEPT = 1_000;

export class Emissions {
  readonly #clock: Clock;
  readonly #onEnded: (run: MemoryRun) => void;
  // Lists side by side, used again and again: no object is made for an event. An event that is null: the run ends
  // behind the events before it.
  #runs: (MemoryRun | null)[] = [];
  #events: (RunEvent | null)[] = [];
  #kinds: number[] = [];
  #count = 0;
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
    return this.#count === 0;
  }

  /** Called ahead of the start: what the event says is read when it is asked. */
  runStarted(run: MemoryRun): void {
    if ((run.observed & Wants.RUN) !== 0) this.#keep(run, liveRunStarted(run), Wants.RUN);
  }

  runEnded(run: MemoryRun): void {
    const { status } = run;
    if (status !== undefined && (run.wants & Wants.RUN) !== 0)
      this.#emit(run, liveRunEnded(run, status), kindOfEnd(status));
    if (run.observed === 0) this.#onEnded(run);
    else this.#keep(run, null);
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
    if (this.#count > 0 || this.#isFlushing) {
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

  #keep(run: MemoryRun, event: RunEvent | null, kind = 0): void {
    this.#runs[this.#count] = run;
    this.#kinds[this.#count] = kind;
    this.#events[this.#count++] = event;
  }

  /** Calls observers with what has happened. What their hooks do, such as a cancel, is applied by the caller. */
  flush(): void {
    if (this.#isFlushing || this.#count === 0) return;
    this.#isFlushing = true;
    try {
      // Hooks add others while they are called.
      for (let at = 0; at < this.#count; at++) {
        const run = this.#runs[at] ?? null;
        const event = this.#events[at] ?? null;
        this.#runs[at] = null;
        this.#events[at] = null;
        if (run === null) continue;
        if (event !== null) run.listeners.notify(run, event, this.#kinds[at] ?? 0);
        else run.whenFree(this.#onEnded);
      }
    } finally {
      this.#count = 0;
      this.#isFlushing = false;
      if (this.#runs.length > MOST_KEPT) [this.#runs, this.#events, this.#kinds] = [[], [], []];
    }
  }
}
