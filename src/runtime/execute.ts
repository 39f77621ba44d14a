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
  /** What its message is built from: put together by attempt 1 and kept for those after it. */
  message: unknown;
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
    const { attempt } = at; // the step may be at a later one when the body comes back
    const body = app.bodies[at.node.index];
    if (body === undefined) {
      host.failed(at, attempt, undefined, missingNode(at.node.name), NO_SUCH_NODE, NONE);
      continue;
    }
    const limits = body.timeoutMs > 0 || body.takes?.context === true ? new Limits(app, body, at, host) : null;
    let value: unknown;
    try {
      value = begin(app, body, at, limits, host);
      if (isThenable(value)) value = await value;
    } catch (error) {
      limits?.release();
      threw(body, at, attempt, error, host);
      continue;
    }
    limits?.release();
    returned(body, at, attempt, value, host);
  }
}

/** Makes the message and calls the body. What the body throws comes as it is, anything else as a `Refusal`. */
function begin<A extends Attempt>(app: Application, body: Body, at: A, limits: Limits<A> | null, host: Host<A>): unknown {
  let refusal = BAD_BIND;
  let message: unknown;
  let given: unknown;
  try {
    if (at.attempt === 1) at.message = sourceOf(app, body, at);
    refusal = BAD_MESSAGE;
    message = messageFrom(app, body, at, at.message);
    if (body.takes !== undefined) given = givenTo(app, body, at, limits?.context);
  } catch (error) {
    throw new Refusal(refusal, error);
  }
  if (limits !== null) host.began(at, limits);
  if (message instanceof Promise || given instanceof Promise) return beginLater(body, at, [message, given], limits, host);
  limits?.startTimer();
  return body.call(body.service, message, given);
}

/** The run may be cancelled while a validator of the user takes its time: then no body is called. */
async function beginLater<A extends Attempt>(
  body: Body,
  at: A,
  parts: readonly [message: unknown, given: unknown],
  limits: Limits<A> | null,
  host: Host<A>,
): Promise<unknown> {
  const { attempt } = at;
  const [message, given] = await Promise.all(parts).catch((error: unknown) => {
    throw new Refusal(BAD_MESSAGE, error);
  });
  if (!host.isWanted(at, attempt)) throw new Refusal(TIMED_OUT, undefined);
  limits?.startTimer();
  return body.call(body.service, message, given);
}

function returned<A extends Attempt>(body: Body, at: A, attempt: number, value: unknown, host: Host<A>): void {
  const wanted = at.node.plain || host.isWanted(at, attempt);
  const facts = wanted ? factsOnSuccess(at.node, body, value) : NONE;
  host.completed(at, attempt, at.message, value, facts);
}

function threw<A extends Attempt>(body: Body, at: A, attempt: number, error: unknown, host: Host<A>): void {
  if (Refusal.is(error)) return host.failed(at, attempt, at.message, error.reason, error.failure, NONE);
  const failure = host.isWanted(at, attempt) ? failureOf(error, body) : TIMED_OUT;
  fail(body, at, attempt, error, failure, host);
}

function fail<A extends Attempt>(body: Body, at: A, attempt: number, error: unknown, failure: Failure, host: Host<A>): void {
  const again = failure.retry && attempt < at.node.retry.attempts;
  const facts = again || !host.isWanted(at, attempt) ? NONE : factsOnError(at.node, body, error);
  host.failed(at, attempt, at.message, error, failure, facts);
}

/** Nothing began: the body was not called. */
class Refusal extends Error {
  readonly failure: Failure;
  readonly reason: unknown;
  readonly #isRefusal = true;

  /** By a private field: `instanceof` would run the traps of a proxy that a body threw. */
  static is(error: unknown): error is Refusal {
    return typeof error === 'object' && error !== null && #isRefusal in error && error.#isRefusal;
  }

  constructor(failure: Failure, reason: unknown) {
    super();
    this.failure = failure;
    this.reason = reason;
  }
}

/** What can end a body's attempt from outside: its context's signal and its time limit. */
class Limits<A extends Attempt> implements Underway {
  readonly context: LiveContext | undefined;
  readonly #app: Application;
  readonly #body: Body;
  readonly #at: A;
  readonly #attempt: number;
  readonly #host: Host<A>;
  #cancelTimer: (() => void) | undefined;

  constructor(app: Application, body: Body, at: A, host: Host<A>) {
    this.context = body.takes?.context === true ? new LiveContext(at, at.attempt) : undefined;
    this.#app = app;
    this.#body = body;
    this.#at = at;
    this.#attempt = at.attempt;
    this.#host = host;
  }

  startTimer(): void {
    const { timeoutMs } = this.#body;
    if (timeoutMs > 0) this.#cancelTimer = this.#host.clock.after(timeoutMs, () => this.#timeOut());
  }

  abort(reason: unknown): void {
    this.context?.abort(reason);
  }

  release(): void {
    this.#cancelTimer?.();
  }

  #timeOut(): void {
    const { key, node } = this.#at;
    const { timeoutMs } = this.#body;
    const text = `attempt ${this.#attempt} of ${node.name} (step ${key}) took longer than its timeout of ${timeoutMs} ms`;
    const error = new OnwardError('ONW3041', text, { details: { step: key, attempt: this.#attempt, timeoutMs } });
    this.abort(error);
    fail(this.#body, this.#at, this.#attempt, error, TIMED_OUT, this.#host);
    // The frame of this attempt still waits for its body.
    const next = this.#host.next();
    if (next !== undefined) execute(this.#app, next, this.#host);
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
