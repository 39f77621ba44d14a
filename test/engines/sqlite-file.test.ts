// The file of a SQLite store: who may open it, what is refused, and what happens when the disk does not play along.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, test } from 'vitest';
import { sqliteEngine } from 'onward/engines/sqlite';
import type { SqliteStore } from '../../src/engines/sqlite/sqlite-store.ts';
import { networkOf } from '../../src/engines/sqlite/store-file.ts';
import { bundled, outputOf, started } from '../support/child.ts';
import { temporaryFolder } from '../support/folders.ts';
import { database, DRIVERS, opened, storeFile } from '../support/sqlite.ts';
import { change, OVER, SUMMARY } from '../support/stored-change.ts';
import { wired } from '../support/wired.ts';

/** The tables of version 1, without their indexes. */
const FIRST_FORM = `
  CREATE TABLE run (
    no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, job TEXT NOT NULL, fingerprint TEXT,
    tags TEXT NOT NULL, status TEXT NOT NULL, open INTEGER NOT NULL, created INTEGER NOT NULL, ended INTEGER NOT NULL,
    settings TEXT NOT NULL, record TEXT NOT NULL
  ) STRICT;
  CREATE TABLE record (
    run INTEGER NOT NULL, area INTEGER NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (run, area, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE payload (
    run INTEGER NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (run, name)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE timer (
    run INTEGER NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL, event TEXT NOT NULL, PRIMARY KEY (run, key)
  ) STRICT, WITHOUT ROWID;`;

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

/** What a call throws, with the folder of the file left out. */
function refusalOf(file: string, call: () => unknown): string {
  try {
    call();
    return 'nothing';
  } catch (error) {
    return String(error).replaceAll(dirname(file), '…').replaceAll(String(process.pid), 'PID');
  }
}

let holder: string;
let filler: string;
beforeAll(async () => {
  [holder, filler] = await Promise.all([bundled('store-holder'), bundled('store-filler')]);
});

