// Runs in SQLite whose process is killed at random: each ends as it does in memory, whatever was under way.

import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { killRandomly } from 'onward/testing';
import { bundled, outputOf, started } from '../support/child.ts';
import { DRIVERS, killsWith, storeFile } from '../support/sqlite.ts';

const isSoak = process.env['SOAK'] !== undefined;
/** `SOAK_KILLS` says how many, for each driver: 10,000 take hours. */
const KILLS = isSoak ? Number(process.env['SOAK_KILLS'] ?? 10_000) : 70;
/** In ms. Some lives end while the file is opened, and most are long enough for runs to get on. */
const LONGEST_LIFE = 300;
/** `SOAK_SEED` draws other moments. */
const SEED = Number(process.env['SOAK_SEED'] ?? 15);
/**
 * Beside bodies that kill their process themselves, some seven times each. Nobody can tell a kill from their doing: lives are
 * so long that few come while suspects are tried.
 */
const POISONED_KILLS = isSoak ? Math.min(KILLS, 100) : 8;
const POISON_EVERY = 200;

let program: string;
beforeAll(async () => {
  program = await bundled('press');
});

function lines(file: string): readonly string[] {
  return readFileSync(file, 'utf8').trim().split('\n');
}

describe.each(DRIVERS)('%s', (driver) => {
  test(
    'kills: no acknowledged run is lost, and every run ends as it does in memory',
    { timeout: 7_200_000 },
    async () => {
      const kills = killsWith(driver, KILLS);
      // More than the lives start, so that the last kill still has something to hit.
      const runs = kills * 12;
      const file = storeFile();
      const noted = (name: string): object => ({
        acks: `${file}.acks${name}`,
        bodies: `${file}.bodies${name}`,
        reports: `${file}.reports${name}`,
      });
      await outputOf(started(program, { runs, ...noted('-unkilled') }));
      const report = await killRandomly({
        kills,
        longestLife: LONGEST_LIFE,
        seed: SEED,
        start: () => started(program, { file, driver, runs, ...noted('') }),
      });
      const ended = lines(`${file}.reports`);
      expect(ended).toEqual(lines(`${file}.reports-unkilled`));
      expect(ended).toHaveLength(runs);
      const bodies = lines(`${file}.bodies`);
      // Kills have hit bodies: those are called again, and all others once.
      expect(bodies.length).toBeGreaterThan(new Set(bodies).size);
      expect(new Set(lines(`${file}.bodies-unkilled`))).toEqual(new Set(bodies));
      expect(report.kills).toBe(kills);
    },
  );

  test(
    'kills beside bodies that kill their process: these fail, and every other run ends as it does in memory',
    { timeout: 7_200_000 },
    async () => {
      const file = storeFile();
      const runs = Math.max(killsWith(driver, POISONED_KILLS) * 50, POISON_EVERY);
      const noted = (name: string): object => ({
        ...{ runs, poisonEvery: POISON_EVERY },
        ...{ acks: `${file}.acks${name}`, bodies: `${file}.bodies${name}`, reports: `${file}.reports${name}` },
      });
      await outputOf(started(program, noted('-unkilled')));
      const { kills, output } = await killRandomly({
        kills: killsWith(driver, POISONED_KILLS),
        longestLife: 1_500,
        seed: SEED,
        start: () => started(program, { file, driver, ...noted('') }),
      });
      const poisoned = Array.from(
        { length: runs / POISON_EVERY },
        (_, at) => `spill-${at} failed 205 OnwardError: ONW3071`,
      );
      expect(output).toContain(poisoned.join('\n'));
      expect(lines(`${file}.reports`)).toEqual(lines(`${file}.reports-unkilled`));
      // Each dies of itself when it is called first, and until it is found out, unless a kill comes first.
      expect(kills).toBeGreaterThan(poisoned.length * 4);
    },
  );
});
