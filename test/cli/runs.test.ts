// The commands about runs, beside a process that has the file, and without one.

import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createRuntime, Job, OnError, OnSuccess } from 'onward';
import { sqliteEngine, sqliteHistory } from 'onward/engines/sqlite';
import { bundled, started, up } from '../support/child.ts';
import { DRIVERS, storeFile } from '../support/sqlite.ts';
import { wire } from '../support/wired.ts';
import { onward, type Ended } from './built-command.ts';

let program: string;
beforeAll(async () => {
  program = await bundled('desk');
}, 60_000);

const LONG = { timeout: 60_000, interval: 200 };

const open: ChildProcess[] = [];

async function desk(engine: object, starts: boolean, isRepaired = false): Promise<ChildProcess> {
  const child = started(program, { engine: { synchronous: 'normal', ...engine }, starts, isRepaired });
  open.push(child);
  await up(child);
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await ended;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map(end));
});

/** Runs a command in the folder of the file. */
function on(file: string): (...words: readonly string[]) => Promise<Ended> {
  return (...words) => onward([...words, '--engine', 'onward.db'], { cwd: dirname(file) });
}

/** Times differ from one machine to the next. */
function still(text: string): string {
  return text
    .replace(/\d+(?:\.\d)? (?:ms|s)|\d+ min \d+ s/g, '‹time›')
    .replace(/ +‹time›/g, ' ‹time›')
    .replace(/ago +/g, 'ago  ');
}

