// Where a node of the wiring stands in the user's code: its instance, its method and what was annotated there.

import { nodeRecordOf, type EdgeRecord, type NodeRecord } from '../decorators/record.ts';
import type { EdgeWiring, Wiring } from '../wiring/v1.ts';

/** The instances by the name of their service. */
export type Services = ReadonlyMap<string, object>;

export interface WiredMethod {
  readonly service: string;
  readonly method: string;
}

/** The service's name and the method's name of a node. */
export function methodOf(id: string, method: string | undefined): WiredMethod {
  const dot = id.indexOf('.');
  return { service: id.slice(0, dot), method: method ?? id.slice(dot + 1) };
}

/** The same for a node as the wiring names it. */
export function methodIn(wiring: Wiring, id: string): WiredMethod {
  return methodOf(id, wiring.nodes[id]?.method);
}

/** What was annotated on a node; undefined if it has no instance or no annotation. */
export function recordIn(wiring: Wiring, id: string, services: Services): NodeRecord | undefined {
  const { service, method } = methodIn(wiring, id);
  const instance = services.get(service);
  return instance === undefined ? undefined : nodeRecordOf(instance, method);
}

/** The annotation that an edge was wired from. */
export function annotationOf(
  { to, decorator }: EdgeWiring,
  wiring: Wiring,
  services: Services,
): EdgeRecord | undefined {
  return recordIn(wiring, to, services)?.edges[decorator];
}
