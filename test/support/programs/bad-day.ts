// A process whose days are bad: it is told to stop in the middle, told twice, or runs out of memory.

import { appendFileSync } from 'node:fs';
import { createRuntime, isOnwardError, Job, OnSuccess } from 'onward';
import { sqliteEngine, type SqliteEngineOptions } from 'onward/engines/sqlite';
import { wire } from '../wired.ts';

interface Given extends SqliteEngineOptions {
  readonly life: 1 | 2;
  readonly hoards?: boolean;
}

const { life, hoards = false, ...options }: Given = JSON.parse(process.argv[2] ?? '{}');
const ITEMS = 12;

let isTold = false;

function act(line: string): void {
  appendFileSync(`${options.file}.bodies`, `${life} ${line}\n`);
}

/** Until there is no memory left. */
function hoard(): never {
  for (const hoarded: number[][] = []; ;) hoarded.push(Array.from({ length: 10_000 }, () => Math.random()));
}

class Shop {
  @Job() list(): number[] {
    return Array.from({ length: ITEMS }, (_, at) => at);
  }
  @OnSuccess('list', { each: true, concurrency: 1 }) async pack(item: number): Promise<number> {
    act(`begin ${item}`);
    // It hears of signals from now on.
    if (item >= 2 && life === 1 && !isTold && process.listenerCount('SIGTERM') > 1) {
      isTold = true;
      console.log('under way');
    }
    if (hoards && life === 1 && item === 2) hoard();
    await new Promise((resolve) => setTimeout(resolve, 30));
    act(`end ${item}`);
    return item;
  }
}

const services = { Shop: new Shop() };
const runtime = createRuntime(wire(services), { services, engine: sqliteEngine(options), log: false });
if (life === 1) {
  process.on('SIGTERM', () => {
    const refused = (error: unknown): void => console.log(isOnwardError(error) ? error.code : String(error));
    // The runtime has heard of it, too.
    setImmediate(() => void runtime.start('Shop.list', undefined, { id: 'new' }).catch(refused));
  });
  await runtime.start('Shop.list', undefined, { id: 'one' });
  await runtime.work();
  console.log('closed');
} else {
  void runtime.work();
  const report = await (await runtime.run('one'))?.report();
  console.log(report?.status, report?.steps.length);
  await runtime.close();
}
