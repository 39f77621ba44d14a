// Performs the steps of runs in this process: live objects, through the same transitions as in every store.
//
// LOOP-1. What a transition makes ready is performed in order, from one queue, never by recursion: the sink only puts it
//     down, and no body begins while a transition runs.
// LOOP-2. Times are those of the turn of the event loop, unless the run is watched.
// LOOP-3. A signal reaches every live step before anything else is performed.
// LOOP-4. On a straight stretch of the graph, nodes that are each followed by one step whose body takes what they
//     return, attempts follow each other without the queue (the fast path).
// LOOP-5. User code of a run is called in the async context in which the run was started, no matter what made it ready:
//     a slot that a different run frees, a timer, a cancel from outside. `#current` is the run whose context the stack
//     is in.
// LOOP-6. The event loop has its turn after 10 ms of work, even if no body ever waits for anything (`turn.ts`).

import * as control from '../../run/control.ts';
import * as transition from '../../run/transition.ts';
import type { Edge, Join } from '../../graph/graph.ts';
import type { Called, Host, Notice, Underway, Core } from '../../execute/attempt.ts';
import { calledWith, refusedChild, stopError } from '../../execute/errors.ts';
import { execute } from '../../execute/execute.ts';
import { prepare, routeStep } from '../../execute/prepare.ts';
import { previousOf } from '../../execute/context.ts';
import { scopeOf, type Condition } from '../../execute/condition.ts';
import { reportOf } from '../../execute/report.ts';
import { sweepAll } from '../../run/advance.ts';
import { startChild, type ChildAnswer } from '../../run/children.ts';
import { finish } from '../../run/finish.ts';
import { deliver, deliveries } from '../../run/inbox.ts';
import { isFirst, routedMoment, type Sink } from '../../run/sink.ts';
import type { ChildStart, Effects, Failure, Signal, Signalled } from '../../run/event.ts';
import type { EntryRef } from '../../run/plan.ts';
import {
  runResumed,
  runSuspended,
  stepEnded,
  stepLate,
  stepRetrying,
  stepStarted,
  stepWaiting,
} from '../../run/run-event.ts';
import type { AttemptRecord, Ref, Routing } from '../../run/step-data.ts';
import { Phase, Role } from '../../run/status.ts';
import type { SharedState } from '../../run/shared-state.ts';
import type { Group, Run, Step } from '../../run/state.ts';
import { viewStep } from '../../run/view.ts';
import type { RunReport } from '../../wiring/run-report.ts';
import type { Spawned } from '../../wiring/context.ts';
import type { Clock } from '../../execute/clock.ts';
import type { Submission } from '../engine.ts';
import { fastPathEdgesOf } from './fast-path.ts';
import { memoryRun, type MemoryRun } from './run.ts';
import { Slots } from '../slots.ts';
import { Timers } from '../timers.ts';
import { reportCallbackFailures } from '../unheard.ts';
import { Turn } from './turn.ts';

export class MemoryLoop implements Sink, Host<Step> {
  now = 0;
  readonly clock: Clock;
  readonly #core: Core;
  readonly #onEnded: (run: MemoryRun) => void;
  readonly #fastPath: readonly (Edge | null)[];
  readonly #underway = new Map<Step, Underway>();
  readonly #timers: Timers<Step | Run>;
  readonly #slots = new Slots<Step>();
  /** Sweeps, deliveries, turns and ends that the transitions asked for: done before the next step is performed. */
  readonly #pendingWork = new PendingWork();
  readonly #ready = new ReadySteps();
  readonly #turn: Turn;
  /** The run in whose async context the stack is. */
  #current: MemoryRun | null = null;
  #isDraining = false;

