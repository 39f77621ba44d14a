// Whether the wiring and the annotations of the given instances agree. A wiring that is behind is refused with every
// difference, before anything runs.
//
// AGREEMENT-1. Classes are compared by identity, not by name: minifiers rename classes.
// AGREEMENT-2. Right code is never refused: what annotations cannot show at run time, such as types, is not compared.
// AGREEMENT-3. Nothing of the user's code runs: where a call puts what it is given is shown by a stand-in for the service.

import {
  markedFieldsOf,
  nodeRecordOf,
  parameterMarksOf,
  serviceNameOf,
  type EdgeRecord,
  type Mark,
  type NodeRecord,
  type TargetRecord,
} from '../decorators/record.ts';
import { isRunMoment } from '../graph/moments.ts';
import { printable } from '../values/describe.ts';
import { isFunction, isObject } from '../values/option-rules.ts';
import type { EdgeWiring } from '../wiring/v1.ts';
import { hasForm } from './matcher.ts';
import type { WiredEdge, WiredGraph, WiredNode } from './wired-node.ts';

/** What is said of an annotated method without a node. */
export const UNKNOWN_TO_WIRING = 'it is annotated, and the wiring does not know it';

/** The instances that are of another class than the annotations name, though their service has its name. */
export function strayTargets({ edges, services }: WiredGraph): string[] {
  const strays = new Set<string>();
  for (const { record, from } of edges) {
    const targets =
      record === undefined || from === undefined ? [] : [record.target, ...Object.values(record.sources ?? {})];
    for (const target of targets) {
      const named = target?.service?.();
      if (from === undefined || target?.method !== from.method || !isFunction(named)) continue;
      const goesBy = serviceNameOf(named) ?? named.name;
      if (goesBy !== from.service || [...services.values()].some((instance) => instance instanceof named)) continue;
      const own: unknown = Reflect.get(from.instance, 'constructor');
      const shown = isFunction(own) && own.name !== named.name ? `a ${own.name}` : `of another class ${named.name}`;
      strays.add(
        `services.${from.service} is ${shown}, and the annotations name the class ${named.name}; give an instance of that one, imported from where they import it`,
      );
    }
  }
  return [...strays];
}

/** Every difference, as a sentence. */
export function differencesOf(wired: WiredGraph): string[] {
  const incoming = new Map<string, WiredEdge[]>([...wired.nodes.keys()].map((id) => [id, []]));
  for (const edge of wired.edges) incoming.get(edge.wiring.to)?.push(edge);
  return [
    ...[...wired.services].flatMap(([name, instance]) => differencesOfName(name, instance, wired)),
    ...wired.edges.flatMap((edge) => unknownNodes(edge)),
    ...[...wired.nodes.values()].flatMap((node) => differencesOfNode(node, incoming.get(node.id) ?? [], wired)),
    ...[...wired.services].flatMap(([name, instance]) => unknownMethods(name, instance, wired)),
  ];
}

/** The name that `@Service` gives. A class without it goes by its own name, which a minifier may have changed. */
function differencesOfName(service: string, instance: object, { wiring, services }: WiredGraph): string[] {
  const names = serviceNamesOf(instance);
  if (names.includes(service)) return [];
  const [own] = names;
  if (own === undefined) {
    const isNamed = wiring.namedServices?.includes(service) === true;
    return isNamed ? [`${service}: the wiring has this name from @Service, its class has no such name any more`] : [];
  }
  // A class may stand in for its base class, and be a service of another name as well.
  const namesake = services.get(own);
  if (namesake !== undefined && serviceNamesOf(namesake)[0] === own) return [];
  return [`${service}: the wiring calls the service ${service}, its @Service says ${own}`];
}

/** The names that `@Service` gives to its class, which comes first, and to the classes it extends. */
function serviceNamesOf(instance: object): (string | undefined)[] {
  const names: (string | undefined)[] = [];
  for (let at = Reflect.getPrototypeOf(instance); at !== null; at = Reflect.getPrototypeOf(at)) {
    const constructor: unknown = Object.getOwnPropertyDescriptor(at, 'constructor')?.value;
    names.push(isFunction(constructor) ? serviceNameOf(constructor) : undefined);
  }
  return names;
}

function unknownNodes({ wiring, from, to }: WiredEdge): string[] {
  const unknown = [
    ...(from === undefined && !isOfAnyRun(wiring) ? [wiring.from] : []),
    ...(to === undefined ? [wiring.to] : []),
  ];
  return unknown.map((id) => `${nameOf(wiring)}: the wiring has no node ${id}`);
}

function isOfAnyRun({ on, from }: EdgeWiring): boolean {
  return from === '*' && isRunMoment(on);
}

function nameOf({ from, to }: EdgeWiring): string {
  return `edge ${from} -> ${to}`;
}

