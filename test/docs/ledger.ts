// The ledger of features as data: the rows of docs/features.md, and the tests that each of them names.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A test as the page names it: its file, and its name without the label of a scenario. */
export interface NamedTest {
  readonly file: string;
  /** As it stands in the source: `%s` and `$name` stand for what a table of cases gives. */
  readonly name: string;
}

export interface Row {
  readonly id: string;
  /** `built`, `partly` or `not yet`. */
  readonly state: string;
  readonly text: string;
  readonly tests: readonly NamedTest[];
}

/** Every row of the page, in order. */
export function readRows(): Row[] {
  const page = readFileSync(fileURLToPath(new URL('../../docs/features.md', import.meta.url)), 'utf8');
  return page
    .split(/^##+ /m)
    .slice(1)
    .flatMap((section) => {
      const heading = /^(?<id>[A-Z][\w-]*) .+: (?<state>[a-z ]+)\n/.exec(section)?.groups;
      if (heading === undefined) return [];
      // A long name goes on in the next line.
      const text = section.replaceAll(/(?<=\S)\n {2}(?=\S)/g, ' ');
      const tests = [...text.matchAll(/^- \[(\S+)\]\(\.\.\/\1\): (.+)$/gm)].map(([, file = '', name = '']) => ({
        file,
        name,
      }));
      return [{ id: heading['id'] ?? '', state: heading['state'] ?? '', text, tests }];
    });
}
