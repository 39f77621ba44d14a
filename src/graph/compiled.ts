// The graph as the core walks it: every node holds its edges by moment, every name is resolved once.
//
// G1. Readonly once compiled. It holds no user code: verdicts of `when` and the like arrive with events.
// G2. Names and edge ids are what records keep; positions and object identities never leave the process.

import type { RetryPolicy } from './retry-policy.ts';

/** The moments of a step that an edge can watch. */
export type Moment = 'success' | 'error';

export interface Edge {
  /** `From.method>success>To.method`, with `#2` and so on for further edges between the same two. */
  readonly id: string;
  /** Position in the whole graph. */
  readonly index: number;
  readonly moment: Moment;
  readonly from: GraphNode;
  readonly to: GraphNode;
  /** Taken only if a verdict says so: it has `when`, or it is the `otherwise` of its siblings. */
  readonly conditional: boolean;
  /** Takes what no conditional sibling took. */
  readonly otherwise: boolean;
  /** The step at the end belongs to the step it watches, which waits for it; a failure of it changes nothing. */
  readonly bracket: boolean;
}

export interface GraphNode {
  /** `Service.method` */
  readonly name: string;
  readonly index: number;
  readonly retry: RetryPolicy;
  /** May run more than once in a run that has one entry: its rounds have to be counted. */
  readonly repeats: boolean;
  readonly success: readonly Edge[];
  readonly error: readonly Edge[];
  /** No success edge asks for a verdict: all of them are taken. */
  readonly plain: boolean;
}

export interface CompiledGraph {
  readonly hash: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly Edge[];
  readonly nodeOf: ReadonlyMap<string, GraphNode>;
  readonly edgeOf: ReadonlyMap<string, Edge>;
}

/** What a graph is compiled from. */
export interface GraphDescription {
  readonly hash: string;
  readonly nodes: readonly { readonly name: string; readonly retry: RetryPolicy }[];
  /** In declared order. */
  readonly edges: readonly EdgeDescription[];
}

export interface EdgeDescription {
  readonly from: string;
  readonly to: string;
  readonly moment: Moment;
  readonly conditional: boolean;
  readonly otherwise: boolean;
}

type Open<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer I)[] ? I[] : T[K] };

/** Compiles a graph whose edges name existing nodes. Linear in nodes and edges. */
export function compileGraph(description: GraphDescription): CompiledGraph {
  const nodeOf = new Map<string, Open<GraphNode>>();
  for (const [index, { name, retry }] of description.nodes.entries()) {
    nodeOf.set(name, { name, index, retry, repeats: false, success: [], error: [], plain: true });
  }
  const edgeOf = new Map<string, Edge>();
  for (const edge of description.edges) addEdge(edge, nodeOf, edgeOf);
  const nodes = [...nodeOf.values()];
  markRepeating(nodes);
  return { hash: description.hash, nodes, edges: [...edgeOf.values()], nodeOf, edgeOf };
}

function addEdge(edge: EdgeDescription, nodeOf: Map<string, Open<GraphNode>>, edgeOf: Map<string, Edge>): void {
  const from = nodeOf.get(edge.from);
  const to = nodeOf.get(edge.to);
  if (from === undefined || to === undefined) throw new RangeError(`edge ${edge.from} -> ${edge.to} names no node`);
  const stem = `${edge.from}>${edge.moment}>${edge.to}`;
  let id = stem;
  for (let count = 2; edgeOf.has(id); count++) id = `${stem}#${count}`;
  const conditional = edge.conditional || edge.otherwise;
  const bracket = edge.moment === 'error';
  const made: Edge = {
    id,
    index: edgeOf.size,
    moment: edge.moment,
    from,
    to,
    conditional,
    otherwise: edge.otherwise,
    bracket,
  };
  edgeOf.set(id, made);
  from[edge.moment].push(made);
  if (edge.moment === 'success' && conditional) from.plain = false;
}

/** A node repeats if two edges lead to it, if it is on a cycle, or if one that repeats leads to it. */
function markRepeating(nodes: readonly Open<GraphNode>[]): void {
  const waysIn = new Int32Array(nodes.length);
  for (const node of nodes) for (const { to } of outgoing(node)) waysIn[to.index] = (waysIn[to.index] ?? 0) + 1;
  const single = new Set<number>();
  const peeled = nodes.filter((node) => waysIn[node.index] === 0);
  for (let node = peeled.pop(); node !== undefined; node = peeled.pop()) {
    single.add(node.index);
    // A target with several ways in is never reached here, and neither is a cycle or what lies behind it.
    for (const { to } of outgoing(node)) if (waysIn[to.index] === 1) peeled.push(nodes[to.index] ?? node);
  }
  for (const node of nodes) node.repeats = !single.has(node.index);
}

function outgoing(node: GraphNode): readonly Edge[] {
  return node.error.length === 0 ? node.success : [...node.success, ...node.error];
}
