// Nodes that begin no body in any process: Redis has their patterns, and jobs of theirs are put aside.
//
// PAUSED-NODES-1. A job that is put aside is a delayed one: no process holds it, dashboards show it, and it is not added a second
//     time. It is looked at again now and then, so that none is forgotten.
// PAUSED-NODES-2. A process that puts a job aside asks Redis after that: either it learns of the resume, or who resumes finds
//     the job.

import type { Job, Queue } from 'bullmq';
import { fitsGlob } from '../../graph/glob.ts';
import type { RedisConnection } from './redis-connection.ts';

export interface PausedNodesPlace {
  /** The key of the set of patterns. */
  readonly key: string;
  readonly connection: RedisConnection;
  readonly queues: () => Iterable<Queue>;
  /** Other patterns hold in this process. */
  readonly changed: (patterns: readonly string[]) => void;
  /** The other processes read them again. */
  readonly tell: () => void;
}

/** A job that is put aside comes to a process after this time, and up to half as much more, in milliseconds. */
const ASIDE_MS = 60_000;
const PAGE = 1_000;

export class PausedNodes {
  readonly #place: PausedNodesPlace;
  #patterns: readonly string[] = [];

  constructor(place: PausedNodesPlace) {
    this.#place = place;
  }

  /** As far as this process knows. */
  holds(node: string): boolean {
    return this.#patterns.some((pattern) => fitsGlob(node, pattern));
  }

  async add(patterns: readonly string[]): Promise<void> {
    const { key, connection } = this.#place;
    if (patterns.length === 0) return;
    await connection.ask((redis) => redis.sadd(key, ...patterns));
    await this.#told();
  }

  /** @param patterns undefined for all. */
  async remove(patterns: readonly string[] | undefined): Promise<void> {
    const { key, connection } = this.#place;
    await connection.ask((redis) => (patterns === undefined ? redis.del(key) : redis.srem(key, ...patterns)));
    await this.#told();
    await Promise.all([...this.#place.queues()].map((queue) => this.#takeUp(queue)));
  }

  async #told(): Promise<void> {
    await this.read();
    this.#place.tell();
  }

  /** What holds now may have been said by another process. */
  async read(): Promise<void> {
    const { key, connection, changed } = this.#place;
    const patterns = (await connection.ask((redis) => redis.smembers(key))).toSorted();
    if (patterns.join(' ') === this.#patterns.join(' ')) return;
    this.#patterns = patterns;
    changed(patterns);
  }

  /** PAUSED-NODES-2. */
  async putAside(job: Job, token: string): Promise<void> {
    await job.moveToDelayed(Date.now() + Math.round(ASIDE_MS * (1 + Math.random() / 2)), token);
    await this.read();
    if (!this.holds(job.name)) await promoted(job);
  }

  /** What was put aside and is not held any more. Other jobs that are delayed come earlier, which harms nobody. */
  async #takeUp(queue: Queue): Promise<void> {
    const { connection } = this.#place;
    const found: Job[] = [];
    for (let from = 0; ; from += PAGE) {
      const jobs = await connection.ask(() => queue.getDelayed(from, from + PAGE - 1));
      found.push(...jobs);
      if (jobs.length < PAGE) break;
    }
    await Promise.all(found.filter(({ name }) => !this.holds(name)).map((job) => promoted(job)));
  }
}

/** It may have come to a process by itself. */
async function promoted(job: Job): Promise<void> {
  try {
    await job.promote();
  } catch {
    // It is not delayed any more.
  }
}
