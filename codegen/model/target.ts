// The node that an annotation names: `() => Billing, 'charge'`, or `'charge'` for the same class.

import { relative } from 'node:path/posix';
import { nearestName } from '../../src/errors/nearest-name.ts';
import type { Report } from '../problem.ts';
import type { ClassRecord, FileRecord } from '../read/file-record.ts';
import { isDeclaration } from '../read/outputs.ts';
import { classNamed, fold, foldedString, type Folded } from './fold.ts';
import type { NodeModel, Place, ServiceModel } from './model.ts';
import type { Declared, Scope } from './scope.ts';

/** A target as it is written. */
export interface WrittenTarget {
  /** Where it is reported that it is not there at all. */
  readonly place: Place;
  /** Absent: the class of the callback. */
  readonly service?: Folded;
  readonly method?: Folded;
  /** Of a join, where another class is named within `from`. */
  readonly isSource?: boolean;
}

/** Among whom a target is looked for. */
export interface Neighbours {
  /** Of the callback. */
  readonly own: ServiceModel;
  readonly services: readonly ServiceModel[];
  readonly report: Report;
  /** A class is no service, or has no such node: what follows depends on all services. */
  readonly miss: () => void;
}

const NO_TARGET =
  "there is no target; name the node that it follows: `'charge'` of the same class, or `() => Billing, 'charge'`";
const NO_METHOD = "the target has a class and no method; write the method behind it, as in `() => Billing, 'charge'`";

export function findTarget(scope: Scope, written: WrittenTarget, among: Neighbours): NodeModel | undefined {
  const { report } = among;
  const { service, method } = written;
  if (method === undefined) {
    const { value } = service === undefined ? {} : fold(scope, service);
    const missing =
      value === undefined || value.kind === 'object' ? NO_TARGET : value.kind === 'function' ? NO_METHOD : undefined;
    if (missing !== undefined) {
      report('ONW1101', written.place, missing);
      return undefined;
    }
  }
  const name = method === undefined ? undefined : foldedString(scope, method);
  if (method === undefined || name === undefined) {
    report(
      'ONW1131',
      method === undefined ? written.place : { file: method.file, at: method.value.at },
      'the name of the target cannot be read at build time; write it as a literal or name a constant',
    );
    return undefined;
  }
  const owner = service === undefined ? among.own : findService(scope, among, service);
  if (owner === undefined) return undefined;
  const found = owner.nodes.find((node) => node.method === name);
  if (found === undefined) {
    among.miss();
    const hint = hintElsewhere(
      owner,
      { name, isSource: written.isSource === true },
      service === undefined ? among.services : [owner],
    );
    report('ONW1101', { file: method.file, at: method.value.at }, noSuchNode(owner, name, hint));
  }
  return found;
}

function findService(scope: Scope, { services, report, miss }: Neighbours, thunk: Folded): ServiceModel | undefined {
  const place: Place = { file: thunk.file, at: thunk.value.at };
  const { file, value } = fold(scope, thunk);
  if (value.kind !== 'function' || value.returns?.kind !== 'name') {
    report('ONW1131', place, 'the class of the target cannot be read at build time; write it as `() => Billing`');
    return undefined;
  }
  const written = value.returns.path.join('.');
  const found = classNamed(scope, file, value.returns.path);
  if (found?.class === undefined) {
    report(
      'ONW1101',
      place,
      `${written} is not a class that can be found; ${whereToLook(scope, file, value.returns.path)}`,
    );
    return undefined;
  }
  const exact = serviceOf(services, found.class);
  if (exact === undefined) miss();
  const [only, ...others] =
    exact === undefined ? services.filter((service) => extendsClass(service, found.class)) : [exact];
  if (only === undefined) {
    report('ONW1101', place, noNode(scope, written, found));
  } else if (others.length > 0) {
    const names = [only, ...others].map((service) => service.name).join(', ');
    report('ONW1112', place, `${written} is the base of several services: ${names}; name the one you mean`);
    return undefined;
  }
  return only;
}

function whereToLook({ sources }: Scope, file: FileRecord, [first]: readonly string[]): string {
  const imported = file.imports.find((item) => item.local === first);
  const isFound = imported === undefined || sources.resolve(imported.from, file.path) !== undefined;
  return isFound ? 'check its import' : sources.packages.explainMissing(imported.from, file.path).text;
}

