// What it costs to take up what an earlier process has left: 100,000 runs in a file, 1,000 of them open.
//
//   node bench/recovery.js [node|libsql]     after `npm run build`
//
// B1. Each figure is of a process of its own, which has just been started: no code of it is optimised yet. It is the least of
//     five: a busy machine only adds. It begins a moment after the imports: threads of V8 may still compile for these, and
//     their time is that of the process.
// B2. The bare read is of the open runs and of all of their rows, by the same driver. Their JSON is parsed: records are data.
//     A body may only begin once its death is written: beside the bare read is one that writes the same rows as well, as many
//     in a commit.
// B3. `taken up`: it is known what is to be done, and no body begins. `begun`: the deaths of bodies are written, and all of
//     them are called.

import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { sqliteEngine } from '../dist/src/engines/sqlite/index.js';
import { createRuntime, Handler, Job, OnSuccess } from '../dist/src/index.js';
import { edge, node, wiringOf } from './wiring.js';

const RUNS = 100_000;
/** Numbers of changes are this far apart from run to run: more than one run has. */
const CHANGES = 100;
const OPEN = 1_000;
const TRIES = 5;
/** Events in one commit of the engine. */
const TOGETHER = 256;
/** So long after the imports a figure begins. */
const SETTLED_MS = 400;

class Desk {
  begun = 0;
  isStuck = false;
  ask() {
    return 1;
  }
  answer() {
    return 2;
  }
  async work() {
    this.begun++;
    if (this.isStuck) await new Promise(() => undefined);
    return 3;
  }
}
Job()(Desk.prototype, 'ask');
Job()(Desk.prototype, 'work');
Handler({ waits: true })(Desk.prototype, 'answer');
OnSuccess(() => Desk, 'ask')(Desk.prototype, 'answer');

const [what = '', kind = '', file = '', given] = process.argv.slice(2);
const driver = given ?? (what === 'node' || what === 'libsql' ? what : '');

function openDatabase(path) {
  const sqlite = driver === 'libsql' ? undefined : process.getBuiltinModule('node:sqlite');
  if (sqlite !== undefined) return new sqlite.DatabaseSync(path);
  const Database = createRequire(import.meta.url)('libsql');
  return new Database(path);
}

function open(desk, path) {
  const nodes = [
    node('Desk.ask', 'job', (service) => service.ask()),
    [
      'Desk.answer',
      { kind: 'handler', message: true, waits: true, call: (service, message) => service.answer(message) },
    ],
    node('Desk.work', 'job', (service) => service.work()),
  ];
  const graph = wiringOf('recovery', nodes, [edge('success', 'Desk.ask', 'Desk.answer')]);
  const engine = sqliteEngine({ file: path, verify: false, keepFor: Infinity, ...(driver && { driver }) });
  return createRuntime(graph, { services: { Desk: desk }, engine, log: false });
}

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};
const turn = () => new Promise((resolve) => setImmediate(resolve));
const settled = () => new Promise((resolve) => setTimeout(resolve, SETTLED_MS));

/** One run by the engine, and its rows again and again. */
async function fill(path) {
  const desk = new Desk();
  const runtime = open(desk, path);
  await (await runtime.start('Desk.work')).value();
  await runtime.close();
  const db = openDatabase(path);
  db.exec(`BEGIN;
    WITH RECURSIVE numbers (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${RUNS - OPEN})
    INSERT INTO run SELECT n, 'over-' || n, version, job, fingerprint, tags, status, open, created, ended, settings, record,
      live, waits, n * ${CHANGES} + change FROM numbers, run WHERE no = 1;
    INSERT INTO change SELECT run.no * ${CHANGES} + change.no, iif(before < 0, -run.no, run.no * ${CHANGES} + before), place, text
      FROM run, change WHERE run.no > 1;
    COMMIT; PRAGMA wal_checkpoint(TRUNCATE)`);
  db.close();
}

/** Leaves open runs behind: those of `ask` wait for a message, those of `work` are under way. */
async function leave(path, job) {
  const desk = new Desk();
  desk.isStuck = true;
  const runtime = open(desk, path);
  await Promise.all(
    Array.from({ length: OPEN }, (_, at) => runtime.start(job, undefined, { id: `open-${job}-${at}` })),
  );
  const expected = job === 'Desk.work' ? OPEN : 0;
  while (desk.begun < expected) await turn();
  for (let at = 0; at < 200; at++) await turn();
  await runtime.close({ drainMs: 0 });
}

