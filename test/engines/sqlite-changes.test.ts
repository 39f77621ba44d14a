// Where a file of SQLite has what was written lately, and what becomes of it.

import { statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { RunChange } from '../../src/engines/store/store.ts';
import { database, DRIVERS, opened, storeFile } from '../support/sqlite.ts';
import { change, OVER } from '../support/stored-change.ts';

/** The end of a step, and its value. */
const ended = (runId: string, at: number, value = `value ${at}`): RunChange =>
  change(runId, at, { writes: [[`h/${at}`, `ended ${at}`]], payloads: [[`${at}.out`, value]] });

describe.each(DRIVERS)('%s', (driver) => {
  const counts = (file: string): { readonly changes: number; readonly records: number } => {
    const db = database(file, driver);
    const count = (table: string): number => Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']);
    const found = { changes: count('change'), records: count('record') };
    db.close();
    return found;
  };

  test('a commit of many runs writes few pages, however much each of them has written before', () => {
    const file = storeFile();
    const store = opened({ file, driver });
    const runs = Array.from({ length: 40 }, (_, at) => `run ${at}`);
    store.commit(runs.map((id) => change(id, 0)));
    for (let at = 1; at <= 100; at++) store.commit(runs.map((id) => ended(id, at, 'x'.repeat(100))));
    store.close();
    const again = opened({ file, driver });
    again.commit(runs.map((id) => ended(id, 101)));
    // One for each run would be 40 and more.
    expect(statSync(`${file}-wal`).size / 4_096).toBeLessThan(20);
    again.close();
  });

  test('a run has a bounded number of changes: they are put away, and count as they did', () => {
    const file = storeFile();
    let store = opened({ file, driver });
    store.commit([change('a', 0)]);
    for (let at = 1; at <= 64; at++) store.commit([ended('a', at)]);
    expect(counts(file)).toEqual({ changes: 64, records: 0 });
    // Another process goes on, and asks the file how many there are.
    store.close();
    store = opened({ file, driver });
    store.commit([change('a', 65, { writes: [['h/1', null]], payloads: [['1.out', 'again']] })]);
    expect(counts(file)).toEqual({ changes: 1, records: 128 });
    expect(store.payloads('a', ['1.out', '2.out', '64.out'])).toEqual(['again', 'value 2', 'value 64']);
    expect(store.load('a', ['h/1', 'h/2']).records).toEqual(new Map([['h/2', 'ended 2']]));
    expect(store.page('a', { area: 'kept' }).records).toHaveLength(63);
    expect(store.payloadNames('a').names).toHaveLength(64);
    store.close();
  });

  test('a page goes on behind the one before it, whatever was put away between them', () => {
    const store = opened({ file: storeFile(), driver });
    store.commit([change('a', 0, { writes: [['h/end', 'x'.repeat(5_000)]] })]);
    for (let at = 1; at <= 60; at++) store.commit([ended('a', at)]);
    const keys: string[] = [];
    let [version, after]: [number, string | undefined] = [61, undefined];
    do {
      const page = store.page('a', { area: 'kept', prefix: 'h/', limit: 7, ...(after !== undefined && { after }) });
      keys.push(...page.records.map(([key]) => key));
      after = page.next;
      // Written again, and put away on the way; one of them is removed.
      store.commit([change('a', version, { writes: [['h/1', 'again']] })]);
      if (version++ === 61) store.commit([change('a', version++, { writes: [['h/9', null]] })]);
    } while (after !== undefined);
    const numbers = Array.from({ length: 60 }, (_, at) => String(at + 1)).filter((at) => at !== '9');
    expect(keys).toEqual([...numbers, 'end'].toSorted().map((name) => `h/${name}`));
    store.close();
  });

  test('what is long is put away at once, and all that was written before it', () => {
    const file = storeFile();
    const store = opened({ file, driver });
    store.commit([change('a', 0, { payloads: [['long', 'x'.repeat(5_000)]] })]);
    expect(counts(file)).toEqual({ changes: 0, records: 1 });
    store.commit([ended('a', 1, 'one')]);
    store.commit([change('a', 2, { payloads: [['1.out', 'y'.repeat(5_000)]] })]);
    expect(counts(file)).toEqual({ changes: 0, records: 3 });
    expect(store.payloads('a', ['1.out'])[0]).toHaveLength(5_000);
    store.close();
  });

  test.each([
    ['one of them is cut off', 'UPDATE change SET text = substr(text, 1, 9) WHERE no = 9'],
    ['one of them is missing', 'DELETE FROM change WHERE no = 9'],
  ])('%s: changes that cannot be read stay where they are, and the run gets others, as all runs do', (_, sql) => {
    const file = storeFile();
    let store = opened({ file, driver });
    store.commit([change('a', 0), change('b', 0)]);
    for (let at = 1; at <= 64; at++) store.commit([ended('a', at), ended('b', at)]);
    store.close();
    const db = database(file, driver);
    db.exec(sql);
    db.close();
    store = opened({ file, driver });
    expect(store.commit([ended('a', 65), ended('b', 65, 'x'.repeat(5_000))])).toEqual(['written', 'written']);
    expect(store.commit([ended('a', 66, 'x'.repeat(5_000)), ended('b', 66)])).toEqual(['written', 'written']);
    expect(() => store.payloads('a', ['66.out'])).toThrow('run a cannot be read');
    expect(store.payloads('b', ['1.out', '66.out'])).toEqual(['value 1', 'value 66']);
    store.close();
  });

  test('a lost change: what another run has got in its place is not taken for it', () => {
    const file = storeFile();
    let store = opened({ file, driver });
    store.commit([change('b', 0), { ...ended('a', 0), summary: OVER }]);
    store.close();
    const db = database(file, driver);
    db.exec('DELETE FROM change');
    db.close();
    store = opened({ file, driver });
    store.commit([ended('b', 1)]);
    expect(store.payloads('b', ['1.out'])).toEqual(['value 1']);
    store.close();
    store = opened({ file, driver });
    expect(() => store.payloads('a', ['0.out'])).toThrow('run a cannot be read');
    expect(store.remove(['a'])).toBe(1);
    expect(store.payloads('b', ['1.out'])).toEqual(['value 1']);
    store.close();
  });

  test('RECENT-CHANGES-5: many changes of one commit, also of one run that ends and goes on, come to what single ones do', () => {
    const changes = [...Array(40).keys()].map((at) => ended(`run ${at}`, 0));
    for (let at = 1; at <= 19; at++) changes.push(ended('run 0', at));
    changes.push({ ...ended('run 0', 20), summary: OVER });
    for (let at = 21; at <= 70; at++) changes.push(ended('run 0', at, `value ${at} again`));
    const [together, alone] = [storeFile(), storeFile()].map((file, at) => {
      const store = opened({ file, driver });
      const commits = at === 0 ? [changes] : changes.map((one) => [one]);
      expect(commits.flatMap((commit) => store.commit(commit))).toEqual(changes.map(() => 'written'));
      const names = [...Array(71).keys()].map((no) => `${no}.out`);
      const of = (runId: string) => [store.page(runId, { area: 'kept' }).records, store.payloads(runId, names)];
      const read = [of('run 0'), of('run 7'), counts(file)];
      store.close();
      return read;
    });
    expect(together).toEqual(alone);
    expect(together).toContainEqual({ changes: 46, records: 128 });
  });

  test('a change that comes to nothing leaves none', () => {
    const file = storeFile();
    const store = opened({ file, driver });
    store.commit([change('a', 0), ended('b', 0)]);
    expect(store.commit([ended('a', 7), ended('b', 0), ended('c', 1), ended('a', 1)])).toEqual([
      'conflict',
      'conflict',
      'conflict',
      'written',
    ]);
    expect(counts(file).changes).toBe(2);
    expect(store.payloads('a', ['7.out', '1.out'])).toEqual([undefined, 'value 1']);
    store.close();
  });
});
