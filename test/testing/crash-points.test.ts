// Lives that end at a commit: what the program is told of it, and what counts of what it comes to afterwards.

import { expect, test } from 'vitest';
import { Job, OnSuccess } from 'onward';
import { crashAtEveryCommit } from 'onward/testing';
import { wired } from '../support/wired.ts';

class Orders {
  @Job() sell(): number {
    return 7;
  }
  @OnSuccess('sell') pack(sold: number): number {
    return sold + 1;
  }
}

test('a life that has died hears of it, and comes to nothing, whatever its program does then', async () => {
  const lives: AbortSignal[] = [];
  const points = await crashAtEveryCommit(async (engine, died) => {
    lives.push(died);
    const app = wired(engine, { Orders: new Orders() });
    const run = await Promise.race([
      app.start('Orders.sell', undefined, { id: 'one' }),
      new Promise<never>((_, reject) => died.addEventListener('abort', () => reject(new Error('died')))),
    ]);
    const ended = { is: false };
    const report = run.report().finally(() => (ended.is = true));
    while (!ended.is) {
      if (died.aborted) return 'died';
      await app.clock.runAll();
    }
    await app.runtime.close();
    return (await report).status;
  });
  expect(points.length).toBeGreaterThan(5);
  expect(new Set(points.map(({ result }) => result))).toEqual(new Set(['completed']));
  // Each point has a life that dies and one that goes on; on each side a last life meets no crash.
  expect(lives.filter(({ aborted }) => aborted)).toHaveLength(points.length);
  expect(lives).toHaveLength(2 * points.length + 2);
});
