// Compiles descriptions into the graph that the core walks.
//
// COMPILE-1. Linear in nodes and edges.
// COMPILE-2. Ids of edges depend on names and on the declared order only: the same description gives the same ids.

import {
  type CompiledGraph,
  type Edge,
  type GraphNode,
  type Join,
  NODE_DEFAULTS,
  type EdgeDescription,
  type GraphDescription,
  type JoinDescription,
} from './graph.ts';
import { isRunMoment, MOMENTS, RUN_MOMENTS, type RunMoment } from './moments.ts';

type Open<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer I)[] ? I[] : T[K] };

/**
 * Compiles a graph.
 *
 * @throws {RangeError} if an edge names a node that is not there, or an arrival a join.
 */
export function compileGraph(description: GraphDescription): CompiledGraph {
  return new Compilation(description).result();
}

/** The node of that name, or one without edges if the graph does not have it. */
export function nodeNamed({ nodeOf }: CompiledGraph, name: string): GraphNode {
  return nodeOf.get(name) ?? lostNode(name);
}

/** A node of a graph that no longer has it: nothing leads on from there. */
function lostNode(name: string): GraphNode {
  return { ...emptyNode(name, -1), guarded: true };
}

function emptyNode(name: string, index: number): Open<GraphNode> {
  // Written out: what is spread lies apart from the object, and every step would look in two places. What every step
  // asks stands first and together: a wide graph has more nodes than the nearest memory of the machine holds.
  return {
    index,
    plain: true,
    guarded: false,
    prepares: false,
    repeats: false,
    success: [],
    end: [],
    priority: 0,
    waits: false,
    name,
    asks: false,
    start: [],
    error: [],
    cancel: [],
    retry: NODE_DEFAULTS.retry,
    tags: [],
    maxRounds: NODE_DEFAULTS.maxRounds,
    maxPerRun: NODE_DEFAULTS.maxPerRun,
    concurrency: NODE_DEFAULTS.concurrency,
    rateLimit: null,
    waitMs: 0,
  };
}

const NOTHING: never[] = [];

/** Most nodes have few kinds of edges: the lists without any are one, which is always at hand. */
function shareNothing(node: Open<GraphNode>): void {
  if (node.tags.length === 0) node.tags = NOTHING;
  for (const moment of ['start', 'success', 'error', 'end', 'cancel'] as const)
    if (node[moment].length === 0) node[moment] = NOTHING;
}

class Compilation {
  readonly #description: GraphDescription;
  readonly #nodes = new Map<string, Open<GraphNode>>();
  readonly #edges = new Map<string, Edge>();
  readonly #joins = new Map<string, Open<Join>>();
  readonly #run: Record<RunMoment, Edge[]> = { runSuccess: [], runError: [], runEnd: [] };

