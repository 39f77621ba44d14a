// A body that ends its process when it is called for the first time.

import { existsSync, writeFileSync } from 'node:fs';
import { createRuntime, Job, type StepContext } from 'onward';
import { sqliteEngine, type SqliteEngineOptions } from 'onward/engines/sqlite';
import { wire } from '../wired.ts';

const options: SqliteEngineOptions = JSON.parse(process.argv[2] ?? '{}');

class Counter {
  @Job() async count({ step }: StepContext): Promise<string> {
    console.log(step.key);
    if (existsSync(`${options.file}.mark`)) return 'counted';
    writeFileSync(`${options.file}.mark`, '');
    process.exit(1);
  }
}

const services = { Counter: new Counter() };
const runtime = createRuntime(wire(services, { 'Counter.count': ['context'] }), {
  services,
  engine: sqliteEngine(options),
});
const run = await runtime.start('Counter.count', undefined, { id: 'one' });
console.log(await run.value());
await runtime.close();
