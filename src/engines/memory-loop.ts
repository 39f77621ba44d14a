// What performs the steps of runs in this process: live objects, through the same transitions as every store.
//
// M1. Whatever a transition makes ready is performed in order, from one queue, never by recursion.
// M2. Times are those of the turn of the event loop, unless somebody watches the run.
// M3. A signal reaches every live step before anything else is performed.

import type { Edge } from '../graph/compiled.ts';
import type { Called, Host, Told, Underway } from '../perform/attempt.ts';
import { calledWith } from '../perform/called.ts';
import type { Core } from '../perform/core.ts';
import { execute } from '../perform/execute.ts';
import { judge, prepare } from '../perform/prepare.ts';
import { refusedChild } from '../perform/refused.ts';
import { previousOf } from '../perform/live-context.ts';
import { scopeOf, type Question } from '../perform/question.ts';
import { reportOf } from '../perform/report.ts';
import { startChild, type ChildAnswer } from '../run/children.ts';
import { judgedMoment } from '../run/dispatched.ts';
import type { ChildStart, Effects, Failure } from '../run/event.ts';
import type { Facts } from '../run/facts.ts';
import { Phase } from '../run/phase.ts';
import type { SharedState } from '../run/shared-state.ts';
import type { Sink } from '../run/sink.ts';
import type { Step } from '../run/state.ts';
import * as transition from '../run/transition.ts';
import type { RunReport } from '../wiring/run-report.ts';
import type { Spawned } from '../wiring/step-context.ts';
import type { Submission } from './engine.ts';
import { memoryRun, type MemoryRun } from './memory-run.ts';
import { MemorySink } from './memory-sink.ts';
import { isFree, straightEdgesOf } from './memory-straight.ts';

export class MemoryLoop extends MemorySink implements Host<Step> {
  readonly #core: Core;
  readonly #straight: readonly (Edge | null)[];
  #draining = false;

  constructor(core: Core, onEnded: (run: MemoryRun) => void) {
    super(core.clock, onEnded);
    this.#core = core;
    this.#straight = straightEdgesOf(core.app);
  }

  /** Starts a run; `drain` is to be called next. */
  start(run: MemoryRun, { plan, settings }: Submission): void {
    this.readClock(run);
    transition.start(run, plan, settings.suspended, this);
  }

  /** Applies something that happened to a run, and performs what follows. */
  apply<T>(run: MemoryRun, change: (sink: Sink) => T): T {
    this.readClock(run);
    const result = change(this);
    this.drain();
    return result;
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
    facts: Facts,
    effects: Effects | null,
  ): void {
    this.readClock(memoryRun(step.run));
    if (this.slots.isUsed && step.attempt === attempt) this.freeSlot(step);
    transition.completed(step, attempt, message, value, facts, effects, this);
  }

  failed(step: Step, attempt: number, message: unknown, error: unknown, failure: Failure, facts: Facts | null): void {
    this.readClock(memoryRun(step.run));
    if (step.attempt === attempt) this.freeSlot(step);
    transition.failed(step, attempt, message, error, failure, facts, this);
  }

  judged(step: Step, attempt: number, facts: Facts): void {
    this.readClock(memoryRun(step.run));
    transition.judged(step, attempt, facts, this);
  }

  passOn(step: Step, attempt: number, value: unknown, { routes }: Facts): Step | undefined {
    const edge = this.#straight[step.node.index];
    // A node that only this run has may lead elsewhere too.
    if (edge === null || edge === undefined || edge.from !== step.node || (routes !== 'all' && routes.length === 0))
      return undefined;
    const run = memoryRun(step.run);
    if (run.isWatched || step.attempt !== attempt || !this.chores.isEmpty || !this.waiting.isEmpty) return undefined;
    this.readClock(run);
    return transition.passedOn(step, edge, value, this) ?? undefined;
  }

  next(): Step | undefined {
    const step = this.waiting.only;
    if (step !== null && this.chores.isEmpty && isFree(step)) {
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

  question(step: Step): Question {
    const { condition, uses } = step.rare?.entry ?? {};
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
    return calledWith(memoryRun(step.run).gathered.whenOver(answer.step));
  }

  #startChild(step: Step, attempt: number, start: ChildStart): Exclude<ChildAnswer, { kind: 'refused' }> {
    this.readClock(memoryRun(step.run));
    const answer = startChild(step, attempt, start, this);
    // Not now: the body that asked is on the stack.
    queueMicrotask(() => this.drain());
    if (answer.kind === 'refused') throw refusedChild(answer, step, start);
    return answer;
  }

  state(step: Step): SharedState {
    return step.run.state;
  }

  tell(step: Step, attempt: number, told: Told): void {
    const run = memoryRun(step.run);
    if (!run.isWatched) return;
    const at = { runId: run.id, seq: run.seq, at: this.clock.now() };
    run.tell({ ...told, ...at, step: step.id, node: step.node.name, key: step.key, attempt });
  }

  report(step: Step): RunReport {
    const run = memoryRun(step.run);
    return reportOf(run.snapshot(), run.outcome);
  }

  // ── the queue ──

  /** Performs what is ready. Bodies are called from here, with few calls between: whatever they throw pays for each. */
  drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    try {
      for (;;) {
        this.chores.work();
        const step = this.waiting.shift();
        if (step === null) break;
        if (step.phase !== Phase.RUNNING) this.#performOther(step);
        else if (this.slots.take(step)) void execute(this.#core.app, step, this);
      }
    } finally {
      this.#draining = false;
    }
  }

  #performOther(step: Step): void {
    const { app } = this.#core;
    if (step.phase === Phase.PREPARING) void prepare(app, step, this);
    else if (step.phase === Phase.JUDGING) judge(app, step, { moment: judgedMoment(step), value: step.value }, this);
    // A cancel overtook it: no body runs that could be waited for.
    else if (step.phase === Phase.STOPPING) transition.due(step, step.attempt, 'grace', this);
  }
}