describe.each(DRIVERS)('%s', (driver) => {
  const open = (file: string): SqliteStore => opened({ file, driver });

  test('E01, E11: the folder and the files are made, for their owner alone', () => {
    const file = join(temporaryFolder('store'), 'new/folder/onward.db');
    const store = open(file);
    store.commit([change('a')]);
    expect(modeOf(dirname(file))).toBe('700');
    expect(['', '-owner', '-wal', '-shm'].map((end) => modeOf(`${file}${end}`))).toEqual(Array(4).fill('600'));
    store.close();
    expect(statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0).toBe(0);
  });

  test('E11: of a file that others may read a warning says so, and what to do', async () => {
    const file = storeFile();
    const warnings: string[] = [];
    const log = {
      error: () => undefined,
      warn: (text: string) => void warnings.push(text.replaceAll(file, 'onward.db')),
    };
    const open = async (): Promise<void> => {
      const engine = sqliteEngine({ file, driver });
      await wired(engine, {}, {}, { log }).runtime.close();
    };
    await open();
    expect(warnings).toEqual([]);
    chmodSync(file, 0o644);
    await open();
    expect(warnings).toEqual([
      expect.stringContaining(
        'ONW4012: onward.db may be read or written by others (its mode is 0644), and messages and values are in it; run `chmod 600 onward.db`',
      ),
    ]);
  });

  test('E01: what cannot be a store is refused with what it needs', () => {
    const folder = temporaryFolder('store');
    writeFileSync(join(folder, 'file'), '');
    const below = join(folder, 'file/onward.db');
    expect(refusalOf(join(folder, 'x'), () => open(below))).toMatch(
      /^OnwardError: ONW4001: …\/file\/onward\.db cannot be opened as a store: E.*; its folder has to exist or be creatable, and both have to be writable$/,
    );
    mkdirSync(join(folder, 'a folder'));
    expect(refusalOf(join(folder, 'x'), () => open(join(folder, 'a folder')))).toMatch(
      /^OnwardError: ONW4001: \S+\/a folder cannot be opened as a store: it is a directory; name a file in it, such as \S+\/a folder\/onward\.db$/,
    );
    const other = join(folder, 'other.db');
    const db = database(other, driver);
    db.exec('CREATE TABLE mine (a)');
    db.close();
    expect(refusalOf(other, () => open(other))).toBe(
      'OnwardError: ONW4001: …/other.db is a database of something else: give the store a file of its own',
    );
  });

  test('E01: a network file system is known by what Linux calls it, a share of Windows by its path', () => {
    const on = (type: number, platform: NodeJS.Platform = 'linux'): string | undefined =>
      networkOf('/srv/onward.db', () => type, platform);
    expect([0x6969, 0x517b, 0xff534d42, 0x01021997].map((type) => on(type))).toEqual(['NFS', 'SMB', 'CIFS', '9P']);
    expect(on(0xff534d42 | 0)).toBe('CIFS');
    expect(on(0xef53)).toBeUndefined();
    expect(on(0x6969, 'darwin')).toBeUndefined();
    expect(networkOf('\\\\server\\share\\onward.db', () => 0, 'win32')).toBe('a network share');
    expect(networkOf('/nowhere/at/all')).toBeUndefined();
  });

  test('E02: a second opener is refused with the process that has it, and so is one of the same process', async () => {
    const file = storeFile();
    const store = open(file);
    expect(refusalOf(file, () => open(file))).toBe(
      'OnwardError: ONW4003: …/onward.db is in use by this process; one process at a time runs what a file holds: close the runtime that has it open, or use one runtime for both',
    );
    const refused = await outputOf(started(holder, { file: join(dirname(file), '.', 'onward.db'), driver }));
    expect(refused).toContain(
      `ONW4003: ${file} is in use by the process ${process.pid}; one process at a time runs what a file holds: stop that one first, or give this one a file of its own`,
    );
    // It was only asked: the owner still is the owner.
    expect(store.commit([change('a')])).toEqual(['written']);
    store.close();
    open(file).close();
  });

  test.runIf(DRIVERS.length > 1)('E02: the other driver is refused as well', async () => {
    const file = storeFile();
    const store = open(file);
    for (const other of DRIVERS) {
      expect(refusalOf(file, () => opened({ file, driver: other }))).toContain('ONW4003');
      expect(await outputOf(started(holder, { file, driver: other }))).toContain(`the process ${process.pid};`);
    }
    store.close();
  });

  test('E03: what a killed process has held is free at once', async () => {
    const file = storeFile();
    const child = started(holder, { file, driver });
    await once(child.stdout ?? child, 'data');
    expect(refusalOf(file, () => open(file))).toContain(`is in use by the process ${child.pid};`);
    child.kill('SIGKILL');
    await once(child, 'close');
    open(file).close();
  });

  test('E04: a file of a later version is refused and left as it is', () => {
    const file = storeFile();
    open(file).close();
    const db = database(file, driver);
    db.exec('PRAGMA user_version = 99');
    db.close();
    const bytes = readFileSync(file);
    expect(refusalOf(file, () => open(file))).toBe(
      'OnwardError: ONW4004: …/onward.db was written by a later version of onward (its form is 99, this one knows up to 6); it was left as it is: install that version again, or use another file',
    );
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  test('a file of the first form is brought up to date: its open runs, payloads and timers are there', () => {
    const file = storeFile();
    const db = database(file, driver);
    db.exec(`${FIRST_FORM} PRAGMA application_id = 1332639588; PRAGMA user_version = 1`);
    db.exec(`
      INSERT INTO run VALUES (1, 'open', 3, 'Shop.order', NULL, '["t"]', 'running', 1, 1, 0, 'settings', 'run');
      INSERT INTO run VALUES (2, 'over', 9, 'Shop.order', NULL, '[]', 'completed', 0, 1, 2, 'settings', 'run');
      INSERT INTO record VALUES (1, 0, 's/1', 'one'), (1, 1, 'n/Shop.order', '1'), (2, 2, 'h/0', 'ended');
      INSERT INTO payload VALUES (1, 'entry0.message', 'sent'), (2, '1.1.out', 'made');
      INSERT INTO timer VALUES (1, 't', 5, '{}')`);
    db.close();
    const store = open(file);
    expect(store.load('open', ['o', 'r', 's/1', 'n/Shop.order']).records).toEqual(
      new Map([
        ['o', 'settings'],
        ['r', 'run'],
        ['s/1', 'one'],
        ['n/Shop.order', '1'],
      ]),
    );
    expect(store.payloads('open', ['entry0.message'])).toEqual(['sent']);
    expect(store.payloads('over', ['1.1.out'])).toEqual(['made']);
    expect(store.due(10, 10).timers).toEqual([{ runId: 'open', key: 't', at: 5, event: '{}' }]);
    store.commit([
      change('open', 3, {
        writes: [
          ['s/1', null],
          ['s/2', 'two'],
          ['n/Shop.order', '2'],
        ],
        payloads: [['entry0.message', null]],
      }),
    ]);
    // What was written lately counts, whatever the rows of the earlier form have.
    expect(store.load('open', ['n/Shop.order']).records).toEqual(new Map([['n/Shop.order', '2']]));
    expect(store.page('open', { area: 'lookup' }).records).toEqual([['n/Shop.order', '2']]);
    expect([store.payloads('open', ['entry0.message']), store.payloadNames('open').names]).toEqual([[undefined], []]);
    expect(store.page('open', { area: 'live' }).records).toEqual([
      ['o', 'settings'],
      ['r', 'run'],
      ['s/2', 'two'],
    ]);
    store.close();
  });

  test('E05: a damaged file is refused and left as it is', () => {
    const file = storeFile();
    const store = open(file);
    store.commit(Array.from({ length: 200 }, (_, at) => change(`run ${at}`, 0, { writes: [['r', 'x'.repeat(500)]] })));
    store.close();
    const whole = readFileSync(file);
    const damaged =
      /^OnwardError: ONW4005: …\/onward\.db is damaged \(.+\); it is left as it is: keep a copy, then restore a backup or `sqlite3 …\/onward\.db \.recover`$/s;
    const noDatabase =
      /^OnwardError: ONW4005: …\/onward\.db is not an SQLite database, or its first bytes are damaged; it is left as it is: name another file, or, if this one was a store, keep a copy, then restore a backup or `sqlite3 …\/onward\.db \.recover`$/;
    for (const [from, length, text] of [
      [0, 100, noDatabase],
      [5 * 4_096, 200, damaged],
      [100, 12, damaged],
    ] as const) {
      writeFileSync(file, whole);
      const at = openSync(file, 'r+');
      writeSync(at, Buffer.alloc(length, 0xa5), 0, length, from);
      closeSync(at);
      const bytes = readFileSync(file);
      expect(refusalOf(file, () => open(file))).toMatch(text);
      expect(readFileSync(file).equals(bytes)).toBe(true);
    }
    writeFileSync(file, whole);
    open(file).close();
  });

  test('E07: a file that was deleted or replaced takes nothing more', () => {
    const file = storeFile();
    const store = open(file);
    store.commit([change('a')]);
    rmSync(file);
    const gone =
      'OnwardError: ONW4007: …/onward.db was deleted or replaced while it was in use; nothing more is accepted: close the runtime, put the file back if you can, and start again';
    expect(refusalOf(file, () => store.commit([change('b')]))).toBe(gone);
    writeFileSync(file, '');
    expect(refusalOf(file, () => store.commit([change('b')]))).toBe(gone);
    store.close();
  });

  test('a moved file that comes back is taken again', () => {
    const file = storeFile();
    const store = open(file);
    renameSync(file, `${file}.away`);
    expect(refusalOf(file, () => store.commit([change('b')]))).toContain('ONW4007');
    renameSync(`${file}.away`, file);
    expect(store.commit([change('b')])).toEqual(['written']);
    store.close();
  });

  test('readers are welcome: they see what was committed, and neither wait nor are waited for', () => {
    const file = storeFile();
    const store = open(file);
    store.commit([change('a')]);
    const reader = database(file, driver);
    const count = (): unknown => reader.prepare('SELECT count(*) AS n FROM run').get()?.['n'];
    reader.exec('BEGIN');
    expect(count()).toBe(1);
    store.commit([change('b')]);
    expect(count()).toBe(1);
    reader.exec('COMMIT');
    expect(count()).toBe(2);
    reader.close();
    store.close();
  });

  test('E09: a page that is read while runs are removed is a page of what there was', () => {
    const file = storeFile();
    const store = open(file);
    const ids = Array.from({ length: 50 }, (_, at) => `run ${at}`);
    store.commit(ids.map((id) => change(id, 0, { summary: OVER, writes: [['h/1', id]] })));
    const first = store.runs({ limit: 10, order: 'oldest' });
    expect(store.remove(ids.slice(5, 30))).toBe(25);
    const next = store.runs({ limit: 10, order: 'oldest', after: first.at(-1)?.cursor ?? '' });
    expect(first.map(({ runId }) => runId)).toEqual(ids.slice(0, 10));
    expect(next.map(({ runId }) => runId)).toEqual(ids.slice(30, 40));
    store.close();
  });

  test('E08: a large file is opened without being read, and gives its room back', () => {
    const file = storeFile();
    const store = open(file);
    const large = 'x'.repeat(2_000_000);
    const ids = Array.from({ length: 40 }, (_, at) => `run ${at}`);
    for (const id of ids) store.commit([change(id, 0, { summary: OVER, payloads: [['v', large]] })]);
    store.close();
    const size = statSync(file).size;
    expect(size).toBeGreaterThan(80_000_000);
    // One byte of a payload in the middle: whoever reads it all finds it.
    const all = readFileSync(file);
    writeFileSync(file, all.fill(0, size / 2, size / 2 + 4_096));
    expect(() => opened({ file, driver, verify: true })).toThrow('ONW4005');
    const again = open(file);
    expect(again.runs({ limit: 3, order: 'oldest' }).map(({ runId }) => runId)).toEqual(ids.slice(0, 3));
    again.close();
    writeFileSync(file, all);
  });

  test('E12: the time zone of the machine changes neither ids nor their order', () => {
    const file = storeFile();
    const zone = process.env['TZ'];
    const names = ['UTC', 'Pacific/Kiritimati', 'America/Adak'].map((name, at) => {
      process.env['TZ'] = name;
      const store = open(file);
      store.commit([change(`run ${at}`, 0, { summary: { ...SUMMARY, createdAt: at } })]);
      const found = store.runs({ limit: 10, order: 'oldest', createdFrom: 0 }).map(({ runId }) => runId);
      store.close();
      return found;
    });
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
    expect(names).toEqual([['run 0'], ['run 0', 'run 1'], ['run 0', 'run 1', 'run 2']]);
  });

  test('ids and keys with NUL, half characters and marks are kept as they are', () => {
    const store = open(storeFile());
    const odd = ['a\0b', 'a\0c', 'a', 'a\ud800', 'a\udc00', 'a\ufffd', 'a\u0001', 'a\u00010001', '\u{1F600}'];
    for (const id of odd)
      store.commit([change(id, 0, { writes: odd.map((key) => [`c/1/${key}`, JSON.stringify(key + id)]) })]);
    for (const id of odd) {
      const { records } = store.page(id, { area: 'lookup', prefix: 'c/1/a' });
      expect(new Map(records)).toEqual(
        new Map(odd.filter((key) => key.startsWith('a')).map((key) => [`c/1/${key}`, JSON.stringify(key + id)])),
      );
    }
    expect(store.runs({ order: 'oldest', limit: 100 }).map(({ runId }) => runId)).toEqual(odd);
    store.close();
  });

  /** Fills a store in a process for which the shell has made the disk small, or cut the length of its files. */
  async function fill(file: string, prepare: string, makeRoom: () => void): Promise<readonly unknown[]> {
    const command = `${prepare} exec "${process.execPath}" "${filler}" '${JSON.stringify({ file, driver })}'`;
    const child = spawn('sh', ['-c', command], { stdio: ['pipe', 'pipe', 'inherit'] });
    const reports: unknown[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      reports.push(JSON.parse(line));
      if (reports.length > 1) continue;
      makeRoom();
      child.stdin.write('go on\n');
    }
    return reports;
  }

  test('E06: where no file may grow further, commits are refused and what was written is whole', async () => {
    const file = storeFile();
    const [full, after] = await fill(file, 'ulimit -f 2000;', () => undefined);
    const refusal = `ONW4006: ${file} cannot be written: the disk reports an error; what is in it is safe, nothing new is accepted until it can be written again`;
    expect(full).toEqual({ written: expect.any(Number), refusal, isWhole: true, isRefusedThere: false });
    expect(after).toMatchObject({ isWhole: true });
    const store = open(file);
    expect(store.countOpen()).toBeGreaterThan(20);
    expect(store.commit([change('with room')])).toEqual(['written']);
    store.close();
  });

  test.runIf(canMount())(
    'E06: a full disk refuses commits, loses nothing, and goes on when there is room',
    async () => {
      const folder = join(temporaryFolder('disk'), 'small');
      mkdirSync(folder);
      const file = join(folder, 'onward.db');
      expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'none', folder]).status).toBe(0);
      try {
        writeFileSync(join(folder, 'ballast'), Buffer.alloc(1_000_000));
        const [full, after] = await fill(file, '', () => rmSync(join(folder, 'ballast')));
        const refusal = `ONW4006: ${file} cannot be written: the disk is full (free some room); what is in it is safe, nothing new is accepted until it can be written again`;
        expect(full).toEqual({ written: expect.any(Number), refusal, isWhole: true, isRefusedThere: false });
        expect(after).toEqual({ again: 'written', isWhole: true, isRefusedThere: true });
        expect(spawnSync('mount', ['-o', 'remount,ro', folder]).status).toBe(0);
        expect(refusalOf(file, () => open(file))).toMatch(
          /^OnwardError: ONW4001: …\/onward\.db cannot be opened as a store: /,
        );
      } finally {
        spawnSync('umount', [folder]);
      }
    },
  );
});

/** Some containers let nobody mount. It is asked, too, when tests are only listed, and no hook clears up. */
function canMount(): boolean {
  const folder = temporaryFolder('mount');
  try {
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', folder]).status !== 0) return false;
    return spawnSync('umount', [folder]).status === 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
