// Attempts on the fast path that no other one follows there, and whose body takes what its edge brings and nothing else: the
// parts of a fan, and the sources of joins. They are many at a time, so that each keeps as little as it can.
//
// LONE-ATTEMPT-1. What their ends mean is said where it is said for all attempts (`attempt-runner.ts`).
// LONE-ATTEMPT-2. Few calls lie between the host and a body, as in `execute`.

import { isThenable, promiseOf } from '../values/promises.ts';
import { NO_BODY, type Application, type Body } from './application.ts';
import type { Attempt, Host } from './attempt.ts';
import { assertFinished, completeBody, failBody } from './attempt-runner.ts';
import { sourceAlong, type Way } from './message.ts';

/** Performs an attempt. Never throws. */
export function performLone<A extends Attempt>(app: Application, at: A, way: Way, host: Host<A>): void {
  const body = app.bodies[at.node.index] ?? NO_BODY;
  const { attempt } = at;
  const failed = (error: unknown): void => {
    failBody(app, at, attempt, error, host);
    host.proceed();
  };
  const returned = (value: unknown): void => {
    try {
      assertFinished(at, value);
    } catch (error) {
      return failed(error);
    }
    completeBody(app, at, attempt, value, host);
    host.proceed();
  };
  let value: unknown;
  try {
    if (body.message !== undefined) at.message = sourceAlong(way, at);
    const { message } = at;
    value = host.isAround(at, message) ? callWithin(body, at, host) : body.call(body.service, message, undefined);
    // What else a promise may have under this name is user code.
    if (isThenable(value)) return void Promise.prototype.then.call(promiseOf(value), returned, failed);
  } catch (error) {
    return failed(error);
  }
  returned(value);
}

/** Calls the body within what observers run around it. */
function callWithin<A extends Attempt>(body: Body, at: A, host: Host<A>): unknown {
  const { message } = at;
  return host.around(at, message, () => body.call(body.service, message, undefined));
}