  constructor(description: GraphDescription) {
    this.#description = description;
    for (const [index, { name, ...options }] of description.nodes.entries()) {
      this.#nodes.set(name, Object.assign(emptyNode(name, index), options, { tags: [...(options.tags ?? [])] }));
    }
    for (const join of description.joins ?? []) this.#addJoin(join);
    for (const edge of description.edges) this.#addEdge(edge);
    const nodes = [...this.#nodes.values()];
    for (const node of nodes) {
      node.guarded = isGuarded(node);
      node.prepares = node.start.length + node.cancel.length > 0;
      shareNothing(node);
    }
    markRepeating(nodes, this.#edges, description.spawns === true);
  }

  result(): CompiledGraph {
    return {
      description: this.#description,
      nodes: [...this.#nodes.values()],
      edges: [...this.#edges.values()],
      joins: [...this.#joins.values()],
      run: this.#run,
      runEdges: RUN_MOMENTS.flatMap((moment) => this.#run[moment]),
      waits: [...this.#nodes.values()].some(({ waits }) => waits),
      hasPriorities: [...this.#nodes.values()].some(({ priority }) => priority > 0),
      nodeOf: this.#nodes,
      edgeOf: this.#edges,
    };
  }

  #addJoin({ id, to, mode, onMissing, cancelRest = false, critical }: JoinDescription): void {
    const made = this.#makeEdge(id, { from: '*', to, moment: 'success', ...(critical === false && { critical }) });
    made.moment = 'join';
    const index = this.#joins.size;
    const join: Open<Join> = { index, size: 0, mode, edge: made, cancelRest, onMissing, id, sources: [] };
    made.join = join;
    this.#edges.set(id, made);
    this.#joins.set(id, join);
  }

  #addEdge(edge: EdgeDescription): void {
    const stem = `${edge.from}>${edge.arrival === undefined ? edge.moment : 'join'}>${edge.to}`;
    let id = stem;
    for (let count = 2; this.#edges.has(id); count++) id = `${stem}#${count}`;
    const made = this.#makeEdge(id, edge);
    this.#edges.set(id, made);
    if (isRunMoment(edge.moment)) {
      this.#run[edge.moment].push(made);
      return;
    }
    const from = this.#node(edge.from, id);
    from[edge.moment].push(made);
    if (edge.moment !== 'success') return;
    if (made.conditional) from.asks = true;
    if (made.conditional || made.each !== null) from.plain = false;
  }

  #makeEdge(id: string, edge: EdgeDescription): Open<Edge> {
    const { each = null, afterMs = 0 } = edge;
    const { role } = MOMENTS[edge.moment];
    // As for nodes: what every step asks stands first.
    return {
      index: this.#edges.size,
      isSimple: role === 'flow' && each === null && afterMs === 0 && edge.arrival === undefined,
      arrival: edge.arrival === undefined ? null : this.#arrivalOf(edge, edge.arrival),
      to: this.#node(edge.to, id),
      role,
      afterMs,
      each,
      join: null,
      moment: edge.moment,
      conditional: edge.conditional === true || edge.otherwise === true,
      otherwise: edge.otherwise === true,
      id,
      from: edge.from === '*' ? null : this.#node(edge.from, id),
      recover: edge.recover === true,
      isCritical: edge.critical ?? role === 'flow',
    };
  }

  #arrivalOf({ from }: EdgeDescription, arrival: { readonly join: string; readonly source: string }): Edge['arrival'] {
    const join = this.#joins.get(arrival.join);
    if (join === undefined) throw new RangeError(`there is no join ${arrival.join}`);
    join.sources.push({ name: arrival.source, from: this.#node(from, arrival.join) });
    return { join, source: join.size++ };
  }

  #node(name: string, edge: string): Open<GraphNode> {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new RangeError(`${edge} names the node ${name}, which is not there`);
    return node;
  }
}

function isGuarded({ tags, maxRounds, maxPerRun, waits }: GraphNode): boolean {
  return waits || tags.length > 0 || Number.isFinite(maxRounds) || Number.isFinite(maxPerRun);
}

/** A node repeats if it is counted, if two ways lead to it, if it is on a cycle, or if what leads to it repeats. */
function markRepeating(nodes: readonly Open<GraphNode>[], edges: ReadonlyMap<string, Edge>, spawns: boolean): void {
  if (spawns) {
    for (const node of nodes) node.repeats = true;
    return;
  }
  const waysIn = new Int32Array(nodes.length);
  const missing = new Map<string, number>();
  for (const { to, each, arrival } of edges.values()) {
    // An arrival makes no step: the edge of its join does. Items are several steps at once.
    if (arrival === null) waysIn[to.index] = (waysIn[to.index] ?? 0) + (each === null ? 1 : 2);
    else missing.set(arrival.join.id, (missing.get(arrival.join.id) ?? 0) + 1);
  }
  const ofRuns = new Set([...edges.values()].filter(({ moment }) => isRunMoment(moment)).map(({ to }) => to.index));
  const isFree = ({ index }: GraphNode): boolean => waysIn[index] === 0 || (waysIn[index] === 1 && ofRuns.has(index));
  const single = new Set<number>();
  const peeled: GraphNode[] = nodes.filter(isFree);
  for (let node = peeled.pop(); node !== undefined; node = peeled.pop()) {
    if (node.guarded) continue;
    single.add(node.index);
    // A target with several ways in is never reached here, and neither is a cycle or what lies behind it.
    for (const edge of outgoing(node))
      if (isReached(edge, missing) && waysIn[edge.to.index] === 1) peeled.push(edge.to);
  }
  for (const node of nodes) node.repeats = !single.has(node.index);
}

/** A join is reached with the last of its sources. */
function isReached({ arrival }: Edge, missing: Map<string, number>): boolean {
  if (arrival === null) return true;
  const left = (missing.get(arrival.join.id) ?? 0) - 1;
  missing.set(arrival.join.id, left);
  return left === 0;
}

function outgoing({ start, success, error, end, cancel }: GraphNode): readonly Edge[] {
  return start.length + error.length + end.length + cancel.length === 0
    ? success
    : [...start, ...success, ...error, ...end, ...cancel];
}
