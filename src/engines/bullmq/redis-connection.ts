// One connection to Redis that answers in time: what it does not answer is refused, and it connects again by itself.
//
// REDIS-CONNECTION-1. Nothing is queued while there is no connection, and nothing is sent a second time. A command that
//     was refused may have been done: a caller that tries again first reads what is there.

import type { Cluster, ClusterOptions, Redis, RedisOptions } from 'ioredis';
import { OnwardError } from '../../errors/onward-error.ts';
import { describeThrown, printable } from '../../values/describe.ts';
import { loadIoRedis } from './packages.ts';
import type { Script } from './redis-scripts.ts';

/** Some nodes of a cluster, and options of ioredis for it, such as `{ redisOptions: { password } }`. */
export interface RedisCluster extends ClusterOptions {
  readonly cluster: readonly { readonly host: string; readonly port: number }[];
}

/** A URL such as `redis://127.0.0.1:6379`, options of ioredis, or a cluster. */
export type RedisAddress = string | RedisOptions | RedisCluster;

const MOST_RETRY_MS = 1_000;

export interface ConnectionOptions {
  readonly address: RedisAddress;
  /** Every command is answered within this time, in milliseconds. */
  readonly limitMs: number;
}

export class RedisConnection {
  /** Of a cluster, a client with the same commands, which finds the server of each key. */
  readonly redis: Redis;
  readonly #address: RedisAddress;
  readonly #limitMs: number;
  #why = 'it does not answer';
  #wasThere = false;
  /** Questions that wait for the connection. Those that are refused meanwhile are not asked any more. */
  readonly #waiting = new Set<() => void>();

