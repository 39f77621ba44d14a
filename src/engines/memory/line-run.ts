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
import type { Body } from '../../execute/application.ts';
import type { ContextSource } from '../../execute/attempt.ts';
import type { StepContextImpl } from '../../execute/context.ts';
import type { Following } from '../../execute/fast-path.ts';
import type { Line } from '../../execute/line.ts';
import { Wants } from '../../observe/interest.ts';
import { Listeners } from '../../observe/listeners.ts';
import type { EndedRunFacts } from '../../observe/live-event.ts';
import { givenAlone } from '../../execute/message.ts';
import type { GraphNode } from '../../graph/graph.ts';
import { messageOfSingle } from '../../run/plan.ts';
import type { RunEvent } from '../../run/run-event.ts';
import type { Ref } from '../../run/step-data.ts';
import type { Step } from '../../run/step.ts';
import { assertNoPromise, isFlat, isThenable, promiseOf } from '../../values/promises.ts';
import { OnwardError } from '../../errors/onward-error.ts';
import type { EngineRun, RunWaiter, Submission } from '../engine.ts';
import type { EventReader } from '../event-buffer.ts';
import type { Emitting } from './emissions.ts';
import { HeardLine } from './heard-line.ts';
import { LineAnswers } from './line-answers.ts';
import { MANUAL, type MemoryRun } from './run.ts';

/** Who performs lines. */
export interface LineHost {
  /** The time of this turn of the event loop, or the exact one for runs whose observers want that. */
  timeNow(run: LineRun): number;
  /** Whether the next body may be called now, with the stack in the run's context. If not, the run resumes in its turn. */
  mayCall(run: LineRun): boolean;
  /** Its body is called next, with this message: tells of it. Whether something runs around the body: then `around` does. */
  isAround(run: LineRun, heard: HeardLine, message: unknown): boolean;
  /** Calls a body within what runs around it. @returns what the body returns. @throws what it throws. */
  around(run: LineRun, heard: HeardLine, message: unknown, body: () => unknown): unknown;
  /** Tells of the body that is over, and of the next one. Whether that may be called now; if not, the run resumes in its turn. */
  passed(run: LineRun, heard: HeardLine): boolean;
  /** As `mayCall`, for bodies that are called out of the queue only. */
  mayCallInTurn(run: LineRun): boolean;
  /** The last body is over. */
  lineOver(run: LineRun): void;
  /** A whole run of it, at the step that it has come to. */
  wholeOf(run: LineRun): MemoryRun;
  /** What goes on with the step that a whole run has come to. */
  following(run: LineRun, step: Step): Following<Step>;
  /** What the present body is given to act on its run with. */
  contextOf(run: LineRun): StepContextImpl<LineRun>;
}

/** How far it has come with the present body. `SETTLED`: those that wait for its end know. */
export const Stand = { READY: 0, BUILDING: 1, CALLED: 2, OVER: 3, SETTLED: 4 } as const;
export type Stand = (typeof Stand)[keyof typeof Stand];

/** What is about its steps, or happens around their bodies. */
const OF_STEPS = Wants.STEPS | Wants.AROUND;

/** Nobody adds to it. */
const NOTHING: Ref[] = [];

export class LineRun extends LineAnswers implements EngineRun, ContextSource, EndedRunFacts, Emitting {
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
  /** Its observers at its start; null: none wants to hear of it. */
  readonly #listeners: Listeners | null;
  /** Somebody wants exact times. */
  readonly isExact: boolean;
  /** Those who hear of its steps; null: nobody has. */
  heard: HeardLine | null;
  #waiter: RunWaiter | null = null;
  #asyncContext: AsyncResource | null = new AsyncResource('OnwardRun', MANUAL);
  #whole: MemoryRun | null = null;
  /** The present step, once it is a whole run. */
  step: Step | null = null;
  #following: Following<Step> | null = null;

  /** @param listeners those who observe it; null: nobody. */
  constructor(submission: Submission, line: Line, host: LineHost, listeners: Listeners | null) {
    super();
    this.submission = submission;
    this.line = line;
    this.#host = host;
    this.#listeners = listeners;
    this.isExact = listeners !== null && (listeners.wants & Wants.PRECISE) !== 0;
    this.startedAt = host.timeNow(this);
    this.values = line.room.slice();
    this.heard = listeners === null || (listeners.wants & OF_STEPS) === 0 ? null : new HeardLine(this);
  }

  // ── its bodies ──

