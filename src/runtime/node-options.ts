// The options of a node as its annotation recorded them, read into what the core and the runtime work with.

import type { NodeDescription } from '../graph/graph.ts';
import { durationMs } from '../graph/duration.ts';
import { NO_RETRY, type RetryPolicy } from '../graph/retry-policy.ts';
import { describeValue } from '../values/describe.ts';
import {
  countOf,
  durationOf,
  flagOf,
  isFunction,
  isObject,
  type Options,
  type Problems,
} from '../values/option-rules.ts';

/** What the core knows of a node, its problems told. */
export function nodeDescriptionOf(options: Options, node: string, problems: Problems): NodeDescription {
  const limit = (name: string): number | undefined => countOf(options[name], `${node}: expected \`${name}\``, problems);
  return defined({
    name: node,
    retry: retryPolicyOf(options, node, problems),
    tags: tagsOf(options, node, problems),
    maxRounds: limit('maxRounds'),
    maxPerRun: limit('maxPerRun'),
    concurrency: limit('concurrency'),
    ...waitOf(options, node, problems),
  });
}

/** Whether a node waits for a message from outside, and for how long. */
function waitOf(options: Options, node: string, problems: Problems): Pick<NodeDescription, 'waits' | 'waitMs'> {
  if (flagOf(options['waits'], `${node}: expected \`waits\``, problems) !== true) return {};
  return { waits: true, waitMs: durationMs(options['timeout']) ?? 0 };
}

/** The retry policy of a node; without `retry` one attempt. */
function retryPolicyOf(options: Options, node: string, problems: Problems): RetryPolicy {
  const retry = options['retry'];
  if (retry === undefined) return NO_RETRY;
  if (!isObject(retry)) {
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

function tagsOf(options: Options, node: string, problems: Problems): readonly string[] | undefined {
  const tags = options['tags'];
  if (tags === undefined || isTexts(tags)) return tags;
  problems.push(`${node}: expected \`tags\` to be a list of texts, got ${describeValue(tags)}`);
  return undefined;
}

/** A list of texts. Holes are none. */
export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && Array.from<unknown>(value).every((item) => typeof item === 'string');
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
  const when = isObject(retry) ? retry['when'] : undefined;
  if (when === undefined || isFunction(when)) return when;
  problems.push(`${node}: expected \`retry.when\` to be a function, got ${typeof when}`);
  return undefined;
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

/** Without the members that are undefined: an exact optional one is absent. */
function defined({ tags, maxRounds, maxPerRun, concurrency, ...rest }: Loose): NodeDescription {
  return {
    ...rest,
    ...(tags !== undefined && { tags }),
    ...(maxRounds !== undefined && { maxRounds }),
    ...(maxPerRun !== undefined && { maxPerRun }),
    ...(concurrency !== undefined && { concurrency }),
  };
}

type Loose = { readonly [K in keyof NodeDescription]: NodeDescription[K] | undefined } & Pick<
  NodeDescription,
  'waits' | 'waitMs'
> & {
    readonly name: string;
    readonly retry: RetryPolicy;
  };
