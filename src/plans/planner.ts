// Builds plans for one graph: signatures, sequences, parallel plans, chains and swarms.
//
// PLANNER-1. What is given is unknown here: everything wrong with options and entries is reported at once.
// PLANNER-2. Signatures and plans belong to the planner that made them; no other accepts them.

import { didYouMean, listed } from '../errors/nearest-name.ts';
import { OnwardError, readEach } from '../errors/onward-error.ts';
import { isRecord } from '../values/json.ts';
import { describeValue, quoted } from '../values/describe.ts';
import {
  assertNoMore,
  assertNone,
  CHAIN_OPTIONS,
  ENTRY_OPTIONS,
  numberIn,
  PLAN_OPTIONS,
  problemsOf,
  problemsOfEach,
  SWARM_OPTIONS,
  type Options,
} from '../values/option-rules.ts';
import { NO_MARKS, type Application } from '../execute/application.ts';
import { noSuchNode } from '../execute/wrong-target.ts';
import type { Making, PlanFlow, PlanShape } from '../run/plan.ts';
import { type Definition, isDefinition } from '../definition/defined.ts';
import { hasSecretsWithin } from '../message/secrets.ts';
import { Issues } from '../values/issues.ts';
import { DEFAULT_LIMITS, sanitizeValue } from '../values/sanitize.ts';
import type { DefinableJobs, DefinedPlan } from './definition-plan.ts';
import {
  type StartablePlan,
  type StartableEntry,
  SwarmBuilder,
  startableSignature,
  PlanBuilder,
  type PlanCallbacks,
} from './plan.ts';
import { SignedNode, type Saveable, type Signer } from './signature.ts';

/** What is known about nodes by their ids. */
export interface Jobs extends DefinableJobs {
  isJob(this: void, id: string): boolean;
  save(this: void, key: unknown, what: Saveable): Promise<void>;
}

/** A job as an entry of a plan takes it. */
type PlannedJob = Pick<StartableEntry, 'signed' | 'checkedBy'>;

export class Planner implements Signer {
  readonly #app: Application;
  readonly #jobs: Jobs;
  readonly #byName = new Map<string, PlannedJob>();

  constructor(app: Application, jobs: Jobs) {
    this.#app = app;
    this.#jobs = jobs;
  }

  /** By the id of a node, or by a class and the name of its method, as `from` gives them. */
  sign(...given: readonly unknown[]): SignedNode {
    assertNoMore(given.length, 2, 'sign takes a node and fields');
    const [node, bound] = given;
    if (typeof node === 'string') return this.#signNode(node, bound);
    if (!isRecord(node) || typeof node['service'] !== 'function') {
      const got = describeValue(node);
      const text = `expected the id of a node, or \`from(() => Billing, 'charge')\`, got ${got}`;
      throw new OnwardError('ONW3005', text);
    }
    const service: unknown = node['service']();
    const method = typeof node['method'] === 'string' ? node['method'] : describeValue(node['method']);
    const id = this.#app.nodeFor(service, method);
    if (id === undefined) throw noSuchNode(service, method, 'sign');
    return this.#signNode(id, bound);
  }

  #signNode(id: string, bound: unknown): SignedNode {
    const node = this.#app.graph.nodeOf.get(id);
    if (node === undefined) throw this.#unknown(id);
    return new SignedNode(id, this, this.#app.bodies[node.index]?.marks ?? NO_MARKS).bind(bound);
  }

  holdsSecrets(id: string): boolean {
    return hasSecretsWithin(this.#jobs.messageClassOf(id));
  }

  save(key: unknown, what: Saveable): Promise<void> {
    return this.#jobs.save(key, what);
  }

  callbackFor(callback: unknown): SignedNode {
    const signed = this.#signatureFor(callback);
    signed.assertCallback();
    return signed;
  }

  #signatureFor(callback: unknown): SignedNode {
    if (typeof callback === 'string') return this.#signNode(callback, undefined);
    if (callback instanceof SignedNode) {
      if (callback.signer === this) return callback;
      throw foreign(`the signature of ${callback.node}`);
    }
    const got = describeValue(callback);
    throw new OnwardError('ONW3004', `expected the id of a node or a signature, got ${got}`);
  }

