// A store in Redis: the records of a run are four hashes, and indexes of all runs lie beside them.
//
// REDIS-STORE-1. A change is one script: it compares the version and writes all, or nothing.
// REDIS-STORE-2. Any number of processes may have it open. A decision on an older version writes nothing.
// REDIS-STORE-3. Its keys have one hash tag: in a cluster all of them lie together.

import type { SavedTexts } from '../saved-texts.ts';
import type { Redis } from 'ioredis';
import { areaOf, AREAS, type Area } from '../../records/keys.ts';
import { RedisConnection, type ConnectionOptions } from './redis-connection.ts';
import { AREA, COMMIT, LOAD, REMOVE, TIME } from './redis-scripts.ts';
import { changeScripts, listIn, pairsIn, patternOf, storedOf, textsIn, timerIn } from './redis-texts.ts';
import { storeClosed } from '../store/refusals.ts';
import { fitsStored } from '../store/run/run-pages.ts';
import type {
  Committed,
  DueTimers,
  LoadedRecords,
  PageQuery,
  RecordPage,
  RunChange,
  Store,
  StoredRun,
  StoredRunQuery,
  StoredTimer,
} from '../store/store.ts';

export interface RedisStoreOptions extends ConnectionOptions {
  /** All keys begin with it. */
  readonly prefix: string;
}

/** What a run's hash of live records has beside records. */
const HEAD = ['#v', '#s', '#n'] as const;
const AT_ONCE = 200;
/** How many hashes of graphs are kept: two for each version of an application. */
const MOST_GRAPHS = 100;

