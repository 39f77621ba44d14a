// What is wrong with the user's sources, as data.

import type { ErrorCode } from '../src/errors/codes.ts';
import { visible } from './quote.ts';
import type { Place } from './model/model.ts';

export interface Problem {
  readonly code: ErrorCode;
  readonly severity: 'error' | 'warning' | 'info';
  readonly place: Place;
  /** What is wrong and what to do about it. */
  readonly text: string;
  /** Other places that belong to it. */
  readonly related: readonly { readonly place: Place; readonly text: string }[];
}

/** Takes a problem. Names in the text may hold anything; the checks go on, so that all problems are reported at once. */
export type Report = (
  code: ErrorCode,
  place: Place,
  text: string,
  more?: Partial<Pick<Problem, 'severity' | 'related'>>,
) => void;

export interface Findings {
  readonly report: Report;
  /** By file and place, each once. */
  problems(): Problem[];
}

export function collectProblems(): Findings {
  const found = new Map<string, Problem>();
  return {
    report(code, place, text, more = {}) {
      const key = [code, place.file.path, ...place.at, text].join('\0');
      if (found.has(key)) return;
      const related = (more.related ?? []).map((item) => ({ ...item, text: visible(item.text) }));
      found.set(key, { code, severity: more.severity ?? 'error', place, text: visible(text), related });
    },
    problems: () => [...found.values()].toSorted(byPlace),
  };
}

function byPlace(a: Problem, b: Problem): number {
  if (a.place.file.path !== b.place.file.path) return a.place.file.path < b.place.file.path ? -1 : 1;
  return a.place.at[0] - b.place.at[0] || (a.code < b.code ? -1 : 1);
}
