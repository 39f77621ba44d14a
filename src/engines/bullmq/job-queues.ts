// Tasks as jobs of BullMQ: a job is named by its node, and comes to one of the processes that work.
//
// JOB-QUEUES-1. Queues, leases and redelivery are BullMQ's. A job holds no state: it names a task, and what the task is
//     about is in the store. One that is added twice is there once; one that comes again finds its step over.
// JOB-QUEUES-2. A job is done once the outcome of its task is written and what follows is in a queue. Whoever dies before
//     leaves it to the next one.
// JOB-QUEUES-3. Open runs that nothing has happened to for a while are looked at by one process at a time: what got lost
//     on its way is found again.

import type { Job, Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Log } from '../../execute/application.ts';
import { describeThrown } from '../../values/describe.ts';
import type { Task } from '../../run/event.ts';
import type { Core, WorkLimits } from '../engine.ts';
import type { SharedRuns, Sharing } from '../store/sharing.ts';
import type { MaybePromise } from '../store/store.ts';
import { loadBullMq, type BullMq } from './packages.ts';
import { RedisConnection, type ConnectionOptions } from './redis-connection.ts';
import type { RedisStore } from './redis-store.ts';

export interface JobQueuesOptions extends ConnectionOptions {
  readonly store: RedisStore;
  /** All keys begin with it. */
  readonly prefix: string;
  /** The name of the queue. */
  readonly queue: string;
  /** Within this time the tasks of a process that has died are given to another one, in milliseconds. */
  readonly recoverAfterMs: number;
}

interface JobData {
  readonly task: Task;
}

/** Jobs that one process performs at a time, unless it says how many. */
const CONCURRENCY = 64;
/** A job that could not be performed because Redis was away is tried again, any number of times. */
const ATTEMPTS = 1_000_000;
const AGAIN_MS = 1_000;
const LOOKED_AT = 200;
/** A worker waits for Redis for as long as it takes, and asks again what was not answered. */
const PATIENT = {
  ...{ maxRetriesPerRequest: null, enableOfflineQueue: true, autoResendUnfulfilledCommands: true },
  enableAutoPipelining: false,
} as const;

export class JobQueues implements Sharing {
  readonly #options: JobQueuesOptions;
  readonly #id = crypto.randomUUID();
  #runs: SharedRuns | undefined;
  #bullmq: BullMq | undefined;
  #connection: RedisConnection | undefined;
  #listening: RedisConnection | undefined;
  #working: Redis | undefined;
  #queue: Queue | undefined;
  #worker: Worker | undefined;
  #reconciling: NodeJS.Timeout | undefined;
  #isResting = false;
  #tasks: Task[] = [];
  #dispatched: Promise<void> | undefined;
  #log: Log = () => undefined;

  constructor(options: JobQueuesOptions) {
    this.#options = options;
  }

