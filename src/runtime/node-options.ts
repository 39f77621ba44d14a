// The options of a node as its annotation recorded them, read into what the core and the runtime work with. They have
// been checked: what is read here fits.

import { durationMs } from '../graph/duration.ts';
import type { NodeDescription } from '../graph/graph.ts';
import { NO_RETRY, type RetryPolicy } from '../graph/retry-policy.ts';
import { isFunction, isObject, numberIn, stringsIn, type Options } from '../values/option-rules.ts';

/** What the core knows of a node. */
export function nodeDescriptionOf(options: Options, name: string): NodeDescription {
  const tags = stringsIn(options, 'tags');
  const maxRounds = numberIn(options, 'maxRounds');
  const maxPerRun = numberIn(options, 'maxPerRun');
  const concurrency = numberIn(options, 'concurrency');
  return {
    name,
    retry: retryPolicyOf(options),
    ...(tags !== undefined && { tags }),
    ...(maxRounds !== undefined && { maxRounds }),
    ...(maxPerRun !== undefined && { maxPerRun }),
    ...(concurrency !== undefined && { concurrency }),
    // The time limit counts the wait too.
    ...(options['waits'] === true && { waits: true, waitMs: timeoutOf(options) }),
  };
}

/** Without `retry` there is one attempt. */
function retryPolicyOf({ retry }: Options): RetryPolicy {
  if (!isObject(retry)) return NO_RETRY;
  return {
    attempts: numberIn(retry, 'attempts') ?? NO_RETRY.attempts,
    delayMs: durationMs(retry['delay']) ?? NO_RETRY.delayMs,
    factor: numberIn(retry, 'factor') ?? NO_RETRY.factor,
    maxDelayMs: durationMs(retry['maxDelay']) ?? NO_RETRY.maxDelayMs,
    jitter: numberIn(retry, 'jitter') ?? NO_RETRY.jitter,
  };
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
