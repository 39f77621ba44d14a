// A service whose bodies are noted in a file, by whichever process calls them: for tests of several processes.

import { AsyncLocalStorage } from 'node:async_hooks';
import { appendFileSync, readFileSync } from 'node:fs';
import { IsInt } from 'class-validator';
import {
  createRuntime,
  Handler,
  Job,
  Join,
  OnSuccess,
  type Observer,
  type Runtime,
  type Sent,
  type StepContext,
} from 'onward';
import { bullmqEngine, type BullmqEngineOptions } from 'onward/engines/bullmq';
import { wire, type AnyNodes, type Parameters } from './wired.ts';

/** For whom this process works at the moment. */
export const tenants = new AsyncLocalStorage<string>();

/** Takes the tenant along with a run. */
function tenantOfRuns(): Observer {
  const ofRuns = new Map<string, string>();
  return {
    carry: () => ({ tenant: tenants.getStore() ?? 'nobody' }),
    onRunStart: ({ runId, carried }) => void ofRuns.set(runId, carried?.['tenant'] ?? 'unknown'),
    around: ({ runId }, body) => tenants.run(ofRuns.get(runId) ?? 'unknown', body),
  };
}

class Load {
  /** Milliseconds that the body takes. */
  @IsInt() ms!: number;
}

class Depot {
  readonly #notes: string;
  constructor(notes: string) {
    this.#notes = notes;
  }
  #note({ step }: StepContext): void {
    appendFileSync(this.#notes, `${step.key} ${process.pid}\n`);
  }
  @Job() async carry(load: Load, context: StepContext): Promise<number[]> {
    this.#note(context);
    await new Promise((resolve) => setTimeout(resolve, load.ms));
    return [1, 2, 3];
  }
  @OnSuccess('carry', { each: true }) async stack(n: number, context: StepContext): Promise<number> {
    this.#note(context);
    return n;
  }
  @OnSuccess('carry') @Handler() sign(_pieces: number[], context: StepContext): string {
    this.#note(context);
    return 'signed';
  }
  /** Holds the whole process. */
  @Job() hold(load: Load, context: StepContext): string {
    this.#note(context);
    const end = Date.now() + load.ms;
    while (Date.now() < end);
    return 'held';
  }
  @OnSuccess('hold') let(_held: string, context: StepContext): string {
    this.#note(context);
    return 'let';
  }
  @Job() crash(context: StepContext): void {
    this.#note(context);
    process.kill(process.pid, 'SIGKILL');
  }
  @Job() soon(context: StepContext): string {
    this.#note(context);
    return 'soon';
  }
  @OnSuccess('soon', { after: '10m' }) later(_soon: string, context: StepContext): string {
    this.#note(context);
    return 'later';
  }
  @Job() async count(load: Load, context: StepContext): Promise<string> {
    this.#note(context);
    for (const n of [1, 2, 3]) {
      await new Promise((resolve) => setTimeout(resolve, load.ms));
      context.emit('piece', new Map([[n, new Date(n)]]));
      context.progress(n / 3, `${n} of 3`);
    }
    return 'counted';
  }
  @OnSuccess('count') told(counted: string, context: StepContext): string {
    this.#note(context);
    context.emit('told');
    return counted;
  }
  /** A line of bodies, the third of which takes its time. */
  @Job() first(load: Load, context: StepContext): number {
    this.#note(context);
    return load.ms;
  }
  @OnSuccess('first') second(ms: number, context: StepContext): number {
    this.#note(context);
    return ms;
  }
  @OnSuccess('second') async third(ms: number, context: StepContext): Promise<number> {
    this.#note(context);
    await new Promise((resolve) => setTimeout(resolve, ms));
    return ms;
  }
  @OnSuccess('third') fourth(ms: number, context: StepContext): number {
    this.#note(context);
    return ms;
  }
  @OnSuccess('fourth') fifth(_ms: number, context: StepContext): string {
    this.#note(context);
    return 'done';
  }
  @Job() climb(context: StepContext): string {
    this.#note(context);
    return 'up';
  }
  @OnSuccess('climb') fall(_up: string, context: StepContext): void {
    this.#note(context);
    process.kill(process.pid, 'SIGKILL');
  }
  @Job() async big(load: Load, context: StepContext): Promise<number[]> {
    this.#note(context);
    const n = await context.call(Depot, 'half', load.ms);
    return [n, n + 1];
  }
  @Handler() half(ms: number, context: StepContext): number {
    this.#note(context);
    return ms / 2;
  }
  @OnSuccess('big', { each: true }) piece(n: number, context: StepContext): number {
    this.#note(context);
    return n;
  }
  @OnSuccess('big') sum(pieces: number[], context: StepContext): number {
    this.#note(context);
    return pieces.length;
  }
  @OnSuccess('big', { after: '20ms' }) late(_pieces: number[], context: StepContext): string {
    this.#note(context);
    return 'late';
  }
  @OnSuccess('big') @Handler({ waits: true }) approve(by: Sent<string>, context: StepContext): string {
    this.#note(context);
    return String(by);
  }
  @Join({ sum: 'sum', late: 'late', by: 'approve' }) close(parts: object, context: StepContext): string {
    this.#note(context);
    return JSON.stringify(parts);
  }
  @Job() tick(context: StepContext): void {
    this.#note(context);
  }
  /** For whom the run was started, wherever that was. */
  @Job() whose(): string | undefined {
    return tenants.getStore();
  }
  @Job() large(): string {
    return 'x'.repeat(2_000_000);
  }
}

const PARAMETERS: Parameters = {
  'Depot.carry': [Load, 'context'],
  'Depot.stack': ['any', 'context'],
  'Depot.sign': ['any', 'context'],
  'Depot.hold': [Load, 'context'],
  'Depot.let': ['any', 'context'],
  'Depot.crash': ['context'],
  'Depot.soon': ['context'],
  'Depot.first': [Load, 'context'],
  'Depot.second': ['any', 'context'],
  'Depot.third': ['any', 'context'],
  'Depot.fourth': ['any', 'context'],
  'Depot.fifth': ['any', 'context'],
  'Depot.climb': ['context'],
  'Depot.fall': ['any', 'context'],
  'Depot.later': ['any', 'context'],
  'Depot.count': [Load, 'context'],
  'Depot.told': ['any', 'context'],
  'Depot.big': [Load, 'context'],
  'Depot.half': ['any', 'context'],
  'Depot.piece': ['any', 'context'],
  'Depot.sum': ['any', 'context'],
  'Depot.late': ['any', 'context'],
  'Depot.approve': ['any', 'context'],
  'Depot.close': ['any', 'context'],
  'Depot.tick': ['context'],
};

/** A process of the depot. @param log hears its warnings. */
export function depot(
  notes: string,
  options: BullmqEngineOptions,
  log: (line: string) => void = () => undefined,
): Runtime<AnyNodes> {
  const services = { Depot: new Depot(notes) };
  const logger = {
    warn: (...said: readonly unknown[]) => log(`warn: ${said.map(String).join(' ')}`),
    error: (...said: readonly unknown[]) => log(`error: ${said.map(String).join(' ')}`),
  };
  return createRuntime(wire(services, PARAMETERS), {
    services,
    engine: bullmqEngine(options),
    log: logger,
    observers: [tenantOfRuns()],
  });
}

/** The keys of the steps whose bodies were called, each as often as it was. */
export function notedIn(notes: string): string[] {
  return readFileSync(notes, { encoding: 'utf8', flag: 'a+' })
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' ')[0] ?? '');
}
