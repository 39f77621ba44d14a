// Writes to a SQLite store and notes each commit once it is acknowledged; killed at any time, it goes on from the file.
//
// Every run has a counter as its record, a payload for each count, and a timer at the time of the count.

import { appendFileSync } from 'node:fs';
import { SqliteStore } from '../../../src/engines/sqlite/sqlite-store.ts';
import type { SqliteDriver } from '../../../src/engines/sqlite/driver.ts';
import type { RunChange } from '../../../src/engines/store/store.ts';
import { change } from '../stored-change.ts';

interface Given {
  readonly file: string;
  readonly driver: SqliteDriver;
  readonly acks: string;
  readonly runs: number;
  readonly counts: number;
}

const { file, driver, acks, runs, counts }: Given = JSON.parse(process.argv[2] ?? '{}');
const store = new SqliteStore({ file, driver });
store.open();
console.log('up');
const ids = Array.from({ length: runs }, (_, at) => `run ${at}`);
const versions = new Map(ids.map((id) => [id, store.find(id)?.version ?? 0]));

function next(runId: string): RunChange {
  const expected = versions.get(runId) ?? 0;
  const count = expected + 1;
  return change(runId, expected, {
    writes: [
      ['r', String(count)],
      [`s/${count}`, 'x'.repeat(200)],
      [`s/${count - 1}`, null],
      [`h/${count}`, 'y'.repeat(400)],
    ],
    payloads: [[`p${count}`, String(count)]],
    timers: [{ key: 'next', at: count, event: '{}' }],
  });
}

for (;;) {
  const least = ids.toSorted((one, other) => (versions.get(one) ?? 0) - (versions.get(other) ?? 0));
  const behind = least.slice(0, 20).filter((id) => (versions.get(id) ?? 0) < counts);
  if (behind.length === 0) break;
  const answers = store.commit(behind.map(next));
  if (answers.some((answer) => answer !== 'written')) throw new Error(`a conflict: ${answers.join()}`);
  for (const id of behind) versions.set(id, (versions.get(id) ?? 0) + 1);
  appendFileSync(acks, behind.map((id) => `${id}\t${versions.get(id) ?? 0}\n`).join(''));
  await new Promise((resolve) => setImmediate(resolve));
}
store.close();
console.log('over');