  private constructor(redis: Redis, address: RedisAddress, limitMs: number) {
    this.redis = redis;
    this.#address = address;
    this.#limitMs = limitMs;
    // Without a listener, ioredis writes to the console.
    redis.on('error', (error: unknown) => {
      this.#why = describeThrown(error);
    });
    redis.on('connect', () => (this.#wasThere = true));
    redis.on('ready', () => {
      for (const goOn of this.#waiting) goOn();
    });
  }

  /** @throws {OnwardError} ONW4010 if it cannot be reached in time, ONW6010 if a package is missing. */
  static async open({ address, limitMs }: ConnectionOptions, more: RedisOptions = {}): Promise<RedisConnection> {
    const connection = new RedisConnection(await connect(address, more), address, limitMs);
    try {
      await connection.ask(() => connection.#answers());
      return connection;
    } catch (fault) {
      connection.close();
      throw fault;
    }
  }

  /** A client of a cluster refuses commands without a key as long as the server that it picks is not connected. */
  async #answers(): Promise<unknown> {
    if (!isCluster(this.#address)) return this.redis.ping();
    const answers = clusterOf(this.redis)
      .nodes('all')
      .map((node) => node.ping());
    await Promise.allSettled(answers);
    return Promise.any(answers);
  }

  /** @throws {OnwardError} ONW4010 if there is no answer in time, or none that is of use. */
  async ask<T>(question: (redis: Redis) => Promise<T>): Promise<T> {
    let callOff = (): void => undefined;
    let goOn = (): void => undefined;
    const tooLate = new Promise<never>((_, reject) => {
      const timer = setTimeout(() => reject(this.#unavailable(this.#why)), this.#limitMs);
      callOff = () => clearTimeout(timer);
    });
    try {
      if (this.redis.status !== 'ready') {
        const ready = new Promise<void>((resolve) => (goOn = resolve));
        this.#waiting.add(goOn);
        await Promise.race([ready, tooLate]);
      }
      return await Promise.race([question(this.redis), tooLate]);
    } catch (error) {
      throw error instanceof OnwardError ? error : this.#unavailable(describeThrown(error), error);
    } finally {
      callOff();
      this.#waiting.delete(goOn);
    }
  }

  /** Runs a script, which the server knows from the second time on. */
  run({ lua, sha, keys }: Script, values: readonly (string | number)[]): Promise<unknown> {
    return this.ask(async (redis) => {
      try {
        return await redis.evalsha(sha, keys, ...values);
      } catch (error) {
        if (!describeThrown(error).includes('NOSCRIPT')) throw error;
        return redis.eval(lua, keys, ...values);
      }
    });
  }

  /** Another client for the same place. */
  duplicate(more: Omit<RedisOptions, 'host' | 'port'>): Redis {
    if (!isCluster(this.#address)) return this.redis.duplicate(more);
    const { enableOfflineQueue, ...redisOptions } = more;
    const cluster = clusterOf(this.redis);
    const whole = { ...cluster.options, enableOfflineQueue, enableAutoPipelining: false, retryDelayOnFailover: 100 };
    return redisOf(
      cluster.duplicate([], { ...whole, redisOptions: { ...cluster.options.redisOptions, ...redisOptions } }),
    );
  }

  /** A client for each server that takes writes. */
  get servers(): readonly Redis[] {
    return isCluster(this.#address) ? clusterOf(this.redis).nodes('master') : [this.redis];
  }

  close(): void {
    this.redis.disconnect();
  }

  #unavailable(why: string, cause?: unknown): OnwardError {
    const place = placeOf(this.#address, this.redis);
    const text = `Redis ${printable(place)} ${whatIsWrong(why, this.#wasThere)}`;
    return new OnwardError('ONW4010', text, cause === undefined ? {} : { cause });
  }
}

/** @param wasThere it has answered before. */
function whatIsWrong(why: string, wasThere: boolean): string {
  const said = printable(why);
  if (why.startsWith('MOVED '))
    return 'belongs to a cluster: give `connection: { cluster: [{ host, port }] }`, and to the command line a module with that engine';
  if (/\b(?:WRONGPASS|NOAUTH|NOPERM)\b/.test(why))
    return `refuses this user: ${said}; give \`connection\` the right user and password, as in 'redis://user:password@host:6379', and the user all rights for its keys`;
  return wasThere
    ? `does not do what is asked of it: ${said}; nothing that was accepted is lost: see to the server and its address, and ask again what was refused`
    : `cannot be reached: ${said}; is the address right, and is the server up?`;
}

function placeOf(address: RedisAddress, { options: { host, port, sentinels, name } }: Redis): string {
  if (isCluster(address)) return `Cluster at ${address.cluster.map((node) => `${node.host}:${node.port}`).join(', ')}`;
  return (sentinels ?? null) === null ? `at ${host}:${port}` : `that Sentinel calls ${name}`;
}

export function isCluster(address: RedisAddress): address is RedisCluster {
  return typeof address === 'object' && 'cluster' in address && address.cluster !== undefined;
}

/** The types of ioredis have no common part for both clients; their commands are the same. */
function redisOf(client: Cluster): Redis {
  return client as unknown as Redis;
}

/** The client of a cluster's address is one of a cluster. */
function clusterOf(client: Redis): Cluster {
  return client as unknown as Cluster;
}

/** A connection that never gives up, and keeps nobody waiting. */
async function connect(address: RedisAddress, more: RedisOptions): Promise<Redis> {
  const { Redis: Client, Cluster: ClusterClient } = await loadIoRedis();
  if (isCluster(address)) {
    const { cluster, redisOptions, ...given } = address;
    return redisOf(
      new ClusterClient([...cluster], {
        clusterRetryStrategy: (times) => Math.min(MOST_RETRY_MS, 50 * times),
        ...given,
        enableAutoPipelining: true,
        enableOfflineQueue: false,
        // REDIS-CONNECTION-1: a server that is gone may have done what it was asked.
        retryDelayOnFailover: 0,
        redisOptions: { ...redisOptions, maxRetriesPerRequest: 0, autoResendUnfulfilledCommands: false },
      }),
    );
  }
  const options: RedisOptions = {
    enableAutoPipelining: true,
    enableOfflineQueue: false,
    // REDIS-CONNECTION-1.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (times) => Math.min(MOST_RETRY_MS, 50 * times),
    ...more,
  };
  return typeof address === 'string' ? new Client(address, options) : new Client({ ...address, ...options });
}
