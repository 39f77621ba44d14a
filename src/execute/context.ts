// The StepContext of one attempt. What bodies seldom ask for is created when they ask.
//
// CONTEXT-1. Nothing of it works once the attempt is over: a call from a leaked promise is refused, and changes
//     nothing.
// CONTEXT-2. A child that cannot be started, or a called one that fails, fails the attempt, unless the body handles it.
//     What is asked too late is refused; if nothing handles that, it is logged.
// CONTEXT-3. Changes of the run other than children (state, exit) are collected here, and count only if the attempt
//     succeeds.

import { durationMs } from '../graph/duration.ts';
import { copyOfValue } from '../message/copy.ts';
import { fingerprintOf } from '../values/codec.ts';
import { describeThrown, describeValue, printable } from '../values/describe.ts';
import { assertNone, CALL_OPTIONS, problemsOf, SPAWN_OPTIONS } from '../values/option-rules.ts';
import { assertNoPromise } from '../values/promises.ts';
import { AskedPromises } from './asked-promise.ts';
import { leakedError, noSuchNode, takesNoMessage } from './errors.ts';
import { whilePending } from './message.ts';
import type { ChildStart, Effects } from '../run/event.ts';
import type { SharedState } from '../run/shared-state.ts';
import type {
  AnyState,
  ParentStep,
  Previous,
  RunState,
  SpawnOptions,
  Spawned,
  StepContext,
  StepInfo,
} from '../wiring/context.ts';
import type { Application } from './application.ts';
import type { Attempt, Called, Host, ContextSource, ParentSource } from './attempt.ts';
import { abortGuarded, guardedController } from './guarded-signal.ts';
import { StateDraft } from './state-draft.ts';

/** A child as the body starts it. */
interface Asked {
  readonly service: unknown;
  readonly method: string;
  readonly message: unknown;
  readonly options: SpawnOptions | undefined;
}

type Ask<T> = (service: unknown, method: string, message?: unknown, options?: SpawnOptions) => Promise<T>;

export class StepContextImpl<A extends Attempt> implements Omit<StepContext, 'spawn' | 'call'> {
  #step: StepInfo | undefined;
  #previous: { readonly is: Previous | undefined } | undefined;
  readonly #app: Application;
  readonly #at: A;
  readonly #attempt: number;
  readonly #host: Host<A>;
  #controller: AbortController | undefined;
  #abortReason: { readonly reason: unknown } | undefined;
  #draft: StateDraft | undefined;
  #exit: { readonly value: unknown } | undefined;
  #snapshot: SharedState;
  #isOver = false;
  /** How often the same was called in this attempt. */
  #calls: Map<string, number> | undefined;
  /** Children that are not accepted yet. */
  #asking: Set<Promise<unknown>> | undefined;
  #promises: AskedPromises | undefined;

  constructor(app: Application, at: A, host: Host<A>) {
    this.#app = app;
    this.#at = at;
    this.#attempt = at.attempt;
    this.#host = host;
    this.#snapshot = host.state(at);
  }

  get runId(): string {
    return this.#at.run.id;
  }

  get tags(): readonly string[] {
    return this.#at.run.tags;
  }

  get step(): StepInfo {
    if (this.#step !== undefined) return this.#step;
    const { key, node, round, owner } = this.#at;
    this.#step = { key, node: node.name, attempt: this.#attempt, round, parent: parentOf(owner) };
    return this.#step;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = guardedController();
      if (this.#abortReason !== undefined) this.#abort(this.#controller, this.#abortReason.reason);
    }
    return this.#controller.signal;
  }

  /** Aborts the signal. Later reasons are ignored. */
  abort(reason: unknown): void {
    if (this.#abortReason !== undefined) return;
    this.#abortReason = { reason };
    if (this.#controller !== undefined) this.#abort(this.#controller, reason);
  }

  #abort(controller: AbortController, reason: unknown): void {
    abortGuarded(controller, reason, (thrown) => this.#log('an abort listener threw', thrown));
  }

  get state(): RunState<AnyState> {
    this.#draft ??= new StateDraft(this.#snapshot, (what) => this.#assertOpen(what));
    return this.#draft;
  }

  /** Created when it is read: it may be large. */
  get previous(): Previous | undefined {
    this.#previous ??= { is: previousOf(this.#at.previous) };
    return this.#previous.is;
  }

  // Methods are bound when they are read: bodies destructure them like data.

  get spawn(): Ask<Spawned> {
    return (service, method, message, options) =>
      this.#followed(this.#asked(this.#spawn({ service, method, message, options })));
  }

  async #spawn(asked: Asked): Promise<Spawned> {
    const start = await this.#start(asked, false);
    return this.#host.spawn(this.#at, this.#attempt, start);
  }

  get call(): Ask<unknown> {
    return (service, method, message, options) => this.#followed(this.#call({ service, method, message, options }));
  }

  async #call(asked: Asked): Promise<unknown> {
    const { ended } = await this.#asked(this.#accept(asked));
    try {
      return await ended;
    } finally {
      this.#snapshot = this.#host.state(this.#at);
      this.#draft?.renew(this.#snapshot);
    }
  }

  async #accept(asked: Asked): Promise<Called> {
    const start = await this.#start(asked, true);
    return this.#host.call(this.#at, this.#attempt, start);
  }

