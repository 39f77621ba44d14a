// Attempts that need nothing but their step, and a context perhaps: no time limit, no slot, nothing that is performed
// ahead of them. Here is how their bodies are called; what an attempt is, the runner says for all of them.
//
// FAST-PATH-1. Which nodes these are is decided once, when the engine is opened, and so are the edges along which
//     attempts follow each other without the queue. Such an edge is the only one that leads on from its node, and the
//     body at its end takes the value as it is, and nothing else.
// FAST-PATH-2. What it takes to wait for a body is created once for a straight stretch of steps; a step that no such
//     edge follows waits by two callbacks.
// FAST-PATH-3. Few calls lie between the host and a body, as in `execute`.

import type { Edge, GraphNode } from '../graph/graph.ts';
import { routeOf, type Application, type Body } from './application.ts';
import type { Attempt, Host, InlineHost } from './attempt.ts';
import { AttemptRunner } from './attempt-runner.ts';
import { isThenable } from '../values/promises.ts';

export type Pace = 'ordinary' | 'lone' | 'straight';

export class FastPath {
  /** How the attempts of nodes are performed, by the node's position. */
  readonly #paces: readonly Pace[];
  /** For each node, by its position, the edge that the fast path takes from it. */
  readonly edges: readonly (Edge | null)[];

  constructor(app: Application) {
    this.edges = app.graph.nodes.map((node) => edgeFrom(app, node));
    this.#paces = app.graph.nodes.map((node, at) =>
      !isUnlimited(app, node)
        ? 'ordinary'
        : this.edges[at] === null && app.bodies[at]?.takes?.context !== true
          ? 'lone'
          : 'straight',
    );
  }

  paceOf(at: Attempt): Pace {
    const pace = this.#paces[at.node.index];
    // Callbacks of runs take the report; a condition is asked first.
    if (pace === undefined || at.isAsked || (at.via !== null && at.via.role === 'watcher')) return 'ordinary';
    return pace;
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
function takesNoMark({ takes }: Body): boolean {
  return takes === undefined || Object.entries(takes).every(([mark, is]) => mark === 'context' || is === undefined);
}

/** Nothing but the step is needed for its attempts: no slot, no turn, no time limit, no callbacks ahead, no wait. */
function isUnlimited(app: Application, node: GraphNode): boolean {
  const body = app.bodies[node.index];
  if (body === undefined || body.timeoutMs > 0) return false;
  if (node.concurrency !== Number.POSITIVE_INFINITY || node.rateLimit !== null || node.priority > 0) return false;
  return !node.prepares && !node.waits;
}

/** Performs an attempt, and after it those that the host hands over. Never rejects. */
export async function performStraight<A extends Attempt>(
  app: Application,
  first: A,
  host: InlineHost<A>,
): Promise<void> {
  const runner = new AttemptRunner(app, first, host);
  let isFirst = true;
  for (let at: A | undefined = first; at !== undefined; isFirst = false) {
    let value: unknown;
    try {
      const ahead = isFirst ? runner.begin() : runner.goOn(at);
      if (ahead !== null) await ahead;
      value = host.isAround(at, runner.message)
        ? runner.callWithin()
        : runner.body.call(runner.body.service, runner.message, runner.given);
      if (isThenable(value)) value = await value;
      runner.assertFinished(value);
      if (runner.isAsking) await runner.settled();
    } catch (error) {
      if (runner.isAsking) await runner.answered();
      runner.fail(error);
      break;
    }
    at = runner.complete(value, host);
  }
  host.proceed();
}

/** Performs an attempt that no other follows on the fast path. Its host goes on by itself if it ends at once. */
export function performLone<A extends Attempt>(app: Application, at: A, host: Host<A>): void {
  const runner = new AttemptRunner(app, at, host);
  let value: unknown;
  let promise: Promise<unknown> | undefined;
  try {
    const ahead = runner.begin();
    if (ahead !== null) value = calledAfter(ahead, runner);
    else
      value = host.isAround(at, runner.message)
        ? runner.callWithin()
        : runner.body.call(runner.body.service, runner.message, runner.given);
    if (isThenable(value)) promise = Promise.resolve(value);
  } catch (error) {
    return runner.fail(error);
  }
  if (promise === undefined) return endLone(runner, value);
  // What else a promise may have under this name is user code.
  void Promise.prototype.then.call(
    promise,
    (result) => {
      endLone(runner, result);
      host.proceed();
    },
    (error) => {
      runner.fail(error);
      host.proceed();
    },
  );
}

function endLone<A extends Attempt>(runner: AttemptRunner<A>, value: unknown): void {
  try {
    runner.assertFinished(value);
  } catch (error) {
    return runner.fail(error);
  }
  void runner.complete(value);
}

async function calledAfter<A extends Attempt>(ahead: Promise<void>, runner: AttemptRunner<A>): Promise<unknown> {
  await ahead;
  return runner.call();
}
