// Performs the steps of runs in this process: live objects, through the same transitions as in every store.
//
// LOOP-1. What a transition makes ready is put down for the performer: no body begins while a transition runs.
// LOOP-2. Times are those of the turn of the event loop, unless an observer asks for precise ones.
// LOOP-3. A signal reaches every live step before anything else is performed.
// LOOP-4. On the fast path (`execute/fast-path.ts`) attempts follow each other without the queue.

import * as control from '../../run/control.ts';
import * as transition from '../../run/transition.ts';
import type { Arrival, Join } from '../../graph/graph.ts';
import type { Called, InlineHost, Notice } from '../../execute/attempt.ts';
import { calledWith, refusedChild, stopError } from '../../execute/errors.ts';
import type { Condition } from '../../execute/condition.ts';
import { reportOf } from '../../execute/report.ts';
import { sweepAll } from '../../run/advance.ts';
import { startChild, type ChildAnswer } from '../../run/children.ts';
import { finish } from '../../run/finish.ts';
import { deliver, deliveries } from '../../run/inbox.ts';
import { racesOf, settleRaces } from '../../run/race.ts';
import { isFirst, type InlineSink } from '../../run/sink.ts';
import type { ChildStart, Effects, Failure, Signal, Signalled } from '../../run/event.ts';
import type { EntryRef } from '../../run/plan.ts';
import { runResumed, runSuspended, stepEnded } from '../../run/run-event.ts';
import { isCallbackFailure, viewStep, type HeldBy } from '../../run/view.ts';
import type { AttemptRecord, Ref, Routing, StepId } from '../../run/step-data.ts';
import { Phase, Role } from '../../run/status.ts';
import type { SharedState } from '../../run/shared-state.ts';
import type { Group, Run } from '../../run/state.ts';
import type { Step, Underway } from '../../run/step.ts';
import type { RunReport } from '../../wiring/run-report.ts';
import type { Spawned } from '../../wiring/context.ts';
import type { Clock } from '../../execute/clock.ts';
import type { Core, Submission } from '../engine.ts';
import { Wants } from '../../observe/interest.ts';
import { tellAtEnd, type Forgetful } from '../process-end.ts';
import { logLeftOpen } from './left-open.ts';
import { memoryRun, MemoryRun, type RunPlace } from './run.ts';
import { Emissions } from './emissions.ts';
import { Lines, type Told } from './lines.ts';
import { Performer } from './performer.ts';
import type { Waiting } from '../slots.ts';
import { Timers } from '../timers.ts';
import { reportCallbackFailures, reportFailedRun } from '../unheard.ts';

const CLOSED_WAITING = 'the runtime was closed, and the run only waited';

export class MemoryLoop implements InlineSink, InlineHost<Step>, Forgetful {
  now = 0;
  readonly clock: Clock;
  readonly #core: Core;
  readonly lines: Lines;
  /** Steps are made again that are known. */
  #isRemaking = false;
  readonly #told: Told;
  /** From now on the process may end without a word on its open runs. */
  readonly endsQuietly: () => void;
  readonly #place: RunPlace;
  readonly #performer: Performer;
  readonly #timers: Timers<Step | Run>;
  readonly #emissions: Emissions;
  /** The end of the step is reported with the start of the one behind it. */
  #isPassing = false;
  /** When the runtime closes: by then runs that only wait have no time left. 0: it is open. */
  #closesAt = 0;

