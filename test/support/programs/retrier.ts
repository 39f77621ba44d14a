// A run that fails in the first life of its process, is retried in the second, which dies meanwhile, and ends in the third.

import { appendFileSync } from 'node:fs';
import { createRuntime, Job, Join, OnSuccess } from 'onward';
import { sqliteEngine, type SqliteEngineOptions } from 'onward/engines/sqlite';
import { wire } from '../wired.ts';

interface Given extends SqliteEngineOptions {
  readonly life: 1 | 2 | 3;
  /** Its jobs side by side, in place of one. */
  readonly isParallel?: boolean;
}

const { life, isParallel = false, ...options }: Given = JSON.parse(process.argv[2] ?? '{}');

function act(name: string): void {
  appendFileSync(`${options.file}.bodies`, `${life} ${name}\n`);
}

class Shop {
  @Job() order(): string {
    act('order');
    return 'o';
  }
  @OnSuccess('order') stock(): undefined {
    act('stock');
    return undefined;
  }
  @OnSuccess('order') async charge(): Promise<string> {
    act('charge');
    if (life === 1) throw new Error('the bank does not answer');
    // Whoever waits for this line kills the process.
    if (life === 2) await new Promise((resolve) => setTimeout(resolve, 3_600_000, console.log('under way')));
    return 'c';
  }
  @Join({ paid: 'charge', shelf: 'stock' }) pack(parts: { paid: string; shelf: undefined }): string {
    act('pack');
    return `${parts.paid} ${String(parts.shelf)}`;
  }
  @Job() async weigh(): Promise<number> {
    act('weigh');
    await new Promise((resolve) => setTimeout(resolve, 20));
    act('weighed');
    return 7;
  }
  @OnSuccess('weigh') label(grams: number): string {
    act('label');
    return `${grams} g`;
  }
}

const services = { Shop: new Shop() };
const runtime = createRuntime(wire(services), { services, engine: sqliteEngine(options), log: false });
if (life === 1) {
  const run = isParallel
    ? await runtime.start(runtime.parallel([{ job: 'Shop.weigh' }, { job: 'Shop.order' }]), { id: 'one' })
    : await runtime.start('Shop.order', undefined, { id: 'one' });
  await run.report();
}
if (life === 2) await runtime.retry('one');
if (life === 3) {
  void runtime.work();
  const run = await runtime.run('one');
  const report = await run?.report();
  for (const { node, code, returnValue } of report?.steps ?? []) console.log(`${node} ${code} ${String(returnValue)}`);
  await runtime.close();
} else {
  console.log(life === 1 ? 'failed' : 'retried');
  setInterval(() => undefined, 1_000);
}
