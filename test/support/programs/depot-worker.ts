// A process that performs what others start at the depot. It can be told to die right after one of its writes.

import { Redis } from 'ioredis';
import type { BullmqEngineOptions } from 'onward/engines/bullmq';
import { COMMIT } from '../../../src/engines/bullmq/redis-scripts.ts';
import { depot } from '../depot.ts';

export interface GivenToWorker {
  readonly notes: string;
  readonly options: BullmqEngineOptions;
  /** It dies once so many changes are written, before anything follows from the last one. */
  readonly diesAfter?: number;
  /** When it starts ticks. */
  readonly schedule?: string;
}

const { notes, options, diesAfter, schedule }: GivenToWorker = JSON.parse(process.argv[2] ?? '{}');
let left = diesAfter ?? Number.POSITIVE_INFINITY;
const evalsha = Redis.prototype.evalsha;
Redis.prototype.evalsha = async function dying(this: Redis, ...given: Parameters<typeof evalsha>) {
  const answer = await Reflect.apply(evalsha, this, given);
  if (given[0] === COMMIT.sha && Array.isArray(answer)) left -= answer.filter((written) => written === 1).length;
  if (left <= 0) process.kill(process.pid, 'SIGKILL');
  return answer;
} as typeof evalsha;

const runtime = depot(notes, options, (line) => console.log(line));
void runtime.work({ concurrency: 8 }).then(() => process.exit(0));
await runtime.runs({ limit: 1 });
if (schedule !== undefined) await runtime.schedule('Depot.tick', schedule);
console.log('up');
