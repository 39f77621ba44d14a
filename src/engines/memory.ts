// The embedded default: runs live in this process, on live objects, through the same transitions as every store.
//
// M1. Whatever a transition makes ready is performed in order, from one queue, never by recursion.
// M2. Times are those of the turn of the event loop, unless somebody watches the run; a run's end is always exact.
// M3. A run that has ended is forgotten with its last handle; the last thousand with an id of their own can be joined.

import type { Facts, Failure, TimerKind } from '../run/event.ts';
import { runEnded, stepEnded, stepLate, stepRetrying, stepStarted } from '../run/run-event.ts';
import type { Sink } from '../run/sink.ts';
import { Phase, type AttemptRecord, type Run, type Step } from '../run/state.ts';
import * as transition from '../run/transition.ts';
import { summariseRun, viewStep } from '../run/view.ts';
import { nodeNamed } from '../run/records.ts';
import { OnwardError } from '../errors/onward-error.ts';
import { cancelledError } from '../perform/cancelled.ts';
import type { Clock } from '../perform/clock.ts';
import type { Core } from '../perform/core.ts';
import type { Host, Underway } from '../perform/attempt.ts';
import { execute } from '../perform/execute.ts';
import type { Engine, Submission, Submitted } from './engine.ts';
import { memoryRun, MemoryRun } from './memory-run.ts';
import { OpenRuns } from './memory-open.ts';

/** Finished runs with an id of their own that are kept to be joined. */
const FINISHED_KEPT = 1_000;

/** Runs everything in this process; a run that is open when the process ends is lost. The default engine. */
export function memoryEngine(): Engine {
  return new MemoryEngine();
}

class MemoryEngine implements Engine, Sink, Host<Step> {
  readonly name = 'memory';
  now = 0;
  #core: Core | undefined;
  readonly #open = new OpenRuns();
  readonly #finished = new Map<string, MemoryRun>();
  readonly #underWay = new Map<Step, Underway>();
  readonly #timers = new Map<Step, () => void>();
  #idleWaiters: (() => void)[] = [];
  #first: Step | null = null;
  #last: Step | null = null;
  #draining = false;

