// In which order the steps of this process are performed, and what lets them wait: the queue, the turn of the event loop,
// slots, pauses and gates.
//
// PERFORMER-1. What became ready first is performed first, never by recursion: no body begins while a transition runs.
// PERFORMER-2. Sweeps, deliveries, turns and ends that the transitions asked for go before the next step.
// PERFORMER-3. User code of a run is called in the async context in which the run was started, no matter what made it
//     ready: a slot that a different run frees, a timer, a cancel from outside. `current` is the run whose context the
//     stack is in.
// PERFORMER-4. The event loop has its turn after 5 ms of work, even if no body ever waits for anything (`turn.ts`).

import * as transition from '../../run/transition.ts';
import type { InlineHost } from '../../execute/attempt.ts';
import type { Application } from '../../execute/application.ts';
import { execute } from '../../execute/execute.ts';
import { FastPath, performFast } from '../../execute/fast-path.ts';
import { prepare, routeStep } from '../../execute/prepare.ts';
import type { Edge } from '../../graph/graph.ts';
import { Wants } from '../../observe/interest.ts';
import { routedMoment, type InlineSink } from '../../run/sink.ts';
import { Phase } from '../../run/status.ts';
import type { Step } from '../../run/step.ts';
import type { Core } from '../engine.ts';
import { Pause } from '../pause.ts';
import { Slots } from '../slots.ts';
import type { Emissions } from './emissions.ts';
import { LineRun } from './line-run.ts';
import { PendingWork, ReadyList, ReadySteps, type Ready } from './queue.ts';
import { memoryRun, type MemoryRun } from './run.ts';
import { Turn } from './turn.ts';

const STARTED = Promise.resolve(true);

export class Performer {
  /** The run in whose async context the stack is; null for none of ours. */
  current: MemoryRun | LineRun | null = null;
  readonly pause = new Pause<Step>();
  /** What has to be done before the next step is performed. */
  readonly pendingWork = new PendingWork();
  readonly #app: Application;
  readonly #host: InlineHost<Step> & InlineSink;
  readonly #emissions: Emissions;
  readonly fastPath: FastPath;
  readonly #ready = new ReadySteps();
  /** Runs that call their first bodies by themselves, in the order of their starts. */
  readonly #begun = new ReadyList();
  readonly #turn: Turn;
  readonly slots: Slots<Step>;
  /** Told of every step that has to wait for a slot or for its rate. */
  onHeld: ((step: Step) => void) | null = null;
  /** The first run that was started since bodies were called last: the others queue behind it. */
  #startedFirst: MemoryRun | LineRun | null = null;
  /** The run at the head of the queue, while its next body is to be called. */
  #shifted: LineRun | null = null;
  #isDraining = false;

