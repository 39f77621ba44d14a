// Makes a runtime of a graph and its services: it checks what it is given and hands it to the engine.
//
// RUNTIME-1. Nothing is stored before messages and options are known to be right.
// RUNTIME-2. What a start asks for is read in the turn of its call. A job whose message is checked at once is submitted in
//     the same turn: its body begins right after. While the engine is being opened, and what starts runs is loaded, it
//     waits for that, behind the starts before it.
// RUNTIME-3. A closed runtime starts nothing, also if it was closed while a message was checked.

import { inspect } from 'node:util';
import type { RunPage, RunQuery } from '../execute/run-query.ts';
import type { JobIds, NodeTypes, Startable } from '../api/nodes.ts';
import type { FoundRun } from '../api/plan-run.ts';
import type { WaitingIds } from '../api/run.ts';
import type {
  ArgumentsFor,
  CloseOptions,
  WaitingStep,
  WorkOptions,
  RetryOptions,
  RunFor,
  Runtime,
  SafeParsed,
  ScheduleArguments,
} from '../api/runtime.ts';
import type { Engine } from '../engines/engine.ts';
import { memoryEngine } from '../engines/memory/engine.ts';
import { atCallOf, OnwardError } from '../errors/onward-error.ts';
import { createParser, type ValidatorTimeout } from '../message/parser.ts';
import type { Application } from '../execute/application.ts';
import { systemClock, type Clock } from '../execute/clock.ts';
import type { ObserveOptions, Observer } from '../observe/observer.ts';
import { Observers } from '../observe/observers.ts';
import { readObserver, readObservers, type CheckedObserver } from '../observe/read-observer.ts';
import type { ScheduleHandle } from '../schedule/schedule.ts';
import { durationMs } from '../graph/duration.ts';
import { describeThrown, printable } from '../values/describe.ts';
import { Planner } from '../plans/planner.ts';
import type { Wiring, Graph } from '../wiring/v1.ts';
import { assemble, warnOfUnwired } from './assemble.ts';
import { logOf } from '../observe/log.ts';
import { Messages } from './messages.ts';
import { GraphPlans } from './graph-plans.ts';
import type { Saving } from './saving.ts';
import type { Schedules } from './schedules.ts';
import { servicesOf } from './services.ts';
import { AskedReader, type Asked } from './asked.ts';
import type { RunStarts, RunStartsHost } from './run-starts.ts';
import { instancesOf } from './instances.ts';
import type { Handle } from './run.ts';
import { assertCloseOptions, assertOptions, assertWiring, type RuntimeOptions } from './runtime-options.ts';
import { assertNone, problemsOf, WORK_OPTIONS } from '../values/option-rules.ts';
import type { ProcessWork } from './work.ts';
import { wiredGraph, type WiredGraph } from './wired-node.ts';

const CANCEL_GRACE_MS = 5_000;
const DRAIN_MS = 30_000;
const AFTER_GRACE_MS = 1_000;
const VALIDATOR_TIMEOUT_MS = 30_000;

/** What a runtime makes of a wiring: its nodes, and the application that its engine is given. */
export type Making = (
  wiring: Wiring,
  options: RuntimeOptions<unknown>,
  parts: Pick<Application, 'parser' | 'log' | 'addedClasses'>,
) => { readonly nodes: WiredGraph['nodes']; readonly app: Application };

const ofServices: Making = (wiring, options, parts) => {
  const { services, fakes } = instancesOf(wiring, servicesOf(wiring, options), options);
  const wired = wiredGraph(wiring, services, fakes);
  const app = assemble(wired, parts);
  warnOfUnwired(wired, options.services, parts.log);
  return { nodes: wired.nodes, app };
};

/** Its methods are typed as those of {@link GraphPlans}. */
class OnwardRuntime<Nodes extends NodeTypes<Nodes>> extends GraphPlans<Nodes> implements Runtime<Nodes> {
  readonly #engine: Engine;
  readonly #app: Application;
  readonly #nodes: WiredGraph['nodes'];
  readonly #messages: Messages;
  readonly #cancelGraceMs: number;
  readonly #planner: Planner;
  readonly #asked: AskedReader;
  readonly #openEngine: () => void | Promise<void>;
  readonly #host: RunStartsHost;
  /** Undefined once it has failed. */
  #opening: Promise<RunStarts<Nodes>> | undefined;
  /** Undefined until the engine is open. */
  #starts: RunStarts<Nodes> | undefined;
  /** Starts that wait for that. */
  #early = 0;
  readonly #observers: Observers;
  readonly #clock: Clock;
  /** Loaded with the first schedule. */
  #schedules: Schedules | undefined;
  #closed: Promise<void> | undefined;
  #work: ProcessWork | undefined;
  #saving: Promise<Saving> | undefined;

