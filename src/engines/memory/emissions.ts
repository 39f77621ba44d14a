// What live runs report: to those who read `events()`, who only keep it, and to observers, whose hooks are user code.
//
// EMISSIONS-1. No hook is called while a transition runs: events for observers are kept until `flush`.
// EMISSIONS-2. Nothing is created for events that nobody wants.
// EMISSIONS-3. A run ends behind the last of its events, once no hook of it is pending.

import { Wants, wantOf } from '../../observe/interest.ts';
import { detached, liveEnded, liveStarted } from '../../observe/live-event.ts';
import type { Observers } from '../../observe/observers.ts';
import {
  emitted,
  runEnded,
  runStarted,
  stepEnded,
  stepLate,
  stepRetrying,
  stepWaiting,
  type Emitted,
  type RunEvent,
} from '../../run/run-event.ts';
import type { Step } from '../../run/state.ts';
import type { AttemptRecord } from '../../run/step-data.ts';
import { summariseRun, viewStep } from '../../run/view.ts';
import { memoryRun, type MemoryRun } from './run.ts';

/** `event` null: the run ends behind it. */
interface Kept {
  readonly run: MemoryRun;
  readonly event: RunEvent | null;
}

export class Emissions {
  readonly #observers: Observers;
  readonly #onEnded: (run: MemoryRun) => void;
  #kept: Kept[] | null = null;
  #isFlushing = false;

  /** @param onEnded takes a run that is over, with all of its events. */
  constructor(observers: Observers, onEnded: (run: MemoryRun) => void) {
    this.#observers = observers;
    this.#onEnded = onEnded;
  }

  get isEmpty(): boolean {
    return this.#kept === null;
  }

  /** Ahead of the events of what the start has made ready. */
  runStarted(run: MemoryRun): void {
    if ((run.observed & Wants.RUN) === 0) return;
    this.#kept = [{ run, event: runStarted(run, summariseRun(run)) }, ...(this.#kept ?? [])];
  }

  runEnded(run: MemoryRun): void {
    const { status } = run;
    if (status !== undefined && (run.wants & Wants.RUN) !== 0)
      this.emit(run, detached(runEnded(run, { ...summariseRun(run), status })));
    if (run.observed === 0) this.#onEnded(run);
    else (this.#kept ??= []).push({ run, event: null });
  }

  started(step: Step): void {
    const run = memoryRun(step.run);
    if ((run.wants & Wants.START) !== 0) this.emit(run, liveStarted(step));
  }

  waiting(step: Step): void {
    const run = memoryRun(step.run);
    if ((run.wants & Wants.OTHER) === 0) return;
    for (const event of stepWaiting(run, viewStep(step))) this.emit(run, event);
  }

  retrying(step: Step, attempt: AttemptRecord): void {
    const run = memoryRun(step.run);
    if ((run.wants & Wants.OTHER) !== 0) this.emit(run, detached(stepRetrying(run, viewStep(step), attempt)));
  }

  ended(step: Step): void {
    const run = memoryRun(step.run);
    const { status } = step;
    if (status === undefined) return;
    if ((run.wants & Wants.END) !== 0) this.emit(run, liveEnded(step, status));
    if ((run.wants & Wants.OTHER) === 0 || step.endSeq === run.seq) return;
    for (const event of stepEnded(run, viewStep(step)).slice(1)) this.emit(run, detached(event));
  }

  late(step: Step, attempt: number, at: number): void {
    const run = memoryRun(step.run);
    if ((run.wants & Wants.OTHER) !== 0) this.emit(run, stepLate(run, viewStep(step), attempt, at));
  }

  /** A body emits something: no transition runs, so observers hear of it at once. */
  notice(step: Step, notice: Emitted): void {
    const run = memoryRun(step.run);
    if ((run.wants & Wants.OTHER) === 0) return;
    this.emit(run, detached(emitted(run, viewStep(step), notice)));
    this.flush();
  }

  emit(run: MemoryRun, event: RunEvent): void {
    run.notify(event);
    if ((run.observed & wantOf(event.type)) !== 0) (this.#kept ??= []).push({ run, event });
  }

  /** Calls observers with what has happened. What their hooks do, such as a cancel, is applied at once. */
  flush(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    try {
      for (let kept = this.#kept; kept !== null; kept = this.#kept) {
        this.#kept = null;
        for (const { run, event } of kept) {
          if (event !== null) this.#observers.notify(run, event);
          else run.whenFree(() => this.#onEnded(run));
        }
      }
    } finally {
      this.#isFlushing = false;
    }
  }
}
