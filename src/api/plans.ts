// The types of plans: how they are written down. Each way gives something that `start` starts.

import type { From } from '../decorators/method-types.ts';
import type { JobIds, NodeTypes, Startable } from './nodes.ts';
import type { StartOptions } from './run.ts';
import type { JobType } from '../wiring/v1.ts';
import type { MessageTo, Previous } from '../wiring/context.ts';
import type { DataFor, Left, SuccessFit } from './callback-fit.ts';
import type { AddedMessage, FoundRun, OfSwarm, PlanRun, SwarmRun } from './plan-run.ts';
import type { Bindable, BoundOf, JobSignature, NodeOf, ReportCallback, Signature, StartAfter } from './signature.ts';

/** What has to be true for an entry to run: a value, or a predicate, which may be asynchronous. Of an array all have to be true. */
export type Condition = boolean | ConditionPredicate | readonly (boolean | ConditionPredicate)[];
export type ConditionPredicate = (turn: { readonly previous: Previous | undefined }) => unknown;

/** What can be an entry of a plan. */
export type PlannedJob<Nodes extends NodeTypes<Nodes>> = JobIds<Nodes> | JobSignature;

/** One job of a plan. */
export type PlanEntry<Nodes extends NodeTypes<Nodes>, J> = {
  /** The job's id, or a signature of it. */
  readonly job: J;
  /** Entries of one group run one after another, wherever they stand in the plan. @default a group of its own in `parallel`, none in `sequence` */
  readonly group?: string;
  /** If it does not hold, the entry is skipped with code 110, which is not a failure. Durable engines take values only. @default it runs */
  readonly if?: Condition;
  /** It runs even if an entry before it has failed. @default false */
  readonly always?: boolean;
} & EntryMessage<Left<DataFor<NodeOf<Nodes, J>>, BoundOf<J>>>;

type EntryMessage<Data> = undefined extends Data
  ? { readonly message?: Data }
  : {} extends Data
    ? { readonly message?: Data }
    : { readonly message: Data };

/** How the entries of a plan follow each other. */
export interface PlanOptions<Nodes extends NodeTypes<Nodes>> {
  /** Entries after a failed one run too; the run still fails. @default false */
  readonly keepGoing?: boolean;
  /** Run once with the report, when everything else is over and nothing has failed: a node's id or a signature. @default none */
  readonly onSuccess?: ReportCallback<Nodes>;
  /** Run once with the report, when everything else is over and something has failed. @default none */
  readonly onFailure?: ReportCallback<Nodes>;
}

export type ChainOptions<Nodes extends NodeTypes<Nodes>> = Omit<PlanOptions<Nodes>, 'keepGoing'>;

/** How a swarm runs. */
export interface SwarmOptions<Nodes extends NodeTypes<Nodes>> extends Omit<PlanOptions<Nodes>, 'keepGoing'> {
  /** Entries that are under way at a time. @default any number */
  readonly concurrency?: number;
  /** After this many failed entries nothing further starts. @default any number */
  readonly stopAfterFailures?: number;
  /** Entries that it takes in all. @default any number */
  readonly maxSteps?: number;
}

/** Several jobs as one run. */
export interface Plan<Arguments extends readonly unknown[], Run> extends Startable<Arguments, Run> {
  readonly kind: 'sequence' | 'parallel' | 'chain' | 'swarm';
  /**
   * Keeps the plan as it is now under a key, in place of what was there: `runtime.signature(key)` gives it, in the next
   * process too, if the engine outlives its process.
   *
   * @throws {OnwardError} ONW3045 if something of it cannot be kept, such as a predicate; ONW3004 if it is no key; ONW3040
   *   after the runtime has been closed.
   */
  save(key: string): Promise<void>;
}

/**
 * A signature or a plan that was saved. What it starts is known only once it has been read: `start` takes what it took
 * before, and checks it then.
 */
export interface SavedPlan<Nodes extends NodeTypes<Nodes>> extends Startable<
  readonly [messageOrOptions?: unknown, options?: StartOptions & { readonly override?: object }],
  FoundRun<Nodes>
> {
  /** As {@link Plan.save}. */
  save(key: string): Promise<void>;
}

export type ValuesOf<Nodes extends NodeTypes<Nodes>, J extends readonly unknown[]> = {
  -readonly [I in keyof J]: NodeOf<Nodes, J[I]>['returnValue'];
};

/** The last link's value. */
export type LastOf<Nodes extends NodeTypes<Nodes>, L extends readonly unknown[]> = L extends readonly [
  ...unknown[],
  infer Last,
]
  ? NodeOf<Nodes, Last>['returnValue']
  : unknown;

/** Each link as it is, or the sentence that says why the value before does not fit there. */
export type Linked<Nodes extends NodeTypes<Nodes>, L extends readonly unknown[]> = {
  readonly [I in keyof L]: I extends keyof BeforeEach<L>
    ? BeforeEach<L>[I] extends First
      ? L[I]
      : LinkFit<Nodes, BeforeEach<L>[I], L[I]> extends infer Fit
        ? Fit extends true
          ? L[I]
          : Fit
        : never
    : L[I];
};
interface First {
  readonly first: true;
}
/** For each link the one before it. */
type BeforeEach<L extends readonly unknown[]> = L extends readonly [...infer Others, unknown]
  ? readonly [First, ...Others]
  : never;
