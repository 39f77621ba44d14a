// `graphHash`: whether two wirings have the same graph.
//
// GRAPH-HASH-1. It depends on ids, on the names of message classes and on edges. What methods return, where files are and
//               how services are ordered does not change it.
// GRAPH-HASH-2. It is made of one hash for each service: after a change, only what is another is hashed again.

import { hash } from 'node:crypto';
import type { EdgeModel, NodeModel, ServiceModel } from '../model/model.ts';
import { byCodeUnit } from '../project.ts';

/** A service with the hash of its part of the graph. */
export interface HashedService {
  readonly name: string;
  readonly hash: string;
}

export function hashService({ name, nodes }: ServiceModel): HashedService {
  const facts = nodes.toSorted((a, b) => byCodeUnit(a.id, b.id)).map(factsOf);
  return { name, hash: digest(JSON.stringify(facts)) };
}

export function hashGraph(services: readonly HashedService[]): string {
  const ordered = services.toSorted((a, b) => byCodeUnit(a.name, b.name));
  return digest(ordered.map((service) => service.hash).join(' ')).slice(0, 12);
}

function digest(text: string): string {
  return hash('sha256', text, 'base64url');
}

function factsOf(node: NodeModel): readonly unknown[] {
  return [
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
