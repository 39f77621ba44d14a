// Problems as the compiler prints them: place, code, text, code frame.

import { styleText } from 'node:util';
import type { Problem } from '../check/problem.ts';
import type { Place } from '../model/model.ts';

/** More than anybody reads at once; `--json` has all of them. */
const MAX_SHOWN = 50;

type Paint = (style: 'red' | 'yellow' | 'cyan' | 'gray' | 'green' | 'blue', text: string) => string;

export function paintWith(hasColors: boolean): Paint {
  return (style, text) => (hasColors ? styleText(style, text) : text);
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
  return `${paint('cyan', shortPath(place, cwd))}:${paint('yellow', String(line))}:${paint('yellow', String(column))}`;
}

/** Relative to where the user stands, if the file lies below. */
function shortPath({ file }: Place, cwd: string): string {
  const folder = `${cwd.replaceAll('\\', '/').replace(/\/$/, '')}/`;
  const path = file.path.startsWith(folder) ? file.path.slice(folder.length) : file.path;
  return path.replace(/[\p{Cc}\u2028\u2029]/gu, '?');
}

/** Both count from 1. */
function lineAndColumn({ file, at: [start] }: Place): { readonly line: number; readonly column: number } {
  const before = file.text.slice(0, start).split(/\r\n|\r|\n/);
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

/** The line with its number, and the place underlined. */
function frame(place: Place, indent: string, paint: (mark: string) => string): string[] {
  const { line, column } = lineAndColumn(place);
  const [start, end] = place.at;
  const text = (place.file.text.split(/\r\n|\r|\n/)[line - 1] ?? '').replace(/[\p{Cc}\u2028\u2029]/gu, ' ');
  const length = Math.max(1, Math.min(end - start, text.length - column + 1));
  const gutter = String(line);
  return [
    `${indent}${gutter} ${text}`,
    `${indent}${' '.repeat(gutter.length)} ${' '.repeat(column - 1)}${paint('~'.repeat(length))}`,
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
  const plain = (place: Place, message: string) => ({ file: shortPath(place, cwd), ...lineAndColumn(place), message });
  return {
    code: problem.code,
    severity: problem.severity,
    ...plain(problem.place, problem.text),
    related: problem.related.map((item) => plain(item.place, item.text)),
  };
}