describe.each(DRIVERS)('beside a process that has the file with %s', (driver) => {
  test('runs are listed, read, sent to, suspended, resumed and cancelled', async () => {
    const file = storeFile();
    await desk({ file, driver }, true);
    const command = on(file);
    const listed = await command('runs');
    expect(listed).toMatchObject({ code: 0, err: '' });
    expect(still(listed.out)).toMatchInlineSnapshot(`
      "▸ order-3  Orders.bake    running ‹time› ago  1 live
      ✗ order-2  Orders.charge  failed ‹time› ago  in ‹time› · 1 failed · Error: the bank declined 9900
      ▸ order-1  Orders.quote   running ‹time› ago  1 live · waits for Orders.approve
      "
    `);
    const inspected = await command('inspect', 'order-1');
    expect(still(inspected.out)).toMatchInlineSnapshot(`
      "▸ Orders.quote  order-1  running  1 completed
       └─ ✓ Orders.quote ‹time›
          └─ … Orders.approve                       pending  waits for a message to Orders.approve
      "
    `);
    expect(still(inspected.err)).toMatchInlineSnapshot(`
      "Orders.approve has waited for ‹time› for a message: onward send order-1 Orders.approve --engine onward.db --message '{ … }'
      "
    `);
    const failed = await command('inspect', 'order-2', '--json');
    expect(JSON.parse(failed.out)).toMatchObject({
      ok: true,
      run: { status: 'failed', steps: [{ node: 'Orders.charge', error: { message: 'the bank declined 9900' } }] },
    });
    expect(failed.out).not.toContain('cents');
    expect((await command('inspect', 'order-2', '--json', '--values')).out).toContain('"cents": 9900');

    const refused = await command('send', 'order-1', 'Orders.approve', '--message', '{ "by": 7 }');
    expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining('✗ order-1 ONW2003: ') });
    const approved = await command('send', 'order-1', 'Orders.approve', '--message', '{ "by": "ann" }');
    expect(approved).toEqual({ code: 0, signal: null, out: '✓ order-1 has the message\n', err: '' });
    expect((await command('suspend', 'order-3')).out).toBe('✓ order-3 suspended\n');
    expect((await command('runs', '--status', 'suspended')).out).toContain('order-3');
    expect((await command('resume', '--job', 'Orders.*')).out).toBe('✓ order-3 goes on\n');
    const cancelled = await command('cancel', '--id', 'order-*', '--reason', 'the oven is cold', '--json');
    expect(JSON.parse(cancelled.out)).toEqual({ ok: true, results: [{ run: 'order-3', status: 'running' }] });
    const again = await command('cancel', 'order-2');
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('✗ order-2 ONW3030: ') });
    expect((await command('retry', 'order-2')).out).toBe('✓ order-2 runs again\n');
    const history = sqliteHistory({ file, driver });
    await expect.poll(async () => (await history.run('order-2'))?.status, { timeout: 20_000 }).toBe('failed');
    const statuses = (await history.runs()).runs.map(({ id, status }) => `${id} ${status}`);
    expect(statuses).toEqual(['order-3 cancelled', 'order-2 failed', 'order-1 completed']);
    expect(await history.run('order-3')).toMatchObject({ cancelReason: 'the oven is cold' });
    expect(await history.run('order-4')).toBeUndefined();
    history.close();
  }, 120_000);

  test('nodes are paused, and what waits for them says so', async () => {
    const file = storeFile();
    const command = on(file);
    const first = await desk({ file, driver }, true);
    expect(await command('pause')).toMatchObject({ code: 0, out: '', err: 'nothing is paused\n' });
    expect(await command('pause', 'Orders.charge')).toMatchObject({ code: 0, out: '‖ Orders.charge\n', err: '' });
    expect(await command('pause', 'Orders.chargd')).toMatchObject({ code: 1, out: '' });
    expect(JSON.parse((await command('pause', '--json')).out)).toEqual({ ok: true, paused: ['Orders.charge'] });
    expect(await command('retry', 'order-2')).toMatchObject({ code: 0 });
    expect(still((await command('inspect', 'order-2')).out)).toMatchInlineSnapshot(`
      "▸ Orders.charge  order-2  running
       └─ ▸ Orders.charge                           running  waits: its node is paused
      "
    `);
    expect(await command('unpause')).toMatchObject({ code: 0, out: '', err: 'nothing is paused any more\n' });
    await expect
      .poll(async () => (await command('runs', '--id', 'order-2', '--json')).out, { timeout: 60_000, interval: 200 })
      .toContain('"status": "failed"');
    // A pause lasts as long as its process, and one that is written down holds in the next.
    await command('pause', 'Orders.bake');
    await end(first);
    expect(await command('pause')).toMatchObject({ code: 0, err: 'nothing is paused\n' });
    expect(await command('pause', 'Orders.quote')).toMatchObject({
      code: 0,
      err: '… written down; no process has the file open: it is done by the next one that works on it\n',
    });
    await desk({ file, driver }, false);
    await expect.poll(async () => (await command('pause')).out, { timeout: 60_000 }).toBe('‖ Orders.quote\n');
  }, 120_000);

  test('what is asked while nobody has the file is done by the next process', async () => {
    const file = storeFile();
    await end(await desk({ file, driver }, true));
    const command = on(file);
    const sent = await command(
      'send',
      'order-1',
      'Orders.approve',
      '--message',
      '{ "by": "ben" }',
      '--message-id',
      'one',
    );
    expect(sent).toMatchObject({
      code: 0,
      out: '',
      err: '… written down; no process has the file open: it is done by the next one that works on it\n',
    });
    expect(await command('retry', 'order-33')).toMatchObject({
      code: 1,
      err: '✗ order-33 ONW3035: there is no such run, or it is not kept any more; `onward runs` lists those that there are\n',
    });
    expect(await command('inspect', 'order-33')).toMatchObject({
      code: 1,
      err: 'error ONW3035: there is no run order-33; `onward runs` lists those that there are\n',
    });
    expect(JSON.parse((await command('cancel', 'order-3', '--json')).out)).toEqual({
      ok: true,
      pending: true,
      runs: ['order-3'],
      owner: null,
    });
    await desk({ file, driver }, false);
    await expect
      .poll(async () => (await command('runs', '--json')).out, { timeout: 60_000, interval: 200 })
      .toMatch(/"id": "order-3"[^]*?"status": "cancelled"[^]*"id": "order-1"[^]*?"status": "completed"/);
  }, 120_000);
});

