// The nodes and edges of a wiring, each with what stands behind it in the user's code. Looked up once, when a runtime
// is made: what follows reads it from here.
//
// WIRED-NODE-1. Nodes and edges stand in the order of the wiring.
// WIRED-NODE-2. Nothing is compared here: an edge may name a node that the wiring lacks, and a node a method that its
//     class lacks. The agreement reports both.

import { nodeRecordOf, type EdgeRecord, type NodeRecord } from '../decorators/record.ts';
import type { Body } from '../execute/application.ts';
import type { Options } from '../values/option-rules.ts';
import { methodOf, serviceOf } from '../wiring/service-names.ts';
import type { EdgeWiring, NodeWiring, Wiring } from '../wiring/v1.ts';

/** The instances by the name of their service. */
export type Services = ReadonlyMap<string, object>;

/** One node. */
export interface WiredNode {
  readonly id: string;
  readonly wiring: NodeWiring;
  /** The name of its service. */
  readonly service: string;
  /** The name of its method on the class. */
  readonly method: string;
  /** What its annotations are read from. */
  readonly instance: object;
  /** What its method is called on: the instance, or a fake of it. */
  readonly callee: object;
  /** Calls the method; what it takes has been built for it. */
  readonly call: Body['call'];
  /** What was annotated on the method. */
  readonly record: NodeRecord | undefined;
  /** The options of its `@Job` or `@Handler`. */
  readonly options: Options;
}

/** One edge. */
export interface WiredEdge {
  readonly wiring: EdgeWiring;
  /** Undefined for a moment of any run. */
  readonly from: WiredNode | undefined;
  readonly to: WiredNode | undefined;
  /** The annotation that it was wired from. */
  readonly record: EdgeRecord | undefined;
  readonly options: Options;
}

/** A wiring with the instances that it runs on. */
export interface WiredGraph {
  readonly wiring: Wiring;
  readonly services: Services;
  readonly nodes: ReadonlyMap<string, WiredNode>;
  readonly edges: readonly WiredEdge[];
}

/**
 * @param services an instance for each service that a node of the wiring names.
 * @param fakes what runs in the place of some of them.
 */
export function wiredGraph(wiring: Wiring, services: Services, fakes: Services = new Map()): WiredGraph {
  const nodes = new Map<string, WiredNode>();
  for (const [id, node] of Object.entries(wiring.nodes)) {
    const service = serviceOf(id);
    const instance = services.get(service);
    if (instance !== undefined)
      nodes.set(id, wiredNode(id, node, { instance, callee: fakes.get(service) ?? instance }));
  }
  return { wiring, services, nodes, edges: wiring.edges.map((edge) => wiredEdge(edge, nodes)) };
}

function wiredNode(
  id: string,
  wiring: NodeWiring,
  { instance, callee }: Pick<WiredNode, 'instance' | 'callee'>,
): WiredNode {
  const service = serviceOf(id);
  const method = methodOf(id, wiring);
  const record = nodeRecordOf(instance, method);
  return {
    id,
    wiring,
    service,
    method,
    instance,
    callee,
    call: callOf(wiring),
    record,
    options: record?.options ?? {},
  };
}

/** The wiring's calls take the types of the user; the runtime hands them what it has built for them. */
function callOf(node: NodeWiring): Body['call'] {
  return node.call as Body['call'];
}

function wiredEdge(wiring: EdgeWiring, nodes: ReadonlyMap<string, WiredNode>): WiredEdge {
  const to = nodes.get(wiring.to);
  const record = to?.record?.edges[wiring.decorator];
  return { wiring, from: nodes.get(wiring.from), to, record, options: record?.options ?? {} };
}
