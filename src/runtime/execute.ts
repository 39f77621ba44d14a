// One attempt: builds the message, calls the method, and tells what came of it. The only place that runs bodies.
//
// X1. It never throws and never rejects: whatever user code does ends in exactly one call of `outcome` per attempt
//     that is still wanted. A late one is told too; the transitions drop it.
// X2. A body that returns no promise is told of at once, in the same turn.

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

/** Performs one attempt. */
export function execute<A extends Attempt>(app: Application, at: A, host: Host<A>): void {
  const body = app.bodies[at.node.index];
  const { attempt } = at;
  if (body === undefined) return host.failed(at, attempt, undefined, missingNode(at.node.name), NO_SUCH_NODE, NONE);
  let source: unknown = at.message;
  if (attempt === 1) {
    try {
      source = sourceOf(app, body, at);
    } catch (error) {
      return host.failed(at, attempt, source, error, BAD_BIND, NONE);
    }
  }
  const context = body.takes?.context === true ? new LiveContext(at, attempt) : undefined;
  let message: unknown;
  let given: unknown;
  try {
    message = messageFrom(app, body, at, source);
    given = givenTo(app, body, at, context);
  } catch (error) {
    return host.failed(at, attempt, source, error, BAD_MESSAGE, NONE);
  }
  const work = new Work(body, at, attempt, source, context, host);
  if (context !== undefined || body.timeoutMs > 0) host.began(at, work);
  if (!(message instanceof Promise) && !(given instanceof Promise)) return work.call(message, given);
  Promise.all([message, given]).then(
    ([built, filled]) => work.callIfWanted(built, filled),
    (error: unknown) => host.failed(at, attempt, source, error, BAD_MESSAGE, NONE),
  );
}

/** One call of a body, from the call to its end. */
class Work<A extends Attempt> implements Underway {
  readonly #body: Body;
  readonly #at: A;
  readonly #attempt: number;
  readonly #source: unknown;
  readonly #context: LiveContext | undefined;
  readonly #host: Host<A>;
  #cancelTimer: (() => void) | undefined;

  constructor(body: Body, at: A, attempt: number, source: unknown, context: LiveContext | undefined, host: Host<A>) {
    this.#body = body;
    this.#at = at;
    this.#attempt = attempt;
    this.#source = source;
    this.#context = context;
    this.#host = host;
  }

  /** The run may have been cancelled while the message was built: then no body is called. */
  callIfWanted(message: unknown, given: unknown): void {
    if (this.#host.isWanted(this.#at, this.#attempt)) return this.call(message, given);
    this.#host.failed(this.#at, this.#attempt, this.#source, undefined, TIMED_OUT, NONE);
  }

  call(message: unknown, given: unknown): void {
    if (this.#body.timeoutMs > 0)
      this.#cancelTimer = this.#host.clock.after(this.#body.timeoutMs, () => this.#timeOut());
    let result: unknown;
    try {
      result = this.#body.call(this.#body.service, message, given);
      if (isThenable(result)) {
        const ended = result instanceof Promise ? result : Promise.resolve(result);
        ended.then(
          (value) => this.#completed(value),
          (error: unknown) => this.#failed(error),
        );
        return;
      }
    } catch (error) {
      return this.#failed(error);
    }
    this.#completed(result);
  }

  abort(reason: unknown): void {
    this.#context?.abort(reason);
  }

  release(): void {
    this.#cancelTimer?.();
  }

  #completed(value: unknown): void {
    this.#cancelTimer?.();
    const { node } = this.#at;
    const wanted = node.plain || this.#host.isWanted(this.#at, this.#attempt);
    const facts = wanted ? factsOnSuccess(node, this.#body, value) : NONE;
    this.#host.completed(this.#at, this.#attempt, this.#source, value, facts);
  }

  #failed(error: unknown): void {
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
