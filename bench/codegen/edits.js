// Edits of one file in a project that stays open, as `onward generate --watch` has it: what each costs, in milliseconds of
// CPU. Its arguments are the module with such a project, the project's folder, and how many edits of each kind.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [module = '', folder = '', count = '15'] = process.argv.slice(2);
const { Session } = await import(module);
const file = join(folder, 'src/billing-0.ts');
const text = readFileSync(file, 'utf8');
const session = new Session(folder);
session.update();

const body = edits((at) => text.replace('\n  }\n', `\n    // ${at}\n  }\n`));
const graph = edits((at) =>
  at % 2 === 0 ? text : text.replace('\n  @Job(', `\n  @Job() extra(): void {}\n\n  @Job(`),
);
console.log(JSON.stringify({ body, graph }));

/** The median. */
function edits(edit) {
  const times = [];
  for (let at = 0; at < Number(count); at++) {
    writeFileSync(file, edit(at));
    const start = process.cpuUsage();
    if (session.update([file]) === undefined) throw new Error('the edit was not seen');
    const { user, system } = process.cpuUsage(start);
    times.push((user + system) / 1e3);
  }
  return times.toSorted((a, b) => a - b)[times.length >> 1];
}
