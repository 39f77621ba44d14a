// Nodes that have another name and are the same: the body of a node that is gone is that of one that is new.
//
// RENAME-1. A body stands for one node only: what several have is no sign. A short one counts within its service only.

import type { TypeScript } from '../read/compiler.ts';
import { readBody } from '../read/read-body.ts';
import { startOf } from '../read/span.ts';
import type { NodeFacts } from './facts.ts';

export interface Rename {
  readonly from: NodeFacts;
  readonly to: NodeFacts;
}

/** With parameters and their types: letters. */
const SHORT = 24;

/** @param gone and added: nodes of the old graph and of the new one that the other does not have. */
export function renamesIn(ts: TypeScript, gone: readonly NodeFacts[], added: readonly NodeFacts[]): Rename[] {
  const found = new Map<NodeFacts, NodeFacts>();
  // First those that kept their own name in another service.
  for (const signOf of [
    (node: NodeFacts, body: string) => `${node.model.name} ${body}`,
    (_: NodeFacts, body: string) => body,
  ]) {
    const isLeft = (node: NodeFacts): boolean => !found.has(node) && ![...found.values()].includes(node);
    const [before, after] = [gone, added].map((nodes) => bySign(ts, nodes.filter(isLeft), signOf));
    for (const [sign, from] of before ?? []) {
      const to = after?.get(sign);
      if (from !== undefined && to !== undefined) found.set(from, to);
    }
  }
  return [...found].map(([from, to]) => ({ from, to }));
}

/** Undefined where several have the same. */
function bySign(
  ts: TypeScript,
  nodes: readonly NodeFacts[],
  signOf: (node: NodeFacts, body: string) => string,
): Map<string, NodeFacts | undefined> {
  const found = new Map<string, NodeFacts | undefined>();
  for (const node of nodes) {
    const body = bodyOf(ts, node);
    const sign = body === undefined ? undefined : signOf(node, body);
    if (sign !== undefined) found.set(sign, found.has(sign) ? undefined : node);
  }
  return found;
}

/** Undefined for what has none. */
function bodyOf(ts: TypeScript, { place: { file, at }, kind, model }: NodeFacts): string | undefined {
  const body = readBody(ts, file, startOf(at));
  if (body === undefined) return undefined;
  // RENAME-1. Much that is short looks the same.
  return [kind, body.length < SHORT ? model.service.name : '', body].join('\n');
}
