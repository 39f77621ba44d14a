// What is added to a swarm: a job or a signature of one, and the message that is left to give.

import type { DataFor, Left } from './fit.ts';
import type { JobIds, NodeType, NodeTypes } from './graph-nodes.ts';
import type { BoundOf, NodeOf } from './signature.ts';

/** A signature counts as the job it signs. */
export type OfSwarm<Nodes extends NodeTypes<Nodes>, J extends JobIds<Nodes>, A> = [Call<NodeOf<Nodes, A>>] extends [
  Call<Nodes[J]>,
]
  ? unknown
  : ['the swarm takes', J];

/** What tells one job from another, of those that are signed by a method too. */
type Call<Node> = Node extends NodeType ? Pick<Node, 'message' | 'returnValue'> : never;

export type AddedMessage<Nodes extends NodeTypes<Nodes>, A> =
  Left<DataFor<NodeOf<Nodes, A>>, BoundOf<A>> extends infer Data
    ? undefined extends Data
      ? readonly [message?: Data]
      : {} extends Data
        ? readonly [message?: Data]
        : readonly [message: Data]
    : never;
