// A run along a line (`execute/line.ts`), as long as nothing happens to it but its bodies: it calls them one after the other
// and keeps what they returned. Most such runs are over before anybody asks for more than their value.
//
// LINE-RUN-1. It decides nothing. As soon as somebody looks or acts, a body fails, or a message is refused or takes its time,
//     it is made a whole run: the transitions are given what it has kept, and go on from there.
// LINE-RUN-2. What it does for each body is what the fast path does: the turn of the event loop, the time of its end, and
//     the look for promises in what it returned.
// LINE-RUN-3. User code of the run is called in the async context in which it was started.
// LINE-RUN-4. Few calls lie between the event loop and a body: an error that it throws lists them all, and pays for each.

import { AsyncResource } from 'node:async_hooks';
import type { ContextSource } from '../../execute/attempt.ts';
import type { StepContextImpl } from '../../execute/context.ts';
import { promiseOf, type Following } from '../../execute/fast-path.ts';
import type { Line } from '../../execute/line.ts';
import { givenAlone } from '../../execute/message.ts';
import type { GraphNode } from '../../graph/graph.ts';
import type { Signal, Signalled } from '../../run/event.ts';
import { messageOfSingle, type PlanShape } from '../../run/plan.ts';
import type { RunEvent } from '../../run/run-event.ts';
import { StepCode, type RunStatus } from '../../run/status.ts';
import type { Ref } from '../../run/step-data.ts';
import { stepKey } from '../../run/step-key.ts';
import type { Step } from '../../run/step.ts';
import type { EntryView, RunOutcome, RunSnapshot } from '../../run/view.ts';
import { assertNoPromise, isFlat, isThenable } from '../../values/promises.ts';
import type { Fingerprint } from '../../values/fingerprint.ts';
import { OnwardError } from '../../errors/onward-error.ts';
import type { EngineRun, RunWaiter, Submission } from '../engine.ts';
import type { EventReader } from '../event-buffer.ts';
import { MANUAL, type MemoryRun } from './run.ts';

/** Who performs lines. */
export interface LineHost {
  /** The time of this turn of the event loop. */
  timeNow(): number;
  /** Whether the next body may be called now, with the stack in the run's context. If not, the run resumes in its turn. */
  mayCall(run: LineRun): boolean;
  /** The last body is over. */
  lineOver(run: LineRun): void;
  /** A whole run of it, at the step that it has come to. */
  wholeOf(run: LineRun): MemoryRun;
  /** What goes on with the step that a whole run has come to. */
  following(run: LineRun, step: Step): Following<Step>;
  /** What the present body is given to act on its run with. */
  contextOf(run: LineRun): StepContextImpl<LineRun>;
}

/** How far it has come with the present body. */
export const Stand = { READY: 0, BUILDING: 1, CALLED: 2, OVER: 3 } as const;
export type Stand = (typeof Stand)[keyof typeof Stand];

/** Nobody adds to it. */
const NOTHING: Ref[] = [];

export class LineRun implements EngineRun, RunOutcome, ContextSource {
  readonly submission: Submission;
  readonly line: Line;
  readonly startedAt: number;
  endedAt = 0;
  /** Among the open runs. */
  place = -1;
  /** The next one in the queue. */
  next: Step | LineRun | null = null;
  stand: Stand = Stand.READY;
  /** Bodies that are over: the present one is behind them. */
  at = 0;
  /** What they have returned. */
  values: Ref[];
  /** When each of them ended; null while all have ended in the turn of the start. */
  #ends: number[] | null = null;
  readonly #host: LineHost;
  /** Of the present body, if it takes one. */
  context: StepContextImpl<LineRun> | null = null;
  #id: string | undefined = undefined;
  #isHeard = false;
  #waiter: RunWaiter | null = null;
  #asyncContext: AsyncResource | null = new AsyncResource('OnwardRun', MANUAL);
  #whole: MemoryRun | null = null;
  /** The present step, once it is a whole run. */
  step: Step | null = null;
  #following: Following<Step> | null = null;