type LinkFit<Nodes extends NodeTypes<Nodes>, Before, Link> = SuccessFit<
  NodeOf<Nodes, Before>['returnValue'],
  NodeOf<Nodes, Before>['message'],
  NodeOf<Nodes, Link>,
  BoundOf<Link>
>;

/** A swarm that has not been started: entries can be added. */
export interface Swarm<Nodes extends NodeTypes<Nodes>, J extends JobIds<Nodes>> extends Plan<
  readonly [options?: StartOptions],
  SwarmRun<Nodes, J>
> {
  /**
   * Adds a job, or a signature of one.
   *
   * @throws {OnwardError} ONW3005 if there is no such job; ONW3052 once it was started: add to its run then; ONW3053
   *   after `close`, or beyond `maxSteps`.
   */
  add<const A extends J | JobSignature>(job: A & OfSwarm<Nodes, J, A>, ...message: AddedMessage<Nodes, A>): this;
  /**
   * Nothing more will be added: the run ends when all that was added is over.
   *
   * @throws {OnwardError} ONW3052 once it was started: close its run then.
   */
  close(): this;
}

/** A method as `from` names it. */
export interface AnyFrom {
  readonly service: () => unknown;
  readonly method: unknown;
}
/** The node of that id, or what is known of a method. */
export type NamedNode<Nodes extends NodeTypes<Nodes>, T> = T extends keyof Nodes
  ? Nodes[T]
  : T extends From<infer S, infer K>
    ? JobType<MessageTo<S[K & keyof S]>, S[K & keyof S]>
    : never;

/** Nothing, or the sentence that says that there is no such method. */
export type KnownMethod<T> =
  T extends From<infer S, infer K>
    ? K extends keyof S
      ? unknown
      : ['there is no method', K, 'only', keyof S]
    : unknown;

/** What a runtime can build from its graph. Nothing of it starts by itself. */
export interface Plans<Nodes extends NodeTypes<Nodes>> {
  /**
   * Signs a node, named by its id or as `from(() => Billing, 'charge')`: binds fields of its message, for a start, a
   * plan or a callback.
   *
   * @throws {OnwardError} ONW3005 if there is no such node, ONW3004 if what is bound is not an object of fields.
   */
  sign<const T extends (keyof Nodes & string) | AnyFrom, F extends keyof Bindable<NamedNode<Nodes, T>> = never>(
    node: T & KnownMethod<T>,
    bound?: Pick<Bindable<NamedNode<Nodes, T>>, F>,
    // The expected type says nothing about what is bound.
  ): Signature<Nodes, NamedNode<Nodes, NoInfer<T>>, NoInfer<F>>;
  /**
   * Jobs one after another: each begins when everything that the one before it has caused is over. With groups, one
   * group after another.
   *
   * @throws {OnwardError} ONW3004 with every option that is wrong, ONW3005 if there is no such job.
   */
  sequence<const J extends readonly PlannedJob<Nodes>[]>(
    entries: { readonly [I in keyof J]: PlanEntry<Nodes, J[I]> },
    options?: PlanOptions<Nodes>,
  ): Plan<readonly [options?: StartOptions], PlanRun<Nodes, ValuesOf<Nodes, J>>>;
  /**
   * Jobs side by side; those of one group one after another.
   *
   * @throws as {@link Plans.sequence}.
   */
  parallel<const J extends readonly PlannedJob<Nodes>[]>(
    entries: { readonly [I in keyof J]: PlanEntry<Nodes, J[I]> },
    options?: PlanOptions<Nodes>,
  ): Plan<readonly [options?: StartOptions], PlanRun<Nodes, ValuesOf<Nodes, J>>>;
  /**
   * Two or more jobs one after another, each of which takes what the one before it returned, as an annotated callback
   * would. The first one takes the message of the start. Its value is what the last link returned.
   *
   * @throws as {@link Plans.sequence}.
   */
  chain<const L extends readonly [PlannedJob<Nodes>, PlannedJob<Nodes>, ...PlannedJob<Nodes>[]]>(
    links: L & Linked<Nodes, L>,
    options?: ChainOptions<Nodes>,
  ): Plan<StartAfter<NodeOf<Nodes, L[0]>, BoundOf<L[0]>>, PlanRun<Nodes, LastOf<Nodes, L>, ValuesOf<Nodes, L>>>;
  /**
   * Jobs side by side, as many at a time as `concurrency` allows. Jobs can be added while it runs, until it is closed.
   *
   * @throws as {@link Plans.sequence}.
   */
  swarm<J extends JobIds<Nodes> = JobIds<Nodes>>(options?: SwarmOptions<Nodes>): Swarm<Nodes, J>;
  /**
   * The signature or plan that was saved under a key; undefined if nothing was. Each call builds it from the graph of this
   * process, and it can be started any number of times.
   *
   * @throws {OnwardError} ONW3005 if a node of it is gone, ONW3045 if a class of it is, ONW3004 if it is not a key or a node
   *   takes something else now; ONW3040 after `close`.
   */
  signature(key: string): Promise<SavedPlan<Nodes> | undefined>;
  /**
   * The keys under which signatures and plans are saved, in order.
   *
   * @throws {OnwardError} ONW3040 after `close`.
   */
  signatures(): Promise<readonly string[]>;
  /**
   * Removes what is saved under a key. Runs already started from it go on.
   *
   * @throws {OnwardError} ONW3004 if it is not a key; ONW3040 after `close`.
   */
  removeSignature(key: string): Promise<void>;
}
