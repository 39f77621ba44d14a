// Whether the wiring and the annotations of the given instances agree. A wiring that is behind is refused, naming
// every difference, before anything runs.

import { nodeRecordOf, type EdgeRecord, type NodeRecord } from '../decorators/record.ts';
import type { EdgeWiring, NodeWiring, Wiring } from '../wiring/v1.ts';
import { hasForm } from './matcher.ts';
import { isFunction, isOptions } from './node-options.ts';

export type Services = ReadonlyMap<string, object>;

/** Every difference, as a sentence. */
export function differencesOf(wiring: Wiring, services: Services): string[] {
  const nodes = Object.entries(wiring.nodes);
  const incoming = new Map<string, EdgeWiring[]>(nodes.map(([id]) => [id, []]));
  for (const edge of wiring.edges) incoming.get(edge.to)?.push(edge);
  return [
    ...nodes.flatMap(([id, node]) => differencesOfNode(id, node, incoming.get(id) ?? [], services)),
    ...[...services].flatMap(([name, instance]) => unknownMethods(name, instance, wiring)),
  ];
}

/** The service's name and the method's name of a node. */
export function methodOf(
  id: string,
  method: string | undefined,
): { readonly service: string; readonly method: string } {
  const dot = id.indexOf('.');
  return { service: id.slice(0, dot), method: method ?? id.slice(dot + 1) };
}

function differencesOfNode(id: string, node: NodeWiring, wired: readonly EdgeWiring[], services: Services): string[] {
  const { service, method } = methodOf(id, node.method);
  const instance = services.get(service);
  if (instance === undefined) return [];
  if (!isFunction(Reflect.get(instance, method))) return [`${id}: the instance of ${service} has no method ${method}`];
  const record = nodeRecordOf(instance, method);
  if (record === undefined) return [`${id}: ${service}.${method} has no annotation of Onward`];
  const found = kindOf(record);
  if (found !== node.kind) return [`${id}: the wiring says ${node.kind}, the annotation says ${found}`];
  if (wired.length !== record.edges.length) {
    return [`${id}: the wiring has ${count(wired.length, 'edge')} to it, the annotations have ${record.edges.length}`];
  }
  return wired.flatMap((edge) => differencesOfEdge(edge, record.edges[edge.decorator], services));
}

function kindOf(record: NodeRecord): 'job' | 'handler' {
  return record.kind ?? 'handler';
}

function differencesOfEdge(edge: EdgeWiring, record: EdgeRecord | undefined, services: Services): string[] {
  const name = `edge ${edge.from} -> ${edge.to}`;
  if (record === undefined) return [`${name}: there is no annotation number ${edge.decorator + 1}`];
  if (record.on !== edge.on) return [`${name}: the wiring says on ${edge.on}, the annotation says on ${record.on}`];
  const { service } = methodOf(edge.from, undefined);
  const told: string[] = [];
  if (!isTarget(record, edge, services.get(service))) told.push(`${name}: the annotation names another target`);
  const { when, otherwise, bind } = record.options;
  if (!hasForm(when, edge.when))
    told.push(`${name}: the wiring says ${edge.when ?? 'no'} \`when\`, the annotation has another one`);
  if ((otherwise === true) !== (edge.otherwise === true)) told.push(`${name}: \`otherwise\` differs`);
  if (!isSameBind(bind, edge.bind)) told.push(`${name}: \`bind\` differs`);
  return told;
}

/** By class, not by class name: minifiers rename classes. */
function isTarget(record: EdgeRecord, edge: EdgeWiring, instance: object | undefined): boolean {
  const own = record.target.service === undefined;
  if (instance === undefined) return true;
  if (own) return isFunction(Reflect.get(instance, record.target.method));
  const target = record.target.service?.();
  return isFunction(target) && instance instanceof target && isFunction(Reflect.get(instance, record.target.method));
}

function isSameBind(bind: unknown, wired: EdgeWiring['bind']): boolean {
  if (wired === 'function' || wired === undefined) return wired === undefined ? bind === undefined : bind !== undefined;
  if (!isOptions(bind)) return false;
  const fields = Object.keys(bind);
  return fields.length === wired.length && fields.every((field) => wired.includes(field));
}

/** Annotated methods that the wiring does not know. */
function unknownMethods(service: string, instance: object, wiring: Wiring): string[] {
  const known = new Set(
    Object.entries(wiring.nodes)
      .map(([id, node]) => methodOf(id, node.method))
      .filter((node) => node.service === service)
      .map((node) => node.method),
  );
  return methodsOf(instance)
    .filter((method) => !known.has(method) && nodeRecordOf(instance, method) !== undefined)
    .map((method) => `${service}.${method}: it is annotated, and the wiring does not know it`);
}

function methodsOf(instance: object): string[] {
  const names = new Set<string>();
  for (
    let at: object | null = Object.getPrototypeOf(instance);
    at !== null && at !== Object.prototype;
    at = Object.getPrototypeOf(at)
  ) {
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  }
  return [...names];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
