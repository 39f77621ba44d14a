// One attempt under way: its message is built, its body is called, and how it ended is reported to the host.
//
// ATTEMPT-RUNNER-1. It never throws for what user code does, but where its caller has to catch it: `begin`, the body, `assertFinished`
//     and `settled`. `fail` reports what was caught.
// ATTEMPT-RUNNER-2. What something throws before the body is called is a failure of its message, not of the body.

import { OnwardError, StepTimeout } from '../errors/onward-error.ts';
import type { Effects, Failure } from '../run/event.ts';
import { NO_ROUTES, type Routing } from '../run/step-data.ts';
import { StepCode } from '../run/status.ts';
import {
  type Application,
  type Body,
  BAD_BIND,
  BAD_FORMULA,
  BAD_MESSAGE,
  NO_BODY,
  NO_SUCH_NODE,
  NOT_CALLED,
  UNMET,
} from './application.ts';
import type { Attempt, Host, InlineHost } from './attempt.ts';
import type { Underway } from '../run/step.ts';
import { assertNoPromise, handlePromise, isFlat, whilePending } from '../values/promises.ts';
import { StepContextImpl, type AttemptContext } from './context.ts';
import { givenAlone, givenTo, messageFrom, needsReport, sourceAlong, sourceOf, type Way } from './message.ts';
import { filledIn, holds } from './condition.ts';
import { toError } from './errors.ts';
import { routingOnError, routingOnSuccess, failureOf, TIMED_OUT } from './routing.ts';

/** One attempt, or attempts in a row on the fast path: then its fields describe the current one. */
export class AttemptRunner<A extends Attempt> {
  readonly #app: Application;
  readonly #host: Host<A>;
  body: Body;
  /** What the body is called with. */
  message: unknown = undefined;
  given: unknown = undefined;
  #at: A;
  /** Kept here: the step may be at a later attempt when the body comes back. */
  #attempt: number;
  /** What the body is given to act on its run with; null if it asks for none. */
  #context: AttemptContext | null = null;
  /** Null: it may take any time. */
  #limits: Limits<A> | null = null;
  /** What it means if something throws now; null once the body was called. */
  #coreFailure: Failure | null = NO_SUCH_NODE;

  constructor(app: Application, at: A, host: Host<A>) {
    this.#app = app;
    this.#at = at;
    this.#attempt = at.attempt;
    this.#host = host;
    this.body = app.bodies[at.node.index] ?? NO_BODY;
  }

  /** Takes over an attempt on the fast path whose message was made elsewhere, or is being made, or whose body was called. */
  takeOver(isCalled: boolean, context: AttemptContext | null): void {
    this.#context = context;
    if (context !== null) {
      this.given = givenAlone(context);
      this.#host.began(this.#at, context);
    }
    this.#coreFailure = isCalled ? null : BAD_MESSAGE;
  }

  /** The message of such an attempt. @throws {OnwardError} ONW3020 if no body is to be called any more. */
  take(message: unknown): void {
    this.#assertWanted();
    this.message = message;
  }

  /** Turns to the attempt that follows. True: its body takes the value as it is, and is ready; else `begin` comes next. */
  goOn(at: A): boolean {
    const body = this.#app.bodies[at.node.index] ?? NO_BODY;
    this.#at = at;
    this.#attempt = at.attempt;
    this.body = body;
    this.#context = null;
    if (body.takes !== undefined || typeof body.message === 'function') return false;
    if (body.message !== undefined) at.message = at.targetValue;
    this.message = at.message;
    this.given = undefined;
    return true;
  }

  /** Gets the body ready; it has to be waited for only if a promise is returned. */
  begin(way: Way | null = null): Promise<void> | null {
    const at = this.#at;
    const { body } = this;
    const host = this.#host;
    if (body.takes?.context === true) this.#context = new StepContextImpl(this.#app, at, host);
    if (way !== null) return this.#beginAlong(way, at, body);
    if (body.timeoutMs > 0) this.#limits = new Limits(this.#app, body, at, { host, context: this.#context });
    if (body === NO_BODY) throw toError({ coreFailure: StepCode.BLOCK_NOT_FOUND, node: at.node.name });
    this.#coreFailure = BAD_BIND;
    if (needsReport(body, at)) {
      const report = this.#host.report(at);
      if (report instanceof Promise) return this.#beginLater(at, report);
      return this.#beginWith(at, report);
    }
    if (at.isPrepared) return this.#fill(at, body, at.message);
    if (at.isAsked) return this.#beginAsked(at, body);
    at.message = sourceOf(this.#app, body, at, undefined);
    return this.#fill(at, body, at.message);
  }

  /** Nothing has to be asked, and all that makes its message is known. */
  #beginAlong(way: Way, at: A, body: Body): Promise<void> | null {
    const { build } = way;
    const context = this.#context;
    if (body.message !== undefined) at.message = sourceAlong(way, at);
    const given = body.takes === undefined ? undefined : givenAlone(context ?? undefined);
    if (build !== null) {
      this.#coreFailure = BAD_MESSAGE;
      return this.#filled(at, build(at.message), given);
    }
    this.#coreFailure = null;
    this.message = at.message;
    this.given = given;
    if (context !== null) this.#host.began(at, context);
    return null;
  }