test('what the records of a run refuse is not left to the next process', async () => {
  const file = storeFile();
  const command = on(file);
  const first = await desk({ file }, true);
  const accept = ['send', 'order-1', 'Orders.approve', '--message', '{ "by": "ann" }', '--message-id', 'ann-1'];
  expect(await command(...accept)).toMatchObject({ code: 0 });
  await expect.poll(async () => (await command('runs', '--status', 'completed')).out, LONG).toContain('order-1');
  await end(first);
  const said = async (...words: readonly string[]): Promise<string> => {
    const { code, err } = await command(...words);
    return `${code} ${err}`;
  };
  expect(await said('send', 'order-2', 'Orders.approve')).toMatch(
    /^1 ✗ order-2 ONW3055: .* takes no messages any more/,
  );
  expect(await said('cancel', 'order-2')).toMatch(/^1 ✗ order-2 ONW3030: .* over and cannot be cancelled/);
  expect(await said('resume', 'order-1')).toMatch(/^1 ✗ order-1 ONW3030: .* over and cannot be resumed/);
  expect(await said('suspend', 'order-1')).toMatch(/^1 ✗ order-1 ONW3037: .* it is over/);
  expect(await said('retry', 'order-1')).toMatch(/^1 ✗ order-1 ONW3031: .* has completed/);
  expect(await said('retry', 'order-3')).toMatch(/^1 ✗ order-3 ONW3031: .* is not over yet/);
  expect(await said('retry', 'order-2', '--from', 'Orders.chargd')).toMatch(/ONW3049: .* no step "Orders.chargd"; /);
  expect(await said('retry', 'order-2', '--from', '9')).toMatch(/ONW3049: .* no step 9; /);
  const other = ['send', 'order-1', 'Orders.approve', '--message', '{ "by": "ben" }', '--message-id', 'ann-1'];
  expect(await said(...other)).toMatch(/^1 ✗ order-1 ONW3056: .* another message with the id "ann-1"; /);
  // The same message counts once, however the run stands.
  expect(await said(...accept)).toMatch(/^0 … written down; /);
  const all = ['suspend', '--id', 'order-*', '--status', 'running,failed'];
  expect(await said(...all)).toMatch(/^1 ✗ order-2 ONW3037: .*\n… written down for order-3; no process has the file/);
  expect(JSON.parse((await command(...all, '--json')).out)).toMatchObject({
    ...{ ok: false, pending: true, runs: ['order-3'], owner: null },
    results: [{ run: 'order-2', error: { code: 'ONW3037' } }],
  });
  // A run that is to begin again may take what comes after that.
  expect(await said('retry', 'order-2', '--from', 'Orders.charge')).toMatch(/^0 … written down; /);
  expect(await said('cancel', 'order-2')).toMatch(/^0 … written down; /);
}, 120_000);

test('a run that failed is retried once the program is repaired, and finishes', async () => {
  const file = storeFile();
  const broken = await desk({ file }, true);
  const command = on(file);
  expect(await command('inspect', 'order-2')).toMatchObject({
    out: expect.stringContaining('the bank declined 9900'),
    err: 'it failed; to go on where it was: onward retry order-2 --engine onward.db\n',
  });
  await end(broken);
  await desk({ file }, false, true);
  expect(await command('retry', 'order-2')).toMatchObject({ code: 0, out: '✓ order-2 runs again\n' });
  const history = sqliteHistory({ file });
  await expect.poll(async () => (await history.run('order-2'))?.status, { timeout: 20_000 }).toBe('completed');
  history.close();
}, 120_000);

describe('an encrypted file', () => {
  const encryption = { current: 'a', keys: { a: 'c3'.repeat(32) } };

  test('is read and steered by a module that has the keys, and shows no values', async () => {
    const file = storeFile();
    await desk({ file, encryption }, true);
    const cwd = dirname(file);
    const locked = await onward(['runs', '--engine', 'onward.db'], { cwd });
    expect(locked).toMatchObject({ code: 1, out: '', err: expect.stringContaining('ONW4008') });
    writeFileSync(join(cwd, 'store.mjs'), `export default ${JSON.stringify({ file: 'onward.db', encryption })};\n`);
    const engine = ['--engine', 'store.mjs'];
    const found = await onward(['inspect', 'order-2', '--json', '--values', ...engine], { cwd });
    expect(found).toMatchObject({ code: 0, err: '' });
    expect(found.out).not.toContain('cents');
    const sent = await onward(['send', 'order-1', 'Orders.approve', '--message', '{ "by": "ann" }', ...engine], {
      cwd,
    });
    expect(sent).toMatchObject({ code: 0, out: '✓ order-1 has the message\n' });
  }, 60_000);
});