/** A class that is not among the services. What its source says is known only where that is one of the program. */
function noNode({ sources }: Scope, written: string, { file }: Declared): string {
  if (isDeclaration(file.path)) {
    const path = relative(sources.root, file.path);
    return `${written} is found in ${path}, which shows no annotations; ${sources.packages.explainDeclaration(file.path)}`;
  }
  if (!sources.program.isOwn(file.path) && !sources.program.isListed(file.path)) {
    return `${written} is not among the services; export it from its package, and annotate the method you mean with @Job() or @Handler()`;
  }
  return `${written} has no node; annotate the method you mean with @Job() or @Handler()`;
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

function noSuchNode(owner: ServiceModel, name: string, elsewhere: string | undefined): string {
  const isMethod = owner.chain.some((item) => memberNames(item.class).has(name));
  if (isMethod) return `${owner.name}.${name} is no node; annotate it with @Job() or @Handler()`;
  if (elsewhere !== undefined) return `${owner.name} has no method '${name}'; ${elsewhere}`;
  const byName = owner.nodes.find((node) => node.name === name);
  const { nodes } = owner;
  const names = nodes.slice(0, MAX_SEARCHED).map((node) => node.method);
  const nearest = byName?.method ?? (nodes.length > MAX_SEARCHED ? undefined : nearestName(name, names));
  const others = nodes.length - MAX_NAMED;
  const known = `${names.slice(0, MAX_NAMED).join(', ')}${others > 0 ? ` and ${others} more` : ''}`;
  const hint = nearest === undefined ? `its nodes are ${known}` : `did you mean '${nearest}'?`;
  return `${owner.name} has no method '${name}'; ${hint}`;
}

/** Whom a name means that is written as an id, or is a node of one other class. */
function hintElsewhere(
  owner: ServiceModel,
  { name, isSource }: { readonly name: string; readonly isSource: boolean },
  services: readonly ServiceModel[],
): string | undefined {
  const dot = name.indexOf('.');
  const first = dot < 0 ? undefined : name.slice(0, dot);
  const meant = first === undefined ? onlyServiceWith(services, name) : serviceCalled(services, first);
  if (meant === undefined) return undefined;
  const rest = name.slice(dot + 1);
  const method = meant.nodes.find((node) => node.method === rest || node.name === rest)?.method ?? rest;
  if (meant === owner) return `a target is named by its method: '${method}'`;
  const target = `() => ${meant.class.name ?? meant.name}, '${method}'`;
  return `a node of another class is named with its class: \`${isSource ? `from(${target})` : target}\``;
}

function serviceCalled(services: readonly ServiceModel[], name: string): ServiceModel | undefined {
  return services.find((service) => service.name === name || service.class.name === name);
}

const servicesByClass = new WeakMap<readonly ServiceModel[], ReadonlyMap<ClassRecord, ServiceModel>>();

/** The service of a class; gathered once, however many targets there are. */
function serviceOf(services: readonly ServiceModel[], item: ClassRecord): ServiceModel | undefined {
  const known = servicesByClass.get(services) ?? new Map(services.map((service) => [service.class, service]));
  servicesByClass.set(services, known);
  return known.get(item);
}

const servicesByMethod = new WeakMap<readonly ServiceModel[], ReadonlyMap<string, readonly ServiceModel[]>>();

/** The one service with a node of this name; gathered once, however many wrong names there are. */
function onlyServiceWith(services: readonly ServiceModel[], method: string): ServiceModel | undefined {
  const known = servicesByMethod.get(services) ?? gatherMethods(services);
  servicesByMethod.set(services, known);
  const [only, ...others] = known.get(method) ?? [];
  return others.length === 0 ? only : undefined;
}

function gatherMethods(services: readonly ServiceModel[]): ReadonlyMap<string, readonly ServiceModel[]> {
  const found = new Map<string, ServiceModel[]>();
  for (const service of services) {
    for (const { method } of service.nodes) {
      const others = found.get(method);
      if (others === undefined) found.set(method, [service]);
      else others.push(service);
    }
  }
  return found;
}