  async open(runs: SharedRuns, { app }: Core): Promise<void> {
    const { queue, prefix } = this.#options;
    this.#runs = runs;
    this.#log = app.log;
    this.#bullmq = await loadBullMq();
    this.#connection = await RedisConnection.open(this.#options);
    this.#queue = new this.#bullmq.Queue(queue, { connection: this.#connection.redis, prefix });
    this.#queue.on('error', (error) => this.#report(error));
    this.#listening = await RedisConnection.open(this.#options);
    this.#listening.redis.on('message', (_channel: string, message: string) => {
      const [from = '', ...runId] = message.split(' ');
      if (from !== this.#id) runs.changed(runId.join(' ')).catch(() => undefined);
    });
    await this.#listening.ask((redis) => redis.subscribe(this.#channel));
  }

  // ── tasks go out ──

  dispatch(task: Task): void {
    this.#tasks.push(task);
    this.#dispatched ??= Promise.resolve().then(() => this.#send());
    // Whoever asks for it hears of a failure.
    this.#dispatched.catch(() => undefined);
  }

  dispatched(): MaybePromise<void> {
    return this.#dispatched;
  }

  async #send(): Promise<void> {
    const tasks = this.#tasks;
    this.#tasks = [];
    this.#dispatched = undefined;
    await this.#opened.connection.ask(() => this.#opened.queue.addBulk(tasks.map((task) => jobOf(task))));
  }

  tell(runId: string): void {
    // SHARING-4.
    this.#opened.connection.ask((redis) => redis.publish(this.#channel, `${this.#id} ${runId}`)).catch(() => undefined);
  }

  // ── tasks come in ──

  work({ concurrency = CONCURRENCY }: WorkLimits): void {
    if (this.#worker !== undefined) {
      this.#worker.concurrency = concurrency;
      return;
    }
    const { queue, prefix, recoverAfterMs } = this.#options;
    const { bullmq, connection } = this.#opened;
    this.#working = connection.redis.duplicate(PATIENT);
    this.#working.on('error', () => undefined);
    const lockDuration = Math.ceil((recoverAfterMs * 2) / 3);
    this.#worker = new bullmq.Worker<JobData>(queue, (job, token) => this.#perform(job, token), {
      ...{ connection: this.#working, prefix, concurrency, lockDuration },
      stalledInterval: Math.ceil(recoverAfterMs / 3),
      // How often is for the engine to say: it counts for each step.
      maxStalledCount: ATTEMPTS,
    });
    this.#worker.on('error', (error) => this.#report(error));
    this.#reconciling = setInterval(() => void this.#reconcile(), Math.ceil(recoverAfterMs / 3)).unref();
  }

  async #perform(job: Job<JobData>, token = ''): Promise<void> {
    if (this.#isResting) {
      // It came with the end of the one before.
      await job.moveToWait(token);
      throw new this.#opened.bullmq.WaitingError();
    }
    const isAgain = job.attemptsStarted > 1;
    await this.#opened.runs.perform(job.data.task, { isAgain, hasDied: job.stalledCounter > 0 });
  }

  /** JOB-QUEUES-3. */
  async #reconcile(): Promise<void> {
    const { store, prefix, queue, recoverAfterMs } = this.#options;
    const { connection, runs } = this.#opened;
    const everyMs = Math.ceil(recoverAfterMs / 3);
    try {
      const lease = [`${prefix}:${queue}:looking`, this.#id, 'PX', everyMs, 'NX'] as const;
      if ((await connection.ask((redis) => redis.set(...lease))) === null) return;
      const [now = 0] = await connection.ask((redis) => redis.time());
      for (const runId of await store.idleSince(Number(now) - everyMs / 1_000, LOOKED_AT)) {
        await runs.reconcileId(runId);
        await store.looked(runId, Number(now));
      }
    } catch {
      // It looks again; that Redis is away is reported where something is to be written.
    }
  }

  #report(error: unknown): void {
    this.#log('warn', `BullMQ reports: ${describeThrown(error)}`, { code: 'ONW4010' });
  }

  // ── the end ──

  async rest(): Promise<void> {
    this.#isResting = true;
    clearInterval(this.#reconciling);
    await this.#worker?.pause(true);
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#dispatched]);
    await this.#worker?.close(true);
    await this.#giveBack().catch(() => undefined);
    await this.#queue?.close();
    this.#working?.disconnect();
    this.#listening?.close();
    this.#connection?.close();
  }

  /** What this process has taken and not finished begins again elsewhere at once: nobody waits for its lease to end. */
  async #giveBack(): Promise<void> {
    const { queue, connection } = this.#opened;
    const worker = this.#worker;
    if (worker === undefined) return;
    const active = await connection.ask(() => queue.getActive());
    await Promise.all(
      active.map(async (job) => {
        const token = await connection.ask((redis) => redis.get(`${queue.toKey(job.id ?? '')}:lock`));
        if (token?.startsWith(`${worker.id}:`) === true) await connection.ask(() => job.moveToWait(token));
      }),
    );
  }

  get #channel(): string {
    return `${this.#options.prefix}:${this.#options.queue}:changed`;
  }

  get #opened(): { bullmq: BullMq; queue: Queue; connection: RedisConnection; runs: SharedRuns } {
    const [bullmq, queue, connection, runs] = [this.#bullmq, this.#queue, this.#connection, this.#runs];
    if (bullmq === undefined || queue === undefined || connection === undefined || runs === undefined)
      throw new Error('the queues are used before they were opened');
    return { bullmq, queue, connection, runs };
  }
}

/** A job is named by its node: that is what dashboards and metrics show. Its id stands for one attempt of one step. */
function jobOf(task: Task): Parameters<Queue['addBulk']>[0][number] {
  // BullMQ keeps the colon to itself.
  const jobId = task.key.replaceAll('%', '%25').replaceAll(':', '%3A');
  const data: JobData = { task };
  const opts = { jobId, attempts: ATTEMPTS, backoff: { type: 'fixed', delay: AGAIN_MS } };
  return { name: task.at.node, data, opts: { ...opts, removeOnComplete: true, removeOnFail: true } };
}
