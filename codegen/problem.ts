// What is wrong with the user's sources, as data; and places in them as people and programs take them: a path, a line and a
// column.

import type { ErrorCode } from '../src/errors/codes.ts';
import type { FileRecord } from './read/file-record.ts';
import { startOf, type Span } from './read/span.ts';

/** Where something is in a source. */
export interface Place {
  readonly file: Pick<FileRecord, 'path' | 'text'>;
  readonly at: Span;
}

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

/** With `/`, and relative to the working directory if the file lies below it. */
export function shortPath(file: string, cwd: string): string {
  const path = file.replaceAll('\\', '/');
  const folder = `${cwd.replaceAll('\\', '/').replace(/\/$/, '')}/`;
  return path.startsWith(folder) ? path.slice(folder.length) : path;
}

/** Both count from 1, as in the compiler. */
export function lineAndColumn({ file, at }: Place): { readonly line: number; readonly column: number } {
  const start = startOf(at);
  const starts = lineStarts(file);
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= start) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: start - (starts[low] ?? 0) + 1 };
}

const startsByFile = new WeakMap<Place['file'], readonly number[]>();

/** Found once for each file. */
function lineStarts(file: Place['file']): readonly number[] {
  const known = startsByFile.get(file);
  if (known !== undefined) return known;
  const ends = [...file.text.matchAll(/\r\n|[\r\n\u2028\u2029]/g)];
  const starts = [0, ...ends.map((found) => found.index + found[0].length)];
  startsByFile.set(file, starts);
  return starts;
}

/** A problem as plain data, for `--json` and programs. */
export interface PlainProblem {
  readonly code: string;
  readonly severity: Problem['severity'];
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly related: readonly {
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly message: string;
  }[];
}

export function plainProblem(problem: Problem, cwd: string): PlainProblem {
  const plain = (place: Place, message: string) => ({ ...plainPlace(place, cwd), message });
  return {
    code: problem.code,
    severity: problem.severity,
    ...plain(problem.place, problem.text),
    related: problem.related.map((item) => plain(item.place, item.text)),
  };
}

export function plainPlace(
  place: Place,
  cwd: string,
): { readonly file: string; readonly line: number; readonly column: number } {
  return { file: shortPath(place.file.path, cwd), ...lineAndColumn(place) };
}
