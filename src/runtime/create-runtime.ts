// Makes a runtime of a graph and its services.

import { randomUUID } from 'node:crypto';
import type { Engine } from '../engines/engine.ts';
import { memoryEngine } from '../engines/memory.ts';
import { OnwardError } from '../errors/onward-error.ts';
import { createDoor } from '../message/class-validator-door.ts';
import { fingerprintOf } from '../message/fingerprint.ts';
import type { MessageLimits } from '../message/limits.ts';
import type { Graph, Wiring } from '../wiring/v1.ts';
import { assemble } from './assemble.ts';
import type { Application } from '../perform/application.ts';
import { systemClock, type Clock } from '../perform/clock.ts';
import { nearestName } from '../errors/nearest-name.ts';
import type { NodeTypes } from './graph-nodes.ts';
import { handleOf, type RunHandle } from './run-handle.ts';
import type { CloseOptions, Runtime } from './runtime.ts';
import type { RunSettings } from '../run/event.ts';
import { singlePlan } from '../run/plan.ts';
import { servicesOf } from './given-services.ts';
import { isOptions } from './options.ts';
import { settingsOf, type StartOptions, type StartSurroundings } from './start-options.ts';

/** How messages are treated. */
export interface MessageOptions extends Partial<MessageLimits> {
  /** `false`: messages are taken as they are, unchecked. For data that is known to be right, where speed counts. @default true */
  readonly validate?: boolean;
}

interface CommonOptions {
  /** What executes runs. @default the memory engine: runs live in this process */
  readonly engine?: Engine;
  readonly messages?: MessageOptions;
  /** Time a cancelled body is given to return, in milliseconds. @default 5,000 */
  readonly cancelGraceMs?: number;
  /** @default the machine's clock */
  readonly clock?: Clock;
}

/** The instances of the services, or a function that gives them by name: a container. */
export type RuntimeOptions<Services> = CommonOptions &
  (
    | { readonly services: Services; readonly resolve?: never }
    | { readonly resolve: (name: keyof Services & string) => object; readonly services?: never }
  );

const CANCEL_GRACE_MS = 5_000;
const DRAIN_MS = 30_000;
const AFTER_GRACE_MS = 1_000;

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

class OnwardRuntime {
  readonly #engine: Engine;
  readonly #app: Application;
  readonly #wiring: Wiring;
  readonly #around: StartSurroundings;
  readonly #defaults: RunSettings;
  readonly #opened: void | Promise<void>;
  readonly #idStem = `r${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  #started = 0;
  #closed: Promise<void> | undefined;