  sequence(...given: readonly unknown[]): PlanBuilder {
    return this.#plan('sequence', given);
  }

  parallel(...given: readonly unknown[]): PlanBuilder {
    return this.#plan('parallel', given);
  }

  #plan(kind: 'sequence' | 'parallel', given: readonly unknown[]): PlanBuilder {
    assertNoMore(given.length, 2, `${kind} takes entries and options`);
    const [entries, options = {}] = given;
    const list = arrayOf(entries, `the entries of a ${kind}`);
    const problems = [...problemsOfEach(list, ENTRY_OPTIONS, 'entries'), ...problemsOf(options, PLAN_OPTIONS)];
    const parts = this.#partsOf(
      [problems, `the ${kind === 'sequence' ? kind : 'parallel plan'} is not valid`],
      () => readEach(list, 'entries', (entry) => (isRecord(entry) ? this.#entryOf(entry) : undefined)),
      optionsOf(options),
    );
    const apart = kind === 'parallel' && { areLanesApart: true as const };
    const flow = flowOf('list', { keepGoing: optionsOf(options)['keepGoing'] === true, ...apart });
    return new PlanBuilder(kind, parts.entries, { flow, callbacks: parts.callbacks, signer: this });
  }

  chain(...given: readonly unknown[]): PlanBuilder {
    assertNoMore(given.length, 2, 'chain takes links and options');
    const [links, options = {}] = given;
    const list = arrayOf(links, 'the links of a chain');
    const problems = problemsOf(options, CHAIN_OPTIONS);
    if (list.length < 2) problems.unshift(`expected a chain to have two links or more, got ${list.length}`);
    const { entries, callbacks } = this.#partsOf(
      [problems, 'the chain is not valid'],
      () => readEach(list, 'links', (job, at) => this.#linkOf(job, at)),
      optionsOf(options),
    );
    return new PlanBuilder('chain', entries, { flow: flowOf('last', {}), callbacks, signer: this });
  }

