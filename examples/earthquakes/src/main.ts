// A week of real earthquakes: every record of the USGS feed of February 2018 runs through the graph.
// Run it on another file of the same form: `npm run example -- my-feed.json`

import { readFile } from 'node:fs/promises';
import { formatReport, type Observer } from 'onward';
import { badLine } from './bad-line.ts';
import { REAL_FEED } from './real-feed.ts';
import { watchFeed } from './watch-feed.ts';

const file = process.argv[2] ?? REAL_FEED;
const feed: { readonly features: readonly unknown[] } = JSON.parse(await readFile(file, 'utf8'));
const started = performance.now();
const total = feed.features.length;

const summary = await watchFeed(feed.features, badLine(7), [barOf(total)]);

const rows: readonly (readonly [string, number | string])[] = [
  ['records', summary.records],
  ['in quarantine', summary.quarantined],
  ['with a PAGER alert', summary.alerts],
  ['of magnitude 4.5 and more', summary.strong],
  ['filed', summary.filed],
  ['retries of notices', summary.retries],
  ['notices given up', summary.undelivered],
  ['runs completed', summary.runs.completed],
  ['runs failed', summary.runs.failed],
  ['steps', summary.steps],
  ['time', `${Math.round(performance.now() - started)} ms`],
];
for (const [what, count] of rows) console.log(`${what.padEnd(28)}${String(count).padStart(8)}`);
console.log(`\nThe first in quarantine:\n  ${summary.suspects.join('\n  ')}`);
if (summary.hardest !== undefined) {
  const colour = process.stdout.isTTY === true;
  console.log(`\nThe run with the most attempts:\n${formatReport(summary.hardest, { colour })}`);
}

/** How many records are done: a bar on a terminal, elsewhere a line a tenth. */
function barOf(records: number): Observer {
  const tenth = Math.max(1, Math.floor(records / 10));
  const cells = 24;
  let done = 0;
  return {
    name: 'the bar',
    onRunEnd(): void {
      done++;
      const full = Math.round((done / records) * cells);
      const text = `${done} of ${records} records`;
      if (!process.stderr.isTTY) {
        if (done % tenth === 0) process.stderr.write(`${text}\n`);
        return;
      }
      process.stderr.write(`\r${'█'.repeat(full)}${'░'.repeat(cells - full)} ${text}${done === records ? '\n' : ''}`);
    },
  };
}