/** @param isPaused no body begins. */
async function recover(path, isPaused) {
  const desk = new Desk();
  desk.isStuck = true;
  const expected = kind === 'Desk.work' ? OPEN : 0;
  const awaited = isPaused ? 0 : expected;
  await settled();
  const before = cpuMs();
  const wall = performance.now();
  const runtime = open(desk, path);
  if (isPaused) await runtime.pause();
  void runtime.work();
  for (let at = 0; at < 40 || desk.begun < awaited; at++) await turn();
  const figures = { cpu: cpuMs() - before, wall: performance.now() - wall, rss: process.memoryUsage().rss / 1e6 };
  await runtime.resume();
  for (let at = 0; at < 40; at++) await turn();
  if (desk.begun !== expected) throw new Error(`only ${desk.begun} bodies have begun`);
  process.stdout.write(JSON.stringify(figures));
  process.exit(0);
}

/** The live records in the row of a run, or what a change has written: each has its lengths ahead of it. */
function parsePacked(live) {
  const records = [];
  for (let at = 0; at < live.length;) {
    const end = live.indexOf('\n', at);
    const [ofKey, ofText] = live.slice(at, end).split(' ').map(Number);
    at = end + 1 + ofKey + ofText;
    records.push([live.slice(end + 1, at - ofText), JSON.parse(live.slice(at - ofText, at))]);
  }
  return records;
}

/** @param writes a death is written of each step. */
async function bare(path, writes) {
  await settled();
  const before = cpuMs();
  const wall = performance.now();
  const db = openDatabase(path);
  const runs = db.prepare('SELECT * FROM run WHERE open = 1').all();
  const changes = db.prepare('SELECT before, text FROM change WHERE no = ?');
  let rows = 0;
  const steps = [];
  for (const { no, version, settings, record, tags, live, change } of runs) {
    for (const text of [settings, record, tags]) JSON.parse(text);
    steps.push([no, version, parsePacked(live)]);
    for (let at = change; at > 0; rows++) {
      const { before: behind, text } = changes.get(at);
      parsePacked(text);
      at = behind;
    }
  }
  const update = db.prepare('UPDATE run SET version = version + 1, live = ? WHERE no = ? AND version = ?');
  const written = writes ? steps : [];
  for (let at = 0; at < written.length; at += TOGETHER) {
    db.exec('BEGIN IMMEDIATE');
    for (const [no, version, records] of written.slice(at, at + TOGETHER)) {
      const texts = records.map(([key, step]) => [key, JSON.stringify({ ...step, deaths: 1 })]);
      update.run(texts.map(([key, text]) => `${key.length} ${text.length}\n${key}${text}`).join(''), no, version);
    }
    db.exec('COMMIT');
  }
  if (runs.length !== OPEN) throw new Error(`${runs.length} open runs and ${rows} rows`);
  process.stdout.write(JSON.stringify({ cpu: cpuMs() - before, wall: performance.now() - wall }));
}

const child = (task, job, path) =>
  execFileSync(process.execPath, [
    ...process.execArgv,
    '--no-warnings',
    fileURLToPath(import.meta.url),
    task,
    job,
    path,
    driver,
  ]).toString();

if (what === 'fill') await fill(file);
else if (what === 'leave') await leave(file, kind);
else if (what === 'recover' || what === 'takeUp') await recover(file, what === 'takeUp');
else if (what === 'bare' || what === 'bareWrite') await bare(file, what === 'bareWrite');
else {
  console.log(`Node ${process.version}, ${driver || 'the default driver'}`);
  for (const job of ['Desk.ask', 'Desk.work']) {
    const folder = mkdtempSync(join(tmpdir(), 'onward-bench-'));
    const path = join(folder, 'runs.db');
    child('fill', '', path);
    child('leave', job, path);
    const of = (task) => {
      // Each process dies with its bodies, which the file keeps count of.
      for (const end of ['', '-wal', '-shm', '-owner']) rmSync(`${path}.copy${end}`, { force: true });
      copyFileSync(path, `${path}.copy`);
      return JSON.parse(child(task, job, `${path}.copy`));
    };
    const isUnderWay = job === 'Desk.work';
    const tries = Array.from({ length: TRIES }, () =>
      Object.fromEntries(['bare', 'bareWrite', 'takeUp', 'recover'].map((task) => [task, of(task)])),
    );
    const figure = (task, name) => Math.min(...tries.map((each) => each[task][name]));
    const row = (task) => {
      const times = (than) => `${(figure(task, 'cpu') / figure(than, 'cpu')).toFixed(1)}x`;
      const written = isUnderWay ? `, with writes ${times('bareWrite')}` : '';
      return `${figure(task, 'cpu').toFixed(0)} ms CPU (${times('bare')}${written}), ${figure(task, 'wall').toFixed(0)} ms wall`;
    };
    console.log(
      [
        isUnderWay ? 'under way:' : 'waiting for a message:',
        `bare read ${row('bare')};`,
        isUnderWay ? `bare read and write ${row('bareWrite')};` : '',
        `taken up ${row('takeUp')};`,
        isUnderWay ? `begun ${row('recover')};` : '',
        `${figure('recover', 'rss').toFixed(0)} MB`,
      ].join(' '),
    );
    rmSync(folder, { recursive: true });
  }
}
