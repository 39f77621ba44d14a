// Problems as the compiler prints them: place, code, text, code frame.

import { styleText } from 'node:util';
import type { Problem } from '../problem.ts';
import { masked, visible } from '../quote.ts';
import type { Place } from '../model/model.ts';
import type { FileRecord } from '../read/file-record.ts';

/** As many as fit a screen or two; `--json` has all of them. */
const MAX_SHOWN = 50;

type Paint = (style: 'red' | 'yellow' | 'cyan' | 'gray' | 'green' | 'blue', text: string) => string;

export function paintWith(hasColors: boolean): Paint {
  return (style, text) => (hasColors ? styleText(style, text, { validateStream: false }) : text);
}

export function renderProblems(problems: readonly Problem[], cwd: string, hasColors: boolean): string {
  const paint = paintWith(hasColors);
  const shown = problems.slice(0, MAX_SHOWN).map((problem) => renderProblem(problem, cwd, paint));
  const more = problems.length - shown.length;
  return [...shown, ...(more > 0 ? [`… and ${more} more; --json has all of them\n`] : [])].join('\n');
}

function renderProblem({ code, severity, place, text, related }: Problem, cwd: string, paint: Paint): string {
  const style = severity === 'error' ? 'red' : severity === 'warning' ? 'yellow' : 'blue';
  const lines = [
    `${renderPlace(place, cwd, paint)} - ${paint(style, severity)} ${paint('gray', `${code}:`)} ${text}`,
    '',
  ];
  lines.push(...frame(place, '', (mark) => paint(style, mark)));
  for (const other of related) {
    lines.push(`  ${renderPlace(other.place, cwd, paint)}: ${other.text}`);
    lines.push(...frame(other.place, '  ', (mark) => paint('cyan', mark)));
  }
  return lines.join('\n');
}

function renderPlace(place: Place, cwd: string, paint: Paint): string {
  const { line, column } = lineAndColumn(place);
  return `${paint('cyan', visible(shortPath(place.file.path, cwd)))}:${paint('yellow', String(line))}:${paint('yellow', String(column))}`;
}

/** With `/`, and relative to the working directory if the file lies below it. */
export function shortPath(file: string, cwd: string): string {
  const path = file.replaceAll('\\', '/');
  const folder = `${cwd.replaceAll('\\', '/').replace(/\/$/, '')}/`;
  return path.startsWith(folder) ? path.slice(folder.length) : path;
}

/** Both count from 1, as in the compiler. */
function lineAndColumn({ file, at: [start] }: Place): { readonly line: number; readonly column: number } {
  const starts = lineStarts(file);
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= start) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: start - (starts[low] ?? 0) + 1 };
}

const startsByFile = new WeakMap<FileRecord, readonly number[]>();

/** Found once for each file. */
function lineStarts(file: FileRecord): readonly number[] {
  const known = startsByFile.get(file);
  if (known !== undefined) return known;
  const ends = [...file.text.matchAll(/\r\n|[\r\n\u2028\u2029]/g)];
  const starts = [0, ...ends.map((found) => found.index + found[0].length)];
  startsByFile.set(file, starts);
  return starts;
}

// Longer than any line that a person reads; a file may be one line of a million letters.
const MAX_WIDTH = 240;
const MAX_BEFORE = 180;

/** The line with its number, and the place underlined. */
function frame(place: Place, indent: string, paint: (mark: string) => string): string[] {
  const { line, column } = lineAndColumn(place);
  const [start, end] = place.at;
  const lineStart = start - column + 1;
  const from = column > MAX_BEFORE ? start - MAX_BEFORE / 3 : lineStart;
  const [whole = ''] = place.file.text.slice(from, from + MAX_WIDTH).split(/[\r\n\u2028\u2029]/, 1);
  const text = masked(whole);
  const length = Math.max(1, Math.min(end - start, text.length - (start - from)));
  const gutter = String(line);
  return [
    `${indent}${gutter} ${text}`,
    `${indent}${' '.repeat(gutter.length)} ${' '.repeat(start - from)}${paint('~'.repeat(length))}`,
    '',
  ];
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
