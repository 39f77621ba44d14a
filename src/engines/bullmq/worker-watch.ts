// Warns if no process works on the queue: a run would otherwise wait there in silence.
//
// WORKER-WATCH-1. The check is made a while after a task was queued, and warns once. If the server does not list its
//     connections, workers are assumed.

import type { Clock } from '../../execute/clock.ts';
import type { Log } from '../../execute/application.ts';
import { quoted } from '../../values/describe.ts';
import type { RedisConnection } from './redis-connection.ts';

export interface NamedQueue {
  readonly prefix: string;
  /** The names of queues for single nodes and groups begin with it. */
  readonly queue: string;
}

export interface WorkerWatchPlace extends NamedQueue {
  readonly connection: RedisConnection;
  readonly clock: Clock;
  readonly log: Log;
}

/** How long after a task the check is made. */
const LOOK_MS = 5_000;
/** How long workers that were found are assumed to be there. */
const TRUSTED_MS = 60_000;

export class WorkerWatch {
  readonly #place: WorkerWatchPlace;
  #looksFrom = 0;
  #callOff: (() => void) | undefined;

  constructor(place: WorkerWatchPlace) {
    this.#place = place;
  }

  /** A task went out, and this process takes none. */
  dispatched(): void {
    const { clock } = this.#place;
    if (this.#callOff !== undefined || clock.now() < this.#looksFrom) return;
    this.#callOff = clock.after(LOOK_MS, () => void this.#look());
  }

  async #look(): Promise<void> {
    const { connection, clock, log, queue } = this.#place;
    const isThere = await isServed(connection, this.#place).catch(() => true);
    this.#callOff = undefined;
    this.#looksFrom = isThere ? clock.now() + TRUSTED_MS : Number.POSITIVE_INFINITY;
    if (isThere) return;
    const text = `no process works on the queue ${quoted(queue)}: what is started waits until one calls \`runtime.work()\`, with the same \`queue\` and \`prefix\``;
    log('warn', text, { queue });
  }

  stop(): void {
    this.#callOff?.();
  }
}

/** Whether some process takes tasks of the queue, by the connections that the server lists. */
export async function isServed(connection: RedisConnection, { prefix, queue }: NamedQueue): Promise<boolean> {
  const lists = await Promise.all(connection.servers.map((server) => connection.ask(() => server.client('LIST'))));
  return lists
    .map(String)
    .join('\n')
    .split('\n')
    .some((client) => {
      // BullMQ names the connection of a worker.
      const name = / name=(\S+)/.exec(client)?.[1];
      if (name?.startsWith(`${prefix}:`) !== true) return false;
      const [base64 = ''] = name.slice(prefix.length + 1).split(':');
      const served = Buffer.from(base64, 'base64').toString();
      return served === queue || served.startsWith(`${queue}.`);
    });
}
