// What of a step is performed apart from its body: its message ahead of start callbacks, and routing that comes later.
//
// PREPARE-1. It never rejects for what user code does, as `execute` does not.

import { NO_ROUTES, type Ref } from '../run/step-data.ts';
import { StepCode } from '../run/status.ts';
import { type Application, BAD_BIND, BAD_FORMULA, BAD_MESSAGE, NO_BODY, NO_SUCH_NODE, UNMET } from './application.ts';
import { whilePending } from '../values/promises.ts';
import type { Attempt, Host } from './attempt.ts';
import { Limits } from './attempt-runner.ts';
import { givenTo, messageFrom, needsReport, sourceOf } from './message.ts';
import { filledIn, holds } from './condition.ts';
import { toError, thrownOf } from './errors.ts';
import { routingOnError, routingOnSuccess } from './routing.ts';

/** Builds and validates the message of a step that has start callbacks: they see it, and a wrong one stops them. */
export async function prepare<A extends Attempt>(app: Application, at: A, host: Host<A>): Promise<void> {
  const { attempt } = at;
  const body = app.bodies[at.node.index] ?? NO_BODY;
  let failure = BAD_BIND;
  try {
    if (body === NO_BODY) {
      failure = NO_SUCH_NODE;
      throw toError({ coreFailure: StepCode.BLOCK_NOT_FOUND, node: at.node.name });
    }
    const takesReport = needsReport(body, at);
    const condition = at.isAsked ? await host.condition(at) : undefined;
    if (condition?.scope !== undefined) failure = BAD_FORMULA;
    if (condition !== undefined && !(await inTime(app, at, holds(condition), host))) throw UNMET;
    const made = sourceOf(app, body, at, takesReport ? await host.report(at) : undefined);
    const source =
      condition === undefined
        ? made
        : await filledIn(made, condition, { template: at.targetMessage, messageClass: body.message });
    if (!takesReport) at.message = source;
    failure = BAD_MESSAGE;
    const message = messageFrom(app, body, at, source);
    const given = body.takes === undefined ? undefined : whilePending(message, () => givenTo(app, body, at, undefined));
    if (message instanceof Promise || given instanceof Promise)
      await inTime(app, at, Promise.all([message, given]), host);
    host.prepared(at, attempt, at.message);
  } catch (error) {
    if (error === UNMET) host.unmet(at, attempt);
    else host.failed(at, attempt, at.message, error, failure, NO_ROUTES);
  }
  host.proceed();
}

/** Predicates and validators that take their time take it from the attempt. */
async function inTime<A extends Attempt, T>(app: Application, at: A, asked: Promise<T>, host: Host<A>): Promise<T> {
  const limits = new Limits(app, app.bodies[at.node.index] ?? NO_BODY, at, { host, context: null });
  host.began(at, limits);
  limits.startTimer();
  try {
    return await asked;
  } finally {
    limits.release();
  }
}

/** Asks a step's edges about a value or an error that its body did not produce itself. */
export function routeStep<A extends Attempt>(
  app: Application,
  at: A,
  { moment, value }: { readonly moment: 'success' | 'error'; readonly value: Ref },
  host: Host<A>,
): void {
  const routing =
    moment === 'success' ? routingOnSuccess(app, at.node, value) : routingOnError(app, at.node, thrownOf(value));
  host.routed(at, at.attempt, routing);
  host.proceed();
}
