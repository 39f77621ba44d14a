// Places of a process: who has them, who waits, and who goes back to its queue.

import { beforeEach, describe, expect, test } from 'vitest';
import { JobLimit, KEPT_MS, PATIENCE_MS } from '../../src/engines/bullmq/job-limit.ts';
import { virtualClock } from '../../src/testing/virtual-clock.ts';

describe('the limit of a process', () => {
  let clock = virtualClock();
  let said: string[] = [];
  let limit = new JobLimit({ clock: () => clock, take: () => undefined });
  beforeEach(() => {
    clock = virtualClock();
    said = [];
    limit = new JobLimit({ clock: () => clock, take: (isOn) => said.push(isOn ? 'takes' : 'stops') });
    limit.limit(1, 3);
  });

  async function enter(queue: string, { priority = 0, mayGoBack = true } = {}): Promise<void> {
    void limit
      .enter({ queue, priority, mayGoBack })
      .then((hasPlace) => said.push(`${queue} ${hasPlace ? 'begins' : 'goes back'}`));
    await settled();
  }
  async function leave(): Promise<void> {
    limit.leave();
    await settled();
  }
  async function pass(ms: number): Promise<void> {
    await clock.advance(ms);
    await settled();
  }
  async function settled(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }

  test('places are given by priority, then in the order in which jobs came', async () => {
    for (const queue of ['a', 'b', 'c']) await enter(queue);
    await enter('urgent', { priority: -1 });
    for (let ended = 0; ended < 3; ended++) await leave();
    expect(said).toEqual(['a begins', 'urgent begins', 'b begins', 'c begins']);
  });

  test('when no place became free for a while, nothing more is taken, and what waits goes back', async () => {
    await enter('a');
    await pass(PATIENCE_MS - 1);
    await enter('b');
    expect(said).toEqual(['a begins']);
    await pass(1);
    // One that was on its way.
    await enter('c');
    expect(said).toEqual(['a begins', 'stops', 'b goes back', 'c goes back']);
    await leave();
    expect(said.slice(4)).toEqual(['takes']);
  });

  test('a place that became free is a new while', async () => {
    await enter('a');
    await pass(PATIENCE_MS - 1);
    await enter('b');
    await leave();
    await pass(PATIENCE_MS - 1);
    expect(said).toEqual(['a begins', 'b begins']);
  });

  test('the next place is that of the queue that had to give back first', async () => {
    await enter('a');
    await enter('b');
    await enter('c');
    await pass(PATIENCE_MS);
    await leave();
    said = [];
    for (const queue of ['a', 'c', 'b']) await enter(queue);
    expect(said).toEqual(['b begins']);
    await leave();
    expect(said).toEqual(['b begins', 'c begins']);
    await leave();
    expect(said).toEqual(['b begins', 'c begins', 'a begins']);
  });

  test('it is kept for a moment: other processes may have taken what went back', async () => {
    await enter('a');
    await enter('b');
    await pass(PATIENCE_MS);
    await leave();
    said = [];
    await enter('a');
    await pass(KEPT_MS - 1);
    expect(said).toEqual([]);
    await pass(1);
    expect(said).toEqual(['a begins']);
  });

  test('a job that may not go back waits', async () => {
    await enter('a');
    await enter('timed', { mayGoBack: false });
    await pass(PATIENCE_MS);
    await enter('timed', { mayGoBack: false });
    expect(said).toEqual(['a begins', 'stops']);
    await leave();
    expect(said).toEqual(['a begins', 'stops', 'timed begins']);
  });

  test('a process that serves one queue never stops: its worker has the same limit', async () => {
    limit.limit(1, 1);
    await enter('a');
    await pass(2 * PATIENCE_MS);
    expect(said).toEqual(['a begins']);
  });

  test('when the process rests, all go back', async () => {
    await enter('a');
    await enter('b');
    await enter('timed', { mayGoBack: false });
    limit.rest();
    await settled();
    await pass(PATIENCE_MS);
    expect(said).toEqual(['a begins', 'b goes back', 'timed goes back']);
  });

  test('another limit counts at once', async () => {
    for (const queue of ['a', 'b', 'c']) await enter(queue);
    limit.limit(2, 3);
    await settled();
    expect(said).toEqual(['a begins', 'b begins']);
  });
});