export class RedisStore implements Store {
  readonly name = 'redis';
  readonly isDurable = true;
  readonly saved: SavedTexts = {
    get: async (key) => (await this.#ask((redis) => redis.hget(this.#index('saved'), key))) ?? undefined,
    keys: () => this.#ask((redis) => redis.hkeys(this.#index('saved'))),
    set: async (key, text) => {
      const hash = this.#index('saved');
      await this.#ask((redis) => (text === null ? redis.hdel(hash, key) : redis.hset(hash, key, text)));
    },
  };
  readonly #options: RedisStoreOptions;
  #connection: RedisConnection | undefined;

  constructor(options: RedisStoreOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    this.#connection ??= await RedisConnection.open(this.#options);
  }

  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  get connection(): RedisConnection {
    if (this.#connection === undefined) throw storeClosed();
    return this.#connection;
  }

  async find(runId: string): Promise<StoredRun | undefined> {
    const [version, summary, cursor] = await this.#ask((redis) => redis.hmget(this.#ofRun('live', runId), ...HEAD));
    return storedOf(runId, version, summary, cursor);
  }

  async load(runId: string, keys: readonly string[]): Promise<LoadedRecords> {
    const byArea = AREAS.map((area) => keys.filter((key) => areaOf(key) === area));
    const asked = byArea.flatMap((those) => [those.length, ...those]);
    const found = listIn(await this.connection.run(LOAD, [...this.#hashes(runId).slice(0, 3), ...asked]));
    const [version, summary, cursor, ...rest] = found;
    const records = new Map<string, string>();
    const whole: Area[] = [];
    let at = AREAS.length;
    for (const [place, area] of AREAS.entries()) {
      const before = records.size;
      for (const key of byArea[place] ?? []) {
        const text = rest[at++];
        if (typeof text === 'string') records.set(key, text);
      }
      if (rest[place] === records.size - before + (area === 'live' ? HEAD.length : 0)) whole.push(area);
    }
    const stored = storedOf(runId, version, summary, cursor);
    return { version: Number(version ?? 0), records, whole, ...(stored !== undefined && { stored }) };
  }

  async commit(changes: readonly RunChange[]): Promise<readonly Committed[]> {
    const scripts = changeScripts(changes).map((values) =>
      this.connection.run(COMMIT, [this.#options.prefix, ...values]),
    );
    const answers = await Promise.all(scripts);
    return answers.flatMap((answer) => listIn(answer)).map((written) => (written === 1 ? 'written' : 'conflict'));
  }

  async payloads(runId: string, names: readonly string[]): Promise<readonly (string | undefined)[]> {
    if (names.length === 0) return [];
    const texts = await this.#ask((redis) => redis.hmget(this.#ofRun('payloads', runId), ...names));
    return texts.map((text) => text ?? undefined);
  }

  async page(runId: string, { area, prefix = '', after, limit }: PageQuery): Promise<RecordPage> {
    const hashes = [this.#ofRun('live', runId), this.#ofRun(area, runId)];
    const [head, pairs] = listIn(await this.connection.run(AREA, [...hashes, patternOf(prefix)]));
    const [version, summary, cursor] = textsIn(head);
    const stored = storedOf(runId, version, summary, cursor);
    const all = pairsIn(pairs).filter(([key]) => !key.startsWith('#') && key.startsWith(prefix));
    const left = all.filter(([key]) => after === undefined || key > after);
    const ordered = limit === undefined ? left : left.toSorted(([one], [other]) => (one < other ? -1 : 1));
    const records = ordered.slice(0, limit);
    const last = records.at(-1)?.[0];
    const hasMore = records.length < ordered.length && last !== undefined;
    const next = hasMore ? { next: last } : {};
    return { version: Number(version ?? 0), records, ...(stored !== undefined && { stored }), ...next };
  }

  async payloadNames(runId: string): Promise<{ readonly names: readonly string[] }> {
    return { names: await this.#ask((redis) => redis.hkeys(this.#ofRun('payloads', runId))) };
  }

  async runs({
    limit,
    after,
    order = 'newest',
    withLive = false,
    ...query
  }: StoredRunQuery): Promise<readonly StoredRun[]> {
    const found: StoredRun[] = [];
    const index = this.#index(query.isOpen === true ? 'open' : 'runs');
    if (query.endedBefore !== undefined && after === undefined)
      return this.#endedBefore(query.endedBefore, query, limit);
    let cursor = after;
    for (;;) {
      const ids = await this.#ask((redis) => idsBehind(redis, index, { order, after: cursor, limit: AT_ONCE }));
      const read = await Promise.all(ids.map((runId) => (withLive ? this.#withLive(runId) : this.find(runId))));
      for (const run of read) {
        if (run === undefined) continue;
        cursor = run.cursor;
        if (fitsStored(run, query) && found.push(run) === limit) return found;
      }
      if (ids.length < AT_ONCE) return found;
    }
  }

  /** The runs that ended first; none that ended later is read. */
  async #endedBefore(time: number, query: Omit<StoredRunQuery, 'limit'>, limit: number): Promise<StoredRun[]> {
    const found: StoredRun[] = [];
    const index = this.#index('over');
    const count = Math.min(limit, AT_ONCE);
    for (let behind = 0; ; behind += count) {
      const ids = await this.#ask((redis) => redis.zrangebyscore(index, '-inf', `(${time}`, 'LIMIT', behind, count));
      for (const run of await Promise.all(ids.map((runId) => this.find(runId))))
        if (run !== undefined && fitsStored(run, query) && found.push(run) === limit) return found;
      if (ids.length < count) return found;
    }
  }

  async #withLive(runId: string): Promise<StoredRun | undefined> {
    const all = await this.#ask((redis) => redis.hgetall(this.#ofRun('live', runId)));
    const run = storedOf(runId, all['#v'], all['#s'], all['#n']);
    const live = Object.entries(all).filter(([key]) => !key.startsWith('#'));
    return run === undefined ? undefined : { ...run, live };
  }

  countOpen(): Promise<number> {
    return this.#ask((redis) => redis.zcard(this.#index('open')));
  }

  async due(until: number, limit: number): Promise<DueTimers> {
    const index = this.#index('due');
    const [scored, [, next]] = await Promise.all([
      this.#ask((redis) => redis.zrangebyscore(index, '-inf', until, 'WITHSCORES', 'LIMIT', 0, limit + 1)),
      this.#ask((redis) => redis.zrangebyscore(index, `(${until}`, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)),
    ]);
    const ids = pairsIn(scored);
    const behind = ids[limit];
    const timers = await Promise.all(
      ids.slice(0, limit).map(async ([member, at]) => {
        const { runId, key } = timerIn(member);
        const event = await this.#ask((redis) => redis.hget(this.#ofRun('timers', runId), key));
        return event === null ? [] : [{ runId, key, at: Number(at), event }];
      }),
    );
    const nextAt = behind === undefined ? next : behind[1];
    return { timers: timers.flat(), next: nextAt === undefined ? undefined : Number(nextAt) };
  }

  /** All timers of one run. */
  async timersOf(runId: string): Promise<readonly StoredTimer[]> {
    const timers = Object.entries(await this.#ask((redis) => redis.hgetall(this.#ofRun('timers', runId))));
    const member = (key: string): string => `${Buffer.byteLength(runId)}:${runId}${key}`;
    return Promise.all(
      timers.map(async ([key, event]) => {
        const at = await this.#ask((redis) => redis.zscore(this.#index('due'), member(key)));
        return { runId, key, at: Number(at), event };
      }),
    );
  }

  async remove(runIds: readonly string[]): Promise<number> {
    const indexes = [this.#index('runs'), this.#index('over')];
    const removed = await Promise.all(
      runIds.map((runId) => this.connection.run(REMOVE, [...this.#hashes(runId), ...indexes, runId])),
    );
    return removed.filter((count) => count === 1).length;
  }

  /** Open runs with something to do that nothing has happened to since a time, in seconds since the epoch. */
  idleSince(seconds: number, limit: number): Promise<readonly string[]> {
    const index = this.#index('pending');
    return this.#ask((redis) => redis.zrangebyscore(index, '-inf', seconds, 'LIMIT', 0, limit));
  }

  /** By the server that has the runs, in seconds since the epoch. */
  async time(): Promise<number> {
    const [seconds, microseconds] = textsIn(await this.connection.run(TIME, [this.#options.prefix]));
    return Number(seconds) + Number(microseconds) / 1_000_000;
  }

  /** It was looked at, and is not idle for now. */
  async looked(runId: string, seconds: number): Promise<void> {
    await this.#ask((redis) => redis.zadd(this.#index('pending'), 'XX', seconds, runId));
  }

  /**
   * Keeps the description of a graph under its hash and that of its wiring; of many, the last ones.
   *
   * @param now by the clock of the server, so that the last description is the latest one, on whichever machine it was made.
   */
  async describe(hashes: readonly string[], text: string, now: number): Promise<void> {
    const [texts, times] = [this.#index('graphs'), this.#index('graph-times')];
    await this.#ask((redis) => redis.hset(texts, ...hashes.flatMap((hash) => [hash, text])));
    await this.#ask((redis) => redis.zadd(times, ...hashes.flatMap((hash) => [now, hash])));
    const old = await this.#ask((redis) => redis.zrange(times, 0, -1 - MOST_GRAPHS));
    if (old.length === 0) return;
    await this.#ask((redis) => redis.zrem(times, ...old));
    await this.#ask((redis) => redis.hdel(texts, ...old));
  }

  /** The description of a graph. @param hash its own or that of its wiring; undefined for the last described graph. */
  async described(hash?: string): Promise<string | undefined> {
    const [last] =
      hash === undefined ? await this.#ask((redis) => redis.zrevrange(this.#index('graph-times'), 0, 0)) : [hash];
    if (last === undefined) return undefined;
    return (await this.#ask((redis) => redis.hget(this.#index('graphs'), last))) ?? undefined;
  }

  #ask<T>(question: (redis: Redis) => Promise<T>): Promise<T> {
    return this.connection.ask(question);
  }

  #index(name: string): string {
    return `${this.#options.prefix}:${name}`;
  }

  #ofRun(part: 'live' | 'lookup' | 'kept' | 'payloads' | 'timers', runId: string): string {
    return `${this.#options.prefix}:${part}:${runId}`;
  }

  #hashes(runId: string): string[] {
    return (['live', 'lookup', 'kept', 'payloads', 'timers'] as const).map((part) => this.#ofRun(part, runId));
  }
}

interface Slice {
  readonly order: 'newest' | 'oldest';
  readonly after: string | undefined;
  readonly limit: number;
}

function idsBehind(redis: Redis, index: string, { order, after, limit }: Slice): Promise<string[]> {
  const from = after === undefined ? undefined : `(${after}`;
  return order === 'newest'
    ? redis.zrevrangebyscore(index, from ?? '+inf', '-inf', 'LIMIT', 0, limit)
    : redis.zrangebyscore(index, from ?? '-inf', '+inf', 'LIMIT', 0, limit);
}
