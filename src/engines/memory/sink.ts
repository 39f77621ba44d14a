// What the transitions ask of a run in this process: done at once, or put down for whoever performs steps.
//
// K1. Whatever is to be performed is only put down here: nothing of it runs while a transition does.
//
// What is to be done next in this process: the steps that are ready, and what goes before them.

import * as stop from '../../run/control.ts';
import * as transition from '../../run/transition.ts';
import type { Join } from '../../graph/graph.ts';
import type { Underway } from '../../execute/attempt.ts';
import { stopError } from '../../execute/errors.ts';
import type { Clock } from '../../execute/clock.ts';
import { isFirst, type Sink } from '../../run/sink.ts';
import { Role } from '../../run/status.ts';
import { deliver, deliveries } from '../../run/inbox.ts';
import type { EntryRef } from '../../run/plan.ts';
import type { Ref, AttemptRecord } from '../../run/step-data.ts';
import {
  runResumed,
  runSuspended,
  stepEnded,
  stepLate,
  stepRetrying,
  stepStarted,
  stepWaiting,
} from '../../run/run-event.ts';
import { finish } from '../../run/finish.ts';
import type { Group, Run, Step } from '../../run/state.ts';
import { viewStep } from '../../run/view.ts';
import { memoryRun, type MemoryRun } from './run.ts';
import { Slots } from '../slots.ts';
import { Timers } from '../timers.ts';

export abstract class MemorySink implements Sink {
  now = 0;
  readonly clock: Clock;
  readonly #onEnded: (run: MemoryRun) => void;
  protected readonly underWay = new Map<Step, Underway>();
  readonly #timers: Timers<Step | Run>;
  protected readonly slots = new Slots<Step>();
  /** Signals that live steps have not heard of, and runs at rest. */
  protected readonly pendingWork = new PendingWork();
  protected readonly waiting = new ReadySteps();
  /** The run in whose async context the stack is. */
  protected current: MemoryRun | null = null;

  constructor(clock: Clock, onEnded: (run: MemoryRun) => void) {
    this.clock = clock;
    this.#timers = new Timers(clock);
    this.#onEnded = onEnded;
  }

  /** Applies something that happened to a run, and performs what follows. */
  abstract apply<T>(run: MemoryRun, change: (sink: Sink) => T): T;

  ready(step: Step): void {
    this.waiting.push(step);
    const run = memoryRun(step.run);
    if (run.isWatched && isFirst(step)) run.notify(stepStarted(run.id, viewStep(step)));
  }

