// One attempt: builds the message, calls the method, and tells what came of it. The only place that runs bodies.
//
// X1. It never throws and never rejects: whatever user code does ends in exactly one call of `outcome` per attempt
//     that is still wanted. A late one is told too; the transitions drop it.
// X2. A body that returns no promise is told of at once, in the same turn.
// X3. Where an end makes exactly one other attempt ready, that one goes on in the same asynchronous frame: a straight run
//     of steps pays for one frame and its promise, not every step.

import type { Edge, GraphNode } from '../graph/compiled.ts';
import { OnwardError } from '../errors/onward-error.ts';
import { NONE, type Facts, type Failure } from '../run/event.ts';
import { StepCode } from '../run/status.ts';
import type { Application, Body } from './application.ts';
import type { Clock } from './clock.ts';
import { LiveContext, type ContextSource } from './live-context.ts';
import { givenTo, messageFrom, sourceOf } from './message-of.ts';
import { factsOnError, factsOnSuccess, failureOf, TIMED_OUT } from './verdict.ts';

/** What is attempted: a live step in memory, a task of a store with its values loaded. */
export interface Attempt extends ContextSource {
  readonly node: GraphNode;
  readonly via: Edge | null;
  readonly attempt: number;
  /** The target's message, or the start message. */
  readonly a: unknown;
  /** The target's return value or error. */
  readonly b: unknown;
  /** After attempt 1: what the message is built from. */
  readonly message: unknown;
}

/** Who is told how attempts ended. */
export interface Outcome<A extends Attempt> {
  completed(at: A, attempt: number, message: unknown, value: unknown, facts: Facts): void;
  failed(at: A, attempt: number, message: unknown, error: unknown, failure: Failure, facts: Facts): void;
}

/** Where attempts are performed. */
export interface Host<A extends Attempt> extends Outcome<A> {
  readonly clock: Clock;
  /** Whether the run still goes by how this attempt ends: user code is not asked about a late or a cancelled one. */
  isWanted(at: A, attempt: number): boolean;
  /** A body that can be told to stop or has a time limit is about to be called. */
  began(at: A, work: Underway): void;
  /** The one attempt that became ready, for the asker to go on with. Where there are several, the host has begun them. */
  next(): A | undefined;
}

/** A body under way. */
export interface Underway {
  /** Aborts the signal of its context. */
  abort(reason: unknown): void;
  /** Nobody waits for it any more: its time limit is called off. */
  release(): void;
}

const NO_SUCH_NODE: Failure = { code: StepCode.BLOCK_NOT_FOUND, retry: false, refused: true };
const BAD_MESSAGE: Failure = { code: StepCode.INVALID_TYPE, retry: false, refused: true };
/** A `bind` that throws is a bug of the user, not a wrong message. */
const BAD_BIND: Failure = { code: StepCode.UNHANDLED_EXCEPTION, retry: false, refused: true };

/** Performs an attempt, and after it those that the host hands over. */
export function execute<A extends Attempt>(app: Application, at: A, host: Host<A>): void {
  void walk(app, at, host);
}

async function walk<A extends Attempt>(app: Application, first: A, host: Host<A>): Promise<void> {
  for (let at: A | undefined = first; at !== undefined; at = host.next()) {
    const body = app.bodies[at.node.index];
    if (body === undefined) {
      host.failed(at, at.attempt, undefined, missingNode(at.node.name), NO_SUCH_NODE, NONE);
      continue;
    }
    const call = new Call(app, body, at, host);
    let value: unknown;
    try {
      value = call.begin();
      if (isThenable(value)) value = await value;
    } catch (error) {
      call.threw(error);
      continue;
    }
    call.returned(value);
  }
}

/** One call of a body, from the making of its message to its end. */
class Call<A extends Attempt> implements Underway {
  readonly #app: Application;
  readonly #body: Body;
  readonly #at: A;
  readonly #host: Host<A>;
  /** Which attempt this is: the step may be at a later one when the body comes back. */
  readonly #attempt: number;
  #source: unknown;
  /** What it means if something throws now; null once the body was called. */
  #refusal: Failure | null = BAD_BIND;
  #context: LiveContext | null = null;
  #cancelTimer: (() => void) | null = null;

