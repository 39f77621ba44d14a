// The types of a plan's run: its value, how each of its entries ended, and what can be added to a swarm.

import type { JobIds, NodeTypes, NodeType } from './nodes.ts';
import type { RunHandle, StartedRun } from './run.ts';
import type { FinalStatus, StepCode } from '../run/status.ts';
import type { JobSignature, BoundOf, NodeOf } from './signature.ts';
import type { DataFor, Left } from './callback-fit.ts';

interface EntryPlace {
  /** Its place in the plan as it was written, from 0. */
  readonly index: number;
  /** Of a definition: the step's id there. */
  readonly name?: string;
  /** `Service.method` */
  readonly job: string;
  /** The number of its step in the run. */
  readonly step: number;
  /** Why it has this status: a `StepCode`. */
  readonly code: StepCode;
}

/** How an entry of a plan ended. */
export type EntryResult<Value = unknown> = EntryPlace &
  (
    | { readonly status: 'completed'; readonly value: Value }
    | { readonly status: 'failed'; readonly error: unknown }
    | { readonly status: Exclude<FinalStatus, 'completed' | 'failed'> }
  );

/**
 * The run of a plan. `Value` is what `value()` gives: for a chain what its last link returned, else the value of every
 * entry, in the order of the plan.
 */
export interface PlanRun<Nodes extends NodeTypes<Nodes>, Value, Values = Value> extends StartedRun<Value, Nodes> {
  /** How each entry ended, in the order of the plan, once the run is over. Does not throw when some have failed. */
  results(): Promise<ResultsOf<Values>>;
  /** How entries end, in the order in which they do, until the run is over. */
  outcomes(): AsyncIterable<EntryResult<ItemOf<Values>>>;
}

/** How each entry ended, in the order of the plan. */
export type ResultsOf<Values> = Values extends readonly unknown[]
  ? { [I in keyof Values]: EntryResult<Values[I]> }
  : EntryResult[];
/** The value of any entry. */
export type ItemOf<Values> = Values extends readonly (infer Item)[] ? Item : unknown;

/** The run of a swarm. */
export interface SwarmRun<Nodes extends NodeTypes<Nodes>, J extends JobIds<Nodes>> extends PlanRun<
  Nodes,
  Nodes[J]['returnValue'][]
> {
  /**
   * Adds a job, or a signature of one. Resolves once it is accepted.
   *
   * @throws {OnwardError} ONW2001 to ONW2010 if the message does not fit; ONW3005 if there is no such job; ONW3053 once
   *   it was closed, has stopped or is over, beyond `maxSteps`, and on a run that was found by its id and is not a swarm.
   */
  add<const A extends J | JobSignature>(
    job: A & OfSwarm<Nodes, J, A>,
    ...message: AddedMessage<Nodes, A>
  ): Promise<void>;
  /**
   * Nothing more will be added: the run ends when everything that was added is over. Closing twice is once.
   */
  close(): Promise<void>;
}

/** A signature counts as the job it signs. */
export type OfSwarm<Nodes extends NodeTypes<Nodes>, J extends JobIds<Nodes>, A> = [Call<NodeOf<Nodes, A>>] extends [
  Call<Nodes[J]>,
]
  ? unknown
  : ['the swarm takes', J];

/** What distinguishes one job from another, also if it is signed by its method. */
type Call<Node> = Node extends NodeType ? Pick<Node, 'message' | 'returnValue'> : never;

export type AddedMessage<Nodes extends NodeTypes<Nodes>, A> =
  Left<DataFor<NodeOf<Nodes, A>>, BoundOf<A>> extends infer Data
    ? undefined extends Data
      ? readonly [message?: Data]
      : {} extends Data
        ? readonly [message?: Data]
        : readonly [message: Data]
    : never;

/** A run whose plan is not known to the types: a single job is a plan of one entry. */
export interface FoundRun<Nodes extends NodeTypes<Nodes>>
  extends RunHandle<unknown, Nodes>, Pick<SwarmRun<Nodes, JobIds<Nodes>>, 'add' | 'close'> {
  /** As {@link PlanRun.results}. */
  results(): Promise<EntryResult<Nodes[JobIds<Nodes>]['returnValue']>[]>;
  /** As {@link PlanRun.outcomes}. */
  outcomes(): AsyncIterable<EntryResult<Nodes[JobIds<Nodes>]['returnValue']>>;
}
