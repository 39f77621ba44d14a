// Attempts that need nothing but their step, and a context perhaps: no time limit, no slot, nothing that is performed
// ahead of them. Here is how their bodies are called; what an attempt is, the runner says for all of them.
//
// FAST-PATH-1. Which nodes these are is decided once, when the engine is opened, and so are the edges along which
//     attempts follow each other without the queue. Such an edge is the only one that leads on from its node, and the
//     body at its end takes the value as it is, and nothing else.
// FAST-PATH-2. What it takes to wait for a body is created once for a straight stretch of steps.
// FAST-PATH-3. Few calls lie between the host and a body, as in `execute`.

import type { Edge, GraphNode } from '../graph/graph.ts';
import { isOverlay } from '../run/overlay.ts';
import { routeOf, type Application, type Body } from './application.ts';
import type { Attempt, InlineHost } from './attempt.ts';
import { AttemptRunner } from './attempt-runner.ts';
import { performLone } from './lone-attempt.ts';
import { recordMaker } from './join-record.ts';
import { messageBuilder, type Way } from './message.ts';
import { isThenable, promiseOf } from '../values/promises.ts';

export class FastPath {
  readonly app: Application;
  /** Whether the attempts of nodes are performed here, by the node's position. */
  readonly #isFast: readonly boolean[];
  /** By the edge's position, once it was looked for. */
  readonly #ways: (Way | null | undefined)[];
  // Those that build nothing, by what makes their records.
  readonly #loneWays = new Map<Way['record'], Way>();
  readonly #bareWays = new Map<Way['record'], Way>();
  /** For each node, by its position, the edge that the fast path takes from it. */
  readonly edges: readonly (Edge | null)[];

  constructor(app: Application) {
    this.app = app;
    this.#ways = app.graph.edges.map(() => undefined);
    this.#isFast = app.graph.nodes.map((node) => isUnlimited(app, node));
    this.edges = app.graph.nodes.map((node) => edgeFrom(app, node));
  }

  /** An attempt of the node needs nothing but its step, and entering the node is no more than being dispatched. */
  isAlone({ index, guarded }: GraphNode): boolean {
    return this.#isFast[index] === true && !guarded;
  }

  takes(at: Attempt): boolean {
    // A condition is asked first, and callbacks of runs take the report.
    return this.#isFast[at.node.index] === true && !at.isAsked && (at.via === null || at.via.role !== 'watcher');
  }

  /** How the body of an attempt gets its message, if it takes what its edge brings, and nothing else. */
  wayTo({ via }: Attempt): Way | null {
    if (via === null || isOverlay(via)) return null;
    const known = this.#ways[via.index];
    return known === undefined ? (this.#ways[via.index] = this.#wayAlong(via)) : known;
  }

  #wayAlong(edge: Edge): Way | null {
    const { app } = this;
    const body = app.bodies[edge.to.index];
    if (body === undefined || !isBare(app, edge)) return null;
    const build = body.message === undefined ? null : messageBuilder(app, body, edge);
    if (edge.join === null) return edge.isSimple ? this.#way(edge.to, null, build) : null;
    // What checks the record has to know the classes of its fields.
    if (app.parser !== undefined && typeof body.message === 'function') return null;
    return this.#way(edge.to, recordMaker(edge.join), build);
  }

  /** Most ways are alike: what is shared is at hand. */
  #way({ index }: GraphNode, record: Way['record'], build: Way['build']): Way {
    const isLone = build === null && this.app.bodies[index]?.takes === undefined && this.edges[index] === null;
    if (build !== null) return { record, build, isLone };
    const alike = isLone ? this.#loneWays : this.#bareWays;
    const known = alike.get(record);
    if (known !== undefined) return known;
    const way = { record, build, isLone };
    alike.set(record, way);
    return way;
  }
}

function edgeFrom(app: Application, node: GraphNode): Edge | null {
  const [edge] = node.success;
  if (edge === undefined || node.success.length > 1 || node.end.length > 0) return null;
  return isUnlimited(app, node) && edge.isSimple && isBare(app, edge) ? edge : null;
}

/** The body of the node at its end takes the value as it is, and nothing else. */
function isBare(app: Application, edge: Edge): boolean {
  const body = app.bodies[edge.to.index];
  const route = routeOf(app, edge);
  if (body === undefined || !isUnlimited(app, edge.to) || edge.to.guarded) return false;
  return takesNoMark(body) && route?.bind === undefined && route?.field === undefined;
}

/** But a context. */
export function takesNoMark({ takes }: Body): boolean {
  return takes === undefined || Object.entries(takes).every(([mark, is]) => mark === 'context' || is === undefined);
}