  open(core: Core): void {
    if (this.#core !== undefined)
      throw new OnwardError(
        'ONW3004',
        'this engine belongs to another runtime; give each runtime an engine of its own',
      );
    this.#core = core;
  }

  get clock(): Clock {
    return this.#opened.clock;
  }

  get #opened(): Core {
    if (this.#core === undefined) throw new OnwardError('ONW6070', 'the memory engine is used before it was opened');
    return this.#core;
  }

  submit(submission: Submission): Submitted {
    const { runId, fingerprint } = submission;
    // An id that was made up is known nowhere.
    const known = fingerprint === undefined ? undefined : this.find(runId);
    if (known !== undefined) return { outcome: known.fingerprint === fingerprint ? 'exists' : 'differs', run: known };
    const job = nodeNamed(this.#opened.app.graph, submission.job);
    const run = new MemoryRun(submission, job, this.#cancel);
    this.#open.add(run);
    this.#readClock(run);
    transition.start(run, submission.message, this);
    this.#drain();
    return { outcome: 'created', run };
  }

  find(runId: string): MemoryRun | undefined {
    return this.#open.find(runId) ?? this.#finished.get(runId);
  }

  idle(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  async close({ drainMs }: { readonly drainMs: number }): Promise<void> {
    if (this.#open.size === 0) return;
    const cancelDrain = this.clock.after(drainMs, () => {
      for (const run of this.#open.all()) this.#cancel(run, 'the runtime was closed');
    });
    await this.idle();
    cancelDrain();
  }

  readonly #cancel = (run: MemoryRun, reason: string | undefined): 'applied' | 'duplicate' | 'over' => {
    if (run.status !== undefined) return 'over';
    this.#readClock(run);
    if (!transition.cancel(run, reason)) return 'duplicate';
    for (const step of [...run.live]) transition.sweep(step, this);
    this.#drain();
    return 'applied';
  };

  // ── Host: how attempts ended ──

  isWanted(step: Step, attempt: number): boolean {
    return step.attempt === attempt && step.phase === Phase.RUNNING;
  }

  began(step: Step, work: Underway): void {
    this.#underWay.set(step, work);
  }

  completed(step: Step, attempt: number, message: unknown, value: unknown, facts: Facts): void {
    this.#readClock(memoryRun(step.run));
    transition.completed(step, attempt, message, value, facts, this);
  }

  failed(step: Step, attempt: number, message: unknown, error: unknown, failure: Failure, facts: Facts): void {
    this.#readClock(memoryRun(step.run));
    transition.failed(step, attempt, message, error, failure, facts, this);
  }

  next(): Step | undefined {
    const step = this.#first;
    if (step === null) return undefined;
    if (step.next === null && step.phase === Phase.RUNNING) {
      this.#first = null;
      this.#last = null;
      return step;
    }
    this.#drain();
    return undefined;
  }

  // ── Sink: what the transitions ask for ──

  ready(step: Step): void {
    if (this.#last === null) this.#first = step;
    else this.#last.next = step;
    this.#last = step;
    const run = memoryRun(step.run);
    if (run.isWatched && step.attempt === 1) run.tell(stepStarted(run.id, viewStep(step)));
  }

  wake(step: Step, at: number): void {
    this.unwake(step);
    const { attempt } = step;
    const timer = transition.timerOf(step);
    this.#timers.set(
      step,
      this.clock.after(at - this.now, () => this.#due(step, attempt, timer)),
    );
  }

  unwake(step: Step): void {
    if (this.#timers.size === 0) return;
    this.#timers.get(step)?.();
    this.#timers.delete(step);
  }

  abort(step: Step): void {
    this.#underWay.get(step)?.abort(cancelledError(step.run.id, step.run.cancelReason));
  }

  retrying(step: Step, attempt: AttemptRecord): void {
    this.#release(step);
    const run = memoryRun(step.run);
    if (run.isWatched) run.tell(stepRetrying(run.id, viewStep(step), attempt));
  }

  over(step: Step): void {
    this.#release(step);
    const run = memoryRun(step.run);
    run.keep(step);
    if (run.isWatched) for (const event of stepEnded(run.id, viewStep(step))) run.tell(event);
    if (step.id === 1) run.settleEntry();
  }

  late(step: Step, attempt: number): void {
    const run = memoryRun(step.run);
    if (run.isWatched) run.tell(stepLate(run.id, viewStep(step), attempt, this.now));
  }

  ended(run: Run): void {
    const ended = memoryRun(run);
    this.#open.remove(ended);
    ended.endedAt = this.clock.now();
    if (ended.fingerprint !== undefined) this.#remember(ended);
    if (ended.isWatched && ended.status !== undefined)
      ended.tell(runEnded({ ...summariseRun(ended), status: ended.status }));
    ended.settle();
    if (this.#open.size > 0) return;
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const resolve of waiters) resolve();
  }

  #release(step: Step): void {
    if (this.#underWay.size === 0) return;
    this.#underWay.get(step)?.release();
    this.#underWay.delete(step);
  }

  #due(step: Step, attempt: number, timer: TimerKind): void {
    this.#timers.delete(step);
    this.#readClock(memoryRun(step.run));
    transition.due(step, attempt, timer, this);
    this.#drain();
  }

  #readClock(run: MemoryRun): void {
    const { clock } = this;
    this.now = run.isWatched ? clock.now() : clock.coarse();
  }

  #drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    const { app } = this.#opened;
    for (let step = this.#first; step !== null; step = this.#first) {
      this.#first = step.next;
      if (this.#first === null) this.#last = null;
      step.next = null;
      if (step.phase === Phase.RUNNING) void execute(app, step, this);
      // A cancel overtook it: no body runs that could be waited for.
      else transition.due(step, step.attempt, 'grace', this);
    }
    this.#draining = false;
  }

  #remember(run: MemoryRun): void {
    this.#finished.set(run.id, run);
    if (this.#finished.size <= FINISHED_KEPT) return;
    const oldest = this.#finished.keys().next();
    if (oldest.done !== true) this.#finished.delete(oldest.value);
  }
}
