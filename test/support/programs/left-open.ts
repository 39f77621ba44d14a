// A process that has nothing left to do while runs are open, as its argument says.

import { createRuntime, Handler, Job, memoryEngine, OnSuccess, type Engine, type Sent } from 'onward';
import { sqliteEngine } from 'onward/engines/sqlite';
import { wire } from '../wired.ts';

class Shop {
  @Job() order(): void {}
  @OnSuccess('order') @Handler({ waits: true }) approve(_approval: Sent<object>): void {}
  @Job() pack(): Promise<void> {
    return new Promise(() => undefined);
  }
  @Job({ concurrency: 1 }) wrap(): Promise<void> {
    return this.pack();
  }
}

const [how, file]: readonly string[] = JSON.parse(process.argv[2] ?? '[]');
const engine: Engine = file === undefined ? memoryEngine() : sqliteEngine({ file });
const services = { Shop: new Shop() };
const runtime = createRuntime(wire(services), { services, engine });
if (how === 'paused') await runtime.pause('Shop.pack');
const jobs: Readonly<Record<string, string>> = { message: 'Shop.order', closed: 'Shop.order', slot: 'Shop.wrap' };
const job = jobs[how ?? ''] ?? 'Shop.pack';
const options = how === 'suspended' || how === 'started' ? { suspended: true } : {};
const ids = how === 'many' ? ['1', '2', '3', '4', '5'] : how === 'slot' ? ['1', '2'] : ['1'];
const runs = await Promise.all(ids.map((id) => runtime.start(job, undefined, { id, ...options })));
if (how === 'closed') await runtime.close({ drainMs: 0 });
else if (how !== 'started') await Promise.all(runs.map((run) => run.report()));