describe('wrong usage', () => {
  test.each([
    [
      'runs',
      'runs needs the file of the runs, or the address of a Redis, as in `--engine onward.db` or `--engine redis://127.0.0.1:6379`',
    ],
    [
      'runs --engine no.db',
      '--engine "no.db" is not a file; give the one that `sqliteEngine({ file })` has, the address of a Redis, as in `redis://127.0.0.1:6379`, or a JavaScript module whose default export is a runtime',
    ],
    [
      'runs --engine a.db --status done',
      'the filters are not valid: expected `status` to be a status such as running, suspended, completed, failed or cancelled, or an array of them, got "done"',
    ],
    [
      'runs --engine a.db --limit x',
      'the filters are not valid: expected `limit` to be a whole number of at least 1, got "x"',
    ],
    ['runs --engine text.db', '"text.db" is no file of SQLite; give the one that `sqliteEngine({ file })` has'],
    ['runs --engine a.db --values', 'runs takes no --values; only inspect does'],
    ['runs --engine a.db -p tsconfig.json', 'runs takes no --project; it is about runs, and reads no sources'],
    [
      'list --engine a.db',
      'list takes no --engine; only check, runs, inspect, retry, suspend, resume, cancel, send, pause and unpause do',
    ],
    ['inspect --engine a.db', 'inspect needs a run, as in `onward inspect order-1 --engine onward.db`'],
    [
      'cancel --engine a.db',
      "cancel needs a run, as in `onward cancel order-1`, or a filter, as in `--job 'Billing.*'`",
    ],
    ['cancel a --engine a.db --job b', 'cancel takes a run or filters; leave out one of them'],
    [
      'send a --engine a.db',
      'send needs a run and a node, as in `onward send order-1 Orders.approve --engine onward.db`',
    ],
    [
      'send a b --engine a.db --message {',
      `--message is not JSON: {; put quotes around all of it, as in --message '{ "by": "ann" }'`,
    ],
  ])('%s', async (line, text) => {
    const cwd = dirname(storeFile());
    writeFileSync(join(cwd, 'text.db'), 'no database\n');
    expect(await onward(line.split(' '), { cwd })).toMatchObject({ code: 2, out: '', err: `error ONW6030: ${text}\n` });
  });

  test('a filter that is none', async () => {
    const cwd = dirname(storeFile());
    const refused = await onward(['runs', '--engine', 'a.db', '--status', 'done', '--limit', 'x'], { cwd });
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('ONW6030: the filters are not valid: ') });
  });
});

test.each([
  ['opens something and exports nothing', '', 'the default export of "./bad.mjs" is neither'],
  ['opens something and throws', "throw new Error('no key');", '"./bad.mjs" cannot be loaded: Error: no key'],
])('a command ends where a module %s', async (_, last, text) => {
  const cwd = dirname(storeFile());
  writeFileSync(join(cwd, 'bad.mjs'), `setInterval(() => undefined, 1_000);\n${last}\n`);
  const refused = await onward(['runs', '--engine', './bad.mjs'], { cwd });
  expect(refused).toMatchObject({ code: 2, signal: null, out: '', err: expect.stringContaining(text) });
});

test('what waits for a time is shown with it', async () => {
  class Shop {
    @Job() order(): void {}
    @OnSuccess('order', { after: '2h' }) remind(): void {}
    @Job({ retry: { attempts: 5, delay: '3h', jitter: 0 } }) charge(): void {
      throw new Error('nobody answers');
    }
  }
  const file = storeFile();
  const services = { Shop: new Shop() };
  const runtime = createRuntime(wire(services), { services, engine: sqliteEngine({ file }), log: false });
  await runtime.start('Shop.order', undefined, { id: 'one' });
  const second = await runtime.start('Shop.charge', undefined, { id: 'two' });
  await expect.poll(async () => (await second.inspect()).steps[0]?.attempts.length).toBe(1);
  await runtime.close({ drainMs: 0 });

  const command = on(file);
  expect((await command('inspect', 'one')).err).toMatch(/^Shop\.remind begins in 1 h 59 min$/m);
  expect((await command('inspect', 'two')).err).toMatch(/^attempt 2 of Shop\.charge begins in 2 h 59 min$/m);
});

test('errors go by their class, whether or not the wiring names it', async () => {
  class Down extends Error {}
  class Worse extends Down {}
  class Unwired extends Error {}
  class Named extends Error {
    override name = 'ShopError';
  }
  class Shop {
    @Job() order(): void {
      throw new Down('a');
    }
    @OnError('order') worse(): void {
      throw new Worse('b');
    }
    @OnError('order') unwired(): void {
      throw new Unwired('c');
    }
    @OnError('order') named(): void {
      throw new Named('d', { cause: new Down('e') });
    }
  }
  const file = storeFile();
  const services = { Shop: new Shop() };
  const options = { services, classes: { Down, Named }, engine: sqliteEngine({ file }), log: false } as const;
  const runtime = createRuntime(wire(services), options);
  const run = await runtime.start('Shop.order', undefined, { id: 'one' });
  await run.report();
  await runtime.close();

  const command = on(file);
  const texts = ['Down: a', 'Worse: b', 'Unwired: c', 'ShopError: d'];
  const inspected = await command('inspect', 'one');
  for (const text of texts) expect(inspected.out).toContain(` ${text}`);
  expect((await command('runs')).out).toContain(' · Down: a');
  const { run: read } = JSON.parse((await command('inspect', 'one', '--json')).out);
  const errors = read.steps.map(({ error }: { error: Error }) => `${error.name}: ${error.message}`);
  expect(errors.toSorted()).toEqual(texts.toSorted());
});
