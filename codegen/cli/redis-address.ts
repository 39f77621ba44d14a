// The address of runs in Redis: `redis://127.0.0.1:6379?queue=shop`.
//
// REDIS-ADDRESS-1. What is not known is refused: a misspelt `queue` would lead to another queue.

import { didYouMean } from '../../src/errors/nearest-name.ts';
import { inBackticks, quoted } from '../../src/values/describe.ts';
import { wrongUsage } from './arguments.ts';

/** Where runs are, as `bullmqEngine` is told. */
export interface RedisPlace {
  readonly connection: string;
  readonly queue: string;
  readonly prefix: string;
}

const OURS = ['queue', 'prefix'];

/** Options of ioredis that a text can give. */
const OF_THE_CLIENT = [
  ...['host', 'port', 'path', 'family', 'db', 'username', 'password', 'tls', 'name', 'role'],
  ...[
    'connectTimeout',
    'disconnectTimeout',
    'commandTimeout',
    'socketTimeout',
    'blockingTimeout',
    'maxLoadingRetryTime',
  ],
  ...['keepAlive', 'noDelay', 'connectionName', 'disableClientInfo', 'clientInfoTag', 'keyPrefix', 'readOnly'],
  ...['enableReadyCheck', 'protocol'],
];

/**
 * `queue` and `prefix` are ours, and not for the server.
 *
 * @throws {OnwardError} ONW6030 for what is no such address.
 */
export function redisPlaceOf(text: string): RedisPlace {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^rediss?:$/.test(url.protocol)) {
    const scheme = /^[^:]*/.exec(text)?.[0] ?? '';
    throw wrongUsage(
      `--engine has an address that begins with ${quoted(scheme)}, and runs are kept in Redis or in a file; give redis://127.0.0.1:6379, the path of a file, or a JavaScript module`,
    );
  }
  const known = [...OURS, ...OF_THE_CLIENT];
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