  async #beginAsked(at: A, body: Body): Promise<void> {
    const limits = this.#limits;
    this.#began(at);
    // Predicates that take their time take it from the attempt.
    limits?.startTimer();
    if (limits !== null) limits.isAnswered = false;
    const condition = await this.#host.condition(at);
    if (condition.scope !== undefined) this.#coreFailure = BAD_FORMULA;
    if (!(await holds(condition))) throw UNMET;
    const source = sourceOf(this.#app, body, at, undefined);
    const message = await filledIn(source, condition, { template: at.targetMessage, messageClass: body.message });
    // After its time a retry may have asked again: what comes late is dropped.
    this.#assertWanted();
    this.#coreFailure = BAD_BIND;
    at.message = message;
    if (limits !== null) limits.isAnswered = true;
    await this.#fill(at, body, at.message);
  }

  async #beginLater(at: A, report: Promise<unknown>): Promise<void> {
    await this.#beginWith(at, await report);
  }

  #beginWith(at: A, report: unknown): Promise<void> | null {
    return this.#fill(at, this.body, sourceOf(this.#app, this.body, at, report));
  }

  /** Builds the message, and what the marks ask for. */
  #fill(at: A, body: Body, source: unknown): Promise<void> | null {
    const context = this.#context ?? undefined;
    this.#coreFailure = BAD_MESSAGE;
    const message = messageFrom(this.#app, body, at, source);
    let given: unknown;
    if (body.takes !== undefined && message instanceof Promise)
      given = whilePending(message, () => givenTo(this.#app, body, at, context));
    else if (body.takes !== undefined) given = givenTo(this.#app, body, at, context);
    return this.#filled(at, message, given);
  }

  #filled(at: A, message: unknown, given: unknown): Promise<void> | null {
    this.#began(at);
    // Validators that take their time take it from the attempt.
    this.#limits?.startTimer();
    if (message instanceof Promise || given instanceof Promise) {
      return Promise.all([message, given]).then(([built, filled]) => {
        this.#assertWanted();
        this.message = built;
        this.given = filled;
      });
    }
    this.#assertWanted();
    this.message = message;
    this.given = given;
    return null;
  }

  /** It can be told to stop from here on. */
  #began(at: A): void {
    const work = this.#limits ?? this.#context;
    if (work !== null) this.#host.began(at, work);
  }

  call(): unknown {
    const { body, message, given } = this;
    return this.#host.isAround(this.#at, message) ? this.callWithin() : body.call(body.service, message, given);
  }

  /** Calls the body within what observers run around it. */
  callWithin(): unknown {
    const { body, message, given } = this;
    return this.#host.around(this.#at, message, () => body.call(body.service, message, given));
  }

  /** Children that the body asked for are not accepted yet, or not awaited. */
  get isAsking(): boolean {
    return this.#context !== null && this.#context.isAsking;
  }

  /** @throws {OnwardError} ONW3045 if there is a promise in what the body returned. */
  assertFinished(value: unknown): void {
    assertFinished(this.#at, value);
  }

  /** Waits for children, also those that the body did not await. @throws what one of these was rejected with. */
  settled(): Promise<unknown> {
    return this.#context?.settled() ?? Promise.resolve();
  }

  answered(): Promise<unknown> {
    return this.#context?.answered() ?? Promise.resolve();
  }

  /** User code that built the message may have cancelled the run, or taken too long: then no body is called. */
  #assertWanted(): void {
    if (this.#host.isWanted(this.#at, this.#attempt)) {
      this.#coreFailure = null;
      return;
    }
    this.#coreFailure = NOT_CALLED;
    throw new OnwardError('ONW3020', `${this.#at.node.name} was cancelled before it was called`);
  }

  /**
   * Reports that the body is over.
   *
   * @param inline has attempts follow each other. Returns the one that does.
   */
  complete(value: unknown, inline?: InlineHost<A>): A | undefined {
    const at = this.#at;
    const attempt = this.#attempt;
    const effects = this.#end();
    const routing = routingOfEnd(this.#app, at, attempt, value, this.#host);
    const next = routing !== null && effects === null ? inline?.completeInline(at, attempt, value, routing) : undefined;
    if (next === undefined) this.#host.completed(at, attempt, at.message, value, routing ?? NO_ROUTES, effects);
    return next ?? undefined;
  }

  /** The body is over: from now on its context does nothing. Returns what it asked for apart from its return value. */
  #end(): Effects | null {
    this.#limits?.release();
    return this.#context === null ? null : this.#context.end();
  }

  fail(error: unknown): void {
    const at = this.#at;
    const attempt = this.#attempt;
    this.#end();
    handlePromise(error);
    if (error === UNMET) return this.#host.unmet(at, attempt);
    if (this.#coreFailure === null) failBody(this.#app, at, attempt, error, this.#host);
    else this.#host.failed(at, attempt, at.message, error, this.#coreFailure, NO_ROUTES);
  }
}

/** @throws {OnwardError} ONW3045 if there is a promise in what the body returned. */
export function assertFinished({ node }: Attempt, value: unknown): void {
  if (typeof value === 'object' && !isFlat(value)) assertNoPromise(value, `what ${node.name} returned`);
}

/** What its success edges say; null: nobody asks any more. */
function routingOfEnd<A extends Attempt>(
  app: Application,
  at: A,
  attempt: number,
  value: unknown,
  host: Host<A>,
): Routing | null {
  return at.node.plain || host.isWanted(at, attempt) ? routingOnSuccess(app, at.node, value) : null;
}

/** Reports that a body is over that had neither a context nor a time limit. */
export function completeBody<A extends Attempt>(
  app: Application,
  at: A,
  attempt: number,
  value: unknown,
  host: Host<A>,
): void {
  const routing = routingOfEnd(app, at, attempt, value, host);
  host.completed(at, attempt, at.message, value, routing ?? NO_ROUTES, null);
}

/** Reports what a body threw. */
export function failBody<A extends Attempt>(
  app: Application,
  at: A,
  attempt: number,
  error: unknown,
  host: Host<A>,
): void {
  handlePromise(error);
  const failure = host.isWanted(at, attempt) ? failureOf(error, app.bodies[at.node.index] ?? NO_BODY) : TIMED_OUT;
  fail(app, at, attempt, error, failure, host);
}

function fail<A extends Attempt>(
  app: Application,
  at: A,
  attempt: number,
  error: unknown,
  failure: Failure,
  host: Host<A>,
): void {
  const again = failure.retry && attempt < at.node.retry.attempts;
  const routing: Routing | null = again || !host.isWanted(at, attempt) ? null : routingOnError(app, at.node, error);
  host.failed(at, attempt, at.message, error, failure, routing);
}

interface Around<A extends Attempt> {
  readonly host: Host<A>;
  readonly context: AttemptContext | null;
}

/** The time limit of an attempt. */
export class Limits<A extends Attempt> implements Underway {
  readonly #context: AttemptContext | null;
  readonly #app: Application;
  readonly #body: Body;
  readonly #at: A;
  readonly #attempt: number;
  readonly #host: Host<A>;
  /** It is known whether the entry is to run, and with which message. */
  isAnswered = true;
  #cancelTimer: (() => void) | undefined;

  constructor(app: Application, body: Body, at: A, { host, context }: Around<A>) {
    this.#context = context;
    this.#app = app;
    this.#body = body;
    this.#at = at;
    this.#attempt = at.attempt;
    this.#host = host;
  }

  /** Once: what comes ahead of the body may have started it. */
  startTimer(): void {
    if (this.#cancelTimer !== undefined) return;
    const { timeoutMs } = this.#body;
    const { clock } = this.#host;
    // Of one that has waited for a message, only what is left.
    const leftMs = this.#at.dueAt > 0 ? this.#at.dueAt - clock.now() : timeoutMs;
    if (timeoutMs > 0) this.#cancelTimer = clock.after(Math.max(0, leftMs), () => this.#timeOut());
  }

  release(): void {
    this.#cancelTimer?.();
  }

  abort(reason: unknown): void {
    this.#context?.abort(reason);
  }

  #timeOut(): void {
    const { key, node } = this.#at;
    const { timeoutMs } = this.#body;
    const text = `attempt ${this.#attempt} of ${node.name} (step ${key}) took longer than its timeout of ${timeoutMs} ms`;
    const error = new StepTimeout(text, { details: { step: key, attempt: this.#attempt, timeoutMs } });
    this.abort(error);
    this.release();
    this.#context?.end();
    const failure: Failure = {
      ...TIMED_OUT,
      retry: this.#at.dueAt === 0,
      ...(!this.isAnswered && { unanswered: true }),
    };
    fail(this.#app, this.#at, this.#attempt, error, failure, this.#host);
    // The runner of this attempt still waits for its body.
    this.#host.proceed();
  }
}
