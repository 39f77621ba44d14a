// The SQLite store when its process is killed: what was acknowledged is there, and nothing is there by half.

import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { killRandomly } from 'onward/testing';
import { bundled, started } from '../support/child.ts';
import { database, DRIVERS, killsWith, opened, storeFile } from '../support/sqlite.ts';

const KILLS = process.env['SOAK'] === undefined ? 30 : 2_000;
const RUNS = 40;

let program: string;
beforeAll(async () => {
  program = await bundled('store-writer');
});

describe.each(DRIVERS)('%s', (driver) => {
  const kills = killsWith(driver, KILLS);

  test('kills lose no commit that was acknowledged, and leave none by half', { timeout: 3_600_000 }, async () => {
    const file = storeFile();
    const acks = `${file}.acks`;
    const given = { file, driver, acks, runs: RUNS };
    const start = () => started(program, { ...given, counts: 1_000_000 });
    // Most lives are short, for the file is opened in each; on a busy machine a few long ones are needed to write at all.
    for (const [times, longestLife] of [
      [kills - 3, 40],
      [3, 1_000],
    ] as const) {
      const report = await killRandomly({ kills: times, longestLife, seed: KILLS, start, staysDead: true });
      expect(report.kills).toBe(times);
    }
    const store = opened({ file, driver, verify: true });
    const acknowledged = new Map<string, number>();
    for (const line of existsSync(acks) ? readFileSync(acks, 'utf8').trim().split('\n') : []) {
      const [id = '', count] = line.split('\t');
      acknowledged.set(id, Number(count));
    }
    expect(acknowledged.size).toBeGreaterThan(0);
    for (const [id, count] of acknowledged) {
      // A commit that the kill came too early for to be acknowledged may be there as well.
      const version = store.find(id)?.version ?? 0;
      expect(version).toBeGreaterThanOrEqual(count);
      expect([...store.page(id, { area: 'live' }).records]).toEqual([
        ['r', String(version)],
        [`s/${version}`, 'x'.repeat(200)],
      ]);
      expect(store.payloads(id, [`p${version}`, `p${version + 1}`])).toEqual([String(version), undefined]);
      expect(store.payloadNames(id).names).toHaveLength(Math.min(version, 1_000));
    }
    store.close();
    expect(Object.values(database(file, driver).prepare('PRAGMA integrity_check').get() ?? {})[0]).toBe('ok');
  });
});