  constructor(wiring: Wiring, options: RuntimeOptions<unknown>) {
    assertWiring(wiring);
    assertOptions(options);
    const { validate = true, ...limits } = options.messages ?? {};
    this.#wiring = wiring;
    this.#app = assemble(wiring, servicesOf(wiring, options), validate ? createDoor(limits) : undefined);
    this.#engine = options.engine ?? memoryEngine();
    const cancelGraceMs = options.cancelGraceMs ?? CANCEL_GRACE_MS;
    assertMilliseconds('cancelGraceMs', cancelGraceMs);
    const clock = options.clock ?? systemClock();
    this.#around = { cancelGraceMs, nodes: Object.keys(wiring.nodes), now: () => clock.now() };
    this.#defaults = settingsOf({}, this.#around);
    this.#opened = this.#engine.open({ app: this.#app, clock });
    // Every start tells of a failure to connect; without a start nobody has to.
    if (this.#opened instanceof Promise) this.#opened.catch(() => undefined);
  }

  async start(job: string, message?: unknown, options?: StartOptions): Promise<RunHandle> {
    this.#assertOpen();
    if (this.#opened instanceof Promise) await this.#opened;
    const settings = options === undefined ? this.#defaults : settingsOf(options, this.#around);
    const built = this.#build(job, message);
    const valid = built instanceof Promise ? await built : built;
    const runId = options?.id ?? `${this.#idStem}${++this.#started}`;
    const fingerprint = options?.id === undefined ? undefined : fingerprintOf(job, valid);
    // It may have been closed while the message was checked.
    this.#assertOpen();
    const submitted = this.#engine.submit({ runId, plan: singlePlan(job, valid), settings, fingerprint });
    const { outcome, run } = submitted instanceof Promise ? await submitted : submitted;
    if (outcome !== 'differs') return handleOf(run);
    const text = `run ${runId} exists with another job or message; start it under another id, or join it with runtime.run(id)`;
    throw new OnwardError('ONW3033', text, { details: { runId } });
  }

  async run(id: string): Promise<RunHandle | undefined> {
    const run = await this.#engine.find(id);
    return run === undefined ? undefined : handleOf(run);
  }

  isJob(id: string): boolean {
    return Object.hasOwn(this.#wiring.nodes, id) && this.#wiring.nodes[id]?.kind === 'job';
  }

  async parse(job: string, data: unknown): Promise<unknown> {
    return this.#build(job, data);
  }

  idle(): Promise<void> {
    return this.#engine.idle();
  }

  async close(options: CloseOptions = {}): Promise<void> {
    const drainMs = options.drainMs ?? DRAIN_MS;
    if (drainMs !== Number.POSITIVE_INFINITY) assertMilliseconds('drainMs', drainMs);
    // A moment longer than bodies have: what their cancel leads to belongs to it.
    this.#closed ??= this.#engine.close({ drainMs, graceMs: this.#around.cancelGraceMs + AFTER_GRACE_MS });
    return this.#closed;
  }

  #assertOpen(): void {
    if (this.#closed === undefined) return;
    throw new OnwardError('ONW3040', 'the runtime is closed and starts nothing any more');
  }

  #build(job: string, data: unknown): unknown {
    if (!this.isJob(job)) throw unknownJob(job, this.#wiring);
    const { message } = this.#wiring.nodes[job] ?? {};
    if (message === undefined || message === true) return undefined;
    return this.#app.door === undefined ? data : this.#app.door.build(message, data);
  }
}

function assertMilliseconds(name: string, value: unknown): void {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return;
  const text = `expected \`${name}\` to be milliseconds, a number of at least 0, got ${String(value)}`;
  throw new OnwardError('ONW3004', text, { details: { option: name } });
}

function assertOptions(options: unknown): void {
  if (!isOptions(options)) {
    const text =
      'the second argument of createRuntime is missing: give it the instances, as in { services: { Billing: new Billing() } }';
    throw new OnwardError('ONW3004', text);
  }
  const { messages, engine, resolve, services } = options;
  const problems: string[] = [];
  if (messages !== undefined && !isOptions(messages)) problems.push('`messages` to be an object');
  if (engine !== undefined && !isOptions(engine)) problems.push('`engine` to be an engine, such as memoryEngine()');
  if (resolve !== undefined && typeof resolve !== 'function') problems.push('`resolve` to be a function');
  if (resolve !== undefined && services !== undefined) problems.push('either `services` or `resolve`, not both');
  if (problems.length === 0) return;
  throw new OnwardError('ONW3004', `the options of createRuntime are not valid: expected ${problems.join('; ')}`, {
    details: { problems },
  });
}

function assertWiring(wiring: unknown): void {
  if (typeof wiring === 'object' && wiring !== null && 'contract' in wiring) {
    if (wiring.contract === 1) return;
    throw new OnwardError(
      'ONW1302',
      `the wiring has contract ${String(wiring.contract)}, this version of onward reads 1; run \`npx onward generate\``,
    );
  }
  throw new OnwardError(
    'ONW3001',
    'the first argument of createRuntime is no wiring; import `graph` from the file that `npx onward generate` writes',
  );
}

function unknownJob(job: string, wiring: Wiring): OnwardError {
  const jobs = Object.keys(wiring.nodes).filter((id) => wiring.nodes[id]?.kind === 'job');
  const nearest = nearestName(String(job), jobs);
  const handler = Object.hasOwn(wiring.nodes, job) ? 'it is a handler: annotate it with @Job to start it' : undefined;
  const hint = handler ?? (nearest === undefined ? `the jobs are ${jobs.join(', ')}` : `did you mean ${nearest}?`);
  return new OnwardError('ONW3005', `there is no job ${JSON.stringify(job)}; ${hint}`, { details: { job } });
}
