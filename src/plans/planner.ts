// Puts plans together for one graph: signatures, sequences, parallel plans, chains and swarms.

import { nearestName } from '../errors/nearest-name.ts';
import { OnwardError } from '../errors/onward-error.ts';
import { describeValue } from '../message/describe.ts';
import { NO_MARKS, type Application } from '../perform/application.ts';
import { noSuchNode } from '../perform/no-such-node.ts';
import type { PlanFlow, PlanShape } from '../run/plan.ts';
import { isDefinition } from '../definition/made.ts';
import { DefinedPlan } from './defined-plan.ts';
import type { Draft, DraftEntry } from './draft.ts';
import {
  assertNone,
  CHAIN_RULES,
  ENTRY_RULES,
  PLAN_RULES,
  problemsOf,
  SWARM_RULES,
  type Checked,
} from './plan-options.ts';
import { isFields, SignedNode, type Signer } from './signed-node.ts';
import { SwarmDraft } from './swarm.ts';
import { signatureDraft, WrittenPlan, type PlanCallbacks } from './written-plan.ts';

/** What is known of nodes by their ids. */
export interface Jobs {
  isJob(this: void, id: string): boolean;
  /** Definitions may use it. */
  isExposed(this: void, id: string): boolean;
}

export class Planner implements Signer {
  readonly #app: Application;
  readonly #isJob: (id: string) => boolean;
  readonly #isExposed: (id: string) => boolean;

  constructor(app: Application, jobs: Jobs) {
    this.#app = app;
    this.#isJob = jobs.isJob;
    this.#isExposed = jobs.isExposed;
  }

  /** By the id of a node, or by a class and the name of its method, as `from` puts them. */
  sign(node: unknown, bound?: unknown): SignedNode {
    if (typeof node === 'string') return this.#signNode(node, bound);
    if (!isFields(node) || typeof node['service'] !== 'function') {
      const got = describeValue(node);
      const text = `expected the id of a node, or \`from(() => Billing, 'charge')\`, got ${got}`;
      throw new OnwardError('ONW3005', text);
    }
    const service: unknown = node['service']();
    const method = String(node['method']);
    const id = this.#app.nodeFor(service, method);
    if (id === undefined) throw noSuchNode(service, method, 'sign');
    return this.#signNode(id, bound);
  }

  #signNode(id: string, bound: unknown): SignedNode {
    const node = this.#app.graph.nodeOf.get(id);
    if (node === undefined) throw this.#unknown(id);
    return new SignedNode(id, this, this.#app.bodies[node.index]?.marks ?? NO_MARKS).bind(bound);
  }

  callbackFor(callback: unknown): SignedNode {
    if (callback instanceof SignedNode) return callback;
    if (typeof callback === 'string') return this.#signNode(callback, undefined);
    const got = describeValue(callback);
    throw new OnwardError('ONW3004', `expected a callback to be the id of a node or a signature, got ${got}`);
  }

  sequence(entries: unknown, options: unknown = {}): Draft {
    return this.#plan('sequence', entries, options);
  }

  parallel(entries: unknown, options: unknown = {}): Draft {
    return this.#plan('parallel', entries, options);
  }

