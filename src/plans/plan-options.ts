// The options of plans and of their entries, checked all at once.

import { OnwardError } from '../errors/onward-error.ts';
import { didYouMean } from '../errors/nearest-name.ts';
import { isRecord } from '../message/copy.ts';
import { describeValue, inBackticks } from '../values/describe.ts';

type Check = (value: unknown) => boolean;
interface Rule {
  readonly fits: Check;
  readonly expected: string;
}

const FLAG: Rule = { fits: (value) => typeof value === 'boolean', expected: 'true or false' };
const COUNT: Rule = {
  fits: (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 1,
  expected: 'a whole number of at least 1',
};
const TEXT: Rule = { fits: (value) => typeof value === 'string' && value !== '', expected: 'text that is not empty' };
const ANYTHING: Rule = { fits: () => true, expected: '' };

const CALLBACKS = { onSuccess: ANYTHING, onFailure: ANYTHING };
export const CHAIN_RULES: Rules = CALLBACKS;
export const PLAN_RULES: Rules = { keepGoing: FLAG, ...CALLBACKS };
export const SWARM_RULES: Rules = { concurrency: COUNT, stopAfterFailures: COUNT, maxSteps: COUNT, ...CALLBACKS };
export const SEND_RULES: Rules = { id: TEXT };
export const ENTRY_RULES: Rules = {
  job: ANYTHING,
  message: ANYTHING,
  group: TEXT,
  if: { fits: isCondition, expected: 'true, false or a predicate, or a list of them' },
  always: FLAG,
};

type Rules = Readonly<Record<string, Rule>>;
export type Checked = Readonly<Record<string, unknown>>;

/** A condition is a value or a predicate, or a list of them. */
function isCondition(value: unknown): boolean {
  const parts: readonly unknown[] = Array.isArray(value) ? value : [value];
  return parts.every((part) => typeof part === 'boolean' || typeof part === 'function');
}

/** What is wrong, each as a sentence. */
export function* problemsOf(given: unknown, rules: Rules, where: string): Generator<string> {
  if (!isRecord(given)) {
    yield `expected ${where} to be an object, got ${describeValue(given)}`;
    return;
  }
  for (const [name, value] of Object.entries(given)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined) {
      const known = Object.keys(rules);
      const hint = didYouMean(name, known, inBackticks) ?? `only ${known.join(', ')}`;
      yield `${where} has no \`${name}\`; ${hint}`;
    } else if (value !== undefined && !rule.fits(value)) {
      yield `expected \`${name}\` of ${where} to be ${rule.expected}, got ${describeValue(value)}`;
    }
  }
}

/** @throws {OnwardError} ONW3004 with all of them, if there are any. */
export function assertNone(problems: readonly string[], what: string): void {
  if (problems.length === 0) return;
  throw new OnwardError('ONW3004', `${what} cannot be used: ${problems.join('; ')}`, { details: { problems } });
}
