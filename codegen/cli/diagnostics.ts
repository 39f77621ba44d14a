// Problems as the compiler prints them: place, code, text, code frame.

import { styleText } from 'node:util';
import { lineAndColumn, shortPath, type Place, type Problem } from '../problem.ts';
import { masked, visible } from '../quote.ts';
import { endOf, startOf } from '../read/span.ts';

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

// Longer than any line that a person reads; a file may be one line of a million letters.
const MAX_WIDTH = 240;
const MAX_BEFORE = 180;

/** The line with its number, and the place underlined. */
function frame(place: Place, indent: string, paint: (mark: string) => string): string[] {
  const { line, column } = lineAndColumn(place);
  const [start, end] = [startOf(place.at), endOf(place.at)];
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
