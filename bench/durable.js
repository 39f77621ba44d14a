// What durable runs cost: the SQLite engine beside the same engine on maps, and beside bare inserts of the same driver.
//
//   npx tsx bench/durable.js [node|libsql]     after `npm run build`
//
// It prints the CPU time of an event: a start, the end of a step, and what a timer or a signal brings. The reading of the
// value and the report of each run is part of it.
//
// B1. CPU time of this process (user + system), slices in turn, medians: a busy machine hits all of them alike.
// B2. A bare insert is one row of about what an event writes, with the same pragmas and the same rows a commit.

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRuntime } from '../dist/src/index.js';
import { sqliteEngine } from '../dist/src/engines/sqlite/index.js';
import { journaledEngine } from '../dist/src/testing/index.js';
import { loadDriver } from '../src/engines/sqlite/driver.ts';
import { SqliteStore } from '../src/engines/sqlite/sqlite-store.ts';
import { StoreEngine } from '../src/engines/store/store-engine.ts';
import { Chain, chainGraph } from './workloads/chain.js';

const [driver] = process.argv.slice(2);
const SLICES = 7;
const STEPS = 10;
/** A start, and the ends of the steps. */
const EVENTS = STEPS + 1;
/** What an event of a chain writes at most, with its keys and payloads. */
const BYTES = 600;

const folder = mkdtempSync(join(tmpdir(), 'onward-bench-'));
const services = { Chain: new Chain() };
const runtimeOn = (engine) =>
  createRuntime(chainGraph(), { services, engine, messages: { validate: false }, log: false });
const onSqlite = runtimeOn(sqliteEngine({ file: join(folder, 'runs.db'), ...(driver && { driver }) }));
const onMaps = runtimeOn(journaledEngine());

const bare = loadDriver(driver)(join(folder, 'bare.db'));
bare.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE row (no INTEGER PRIMARY KEY, text TEXT)');
const insert = bare.prepare('INSERT INTO row (text) VALUES (?)');
const text = 'x'.repeat(BYTES);

/** @param {number} open runs at a time */
async function chains(runtime, runs, open) {
  let left = runs;
  const latencies = [];
  await Promise.all(
    Array.from({ length: open }, async () => {
      while (left-- > 0) {
        const before = performance.now();
        const run = await runtime.start('Chain.step1', { n: 1 });
        latencies.push(performance.now() - before);
        await run.value();
        await run.report();
      }
    }),
  );
  return latencies;
}

function inserts(rows, perCommit) {
  for (let at = 0; at < rows; at += perCommit) {
    bare.exec('BEGIN IMMEDIATE');
    for (let row = 0; row < perCommit; row++) insert.run(text);
    bare.exec('COMMIT');
  }
}

async function measured(work) {
  const wall = performance.now();
  const cpu = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { cpu: user + system, wall: (performance.now() - wall) * 1_000, result };
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const percentile = (values, share) => values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;

console.log(`Node ${process.version}, ${driver ?? 'the default driver'}; chains of ${STEPS} steps, no validation`);
for (const [open, runs] of [
  [1, 30],
  [10, 200],
  [30, 400],
  [200, 1_000],
]) {
  const events = runs * EVENTS;
  const found = { sqlite: [], maps: [], bare: [], sqliteWall: [], bareWall: [], accepted: [] };
  for (let slice = 0; slice <= SLICES; slice++) {
    const sqlite = await measured(() => chains(onSqlite, runs, open));
    const maps = await measured(() => chains(onMaps, runs, open));
    const inserted = await measured(() => inserts(events, open));
    // The first slice warms up.
    if (slice === 0) continue;
    found.sqlite.push(sqlite.cpu / events);
    found.maps.push(maps.cpu / events);
    found.bare.push(inserted.cpu / events);
    found.sqliteWall.push(sqlite.wall / events);
    found.bareWall.push(inserted.wall / events);
    found.accepted.push(...sqlite.result);
  }
  const [sqlite, maps, one] = [median(found.sqlite), median(found.maps), median(found.bare)];
  const walls = found.bareWall.map((wall, at) => wall / found.sqliteWall[at]);
  console.log(
    [
      `${String(open).padStart(4)} runs at a time:`,
      `SQLite ${sqlite.toFixed(1)} µs CPU an event,`,
      `maps ${maps.toFixed(1)},`,
      `bare ${one.toFixed(1)};`,
      `SQLite : maps ${(sqlite / maps).toFixed(2)},`,
      `wall of bare ${(median(walls) * 100).toFixed(0)} %,`,
      `start accepted p50 ${percentile(found.accepted, 0.5).toFixed(1)} ms, p99 ${percentile(found.accepted, 0.99).toFixed(1)} ms`,
    ].join(' '),
  );
}
await onSqlite.close();
bare.close();

/** Counts what commits write: keys, texts, and what is removed. */
class Counted extends SqliteStore {
  records = 0;
  bytes = 0;
  commit(changes) {
    for (const { writes, payloads, timers } of changes) {
      for (const [key, text] of [...writes, ...payloads]) this.#count(key, text ?? '');
      for (const { key, event } of timers) this.#count(key, event);
    }
    return super.commit(changes);
  }
  #count(key, text) {
    this.records++;
    this.bytes += Buffer.byteLength(key) + Buffer.byteLength(text);
  }
}
const file = join(folder, 'counted.db');
const store = new Counted({ file, ...(driver && { driver }) });
const engine = new StoreEngine(store, { deaths: 5 });
const counting = runtimeOn(engine);
await chains(counting, 1_000, 10);
await counting.close();
const { events } = engine.statistics;
const [bytes, records, inFile] = [store.bytes, store.records, statSync(file).size].map((all) => all / events);
console.log(
  `An event writes ${records.toFixed(1)} records and ${bytes.toFixed(0)} B, and the file grows by ${inFile.toFixed(0)} B`,
);
rmSync(folder, { recursive: true });
