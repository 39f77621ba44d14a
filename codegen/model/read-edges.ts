// Edges, from the annotations of callbacks and the nodes they name.

import { nearestName } from '../../src/errors/nearest-name.ts';
import type { Report } from '../check/problem.ts';
import type { ClassRecord } from '../read/file-record.ts';
import type { AnnotatedMethod } from './class-chain.ts';
import { EDGES } from './class-chain.ts';
import { entryOf, fold, isUndefined, keysOf, textOf, type Folded } from './fold.ts';
import type { Annotation, EdgeModel, NodeModel, Place, ServiceModel } from './model.ts';
import type { ServiceDraft } from './read-services.ts';
import type { Scope } from './scope.ts';
import { formOfWhen } from './when-form.ts';

/** Adds to every node the edges that lead to it. */
export function readEdges(scope: Scope, drafts: readonly ServiceDraft[], report: Report): void {
  const services = drafts.map((draft) => draft.service);
  for (const draft of drafts) {
    for (const [node, method] of draft.methods) readEdgesTo(scope, { node, method, services, report });
  }
}

interface Callback {
  readonly node: NodeModel;
  readonly method: AnnotatedMethod;
  readonly services: readonly ServiceModel[];
  readonly report: Report;
}

function readEdgesTo(scope: Scope, callback: Callback): void {
  const annotations = callback.method.annotations.filter((item) => EDGES.includes(item.name));
  for (const [decorator, annotation] of annotations.entries()) {
    const from = findTarget(scope, callback, annotation);
    if (from !== undefined) callback.node.edges.push(readEdge(scope, callback, annotation, { from, decorator }));
  }
}

function readEdge(
  scope: Scope,
  { node, report }: Callback,
  annotation: Annotation,
  { from, decorator }: { readonly from: NodeModel; readonly decorator: number },
): EdgeModel {
  const on = annotation.name === 'OnError' ? 'error' : 'success';
  const options = argumentsOf(scope, annotation).options;
  const option = (key: string): Folded | undefined => readOption(scope, annotation, key, report);
  const when = option('when');
  const bind = option('bind');
  const otherwise = option('otherwise');
  const field = node.message?.fields.find((item) => item.mark === (on === 'success' ? 'returnValue' : 'error'));
  return {
    on,
    from,
    to: node,
    decorator,
    place: { file: annotation.file, at: annotation.record.at },
    options,
    ...(when !== undefined && { when: formOfWhen(scope, when, on) }),
    otherwise: otherwise !== undefined && isTrue(scope, otherwise),
    ...(bind !== undefined && { bind: keysOf(scope, bind) ?? 'function' }),
    ...(field !== undefined && { field }),
  };
}

function readOption(scope: Scope, annotation: Annotation, key: string, report: Report): Folded | undefined {
  const { options } = argumentsOf(scope, annotation);
  if (options === undefined) return undefined;
  const found = entryOf(scope, { file: annotation.file, value: options }, key);
  if (found === 'hidden') {
    const place = { file: annotation.file, at: options.at };
    const text =
      'whether there is a `when`, `otherwise` or `bind` cannot be read at build time; write the options as a literal';
    report('ONW1131', place, text);
    return undefined;
  }
  return found === undefined || isUndefined(found.value) ? undefined : found;
}

function isTrue(scope: Scope, option: Folded): boolean {
  const { value } = fold(scope, option);
  return value.kind === 'literal' && value.value === true;
}

/** `(() => Billing, 'charge', options)` or `('charge', options)`. */
function argumentsOf(
  scope: Scope,
  { record, file }: Annotation,
): {
  readonly service?: Folded;
  readonly method?: Folded;
  readonly options?: Folded['value'];
} {
  const given = record.arguments.map((value) => ({ file, value }));
  while (given.length > 0 && isUndefined(given.at(-1)?.value)) given.pop();
  const [first, second, third] = given;
  if (first === undefined) return {};
  if (textOf(scope, first) !== undefined)
    return { method: first, ...(second !== undefined && { options: second.value }) };
  return {
    service: first,
    ...(second !== undefined && { method: second }),
    ...(third !== undefined && { options: third.value }),
  };
}

