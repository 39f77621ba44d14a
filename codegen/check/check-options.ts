// Numbers and durations that can be read in the source and make no sense.

import { durationMs } from '../../src/graph/duration.ts';
import { entryOf, fold, isUndefined, type Folded } from '../model/fold.ts';
import type { NodeModel } from '../model/model.ts';
import type { Scope } from '../model/scope.ts';
import type { Report } from './problem.ts';

interface Rule {
  readonly fits: (value: unknown) => boolean;
  readonly expected: string;
}

const DURATION: Rule = {
  fits: (value) => durationMs(value) !== undefined,
  expected: "milliseconds or text such as '200ms', '20s', '5m'",
};
const TIMEOUT: Rule = {
  ...DURATION,
  fits: (value) => (durationMs(value) ?? 0) > 0,
  expected: `more than 0: ${DURATION.expected}`,
};
const RETRY: Readonly<Record<string, Rule>> = {
  attempts: {
    fits: (value) => Number.isSafeInteger(value) && Number(value) >= 1,
    expected: 'a whole number of at least 1',
  },
  delay: DURATION,
  factor: {
    fits: (value) => typeof value === 'number' && value >= 1 && value < Infinity,
    expected: 'a number of at least 1',
  },
  maxDelay: DURATION,
  jitter: { fits: (value) => typeof value === 'number' && value >= 0 && value <= 1, expected: 'a number from 0 to 1' },
};

export function checkOptions(scope: Scope, { options }: NodeModel, report: Report): void {
  if (options === undefined) return;
  checkOption(scope, { name: 'timeout', written: entryOf(scope, options, 'timeout'), rule: TIMEOUT }, report);
  const retry = entryOf(scope, options, 'retry');
  if (retry === undefined || retry === 'hidden') return;
  for (const [name, rule] of Object.entries(RETRY)) {
    checkOption(scope, { name: `retry.${name}`, written: entryOf(scope, retry, name), rule }, report);
  }
}

interface Option {
  readonly name: string;
  readonly written: Folded | 'hidden' | undefined;
  readonly rule: Rule;
}

/** What cannot be read is checked when the decorator runs. */
function checkOption(scope: Scope, { name, written, rule }: Option, report: Report): void {
  if (written === undefined || written === 'hidden' || isUndefined(written.value)) return;
  const { value } = fold(scope, written);
  const isNamed = value.kind === 'name' && (value.path[0] === 'NaN' || value.path[0] === 'Infinity');
  if (value.kind !== 'literal' && !isNamed) return;
  const read = value.kind === 'literal' ? value.value : Number(value.path[0]);
  if (rule.fits(read)) return;
  const place = { file: written.file, at: written.value.at };
  const shown = typeof read === 'string' ? JSON.stringify(read) : String(read);
  report('ONW1140', place, `expected \`${name}\` to be ${rule.expected}, got ${shown}`);
}
