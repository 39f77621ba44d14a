// What durable runs cost: the SQLite engine beside the same engine on maps, and beside bare inserts of the same driver.
//
//   npx tsx bench/durable.js [node|libsql]     after `npm run build`
//
// An event is a start, the end of a step, and what a timer or a signal brings: chains of ten steps, nobody reads their
// values. What it costs to read a value and a report of each run is a row of its own.
//
// B1. CPU time of this process (user + system), slices in turn, medians: a busy machine hits all of them alike.
// B2. A bare insert is one row of about what an event writes, with the same pragmas and the same rows a commit.
// B3. The map store drops finished runs between the slices, outside the time: else it would be measured full.
// B4. A start is accepted when it is on the disk. Bare commits of one row say what of that is the disk's.

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRuntime } from '../dist/src/index.js';
import { loadDriver } from '../src/engines/sqlite/driver.ts';
import { SqliteStore } from '../src/engines/sqlite/sqlite-store.ts';
import { MapStore } from '../src/engines/store/map-store.ts';
import { StoreEngine } from '../src/engines/store/store-engine.ts';
import { Chain, chainGraph } from './workloads/chain.js';

const [driver] = process.argv.slice(2);
const SLICES = 9;
const STEPS = 10;
/** A start, and the ends of the steps. */
const EVENTS = STEPS + 1;
/** What an event of a chain writes at most, with its keys and payloads. */
const BYTES = 600;

/** Says when the last body of a run is called: nothing of the run has to be read for that. */
class Watched extends Chain {
  #onLast = () => undefined;
  /** @param {() => void} callback */
  onLast(callback) {
    this.#onLast = callback;
  }
  async step10(count) {
    this.#onLast();
    return super.step10(count);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'onward-bench-'));
const graph = chainGraph();
function running(store) {
  const service = new Watched();
  const engine = new StoreEngine(store, { deaths: 5 });
  const runtime = createRuntime(graph, {
    services: { Chain: service },
    engine,
    messages: { validate: false },
    log: false,
  });
  return { service, store, engine, runtime };
}
const sqliteIn = (name, Store = SqliteStore) =>
  running(new Store({ file: join(folder, name), ...(driver && { driver }) }));

const bare = loadDriver(driver)(join(folder, 'bare.db'));
bare.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE row (no INTEGER PRIMARY KEY, text TEXT)');
const insert = bare.prepare('INSERT INTO row (text) VALUES (?)');
const text = 'x'.repeat(BYTES);

/** @param {number} open runs at a time. @returns how long each start took */
async function chains({ service, runtime }, runs, open) {
  const latencies = [];
  let left = runs;
  await new Promise((resolve) => {
    const begin = async () => {
      if (left-- <= 0) return resolve();
      const before = performance.now();
      await runtime.start('Chain.step1', { n: 1 });
      latencies.push(performance.now() - before);
    };
    service.onLast(() => void begin());
    for (let at = 0; at < open; at++) void begin();
  });
  await runtime.idle();
  return latencies;
}

async function read({ runtime }, runs) {
  const started = await Promise.all(Array.from({ length: runs }, () => runtime.start('Chain.step1', { n: 1 })));
  await runtime.idle();
  return measured(async () => {
    for (const run of started) {
      await run.value();
      await run.report();
    }
  });
}

async function drop({ store, runtime }) {
  await runtime.idle();
  const finished = await store.runs({ isOpen: false, limit: Number.POSITIVE_INFINITY });
  await store.remove(finished.map(({ runId }) => runId));
}

function inserts(rows, perCommit) {
  for (let at = 0; at < rows; at += perCommit) {
    bare.exec('BEGIN IMMEDIATE');
    for (let row = 0; row < perCommit; row++) insert.run(text);
    bare.exec('COMMIT');
  }
}

/** @returns how long each commit took */
function commits(count) {
  return Array.from({ length: count }, () => {
    const before = performance.now();
    inserts(1, 1);
    return performance.now() - before;
  });
}

async function measured(work) {
  const wall = performance.now();
  const cpu = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { cpu: user + system, wall: (performance.now() - wall) * 1_000, result };
}

const sorted = (values) => values.toSorted((a, b) => a - b);
const median = (values) => sorted(values)[values.length >> 1] ?? 0;
const percentile = (values, share) => sorted(values)[Math.floor(values.length * share)] ?? 0;
const spread = (values) =>
  `p50 ${percentile(values, 0.5).toFixed(1)} ms, p99 ${percentile(values, 0.99).toFixed(1)} ms`;

const onSqlite = sqliteIn('runs.db');
const onMaps = running(new MapStore());
console.log(`Node ${process.version}, ${driver ?? 'the default driver'}; chains of ${STEPS} steps, no validation`);
for (const [open, runs] of [
  [1, 40],
  [10, 200],
  [30, 400],
  [200, 1_000],
]) {
  const events = runs * EVENTS;
  const found = { sqlite: [], maps: [], bare: [], walls: [], ratios: [], accepted: [], commits: [] };
  for (let slice = 0; slice <= SLICES; slice++) {
    const sqlite = await measured(() => chains(onSqlite, runs, open));
    const inserted = await measured(() => inserts(events, open));
    const maps = await measured(() => chains(onMaps, runs, open));
    await drop(onMaps);
    const took = commits(20);
    // The first slice warms up.
    if (slice === 0) continue;
    found.sqlite.push(sqlite.cpu / events);
    found.maps.push(maps.cpu / events);
    found.bare.push(inserted.cpu / events);
    found.ratios.push(sqlite.cpu / maps.cpu);
    found.walls.push(inserted.wall / sqlite.wall);
    found.accepted.push(...sqlite.result);
    found.commits.push(...took);
  }
  console.log(
    [
      `${String(open).padStart(4)} runs at a time:`,
      `SQLite ${median(found.sqlite).toFixed(1)} µs CPU an event (least ${Math.min(...found.sqlite).toFixed(1)}),`,
      `maps ${median(found.maps).toFixed(1)} (${Math.min(...found.maps).toFixed(1)}),`,
      `bare ${median(found.bare).toFixed(1)};`,
      `SQLite : maps ${median(found.ratios).toFixed(2)};`,
      `${(median(found.walls) * 100).toFixed(0)} % of the wall rate of bare inserts;`,
      `start accepted ${spread(found.accepted)} (a bare commit: ${spread(found.commits)})`,
    ].join(' '),
  );
}
const reads = { sqlite: [], maps: [] };
for (let slice = 0; slice <= SLICES; slice++) {
  const [sqlite, maps] = [await read(onSqlite, 200), await read(onMaps, 200)];
  await drop(onMaps);
  if (slice === 0) continue;
  reads.sqlite.push(sqlite.cpu / 200);
  reads.maps.push(maps.cpu / 200);
}
console.log(
  `To read the value and the report of a finished run: SQLite ${median(reads.sqlite).toFixed(0)} µs CPU, maps ${median(reads.maps).toFixed(0)}`,
);
await onSqlite.runtime.close();
await onMaps.runtime.close();
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
const counting = sqliteIn('counted.db', Counted);
await chains(counting, 1_000, 10);
await counting.runtime.close();
const { events } = counting.engine.statistics;
const { bytes, records } = counting.store;
const [each, of, inFile] = [bytes, records, statSync(join(folder, 'counted.db')).size].map((all) => all / events);
console.log(
  `An event writes ${of.toFixed(1)} records and ${each.toFixed(0)} B, and the file grows by ${inFile.toFixed(0)} B`,
);
rmSync(folder, { recursive: true });
