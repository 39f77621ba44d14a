// A program with everything that a crash can hit: brackets, a retry with a pause, items, calls, state, a delayed step, a
// recovery, a join, a loop, run callbacks; and, where it is asked for, bodies that kill it. It notes what was acknowledged,
// every body that it calls, and how runs ended.

import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { IsInt } from 'class-validator';
import {
  createRuntime,
  Handler,
  Job,
  Join,
  memoryEngine,
  OnEnd,
  OnError,
  OnRunEnd,
  OnStart,
  OnSuccess,
  type Engine,
  type RunReport,
  type StepContext,
} from 'onward';
import { bullmqEngine } from 'onward/engines/bullmq';
import { sqliteEngine } from 'onward/engines/sqlite';
import { wire, type Parameters } from '../wired.ts';

interface Given {
  /** Absent: in memory. */
  readonly file?: string;
  readonly driver?: 'node' | 'libsql';
  /** Where Redis is, in the place of a file. */
  readonly redis?: string;
  /** It starts nothing, and performs what others start. */
  readonly works?: boolean;
  readonly runs: number;
  /** Beside so many of them one begins that kills its process, and deaths are counted. */
  readonly poisonEvery?: number;
  /** Files for what is noted. */
  readonly acks: string;
  readonly bodies: string;
  readonly reports: string;
}

const given: Given = JSON.parse(process.argv[2] ?? '{}');

function note(context: StepContext): void {
  appendFileSync(given.bodies, `${context.runId} ${context.step.key}\n`);
}

class Order {
  @IsInt() n!: number;
}

class Press {
  @Job({ retry: { attempts: 3, delay: '5ms', jitter: 0 } })
  async print(order: Order, context: StepContext): Promise<number[]> {
    note(context);
    await sleepReally(1);
    if (context.step.attempt === 1 && order.n % 3 === 0) throw new Error('again');
    return [order.n, order.n + 1];
  }
  @OnStart('print') async unlock(context: StepContext): Promise<void> {
    note(context);
  }
  @OnEnd('print') async lock(context: StepContext): Promise<void> {
    note(context);
    await sleepReally(1);
  }
  @OnSuccess('print', { each: true, concurrency: 1 }) async fold(n: number, context: StepContext): Promise<number> {
    note(context);
    context.state.add('folded', 1);
    return (await context.call(Press, 'double', n)) + 1;
  }
  @Handler() async double(n: number, context: StepContext): Promise<number> {
    note(context);
    await sleepReally(1);
    return n * 2;
  }
  @OnSuccess('print', { after: '10ms' }) async bill(pages: number[], context: StepContext): Promise<number> {
    note(context);
    if ((pages[0] ?? 0) % 5 === 0) throw new Error('declined');
    return pages.length;
  }
  @OnError('bill', { recover: true }) async sorry(context: StepContext): Promise<number> {
    note(context);
    return 7;
  }
  @OnSuccess('print') async first(pages: number[], context: StepContext): Promise<number> {
    note(context);
    return pages.length;
  }
  @OnSuccess('first')
  @OnSuccess('again', { when: (n: number) => n < 5 })
  @Handler({ maxRounds: 9 })
  async again(n: number, context: StepContext): Promise<number> {
    note(context);
    return n + 1;
  }
  @Join({ billed: 'bill', folded: 'fold' }) async total(parts: object, context: StepContext): Promise<object> {
    note(context);
    return { ...parts };
  }
  @Job() async spill(): Promise<never> {
    process.kill(process.pid, 'SIGKILL');
    return new Promise<never>(() => undefined);
  }
  @OnRunEnd() async close(report: RunReport, context: StepContext): Promise<string> {
    note(context);
    return report.status;
  }
}

const PARAMETERS: Parameters = {
  'Press.print': [Order, 'context'],
  'Press.unlock': ['context'],
  'Press.lock': ['context'],
  'Press.fold': ['any', 'context'],
  'Press.double': ['any', 'context'],
  'Press.bill': ['any', 'context'],
  'Press.sorry': ['context'],
  'Press.first': ['any', 'context'],
  'Press.again': ['any', 'context'],
  'Press.total': ['any', 'context'],
  'Press.close': ['any', 'context'],
};

function sleepReally(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What is the same whenever the process died. */
function essence({ runId, status, value, counts, state, steps, callbackFailures }: RunReport): string {
  const lines = steps.map(({ node, key, code, returnValue, attempts }) =>
    JSON.stringify([node, key, code, returnValue, attempts.map(({ number, code: why }) => [number, why])]),
  );
  return JSON.stringify([runId, status, value, counts, state, lines.toSorted(), callbackFailures.length]);
}

const { file, driver, redis, works, runs, poisonEvery, acks, reports } = given;

function engineOf(): Engine {
  if (redis !== undefined) return bullmqEngine({ connection: redis, deaths: Infinity, recoverAfter: '900ms' });
  if (file === undefined) return memoryEngine({ keepRuns: runs });
  const counting = poisonEvery === undefined && { deaths: Number.POSITIVE_INFINITY };
  return sqliteEngine({ file, ...counting, ...(driver !== undefined && { driver }) });
}

const services = { Press: new Press() };
const runtime = createRuntime(wire(services, PARAMETERS), { services, engine: engineOf(), log: false });
if (works === true) {
  console.log('up');
  await runtime.work({ concurrency: 16 });
  process.exit(0);
}
const ids = Array.from({ length: runs }, (_, n) => `run-${n}`);
/** So many at a time that whichever moment a kill comes at, some are open. */
const AT_ONCE = 4;
/** It goes on where the last life was, and starts the runs of its last moments once more. */
const acknowledged = existsSync(acks) ? new Set(readFileSync(acks, 'utf8').trim().split('\n')).size : 0;
const pause = file === undefined ? 2 : poisonEvery === undefined ? 30 : 60;
console.log('up');
const spills = file === undefined || poisonEvery === undefined ? 0 : Math.ceil(runs / poisonEvery);
const first = Math.max(0, Math.floor(acknowledged / AT_ONCE) - 2) * AT_ONCE;
for (let n = first; n < runs; n += AT_ONCE) {
  await Promise.all(
    ids.slice(n, n + AT_ONCE).map(async (id, at) => {
      await runtime.start('Press.print', { n: n + at }, { id });
      appendFileSync(acks, `${id}\n`);
    }),
  );
  const spill = n / (poisonEvery ?? Number.POSITIVE_INFINITY);
  if (spill < spills && Number.isInteger(spill))
    await runtime.start('Press.spill', undefined, { id: `spill-${spill}` });
  await sleepReally(n + AT_ONCE > acknowledged ? pause : 0);
}
await runtime.idle();
const ended = await Promise.all(ids.map(async (id) => (await runtime.run(id))?.report()));
writeFileSync(reports, ended.map((report) => (report === undefined ? 'lost' : essence(report))).join('\n'));
for (let at = 0; at < spills; at++) {
  const { status, failures = [] } = (await (await runtime.run(`spill-${at}`))?.report()) ?? {};
  console.log(
    `spill-${at} ${status} ${failures.map(({ code, error }) => `${code} ${String(error).slice(0, 20)}`).join()}`,
  );
}
await runtime.close();
