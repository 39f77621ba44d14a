// Tasks as jobs of BullMQ: a job is named by its node, and comes to one of the processes that work.
//
// JOB-QUEUES-1. Queues, leases and redelivery are BullMQ's. A job holds no state: it names a task, and what the task is
//     about is in the store. One that is added twice is there once; one that comes again finds its step over.
// JOB-QUEUES-2. A job is done once the outcomes of its tasks are written and what follows is in a queue. If a process dies
//     before that, another one takes the job.
// JOB-QUEUES-3. Open runs that nothing has happened to for a while are looked at by one process at a time: what got lost
//     on its way is found again.
// JOB-QUEUES-4. While two versions work side by side, a task of a node that only one of them has is left to that one for
//     half a minute. So is a task of a run for which only one of them has the key.

import type { Job, Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Log } from '../../execute/application.ts';
import type { Clock } from '../../execute/clock.ts';
import { isOnwardError } from '../../errors/onward-error.ts';
import { describeThrown } from '../../values/describe.ts';
import type { Task } from '../../run/event.ts';
import type { StepId } from '../../run/step-data.ts';
import type { HeldBy, RunSnapshot } from '../../run/view.ts';
import { nodeNamed } from '../../graph/compile.ts';
import type { CompiledGraph } from '../../graph/graph.ts';
import type { Core, WorkLimits } from '../engine.ts';
import type { SharedRuns, Sharing } from '../store/shared/sharing.ts';
import type { MaybePromise } from '../store/store.ts';
import { FullProcess } from './full-process.ts';
import { heldJobs } from './held-jobs.ts';
import { loadBullMq, type BullMq } from './packages.ts';
import { PausedNodes } from './paused-nodes.ts';
import { jobIdOf, QueueJob, type QueueJobPlace } from './queue-job.ts';
import { QueuePlan, type PlannedQueue, type QueueGroups } from './queue-plan.ts';
import { RedisConnection, type ConnectionOptions } from './redis-connection.ts';
import type { RedisStore } from './redis-store.ts';
import { WorkerWatch } from './worker-watch.ts';

export interface JobQueuesOptions extends ConnectionOptions {
  readonly store: RedisStore;
  /** All keys begin with it. */
  readonly prefix: string;
  /** The name of the queue. */
  readonly queue: string;
  readonly groups: QueueGroups | undefined;
  /** Within this time the tasks of a process that has died are given to another one, in milliseconds. */
  readonly recoverAfterMs: number;
  /** How many tasks one job performs at most, one after another. */
  readonly stepsInARow: number;
}

/** What there is once they are open. */
interface Opened {
  readonly bullmq: BullMq;
  readonly clock: Clock;
  readonly graph: CompiledGraph;
  readonly plan: QueuePlan;
  readonly connection: RedisConnection;
  readonly runs: SharedRuns;
  readonly paused: PausedNodes;
}

interface JobData {
  readonly task: Task;
  /** How often a process has given it back before anything of it had begun. */
  readonly returns?: number;
}

/** Jobs of one queue that one process performs at a time, unless it says how many. */
const CONCURRENCY = 64;
/** A job that could not be performed because Redis was away is tried again, any number of times. */
const ATTEMPTS = 1_000_000;
const AGAIN_MS = 1_000;
const LOOKED_AT = 200;
/** Where processes hear that other nodes are paused. */
const PAUSED = 'paused';
/** So often a task that is for others is given back, within half a minute: one process may take it many times in a row. */
const OFFERS = 100;
const OFFER_MS = 300;
/** A worker waits for Redis for as long as it takes, and asks again what was not answered. */
const PATIENT = {
  ...{ maxRetriesPerRequest: null, enableOfflineQueue: true, autoResendUnfulfilledCommands: true },
  enableAutoPipelining: false,
} as const;