function differencesOfNode(node: WiredNode, wired: readonly WiredEdge[], graph: WiredGraph): string[] {
  const { id, service, method, instance, record, wiring } = node;
  if (!isFunction(Reflect.get(instance, method))) return [`${id}: the instance of ${service} has no method ${method}`];
  if (record === undefined) return [`${id}: ${service}.${method} has no annotation of Onward`];
  const kind = kindOf(record);
  const found = kind === wiring.kind ? [] : [`${id}: the wiring says ${wiring.kind}, the annotation says ${kind}`];
  if ((node.options['waits'] === true) !== (wiring.waits === true)) found.push(`${id}: \`waits\` differs`);
  const [wiredAt, annotatedAt] = [wiring.schedules ?? [], record.schedules.map(({ pattern }) => pattern)];
  if (wiredAt.length !== annotatedAt.length || wiredAt.some((pattern, at) => pattern !== annotatedAt[at]))
    found.push(`${id}: the wiring has the schedules ${listed(wiredAt)}, the annotations have ${listed(annotatedAt)}`);
  found.push(...differencesOfParameters(node), ...differencesOfFields(node, wired));
  const groups = groupByDecorator(wired);
  // One annotation more or less shifts the others: comparing them would report differences that do not exist.
  if (groups.size !== record.edges.length) {
    const notice = `${id}: the wiring has ${count(groups.size, 'edge')} to it, the annotations have ${record.edges.length}`;
    return [...found, notice];
  }
  return [...found, ...[...groups.values()].flatMap((edges) => differencesOfGroup(edges, graph))];
}

function listed(patterns: readonly unknown[]): string {
  return patterns.length === 0 ? 'none' : patterns.map(quotedPattern).join(', ');
}

function quotedPattern(pattern: unknown): string {
  return `'${printable(String(pattern))}'`;
}

/** Stand for what a call may be given. */
const MESSAGE = Symbol('message');
const GIVEN: Readonly<Record<Mark | 'context', symbol>> = {
  context: Symbol('context'),
  returnValue: Symbol('returnValue'),
  error: Symbol('error'),
  message: Symbol('message'),
};
const MARKS = ['returnValue', 'error', 'message'] as const;
const ANNOTATIONS: Readonly<Record<Mark, string>> = {
  returnValue: '@ReturnValue()',
  error: '@ErrorValue()',
  message: '@Message()',
};

/** The marks of parameters, position by position; and whether there are as many as the method takes. */
function differencesOfParameters(node: WiredNode): string[] {
  const { marks, isInherited } = parameterMarksOf(node.instance, node.method);
  const given = argumentsOf(node);
  if (given === undefined) return [];
  const length = isInherited ? given.length : Math.max(given.length, ...[...marks.keys()].map((at) => at + 1));
  const found = Array.from({ length }, (_, at) => at).flatMap((at) => {
    const wired = MARKS.find((mark) => GIVEN[mark] === given[at]);
    const annotated = marks.get(at);
    if (wired === annotated) return [];
    return [
      `${node.id}, parameter ${at + 1}: the wiring says ${annotationOf(wired)}, the annotation says ${annotationOf(annotated)}`,
    ];
  });
  const body: unknown = Reflect.get(node.instance, node.method);
  // A method that takes fewer may have defaults, or a decorator around it.
  const takesMore = found.length === 0 && isFunction(body) && body.length > given.length;
  if (!takesMore) return found;
  return [`${node.id}: the wiring gives ${count(given.length, 'argument')}, the method takes ${body.length}`];
}

function annotationOf(mark: Mark | undefined): string {
  return mark === undefined ? 'no mark' : ANNOTATIONS[mark];
}

/** What the wiring's call hands to the method, in order; undefined if it does not get as far as the method. */
function argumentsOf({ call, method }: WiredNode): readonly unknown[] | undefined {
  const calls: (readonly unknown[])[] = [];
  const standIn = { [method]: (...given: readonly unknown[]): void => void calls.push(given) };
  try {
    const returned = call(standIn, MESSAGE, GIVEN);
    if (returned instanceof Promise) returned.catch(() => undefined);
  } catch {
    // A call that was written by hand may do more than call the method.
  }
  return calls[0];
}

/** The fields of its message that marks fill, in the node and in each edge that leads to it. */
function differencesOfFields({ id, wiring }: WiredNode, incoming: readonly WiredEdge[]): string[] {
  const { message, field, errorField } = wiring;
  // Edges fill nothing of a message that comes from outside.
  if (!isFunction(message) || wiring.waits === true) return [];
  const marked = [...markedFieldsOf(message)];
  const fieldOf = (mark: Mark): string | undefined => marked.find(([, is]) => is === mark)?.[0];
  // A field of this name counts as marked; whether the class has it shows in the source only.
  const value = fieldOf('returnValue') ?? (field === 'returnValue' ? field : undefined);
  const error = fieldOf('error');
  const compare = (place: string, what: string, wired: string | undefined, annotated: string | undefined): string[] =>
    wired === annotated
      ? []
      : [`${place}: the wiring puts ${what} into ${fieldName(wired)}, the annotation into ${fieldName(annotated)}`];
  const found = [
    ...compare(`${id}, ${message.name}`, 'the return value', field, value),
    ...compare(`${id}, ${message.name}`, 'the error', errorField, error),
  ];
  if (found.length > 0) return found;
  return incoming.flatMap(({ wiring: edge }) => {
    if (edge.on === 'error') return compare(nameOf(edge), 'the error', edge.field, error);
    if (edge.on !== 'success' && edge.on !== 'end') return [];
    return [
      ...compare(nameOf(edge), 'the return value', edge.field, value),
      ...compare(nameOf(edge), 'the error', edge.errorField, edge.on === 'end' ? error : undefined),
    ];
  });
}

