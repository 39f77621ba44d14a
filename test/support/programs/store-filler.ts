// Fills a SQLite store until it is refused, reports, waits for a line on stdin, and goes on.

import { once } from 'node:events';
import { SqliteStore, type SqliteStoreOptions } from '../../../src/engines/sqlite/sqlite-store.ts';
import type { RunChange } from '../../../src/engines/store/store.ts';
import { change } from '../stored-change.ts';

const options: SqliteStoreOptions = JSON.parse(process.argv[2] ?? '{}');

const run = (runId: string): RunChange => change(runId, 0, { writes: [['r', 'x'.repeat(5_000)]] });

const store = new SqliteStore(options);
store.open();
let written = 0;
let refusal = '';
while (refusal === '' && written < 100_000) {
  try {
    store.commit([run(`run ${written}`)]);
    written++;
  } catch (error) {
    refusal = error instanceof Error ? error.message : String(error);
  }
}
const isThere = (at: number): boolean => store.load(`run ${at}`, ['r']).records.get('r')?.length === 5_000;
const isWhole = (): boolean => Array.from({ length: written }, (_, at) => at).every(isThere);
console.log(JSON.stringify({ written, refusal, isWhole: isWhole(), isRefusedThere: isThere(written) }));
await once(process.stdin, 'data');
let again = '';
try {
  again = store.commit([run(`run ${written}`)]).join('');
} catch (error) {
  again = error instanceof Error ? error.message : String(error);
}
console.log(JSON.stringify({ again, isWhole: isWhole(), isRefusedThere: isThere(written) }));
store.close();
process.exit(0);