  constructor(app: Application, body: Body, at: A, host: Host<A>) {
    this.#app = app;
    this.#body = body;
    this.#at = at;
    this.#host = host;
    this.#attempt = at.attempt;
    this.#source = at.message;
  }

  /** Makes the message and calls the body. */
  begin(): unknown {
    const app = this.#app;
    const body = this.#body;
    const at = this.#at;
    if (this.#attempt === 1) this.#source = sourceOf(app, body, at);
    this.#refusal = BAD_MESSAGE;
    if (body.takes?.context === true) this.#context = new LiveContext(at, this.#attempt);
    const message = messageFrom(app, body, at, this.#source);
    const given = givenTo(app, body, at, this.#context ?? undefined);
    if (this.#context !== null || body.timeoutMs > 0) this.#host.began(at, this);
    if (!(message instanceof Promise) && !(given instanceof Promise)) return this.#call(message, given);
    return Promise.all([message, given]).then(([built, filled]) => this.#callIfWanted(built, filled));
  }

  /** The run may have been cancelled while the message was built: then no body is called. */
  #callIfWanted(message: unknown, given: unknown): unknown {
    if (this.#host.isWanted(this.#at, this.#attempt)) return this.#call(message, given);
    this.#refusal = TIMED_OUT;
    throw new OnwardError('ONW3020', `${this.#at.node.name} was cancelled before it was called`);
  }

  #call(message: unknown, given: unknown): unknown {
    const body = this.#body;
    if (body.timeoutMs > 0) this.#cancelTimer = this.#host.clock.after(body.timeoutMs, () => this.#timeOut());
    this.#refusal = null;
    return body.call(body.service, message, given);
  }

  abort(reason: unknown): void {
    this.#context?.abort(reason);
  }

  release(): void {
    this.#cancelTimer?.();
  }

  returned(value: unknown): void {
    this.#cancelTimer?.();
    const { node } = this.#at;
    const wanted = node.plain || this.#host.isWanted(this.#at, this.#attempt);
    const facts = wanted ? factsOnSuccess(node, this.#body, value) : NONE;
    this.#host.completed(this.#at, this.#attempt, this.#source, value, facts);
  }

  /** The body threw, or its message could not be made. */
  threw(error: unknown): void {
    if (this.#refusal !== null) {
      return this.#host.failed(this.#at, this.#attempt, this.#source, error, this.#refusal, NONE);
    }
    this.#cancelTimer?.();
    const wanted = this.#host.isWanted(this.#at, this.#attempt);
    this.#fail(error, wanted ? failureOf(error, this.#body) : TIMED_OUT, wanted);
  }

  #timeOut(): void {
    const { key, node } = this.#at;
    const { timeoutMs } = this.#body;
    const text = `attempt ${this.#attempt} of ${node.name} (step ${key}) took longer than its timeout of ${timeoutMs} ms`;
    const error = new OnwardError('ONW3041', text, { details: { step: key, attempt: this.#attempt, timeoutMs } });
    this.#context?.abort(error);
    this.#fail(error, TIMED_OUT, this.#host.isWanted(this.#at, this.#attempt));
    // The frame of this call still waits for its body.
    const next = this.#host.next();
    if (next !== undefined) execute(this.#app, next, this.#host);
  }

  #fail(error: unknown, failure: Failure, wanted: boolean): void {
    const { node } = this.#at;
    const again = failure.retry && this.#attempt < node.retry.attempts;
    const facts = again || !wanted ? NONE : factsOnError(node, this.#body, error);
    this.#host.failed(this.#at, this.#attempt, this.#source, error, failure, facts);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  return value instanceof Promise || typeof Reflect.get(value, 'then') === 'function';
}

function missingNode(name: string): OnwardError {
  return new OnwardError('ONW3044', `the graph has no node ${name} any more; bring it back, or cancel the run`, {
    details: { node: name },
  });
}