function fieldName(field: string | undefined): string {
  return field === undefined ? 'no field' : `\`${field}\``;
}

function groupByDecorator(wired: readonly WiredEdge[]): ReadonlyMap<number, readonly WiredEdge[]> {
  const groups = new Map<number, WiredEdge[]>();
  for (const edge of wired) {
    const { decorator } = edge.wiring;
    groups.set(decorator, [...(groups.get(decorator) ?? []), edge]);
  }
  return groups;
}

function kindOf(record: NodeRecord): 'job' | 'handler' {
  return record.kind ?? 'handler';
}

/** The edges of one decorator: one, or the sources of a join. */
function differencesOfGroup(wired: readonly WiredEdge[], graph: WiredGraph): string[] {
  const [first] = wired;
  if (first === undefined) return [];
  const { record } = first;
  const name = nameOf(first.wiring);
  if (record === undefined) return [`${name}: there is no annotation number ${first.wiring.decorator + 1}`];
  const other = wired.find(({ wiring }) => wiring.on !== record.on);
  if (other !== undefined)
    return [`${nameOf(other.wiring)}: the wiring says on ${other.wiring.on}, the annotation says on ${record.on}`];
  if (record.on === 'join') return differencesOfJoin(wired, record, graph);
  const more = wired.length === 1 ? [] : [`${name}: the wiring has ${wired.length} edges of one annotation`];
  return [...more, ...differencesOfEdge(first, record, graph)];
}

function differencesOfEdge(edge: WiredEdge, record: EdgeRecord, graph: WiredGraph): string[] {
  const { wiring } = edge;
  const name = nameOf(wiring);
  const found: string[] = [];
  const isSame = record.target === null ? wiring.from === '*' : isTarget(record.target, edge, graph);
  if (!isSame) found.push(`${name}: the annotation names another target`);
  const { when, otherwise, each, recover, bind } = record.options;
  if (wiring.whenRecorded !== true && !hasForm(when, wiring.when))
    found.push(`${name}: the wiring says ${wiring.when ?? 'no'} \`when\`, the annotation has another one`);
  if ((otherwise === true) !== (wiring.otherwise === true)) found.push(`${name}: \`otherwise\` differs`);
  if ((each === true) !== (wiring.each === true)) found.push(`${name}: \`each\` differs`);
  if ((recover === true) !== (wiring.recover === true)) found.push(`${name}: \`recover\` differs`);
  if (!isSameBind(bind, wiring.bind)) found.push(`${name}: \`bind\` differs`);
  return found;
}

function differencesOfJoin(
  wired: readonly WiredEdge[],
  { sources = {}, options }: EdgeRecord,
  graph: WiredGraph,
): string[] {
  const name = `join of ${wired[0]?.wiring.to ?? ''}`;
  const known = new Set(wired.map(({ wiring }) => wiring.source));
  const unknown = Object.keys(sources).filter((source) => !known.has(source));
  return [
    ...unknown.map((source) => `${name}: the wiring does not know the source \`${source}\``),
    ...wired.flatMap((edge) => {
      const { source = '' } = edge.wiring;
      const target = Object.hasOwn(sources, source) ? sources[source] : undefined;
      if (target === undefined) return [`${name}: the annotation has no source \`${source}\``];
      return isTarget(target, edge, graph) ? [] : [`${name}: the source \`${source}\` is another one`];
    }),
    ...(wired.every(({ wiring }) => isSameBind(options['bind'], wiring.bind)) ? [] : [`${name}: \`bind\` differs`]),
  ];
}

function isTarget(target: TargetRecord, { from, to }: WiredEdge, { services }: WiredGraph): boolean {
  if (from === undefined || from.method !== target.method) return false;
  if (target.service === undefined) return from.service === to?.service;
  const named = target.service();
  return isFunction(named) && services.get(from.service) instanceof named;
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
function unknownMethods(service: string, instance: object, { nodes }: WiredGraph): string[] {
  const known = new Set([...nodes.values()].filter((node) => node.service === service).map(({ method }) => method));
  return methodsOf(instance)
    .filter((method) => !known.has(method) && nodeRecordOf(instance, method) !== undefined)
    .map((method) => `${service}.${method}: ${UNKNOWN_TO_WIRING}`);
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
