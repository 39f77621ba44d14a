// Which records the steps behind a step may need: they are read together with its own, so that the next step needs no read.
//
// READ-AHEAD-1. It is a guess from the graph, and bounded: what it misses is read when it is needed.

import { keysOf, kindOf, RECORDS } from '../../../records/keys.ts';
import type { Event } from '../../../run/event.ts';
import { ALL_ROUTES } from '../../../run/step-data.ts';
import { nodeNamed } from '../../../graph/compile.ts';
import type { CompiledGraph, GraphNode } from '../../../graph/graph.ts';

const MOST = 100;

/** As far as its records are asked for, the outcome of a task. */
export const OUTCOME: Omit<Extract<Event, { type: 'completed' }>, 'at' | 'attempt'> = {
  type: 'completed',
  message: null,
  value: null,
  routing: ALL_ROUTES,
  effects: null,
};

const KNOWN = new WeakMap<GraphNode, readonly string[]>();

/** The keys of the records that nodes need which follow on one, nearest first. */
export function keysAhead(graph: CompiledGraph, name: string): readonly string[] {
  const node = nodeNamed(graph, name);
  const known = KNOWN.get(node);
  if (known !== undefined) return known;
  const keys = new Set<string>();
  // It grows while it is walked.
  const nodes = new Set([node]);
  for (const { name: each, ...edges } of nodes) {
    if (keys.size > MOST) break;
    const ofNode = keysOf(graph, { ...OUTCOME, attempt: 1, at: { step: 0, node: each, around: [] } });
    for (const key of ofNode) if (kindOf(key) !== RECORDS.step) keys.add(key);
    for (const { to } of [...edges.start, ...edges.success, ...edges.error, ...edges.end]) nodes.add(to);
  }
  const ahead = [...keys];
  KNOWN.set(node, ahead);
  return ahead;
}
