// What a service has that rules of the whole graph ask for: of a graph where no service has it, they need no look at all.
//
// OUTLINE-1. It is what the service, its edges and those that watch it say: another one only if one of these is.

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
  /** Nodes that have edges and are watched: a loop has no others. */
  readonly inner: readonly NodeModel[];
  /** Nodes with literals or errors that somebody has to take. */
  readonly routed: readonly NodeModel[];
  readonly throwing: readonly NodeModel[];
  /** Of the first schedule. */
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

/** Whether a run begins or ends with it, or a body may call it. A handler that waits is only reached by an edge. */
export function isEntry(node: NodeModel): boolean {
  const { kind, watches, edges, facts } = node;
  const isCalled = watches.length === 0 && facts.waits !== true;
  return kind === 'job' || isCalled || edges.some((edge) => isOfRun(edge.on)) || hasUnknownEdges(node);
}
