// `graphHash`: whether two wirings have the same graph.
//
// GRAPH-HASH-1. It depends on ids, on the names of message classes and on edges. What methods return, where files are and
//               how services are ordered does not change it.

import { createHash } from 'node:crypto';
import type { EdgeModel, NodeModel } from '../model/model.ts';
import { byCodeUnit } from '../project.ts';

/** What the hash depends on of one node. */
export interface HashedNode {
  readonly id: string;
  readonly json: string;
}

export function hashedNode(node: NodeModel): HashedNode {
  const facts = [
    node.id,
    node.kind,
    node.method,
    node.message === undefined ? null : (node.message.slot.class?.declaration.name ?? true),
    node.slots.map((slot) => slot.fills).toSorted(),
    node.edges.map((edge) => [
      edge.on,
      edge.from?.id ?? '*',
      edge.decorator,
      edge.when === 'recorded' ? null : (edge.when ?? null),
      edge.otherwise,
      edge.bind ?? null,
      edge.field?.name ?? null,
      ...laterFacts(edge),
    ]),
    ...(node.facts.waits === true ? [{ waits: true }] : []),
  ];
  return { id: node.id, json: JSON.stringify(facts) };
}

/** Facts that were added later are named, and left out if they are absent: the hash of a graph without them is unchanged. */
function laterFacts({ each, recover, join, errorField, when }: EdgeModel): object[] {
  const facts = {
    ...(each && { each }),
    ...(recover && { recover }),
    ...(join !== undefined && { source: join.source }),
    ...(errorField !== undefined && { errorField: errorField.name }),
    ...(when === 'recorded' && { whenRecorded: true }),
  };
  return Object.keys(facts).length === 0 ? [] : [facts];
}

/** The hash of nodes that come and go. */
export class GraphHash {
  /** By id. */
  #sorted: HashedNode[] = [];
  #added: HashedNode[] = [];
  readonly #removed = new Set<HashedNode>();

  add(nodes: readonly HashedNode[]): void {
    this.#added.push(...nodes);
  }

  remove(nodes: readonly HashedNode[]): void {
    for (const node of nodes) this.#removed.add(node);
  }

  digest(): string {
    const isLeft = (node: HashedNode): boolean => !this.#removed.has(node);
    const left = this.#removed.size === 0 ? this.#sorted : this.#sorted.filter(isLeft);
    const added = this.#added.filter(isLeft).toSorted((a, b) => byCodeUnit(a.id, b.id));
    this.#sorted = merged(left, added);
    this.#added = [];
    this.#removed.clear();
    let json = '[';
    for (const [at, node] of this.#sorted.entries()) json += at === 0 ? node.json : `,${node.json}`;
    return createHash('sha256').update(`${json}]`).digest('base64url').slice(0, 12);
  }
}

/** Two lists in order, as one; of nodes with one id those of the first list first. */
function merged(first: readonly HashedNode[], second: readonly HashedNode[]): HashedNode[] {
  const all: HashedNode[] = [];
  let next = 0;
  for (const node of second) {
    for (let other = first[next]; other !== undefined && other.id <= node.id; other = first[++next]) all.push(other);
    all.push(node);
  }
  return all.concat(first.slice(next));
}
