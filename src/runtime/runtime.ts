// The runtime behind its face: checks what it is given, and hands it to the engine.
//
// Makes a runtime of a graph and its services.

import { randomUUID } from 'node:crypto';
import type { Engine, Submission } from '../engines/engine.ts';
import { memoryEngine } from '../engines/memory/engine.ts';
import { didYouMean } from '../errors/nearest-name.ts';
import { OnwardError } from '../errors/onward-error.ts';
import { copyOf } from '../message/copy.ts';
import { createParser, type ParserOptions } from '../message/parser.ts';
import type { Application } from '../execute/application.ts';
import { systemClock, type Clock } from '../execute/clock.ts';
import type { Schedule } from '../schedule/schedule.ts';
import type { ScheduleOptions } from '../schedule/schedule-options.ts';
import { describeValue, describeThrown } from '../values/describe.ts';
import {
  type BuildMessage,
  type StartablePlan,
  fingerprintFor,
  planFingerprint,
  planOf,
  builtEntry,
} from '../plans/plan.ts';
import { Planner } from '../plans/planner.ts';
import type { SignedStartOptions } from '../api/signature.ts';
import type { SignedNode } from '../plans/signature.ts';
import type { RunSettings } from '../run/event.ts';
import { plainEntryOf, singlePlan, type Entry } from '../run/plan.ts';
import type { MessageClass, Wiring, Graph } from '../wiring/v1.ts';
import { assemble } from './assemble.ts';
import { servicesOf } from './services.ts';
import { Handle, type MessageBuilder } from './run.ts';
import type { CloseOptions, Runtime } from '../api/runtime.ts';
import { assertMilliseconds, assertOptions, assertWiring, type RuntimeOptions } from './runtime-options.ts';
import { isObject } from '../values/option-rules.ts';
import { readStartSettings, type StartSurroundings } from './start-options.ts';
import { recordIn } from './wired-node.ts';
import type { NodeTypes } from '../api/nodes.ts';

const CANCEL_GRACE_MS = 5_000;
const DRAIN_MS = 30_000;
const AFTER_GRACE_MS = 1_000;

type ScheduledOptions = ScheduleOptions & { readonly message?: unknown };

/** What a start asks of the engine, and under which id. */
interface Asked extends Omit<Submission, 'runId'> {
  readonly id: string | undefined;
}

class OnwardRuntime implements MessageBuilder {
  readonly #engine: Engine;
  readonly #app: Application;
  readonly #wiring: Wiring;
  readonly #around: StartSurroundings;
  readonly #defaults: RunSettings;
  readonly #planner: Planner;
  readonly #opened: void | Promise<void>;
  readonly #idStem = `r${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  readonly #clock: Clock;
  readonly #schedules = new Set<Schedule>();
  #started = 0;
  #closed: Promise<void> | undefined;