  constructor({ app, clock }: Core, host: InlineHost<Step> & InlineSink, emissions: Emissions) {
    this.#app = app;
    this.#host = host;
    this.#emissions = emissions;
    this.fastPath = new FastPath(app);
    const goOn = (): void => {
      this.current = null;
      this.proceed();
    };
    this.#turn = new Turn(clock, goOn);
    // The start of a step that is let go was reported when it came to wait.
    this.slots = new Slots({ clock, letGo: (step) => this.#ready.push(step), goOn });
  }

  /**
   * A run was started. Its first bodies are called once the caller is off the stack, in the same turn: an error that a
   * body throws lists, and pays for, each call around it. Returns what the next start has to wait for.
   */
  started(run: MemoryRun): Promise<void> | null {
    if (this.#turn.isOver) {
      this.#emissions.flush();
      return this.#turn.next();
    }
    this.#startSoon(run);
    return null;
  }

  /** Bodies may be called now, without a look at anything else. */
  get isUsual(): boolean {
    return !this.#turn.isOver && !this.pause.isOn;
  }

  /** A run was started that calls one body after the other by itself. Behind others it waits for its turn. */
  startedLine(run: LineRun): void {
    // Runs of whose steps somebody hears take turns in the queue.
    if (run.heard === null && this.#startedFirst === null && this.#ready.isEmpty) {
      this.#begun.push(run);
      void STARTED.then(this.#begin);
    } else {
      this.#ready.push(run);
      this.#startSoon(run);
    }
  }

  // In the async context of the run: each start has a call of its own.
  readonly #begin = (): void => {
    const run = this.#begun.shift();
    if (!(run instanceof LineRun)) return;
    this.#isDraining = true;
    try {
      // What observers hear of its start goes ahead of its body.
      if (!this.#emissions.isEmpty) this.#catchUp();
      if (run.step === null) run.goOn();
      // It was made a whole run ahead of its first body.
      else this.#ready.push(run);
    } finally {
      this.#isDraining = false;
    }
    if (this.#ready.isEmpty && this.pendingWork.isEmpty && this.#emissions.isEmpty) return;
    // The body may have started a run.
    this.current = run.step === null ? null : run;
    this.proceed();
  };

  #startSoon(run: MemoryRun | LineRun): void {
    if (this.#startedFirst !== null) return;
    this.#startedFirst = run;
    void STARTED.then(this.proceed);
  }

  /** Whether such a run may call its next body, in its own async context. If not, it is in the queue. */
  mayCall(run: LineRun): boolean {
    if (this.current !== null) this.current = null;
    // The turn was taken when it was shifted from the queue.
    if (run === this.#shifted) {
      this.#shifted = null;
      return true;
    }
    if (this.#turn.take()) return true;
    this.#ready.push(run);
    return false;
  }

  /**
   * Somebody has heard of the end of a body, and may have acted: whether such a run may call the next one. If not, it is in
   * the queue, as a whole run if it has become one.
   */
  stays(run: LineRun): boolean {
    if (run.made === null && this.#isQuiet()) return true;
    this.#ready.push(run);
    this.handBack();
    return false;
  }

  /** A run along a line calls no body for now: what hooks have asked for, and what is ready, has its turn. */
  handBack(): void {
    if (this.#isDraining || (this.#isQuiet() && this.#emissions.isEmpty)) return;
    if (this.current !== null) this.current = null;
    this.proceed();
  }

  /** As `mayCall`, where each body goes through the queue, as entries of plans do. The stack is in the run's context. */
  mayCallInTurn(run: LineRun): boolean {
    if (run === this.#shifted) return this.mayCall(run);
    this.#ready.push(run);
    if (this.current !== run) this.current = run;
    this.proceed();
    return false;
  }

  /** Puts a step at the end of the queue. */
  push(step: Step): void {
    this.#ready.push(step);
  }

  pushAll(steps: readonly Step[]): void {
    for (const step of steps) this.#ready.push(step);
  }

  /** Performs what is ready: after a start in the async context of the first run that was started. */
  readonly proceed = (isStart = false): void => {
    if (isStart) {
      if (this.current !== this.#startedFirst) this.current = this.#startedFirst;
      this.#startedFirst = null;
    }
    if (this.#isDraining || this.#emissions.isFlushing) return;
    if (this.#turn.isOver) return this.#emissions.flush();
    // The usual end of a body whose step waits for nothing and leads to nothing yet.
    if (this.#ready.isEmpty && this.pendingWork.isEmpty && this.#emissions.isEmpty) return;
    this.#isDraining = true;
    const here = this.current;
    try {
      for (let next = this.#next(); next !== null; next = this.#next()) {
        if (!(next instanceof LineRun)) this.#performIn(here, next);
        else if (next.step !== null) this.#performIn(here, next.step);
        else {
          this.#shifted = next;
          // An error that its body throws lists, and pays for, each call: there is none between.
          if (next === here) next.goOn();
          else next.enter(next.goOn, undefined);
          this.#shifted = null;
        }
        // Written only where it changes: a store into an old object costs more than a look.
        if (this.current !== here) this.current = here;
      }
    } finally {
      this.#isDraining = false;
    }
  };

  /** @param here the run in whose async context the stack is */
  #performIn(here: MemoryRun | LineRun | null, step: Step): void {
    const run = memoryRun(step.run);
    if (run.isGated && step.phase !== Phase.STOPPING) this.#park(run, step);
    else if (this.pause.isOn && step.phase === Phase.RUNNING && this.pause.holds(step)) this.pause.park(step);
    else if (run !== here) run.enter(this.#performElsewhere, step);
    else if (step.phase === Phase.RUNNING && this.fastPath.takes(step)) performFast(this.fastPath, step, this.#host);
    else this.#perform(step);
  }

  /** A hook is pending. A slot that it was let go with is for others meanwhile (SLOTS-3). */
  #park(run: MemoryRun, step: Step): void {
    if (this.slots.isUsed) this.slots.giveUp(step);
    run.park(step);
  }

  /** What is to be performed next: behind the work that goes before it, and what hooks are told. Null: nothing for now. */
  #next(): Ready | null {
    this.#catchUp();
    return this.#ready.isEmpty || !this.#turn.take() ? null : this.#ready.shift();
  }

  /** Does what goes before any body: the work that transitions have asked for, and what hooks are told. */
  #catchUp(): void {
    // Hooks may ask for more.
    do {
      this.pendingWork.work();
      this.#emissions.flush();
    } while (!this.pendingWork.isEmpty);
  }

  // Made once: a step of a different run costs no function.
  readonly #performElsewhere = (step: Step): void => {
    this.current = memoryRun(step.run);
    this.#perform(step);
  };

  #perform(step: Step): void {
    if (step.phase === Phase.RUNNING) {
      if (this.fastPath.takes(step)) performFast(this.fastPath, step, this.#host);
      else if (this.slots.take(step)) void execute(this.#app, step, this.#host);
      else this.onHeld?.(step);
    } else if (step.phase === Phase.PREPARING) void prepare(this.#app, step, this.#host);
    else if (step.phase === Phase.ROUTING)
      routeStep(this.#app, step, { moment: routedMoment(step), value: step.value }, this.#host);
    // A cancel overtook it: no body runs that could be waited for.
    else if (step.phase === Phase.STOPPING) transition.due(step, step.attempt, 'grace', this.#host);
  }

  // ── attempts that follow each other without the queue ──

  /** The edge along which the next attempt may follow this one, if nothing has to go before it. */
  edgeInline(step: Step): Edge | null {
    const edge = this.fastPath.edges[step.node.index] ?? null;
    if (edge === null || this.pause.isOn || !this.pendingWork.isEmpty) return null;
    // What is ready of other runs does not mind.
    return !this.#ready.isEmpty && step.run.liveCount > 1 ? null : edge;
  }

  /** Whether the attempt that follows may begin right away; if not, it is in the queue. */
  goesOn(next: Step, run: MemoryRun): boolean {
    // The turn of the event loop may be over; hooks have heard of the step ahead of its body, and may hold it back.
    if (((run.wants & Wants.STEPS) === 0 || this.#isFree(run)) && this.#turn.take()) return true;
    this.#ready.push(next);
    return false;
  }

  #isFree(run: MemoryRun): boolean {
    return !run.isGated && this.#isQuiet();
  }

  /** Nothing goes before a body that follows another one. */
  #isQuiet(): boolean {
    return this.pendingWork.isEmpty && this.#ready.isEmpty && !this.pause.isOn;
  }

  // ── bodies under way ──

  /** Tells a body that it is to stop. */
  abort(step: Step, reason: () => unknown): void {
    if (step.underway !== null) step.underway.abort(reason());
    // It waited for a slot: that it has stopped is reported at once.
    else if (this.slots.withdraw(step) || (this.pause.isOn && this.pause.withdraw(step))) this.#ready.push(step);
  }

  /** An attempt is over: what waits for its slot has its turn. */
  freeSlot(step: Step): void {
    if (this.slots.isUsed) this.slots.release(step);
  }

  /** The same, and its outcome does not count any more: its time limit goes. */
  release(step: Step): void {
    this.freeSlot(step);
    if (step.underway === null) return;
    step.underway.release();
    step.underway = null;
  }
}