  constructor(submission: Submission, line: Line, host: LineHost) {
    this.submission = submission;
    this.line = line;
    this.#host = host;
    this.startedAt = host.timeNow();
    this.values = line.room.slice();
  }

  // ── its bodies ──

  /** Calls the body that is ready, or goes on behind the one that returned this. */
  readonly goOn = (returned?: unknown): void => {
    const host = this.#host;
    if (this.stand !== Stand.READY && !this.#isNext(returned)) return;
    for (;;) {
      if (!host.mayCall(this)) return;
      const { at } = this;
      const step = this.line.steps[at];
      if (step === undefined) return;
      const { body, build, takesContext } = step;
      let value: unknown;
      try {
        let message = this.sourceAt(at);
        if (takesContext) this.context = host.contextOf(this);
        if (build !== null) {
          this.stand = Stand.BUILDING;
          message = build(message);
          // Validators may have acted on the run.
          if (message instanceof Promise || this.#whole !== null) return this.#begun().call(message);
        }
        this.stand = Stand.CALLED;
        value = body.call(body.service, message, takesContext ? givenAlone(this.context ?? undefined) : undefined);
        // What else a promise may have under this name is user code.
        if (isThenable(value)) return void Promise.prototype.then.call(promiseOf(value), this.goOn, this.#failed);
      } catch (error) {
        return this.#failed(error);
      }
      if (!this.#isNext(value)) return;
    }
  };

  /** What the message of a body is made of. */
  sourceAt(at: number): Ref {
    return at === 0 ? messageOfSingle(this.submission.plan) : this.values[at - 1];
  }

  /** The present body has returned. Whether another one is next, and is called here. */
  #isNext(value: unknown): boolean {
    // The whole run looks for itself.
    if (this.#following === null && typeof value === 'object' && !isFlat(value)) {
      try {
        assertNoPromise(value, `what ${this.line.steps[this.at]?.node.name ?? ''} returned`);
      } catch (error) {
        this.#failed(error);
        return false;
      }
    }
    const { context } = this;
    if (this.#following !== null || (context !== null && context.hasAsked)) {
      this.#begun().goOn(value);
      return false;
    }
    if (context !== null) {
      context.end();
      this.context = null;
    }
    const now = this.#host.timeNow();
    if (this.#ends !== null) this.#ends.push(now);
    else if (now !== this.startedAt) this.#ends = [...this.values.slice(0, this.at).map(() => this.startedAt), now];
    this.values[this.at++] = value;
    if (this.at < this.values.length) {
      this.stand = Stand.READY;
      return true;
    }
    this.stand = Stand.OVER;
    this.#host.lineOver(this);
    return false;
  }

  readonly #failed = (error: unknown): void => this.#begun().failed(error);

  // ── the whole run ──

  /** It is over, or somebody looks or acts: from here on it is this. */
  get whole(): MemoryRun {
    if (this.#whole !== null) return this.#whole;
    const run = this.enter((line) => this.#host.wholeOf(line), this);
    this.#whole = run;
    run.isHeard = this.#isHeard;
    if (this.stand === Stand.OVER) run.settle();
    else this.#handOver(run);
    return run;
  }

  #handOver(run: MemoryRun): void {
    this.#asyncContext = null;
    // They are kept by the whole run now, as its history says.
    this.values = NOTHING;
    if (this.#waiter !== null) run.whenOver(this.#waiter);
    this.#waiter = null;
    const [step] = run.live;
    if (step === undefined) return;
    this.step = step;
    if (this.stand !== Stand.READY) this.#following = this.#host.following(this, step);
  }

  /** The present step of the whole run. */
  get wholeStep(): Step {
    const { name } = this.whole;
    if (this.step === null) throw new OnwardError('ONW6070', `no body of ${name} is under way`);
    return this.step;
  }

  /** What goes on with a body that is under way, or with its message. */
  #begun(): Following<Step> {
    const { name } = this.whole;
    if (this.#following === null) throw new OnwardError('ONW6070', `a body of ${name} that has not begun is over`);
    return this.#following;
  }

  /** When a body that is over ended. */
  endOf(at: number): number {
    return this.#ends?.[at] ?? this.startedAt;
  }

  /** Calls a function in the async context in which the run was started. */
  enter<A, R>(call: (given: A) => R, given: A): R {
    return this.#asyncContext === null ? call(given) : this.#asyncContext.runInAsyncScope(call, undefined, given);
  }

  /** Tells those that wait for its end. */
  settle(): void {
    this.#asyncContext = null;
    const waiter = this.#waiter;
    this.#waiter = null;
    waiter?.over(this);
  }

  // ── what a context says of the present step ──

  get run(): this {
    return this;
  }

  get node(): GraphNode {
    const { steps } = this.line;
    const node = (steps[this.at] ?? steps[this.at - 1])?.node;
    if (node === undefined) throw new OnwardError('ONW6070', 'a line has no nodes');
    return node;
  }

  get attempt(): number {
    return 1;
  }

  get round(): number {
    return 1;
  }

  get key(): string {
    return stepKey(this.id, this.node.name, 1);
  }

  get owner(): null {
    return null;
  }

  get previous(): null {
    return null;
  }

  // ── what is asked of it ──

  get id(): string {
    return (this.#id ??= this.submission.runId);
  }

  get fingerprint(): Fingerprint | undefined {
    return this.submission.fingerprint;
  }

  get runId(): string {
    return this.id;
  }

  get job(): string {
    return this.submission.plan.name;
  }

  get tags(): readonly string[] {
    return this.submission.settings.tags;
  }

  get isHeard(): boolean {
    return this.#isHeard;
  }

  set isHeard(to: boolean) {
    this.#isHeard = to;
    if (this.#whole !== null) this.#whole.isHeard = to;
  }

  whenOver(waiter: RunWaiter): void {
    if (this.#whole === null && this.stand === Stand.OVER) waiter.over(this);
    else if (this.#whole === null && this.#waiter === null) this.#waiter = waiter;
    else this.whole.whenOver(waiter);
  }

  // Its outcome, once it is over without having been made a whole run.

  get code(): RunOutcome['code'] {
    return StepCode.DONE;
  }

  get cancelReason(): undefined {
    return undefined;
  }

  get isStopped(): boolean {
    return false;
  }

  get timedOut(): boolean {
    return false;
  }

  get exit(): null {
    return null;
  }

  get isWhole(): boolean {
    return true;
  }

  get shape(): PlanShape {
    return 'one';
  }

  /** What its entries returned, if it is one of a plan. */
  get list(): readonly Ref[] | undefined {
    return undefined;
  }

  get entry(): RunOutcome['entry'] {
    return { status: 'completed', code: StepCode.DONE, value: this.values[0] };
  }

  refreshWants(): void {
    this.whole.refreshWants();
  }

  hold(isAwaited: boolean): void {
    this.whole.hold(isAwaited);
  }

  release(isAwaited: boolean): void {
    this.whole.release(isAwaited);
  }

  describe(): { readonly job: string; readonly status: RunStatus } {
    return this.whole.describe();
  }

  entryOver(): Promise<RunOutcome> {
    return this.whole.entryOver();
  }

  over(): Promise<RunOutcome> {
    return this.whole.over();
  }

  read(): Promise<RunSnapshot> {
    return this.whole.read();
  }

  past(): readonly RunEvent[] {
    return this.whole.past();
  }

  watch(holds?: boolean): EventReader {
    return this.whole.watch(holds);
  }

  signal(event: Signal): Promise<Signalled> {
    return this.whole.signal(event);
  }

  entries(): Promise<readonly EntryView[]> {
    return this.whole.entries();
  }

  outcomeOf(at: number): EntryView | undefined {
    return this.whole.outcomeOf(at);
  }
}
