// The address of runs in Redis: `redis://127.0.0.1:6379?queue=shop`.
//
// REDIS-ADDRESS-1. An unknown parameter is refused: a misspelt `queue` would lead to another queue.
// REDIS-ADDRESS-2. No text shows a password, wherever in the address it stands.

import type { RedisAddress, RedisCluster } from '../../src/engines/bullmq/redis-connection.ts';
import type { NamedQueue } from '../../src/engines/bullmq/worker-watch.ts';
import { didYouMean } from '../../src/errors/nearest-name.ts';
import { inBackticks, quoted } from '../../src/values/describe.ts';
import { wrongUsage } from './arguments.ts';

/** Where the runs are, as options of `bullmqEngine`. */
export interface RedisPlace extends NamedQueue {
  readonly connection: string;
}

const OURS = ['queue', 'prefix'];

/** Options of ioredis that fit into a URL. */
const OF_THE_CLIENT = [
  ...(['host', 'port', 'path', 'family', 'db', 'username', 'password', 'tls', 'name', 'role', 'keyPrefix'] as const),
  ...(['connectTimeout', 'disconnectTimeout', 'commandTimeout', 'socketTimeout', 'blockingTimeout'] as const),
  ...(['maxLoadingRetryTime', 'enableReadyCheck', 'readOnly', 'keepAlive', 'noDelay'] as const),
  ...(['connectionName', 'disableClientInfo', 'clientInfoTag'] as const),
] satisfies readonly (keyof Exclude<RedisAddress, string | RedisCluster>)[];

/** Before the host, and as a parameter. */
const PASSWORD = /(?<=:\/\/[^:@/?#]*:)[^/?#]*(?=@)|(?<=[?&]password=)[^&#]*/gi;

/** REDIS-ADDRESS-2. The path of a file is left as it is. */
export function withoutPassword(engine: string): string {
  return engine.replace(PASSWORD, '…');
}

/**
 * Reads an address. `queue` and `prefix` are taken out of it; the rest is for ioredis.
 *
 * @throws {OnwardError} ONW6030 if it is not a Redis address, or has an unknown parameter.
 */
export function redisPlaceOf(text: string): RedisPlace {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^rediss?:$/.test(url.protocol)) {
    const scheme = /^[^:]*/.exec(text)?.[0] ?? '';
    throw wrongUsage(
      `--engine has an address that begins with ${quoted(scheme)}, and runs are kept in Redis or in a file; give redis://127.0.0.1:6379, the path of a file, or a JavaScript module`,
    );
  }
  const known: readonly string[] = [...OURS, ...OF_THE_CLIENT];
  // REDIS-ADDRESS-1.
  for (const name of url.searchParams.keys()) {
    if (known.includes(name)) continue;
    const hint =
      didYouMean(name, known, inBackticks) ??
      'there are `queue` and `prefix`, and options of ioredis such as `db` and `family`';
    throw wrongUsage(`--engine: there is no parameter ${inBackticks(name)}; ${hint}`);
  }
  const take = (name: string, usual: string): string => {
    const given = url.searchParams.get(name);
    url.searchParams.delete(name);
    return given ?? usual;
  };
  const [queue, prefix] = [take('queue', 'onward'), take('prefix', '{onward}')];
  return { connection: url.href, queue, prefix };
}
