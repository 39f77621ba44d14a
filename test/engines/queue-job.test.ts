// A job of BullMQ that this process holds: whether it was given to a process before, and whether it went on.

import type { Job } from 'bullmq';
import { describe, expect, test } from 'vitest';
import { QueueJob, type QueueJobPlace } from '../../src/engines/bullmq/queue-job.ts';
import type { GraphNode } from '../../src/graph/graph.ts';
import type { Task } from '../../src/run/event.ts';

const TASK = { kind: 'body', at: { node: 'Works.fill', step: 1 } } as unknown as Task;

function jobOf(attemptsStarted: number, returns: number, queueOfNext = 'onward'): QueueJob {
  const place: QueueJobPlace = {
    stepsInARow: 10,
    queueOf: () => queueOfNext,
    nodeOf: () => ({ priority: 0 }) as GraphNode,
    takes: () => true,
  };
  return new QueueJob({ id: 'a', attemptsStarted, stalledCounter: 0, queueName: 'onward' } as Job, returns, place);
}

describe('a job that was given back', () => {
  test.each([
    ['for the first time', 1, 0, false],
    ['again', 2, 0, true],
    ['by those that had no place for it', 3, 2, false],
    ['by one of them, and by one that had begun it', 3, 1, true],
  ])('is given %s: what follows from it may be lost only if something had begun', (_, started, returns, isAgain) => {
    expect(jobOf(started, returns).isAgain).toBe(isAgain);
  });

  test('says whether it may have gone on with another task', () => {
    const [still, gone] = [jobOf(1, 0, 'another'), jobOf(1, 0)];
    expect([still.goesOnWith(TASK, 1), still.hasGoneOn]).toEqual([false, false]);
    expect([gone.goesOnWith(TASK, 1), gone.hasGoneOn]).toEqual([true, true]);
  });
});
