// The hash of a graph, by which a store tells whether a run began with the graph that the process has now.
//
// GRAPH-HASH-1. It depends on what decides how a run that is under way goes on: nodes and edges by name, and the options
//     that decide what runs; and on what the wiring's own hash stands for: message classes by name, and what goes to which
//     field and parameter. Delays, time limits, concurrency, rates, priorities, files, fields of classes and the order of
//     declarations do not count.
// GRAPH-HASH-2. Functions cannot be compared: of a `when` or a `bind` that is one, only that it is one counts.

import type { CompiledGraph, EdgeDescription, GraphDescription, JoinDescription, NodeDescription } from './graph.ts';

const hashes = new WeakMap<CompiledGraph, string>();

/** The hash of a graph that a process has: found once. */
export function hashOf(graph: CompiledGraph): string {
  const known = hashes.get(graph);
  if (known !== undefined) return known;
  const hash = graphHash(graph.description);
  hashes.set(graph, hash);
  return hash;
}

/** A graph that was compiled of a description without `terms`: its hash is that of the original. */
export function withHash(graph: CompiledGraph, hash: string): CompiledGraph {
  hashes.set(graph, hash);
  return graph;
}

/** The same for two graphs that take every run to the same end, as far as data can tell. 16 hexadecimal digits. */
export function graphHash(description: GraphDescription): string {
  const text = JSON.stringify([graphFacts(description), description.wiring]);
  return hexOf(mixed(text, 0x811c9dc5)) + hexOf(mixed(text, 0x9747b28c));
}

// FNV-1a over UTF-16 units, then the finalizer of MurmurHash3 (Austin Appleby, public domain). Two graphs of one program
// have to differ, and nobody gains by making them alike.
function mixed(text: string, seed: number): number {
  let hash = seed;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function hexOf(number: number): string {
  return number.toString(16).padStart(8, '0');
}

/** What the hash is made of, by the names of nodes, edges and joins: two graphs differ where their facts do. */
export interface GraphFacts {
  readonly nodes: Readonly<Record<string, string>>;
  /** By `From.method>moment>To.method`, numbered from the second one between the same two. */
  readonly edges: Readonly<Record<string, string>>;
  readonly joins: Readonly<Record<string, string>>;
}

/** @see GraphFacts */
export function graphFacts({ nodes, edges, joins = [] }: GraphDescription): GraphFacts {
  const counts = new Map<string, number>();
  const named = edges.map((edge): readonly [string, string] => {
    const { from, moment, to, arrival } = edge;
    const stem = `${from}>${arrival === undefined ? moment : 'join'}>${to}`;
    const count = (counts.get(stem) ?? 0) + 1;
    counts.set(stem, count);
    return [count === 1 ? stem : `${stem}#${count}`, factsOfEdge(edge)];
  });
  return {
    nodes: byName(nodes.map((node) => [node.name, factsOfNode(node)])),
    edges: byName(named),
    joins: byName(joins.map((join) => [join.id, factsOfJoin(join)])),
  };
}

function byName(facts: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  return Object.fromEntries(facts.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function factsOfNode({ retry, tags, maxRounds, maxPerRun, waits }: NodeDescription): string {
  return factsOf({
    ...(retry !== undefined && retry.attempts > 1 && { attempts: retry.attempts }),
    ...(tags !== undefined && tags.length > 0 && { tags: tags.toSorted() }),
    maxRounds: limit(maxRounds),
    maxPerRun: limit(maxPerRun),
    ...(waits === true && { waits }),
  });
}

function factsOfEdge({ conditional, otherwise, each, recover, critical, arrival, terms }: EdgeDescription): string {
  return factsOf({
    ...(conditional === true && { conditional }),
    ...(otherwise === true && { otherwise }),
    ...(each !== undefined && { each: true, stopAfterFailures: limit(each.stopAfterFailures) }),
    ...(recover === true && { recover }),
    critical,
    arrival,
    ...terms,
  });
}

function factsOfJoin({ to, mode, onMissing, cancelRest, critical }: JoinDescription): string {
  return factsOf({ to, mode, onMissing, ...(cancelRest === true && { cancelRest }), critical });
}

/** Any number is what an absent limit stands for. */
function limit(count: number | undefined): number | undefined {
  return count === Number.POSITIVE_INFINITY ? undefined : count;
}

function factsOf(facts: Readonly<Record<string, unknown>>): string {
  try {
    return JSON.stringify(facts, (_key, value: unknown) => comparable(value));
  } catch {
    // Data with a cycle, or with a getter that throws: that it is there is all that can be compared.
    return Object.keys(facts).join();
  }
}

/** Data as it is, its fields in one order; of all else what kind it is. */
function comparable(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
