// A run whose program is another one in its second life: a timer of it is due then, and a message is sent to it at once.

import { createRuntime } from 'onward';
import { sqliteEngine, type SqliteEngineOptions } from 'onward/engines/sqlite';
import { DUE_MS, newShop, oldShop, SHOP_PARAMETERS } from '../two-versions.ts';
import { wire } from '../wired.ts';

interface Given extends SqliteEngineOptions {
  readonly life: 1 | 2;
  readonly onGraphChange: 'reuse' | 'raise' | 'reset';
}

const { life, onGraphChange, ...options }: Given = JSON.parse(process.argv[2] ?? '{}');
const called: string[] = [];
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const services = {
  Shop:
    life === 1
      ? // Whoever waits for this line kills the process.
        oldShop((body) => body === 'pay' && console.log('under way'))
      : newShop((body) => called.push(body)),
};
const wiring = wire(services, SHOP_PARAMETERS);
const runtime = createRuntime(wiring, { services, engine: sqliteEngine(options), log: false });
if (life === 1) {
  await runtime.start('Shop.order', undefined, { id: 'one', onGraphChange });
  setInterval(() => undefined, 1_000);
} else {
  await sleep(DUE_MS);
  const run = await runtime.run('one');
  if (run === undefined) throw new Error('there is no such run');
  const sent = Reflect.apply(run.send, run, ['Shop.approve', 'the boss']);
  void runtime.work();
  await sent;
  await sleep(DUE_MS / 2);
  if (onGraphChange === 'raise') {
    console.log((await run.inspect()).status, called.length);
    await run.resume();
  }
  const { status } = await run.report();
  console.log(status, ...called.toSorted());
  await runtime.close();
}
