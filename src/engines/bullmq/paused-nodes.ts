// Nodes that are paused in all processes: their patterns are in Redis, and their jobs are put aside.
//
// PAUSED-NODES-1. A job is put aside as a delayed one: no process holds it, dashboards show it, and it is not added a second
//     time. When its delay is over it is looked at again, so none is forgotten.
// PAUSED-NODES-2. A process reads the patterns after it has put a job aside: either it sees the resume, or the process that
//     resumes finds the job.

import type { Job, Queue } from 'bullmq';
import { fitsGlob } from '../../graph/glob.ts';
import type { RedisConnection } from './redis-connection.ts';

export interface PausedNodesPlace {
  /** The key of the set of patterns. */
  readonly key: string;
  readonly connection: RedisConnection;
  readonly queues: () => Iterable<Queue>;
  /** Called when other patterns are in force. */
  readonly changed: (patterns: readonly string[]) => void;
  /** Has the other processes read them again. Resolves once that is said: this process may end right after. */
  readonly tell: () => Promise<unknown>;
}

/** How long a job stays aside at least, in milliseconds; up to half as much is added at random. */
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
    await this.#place.tell();
  }

  /** Reads the patterns, which another process may have changed. */
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

  /** Releases jobs whose nodes are no longer paused. Other delayed jobs begin early too, which is harmless. */
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

/** Its delay may have ended meanwhile. */
async function promoted(job: Job): Promise<void> {
  try {
    await job.promote();
  } catch {
    // It is no longer delayed.
  }
}