  wake(step: Step, at: number): void {
    const { attempt } = step;
    const timer = transition.timerOf(step);
    this.#timers.set(step, at - this.now, () =>
      this.apply(memoryRun(step.run), (sink) => transition.due(step, attempt, timer, sink)),
    );
  }

  unwake(step: Step): void {
    this.#timers.clear(step);
  }

  wakeRun(run: Run, at: number | null): void {
    const pass = (): boolean => this.apply(memoryRun(run), (sink) => stop.deadline(run, sink));
    if (at === null) this.#timers.clear(run);
    else this.#timers.set(run, at - this.now, pass);
  }

  abort(step: Step): void {
    if (this.slots.withdraw(step)) return this.waiting.push(step);
    this.underWay.get(step)?.abort(stopError(step.run, step.node.name, step.extras?.cancelReason));
  }

  sweep(run: Run): void {
    this.pendingWork.push(() => stop.sweepAll(run, this));
  }

  post(run: Run): void {
    this.pendingWork.push(() => {
      for (const { step, number } of deliveries(run)) deliver(step, number, this);
    });
  }

  turn(run: Run, turn: EntryRef, after: number | null): void {
    this.pendingWork.push(() => transition.turn(run, turn.entry, after, this));
  }

  awaitingMessage(step: Step): void {
    const run = memoryRun(step.run);
    if (run.isWatched) for (const event of stepWaiting(run.id, viewStep(step))) run.notify(event);
  }

  entryOver(step: Step): void {
    memoryRun(step.run).keepOutcome(step);
  }

  idle(run: Run): void {
    this.pendingWork.push(() => finish(run, this));
  }

  attempted(step: Step, attempt: AttemptRecord): void {
    this.#release(step);
    const run = memoryRun(step.run);
    if (run.isWatched && attempt.seq > 0) run.notify(stepRetrying(run.id, viewStep(step), attempt));
  }

  over(step: Step): void {
    if (this.underWay.size > 0 || this.slots.isUsed) this.#release(step);
    const run = memoryRun(step.run);
    run.keep(step);
    if (run.isWatched) for (const event of stepEnded(run.id, viewStep(step))) run.notify(event);
    if (step.id === 1) run.settleEntry();
    if (step.extras !== null && step.extras.role === Role.CALLED) run.aggregates.settleCall(step);
  }

  late(step: Step, attempt: number): void {
    const run = memoryRun(step.run);
    if (run.isWatched) run.notify(stepLate(run, viewStep(step), attempt, this.now));
  }

  suspended(run: Run): void {
    memoryRun(run).notify(runSuspended(run.id, run.seq, this.now));
  }

  resumed(run: Run): void {
    memoryRun(run).notify(runResumed(run.id, run.seq, this.now));
  }

  ended(run: Run): void {
    this.#onEnded(memoryRun(run));
  }

  collect(group: Group, item: number, value: Ref): void {
    memoryRun(group.run).aggregates.collect(group, item, value);
  }

  collected(group: Group): Ref {
    return memoryRun(group.run).aggregates.collected(group);
  }

  arrived(run: Run, join: Join, arrival: { source: number; number: number; value: Ref }): void {
    memoryRun(run).aggregates.arrived(join, arrival);
  }

  joined(run: Run, join: Join, instance: number): Ref {
    return memoryRun(run).aggregates.joined(join, instance);
  }

  protected freeSlot(step: Step): void {
    const next = this.slots.release(step);
    // Its start was told when it came to wait.
    if (next !== undefined) this.waiting.push(next);
  }

  #release(step: Step): void {
    this.freeSlot(step);
    if (this.underWay.size === 0) return;
    this.underWay.get(step)?.release();
    this.underWay.delete(step);
  }

  /** Notes whose turn it is: user code that is called now runs in this run's async context. */
  protected readClock(run: MemoryRun): void {
    // Written only where it changes: a store into an old object costs more than a look.
    if (this.current !== run) this.current = run;
    this.now = run.isWatched ? this.clock.now() : this.clock.coarse();
  }
}

/** In the order in which they became ready: a list through the steps themselves, so that none is made for it. */
class ReadySteps {
  #first: Step | null = null;
  #last: Step | null = null;

  push(step: Step): void {
    if (this.#last === null) this.#first = step;
    else this.#last.next = step;
    this.#last = step;
  }

  shift(): Step | null {
    const step = this.#first;
    if (step === null) return null;
    this.#first = step.next;
    if (this.#first === null) this.#last = null;
    step.next = null;
    return step;
  }

  get isEmpty(): boolean {
    return this.#first === null;
  }

  /** The step that is alone in the list. */
  get only(): Step | null {
    return this.#first !== null && this.#first.next === null ? this.#first : null;
  }

  clear(): void {
    this.#first = null;
    this.#last = null;
  }
}

/** What is done before anything else is performed. */
class PendingWork {
  #list: (() => void)[] = [];

  get isEmpty(): boolean {
    return this.#list.length === 0;
  }

  push(chore: () => void): void {
    this.#list.push(chore);
  }

  work(): void {
    if (this.#list.length === 0) return;
    // They make others while they are done.
    for (let at = 0; at < this.#list.length; at++) this.#list[at]?.();
    this.#list = [];
  }
}
