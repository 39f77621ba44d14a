// The options of a node as its annotation recorded them, read into what the core and the runtime work with. They have
// been checked: what is read here fits.

import { durationMs } from '../graph/duration.ts';
import type { NodeDescription, RateLimit } from '../graph/graph.ts';
import { NO_RETRY, type RetryPolicy } from '../graph/retry-policy.ts';
import { describeValue } from '../values/describe.ts';
import { isFunction, isObject, LONGEST_WAIT, numberIn, stringsIn, type Options } from '../values/option-rules.ts';

/** What the core knows of a node. */
export function nodeDescriptionOf(options: Options, name: string): NodeDescription {
  const tags = stringsIn(options, 'tags');
  const maxRounds = numberIn(options, 'maxRounds');
  const maxPerRun = numberIn(options, 'maxPerRun');
  const concurrency = numberIn(options, 'concurrency');
  const priority = numberIn(options, 'priority');
  const rateLimit = rateLimitOf(options);
  return {
    name,
    retry: retryPolicyOf(options),
    ...(tags !== undefined && { tags }),
    ...(maxRounds !== undefined && { maxRounds }),
    ...(maxPerRun !== undefined && { maxPerRun }),
    ...(concurrency !== undefined && { concurrency }),
    ...(rateLimit !== undefined && { rateLimit }),
    ...(priority !== undefined && { priority }),
    // The time limit counts the wait too.
    ...(options['waits'] === true && { waits: true, waitMs: timeoutOf(options) }),
  };
}

/** A longest wait below the first one: nobody knows which of them is meant. */
export function problemsOfDelays({ retry }: Options, node: string): string[] {
  const { delay, maxDelay } = isObject(retry) ? retry : {};
  const [delayMs, longestMs] = [durationMs(delay), durationMs(maxDelay)];
  if (delayMs === undefined || longestMs === undefined || longestMs >= delayMs) return [];
  const got = `got ${describeValue(maxDelay)} with a \`delay\` of ${describeValue(delay)}`;
  return [`${node}: expected \`retry.maxDelay\` to be ${LONGEST_WAIT}, ${got}`];
}

/** Without `retry` there is one attempt. */
function retryPolicyOf({ retry }: Options): RetryPolicy {
  if (!isObject(retry)) return NO_RETRY;
  const delayMs = durationMs(retry['delay']) ?? NO_RETRY.delayMs;
  return {
    attempts: numberIn(retry, 'attempts') ?? NO_RETRY.attempts,
    delayMs,
    factor: numberIn(retry, 'factor') ?? NO_RETRY.factor,
    // A first wait that is longer than the longest by default is kept: the longest then starts at it.
    maxDelayMs: durationMs(retry['maxDelay']) ?? Math.max(NO_RETRY.maxDelayMs, delayMs),
    jitter: numberIn(retry, 'jitter') ?? NO_RETRY.jitter,
  };
}

function rateLimitOf({ rateLimit }: Options): RateLimit | undefined {
  if (!isObject(rateLimit)) return undefined;
  const [max, perMs] = [numberIn(rateLimit, 'max'), durationMs(rateLimit['per'])];
  return max === undefined || perMs === undefined ? undefined : { max, perMs };
}

/** The time limit of an attempt in milliseconds, 0 for none. */
export function timeoutOf({ timeout }: Options): number {
  return durationMs(timeout) ?? 0;
}

/** Whether an error is worth another attempt; undefined if the annotation does not say. */
export function retryWhenOf({ retry }: Options): ((error: unknown) => unknown) | undefined {
  const when = isObject(retry) ? retry['when'] : undefined;
  return isFunction(when) ? when : undefined;
}
