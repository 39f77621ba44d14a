// Whether the wiring and the annotations of the given instances agree. A wiring that is behind is refused, naming
// every difference, before anything runs.
//
// A1. By class, not by class name: minifiers rename classes.

import { isRunMoment } from '../graph/moments.ts';
import { nodeRecordOf, type EdgeRecord, type NodeRecord, type TargetRecord } from '../decorators/record.ts';
import type { EdgeWiring, NodeWiring, Wiring } from '../wiring/v1.ts';
import { hasForm } from './matcher.ts';
import { isFunction, isObject } from '../values/option-rules.ts';
import { methodIn, methodOf, type Services } from './wired-node.ts';

/** Every difference, as a sentence. */
export function differencesOf(wiring: Wiring, services: Services): string[] {
  const nodes = Object.entries(wiring.nodes);
  const incoming = new Map<string, EdgeWiring[]>(nodes.map(([id]) => [id, []]));
  for (const edge of wiring.edges) incoming.get(edge.to)?.push(edge);
  return [
    ...wiring.edges.flatMap((edge) => unknownNodes(edge, wiring)),
    ...nodes.flatMap(([id, node]) => differencesOfNode(id, node, incoming.get(id) ?? [], { wiring, services })),
    ...[...services].flatMap(([name, instance]) => unknownMethods(name, instance, wiring)),
  ];
}

interface Both {
  readonly wiring: Wiring;
  readonly services: Services;
}

function unknownNodes(edge: EdgeWiring, wiring: Wiring): string[] {
  const names = isOfAnyRun(edge) ? [edge.to] : [edge.from, edge.to];
  return names
    .filter((id) => !Object.hasOwn(wiring.nodes, id))
    .map((id) => `${nameOf(edge)}: the wiring has no node ${id}`);
}

function isOfAnyRun({ on, from }: EdgeWiring): boolean {
  return from === '*' && isRunMoment(on);
}

function nameOf({ from, to }: EdgeWiring): string {
  return `edge ${from} -> ${to}`;
}

function differencesOfNode(id: string, node: NodeWiring, wired: readonly EdgeWiring[], both: Both): string[] {
  const { service, method } = methodOf(id, node.method);
  const instance = both.services.get(service);
  if (instance === undefined) return [];
  if (!isFunction(Reflect.get(instance, method))) return [`${id}: the instance of ${service} has no method ${method}`];
  const record = nodeRecordOf(instance, method);
  if (record === undefined) return [`${id}: ${service}.${method} has no annotation of Onward`];
  const found = kindOf(record);
  const kind = found === node.kind ? [] : [`${id}: the wiring says ${node.kind}, the annotation says ${found}`];
  if ((record.options?.['waits'] === true) !== (node.waits === true)) kind.push(`${id}: \`waits\` differs`);
  const groups = groupByDecorator(wired);
  // One annotation more or less shifts the others: to compare them would name differences that are none.
  if (groups.size !== record.edges.length) {
    const notice = `${id}: the wiring has ${count(groups.size, 'edge')} to it, the annotations have ${record.edges.length}`;
    return [...kind, notice];
  }
  return [...kind, ...[...groups].flatMap(([at, edges]) => differencesOfGroup(edges, record.edges[at], both))];
}

function groupByDecorator(wired: readonly EdgeWiring[]): ReadonlyMap<number, readonly EdgeWiring[]> {
  const groups = new Map<number, EdgeWiring[]>();
  for (const edge of wired) groups.set(edge.decorator, [...(groups.get(edge.decorator) ?? []), edge]);
  return groups;
}

function kindOf(record: NodeRecord): 'job' | 'handler' {
  return record.kind ?? 'handler';
}

/** The edges of one decorator: one, or the sources of a join. */
function differencesOfGroup(wired: readonly EdgeWiring[], record: EdgeRecord | undefined, both: Both): string[] {
  const [first] = wired;
  if (first === undefined) return [];
  const name = nameOf(first);
  if (record === undefined) return [`${name}: there is no annotation number ${first.decorator + 1}`];
  const other = wired.find(({ on }) => on !== record.on);
  if (other !== undefined)
    return [`${nameOf(other)}: the wiring says on ${other.on}, the annotation says on ${record.on}`];
  if (record.on === 'join') return differencesOfJoin(wired, record, both);
  const more = wired.length === 1 ? [] : [`${name}: the wiring has ${wired.length} edges of one annotation`];
  return [...more, ...differencesOfEdge(first, record, both)];
}

function differencesOfEdge(edge: EdgeWiring, record: EdgeRecord, both: Both): string[] {
  const name = nameOf(edge);
  const notice: string[] = [];
  const isSame = record.target === null ? edge.from === '*' : isTarget(record.target, edge, both);
  if (!isSame) notice.push(`${name}: the annotation names another target`);
  const { when, otherwise, each, recover, bind } = record.options;
  if (!hasForm(when, edge.when))
    notice.push(`${name}: the wiring says ${edge.when ?? 'no'} \`when\`, the annotation has another one`);
  if ((otherwise === true) !== (edge.otherwise === true)) notice.push(`${name}: \`otherwise\` differs`);
  if ((each === true) !== (edge.each === true)) notice.push(`${name}: \`each\` differs`);
  if ((recover === true) !== (edge.recover === true)) notice.push(`${name}: \`recover\` differs`);
  if (!isSameBind(bind, edge.bind)) notice.push(`${name}: \`bind\` differs`);
  return notice;
}

function differencesOfJoin(wired: readonly EdgeWiring[], { sources = {}, options }: EdgeRecord, both: Both): string[] {
  const name = `join of ${wired[0]?.to ?? ''}`;
  const known = new Set(wired.map(({ source }) => source));
  const unknown = Object.keys(sources).filter((source) => !known.has(source));
  return [
    ...unknown.map((source) => `${name}: the wiring does not know the source \`${source}\``),
    ...wired.flatMap((edge) => {
      const { source = '' } = edge;
      const target = Object.hasOwn(sources, source) ? sources[source] : undefined;
      if (target === undefined) return [`${name}: the annotation has no source \`${source}\``];
      return isTarget(target, edge, both) ? [] : [`${name}: the source \`${source}\` is another one`];
    }),
    ...(wired.every(({ bind }) => isSameBind(options['bind'], bind)) ? [] : [`${name}: \`bind\` differs`]),
  ];
}

function isTarget(target: TargetRecord, { from, to }: EdgeWiring, { wiring, services }: Both): boolean {
  const watched = methodIn(wiring, from);
  if (watched.method !== target.method) return false;
  if (target.service === undefined) return watched.service === methodIn(wiring, to).service;
  const instance = services.get(watched.service);
  if (instance === undefined) return true;
  const named = target.service();
  return isFunction(named) && instance instanceof named;
}

function isSameBind(bind: unknown, wired: EdgeWiring['bind']): boolean {
  if (wired === undefined) return bind === undefined;
  // What the generator could not read is wired as a function too.
  if (wired === 'function') return isFunction(bind) || isObject(bind);
  if (!isObject(bind)) return false;
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
