// Reading options that an annotation recorded: each reader gives a usable value and writes down what is wrong.

import { durationMs } from '../graph/duration.ts';
import { describeValue } from './describe.ts';

/** What is wrong with options, as sentences. */
export type Problems = string[];

export type Options = Readonly<Record<string, unknown>>;

/** @param what the beginning of the sentence: "Billing.charge: expected `retry.delay`". */
export function durationOf(value: unknown, fallbackMs: number, what: string, problems: Problems): number {
  if (value === undefined) return fallbackMs;
  const ms = durationMs(value);
  if (ms !== undefined) return ms;
  problems.push(`${what} to be milliseconds or text such as '200ms', '20s', '5m', got ${describeValue(value)}`);
  return fallbackMs;
}

export function countOf(value: unknown, what: string, problems: Problems): number | undefined {
  if (value === undefined || isCount(value, 1)) return value;
  problems.push(`${what} to be a whole number of at least 1, got ${describeValue(value)}`);
  return undefined;
}

export function flagOf(value: unknown, what: string, problems: Problems): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  problems.push(`${what} to be true or false, got ${describeValue(value)}`);
  return undefined;
}

/** One of a few words. */
export function wordOf<Word extends string>(
  value: unknown,
  words: readonly [fallback: Word, ...others: Word[]],
  what: string,
  problems: Problems,
): Word {
  if (value === undefined) return words[0];
  const known = words.find((word) => word === value);
  if (known !== undefined) return known;
  problems.push(`${what} to be ${words.map((word) => `'${word}'`).join(' or ')}, got ${describeValue(value)}`);
  return words[0];
}

export function isCount(value: unknown, least: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least;
}

export function isObject(value: unknown): value is Options {
  return typeof value === 'object' && value !== null;
}

export function isFunction(value: unknown): value is (...args: unknown[]) => unknown {
  return typeof value === 'function';
}
