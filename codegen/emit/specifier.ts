// Import specifiers as the project writes them.

import type { Endings } from '../project.ts';
import { isDeclaration } from '../read/outputs.ts';
import type { Program } from '../read/program.ts';

export type Habit = 'js' | 'ts' | 'none';

/** The ending of most relative imports of sources, as far as the module resolution where the wiring is allows it. */
export function habitOf(program: Program, endings: Endings): Habit {
  const counts = { js: 0, ts: 0, none: 0 };
  const fallback = endings === 'optional' ? 'none' : 'js';
  for (const specifier of program.specifiers) {
    if (/\.[cm]?jsx?$/.test(specifier)) counts.js++;
    else if (/\.[cm]?tsx?$/.test(specifier)) counts.ts++;
    else counts.none++;
  }
  if (endings === 'needed') counts.none = 0;
  const most = Math.max(counts.js, counts.ts, counts.none);
  if (most === 0) return fallback;
  if (counts[fallback] === most) return fallback;
  return counts.js === most ? 'js' : counts.ts === most ? 'ts' : 'none';
}

/** `../mail.js` for a file as seen from a folder; both absolute, with `/`. */
export function relativeSpecifier(folder: string, file: string, habit: Habit): string {
  const from = folder.split('/');
  const to = withEnding(file, habit).split('/');
  let shared = 0;
  while (shared < from.length && shared < to.length - 1 && from[shared] === to[shared]) shared++;
  const up = from.length - shared;
  return [...(up === 0 ? ['.'] : Array.from({ length: up }, () => '..')), ...to.slice(shared)].join('/');
}

function withEnding(file: string, habit: Habit): string {
  // A declaration file stands for the JavaScript next to it.
  if (habit === 'ts' && !isDeclaration(file)) return file;
  if (habit === 'ts') return withEnding(file, 'js');
  // `.mts` and `.cts` are never found without an ending.
  if (habit === 'none' && /\.[cm]ts$/.test(file)) return withEnding(file, 'js');
  if (habit === 'none') return file.replace(/(\.d)?\.tsx?$/, '');
  return file.replace(/(?:\.d)?\.([cm]?)tsx?$/, '.$1js');
}
