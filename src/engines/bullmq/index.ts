// The entry `onward/engines/bullmq`: runs in Redis, performed by any number of processes through queues of BullMQ.

import type { Core, Engine } from '../engine.ts';
import type { Application } from '../../execute/application.ts';
import { hashOf } from '../../graph/graph-hash.ts';
import { OnwardError } from '../../errors/onward-error.ts';
import { describedGraph } from '../../execute/described-graph.ts';
import { durationMs, type Duration } from '../../graph/duration.ts';
import {
  assertEngineOptions,
  KEPT_RUNS_OPTIONS,
  KeptRunsEngine,
  type KeptRunsOptions,
} from '../store/kept-runs-engine.ts';
import {
  FLAG,
  isObject,
  LIMIT,
  type OptionRule,
  type OptionTable,
  TIMEOUT,
  STRING,
} from '../../values/option-rules.ts';
import { taken } from '../store/refusals.ts';
import { JobQueues } from './job-queues.ts';
import { assertGroups, type QueueGroups } from './queue-plan.ts';
import { isCluster, type RedisAddress } from './redis-connection.ts';
import { RedisStore } from './redis-store.ts';
import { assertKeeps, ServerClock } from './redis-server.ts';

export type { RedisAddress, RedisCluster } from './redis-connection.ts';
export type { Encryption } from '../store/encrypted-store.ts';

export interface BullmqEngineOptions extends KeptRunsOptions {
  /** Where Redis is: a URL such as `redis://127.0.0.1:6379`, options of ioredis, or nodes of a cluster: `{ cluster: [{ host, port }] }`. */
  readonly connection: RedisAddress;
  /** The name of the queue, and of the runs that belong to it: processes with one name share them. @default 'onward' */
  readonly queue?: string | undefined;
  /**
   * Queues of their own for some nodes, by pattern, such as `{ 'Video.*': 'video' }`: `runtime.work({ nodes })` of a process
   * serves whole queues. The same in every process. @default all nodes have one queue
   */
  readonly queues?: QueueGroups | undefined;
  /** What all keys in Redis begin with, those of BullMQ as well. Braces keep them in one slot of a cluster. @default '{onward}' */
  readonly prefix?: string | undefined;
  /** Refuses a Redis that would lose runs: one without an append-only file, or one that evicts keys. @default true */
  readonly durable?: boolean | undefined;
  /** Within this time the tasks of a process that has died begin again in another; a number is milliseconds. @default '15s' */
  readonly recoverAfter?: Duration | undefined;
  /**
   * How many steps of a run one process performs in a row as one job of BullMQ, for a second at most; the next step goes
   * through the queue. 1 makes each step a job of its own, `Infinity` leaves only the second. @default 20
   */
  readonly stepsInARow?: number | undefined;
  /** Every answer of Redis comes within this time, or is refused (ONW4010); a number is milliseconds. @default '5s' */
  readonly answerWithin?: Duration | undefined;
}

const STEPS_IN_A_ROW = 20;
const PREFIX = '{onward}';
/** BullMQ reserves the colon. */
const QUEUE: OptionRule = {
  fits: (value) => typeof value === 'string' && /^[^:\s]{1,100}$/.test(value),
  expected: 'a name of at most 100 characters, without colons and blanks',
};

function areNodes(value: unknown): boolean {
  const isNode = (node: unknown): boolean =>
    isObject(node) && typeof node['host'] === 'string' && Number.isInteger(node['port']);
  return Array.isArray(value) && value.length > 0 && value.every(isNode);
}

