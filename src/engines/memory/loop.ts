// Performs the steps of runs in this process: live objects, through the same transitions as in every store.
//
// LOOP-1. What a transition makes ready is performed in order, from one queue, never by recursion: the sink only puts it
//     down, and no body begins while a transition runs.
// LOOP-2. Times are those of the turn of the event loop, unless the run is watched.
// LOOP-3. A signal reaches every live step before anything else is performed.
// LOOP-4. On the fast path (`execute/fast-path.ts`) attempts follow each other without the queue.
// LOOP-5. User code of a run is called in the async context in which the run was started, no matter what made it ready:
//     a slot that a different run frees, a timer, a cancel from outside. `#current` is the run whose context the stack
//     is in.
// LOOP-6. The event loop has its turn after 5 ms of work, even if no body ever waits for anything (`turn.ts`).

import * as control from '../../run/control.ts';
import * as transition from '../../run/transition.ts';
import type { Join } from '../../graph/graph.ts';
import type { Called, InlineHost, Notice, Underway } from '../../execute/attempt.ts';
import { calledWith, refusedChild, stopError } from '../../execute/errors.ts';
import { execute } from '../../execute/execute.ts';
import { FastPath, performLone, performStraight, type Pace } from '../../execute/fast-path.ts';
import { prepare, routeStep } from '../../execute/prepare.ts';
import type { Condition } from '../../execute/condition.ts';
import { reportOf } from '../../execute/report.ts';
import { sweepAll } from '../../run/advance.ts';
import { startChild, type ChildAnswer } from '../../run/children.ts';
import { finish } from '../../run/finish.ts';
import { deliver, deliveries } from '../../run/inbox.ts';
import { racesOf, settleRaces } from '../../run/race.ts';
import { isFirst, routedMoment, type InlineSink } from '../../run/sink.ts';
import type { ChildStart, Effects, Failure, Signal, Signalled } from '../../run/event.ts';
import type { EntryRef } from '../../run/plan.ts';
import { runResumed, runSuspended, stepEnded } from '../../run/run-event.ts';
import { isCallbackFailure, viewStep } from '../../run/view.ts';
import type { AttemptRecord, Ref, Routing } from '../../run/step-data.ts';
import { Phase, Role } from '../../run/status.ts';
import type { SharedState } from '../../run/shared-state.ts';
import type { Group, Run, Step } from '../../run/state.ts';
import type { RunReport } from '../../wiring/run-report.ts';
import type { Spawned } from '../../wiring/context.ts';
import type { Clock } from '../../execute/clock.ts';
import type { Core, Submission } from '../engine.ts';
import { Wants } from '../../observe/interest.ts';
import { memoryRun, type MemoryRun } from './run.ts';
import { Pause } from '../pause.ts';
import { Emissions } from './emissions.ts';
import { PendingWork, ReadySteps } from './queue.ts';
import { Slots } from '../slots.ts';
import { Timers } from '../timers.ts';
import { reportCallbackFailures } from '../unheard.ts';
import { Turn } from './turn.ts';

const STARTED = Promise.resolve(true);
const CLOSED_WAITING = 'the runtime was closed, and the run only waited';

export class MemoryLoop implements InlineSink, InlineHost<Step> {
  now = 0;
  readonly clock: Clock;
  readonly #core: Core;
  readonly #fastPath: FastPath;
  readonly #underway = new Map<Step, Underway>();
  readonly #timers: Timers<Step | Run>;
  readonly #slots = new Slots<Step>();
  /** Sweeps, deliveries, turns and ends that the transitions asked for: done before the next step is performed. */
  readonly #pendingWork = new PendingWork();
  readonly #ready = new ReadySteps();
  readonly #turn: Turn;
  #startedFirst: MemoryRun | null = null;
  /** The run in whose async context the stack is. */
  #current: MemoryRun | null = null;
  readonly #emissions: Emissions;
  #isDraining = false;
  readonly #pause = new Pause<Step>();
  /** When the runtime closes: by then runs that only wait have no time left. 0: it is open. */
  #closesAt = 0;

