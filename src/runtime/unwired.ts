// Warns of classes whose annotations have no effect because they are newer than the wiring: they are loaded, but in no graph.
//
// UNWIRED-1. It is only a warning: the author alone knows whether a class belongs to this graph.
// UNWIRED-2. It does not warn of a class that another graph of this process knows, nor of one unrelated to this graph: neither
//     given as a service, nor with a callback that names a node of the graph.
// UNWIRED-3. It does not warn where a minifier has renamed classes, since names then do not tell which ones a graph knows.
// UNWIRED-4. It does not warn of a base class: its annotations belong to the classes that extend it. Those have annotations of
//     their own, or are a service of a graph with these methods and without an annotated class, so that all is inherited.
// UNWIRED-5. It runs no code of the services: a value that a getter would create does not count as given.

import { annotatedMethodsOf, nodeRecordOf, serviceNameOf, type TargetRecord } from '../decorators/record.ts';
import { printable } from '../values/describe.ts';
import { isClass, isFunction, isObject } from '../values/option-rules.ts';
import { isInSomeGraph, servicesWith } from '../wiring/service-names.ts';
import type { WiredGraph } from './wired-node.ts';

/** One warning for each such class. @param others annotated prototypes that no service of the graph has. */
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

function classOf({ service }: TargetRecord): (abstract new (...args: never[]) => unknown) | undefined {
  try {
    const named = service?.();
    return isClass(named) ? named : undefined;
  } catch {
    // It is not loaded yet: files may import each other.
    return undefined;
  }
}
