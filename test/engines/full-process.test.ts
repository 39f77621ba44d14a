// A process all of whose places are taken: when what waits goes back, and when it takes again.

import { beforeEach, describe, expect, test } from 'vitest';
import { FullProcess, PATIENCE_MS } from '../../src/engines/bullmq/full-process.ts';
import { virtualClock } from '../../src/testing/virtual-clock.ts';

describe('a full process', () => {
  let clock = virtualClock();
  let said: string[] = [];
  let full = new FullProcess({ clock: () => clock, stuck: () => undefined, free: () => undefined });
  beforeEach(() => {
    clock = virtualClock();
    said = [];
    full = new FullProcess({ clock: () => clock, stuck: () => said.push('stuck'), free: () => said.push('free') });
  });

  test('is stuck when no place became free for a while, and only then', async () => {
    full.wanted();
    await clock.advance(PATIENCE_MS - 1);
    full.wanted();
    full.freed();
    full.wanted();
    await clock.advance(PATIENCE_MS - 1);
    expect(said).toEqual([]);
    await clock.advance(1);
    expect(said).toEqual(['stuck']);
    expect(full.isStuck).toBe(true);
  });

  test('says so again for what has come since, and once that a place is free', async () => {
    full.wanted();
    await clock.advance(PATIENCE_MS);
    full.wanted();
    await clock.advance(PATIENCE_MS);
    full.freed();
    full.freed();
    expect(said).toEqual(['stuck', 'stuck', 'free']);
    expect(full.isStuck).toBe(false);
  });

  test('is not stuck once it rests', async () => {
    full.wanted();
    full.stop();
    await clock.advance(PATIENCE_MS);
    expect(said).toEqual([]);
  });
});