export class JobQueues implements Sharing {
  readonly #options: JobQueuesOptions;
  readonly #id = crypto.randomUUID();
  #state: Opened | undefined;
  #listening: RedisConnection | undefined;
  /** What it is subscribed to. */
  readonly #channels = new Set<string>();
  #working: Redis | undefined;
  readonly #queues = new Map<string, Queue>();
  readonly #workers = new Map<string, Worker>();
  /** Those that this process has, by their ids. */
  readonly #jobs = new Map<string, QueueJob>();
  /** The queues that it takes jobs of. */
  #served: ReadonlySet<string> = new Set();
  #reconciling: NodeJS.Timeout | undefined;
  #isResting = false;
  readonly #tasks: Task[] = [];
  #isSending = false;
  #dispatched: Promise<void> | undefined;
  #log: Log = () => undefined;
  /** What BullMQ has reported since Redis answered last. */
  readonly #said = new Set<string>();
  #workerWatch: WorkerWatch | undefined;
  /** As the options have them; a client takes those of the workers. */
  groups: QueueGroups | undefined;

  readonly #place: QueueJobPlace;
  readonly #full: FullProcess;

  constructor(options: JobQueuesOptions) {
    this.#options = options;
    this.groups = options.groups;
    this.#place = {
      stepsInARow: options.stepsInARow,
      queueOf: (task) => (this.#holds(task) ? undefined : this.#opened().plan.sharedQueueOf(task)),
      nodeOf: ({ at }) => nodeNamed(this.#opened().graph, at.node),
      takes: (queue) => !this.#isResting && this.#served.has(queue),
    };
    this.#full = new FullProcess({
      clock: () => this.#opened().clock,
      stuck: () => {
        for (const worker of this.#limitedWorkers()) void worker.pause(true);
        this.#opened().runs.returnWaiting();
      },
      free: () => {
        for (const worker of this.#limitedWorkers()) void worker.resume();
      },
    });
  }

  async open(runs: SharedRuns, { app, clock }: Core): Promise<void> {
    const { queue, prefix } = this.#options;
    const { graph } = app;
    this.#log = app.log;
    const bullmq = await loadBullMq();
    const connection = await RedisConnection.open(this.#options);
    connection.redis.on('ready', () => this.#isBack());
    const plan = new QueuePlan(graph, queue, this.groups);
    this.#workerWatch = new WorkerWatch({ connection, clock, log: app.log, prefix, queue });
    const paused = new PausedNodes({
      key: `${prefix}:${queue}:paused`,
      connection,
      queues: () => this.#queues.values(),
      changed: (patterns) => runs.paused(patterns),
      tell: () => this.#publish(this.#channelOf(PAUSED), ''),
    });
    this.#state = { bullmq, clock, graph, plan, connection, runs, paused };
    const queues = [...plan.queues.values()].map((planned) => [this.#openQueue(planned), planned] as const);
    // A client may be of another version than the workers.
    if (app.isClient !== true) await Promise.all(queues.map(([open, planned]) => this.#putLimits(open, planned)));
    this.#listening = await RedisConnection.open(this.#options, { autoResubscribe: false });
    this.#listening.redis.on('message', (channel: string, message: string) => {
      const [from = ''] = message.split(' ', 1);
      if (from === this.#id) return;
      const said = message.slice(from.length + 1);
      if (channel === this.#channel()) runs.changed(said).catch(() => undefined);
      else if (channel === this.#channelOf(PAUSED)) paused.read().catch(() => undefined);
      else runs.listening.heard(channel.slice(this.#channelOf('').length), said);
    });
    // If ioredis subscribed again by itself, its failure could not be caught.
    this.#listening.redis.on('ready', () => void this.#subscribe([...this.#channels]).catch(() => undefined));
    await this.#subscribe([this.#channel(), this.#channelOf(PAUSED)]);
    await paused.read();
    await runs.listening.open();
  }

  #openQueue({ name }: PlannedQueue): Queue {
    const { bullmq, connection } = this.#opened();
    const queue = new bullmq.Queue(name, { connection: connection.redis, prefix: this.#options.prefix });
    queue.on('error', (error) => this.#report(error));
    this.#queues.set(name, queue);
    return queue;
  }

  /** BullMQ keeps limits in Redis: one that an earlier version of the node had, and this one has not, is taken back. */
  async #putLimits(queue: Queue, { counted }: PlannedQueue): Promise<void> {
    if (counted === undefined) return;
    const { connection } = this.#opened();
    const { concurrency, rateLimit } = counted;
    const isCounted = Number.isFinite(concurrency);
    await connection.ask(() => (isCounted ? queue.setGlobalConcurrency(concurrency) : queue.removeGlobalConcurrency()));
    await connection.ask(() =>
      rateLimit === null ? queue.removeGlobalRateLimit() : queue.setGlobalRateLimit(rateLimit.max, rateLimit.perMs),
    );
  }

  // ── tasks go out ──

  dispatch(task: Task): void {
    this.#tasks.push(task);
    if (this.#isSending) return;
    this.#isSending = true;
    const sent = Promise.all([this.#dispatched, Promise.resolve().then(() => this.#send())]).then(() => undefined);
    this.#dispatched = sent;
    const end = (): void => {
      if (this.#dispatched === sent) this.#dispatched = undefined;
    };
    // A failure reaches the callers of `dispatched`.
    sent.then(end, end);
  }

  dispatched(): MaybePromise<void> {
    return this.#dispatched;
  }

  async #send(): Promise<void> {
    const { plan, connection } = this.#opened();
    this.#isSending = false;
    if (this.#working === undefined) this.#workerWatch?.dispatched();
    const byQueue = new Map<string, Task[]>();
    for (const task of this.#tasks.splice(0)) {
      const name = plan.queueOf(task);
      byQueue.set(name, [...(byQueue.get(name) ?? []), task]);
    }
    await Promise.all(
      [...byQueue].map(([name, tasks]) =>
        connection.ask(async () => this.#queues.get(name)?.addBulk(tasks.map((task) => this.#jobOf(task)))),
      ),
    );
  }

  /** A job is named by its node: that is what dashboards and metrics show. Its id stands for one attempt of one step. */
  #jobOf(task: Task): Parameters<Queue['addBulk']>[0][number] {
    const { priority } = nodeNamed(this.#opened().graph, task.at.node);
    const data: JobData = { task };
    const opts = {
      jobId: jobIdOf(task.key),
      attempts: ATTEMPTS,
      backoff: { type: 'fixed', delay: AGAIN_MS },
      ...(priority > 0 && { priority }),
    };
    return { name: task.at.node, data, opts: { ...opts, removeOnComplete: true, removeOnFail: true } };
  }

  async hasJob(id: string, task: Task): Promise<boolean> {
    const { plan, connection } = this.#opened();
    const queue = this.#queues.get(plan.queueOf(task));
    return queue !== undefined && (await connection.ask(() => queue.getJob(id))) !== undefined;
  }

  tell(runId: string): void {
    void this.#publish(this.#channel(), runId);
  }

  send(topic: string, text: string): void {
    void this.#publish(this.#channelOf(topic), text);
  }

  /** SHARING-5: it never fails. */
  async #publish(channel: string, text: string): Promise<void> {
    const said = this.#opened().connection.ask((redis) => redis.publish(channel, `${this.#id} ${text}`));
    await said.catch(() => undefined);
  }

  async hear(topic: string, isOn: boolean): Promise<void> {
    const channel = this.#channelOf(topic);
    if (isOn) return this.#subscribe([channel]);
    this.#channels.delete(channel);
    await this.#listening?.ask((redis) => redis.unsubscribe(channel));
  }

  async #subscribe(channels: readonly string[]): Promise<void> {
    for (const channel of channels) this.#channels.add(channel);
    await this.#listening?.ask((redis) => redis.subscribe(...channels));
  }

  // ── tasks come in ──

  work({ concurrency, nodes }: WorkLimits): void {
    const { plan, connection } = this.#opened();
    const served = plan.servedBy(nodes);
    if (this.#working === undefined) {
      this.#working = connection.duplicate(PATIENT);
      this.#working.on('error', () => undefined);
      this.#reconciling = setInterval(() => {
        void this.#reconcile();
        // SHARING-4.
        this.#opened()
          .paused.read()
          .catch(() => undefined);
      }, this.#thirdMs()).unref();
    }
    this.#served = new Set(served.map(({ name }) => name));
    for (const queue of served) this.#serve(queue, concurrency ?? CONCURRENCY, this.#working);
    for (const [name, worker] of this.#workers) if (!this.#served.has(name)) void worker.pause(true);
    this.#full.freed();
  }

  #serve({ name, counted }: PlannedQueue, most: number, connection: Redis): void {
    const concurrency = Math.min(most, counted?.concurrency ?? Number.POSITIVE_INFINITY);
    const known = this.#workers.get(name);
    if (known !== undefined) {
      known.concurrency = concurrency;
      void known.resume();
      return;
    }
    const { bullmq } = this.#opened();
    const worker = new bullmq.Worker<JobData>(name, (job, token) => this.#perform(job, token), {
      ...{ connection, prefix: this.#options.prefix, concurrency },
      ...{ lockDuration: 2 * this.#thirdMs(), stalledInterval: this.#thirdMs() },
      // How often is for the engine to say: it counts for each step.
      maxStalledCount: ATTEMPTS,
    });
    worker.on('error', (error) => this.#report(error));
    worker.on('lockRenewalFailed', (ids) => {
      for (const id of ids) this.#jobs.get(id)?.lose();
    });
    this.#workers.set(name, worker);
  }

  /** Of the time within which what a dead process has left begins again: two thirds are the lease. */
  #thirdMs(): number {
    return Math.ceil(this.#options.recoverAfterMs / 3);
  }

  async #perform(job: Job<JobData>, token = ''): Promise<void> {
    const { bullmq, graph, runs, paused } = this.#opened();
    const { task, returns = 0 } = job.data;
    const mine = new QueueJob(job, returns, this.#place);
    // BullMQ fetched it when the job before it ended, or had asked for it.
    if (this.#isResting || (this.#full.isStuck && this.#isLimited(job.queueName))) await this.#return(job, mine, token);
    if (this.#holds(task) && (await runs.isToBePerformed(task))) {
      await paused.putAside(job, token);
      throw new bullmq.DelayedError();
    }
    if (!graph.nodeOf.has(task.at.node)) await this.#offer(job, token);
    this.#jobs.set(mine.id, mine);
    try {
      await runs.perform(task, mine);
    } catch (fault) {
      if (!isOnwardError(fault, 'ONW4008')) throw fault;
      await this.#offer(job, token);
    } finally {
      if (this.#jobs.get(mine.id) === mine) this.#jobs.delete(mine.id);
    }
    if (mine.isReturned) await this.#return(job, mine, token);
  }

  /** It is the next one of its queue, for any process. @throws {WaitingError} as BullMQ asks for */
  async #return(job: Job<JobData>, { hasGoneOn }: QueueJob, token: string): Promise<never> {
    const { returns = 0 } = job.data;
    if (!hasGoneOn) await job.updateData({ ...job.data, returns: returns + 1 });
    await job.moveToWait(token);
    throw new (this.#opened().bullmq.WaitingError)();
  }

  /** Whether jobs of a queue that wait here are missing elsewhere. BullMQ has counted those of a `rateLimit`. */
  #isLimited(queue: string): boolean {
    const counted = this.#opened().plan.queues.get(queue)?.counted;
    return counted !== undefined && counted.rateLimit === null;
  }

  *#limitedWorkers(): Generator<Worker> {
    if (this.#isResting) return;
    for (const [name, worker] of this.#workers) if (this.#served.has(name) && this.#isLimited(name)) yield worker;
  }

  placeWanted(): void {
    this.#full.wanted();
  }

  placeFreed(): void {
    this.#full.freed();
  }

  /** JOB-QUEUES-4. The time varies: with a fixed one, the same process could take the job each time. */
  async #offer(job: Job<JobData>, token: string): Promise<void> {
    if (job.attemptsStarted - (job.data.returns ?? 0) >= OFFERS) return;
    const { bullmq } = this.#opened();
    await job.moveToDelayed(Date.now() + Math.round(OFFER_MS * (0.5 + Math.random())), token);
    throw new bullmq.DelayedError();
  }

  #holds({ kind, at }: Task): boolean {
    return kind === 'body' && this.#opened().paused.holds(at.node);
  }

  pause(nodes: readonly string[]): Promise<void> {
    return this.#opened().paused.add(nodes);
  }

  unpause(nodes: readonly string[] | undefined): Promise<void> {
    return this.#opened().paused.remove(nodes);
  }

  held(run: RunSnapshot, life: number): Promise<readonly (readonly [StepId, HeldBy])[]> {
    return heldJobs({ ...this.#opened(), prefix: this.#options.prefix }, run, life);
  }

  /** JOB-QUEUES-3. */
  async #reconcile(): Promise<void> {
    const { store, prefix, queue } = this.#options;
    const { connection, runs } = this.#opened();
    const everyMs = this.#thirdMs();
    try {
      const lease = [`${prefix}:${queue}:looking`, this.#id, 'PX', everyMs, 'NX'] as const;
      if ((await connection.ask((redis) => redis.set(...lease))) === null) return;
      const now = await store.time();
      for (const runId of await store.idleSince(now - everyMs / 1_000, LOOKED_AT)) {
        // One that cannot be read, or not now, holds up none of the others.
        await runs.reconcileId(runId).catch(() => undefined);
        await store.looked(runId, Math.floor(now));
      }
    } catch {
      // It looks again; that Redis is away is reported where something is to be written.
    }
  }

  /** While Redis is away, each connection would say so several times a second: the same is said once until it is back. */
  #report(error: unknown): void {
    const text = describeThrown(error);
    if (this.#said.has(text)) return;
    this.#said.add(text);
    this.#log('warn', `BullMQ reports: ${text}`, { code: 'ONW4010' });
  }

  #isBack(): void {
    if (this.#said.size === 0) return;
    this.#said.clear();
    this.#log('info', 'Redis answers again', {});
  }

  // ── the end ──

  async rest(): Promise<void> {
    this.#isResting = true;
    this.#full.stop();
    clearInterval(this.#reconciling);
    await Promise.all([...this.#workers.values()].map((worker) => worker.pause(true)));
  }

  async close(): Promise<void> {
    this.#workerWatch?.stop();
    await Promise.allSettled([this.#dispatched]);
    await this.#inTime([this.#state?.runs.listening.idle() ?? Promise.resolve()]);
    // A server that is away is not waited for.
    await this.#inTime([...this.#workers.values()].map((worker) => worker.close(true)));
    await this.#inTime([...this.#workers].map(([name, { id }]) => this.#giveBack(name, id)));
    await this.#inTime([...this.#queues.values()].map((queue) => queue.close()));
    this.#working?.disconnect();
    this.#listening?.close();
    this.#state?.connection.close();
  }

  /** Waits for all of these, but not for ever. Failures are ignored: what is left is recovered by other processes. */
  async #inTime(works: readonly Promise<unknown>[]): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const outOfTime = new Promise((resolve) => {
      timer = setTimeout(resolve, this.#options.limitMs);
    });
    await Promise.race([Promise.allSettled(works), outOfTime]);
    clearTimeout(timer);
  }

  /** What this process has taken and not finished begins again elsewhere at once: nobody waits for its lease to end. */
  async #giveBack(name: string, workerId: string): Promise<void> {
    const { connection } = this.#opened();
    const queue = this.#queues.get(name);
    if (queue === undefined) return;
    const active = await connection.ask(() => queue.getActive());
    await Promise.all(
      active.map(async (job) => {
        const token = await connection.ask((redis) => redis.get(`${queue.toKey(job.id ?? '')}:lock`));
        if (token?.startsWith(`${workerId}:`) === true) await connection.ask(() => job.moveToWait(token));
      }),
    );
  }

  #channel(): string {
    return `${this.#options.prefix}:${this.#options.queue}:changed`;
  }

  #channelOf(topic: string): string {
    return `${this.#channel()}:${topic}`;
  }

  #opened(): Opened {
    if (this.#state === undefined) throw new Error('the queues are used before they were opened');
    return this.#state;
  }
}