  constructor(core: Core, onEnded: (run: MemoryRun) => void) {
    this.#core = core;
    this.clock = core.clock;
    this.#emissions = new Emissions(core.clock, onEnded);
    this.#timers = new Timers(core.clock);
    this.#turn = new Turn(core.clock, () => {
      this.#current = null;
      this.proceed();
    });
    this.#fastPath = new FastPath(core.app);
  }

  /**
   * Starts a run. Its first bodies are called once the caller is off the stack, in the same turn: an error that a body
   * throws lists, and pays for, each call around it. Returns what the next start has to wait for.
   */
  start(run: MemoryRun, { plan, settings }: Submission): Promise<void> | null {
    this.#readClock(run);
    transition.start(run, plan, settings.suspended, this);
    this.#emissions.runStarted(run);
    if (this.#turn.isOver) {
      this.#emissions.flush();
      return this.#turn.next();
    }
    if (this.#startedFirst === null) {
      this.#startedFirst = run;
      void STARTED.then(this.proceed);
    }
    return null;
  }

  /** Applies something that comes from outside, and performs what follows. Called in the run's async context. */
  signal(run: MemoryRun, event: Signal): Signalled {
    return this.#within(run, () => control.signal(run, event, this));
  }

  #within<T>(run: MemoryRun, change: () => T): T {
    const around = this.#current;
    try {
      this.#readClock(run);
      const result = change();
      this.proceed();
      return result;
    } finally {
      this.#current = around;
    }
  }

  get paused(): readonly string[] {
    return this.#pause.patterns;
  }

  pause(nodes: readonly string[]): void {
    this.#pause.add(nodes);
  }

  unpause(nodes: readonly string[] | undefined): void {
    for (const step of this.#pause.remove(nodes)) this.#ready.push(step);
    this.#current = null;
    this.proceed();
  }

  /** The runtime closes at a time: runs that do nothing but wait beyond it are cancelled, now or once they wait. */
  closeBy(at: number, runs: readonly MemoryRun[]): void {
    this.#closesAt = at;
    for (const run of runs) this.#cancelIfWaiting(run);
  }

  #cancelIfWaiting(run: MemoryRun): void {
    if (control.waitsBeyond(run, this.#closesAt)) void run.signal({ type: 'cancel', reason: CLOSED_WAITING });
  }

  // ── Host: how attempts ended, and what bodies ask for ──

  isWanted(step: Step, attempt: number): boolean {
    // User code may just have cancelled something: that comes first.
    this.#pendingWork.work();
    return step.attempt === attempt && (step.phase === Phase.RUNNING || step.phase === Phase.PREPARING);
  }

  began(step: Step, work: Underway): void {
    this.#underway.set(step, work);
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
    this.#readClock(memoryRun(step.run));
    if (this.#slots.isUsed && step.attempt === attempt) this.#freeSlot(step);
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
    if (step.attempt === attempt) this.#freeSlot(step);
    transition.failed(step, attempt, message, error, failure, routing, this);
  }

  routed(step: Step, attempt: number, routing: Routing): void {
    this.#readClock(memoryRun(step.run));
    transition.routed(step, attempt, routing, this);
  }

  completeInline(step: Step, attempt: number, value: unknown, { routes }: Routing): Step | null | undefined {
    const edge = this.#fastPath.edges[step.node.index];
    // A node that only this run has may lead elsewhere too.
    if (edge === null || edge === undefined || edge.from !== step.node || (routes !== 'all' && routes.length === 0))
      return undefined;
    const run = memoryRun(step.run);
    if (
      this.#pause.isOn ||
      step.attempt !== attempt ||
      !this.#pendingWork.isEmpty ||
      // What is ready of other runs does not mind.
      (run.liveCount > 1 && !this.#ready.isEmpty)
    )
      return undefined;
    this.#readClock(run);
    const next = transition.passedOn(step, edge, value, this);
    if (next === null) return undefined;
    if ((run.wants & Wants.STEPS) !== 0) {
      this.#emissions.started(next);
      this.#emissions.flush();
    }
    // Hooks have heard of it ahead of the body, and may hold it back; the turn of the event loop may be over.
    if (this.#mayGoOn(run) && this.#turn.take()) return next;
    this.#ready.push(next);
    return null;
  }

  #mayGoOn(run: MemoryRun): boolean {
    if ((run.wants & Wants.STEPS) === 0) return true;
    return !run.isGated && this.#pendingWork.isEmpty && this.#ready.isEmpty && !this.#pause.isOn;
  }

  unmet(step: Step, attempt: number): void {
    this.#readClock(memoryRun(step.run));
    if (step.attempt === attempt) this.#freeSlot(step);
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
      this.#current = memoryRun(step.run);
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
    return this.#emissions.called(step, message, this.now);
  }

  around(step: Step, message: unknown, body: () => unknown): unknown {
    return this.#emissions.around(step, message, body);
  }

  report(step: Step): RunReport {
    const run = memoryRun(step.run);
    return reportOf(run.snapshot(), run.outcome);
  }

  // ── Sink: what the transitions ask for ──

  ready(step: Step): void {
    this.#ready.push(step);
    if (isFirst(step)) this.#emissions.started(step);
  }

  begun(step: Step): void {
    this.#emissions.started(step);
  }

  wake(step: Step, at: number): void {
    const { attempt } = step;
    const timer = transition.timerOf(step);
    if (this.#closesAt > 0) this.#pendingWork.push(() => this.#cancelIfWaiting(memoryRun(step.run)));
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
    const body = this.#underway.get(step);
    if (body !== undefined) body.context?.abort(stopError(step.run, step.node.name, step.extras?.cancelReason));
    // It waited for a slot: that it has stopped is reported at once.
    else if (this.#slots.withdraw(step) || (this.#pause.isOn && this.#pause.withdraw(step))) this.#ready.push(step);
  }

  sweep(run: Run): void {
    this.#pendingWork.push(() => {
      sweepAll(run, this);
      settleRaces(run, racesOf(run), this);
    });
  }

  post(run: Run): void {
    this.#pendingWork.push(() => {
      for (const { step, number } of deliveries(run)) deliver(step, number, this);
    });
  }

  turn(run: Run, turn: EntryRef, after: number | null): void {
    this.#pendingWork.push(() => transition.turn(run, turn.entry, after, this));
  }

  awaitingMessage(step: Step): void {
    if (this.#closesAt > 0) this.#pendingWork.push(() => this.#cancelIfWaiting(memoryRun(step.run)));
    this.#emissions.waiting(step);
  }

  entryOver(step: Step): void {
    memoryRun(step.run).keepOutcome(step);
  }

  idle(run: Run): void {
    this.#pendingWork.push(() => finish(run, this));
  }

  attempted(step: Step, attempt: AttemptRecord): void {
    this.#release(step);
    if (attempt.seq > 0) this.#emissions.retrying(step, attempt);
  }

  mayBecome(step: Step): boolean {
    return !memoryRun(step.run).isKnown && (this.#underway.size === 0 || !this.#underway.has(step));
  }

  passing(step: Step, value: Ref): void {
    const run = memoryRun(step.run);
    run.keepPassing(step, value, this.now);
    if (step.id === 1) run.settleEntry();
  }

  over(step: Step): void {
    if (this.#underway.size > 0 || this.#slots.isUsed) this.#release(step);
    const run = memoryRun(step.run);
    run.keep(step);
    if ((run.wants & Wants.STEPS) !== 0) this.#emissions.ended(step);
    if (isCallbackFailure(step) || (step.extras !== null && step.extras.faults !== null))
      reportCallbackFailures(stepEnded(run, viewStep(step)), run, this.#core.app.log);
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

  arrived(run: Run, join: Join, arrival: { source: number; number: number; value: Ref }): void {
    memoryRun(run).aggregates.arrived(join, arrival);
  }

  joined(run: Run, join: Join, instance: number): Ref {
    return memoryRun(run).aggregates.joined(join, instance);
  }

  /** Applies what a timer brings, and performs what follows. */
  #apply(run: MemoryRun, change: () => boolean): void {
    run.enter((given) => this.#within(run, given), change);
  }

  /** Performs what is ready: after a start in the async context of the first run that was started. */
  readonly proceed = (isStart = false): void => {
    if (isStart) {
      this.#current = this.#startedFirst;
      this.#startedFirst = null;
    }
    if (this.#isDraining || this.#emissions.isFlushing) return;
    if (this.#turn.isOver) return this.#emissions.flush();
    this.#isDraining = true;
    const here = this.#current;
    const { app } = this.#core;
    try {
      for (;;) {
        this.#pendingWork.work();
        if (!this.#emissions.isEmpty) {
          this.#emissions.flush();
          if (!this.#pendingWork.isEmpty) continue;
        }
        const step = this.#ready.isEmpty || !this.#turn.take() ? null : this.#ready.shift();
        if (step === null) break;
        const run = memoryRun(step.run);
        if (run.isGated && step.phase !== Phase.STOPPING) run.park(step);
        else if (this.#pause.isOn && step.phase === Phase.RUNNING && this.#pause.holds(step)) this.#pause.park(step);
        else if (run !== here) run.enter(this.#performElsewhere, step);
        else {
          const pace = this.#paceOf(step);
          if (pace === 'straight') void performStraight(app, step, this);
          else if (pace === 'lone') performLone(app, step, this);
          else this.#perform(step);
        }
        this.#current = here;
      }
    } finally {
      this.#isDraining = false;
    }
  };

  #paceOf(step: Step): Pace {
    return step.phase === Phase.RUNNING ? this.#fastPath.paceOf(step) : 'ordinary';
  }

  #perform(step: Step): void {
    if (step.phase !== Phase.RUNNING) this.#performOther(step);
    else if (this.#slots.take(step)) void execute(this.#core.app, step, this);
  }

  readonly #performElsewhere = (step: Step): void => {
    this.#current = memoryRun(step.run);
    const pace = this.#paceOf(step);
    if (pace === 'straight') void performStraight(this.#core.app, step, this);
    else if (pace === 'lone') performLone(this.#core.app, step, this);
    else this.#perform(step);
  };

  #performOther(step: Step): void {
    if (step.phase === Phase.PREPARING) void prepare(this.#core.app, step, this);
    else if (step.phase === Phase.ROUTING)
      routeStep(this.#core.app, step, { moment: routedMoment(step), value: step.value }, this);
    // A cancel overtook it: no body runs that could be waited for.
    else if (step.phase === Phase.STOPPING) transition.due(step, step.attempt, 'grace', this);
  }

  ungate(run: MemoryRun, steps: readonly Step[]): void {
    for (const step of steps) this.#ready.push(step);
    this.#apply(run, () => true);
  }

  #freeSlot(step: Step): void {
    const next = this.#slots.release(step);
    // Its start was reported when it came to wait.
    if (next !== undefined) this.#ready.push(next);
  }

  #release(step: Step): void {
    this.#freeSlot(step);
    if (this.#underway.size === 0) return;
    this.#underway.get(step)?.release();
    this.#underway.delete(step);
  }

  /** Notes whose turn it is: user code that is called now runs in this run's async context. */
  #readClock(run: MemoryRun): void {
    // Written only where it changes: a store into an old object costs more than a look.
    if (this.#current !== run) this.#current = run;
    this.now = (run.wants & Wants.STEPS) === 0 ? this.clock.coarse() : this.clock.now();
  }
}