  constructor(wiring: Wiring, options: RuntimeOptions<unknown>) {
    assertWiring(wiring);
    assertOptions(options);
    const { validate = true, ...limits } = options.messages ?? {};
    this.#wiring = wiring;
    const services = servicesOf(wiring, options);
    this.#app = assemble(wiring, services, validate ? createParser(limits) : undefined);
    this.#planner = new Planner(this.#app, {
      isJob: (id) => this.isJob(id),
      isExposed: (id) => this.isJob(id) && recordIn(wiring, id, services)?.options?.['expose'] === true,
    });
    this.#engine = options.engine ?? memoryEngine();
    const cancelGraceMs = options.cancelGraceMs ?? CANCEL_GRACE_MS;
    assertMilliseconds('cancelGraceMs', cancelGraceMs);
    const clock = options.clock ?? systemClock();
    this.#clock = clock;
    this.#around = { cancelGraceMs, nodes: Object.keys(wiring.nodes), now: () => clock.now() };
    this.#defaults = readStartSettings({}, this.#around);
    this.#opened = this.#engine.open({ app: this.#app, clock });
    // Every start tells of a failure to connect; without a start nobody has to.
    if (this.#opened instanceof Promise) this.#opened.catch(() => undefined);
  }

  // One turn and no more for a job whose message is checked at once: bodies begin right after.
  async start(what: unknown, ...given: readonly unknown[]): Promise<Handle> {
    this.#assertOpen();
    if (this.#opened instanceof Promise) await this.#opened;
    const asked = typeof what === 'string' ? this.#jobStart(what, given) : this.#planStart(what, given);
    const { id, plan, settings, fingerprint } = asked instanceof Promise ? await asked : asked;
    // It may have been closed while the message was checked.
    this.#assertOpen();
    const runId = id ?? `${this.#idStem}${++this.#started}`;
    const submitted = this.#engine.submit({ runId, plan, settings, fingerprint });
    const { outcome, run } = submitted instanceof Promise ? await submitted : submitted;
    if (outcome !== 'differs') return new Handle(run, this);
    const text = `run ${runId} exists with another job or message; start it under another id, or join it with runtime.run(id)`;
    throw new OnwardError('ONW3033', text, { details: { runId } });
  }

  #jobStart(job: string, given: readonly unknown[]): Asked | Promise<Asked> {
    const built = this.#build(job, given[0]);
    const options = given[1] === undefined ? undefined : startOptions(given[1]);
    if (built instanceof Promise) return built.then((valid) => this.#askedOf(job, valid, options));
    return this.#askedOf(job, built, options);
  }

  #askedOf(job: string, valid: unknown, options: SignedStartOptions | undefined): Asked {
    const plan = singlePlan(job, valid);
    if (options === undefined) return { id: undefined, plan, settings: this.#defaults, fingerprint: undefined };
    const settings = readStartSettings(options, this.#around);
    return { id: options.id, plan, settings, fingerprint: fingerprintFor(job, valid, options) };
  }

  async #planStart(what: unknown, given: readonly unknown[]): Promise<Asked> {
    const startable = this.#planner.startableOf(what);
    if (given.length > (startable.takesMessage ? 2 : 1)) {
      const takes = startable.takesMessage ? 'a message, then options' : 'options right behind it, and no message';
      const text = `${startable.name} takes ${takes}; got ${given.length} arguments: leave the others out`;
      throw new OnwardError('ONW3004', text);
    }
    const [message, rest] = startable.takesMessage ? given : [undefined, given[0]];
    // What is no object is refused where options are read.
    if (rest !== undefined && !isObject(rest)) readStartSettings(startOptions(rest), this.#around);
    const { override, ...others } = startOptions(rest ?? {});
    // Where nothing can be overridden it is an option that there is not.
    const options = startable.takesOverride || override === undefined ? others : { ...others, override };
    const settings = readStartSettings(options, this.#around);
    const plan = await planOf(startable, { message, override }, (job, data, checkedBy) =>
      this.#build(job, data, checkedBy),
    );
    const plain = plainEntryOf(plan);
    const fingerprint =
      plain === undefined ? planFingerprint(plan, options) : fingerprintFor(plain.node, plain.message, options);
    return { id: options.id, plan, settings, fingerprint };
  }

  sign(node: unknown, bound?: unknown): SignedNode {
    return this.#planner.sign(node, bound);
  }

  sequence(entries: unknown, options?: unknown): StartablePlan {
    return this.#planner.sequence(entries, options);
  }

  parallel(entries: unknown, options?: unknown): StartablePlan {
    return this.#planner.parallel(entries, options);
  }

  chain(links: unknown, options?: unknown): StartablePlan {
    return this.#planner.chain(links, options);
  }

  swarm(options?: unknown): StartablePlan {
    return this.#planner.swarm(options);
  }

  /** Nothing is due before the message is known to be right. */
  async schedule(job: string, pattern: string, given: ScheduledOptions = {}): Promise<Schedule> {
    this.#assertOpen();
    const { message: notice, ...options } = isObject(given) ? given : {};
    await this.#build(job, notice);
    // Every slot starts with the same, whatever its owner does to it.
    const message = copyOf(notice);
    const { openSchedule } = await import('../schedule/schedule.ts');
    const schedule = await openSchedule(pattern, isObject(given) ? options : given, {
      job,
      otherOptions: ['message'],
      clock: this.#clock,
      onFault: (error, slot) => {
        process.emitWarning(
          `the slot ${slot.toISOString()} of the schedule of ${job} did not start: ${describeThrown(error)}`,
        );
      },
      onStop: (stopped) => this.#schedules.delete(stopped),
      start: async (id) => ({ over: (await this.start(job, message, { id })).report() }),
    });
    this.#schedules.add(schedule);
    if (this.#closed !== undefined) await schedule.stop();
    this.#assertOpen();
    return schedule;
  }

  buildIncoming(node: unknown, message: unknown): unknown {
    const { nodes } = this.#app.graph;
    const known = nodes.find(({ name, waits }) => waits && name === node);
    if (known !== undefined) return this.#buildFor(known.name, message);
    const waiting = nodes.filter(({ waits }) => waits).map(({ name }) => name);
    const hint = didYouMean(String(node), waiting) ?? `those that wait are ${waiting.join(', ') || 'none'}`;
    throw new OnwardError('ONW3055', `${String(node)} waits for no message; ${hint}`, { details: { node } });
  }

  async added(job: unknown, message: unknown): Promise<Entry> {
    const build: BuildMessage = (id, data, checkedBy) => this.#build(id, data, checkedBy);
    return builtEntry(this.#planner.entryOf(job, message), 0, { message: undefined, override: undefined }, build);
  }

  async run(id: string): Promise<Handle | undefined> {
    const run = await this.#engine.find(id);
    return run === undefined ? undefined : new Handle(run, this);
  }

  isJob(id: string): boolean {
    return Object.hasOwn(this.#wiring.nodes, id) && this.#wiring.nodes[id]?.kind === 'job';
  }

  async parse(node: string, data: unknown): Promise<unknown> {
    return this.#app.graph.nodeOf.get(node)?.waits === true ? this.#buildFor(node, data) : this.#build(node, data);
  }

  idle(): Promise<void> {
    return this.#engine.idle();
  }

  async close(options: CloseOptions = {}): Promise<void> {
    const drainMs = options.drainMs ?? DRAIN_MS;
    if (drainMs !== Number.POSITIVE_INFINITY) assertMilliseconds('drainMs', drainMs);
    for (const schedule of this.#schedules) void schedule.stop();
    // A moment longer than bodies have: what their cancel leads to belongs to it.
    this.#closed ??= this.#engine.close({ drainMs, graceMs: this.#around.cancelGraceMs + AFTER_GRACE_MS });
    return this.#closed;
  }

  #assertOpen(): void {
    if (this.#closed === undefined) return;
    throw new OnwardError('ONW3040', 'the runtime is closed and starts nothing any more');
  }

  #build(job: string, data: unknown, checkedBy?: MessageClass): unknown {
    if (!this.isJob(job)) throw unknownJob(job, this.#wiring);
    if (checkedBy === undefined || this.#app.parser === undefined) return this.#buildFor(job, data);
    const checked = this.#app.parser.build(checkedBy, data);
    return checked instanceof Promise ? checked.then(() => this.#narrowed(job, data)) : this.#narrowed(job, data);
  }

  /** What another class has checked may have fields that the node does not know. */
  #narrowed(job: string, data: unknown): unknown {
    return this.#buildFor(job, data, { unknownFields: 'drop' });
  }

  #buildFor(node: string, data: unknown, options?: ParserOptions): unknown {
    const { message } = this.#wiring.nodes[node] ?? {};
    if (message === undefined || message === true) return undefined;
    return this.#app.parser === undefined ? data : this.#app.parser.build(message, data, options);
  }
}

function unknownJob(job: unknown, wiring: Wiring): OnwardError {
  const jobs = Object.keys(wiring.nodes).filter((id) => wiring.nodes[id]?.kind === 'job');
  const handler = Object.hasOwn(wiring.nodes, String(job))
    ? 'it is a handler: annotate it with @Job to start it'
    : undefined;
  const hint = handler ?? didYouMean(String(job), jobs) ?? `the jobs are ${jobs.join(', ')}`;
  if (typeof job !== 'string') {
    return new OnwardError('ONW3005', `expected the id of a job, got ${describeValue(job)}; ${hint}`);
  }
  return new OnwardError('ONW3005', `there is no job ${JSON.stringify(job)}; ${hint}`, { details: { job } });
}

/** The options as a caller gave them: what is wrong with them is told where they are read. */
function startOptions(given: unknown): SignedStartOptions {
  return given as SignedStartOptions;
}

/**
 * Makes a runtime. Nothing runs yet.
 *
 * @throws {OnwardError} ONW3001 if `graph` is no wiring, ONW1302 if it is of another contract, ONW3002 with every
 *   difference if it is behind the annotations, ONW3003 if an instance is missing, ONW3004 if options make no sense.
 */
export function createRuntime<Nodes extends NodeTypes<Nodes>, Services>(
  graph: Graph<Nodes, Services>,
  options: RuntimeOptions<Services>,
): Runtime<Nodes> {
  return faceOf<Nodes>(new OnwardRuntime(graph, options));
}

/** The face is typed by the graph; what is behind it is not. */
function faceOf<Nodes extends NodeTypes<Nodes>>(runtime: OnwardRuntime): Runtime<Nodes> {
  return runtime as unknown as Runtime<Nodes>;
}
