// A body that kills its process whenever it is called, beside one that does not.

import { appendFileSync } from 'node:fs';
import { createRuntime, Job, type RunReport } from 'onward';
import { sqliteEngine, type SqliteEngineOptions } from 'onward/engines/sqlite';
import { wire } from '../wired.ts';

const options: SqliteEngineOptions = JSON.parse(process.argv[2] ?? '{}');

class Lab {
  @Job() async bomb(): Promise<void> {
    appendFileSync(`${options.file}.lives`, 'bomb\n');
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => undefined);
  }
  @Job() async quiet(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function told(name: string, { status, steps }: RunReport): string {
  const [step] = steps;
  const code = /ONW\d+/.exec(String(step?.error))?.[0];
  return `${name} ${status} ${step?.code}${code === undefined ? '' : ` ${code}`}`;
}

const services = { Lab: new Lab() };
const runtime = createRuntime(wire(services), {
  services,
  engine: sqliteEngine({ ...options, deaths: 3 }),
  log: false,
});
console.log('up');
const quiet = await runtime.start('Lab.quiet', undefined, { id: 'quiet' });
const bomb = await runtime.start('Lab.bomb', undefined, { id: 'bomb' });
console.log(told('bomb', await bomb.report()));
console.log(told('quiet', await quiet.report()));
await runtime.close();
