// A short name for the graph's structure: what a running wiring is told apart by.

import { createHash } from 'node:crypto';
import type { EdgeModel, Model } from '../model/model.ts';

/** Depends on ids, kinds, and edges with their facts. Types, files and order of services do not change it. */
export function graphHash(model: Model): string {
  const nodes = model.services
    .flatMap((service) => service.nodes)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((node) => [
      node.id,
      node.kind,
      node.method,
      node.message === undefined ? null : (node.message.slot.class?.declaration.name ?? true),
      node.slots.map((slot) => slot.fills).toSorted(),
      node.edges.map((edge) => [
        edge.on,
        edge.from?.id ?? '*',
        edge.decorator,
        edge.when ?? null,
        edge.otherwise,
        edge.bind ?? null,
        edge.field?.name ?? null,
        ...laterFacts(edge),
      ]),
      ...(node.facts.waits === true ? [{ waits: true }] : []),
    ]);
  return createHash('sha256').update(JSON.stringify(nodes)).digest('base64url').slice(0, 12);
}

/** Facts that came later are named, and left out where they say nothing: the hash of a graph without them stays. */
function laterFacts({ each, recover, join, errorField }: EdgeModel): object[] {
  const facts = {
    ...(each && { each }),
    ...(recover && { recover }),
    ...(join !== undefined && { source: join.source }),
    ...(errorField !== undefined && { errorField: errorField.name }),
  };
  return Object.keys(facts).length === 0 ? [] : [facts];
}
