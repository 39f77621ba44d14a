// A run that is over begins again: what became of that, as a run or as an error.

import type { RetryOptions } from '../api/runtime.ts';
import type { Engine, EngineRun, Submitted } from '../engines/engine.ts';
import { OnwardError } from '../errors/onward-error.ts';
import { describeValue, printable } from '../values/describe.ts';
import { assertNoMore, assertNone, problemsOf, RUNTIME_RETRY_OPTIONS } from '../values/option-rules.ts';
import { notRetried } from './refusals.ts';

/**
 * @throws {OnwardError} ONW3004 with every option that is wrong; ONW3031 if nothing of it has failed, or it is not over;
 *   ONW3032 if its engine keeps no runs, or not all of its steps are kept; ONW3035 if there is no such run; ONW3049 if it
 *   has no such step.
 */
export async function retried(
  engine: Engine,
  runId: string,
  ...[options = {}, ...more]: readonly (RetryOptions | undefined)[]
): Promise<EngineRun> {
  assertNoMore(2 + more.length, 2, 'retry takes the id of a run and options');
  assertNone(problemsOf(options, RUNTIME_RETRY_OPTIONS), 'the options of retry are not valid');
  const { from } = options;
  const id: unknown = runId;
  if (typeof id !== 'string') {
    const text = `there is no run ${describeValue(id)}; retry takes the id of a run, a string: runtime.runs() lists those that are known`;
    throw new OnwardError('ONW3035', text);
  }
  if (engine.retry === undefined) throw notKept(runId);
  const answer = await engine.retry(runId, from);
  if (answer.outcome === 'begun') return answer.run;
  throw notRetried(runId, from, answer);
}

/** There is a run with the id of a start, and the start does not join it. */
export function notStarted(submitted: Submitted): OnwardError {
  const { id } = submitted.run;
  if (submitted.outcome === 'refused') return notRetried(id, undefined, submitted.why);
  const details = { runId: id };
  if (submitted.outcome === 'changed') {
    const text = `run ${printable(id)} began with another job or message, and \`onInputChange\` is 'raise': nothing was run; 'reuse' goes on with what it began with, 'reset' starts over`;
    return new OnwardError('ONW3039', text, { details });
  }
  const text = `run ${printable(id)} exists with another job or message; start it under another id, or join it with runtime.run(id)`;
  return new OnwardError('ONW3033', text, { details });
}

/** Nothing outlives its process. */
export function notKept(runId: string): OnwardError {
  const text = `run ${printable(runId)} cannot go on where it was: the memory engine keeps nothing that it could go on from; use an engine that keeps runs, such as sqliteEngine()`;
  return new OnwardError('ONW3032', text, { details: { runId } });
}
