// Performs one attempt: builds the message, calls the method, and reports the outcome.
//
// EXECUTE-1. It never rejects for what user code does. An attempt reports its outcome once; one that runs out of time
//     reports that first, and the body's own end later: the host or the transitions drop what is late.
// EXECUTE-2. A value with a promise in it fails the attempt; so does a child that fails and that the body does not await.
// EXECUTE-3. The end of a body that returns no promise is reported at once, in the same turn.
// EXECUTE-4. Few calls lie between the host and a body: an error thrown by a body lists them all, and pays for each.

import type { Application } from './application.ts';
import type { Attempt, Host } from './attempt.ts';
import { AttemptRunner } from './attempt-runner.ts';
import { isThenable } from '../values/promises.ts';

/** Performs an attempt, and has performed what it made ready. Never rejects. */
export async function execute<A extends Attempt>(app: Application, at: A, host: Host<A>): Promise<void> {
  const runner = new AttemptRunner(app, at, host);
  let value: unknown;
  try {
    const ahead = runner.begin();
    if (ahead !== null) await ahead;
    value = host.isAround(at, runner.message)
      ? runner.callWithin()
      : runner.body.call(runner.body.service, runner.message, runner.given);
    // Awaiting a native promise runs no user code; any other thenable may do anything.
    if (isThenable(value)) value = await value;
    runner.assertFinished(value);
    if (runner.isAsking) await runner.settled();
  } catch (error) {
    if (runner.isAsking) await runner.answered();
    runner.fail(error);
    return host.proceed();
  }
  runner.complete(value);
  host.proceed();
}
