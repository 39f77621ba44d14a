// The options of a node as its annotation recorded them, read into what the core and the runtime work with.

import { durationMs } from '../graph/duration.ts';
import { NO_RETRY, type RetryPolicy } from '../graph/retry-policy.ts';
import { describeValue } from '../message/describe.ts';

/** What is wrong with an option, as a sentence. */
export type Problems = string[];

type Options = Readonly<Record<string, unknown>>;

/** The retry policy of a node; without `retry` one attempt. */
export function retryPolicyOf(options: Options, node: string, problems: Problems): RetryPolicy {
  const retry = options['retry'];
  if (retry === undefined) return NO_RETRY;
  if (!isOptions(retry)) {
    problems.push(`${node}: expected \`retry\` to be an object, got ${typeof retry}`);
    return NO_RETRY;
  }
  const check = numbersOf(retry, `${node}: expected \`retry.`, problems);
  return {
    attempts: check(
      'attempts',
      1,
      (value) => Number.isSafeInteger(value) && value >= 1,
      'a whole number of at least 1',
    ),
    delayMs: durationOf(retry['delay'], NO_RETRY.delayMs, `${node}: expected \`retry.delay\``, problems),
    factor: check('factor', NO_RETRY.factor, (value) => value >= 1, 'a number of at least 1'),
    maxDelayMs: durationOf(retry['maxDelay'], NO_RETRY.maxDelayMs, `${node}: expected \`retry.maxDelay\``, problems),
    jitter: check('jitter', NO_RETRY.jitter, (value) => value >= 0 && value <= 1, 'a number from 0 to 1'),
  };
}

/** The time limit of an attempt in milliseconds, 0 for none. */
export function timeoutOf(options: Options, node: string, problems: Problems): number {
  const timeoutMs = durationOf(options['timeout'], 0, `${node}: expected \`timeout\``, problems);
  if (durationMs(options['timeout']) === 0) problems.push(`${node}: expected \`timeout\` to be more than 0`);
  return timeoutMs;
}

export function retryWhenOf(
  options: Options,
  node: string,
  problems: Problems,
): ((error: unknown) => unknown) | undefined {
  const retry = options['retry'];
  const when = isOptions(retry) ? retry['when'] : undefined;
  if (when === undefined || isFunction(when)) return when;
  problems.push(`${node}: expected \`retry.when\` to be a function, got ${typeof when}`);
  return undefined;
}

function durationOf(value: unknown, fallbackMs: number, what: string, problems: Problems): number {
  if (value === undefined) return fallbackMs;
  const ms = durationMs(value);
  if (ms !== undefined) return ms;
  problems.push(`${what} to be milliseconds or text such as '200ms', '20s', '5m', got ${describeValue(value)}`);
  return fallbackMs;
}

function numbersOf(options: Options, stem: string, problems: Problems) {
  return (name: string, fallback: number, fits: (value: number) => boolean, expected: string): number => {
    const value = options[name];
    if (value === undefined) return fallback;
    if (typeof value === 'number' && fits(value)) return value;
    problems.push(`${stem}${name}\` to be ${expected}, got ${describeValue(value)}`);
    return fallback;
  };
}

export function isOptions(value: unknown): value is Options {
  return typeof value === 'object' && value !== null;
}

export function isFunction(value: unknown): value is (...args: unknown[]) => unknown {
  return typeof value === 'function';
}
