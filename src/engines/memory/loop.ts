// What performs the steps of runs in this process: live objects, through the same transitions as every store.
//
// M1. Whatever a transition makes ready is performed in order, from one queue, never by recursion.
// M2. Times are those of the turn of the event loop, unless somebody watches the run.
// M3. A signal reaches every live step before anything else is performed.
// M4. User code of a run is called in the async context in which the run was started, whoever made it ready: a slot
//     that another run frees, a timer, a cancel from outside. `current` is the run whose context the stack is in.
// M5. The event loop has its turn after 10 ms of work, even if no body ever waits for anything (`turn.ts`).
//
// The straight stretches of a graph: nodes that are followed by one step, whose body takes what they return.

import * as transition from '../../run/transition.ts';
import type { Edge, GraphNode } from '../../graph/graph.ts';
import type { Called, Host, Notice, Underway, Core } from '../../execute/attempt.ts';
import { calledWith, refusedChild } from '../../execute/errors.ts';
import { execute } from '../../execute/execute.ts';
import { prepare, routeStep } from '../../execute/prepare.ts';
import { previousOf } from '../../execute/context.ts';
import { scopeOf, type Condition } from '../../execute/condition.ts';
import { reportOf } from '../../execute/report.ts';
import { startChild, type ChildAnswer } from '../../run/children.ts';
import { routedMoment, type Sink } from '../../run/sink.ts';
import type { ChildStart, Effects, Failure } from '../../run/event.ts';
import type { Routing } from '../../run/step-data.ts';
import { Phase } from '../../run/status.ts';
import type { SharedState } from '../../run/shared-state.ts';
import type { Step } from '../../run/state.ts';
import type { RunReport } from '../../wiring/run-report.ts';
import type { Spawned } from '../../wiring/context.ts';
import type { Submission } from '../engine.ts';
import { memoryRun, type MemoryRun } from './run.ts';
import { MemorySink } from './sink.ts';
import { Turn } from './turn.ts';
import { routeOf, type Application } from '../../execute/application.ts';

export class MemoryLoop extends MemorySink implements Host<Step> {
  readonly #core: Core;
  readonly #fastPath: readonly (Edge | null)[];
  readonly #turn: Turn;
  #draining = false;

  constructor(core: Core, onEnded: (run: MemoryRun) => void) {
    super(core.clock, onEnded);
    this.#turn = new Turn(core.clock, () => {
      this.current = null;
      this.drain();
    });
    this.#core = core;
    this.#fastPath = fastPathEdgesOf(core.app);
  }

  /** Starts a run; `drain` is to be called next. */
  start(run: MemoryRun, { plan, settings }: Submission): void {
    this.readClock(run);
    transition.start(run, plan, settings.suspended, this);
  }

  /** Applies something that happened to a run from outside, and performs what follows. */
  apply<T>(run: MemoryRun, change: (sink: Sink) => T): T {
    const around = this.current;
    try {
      return run.enter((given) => {
        this.readClock(run);
        const result = given(this);
        this.drain();
        return result;
      }, change);
    } finally {
      this.current = around;
    }
  }

  // ── Host: how attempts ended ──

  isWanted(step: Step, attempt: number): boolean {
    return step.attempt === attempt && (step.phase === Phase.RUNNING || step.phase === Phase.PREPARING);
  }

  began(step: Step, work: Underway): void {
    this.underWay.set(step, work);
  }

  prepared(step: Step, attempt: number, message: unknown): void {
    this.readClock(memoryRun(step.run));
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
    this.readClock(memoryRun(step.run));
    if (this.slots.isUsed && step.attempt === attempt) this.freeSlot(step);
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
    this.readClock(memoryRun(step.run));
    if (step.attempt === attempt) this.freeSlot(step);
    transition.failed(step, attempt, message, error, failure, routing, this);
  }

  routed(step: Step, attempt: number, routing: Routing): void {
    this.readClock(memoryRun(step.run));
    transition.routed(step, attempt, routing, this);
  }

  completeInline(step: Step, attempt: number, value: unknown, { routes }: Routing): Step | undefined {
    const edge = this.#fastPath[step.node.index];
    // A node that only this run has may lead elsewhere too.
    if (edge === null || edge === undefined || edge.from !== step.node || (routes !== 'all' && routes.length === 0))
      return undefined;
    const run = memoryRun(step.run);
    if (run.isWatched || step.attempt !== attempt || !this.pendingWork.isEmpty || !this.waiting.isEmpty)
      return undefined;
    if (!this.#turn.take()) return undefined;
    this.readClock(run);
    return transition.passedOn(step, edge, value, this) ?? undefined;
  }

  next(): Step | undefined {
    const step = this.waiting.only;
    if (step !== null && step.run === this.current && this.pendingWork.isEmpty && isFree(step) && this.#turn.take()) {
      this.waiting.clear();
      return step;
    }
    this.drain();
    return undefined;
  }

  unmet(step: Step, attempt: number): void {
    this.readClock(memoryRun(step.run));
    if (step.attempt === attempt) this.freeSlot(step);
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
    this.readClock(memoryRun(step.run));
    const answer = startChild(step, attempt, start, this);
    // Not now: the body that asked is on the stack.
    queueMicrotask(() => {
      this.current = memoryRun(step.run);
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

  // ── the queue ──

  /** Performs what is ready. Bodies are called from here, with few calls between: whatever they throw pays for each. */
  drain(): void {
    if (this.#draining || this.#turn.isOver) return;
    this.#draining = true;
    const here = this.current;
    try {
      for (;;) {
        this.pendingWork.work();
        if (this.waiting.isEmpty || !this.#turn.take()) break;
        const step = this.waiting.shift();
        if (step === null) break;
        if (step.run === here) this.#perform(step);
        else memoryRun(step.run).enter(this.#performElsewhere, step);
        if (this.current !== here) this.current = here;
      }
    } finally {
      this.#draining = false;
    }
  }

  #perform(step: Step): void {
    if (step.phase !== Phase.RUNNING) this.#performOther(step);
    else if (this.slots.take(step)) void execute(this.#core.app, step, this);
  }

  /** Made once: a step of another run costs no function. */
  readonly #performElsewhere = (step: Step): void => {
    this.current = memoryRun(step.run);
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
}

/** For each node, by its position, the one simple edge that leads on from it along a straight stretch. */
function fastPathEdgesOf(app: Application): readonly (Edge | null)[] {
  return app.graph.nodes.map((node) => {
    const [edge] = node.success;
    if (edge === undefined || node.success.length > 1 || node.end.length > 0) return null;
    return isUnlimited(app, node) && edge.isSimple && isBare(app, edge) ? edge : null;
  });
}

/** The body of the node at its end takes the value as it is, and nothing else. */
function isBare(app: Application, edge: Edge): boolean {
  const body = app.bodies[edge.to.index];
  const route = routeOf(app, edge);
  if (body === undefined || !isUnlimited(app, edge.to) || edge.to.guarded) return false;
  return body.takes === undefined && route?.bind === undefined && route?.field === undefined;
}

/** Nothing about its attempts is kept beside its steps: no slot, no time limit, no context, no start callbacks. */
function isUnlimited(app: Application, node: GraphNode): boolean {
  const body = app.bodies[node.index];
  if (body === undefined || body.timeoutMs > 0 || body.takes?.context === true) return false;
  return node.concurrency === Number.POSITIVE_INFINITY && !node.prepares;
}

/** Nothing has to be asked before its body is called. */
function isFree({ phase, node }: Step): boolean {
  return phase === Phase.RUNNING && node.concurrency === Number.POSITIVE_INFINITY;
}
