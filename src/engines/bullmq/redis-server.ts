// What a Redis server is asked before it is used: whether it keeps what it is given, and what time it is.
//
// REDIS-SERVER-1. The time of the server counts for all processes: one whose clock is wrong sets no timer wrong, and says so.

import type { Clock } from '../../execute/clock.ts';
import type { Log } from '../../execute/application.ts';
import { OnwardError } from '../../errors/onward-error.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { RedisStore } from './redis-store.ts';

/** A clock that is wrong by less is not worth a line in the log. */
const WRONG_MS = 2_000;

/** @throws {OnwardError} ONW4011 if the server would lose runs, and that matters. */
export async function assertKeeps(connection: RedisConnection, mustKeep: boolean, log: Log): Promise<void> {
  const infos = await Promise.all(
    connection.servers.map((server) =>
      connection.ask(async () => `${await server.info('persistence')}\n${await server.info('memory')}`),
    ),
  );
  const problems = [...new Set(infos.flatMap(problemsIn))];
  if (problems.length === 0) return;
  const text = `Redis would lose runs: ${problems.join('; ')}`;
  if (mustKeep) throw new OnwardError('ONW4011', `${text}; or give the engine \`durable: false\``);
  log('warn', text, { code: 'ONW4011' });
}

function problemsIn(info: string): string[] {
  const said = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const policy = said('maxmemory_policy') ?? 'noeviction';
  return [
    ...(said('aof_enabled') === '0'
      ? ['it writes no append-only file, so that a restart loses runs: set `appendonly yes`']
      : []),
    ...(policy === 'noeviction'
      ? []
      : [`it removes keys when its memory is full (${policy}): set \`maxmemory-policy noeviction\``]),
  ];
}

/** The clock of a process, set to the time of its server. */
export class ServerClock implements Clock {
  readonly #clock: Clock;
  readonly #aheadMs: number;

  private constructor(clock: Clock, aheadMs: number) {
    this.#clock = clock;
    this.#aheadMs = aheadMs;
  }

  /** Asks the server for its time. A clock that is not that of the machine is left alone. */
  static async of(clock: Clock, store: Pick<RedisStore, 'time'>, log: Log): Promise<Clock> {
    if (Math.abs(clock.now() - Date.now()) > WRONG_MS) return clock;
    const before = clock.now();
    const seconds = await store.time();
    const aheadMs = Math.round((before + clock.now()) / 2 - seconds * 1_000);
    if (Math.abs(aheadMs) > WRONG_MS) {
      const text = `the clock of this process is ${Math.abs(aheadMs)} ms ${aheadMs > 0 ? 'ahead of' : 'behind'} that of Redis; the time of Redis counts for runs: set the clock of this machine`;
      log('warn', text, { aheadMs });
    }
    return new ServerClock(clock, aheadMs);
  }

  now(): number {
    return this.#clock.now() - this.#aheadMs;
  }

  coarse(): number {
    return this.#clock.coarse() - this.#aheadMs;
  }

  after(ms: number, callback: () => void): () => void {
    return this.#clock.after(ms, callback);
  }

  nextTurn(callback: () => void): void {
    this.#clock.nextTurn(callback);
  }
}
