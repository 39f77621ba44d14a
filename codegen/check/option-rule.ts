// What the value of an option may be, as far as it can be read in the source.

import { durationMs } from '../../src/graph/duration.ts';
import { fold, isUndefined, type Folded } from '../model/fold.ts';
import type { Scope } from '../model/scope.ts';
import type { Report } from './problem.ts';

export interface Rule {
  readonly fits: (value: unknown) => boolean;
  readonly expected: string;
}

export const DURATION: Rule = {
  fits: (value) => durationMs(value) !== undefined,
  expected: "milliseconds or text such as '200ms', '20s', '5m'",
};
export const COUNT: Rule = {
  fits: (value) => Number.isSafeInteger(value) && Number(value) >= 1,
  expected: 'a whole number of at least 1',
};
export const FLAG: Rule = { fits: (value) => typeof value === 'boolean', expected: 'true or false' };

export function oneOf(...words: readonly string[]): Rule {
  return {
    fits: (value) => words.some((word) => word === value),
    expected: words.map((word) => `'${word}'`).join(' or '),
  };
}

export interface Option {
  readonly name: string;
  readonly written: Folded | 'hidden' | undefined;
  readonly rule: Rule;
}

/** What cannot be read is checked when the decorator runs. */
export function checkOption(scope: Scope, { name, written, rule }: Option, report: Report): void {
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
