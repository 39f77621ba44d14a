// Classes whose annotations have no effect, because they came after the wiring: they are loaded, and no graph knows them.
//
// UNWIRED-1. It is a warning: whether a class should be in this graph only its author knows.
// UNWIRED-2. Nothing is said of a class that another graph of this process knows, nor of one that has nothing to do with this
//     graph: it was not given as a service, and none of its callbacks names a node of the graph.
// UNWIRED-3. A minifier renames classes, so that no name tells whether a graph knows one: then nothing is said.
// UNWIRED-4. Nothing is said of a base: its annotations belong to the classes that extend it. They are known by annotations
//     of their own, or by a graph that has a service with these methods and no annotated class: it inherits all it has.
// UNWIRED-5. No code of the services runs: what a getter makes is none of what was given.

import { annotatedMethodsOf, nodeRecordOf, serviceNameOf, type TargetRecord } from '../decorators/record.ts';
import { printable } from '../values/describe.ts';
import { isFunction, isObject } from '../values/option-rules.ts';
import { isInSomeGraph, servicesWith } from '../wiring/service-names.ts';
import type { WiredGraph } from './wired-node.ts';

/** A sentence for each such class. @param others annotated prototypes that no service of the graph has. */
export function unwiredClasses(wired: WiredGraph, others: readonly object[], given: unknown): string[] {
  const instances = [...wired.services];
  if (instances.some(([service, instance]) => nameOf(instance) !== service)) return [];
  const names = new Set([...wired.services.keys(), ...others.map(nameOf)]);
  return others.flatMap((prototype) => {
    const name = nameOf(prototype);
    if (wired.services.has(name) || isInSomeGraph(name)) return [];
    if (others.some((other) => isBase(prototype, other))) return [];
    const own = annotatedMethodsOf(prototype);
    if (servicesWith(own).some((service) => !names.has(service))) return [];
    const bases = others.filter((other) => isBase(other, prototype));
    const methods = [...new Set([...own, ...bases.flatMap(annotatedMethodsOf)])];
    if (!(methods.some((method) => leadsHere(prototype, method, wired)) || isGiven(prototype, given))) return [];
    const those = methods.map((method) => printable(`${name}.${method}`)).join(', ');
    return [
      `the class ${printable(name)} has annotations that no wiring knows, and ${those} will not be called; run \`npx onward generate\``,
    ];
  });
}

function isBase(prototype: object, of: object): boolean {
  return Object.prototype.isPrototypeOf.call(prototype, of);
}

/** One of the services is of the class. */
function isGiven(prototype: object, given: unknown): boolean {
  if (!isObject(given)) return false;
  const properties = Object.values(Object.getOwnPropertyDescriptors(given));
  return properties.some(({ value }) => isObject(value) && isBase(prototype, value));
}

function nameOf(of: object): string {
  const made: unknown = Reflect.get(of, 'constructor');
  return isFunction(made) ? (serviceNameOf(made) ?? made.name) : '';
}

/** Some edge to the method begins at a node of the graph. */
function leadsHere(prototype: object, method: string, { nodes }: WiredGraph): boolean {
  const edges = nodeRecordOf(prototype, method)?.edges ?? [];
  const targets = edges.flatMap(({ target, sources = {} }) => [target, ...Object.values(sources)]);
  return targets.some((target) => {
    const named = target === null ? undefined : classOf(target);
    if (named === undefined) return false;
    return [...nodes.values()].some((node) => node.method === target?.method && node.instance instanceof named);
  });
}

function classOf({ service }: TargetRecord): (abstract new () => unknown) | undefined {
  try {
    const named = service?.();
    return isClass(named) ? named : undefined;
  } catch {
    // It is not loaded yet: files may import each other.
    return undefined;
  }
}

function isClass(value: unknown): value is abstract new () => unknown {
  return typeof value === 'function' && isObject(value.prototype);
}