  constructor(wiring: Wiring, options: RuntimeOptions<unknown>, make: Making) {
    super();
    assertWiring(wiring);
    assertOptions(options);
    const { validate = true, validatorTimeout, ...limits } = options.messages ?? {};
    const { clock = systemClock(), cancelGraceMs = CANCEL_GRACE_MS } = options;
    const timeout: ValidatorTimeout = { ms: durationMs(validatorTimeout) ?? VALIDATOR_TIMEOUT_MS, clock };
    const log = logOf(options.log);
    const parser = validate ? createParser(limits, timeout) : undefined;
    const { nodes, app } = make(wiring, options, { parser, log, addedClasses: options.classes });
    this.#nodes = nodes;
    this.#app = app;
    this.#messages = new Messages(nodes, parser);
    this.#planner = new Planner(app, {
      isJob: (id) => this.isJob(id),
      isExposed: (id) => this.isJob(id) && nodes.get(id)?.options['expose'] === true,
      messageClassOf: (id) => nodes.get(id)?.wiring.message,
      save: async (key, what) => (await this.saving()).save(key, what),
    });
    this.#engine = options.engine ?? memoryEngine();
    this.#clock = clock;
    this.#cancelGraceMs = cancelGraceMs;
    const around = { cancelGraceMs, nodes: [...nodes.keys()], now: () => clock.now() };
    this.#asked = new AskedReader(this.#messages, this.#planner, around);
    this.#observers = new Observers({ clock, report: (failure) => this.#logObserver(failure) });
    for (const observer of readObservers(options.observers ?? [], around.nodes)) this.#add(observer);
    const perform = async (command: unknown): Promise<unknown> =>
      (await import('./commands.ts')).performCommand(this, command, log);
    this.#openEngine = () => this.#engine.open({ app, clock, observers: this.#observers, perform });
    this.#host = {
      engine: this.#engine,
      messages: this.#messages,
      planner: this.#planner,
      observers: this.#observers,
      nodes: around.nodes,
      defaults: this.#asked.defaults,
      maxStarted: options.maxStarted,
      assertOpen: () => this.#assertOpen(),
    };
    this.#opening = this.#open();
  }

  /** The engine is open. What could not be opened is tried again: its server may be there by now. */
  #opened(): Promise<RunStarts<Nodes>> {
    if (this.#opening === undefined && this.#closed !== undefined) return Promise.reject(runtimeClosed());
    return (this.#opening ??= this.#open());
  }

  #open(): Promise<RunStarts<Nodes>> {
    const opened = this.#openEngine();
    const opening = Promise.all([import('./run-starts.ts'), opened]).then(
      ([loaded]) => new loaded.RunStarts<Nodes>(this.#host),
    );
    // RUNTIME-2. Early starts go first, in their order: no later start comes ahead of them.
    // Every start reports that the engine could not be opened. Without a start it does not matter.
    opening.then(
      (starts) => (this.#starts = starts),
      () => (this.#opening = undefined),
    );
    return opening;
  }

  start<const T extends JobIds<Nodes> | Startable>(
    what: T,
    ...message: ArgumentsFor<Nodes, T>
  ): Promise<RunFor<Nodes, T>>;
  async start(what: unknown, ...given: readonly unknown[]): Promise<unknown> {
    try {
      return this.#start(what, given);
    } catch (error) {
      throw atCallOf(Reflect.get(this, 'start'), error);
    }
  }

  // RUNTIME-2. Nothing is waited for in the usual start: it costs no promise but the one that `start` returns.
  #start(what: unknown, given: readonly unknown[]): Handle<Nodes> | Promise<Handle<Nodes>> {
    this.#assertOpen();
    // Every start comes by: what is usual makes no list, no function and no object with options.
    const isUsual = given.length < 2 || (given.length === 2 && given[1] === undefined);
    if (typeof what === 'string' && isUsual) {
      const built = this.#messages.ofStart(what, given[0]);
      return built instanceof Promise ? built.then((valid) => this.#begin(what, valid)) : this.#begin(what, built);
    }
    const asked = typeof what === 'string' ? this.#asked.ofJob(what, given) : this.#asked.ofPlan(what, given);
    return asked instanceof Promise ? asked.then((valid) => this.#submit(valid)) : this.#submit(asked);
  }

  #begin(job: string, message: unknown): Handle<Nodes> | Promise<Handle<Nodes>> {
    this.#assertOpen();
    const starts = this.#starts;
    return starts === undefined ? this.#onceOpened((opened) => opened.begin(job, message)) : starts.begin(job, message);
  }

  #submit(asked: Asked): Handle<Nodes> | Promise<Handle<Nodes>> {
    this.#assertOpen();
    const starts = this.#starts;
    return starts === undefined ? this.#onceOpened((opened) => opened.submit(asked)) : starts.submit(asked);
  }

  #onceOpened(start: (starts: RunStarts<Nodes>) => Handle<Nodes> | Promise<Handle<Nodes>>): Promise<Handle<Nodes>> {
    const opened = this.#opened();
    this.#early++;
    const over = (): void => void this.#early--;
    opened.then(over, over);
    return opened.then(start);
  }

  async #startSlot(job: string, message: unknown, id: string): Promise<void> {
    this.#assertOpen();
    const asked = await this.#asked.ofJob(job, [message, { id }]);
    await this.#submit({ ...asked, settings: { ...asked.settings, source: 'schedule' } });
  }

  protected get planner(): Planner {
    return this.#planner;
  }

  protected async saving(): Promise<Saving> {
    this.#assertOpen();
    await this.#opened();
    this.#saving ??= import('./saving.ts').then(
      ({ Saving }) => new Saving(this.#app, this.#planner, this.#engine.saved),
    );
    return this.#saving;
  }

  schedule<const Job extends JobIds<Nodes>>(
    job: Job,
    pattern: string,
    ...options: ScheduleArguments<Nodes[Job]['input']>
  ): Promise<ScheduleHandle>;
  async schedule(job: string, pattern: string, ...given: readonly unknown[]): Promise<ScheduleHandle> {
    this.#assertOpen();
    return (await this.#loadSchedules()).open(job, pattern, ...given);
  }

  async openSchedules(): Promise<readonly ScheduleHandle[]> {
    this.#assertOpen();
    return (await this.#loadSchedules()).openAnnotated();
  }

  async #loadSchedules(): Promise<Schedules> {
    const { Schedules } = await import('./schedules.ts');
    this.#schedules ??= new Schedules(this.#nodes, {
      clock: this.#clock,
      log: this.#app.log,
      build: (job, message) => this.#messages.ofJob(job, message),
      assertOpen: () => this.#assertOpen(),
      // Not by its handle: a schedule hears of no failure, it only waits.
      start: async (job, message, id) => {
        await this.#startSlot(job, message, id);
        const run = await this.#engine.find(id);
        return { over: run === undefined ? Promise.resolve() : run.over() };
      },
    });
    return this.#schedules;
  }

  observe(observer: Observer, options?: ObserveOptions): () => void {
    this.#assertOpen();
    return this.#add(readObserver(observer, options, [...this.#nodes.keys()]));
  }

  runs(query?: RunQuery): Promise<RunPage>;
  async runs(query: RunQuery = {}, ...more: readonly unknown[]): Promise<RunPage> {
    (await import('../values/query-rules.ts')).assertQuery(query, ...more);
    await this.#opened();
    return this.#engine.runs(query);
  }

  async waiting(): Promise<readonly WaitingStep[]> {
    await this.#opened();
    return (await import('./open-runs.ts')).waitingSteps(this.#engine);
  }

  cancelAll(query?: RunQuery, reason?: string): Promise<number>;
  async cancelAll(...given: readonly [query?: RunQuery, reason?: string]): Promise<number> {
    (await import('../values/query-rules.ts')).assertCancelAll(given);
    await this.#opened();
    return (await import('./open-runs.ts')).cancelRuns(this.#engine, ...given);
  }

  pause(nodes?: string | readonly string[]): Promise<void>;
  async pause(...given: readonly unknown[]): Promise<void> {
    await (await this.#opened()).pause(given);
  }

  resume(nodes?: string | readonly string[]): Promise<void>;
  async resume(...given: readonly unknown[]): Promise<void> {
    await (await this.#opened()).resume(given);
  }

  async pausedNodes(): Promise<readonly string[]> {
    await this.#opened();
    return this.#engine.paused;
  }

  /** As a console shows it. */
  [inspect.custom](): string {
    const jobs = [...this.#nodes.values()].filter(({ wiring }) => wiring.kind === 'job').length;
    const paused = this.#engine.paused.length === 0 ? '' : `, paused: ${this.#engine.paused.join(', ')}`;
    const closed = this.#closed === undefined ? '' : ', closed';
    return `${this.#app.isClient === true ? 'Client' : 'Runtime'} { ${counted(jobs, 'job')}, ${counted(this.#nodes.size, 'node')}${paused}${closed} }`;
  }

  /** What goes wrong with an observer changes no run, so nobody but the log hears of it. */
  #logObserver({ message, code, details, cause }: OnwardError): void {
    const error = cause === undefined ? undefined : describeThrown(cause);
    const text = `${printable(message)}${error === undefined ? '' : `: ${error}`}`;
    this.#app.log('warn', text, { ...details, code, ...(error !== undefined && { error }) });
  }

  #add({ observer, options }: CheckedObserver): () => void {
    return this.#observers.add(observer, options);
  }

  async run(id: string): Promise<FoundRun<Nodes> | undefined> {
    const starts = await this.#opened();
    const run = await this.#engine.find(id);
    return run === undefined ? undefined : starts.handle(run);
  }

  retry(id: string, options?: RetryOptions): Promise<FoundRun<Nodes>>;
  async retry(id: string, ...options: readonly [options?: RetryOptions]): Promise<FoundRun<Nodes>> {
    this.#assertOpen();
    const starts = await this.#opened();
    return starts.handle(await (await import('./retry.ts')).retried(this.#engine, id, ...options));
  }

  isJob(id: string): id is JobIds<Nodes> {
    return this.#messages.isJob(id);
  }

  parse<Node extends JobIds<Nodes> | WaitingIds<Nodes>>(node: Node, data: unknown): Promise<Nodes[Node]['message']>;
  async parse(node: string, data: unknown): Promise<unknown> {
    return this.#app.graph.nodeOf.get(node)?.waits === true
      ? this.#messages.ofNode(node, data)
      : this.#messages.ofJob(node, data);
  }

  safeParse<Node extends JobIds<Nodes> | WaitingIds<Nodes>>(
    node: Node,
    data: unknown,
  ): SafeParsed<Nodes[Node]['message']> | Promise<SafeParsed<Nodes[Node]['message']>>;
  safeParse(node: string, data: unknown): SafeParsed<unknown> | Promise<SafeParsed<unknown>> {
    return this.#messages.safely(node, data);
  }

  async work(options: WorkOptions = {}): Promise<void> {
    assertNone(problemsOf(options, WORK_OPTIONS), 'the options of work are not valid');
    this.#assertOpen();
    const starts = await this.#opened();
    const { concurrency, nodes, signals = true } = options;
    await this.#engine.work({ concurrency, nodes: nodes === undefined ? undefined : starts.patterns(nodes) });
    const { ProcessWork } = await import('./work.ts');
    // It was closed meanwhile: there is nothing left to keep alive.
    if (this.#closed !== undefined) return this.#closed;
    this.#work ??= new ProcessWork(() => this.close(), this.#app.log);
    this.#work.listen(signals);
    return this.#work.over;
  }

  openRuns(): number {
    return this.#early + this.#engine.openRuns;
  }

  async idle(): Promise<void> {
    await this.#opened();
    return this.#engine.idle();
  }

  async close(options: CloseOptions = {}): Promise<void> {
    assertCloseOptions(options);
    const drainMs = options.drainMs ?? DRAIN_MS;
    this.#schedules?.stop();
    this.#closed ??= this.#close(drainMs);
    return this.#closed;
  }

  async #close(drainMs: number): Promise<void> {
    const [opened] = await Promise.allSettled([this.#opening]);
    try {
      // A moment longer than bodies have: what their cancel leads to belongs to it.
      if (opened.status === 'fulfilled' && opened.value !== undefined)
        await this.#engine.close({ drainMs, graceMs: this.#cancelGraceMs + AFTER_GRACE_MS });
    } finally {
      await this.#observers.close();
      this.#work?.end();
    }
  }

  #assertOpen(): void {
    if (this.#closed !== undefined) throw runtimeClosed();
  }
}

function runtimeClosed(): OnwardError {
  return new OnwardError('ONW3040', 'the runtime is closed; create another one');
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/**
 * Makes a runtime. Nothing runs yet.
 *
 * @throws {OnwardError} ONW3001 if `graph` is not a wiring, ONW1302 if it has another contract, ONW3002 with every
 *   difference if it is behind the annotations, ONW3003 if an instance is missing, ONW3004 with every option that is wrong.
 */
export function createRuntime<Nodes extends NodeTypes<Nodes>, Services>(
  graph: Graph<Nodes, Services>,
  options: RuntimeOptions<Services>,
): Runtime<Nodes> {
  try {
    return makeRuntime(graph, options, ofServices);
  } catch (error) {
    throw atCallOf(createRuntime, error);
  }
}

/** @throws as {@link createRuntime}, and what `make` throws. */
export function makeRuntime<Nodes extends NodeTypes<Nodes>>(
  wiring: Wiring,
  options: RuntimeOptions<unknown>,
  make: Making,
): Runtime<Nodes> {
  return new OnwardRuntime<Nodes>(wiring, options, make);
}
