// The description of a graph, as text in a store: written by processes with the services, read by those without.
//
// DESCRIBED-GRAPH-1. The graph compiled from it decides as the original does and has the same hash: the description has the
//     options of annotations, which the wiring lacks.
// DESCRIBED-GRAPH-2. It has names and options, and nothing about runs.

import { compileGraph } from '../graph/compile.ts';
import type { CompiledGraph, GraphDescription } from '../graph/graph.ts';
import { withHash, hashOf } from '../graph/graph-hash.ts';
import type { Application } from './application.ts';

export interface DescribedGraph {
  readonly hash: string;
  readonly graph: GraphDescription;
  /** The nodes that definitions may name. */
  readonly exposed: readonly string[];
  /** The names of the classes of messages, by node. */
  readonly messages: Readonly<Record<string, string>>;
}

/** Stands for Infinity, which JSON lacks: limits are never negative. */
const ANY_NUMBER = -1;

export function describedGraph({ graph, bodies }: Application): string {
  const { description, nodes } = graph;
  const described: DescribedGraph = {
    hash: hashOf(graph),
    graph: { ...description, edges: description.edges.map(({ terms: _terms, ...edge }) => edge) },
    exposed: nodes.flatMap(({ name, index }) => (bodies[index]?.exposed === true ? [name] : [])),
    messages: Object.fromEntries(
      nodes.flatMap(({ name, index }) => {
        const message = bodies[index]?.message;
        return typeof message === 'function' ? [[name, message.name]] : [];
      }),
    ),
  };
  return JSON.stringify(described, (_key, value: unknown) => (value === Number.POSITIVE_INFINITY ? ANY_NUMBER : value));
}

/** @param text as another process has written it. */
export function readDescribedGraph(text: string): DescribedGraph {
  const described: DescribedGraph = JSON.parse(text, (_key, value: unknown) =>
    value === ANY_NUMBER ? Number.POSITIVE_INFINITY : value,
  );
  return described;
}

/** The graph that was described. */
export function compiledGraph({ graph, hash }: DescribedGraph): CompiledGraph {
  return withHash(compileGraph(graph), hash);
}
