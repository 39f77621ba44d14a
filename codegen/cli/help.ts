// What `onward --help` and `--version` say.

import { readFileSync } from 'node:fs';

export const COMMANDS = ['generate', 'check', 'list', 'graph', 'explain'];

export const HELP = `onward: typed job graphs from annotated classes

  onward generate              write the wiring
  onward check                 say whether the wiring is up to date, and write nothing
  onward list                  every node with the edges that lead to it
  onward graph                 the graph as a picture in text
  onward explain [code]        what a code like ONW1101 means and what to do; all codes
  onward explain <file:line>   what a line of the wiring was written for

  -p, --project <file>         the tsconfig to read (tsconfig.json)
      --format mermaid|json    of \`graph\` (mermaid)
      --json                   answer in JSON
  -h, --help                   this text
  -v, --version                the version of onward

Exit codes: 0 fine, 1 problems in your code, 2 wrong usage or configuration, 3 stale wiring, 70 a bug of onward.
`;

/** Of the package this file belongs to; its depth differs between sources and build. */
export function version(): string {
  for (const up of ['../../', '../../../']) {
    const found = versionIn(new URL(`${up}package.json`, import.meta.url));
    if (found !== undefined) return found;
  }
  return 'unknown';
}

function versionIn(url: URL): string | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(url, 'utf8'));
    const isOurs =
      typeof manifest === 'object' && manifest !== null && 'name' in manifest && manifest.name === 'onward';
    return isOurs && 'version' in manifest && typeof manifest.version === 'string' ? manifest.version : undefined;
  } catch {
    return undefined;
  }
}
