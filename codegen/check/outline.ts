// Facts about a service that decide whether a rule of the whole graph applies: where no service has them, the rule is skipped.
//
// OUTLINE-1. An outline depends on the service, its edges and the edges that watch it, and changes only with these.

import { Table, type Memory } from '../memory.ts';
import { isOfRun } from '../model/edge-options.ts';
import type { Model, NodeModel, Place, ServiceModel } from '../model/model.ts';
import { hasUnknownEdges } from './whole-graph.ts';

export interface Outline {
  readonly nodes: number;
  readonly edges: number;
  readonly hasJoin: boolean;
  /** A run reaches each of its nodes at once, or by one edge. */
  readonly isNear: boolean;
  /** Nodes that have edges and are watched: loops consist of these. */
  readonly inner: readonly NodeModel[];
  /** Nodes whose literals or errors an edge has to take. */
  readonly routed: readonly NodeModel[];
  readonly throwing: readonly NodeModel[];
  /** The place of the first schedule. */
  readonly schedule?: Place;
}

const OUTLINES = new Table<ServiceModel, Outline>();

/** In the order of the model. */
export function outlinesOf({ services, around }: Model, memory: Memory): readonly Outline[] {
  return services.map((service) =>
    memory.recall(
      OUTLINES.of(memory),
      service,
      () => outlineOf(service),
      () => around.has(service),
    ),
  );
}

function outlineOf({ nodes }: ServiceModel): Outline {
  let edges = 0;
  for (const node of nodes) edges += node.edges.length;
  const schedule = nodes.flatMap(({ schedules }) => schedules)[0]?.place;
  return {
    nodes: nodes.length,
    edges,
    hasJoin: nodes.some(({ watches }) => watches.includes('join')),
    isNear: nodes.every((node) => isEntry(node) || node.edges.some(({ from }) => from !== null && isEntry(from))),
    inner: nodes.filter((node) => node.edges.length > 0 && node.watchedBy.length > 0),
    routed: nodes.filter(
      ({ facts, watchedBy }) => facts.exhaustive || watchedBy.some((edge) => edge.values !== undefined),
    ),
    throwing: nodes.filter(({ facts: { throws } }) => throws !== undefined && throws !== 'hidden'),
    ...(schedule !== undefined && { schedule }),
  };
}

/** Whether a run begins or ends with the node, or a body may call it. Only an edge reaches a handler that waits. */
export function isEntry(node: NodeModel): boolean {
  const { kind, watches, edges, facts } = node;
  const isCalled = watches.length === 0 && facts.waits !== true;
  return kind === 'job' || isCalled || edges.some((edge) => isOfRun(edge.on)) || hasUnknownEdges(node);
}
