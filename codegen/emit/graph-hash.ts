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
    const nodes = [...this.#sorted, ...this.#added];
    const left = this.#removed.size === 0 ? nodes : nodes.filter((node) => !this.#removed.has(node));
    // What was there before is in order, which makes it quick.
    this.#sorted = this.#added.length === 0 ? left : left.toSorted((a, b) => byCodeUnit(a.id, b.id));
    this.#added = [];
    this.#removed.clear();
    const json = `[${this.#sorted.map((node) => node.json).join(',')}]`;
    return createHash('sha256').update(json).digest('base64url').slice(0, 12);
  }
}
