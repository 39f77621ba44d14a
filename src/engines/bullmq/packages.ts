// The packages that an engine on Redis needs: optional ones, loaded when an engine is opened.

import type { DelayedError, Queue, WaitingError, Worker } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import { OnwardError } from '../../errors/onward-error.ts';

export interface IoRedis {
  readonly Redis: typeof Redis;
  readonly Cluster: typeof Cluster;
}
export interface BullMq {
  readonly Queue: typeof Queue;
  readonly Worker: typeof Worker;
  readonly DelayedError: typeof DelayedError;
  readonly WaitingError: typeof WaitingError;
}

/** @throws {OnwardError} ONW6010 with the command, if it is not installed. */
export async function loadIoRedis(): Promise<IoRedis> {
  try {
    return await import('ioredis');
  } catch (cause) {
    throw missing(cause);
  }
}

/** @throws {OnwardError} ONW6010 with the command, if it is not installed. */
export async function loadBullMq(): Promise<BullMq> {
  try {
    return await import('bullmq');
  } catch (cause) {
    throw missing(cause);
  }
}

function missing(cause: unknown): OnwardError {
  const text = 'runs on Redis need bullmq and ioredis; install them with `npm i bullmq ioredis`';
  return new OnwardError('ONW6010', text, { cause });
}
