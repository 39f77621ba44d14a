// What durable runs cost: the SQLite engine beside the same engine on maps, and beside bare inserts of the same driver.
//
//   npx tsx bench/durable.js [node|libsql]     after `npm run build`
//
// An event is a start, the end of a step, and what a timer or a signal brings: chains of ten steps, nobody reads their
// values. What it costs to read a value and a report of each run is a row of its own.
//
// B1. CPU time of this process (user + system), short slices in turn, in both orders: a busy machine hits all of them alike.
//     Ratios are medians of those of each slice; beside them stands that of the least values.
// B2. The engines are those of dist, as they are published: what a loader makes of sources is a fifth slower. Only the
//     store of maps, which costs next to nothing, comes from a source.
// B3. A bare insert is one row of about what an event writes; "rows" are as many as an event writes, of as many bytes
//     together. Pragmas and events a commit are the same.
// B4. The map store drops finished runs between the slices, outside the time: else it would be measured full.
// B5. A start is accepted when it is on the disk. Bare commits of one row, in the same slices, say what of that is the
//     disk's.

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteEngine } from '../dist/src/engines/sqlite/index.js';
import { storeEngine } from '../dist/src/engines/store/index.js';
import { createRuntime } from '../dist/src/index.js';
import { loadDriver } from '../src/engines/sqlite/driver.ts';
import { SqliteStore } from '../src/engines/sqlite/sqlite-store.ts';
import { MapStore } from '../src/engines/store/map-store.ts';
import { Chain, chainGraph } from './workloads/chain.js';

const [driver] = process.argv.slice(2);
const SLICES = 31;
const STEPS = 10;
/** A start, and the ends of the steps. */
const EVENTS = STEPS + 1;
/** What an event of a chain writes, with its keys and payloads: this bench counts it at its end. */
const BYTES = 480;
/** The row of the run, the end of the step, and its value. */
const ROWS = 3;

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
function running(engine, store) {
  const service = new Watched();
  const runtime = createRuntime(graph, {
    services: { Chain: service },
    engine,
    messages: { validate: false },
    log: false,
  });
  return { service, store, runtime };
}
const fileOptions = (name) => ({ file: join(folder, name), ...(driver && { driver }) });

const bare = loadDriver(driver)(join(folder, 'bare.db'));
bare.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE row (no INTEGER PRIMARY KEY, text TEXT)');
const insert = bare.prepare('INSERT INTO row (text) VALUES (?)');
const text = 'x'.repeat(BYTES);
const part = 'x'.repeat(BYTES / ROWS);

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

function inserts(events, perCommit, rows = 1) {
  const written = rows === 1 ? text : part;
  for (let at = 0; at < events; at += perCommit) {
    bare.exec('BEGIN IMMEDIATE');
    for (let row = 0; row < perCommit * rows; row++) insert.run(written);
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

const onSqlite = running(sqliteEngine(fileOptions('runs.db')));
const maps = new MapStore();
const onMaps = running(storeEngine({ store: maps }), maps);
const number = (value) => value.toFixed(value < 10 ? 2 : 1);
const both = (values) => `${number(median(values))} (${number(Math.min(...values))})`;
console.log(`Node ${process.version}, ${driver ?? 'the default driver'}; chains of ${STEPS} steps, no validation`);
console.log('CPU in µs an event, wall as a rate: medians of slices, in brackets those of the least values');
for (const [open, runs] of [
  [1, 20],
  [10, 60],
  [30, 120],
  [200, 400],
]) {
  const events = runs * EVENTS;
  const ways = {
    sqlite: () => chains(onSqlite, runs, open),
    bare: () => inserts(events, open),
    maps: () => chains(onMaps, runs, open),
    rows: () => inserts(events, open, ROWS),
  };
  const cpu = { sqlite: [], bare: [], maps: [], rows: [] };
  const wall = { sqlite: [], bare: [], maps: [], rows: [] };
  const accepted = [];
  const alone = [];
  for (let slice = -2; slice < SLICES; slice++) {
    const names = slice % 2 === 0 ? Object.keys(ways) : Object.keys(ways).toReversed();
    for (const name of names) {
      const found = await measured(ways[name]);
      if (name === 'maps') await drop(onMaps);
      // The first slices warm up.
      if (slice < 0) continue;
      cpu[name].push(found.cpu / events);
      wall[name].push(found.wall / events);
      if (name === 'sqlite') accepted.push(...found.result);
    }
    if (slice >= 0) alone.push(...commits(20));
  }
  const ratio = (of, by) => {
    const pairs = of.map((value, at) => value / by[at]);
    return `${number(median(pairs))} (${number(Math.min(...of) / Math.min(...by))})`;
  };
  const share = (times) =>
    `${(100 * median(times.map((value, at) => value / wall.sqlite[at]))).toFixed(0)} % (${((100 * Math.min(...times)) / Math.min(...wall.sqlite)).toFixed(0)})`;
  console.log(
    [
      `${String(open).padStart(4)} runs at a time:`,
      `SQLite ${both(cpu.sqlite)}, maps ${both(cpu.maps)}, bare ${both(cpu.bare)}, bare rows ${both(cpu.rows)};`,
      `SQLite : maps ${ratio(cpu.sqlite, cpu.maps)};`,
      `${share(wall.bare)} of the rate of bare inserts, ${share(wall.rows)} of bare rows;`,
      `start accepted ${spread(accepted)} (a bare commit: ${spread(alone)})`,
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
const counted = new Counted(fileOptions('counted.db'));
const counting = running(storeEngine({ store: counted }), counted);
await chains(counting, 1_000, 10);
await counting.runtime.close();
const events = 1_000 * EVENTS;
const { bytes, records } = counted;
const [each, of, inFile] = [bytes, records, statSync(join(folder, 'counted.db')).size].map((all) => all / events);
console.log(
  `An event writes ${of.toFixed(1)} records and ${each.toFixed(0)} B, and the file grows by ${inFile.toFixed(0)} B`,
);
rmSync(folder, { recursive: true });