/** Nothing but the step is needed for its attempts: no slot, no turn, no time limit, no callbacks ahead, no wait. */
function isUnlimited(app: Application, node: GraphNode): boolean {
  const body = app.bodies[node.index];
  if (body === undefined || body.timeoutMs > 0) return false;
  if (node.concurrency !== Number.POSITIVE_INFINITY || node.rateLimit !== null || node.priority > 0) return false;
  return !node.prepares && !node.waits;
}

/** Performs an attempt, and after it those that the host hands over. Never throws. */
export function performFast<A extends Attempt>(fastPath: FastPath, first: A, host: InlineHost<A>): void {
  const way = fastPath.wayTo(first);
  if (way?.isLone === true) return performLone(fastPath.app, first, way, host);
  const runner = new AttemptRunner(fastPath.app, first, host);
  let value: unknown;
  let promise: Promise<unknown> | undefined;
  try {
    const ahead = runner.begin(way);
    if (ahead !== null) promise = ahead.then(() => runner.call());
    else {
      value = host.isAround(first, runner.message)
        ? runner.callWithin()
        : runner.body.call(runner.body.service, runner.message, runner.given);
      if (isThenable(value)) promise = promiseOf(value);
    }
  } catch (error) {
    return fail(runner, host, error);
  }
  const following = new Following(fastPath, runner, host);
  if (promise === undefined) following.goOn(value);
  else void Promise.prototype.then.call(promise, following.goOn, following.failed);
}

/** What follows a body. Used again for each body that is waited for: that costs less than an async function would. */
export class Following<A extends Attempt> {
  readonly #fastPath: FastPath;
  readonly #runner: AttemptRunner<A>;
  readonly #host: InlineHost<A>;

  constructor(fastPath: FastPath, runner: AttemptRunner<A>, host: InlineHost<A>) {
    this.#fastPath = fastPath;
    this.#runner = runner;
    this.#host = host;
  }

  readonly failed = (error: unknown): void => fail(this.#runner, this.#host, error);

  readonly goOn = (returned: unknown): void => {
    const runner = this.#runner;
    const host = this.#host;
    let at = ended(runner, host, returned);
    while (at !== undefined) {
      let next: unknown;
      try {
        const ahead = runner.goOn(at) ? null : runner.begin(this.#fastPath.wayTo(at));
        if (ahead !== null) return this.callAfter(ahead);
        next = host.isAround(at, runner.message)
          ? runner.callWithin()
          : runner.body.call(runner.body.service, runner.message, runner.given);
        // What else a promise may have under this name is user code.
        if (isThenable(next)) return void Promise.prototype.then.call(promiseOf(next), this.goOn, this.failed);
      } catch (error) {
        return fail(runner, host, error);
      }
      at = ended(runner, host, next);
    }
    host.proceed();
  };

  /** Calls the body with a message that was made elsewhere, or is being made. */
  call(message: unknown): void {
    const runner = this.#runner;
    if (message instanceof Promise) return this.callAfter(message.then((made) => runner.take(made)));
    let value: unknown;
    try {
      runner.take(message);
      value = runner.call();
      if (isThenable(value)) return void Promise.prototype.then.call(promiseOf(value), this.goOn, this.failed);
    } catch (error) {
      return this.failed(error);
    }
    this.goOn(value);
  }

  /** Calls the body once that is done. */
  callAfter(ahead: Promise<void>): void {
    void ahead.then(() => this.#runner.call()).then(this.goOn, this.failed);
  }
}

/** A body is over. The attempt that follows it; undefined: something else has to be done first. */
function ended<A extends Attempt>(runner: AttemptRunner<A>, host: InlineHost<A>, value: unknown): A | undefined {
  try {
    runner.assertFinished(value);
  } catch (error) {
    fail(runner, host, error);
    return undefined;
  }
  if (!runner.isAsking) return runner.complete(value, host);
  const over = (): void => {
    void runner.complete(value);
    host.proceed();
  };
  // It may have asked for something, and let go of it.
  void runner.settled().then(over, (error: unknown) => fail(runner, host, error));
  return undefined;
}

function fail<A extends Attempt>(runner: AttemptRunner<A>, host: InlineHost<A>, error: unknown): void {
  if (runner.isAsking) return void runner.answered().then(() => failNow(runner, host, error));
  failNow(runner, host, error);
}

function failNow<A extends Attempt>(runner: AttemptRunner<A>, host: InlineHost<A>, error: unknown): void {
  runner.fail(error);
  host.proceed();
}