const OPTIONS = {
  connection: {
    fits: (value) =>
      (typeof value === 'string' && /^rediss?:\/\//.test(value)) ||
      (isObject(value) && (value['cluster'] === undefined || areNodes(value['cluster']))),
    expected: "a URL such as 'redis://127.0.0.1:6379', options of ioredis, or `{ cluster: [{ host, port }] }`",
  },
  queue: QUEUE,
  queues: {
    fits: (value) => isObject(value) && Object.values(value).every((name) => QUEUE.fits(name)),
    expected: 'names of queues by patterns of nodes',
  },
  prefix: STRING,
  durable: FLAG,
  recoverAfter: TIMEOUT,
  answerWithin: TIMEOUT,
  stepsInARow: LIMIT,
  ...KEPT_RUNS_OPTIONS,
} as const satisfies OptionTable;

/**
 * Keeps runs in Redis, and has them performed by every process that calls `runtime.work()`: on one machine or on many. A
 * process that only starts runs performs nothing. Bodies that were under way when their process died are called again in
 * another one, with the same `step.key`; everything else happens once.
 *
 * @throws {OnwardError} ONW3004 with every option that is wrong. Opening it may fail with ONW4010 (Redis cannot be
 *   reached), ONW4011 (it would lose runs), ONW4009 (fields are sensitive, and there is no key) and ONW6010 (bullmq or
 *   ioredis is not installed).
 */
export function bullmqEngine(options: BullmqEngineOptions): Engine {
  assertEngineOptions(options, OPTIONS, 'connection', 'bullmqEngine');
  const { connection, prefix = PREFIX } = options;
  // Of what stands in braces, a cluster makes the place of a key.
  if (isCluster(connection) && !/\{[^{}]+\}/.test(prefix)) {
    const text = `\`prefix\` of bullmqEngine needs braces in a cluster, which keep all keys in one place: give '{${prefix}}' instead of '${prefix}'`;
    throw new OnwardError('ONW3004', text);
  }
  return new BullmqEngine(options);
}

/** What clients are told. */
interface ToldGraph {
  readonly graph: string;
  /** A client puts tasks where the workers look for them. */
  readonly groups: QueueGroups | undefined;
}

class BullmqEngine extends KeptRunsEngine {
  readonly #store: RedisStore;
  readonly #queues: JobQueues;
  readonly #mustKeep: boolean;
  #isTaken = false;

  constructor(options: BullmqEngineOptions) {
    const { connection: address, queue = 'onward', queues: groups, prefix = PREFIX, durable = true } = options;
    const limitMs = durationMs(options.answerWithin) ?? 5_000;
    const store = new RedisStore({ address, limitMs, prefix: `${prefix}:${queue}:runs` });
    const recoverAfterMs = durationMs(options.recoverAfter) ?? 15_000;
    const { stepsInARow = STEPS_IN_A_ROW } = options;
    const queues = new JobQueues({ address, limitMs, prefix, queue, groups, recoverAfterMs, stepsInARow, store });
    super(store, options, queues);
    this.#queues = queues;
    this.#store = store;
    this.#mustKeep = durable;
  }

  override async open(core: Core): Promise<void> {
    // A client may be of another version than the workers.
    if (core.app.isClient !== true) assertGroups(this.#queues.groups ?? {}, core.app.graph);
    // Two runtimes may open it at the same time, and what fails closes all of it.
    if (this.#isTaken) throw taken();
    this.#isTaken = true;
    try {
      await this.#store.open();
      const { connection } = this.#store;
      await assertKeeps(connection, this.#mustKeep, core.app.log);
      const clock = await ServerClock.of(core.clock, this.#store, core.app.log);
      if (core.app.isClient !== true) await this.#describe(core.app, clock.now());
      // What fails behind it would leave it open.
      await super.open({ ...core, clock });
    } catch (fault) {
      // A runtime that could not be opened is not closed, and a connection would keep its process alive.
      await this.#queues.close();
      this.#store.close();
      this.#isTaken = false;
      throw fault;
    }
  }

  async #describe(app: Application, now: number): Promise<void> {
    const told: ToldGraph = { graph: describedGraph(app), groups: this.#queues.groups };
    await this.#store.describe([app.wiring.graphHash, hashOf(app.graph)], JSON.stringify(told), now);
  }

  async describedGraph(hash?: string): Promise<string | undefined> {
    await this.#store.open();
    try {
      const text = await this.#store.described(hash);
      if (text === undefined) return undefined;
      const told: ToldGraph = JSON.parse(text);
      this.#queues.groups ??= told.groups;
      return told.graph;
    } finally {
      // Whether it is opened at all is not known yet.
      this.#store.close();
    }
  }
}