  #linkOf(job: unknown, at: number): StartableEntry {
    const link = this.#entryOf({ job });
    if (at === 0 || link.checkedBy === undefined) return link;
    const text = `${link.signed.node} is a later link: its message is made in the run and checked by its own class; leave \`validateWith\` out`;
    throw new OnwardError('ONW3004', text, { details: { node: link.signed.node } });
  }

  /** PLANNER-1: options, entries and callbacks are read, whatever is wrong with the others. */
  #partsOf(
    problems: Parameters<typeof assertNone>,
    read: () => readonly (StartableEntry | undefined)[],
    options: Options,
  ): { readonly entries: readonly StartableEntry[]; readonly callbacks: PlanCallbacks } {
    let entries: readonly (StartableEntry | undefined)[] = [];
    let callbacks = this.#both({});
    const parts = [() => assertNone(...problems), () => (entries = read()), () => (callbacks = this.#both(options))];
    readEach<() => unknown, unknown>(parts, '', (part) => part());
    return { entries: entries.filter((entry) => entry !== undefined), callbacks };
  }

  swarm(options: unknown = {}): SwarmBuilder {
    assertNone(problemsOf(options, SWARM_OPTIONS), 'the swarm is not valid');
    const given = optionsOf(options);
    const flow = flowOf('list', {
      keepGoing: true,
      concurrency: numberIn(given, 'concurrency') ?? null,
      stopAfterFailures: numberIn(given, 'stopAfterFailures') ?? null,
      open: { most: numberIn(given, 'maxSteps') ?? null },
    });
    const parts = { flow, callbacks: this.#both(given), signer: this };
    return new SwarmBuilder(parts, (job, message) => this.entryOf(job, message));
  }

  /** One job with its message, as it is added to a swarm. */
  entryOf(job: unknown, message: unknown): StartableEntry {
    return this.#entryOf({ job, message });
  }

  #entryOf({ job, message, group, if: condition, always }: Options): StartableEntry {
    const { signed, checkedBy } = typeof job === 'string' ? this.#named(job) : this.#jobOf(job);
    const entry: Making<StartableEntry> = { signed, message, checkedBy };
    if (typeof group === 'string') entry.group = group;
    if (always === true) entry.always = always;
    if (condition !== undefined) entry.condition = Array.isArray(condition) ? [...condition] : [condition];
    return entry;
  }

  /** A job by its name: nobody adds anything to it, so that all entries can have the same. */
  #named(job: string): PlannedJob {
    const known = this.#byName.get(job);
    if (known !== undefined) return known;
    // Only jobs fit here, so only they are suggested.
    if (!this.#jobs.isJob(job)) throw this.#noJob(job);
    const named = this.#jobOf(job);
    this.#byName.set(job, named);
    return named;
  }

  #jobOf(job: unknown): PlannedJob {
    const signature = this.#signatureFor(job);
    if (!this.#jobs.isJob(signature.node)) throw this.#noJob(signature.node);
    return { signed: signature.signed(), checkedBy: signature.checkedBy };
  }

  #both(options: Options): PlanCallbacks {
    const [onSuccess, onFailure] = readEach(['onSuccess', 'onFailure'], '', (name) => {
      const callback = options[name];
      return callback === undefined ? undefined : this.callbackFor(callback);
    });
    return { onSuccess, onFailure };
  }

  /** What `start` was given, other than the id of a job. */
  startableOf(what: unknown): StartablePlan {
    if (isDefinition(what)) return this.#defined(what);
    if (what instanceof PlanBuilder) {
      if (what.signer === this) return what;
      throw foreign(`the ${what.kind}`);
    }
    if (what instanceof SignedNode) {
      if (what.signer !== this) throw foreign(`the signature of ${what.node}`);
      if (!this.#jobs.isJob(what.node)) throw this.#noJob(what.node);
      return startableSignature(what);
    }
    const got = describeValue(what);
    const next =
      isRecord(what) && Array.isArray(what['steps']) ? '; read it with `definition` of onward/definitions' : '';
    throw new OnwardError(
      'ONW3005',
      `expected the id of a job, a signature, a plan or a definition, got ${got}${next}`,
    );
  }

  // PLANNER-3. What reads a definition is loaded when it is started, in a later turn: its parameters are copied in this one.
  #defined(what: Definition): StartablePlan {
    const loaded = async (): Promise<DefinedPlan> => {
      const plans = await import('./definition-plan.ts');
      return new plans.DefinedPlan(what, this.#jobs);
    };
    return {
      name: what.name ?? 'definition',
      takesMessage: true,
      takesOverride: false,
      copied: copyOfData,
      flow: async (given) => (await loaded()).flow(given),
      lanes: async () => (await loaded()).lanes(),
    };
  }

  #noJob(id: string): OnwardError {
    const { nodeOf, nodes } = this.#app.graph;
    if (nodeOf.has(id)) {
      const text = `${id} is a handler and starts nothing; annotate it with @Job, or name it as a callback`;
      return new OnwardError('ONW3005', text, { details: { node: id } });
    }
    const jobs = nodes.map(({ name }) => name).filter((name) => this.#jobs.isJob(name));
    return notFound('job', id, jobs);
  }

  #unknown(id: string): OnwardError {
    return notFound('node', id, [...this.#app.graph.nodeOf.keys()]);
  }
}

/** What is no data is given back as it is: what reads it says why, and knows what to keep secret. */
function copyOfData(given: unknown): unknown {
  const issues = new Issues();
  try {
    const copy = sanitizeValue(given, { limits: DEFAULT_LIMITS, issues, at: 'parameters' });
    return issues.empty ? copy : given;
  } catch {
    return given;
  }
}

function notFound(what: 'job' | 'node', id: string, known: readonly string[]): OnwardError {
  const hint = didYouMean(id, known) ?? `the ${what}s are ${listed(known)}`;
  return new OnwardError('ONW3005', `there is no ${what} ${quoted(id)}; ${hint}`, { details: { node: id } });
}

function foreign(what: string): OnwardError {
  return new OnwardError('ONW3005', `${what} belongs to another runtime; make it with the one that starts it`);
}

function flowOf(shape: PlanShape, given: Partial<PlanFlow>): PlanFlow {
  return { shape, keepGoing: false, concurrency: null, stopAfterFailures: null, ...given };
}

function arrayOf(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new OnwardError('ONW3004', `expected ${what} to be an array, got ${describeValue(value)}`);
}

/** Options that were found to be an object. */
function optionsOf(options: unknown): Options {
  return isRecord(options) ? options : {};
}
