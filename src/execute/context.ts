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
import { fingerprintOf } from '../values/fingerprint.ts';
import { describeThrown, describeValue, printable } from '../values/describe.ts';
import { assertNone, CALL_OPTIONS, problemsOf, SPAWN_OPTIONS } from '../values/option-rules.ts';
import { assertNoPromise, whilePending } from '../values/promises.ts';
import { AskedPromises } from './asked-promise.ts';
import { leakedError } from './errors.ts';
import { noSuchNode, takesNoMessage } from './wrong-target.ts';
import type { ChildStart, Effects } from '../run/event.ts';
import type { SharedState } from '../run/shared-state.ts';
import type { Underway } from '../run/step.ts';
import { stepKey } from '../run/step-key.ts';
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
import type { Attempt, Called, ContextHost, ContextSource, ParentSource } from './attempt.ts';
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

/** What its attempt needs of a context, whatever it describes. */
export type AttemptContext = Pick<
  StepContextImpl<Attempt>,
  'isAsking' | 'end' | 'settled' | 'answered' | 'abort' | 'release'
>;

export class StepContextImpl<A extends ContextSource> implements Omit<StepContext, 'spawn' | 'call'>, Underway {
  readonly #app: Application;
  readonly #at: A;
  // Kept here: once the attempt is over, its step may become the one behind it.
  readonly #node: A['node'];
  readonly #round: number;
  readonly #attempt: number;
  readonly #host: ContextHost<A>;
  #snapshot: SharedState;
  #isOver = false;
  #parts: Parts | null = null;

  constructor(app: Application, at: A, host: ContextHost<A>) {
    this.#app = app;
    this.#at = at;
    this.#node = at.node;
    this.#round = at.round;
    this.#attempt = at.attempt;
    this.#host = host;
    this.#snapshot = host.state(at);
  }

  /** What most bodies never ask for. */
  #ensureParts(): Parts {
    this.#parts ??= {};
    return this.#parts;
  }

  /** Its step is another one by now. That happens only to steps around which there is nothing. */
  #hasPassed(): boolean {
    return this.#at.node !== this.#node || this.#at.round !== this.#round;
  }

  get runId(): string {
    return this.#at.run.id;
  }

  get tags(): readonly string[] {
    return this.#at.run.tags;
  }

  get step(): StepInfo {
    const parts = this.#ensureParts();
    if (parts.step !== undefined) return parts.step;
    const { run, key, owner } = this.#at;
    const { name } = this.#node;
    const round = this.#round;
    const own = this.#hasPassed()
      ? { key: stepKey(run.id, name, round), parent: null }
      : { key, parent: parentOf(owner) };
    parts.step = { key: own.key, node: name, attempt: this.#attempt, round, parent: own.parent };
    return parts.step;
  }

  get signal(): AbortSignal {
    const parts = this.#ensureParts();
    if (parts.controller === undefined) {
      parts.controller = guardedController();
      if (parts.abortReason !== undefined) this.#abort(parts.controller, parts.abortReason.reason);
    }
    return parts.controller.signal;
  }

  /** Aborts the signal. Later reasons are ignored. */
  abort(reason: unknown): void {
    const parts = this.#ensureParts();
    if (parts.abortReason !== undefined) return;
    parts.abortReason = { reason };
    if (parts.controller !== undefined) this.#abort(parts.controller, reason);
  }

  /** It has no time limit of its own. */
  release(): void {}

  #abort(controller: AbortController, reason: unknown): void {
    abortGuarded(controller, reason, (thrown) => this.#log('an abort listener threw', thrown));
  }

  get state(): RunState<AnyState> {
    const parts = this.#ensureParts();
    parts.draft ??= new StateDraft(this.#snapshot, (what) => this.#assertOpen(what));
    return parts.draft;
  }

  /** Created when it is read: it may be large. */
  get previous(): Previous | undefined {
    const parts = this.#ensureParts();
    parts.previous ??= { is: this.#hasPassed() ? undefined : previousOf(this.#at.previous) };
    return parts.previous.is;
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
      this.#parts?.draft?.renew(this.#snapshot);
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
      this.#ensureParts().exit ??= { value };
    };
  }

  /** The attempt is over. Returns what it asked for apart from its return value. */
  end(): Effects | null {
    this.#isOver = true;
    const parts = this.#parts;
    if (parts === null || (parts.draft === undefined && parts.exit === undefined)) return null;
    const { draft, exit } = parts;
    const state = draft?.operations ?? [];
    if (state.length === 0 && exit === undefined) return null;
    return { state, ...(exit !== undefined && { exit }) };
  }

  /** It asked for something apart from what it returns. */
  get hasAsked(): boolean {
    const parts = this.#parts;
    return parts !== null && (parts.draft !== undefined || parts.exit !== undefined || parts.promises !== undefined);
  }

  /** A child is not accepted yet, or the body has let go of the promise of one. */
  get isAsking(): boolean {
    const parts = this.#parts;
    return parts !== null && ((parts.asking?.size ?? 0) > 0 || parts.promises?.isEmpty === false);
  }

  /** Resolves when every child that was asked for is accepted or refused. */
  async answered(): Promise<void> {
    const asking = this.#parts?.asking;
    if (asking === undefined || asking.size === 0) return;
    await Promise.allSettled(asking);
    // What has been asked for meanwhile counts, too.
    await this.answered();
  }

  /** The same, and waits for what the body did not await. @throws what that was rejected with. */
  async settled(): Promise<void> {
    await this.answered();
    await this.#parts?.promises?.settled();
  }

  #followed<T>(answer: Promise<T>): Promise<T> {
    const parts = this.#ensureParts();
    parts.promises ??= new AskedPromises();
    const followed = parts.promises.follow(answer);
    if (this.#isOver) this.#host.clock.nextTurn(() => this.#reportLeak());
    return followed;
  }

  #reportLeak(): void {
    this.#parts?.promises?.settled().catch((error: unknown) => this.#log('nothing awaits what it asked for', error));
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
    const asking = (this.#ensureParts().asking ??= new Set());
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
    const fingerprint = whilePending(built, () => fingerprintOf(node, message)).text;
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
    const calls = (this.#ensureParts().calls ??= new Map<string, number>());
    const number = (calls.get(stem) ?? 0) + 1;
    calls.set(stem, number);
    return `${stem}~${number}`;
  }

  #assertOpen(what: string): void {
    if (this.#isOver) throw leakedError(what, this.step.node);
  }
}

/** What most bodies never ask for. */
interface Parts {
  step?: StepInfo;
  previous?: { readonly is: Previous | undefined };
  controller?: AbortController;
  abortReason?: { readonly reason: unknown };
  draft?: StateDraft;
  exit?: { readonly value: unknown };
  /** How often the same was called in this attempt. */
  calls?: Map<string, number>;
  /** Children that are not accepted yet. */
  asking?: Set<Promise<unknown>>;
  promises?: AskedPromises;
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