  constructor(core: Core, onEnded: (run: MemoryRun) => void) {
    this.#core = core;
    this.clock = core.clock;
    this.#onEnded = onEnded;
    this.#timers = new Timers(core.clock);
    this.#turn = new Turn(core.clock, () => {
      this.#current = null;
      this.drain();
    });
    this.#fastPath = fastPathEdgesOf(core.app);
  }

  /** Starts a run. `drain` is to be called next, apart: bodies that throw pay for each call around them. */
  start(run: MemoryRun, { plan, settings }: Submission): void {
    this.#readClock(run);
    transition.start(run, plan, settings.suspended, this);
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
      this.drain();
      return result;
    } finally {
      this.#current = around;
    }
  }

  // ── Host: how attempts ended, and what bodies ask for ──

  isWanted(step: Step, attempt: number): boolean {
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

  completeInline(step: Step, attempt: number, value: unknown, { routes }: Routing): Step | undefined {
    const edge = this.#fastPath[step.node.index];
    // A node that only this run has may lead elsewhere too.
    if (edge === null || edge === undefined || edge.from !== step.node || (routes !== 'all' && routes.length === 0))
      return undefined;
    const run = memoryRun(step.run);
    if (run.isWatched || step.attempt !== attempt || !this.#pendingWork.isEmpty || !this.#ready.isEmpty)
      return undefined;
    if (!this.#turn.take()) return undefined;
    this.#readClock(run);
    return transition.passedOn(step, edge, value, this) ?? undefined;
  }

  next(): Step | undefined {
    const step = this.#ready.only;
    if (step !== null && step.run === this.#current && this.#pendingWork.isEmpty && isFree(step) && this.#turn.take()) {
      this.#ready.clear();
      return step;
    }
    this.drain();
    return undefined;
  }

  unmet(step: Step, attempt: number): void {
    this.#readClock(memoryRun(step.run));
    if (step.attempt === attempt) this.#freeSlot(step);
    transition.unmet(step, attempt, this);
  }

  condition(step: Step): Condition {
    const { condition, uses } = step.extras?.entry ?? {};
    if (uses === undefined) return { condition, scope: undefined, previous: previousOf(step.previous) };
    const run = memoryRun(step.run);
    const results = uses.map(({ at }) => run.outcomeOf(at));
    return { condition, scope: scopeOf(run.plan?.flow.parameters, uses, results), previous: undefined };
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
      this.drain();
    });
    if (answer.kind === 'refused') throw refusedChild(answer, step, start);
    return answer;
  }

  state(step: Step): SharedState {
    return step.run.state;
  }

  notify(step: Step, attempt: number, notice: Notice): void {
    const run = memoryRun(step.run);
    if (!run.isWatched) return;
    const at = { runId: run.id, seq: run.seq, at: this.clock.now() };
    run.notify({ ...notice, ...at, step: step.id, node: step.node.name, key: step.key, attempt });
  }

  report(step: Step): RunReport {
    const run = memoryRun(step.run);
    return reportOf(run.snapshot(), run.outcome);
  }

  // ── Sink: what the transitions ask for ──

  ready(step: Step): void {
    this.#ready.push(step);
    const run = memoryRun(step.run);
    if (run.isWatched && isFirst(step)) run.notify(stepStarted(run.id, viewStep(step)));
  }

  wake(step: Step, at: number): void {
    const { attempt } = step;
    const timer = transition.timerOf(step);
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
    else if (this.#slots.withdraw(step)) this.#ready.push(step);
  }

  sweep(run: Run): void {
    this.#pendingWork.push(() => sweepAll(run, this));
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
    const run = memoryRun(step.run);
    if (run.isWatched) for (const event of stepWaiting(run.id, viewStep(step))) run.notify(event);
  }

  entryOver(step: Step): void {
    memoryRun(step.run).keepOutcome(step);
  }

  idle(run: Run): void {
    this.#pendingWork.push(() => finish(run, this));
  }

  attempted(step: Step, attempt: AttemptRecord): void {
    this.#release(step);
    const run = memoryRun(step.run);
    if (run.isWatched && attempt.seq > 0) run.notify(stepRetrying(run.id, viewStep(step), attempt));
  }

  over(step: Step): void {
    if (this.#underway.size > 0 || this.#slots.isUsed) this.#release(step);
    const run = memoryRun(step.run);
    run.keep(step);
    if (run.isWatched) for (const event of stepEnded(run.id, viewStep(step))) run.notify(event);
    if (step.status === 'failed' || (step.extras !== null && step.extras.faults !== null))
      reportCallbackFailures(stepEnded(run.id, viewStep(step)), run, this.#core.app.log);
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

  // ── the queue ──

  /** Applies what a timer brings, and performs what follows. */
  #apply(run: MemoryRun, change: () => boolean): void {
    run.enter((given) => this.#within(run, given), change);
  }

  /** Performs what is ready. Bodies are called from here, with few calls between: an error pays for each. */
  drain(): void {
    if (this.#isDraining || this.#turn.isOver) return;
    this.#isDraining = true;
    const here = this.#current;
    try {
      for (;;) {
        this.#pendingWork.work();
        if (this.#ready.isEmpty || !this.#turn.take()) break;
        const step = this.#ready.shift();
        if (step === null) break;
        if (step.run === here) this.#perform(step);
        else memoryRun(step.run).enter(this.#performElsewhere, step);
        if (this.#current !== here) this.#current = here;
      }
    } finally {
      this.#isDraining = false;
    }
  }

  #perform(step: Step): void {
    if (step.phase !== Phase.RUNNING) this.#performOther(step);
    else if (this.#slots.take(step)) void execute(this.#core.app, step, this);
  }

  /** Created once: a step of a different run costs no function. */
  readonly #performElsewhere = (step: Step): void => {
    this.#current = memoryRun(step.run);
    this.#perform(step);
  };

  #performOther(step: Step): void {
    const { app } = this.#core;
    if (step.phase === Phase.PREPARING) void prepare(app, step, this);
    else if (step.phase === Phase.ROUTING)
      routeStep(app, step, { moment: routedMoment(step), value: step.value }, this);
    // A cancel overtook it: no body runs that could be waited for.
    else if (step.phase === Phase.STOPPING) transition.due(step, step.attempt, 'grace', this);
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
    this.now = run.isWatched ? this.clock.now() : this.clock.coarse();
  }
}

/** Nothing has to be asked before its body is called. */
function isFree({ phase, node }: Step): boolean {
  return phase === Phase.RUNNING && node.concurrency === Number.POSITIVE_INFINITY;
}

/** In the order in which they became ready: linked through the steps themselves, without an array. */
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

/** What is done before any other step is performed. */
class PendingWork {
  #list: (() => void)[] = [];

  get isEmpty(): boolean {
    return this.#list.length === 0;
  }

  push(task: () => void): void {
    this.#list.push(task);
  }

  work(): void {
    if (this.#list.length === 0) return;
    // They add others while they are done.
    for (let at = 0; at < this.#list.length; at++) this.#list[at]?.();
    this.#list = [];
  }
}
