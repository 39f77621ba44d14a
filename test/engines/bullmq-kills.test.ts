// Workers that are killed at random while they share runs in Redis: each run ends as it does in memory.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundled, outputOf, started, up } from '../support/child.ts';
import { temporaryFolder } from '../support/folders.ts';
import { describeWithRedis, redisServer } from '../support/redis.ts';

const isSoak = process.env['SOAK'] !== undefined;
const KILLS = isSoak ? 60 : 10;
const EVERY_MS = isSoak ? 1_000 : 250;
const RUNS = isSoak ? 1_000 : 120;
const WORKERS = 3;

function lines(file: string): readonly string[] {
  return readFileSync(file, 'utf8').trim().split('\n');
}

describeWithRedis('workers that die', () => {
  test(
    `${KILLS} kills among ${WORKERS} workers: no acknowledged run is lost, and every run ends as it does in memory`,
    { timeout: 600_000 },
    async () => {
      const program = await bundled('press');
      const server = await redisServer();
      const folder = temporaryFolder('kills');
      const noted = (name: string): object =>
        Object.fromEntries(['acks', 'bodies', 'reports'].map((what) => [what, join(folder, `${what}${name}`)]));
      await outputOf(started(program, { runs: RUNS, ...noted('-unkilled') }));

      const given = { redis: server.address, runs: RUNS, ...noted('') };
      const workers = Array.from({ length: WORKERS }, () => started(program, { ...given, works: true }));
      await Promise.all(workers.map((worker) => up(worker)));
      const client = started(program, given);
      const ending = outputOf(client);
      await up(client);
      for (let kill = 0; kill < KILLS; kill++) {
        await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
        const at = kill % WORKERS;
        workers[at]?.kill('SIGKILL');
        workers[at] = started(program, { ...given, works: true });
      }
      await ending;
      for (const worker of workers) worker.kill('SIGKILL');

      const ended = lines(join(folder, 'reports'));
      expect(ended).toHaveLength(RUNS);
      expect(ended).toEqual(lines(join(folder, 'reports-unkilled')));
      const bodies = lines(join(folder, 'bodies'));
      expect(new Set(bodies)).toEqual(new Set(lines(join(folder, 'bodies-unkilled'))));
      // Kills have hit bodies: those are called again.
      expect(bodies.length).toBeGreaterThan(new Set(bodies).size);
    },
  );
});