  get emit(): StepContext['emit'] {
    return (name, data) => {
      this.#assertOpen('emit an event');
      if (typeof name !== 'string' || name === '')
        throw new TypeError(`emit takes the name of an event, got ${describeValue(name)}`);
      assertNoPromise(data, `what ${this.step.node} emits`);
      this.#host.notify(this.#at, this.#attempt, { type: 'custom', name, data });
    };
  }

  get progress(): StepContext['progress'] {
    return (done, text) => {
      this.#assertOpen('report its progress');
      if (!(typeof done === 'number' && done >= 0 && done <= 1))
        throw new TypeError(`progress takes a number from 0 to 1, got ${describeValue(done)}`);
      this.#host.notify(this.#at, this.#attempt, { type: 'progress', done, ...(text !== undefined && { text }) });
    };
  }

  get exit(): StepContext['exit'] {
    return (value) => {
      this.#assertOpen('end the run');
      assertNoPromise(value, `the value that ${this.step.node} ends the run with`);
      this.#exit ??= { value };
    };
  }

  /** The attempt is over. Returns what it asked for apart from its return value. */
  end(): Effects | null {
    this.#isOver = true;
    if (this.#draft === undefined && this.#exit === undefined) return null;
    const state = this.#draft?.operations ?? [];
    if (state.length === 0 && this.#exit === undefined) return null;
    return { state, ...(this.#exit !== undefined && { exit: this.#exit }) };
  }

  /** A child is not accepted yet, or the body has let go of the promise of one. */
  get isAsking(): boolean {
    return (this.#asking !== undefined && this.#asking.size > 0) || this.#promises?.isEmpty === false;
  }

  /** Resolves when every child that was asked for is accepted or refused. */
  async answered(): Promise<void> {
    while (this.#asking !== undefined && this.#asking.size > 0) await Promise.allSettled(this.#asking);
  }

  /** The same, and waits for what the body did not await. @throws what that was rejected with. */
  async settled(): Promise<void> {
    await this.answered();
    await this.#promises?.settled();
  }

  #followed<T>(answer: Promise<T>): Promise<T> {
    this.#promises ??= new AskedPromises();
    const followed = this.#promises.follow(answer);
    if (this.#isOver) this.#host.clock.nextTurn(() => this.#reportLeak());
    return followed;
  }

  #reportLeak(): void {
    this.#promises?.settled().catch((error: unknown) => this.#log('nothing awaits what it asked for', error));
  }

  #log(what: string, thrown: unknown): void {
    const { runId } = this;
    const { node, key } = this.step;
    const error = describeThrown(thrown);
    const text = `${printable(node)} of run ${printable(runId)} (step ${printable(key)}): ${what}: ${error}`;
    this.#app.log('warn', text, { runId, node, key, error });
  }

  /** Registered in the turn in which the body asks: a body that returns at once has asked all the same. */
  #asked<T>(answer: Promise<T>): Promise<T> {
    const asking = (this.#asking ??= new Set());
    asking.add(answer);
    const forget = (): void => void asking.delete(answer);
    answer.then(forget, forget);
    return answer;
  }

  /** The child with its message built and checked, before anything starts. */
  async #start({ service, method, message, options = {} }: Asked, called: boolean): Promise<ChildStart> {
    const verb = called ? 'call' : 'spawn';
    this.#assertOpen(`${verb} a node`);
    const node = this.#app.nodeFor(service, method);
    if (node === undefined) throw noSuchNode(service, method, verb);
    const problems = problemsOf(options, called ? CALL_OPTIONS : SPAWN_OPTIONS);
    assertNone(problems, `the options of \`${verb}\` in ${this.step.node} are not valid`);
    const built = this.#build(node, message, verb);
    // Of the message as it is given: defaults such as the time of day differ from attempt to attempt.
    const fingerprint = whilePending(built, () => fingerprintOf(node, message));
    const call = options.key ?? this.#callKey(node, fingerprint);
    const valid = built instanceof Promise ? await built : built;
    const detached = !called && options.detached === true;
    return { call, node, message: valid, fingerprint, called, detached, delayMs: durationMs(options.delay) ?? 0 };
  }

  #build(name: string, data: unknown, verb: string): unknown {
    const { parser, graph, bodies } = this.#app;
    const message = bodies[graph.nodeOf.get(name)?.index ?? -1]?.message;
    if (message === undefined) {
      if (data !== undefined) throw takesNoMessage(name, data, `${verb}(service, method, undefined, { … })`);
      return undefined;
    }
    return message === true || parser === undefined ? data : parser.build(message, data);
  }

  /** The n-th identical call of an attempt is the n-th of every attempt. */
  #callKey(node: string, fingerprint: string): string {
    const stem = `${node}~${fingerprint}`;
    const calls = (this.#calls ??= new Map<string, number>());
    const number = (calls.get(stem) ?? 0) + 1;
    calls.set(stem, number);
    return `${stem}~${number}`;
  }

  #assertOpen(what: string): void {
    if (this.#isOver) throw leakedError(what, this.step.node);
  }
}

/** How the entry before ended; undefined where there is none. */
export function previousOf(before: ContextSource['previous']): Previous | undefined {
  if (before === null) return undefined;
  // A copy: what a body does to it stays there.
  return before.ok ? { ok: true, value: copyOfValue(before.value) } : { ok: false };
}

function parentOf(source: ParentSource | null): ParentStep | null {
  return source === null ? null : { key: source.key, node: source.node.name, parent: parentOf(source.owner) };
}