  constructor(core: Core, told: Told) {
    const { app, observers } = core;
    this.#core = core;
    this.#told = told;
    this.endsQuietly = tellAtEnd(this);
    this.#place = {
      graph: app.graph,
      takesMessage: ({ index }) => app.bodies[index]?.message !== undefined,
      loop: this,
      observers,
    };
    this.clock = core.clock;
    this.#emissions = new Emissions(core.clock, (run) => {
      told.ended(run);
      if (run instanceof MemoryRun && run.status === 'failed') reportFailedRun(run, core);
    });
    this.#timers = new Timers(core.clock);
    this.#performer = new Performer(core, this, this.#emissions);
    this.lines = new Lines(core, this, { performer: this.#performer, emissions: this.#emissions, told });
  }

  make(submission: Submission): MemoryRun {
    return new MemoryRun(submission, this.#place);
  }

  /** Starts a run; its first bodies are called once the caller is off the stack. Returns what the next start waits for. */
  start(run: MemoryRun, { plan, settings }: Submission): Promise<void> | null {
    this.#readClock(run);
    this.#emissions.runStarted(run);
    transition.start(run, plan, settings.suspended, this);
    return this.#performer.started(run);
  }

  /** Gives the transitions what is known already: nobody is told of it, and nothing is performed. */
  remake(change: () => void): void {
    // It may be asked for within a transition of another run.
    const { now } = this;
    const wasPassing = this.#isPassing;
    this.#isRemaking = true;
    this.#isPassing = true;
    try {
      change();
    } finally {
      this.#isPassing = wasPassing;
      this.#isRemaking = false;
      this.now = now;
    }
  }

  /** Applies something that comes from outside, and performs what follows. Called in the run's async context. */
  signal(run: MemoryRun, event: Signal): Signalled {
    return this.#within(run, () => control.signal(run, event, this));
  }

  #within<T>(run: MemoryRun, change: () => T): T {
    const around = this.#performer.current;
    try {
      this.#readClock(run);
      const result = change();
      this.proceed();
      return result;
    } finally {
      this.#performer.current = around;
    }
  }

  get paused(): readonly string[] {
    return this.#performer.pause.patterns;
  }

  pause(nodes: readonly string[]): void {
    this.#performer.pause.add(nodes);
  }

  unpause(nodes: readonly string[] | undefined): void {
    this.#performer.pushAll(this.#performer.pause.remove(nodes));
    this.#performer.current = null;
    this.proceed();
  }

  /** What waits for the `rateLimit` of its node. */
  held(): Iterable<Waiting<Step>> {
    return this.#performer.slots.waitingForTime();
  }

  /** The steps of a run whose bodies do not begin yet. */
  heldOf(run: MemoryRun): ReadonlyMap<StepId, HeldBy> {
    const held = new Map<StepId, HeldBy>();
    for (const { asker } of this.held()) if (asker.run === run) held.set(asker.id, 'rateLimit');
    for (const step of this.#performer.pause.parked) if (step.run === run) held.set(step.id, 'pause');
    return held;
  }

  /** The runtime closes at a time: runs that do nothing but wait beyond it are cancelled, now or once they wait. */
  closeBy(at: number, runs: readonly MemoryRun[]): void {
    this.#closesAt = at;
    this.#performer.onHeld = ({ run }) => this.#performer.pendingWork.push(() => this.#cancelIfWaiting(memoryRun(run)));
    for (const run of runs) this.#cancelIfWaiting(run);
  }

  processEnds(): void {
    const { pause, slots } = this.#performer;
    logLeftOpen(this.#told.open(), this.#core.app.log, {
      isPaused: (step) => pause.holds(step),
      waitsForSlot: (step) => slots.waits(step),
    });
  }

  #cancelIfWaiting(run: MemoryRun): void {
    const isHeldBack = (step: Step): boolean => this.#performer.slots.waitsBeyond(step, this.#closesAt);
    if (control.waitsBeyond(run, this.#closesAt, isHeldBack))
      void run.signal({ type: 'cancel', reason: CLOSED_WAITING });
  }

  // ── Host: how attempts ended, and what bodies ask for ──

  isWanted(step: Step, attempt: number): boolean {
    // User code may just have cancelled something: that comes first.
    this.#performer.pendingWork.work();
    return step.attempt === attempt && (step.phase === Phase.RUNNING || step.phase === Phase.PREPARING);
  }

  began(step: Step, work: Underway): void {
    step.underway = work;
  }

  prepared(step: Step, attempt: number, message: unknown): void {
    this.#readClock(memoryRun(step.run));
    transition.prepared(step, attempt, message, this);
  }

  completed(
    step: Step,
    attempt: number,
    message: unknown,
    value: unknown,
    routing: Routing,
    effects: Effects | null,
  ): void {
    // LOOP-3. The body may just have cancelled its run.
    this.#performer.pendingWork.work();
    this.#readClock(memoryRun(step.run));
    if (step.attempt === attempt) this.#performer.freeSlot(step);
    transition.completed(step, attempt, message, value, routing, effects, this);
  }

  failed(
    step: Step,
    attempt: number,
    message: unknown,
    error: unknown,
    failure: Failure,
    routing: Routing | null,
  ): void {
    this.#readClock(memoryRun(step.run));
    if (step.attempt === attempt) this.#performer.freeSlot(step);
    transition.failed(step, attempt, message, error, failure, routing, this);
  }

  routed(step: Step, attempt: number, routing: Routing): void {
    this.#readClock(memoryRun(step.run));
    transition.routed(step, attempt, routing, this);
  }

  completeInline(step: Step, attempt: number, value: unknown, { routes }: Routing): Step | null | undefined {
    const edge = step.attempt === attempt ? this.#performer.edgeInline(step) : null;
    if (edge === null || (routes !== 'all' && routes.length === 0)) return undefined;
    // Its body is over: there is nothing that could be told to stop.
    step.underway = null;
    const run = memoryRun(step.run);
    this.#readClock(run);
    this.#isPassing = true;
    const next = transition.passedOn(step, edge, value, this);
    this.#isPassing = false;
    if (next === null) return undefined;
    if ((run.wants & Wants.STEPS) !== 0) this.#emissions.passed(run, step, next);
    return this.#performer.goesOn(next, run) ? next : null;
  }

  unmet(step: Step, attempt: number): void {
    this.#readClock(memoryRun(step.run));
    if (step.attempt === attempt) this.#performer.freeSlot(step);
    transition.unmet(step, attempt, this);
  }

  condition(step: Step): Condition {
    return memoryRun(step.run).conditionOf(step);
  }

  async spawn(step: Step, attempt: number, start: ChildStart): Promise<Spawned> {
    return { runId: step.run.id, key: this.#startChild(step, attempt, start).key };
  }

  async call(step: Step, attempt: number, start: ChildStart): Promise<Called> {
    const answer = this.#startChild(step, attempt, start);
    if (answer.kind === 'over') return calledWith(Promise.resolve(answer.end));
    return calledWith(memoryRun(step.run).aggregates.whenOver(answer.step));
  }

  #startChild(step: Step, attempt: number, start: ChildStart): Exclude<ChildAnswer, { kind: 'refused' }> {
    this.#readClock(memoryRun(step.run));
    const answer = startChild(step, attempt, start, this);
    // Not now: the body that asked is on the stack.
    queueMicrotask(() => {
      this.#performer.current = memoryRun(step.run);
      this.proceed();
    });
    if (answer.kind === 'refused') throw refusedChild(answer, step, start);
    return answer;
  }

  state(step: Step): SharedState {
    return step.run.state;
  }

  notify(step: Step, attempt: number, notice: Notice): void {
    const emitted = { ...notice, attempt, at: this.clock.now() };
    this.#within(memoryRun(step.run), () => this.#emissions.notice(step, emitted));
  }

  isAround(step: Step, message: unknown): boolean {
    return this.#emissions.called(memoryRun(step.run), step, message);
  }

  around(step: Step, message: unknown, body: () => unknown): unknown {
    return this.#emissions.around(memoryRun(step.run), step, message, body);
  }

  report(step: Step): RunReport {
    const run = memoryRun(step.run);
    return reportOf(run.snapshot(), run.outcome);
  }

  // ── Sink: what the transitions ask for ──

  ready(step: Step): void {
    if (this.#isRemaking) return;
    this.#performer.push(step);
    if ((memoryRun(step.run).wants & Wants.START) !== 0 && isFirst(step)) this.#emissions.started(step);
  }

  begun(step: Step): void {
    this.#emissions.started(step);
  }

  wake(step: Step, at: number): void {
    const { attempt } = step;
    const timer = transition.timerOf(step);
    if (this.#closesAt > 0) this.#performer.pendingWork.push(() => this.#cancelIfWaiting(memoryRun(step.run)));
    this.#timers.set(step, at - this.now, () =>
      this.#apply(memoryRun(step.run), () => transition.due(step, attempt, timer, this)),
    );
  }

  unwake(step: Step): void {
    this.#timers.clear(step);
  }

  wakeRun(run: Run, at: number | null): void {
    const pass = (): void => this.#apply(memoryRun(run), () => control.deadline(run, this));
    if (at === null) this.#timers.clear(run);
    else this.#timers.set(run, at - this.now, pass);
  }

  abort(step: Step): void {
    this.#performer.abort(step, () => stopError(step.run, step.node.name, step.extras?.cancelReason));
  }

  sweep(run: Run): void {
    this.#performer.pendingWork.push(() => {
      sweepAll(run, this);
      settleRaces(run, racesOf(run), this);
    });
  }

  post(run: Run): void {
    this.#performer.pendingWork.push(() => {
      for (const { step, number } of deliveries(run)) deliver(step, number, this);
    });
  }

  turn(run: Run, turn: EntryRef, after: number | null): void {
    if (!this.#isRemaking) this.#performer.pendingWork.push(() => transition.turn(run, turn.entry, after, this));
  }

  awaitingMessage(step: Step): void {
    if (this.#closesAt > 0) this.#performer.pendingWork.push(() => this.#cancelIfWaiting(memoryRun(step.run)));
    this.#emissions.waiting(step);
  }

  entryOver(step: Step): void {
    memoryRun(step.run).keepOutcome(step);
  }

  idle(run: Run): void {
    if (!this.#isRemaking) this.#performer.pendingWork.push(() => finish(run, this));
  }

  attempted(step: Step, attempt: AttemptRecord): void {
    this.#performer.release(step);
    if (attempt.seq > 0) this.#emissions.retrying(step, attempt);
  }

  mayBecome(step: Step): boolean {
    return !memoryRun(step.run).isKnown && step.underway === null;
  }

  passing(step: Step, value: Ref): void {
    const run = memoryRun(step.run);
    run.keepPassing(step, value);
    if (step.id === 1) run.settleEntry();
  }

  over(step: Step): void {
    this.#performer.release(step);
    const run = memoryRun(step.run);
    run.keep(step);
    if (!this.#isPassing && (run.wants & Wants.STEPS) !== 0) this.#emissions.ended(step);
    if (isCallbackFailure(step) || (step.extras !== null && step.extras.faults !== null))
      reportCallbackFailures(stepEnded(run, viewStep(step)), run, this.#core);
    if (step.id === 1) run.settleEntry();
    if (step.extras !== null && step.extras.role === Role.CALLED) run.aggregates.settleCall(step);
  }

  late(step: Step, attempt: number): void {
    this.#emissions.late(step, attempt, this.now);
  }

  suspended(run: Run): void {
    this.#emissions.paused(memoryRun(run), runSuspended(run, run.seq, this.now));
  }

  resumed(run: Run): void {
    this.#emissions.paused(memoryRun(run), runResumed(run, run.seq, this.now));
  }

  ended(run: Run): void {
    if (this.#isRemaking) return;
    const over = memoryRun(run);
    over.endedAt = this.clock.now();
    this.#emissions.runEnded(over);
  }

  collect(group: Group, item: number, value: Ref): void {
    memoryRun(group.run).aggregates.collect(group, item, value);
  }

  collected(group: Group): Ref {
    return memoryRun(group.run).aggregates.collected(group);
  }

  arrived(run: Run, arrival: Arrival, number: number, value: Ref): void {
    memoryRun(run).aggregates.arrived(arrival, number, value);
  }

  joined(run: Run, join: Join, instance: number): Ref {
    return memoryRun(run).aggregates.joined(join, instance);
  }

  /** Applies what a timer brings, and performs what follows. */
  #apply(run: MemoryRun, change: () => boolean): void {
    run.enter((given) => this.#within(run, given), change);
  }

  proceed(): void {
    this.#performer.proceed();
  }

  /** No hook of an awaited observer is pending any more. */
  ungate(run: MemoryRun, steps: readonly Step[]): void {
    this.#performer.pushAll(steps);
    this.#apply(run, () => true);
  }

  /** Notes whose turn it is: user code that is called now runs in this run's async context. */
  #readClock(run: MemoryRun): void {
    // Written only where it changes: a store into an old object costs more than a look.
    if (this.#performer.current !== run) this.#performer.current = run;
    this.now = (run.wants & Wants.PRECISE) === 0 ? this.clock.coarse() : this.clock.now();
  }
}