  #plan(kind: 'sequence' | 'parallel', entries: unknown, options: unknown): Draft {
    const list = listOf(entries, `the entries of a ${kind}`);
    assertNone(
      [
        ...list.flatMap((entry, at) => [...problemsOf(entry, ENTRY_RULES, `entries[${at}]`)]),
        ...problemsOf(options, PLAN_RULES, 'the plan'),
      ],
      `the ${kind}`,
    );
    const { keepGoing, ...callbacks } = checked(options);
    const written = list.map((entry) => this.#entryOf(checked(entry)));
    return new WrittenPlan(kind, written, flowOf('list', { keepGoing: keepGoing === true }), this.#both(callbacks));
  }

  chain(links: unknown, options: unknown = {}): Draft {
    const list = listOf(links, 'the links of a chain');
    const problems = [...problemsOf(options, CHAIN_RULES, 'the plan')];
    if (list.length < 2) problems.unshift(`expected a chain to have two links or more, got ${list.length}`);
    assertNone(problems, 'the chain');
    const written = list.map((job) => this.#entryOf({ job }));
    const late = written.slice(1).find(({ checkedBy }) => checkedBy !== undefined);
    if (late !== undefined) {
      const text = `${late.signed.node} is a later link of a chain: its message is made in the run and checked by its own class; leave \`validateWith\` out`;
      throw new OnwardError('ONW3004', text, { details: { node: late.signed.node } });
    }
    return new WrittenPlan('chain', written, flowOf('last', {}), this.#both(checked(options)));
  }

  swarm(options: unknown = {}): SwarmDraft {
    assertNone([...problemsOf(options, SWARM_RULES, 'the swarm')], 'the swarm');
    const { concurrency, stopAfterFailures, maxSteps, ...callbacks } = checked(options);
    const flow = flowOf('list', {
      keepGoing: true,
      concurrency: countOf(concurrency),
      stopAfterFailures: countOf(stopAfterFailures),
      open: { most: countOf(maxSteps) },
    });
    return new SwarmDraft(flow, this.#both(callbacks), (job, message) => this.entryOf(job, message));
  }

  /** One job with its message, as it is added to a swarm. */
  entryOf(job: unknown, message: unknown): DraftEntry {
    return this.#entryOf({ job, message });
  }

  #entryOf({ job, message, group, if: condition, always }: Checked): DraftEntry {
    const signature = this.callbackFor(job);
    if (!this.#isJob(signature.node)) throw this.#unknown(signature.node);
    return {
      signed: signature.signed(),
      message,
      checkedBy: signature.checkedBy,
      ...(typeof group === 'string' && { group }),
      ...(always === true && { always }),
      ...(condition !== undefined && { condition: Array.isArray(condition) ? condition : [condition] }),
    };
  }

  #both({ onSuccess, onFailure }: Checked): PlanCallbacks {
    return {
      onSuccess: onSuccess === undefined ? undefined : this.callbackFor(onSuccess),
      onFailure: onFailure === undefined ? undefined : this.callbackFor(onFailure),
    };
  }

  /** What `start` was given, if it is no job's id. */
  draftOf(what: unknown): Draft {
    if (isDefinition(what)) return new DefinedPlan(what, this.#isExposed);
    if (what instanceof WrittenPlan) return what;
    if (what instanceof SignedNode) {
      if (!this.#isJob(what.node)) throw this.#unknown(what.node);
      return signatureDraft(what);
    }
    const got = describeValue(what);
    throw new OnwardError('ONW3005', `expected the id of a job, a signature, a plan or a definition, got ${got}`);
  }

  #unknown(id: string): OnwardError {
    const { nodeOf } = this.#app.graph;
    if (nodeOf.has(id)) {
      const text = `${id} is a handler and starts nothing; annotate it with @Job, or name it as a callback`;
      return new OnwardError('ONW3005', text, { details: { node: id } });
    }
    const nearest = nearestName(id, [...nodeOf.keys()]);
    const hint = nearest === undefined ? `the nodes are ${[...nodeOf.keys()].join(', ')}` : `did you mean ${nearest}?`;
    return new OnwardError('ONW3005', `there is no node ${JSON.stringify(id)}; ${hint}`, { details: { node: id } });
  }
}

function flowOf(shape: PlanShape, given: Partial<PlanFlow>): PlanFlow {
  return { shape, keepGoing: false, concurrency: null, stopAfterFailures: null, ...given };
}

function countOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

function listOf(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new OnwardError('ONW3004', `expected ${what} to be a list, got ${describeValue(value)}`);
}

/** Options that were found to be an object. */
function checked(options: unknown): Checked {
  return options as Checked;
}