function findTarget(scope: Scope, callback: Callback, annotation: Annotation): NodeModel | undefined {
  const { report } = callback;
  const place: Place = { file: annotation.file, at: annotation.record.at };
  const { service, method } = argumentsOf(scope, annotation);
  const name = method === undefined ? undefined : textOf(scope, method);
  if (method === undefined || name === undefined) {
    report(
      'ONW1131',
      method === undefined ? place : { file: method.file, at: method.value.at },
      'the name of the target cannot be read at build time; write it as a literal or name a constant',
    );
    return undefined;
  }
  const owner = service === undefined ? callback.node.service : findService(scope, callback, service);
  if (owner === undefined) return undefined;
  const found = owner.nodes.find((node) => node.method === name);
  if (found === undefined) report('ONW1101', { file: method.file, at: method.value.at }, noSuchNode(owner, name));
  return found;
}

function findService(scope: Scope, { services, report }: Callback, thunk: Folded): ServiceModel | undefined {
  const place: Place = { file: thunk.file, at: thunk.value.at };
  const { file, value } = fold(scope, thunk);
  if (value.kind !== 'function' || value.returns?.kind !== 'name') {
    report('ONW1131', place, 'the class of the target cannot be read at build time; write it as `() => Billing`');
    return undefined;
  }
  const written = value.returns.path.join('.');
  const found = scope.declared(file, value.returns.path);
  if (found?.class === undefined) {
    report('ONW1101', place, `${written} is no class that can be found; check its import`);
    return undefined;
  }
  const exact = services.find((service) => service.class === found.class);
  const [only, ...others] =
    exact === undefined ? services.filter((service) => extendsClass(service, found.class)) : [exact];
  if (only === undefined) {
    report('ONW1101', place, `${written} has no node; annotate the method you mean with @Job() or @Handler()`);
  } else if (others.length > 0) {
    const names = [only, ...others].map((service) => service.name).join(', ');
    report('ONW1112', place, `${written} is the base of several services: ${names}; name the one you mean`);
    return undefined;
  }
  return only;
}

function extendsClass(service: ServiceModel, base: unknown): boolean {
  return service.chain.some((item) => item.class === base);
}

const namesByClass = new WeakMap<ClassRecord, ReadonlySet<string | undefined>>();

/** Gathered once a class, however many wrong names there are. */
function memberNames(record: ClassRecord): ReadonlySet<string | undefined> {
  const known = namesByClass.get(record);
  if (known !== undefined) return known;
  const names = new Set(record.members.map((member) => member.name));
  namesByClass.set(record, names);
  return names;
}

/** Every wrong name is compared with every node: with thousands of both it would take minutes. */
const MAX_SEARCHED = 500;
const MAX_NAMED = 20;

function noSuchNode(owner: ServiceModel, name: string): string {
  const isMethod = owner.chain.some((item) => memberNames(item.class).has(name));
  if (isMethod) return `${owner.name}.${name} is no node; annotate it with @Job() or @Handler()`;
  const byName = owner.nodes.find((node) => node.name === name);
  const { nodes } = owner;
  const names = nodes.slice(0, MAX_SEARCHED).map((node) => node.method);
  const nearest = byName?.method ?? (nodes.length > MAX_SEARCHED ? undefined : nearestName(name, names));
  const others = nodes.length - MAX_NAMED;
  const known = `${names.slice(0, MAX_NAMED).join(', ')}${others > 0 ? ` and ${others} more` : ''}`;
  const hint = nearest === undefined ? `its nodes are ${known}` : `did you mean '${nearest}'?`;
  return `${owner.name} has no method '${name}'; ${hint}`;
}