  /** Calls the body that is ready, or goes on behind the one that returned this. */
  readonly goOn = (returned?: unknown): void => {
    const host = this.#host;
    if (this.stand !== Stand.READY && !this.#isNext(returned)) return;
    while (this.mayCall(host)) {
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
        const given = takesContext ? givenAlone(this.context ?? undefined) : undefined;
        if (this.heard === null || !host.isAround(this, this.heard, message))
          value = body.call(body.service, message, given);
        else value = this.#within(this.heard, body, message, given);
        // What else a promise may have under this name is user code.
        if (isThenable(value)) return void Promise.prototype.then.call(promiseOf(value), this.goOn, this.#failed);
      } catch (error) {
        return this.#failed(error);
      }
      if (!this.#isNext(value)) return;
    }
  };

  mayCall(host: LineHost): boolean {
    return host.mayCall(this);
  }

  /** What the message of a body is made of. */
  sourceAt(at: number): Ref {
    return at === 0 ? messageOfSingle(this.submission.plan) : this.values[at - 1];
  }

  // Apart from the hot path: a function that makes closures pays for what they hold at each call.

  #within(heard: HeardLine, body: Body, message: unknown, given: unknown): unknown {
    return this.#host.around(this, heard, message, () => body.call(body.service, message, given));
  }

  /** The present body has returned. Whether another one is next, and is called here. */
  #isNext(value: unknown): boolean {
    const isPlain = typeof value !== 'object' || isFlat(value);
    const isUsual = isPlain && this.context === null && this.#following === null;
    if (!isUsual && !this.#isKept(value, isPlain)) return false;
    const now = this.#host.timeNow(this);
    if (this.#ends !== null || now !== this.startedAt)
      (this.#ends ??= Array.from<number>({ length: this.at }).fill(this.startedAt)).push(now);
    this.values[this.at++] = value;
    if (this.at < this.values.length) {
      this.stand = Stand.READY;
      return this.heard === null || this.#host.passed(this, this.heard);
    }
    this.stand = Stand.OVER;
    this.#host.lineOver(this);
    return false;
  }

  /** Whether nothing more is to be done with what a body returned than to keep it. If not, the whole run does that. */
  #isKept(value: unknown, isPlain: boolean): boolean {
    if (!isPlain && this.#following === null) {
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
    context?.end();
    this.context = null;
    return true;
  }

  readonly #failed = (error: unknown): void => this.#begun().failed(error);

  // ── the whole run ──

  /** It is over, or somebody looks or acts: from here on it is this. */
  get whole(): MemoryRun {
    if (this.#whole !== null) return this.#whole;
    const run = this.enter((line) => this.#host.wholeOf(line), this);
    this.#whole = run;
    run.isHeard = this.#isHeard;
    if (this.stand === Stand.SETTLED) run.settle();
    else this.#handOver(run);
    return run;
  }

  /** The whole run, if it has been made. */
  get made(): MemoryRun | null {
    return this.#whole;
  }

  #handOver(run: MemoryRun): void {
    this.#asyncContext = null;
    if (this.heard !== null) this.heard.handOver(run);
    // They are kept by the whole run now, as its history says, and by events that read them.
    if (this.stand !== Stand.OVER && this.heard === null) this.values = NOTHING;
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
    this.stand = Stand.SETTLED;
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
    return this.nodeAt(Math.min(this.at, this.line.steps.length - 1));
  }

  nodeAt(at: number): GraphNode {
    const node = this.line.steps[at]?.node;
    if (node === undefined) throw new OnwardError('ONW6070', 'a line has no nodes');
    return node;
  }

  // ── what is asked of it ──

  get id(): string {
    return (this.#id ??= this.submission.runId);
  }

  // ── who hears of it: once it is a whole run, that one says ──

  get isUnheard(): boolean {
    return this.#listeners === null && this.heard === null;
  }

  get listeners(): Listeners {
    if (this.#whole !== null) return this.#whole.listeners;
    return this.#listeners ?? Listeners.NONE;
  }

  get observed(): number {
    return this.listeners.wants;
  }

  get observedAtStart(): number {
    return this.#listeners === null ? 0 : this.#listeners.wants;
  }

  get wants(): number {
    if (this.#whole !== null) return this.#whole.wants;
    return this.heard === null ? this.observed : this.heard.wants;
  }

  notify(event: RunEvent): void {
    if (this.heard !== null) this.heard.notify(event);
  }

  whenFree(callback: (run: MemoryRun | LineRun) => void): void {
    if (this.#whole === null) callback(this);
    else this.#whole.whenFree(callback);
  }

  get isHeard(): boolean {
    return this.#isHeard;
  }

  set isHeard(to: boolean) {
    this.#isHeard = to;
    if (this.#whole !== null) this.#whole.isHeard = to;
  }

  whenOver(waiter: RunWaiter): void {
    if (this.#whole === null && this.stand === Stand.SETTLED) waiter.over(this);
    else if (this.#whole === null && this.#waiter === null) this.#waiter = waiter;
    else this.whole.whenOver(waiter);
  }

  refreshWants(): void {
    // Nothing more happens to it.
    if (this.stand !== Stand.SETTLED) this.whole.refreshWants();
  }

  watch(holds = false): EventReader {
    if (holds || this.#whole !== null || this.stand >= Stand.OVER) return this.whole.watch(holds);
    this.heard ??= new HeardLine(this);
    return this.heard.watch();
  }
}
