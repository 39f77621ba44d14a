// Whether what was given for a service is an instance of its class. What is of another class is said to be that, and not that
// the wiring is stale: generating again would change nothing.
//
// INSTANCES-1. An instance is of another class for certain if none of the methods that the wiring calls has an annotation,
//              and its class has another name than the service. A class of that name may have lost its annotations.
// INSTANCES-2. A fake stands for its class: what the class is annotated with holds, and the fake's methods run.

import { annotatedClassCalled, nodeRecordOf, serviceNameOf } from '../decorators/record.ts';
import { OnwardError } from '../errors/onward-error.ts';
import { isFunction } from '../values/option-rules.ts';
import type { Wiring } from '../wiring/v1.ts';
import { methodOf, serviceOf } from '../wiring/service-names.ts';
import type { Services } from './wired-node.ts';

/** What runs, and what is annotated: for a fake, two objects. */
export interface Instances {
  /** With the annotations. */
  readonly services: Services;
  /** What runs in the place of some of them. */
  readonly fakes: Services;
}

/** How the instances were given. */
interface Given {
  readonly fakes?: boolean;
  readonly resolve?: unknown;
}

/** @throws {OnwardError} ONW3003 naming everything that is no instance of its class, and every method a fake lacks. */
export function instancesOf(wiring: Wiring, given: Services, { fakes, resolve }: Given): Instances {
  const methods = methodsByService(wiring);
  const services = new Map(given);
  const found = new Map<string, object>();
  const problems = new Map<string, string>();
  for (const [name, instance] of given) {
    const wanted = methods.get(name) ?? [];
    if (wanted.some((method) => nodeRecordOf(instance, method) !== undefined)) continue;
    const place = resolve === undefined ? `services.${name}` : `what \`resolve\` returns for ${name}`;
    if (fakes === true) {
      const standIn = standInFor({ name, place, methods: wanted }, instance);
      if (typeof standIn === 'string') problems.set(name, standIn);
      else {
        services.set(name, standIn);
        found.set(name, instance);
      }
    } else if (!isCalled(instance, name)) problems.set(name, whatItIs({ name, place }, instance));
  }
  if (problems.size === 0) return { services, fakes: found };
  const names = [...problems.keys()];
  const text = `no instance of ${names.join(', ')}\n  ${[...problems.values()].join('\n  ')}`;
  throw new OnwardError('ONW3003', text, { details: { services: names } });
}

function methodsByService({ nodes }: Wiring): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [id, node] of Object.entries(nodes)) {
    const service = serviceOf(id);
    found.set(service, [...(found.get(service) ?? []), methodOf(id, node)]);
  }
  return found;
}

interface Wanted {
  readonly name: string;
  /** Where the instance was given, in words. */
  readonly place: string;
  readonly methods: readonly string[];
}

/** An object with the annotations of the class, or what is wrong with the fake. */
function standInFor({ name, place, methods }: Wanted, fake: object): object | string {
  const missing = methods.filter((method) => !isFunction(Reflect.get(fake, method)));
  if (missing.length > 0) return `${place} is a fake without the method ${missing.join(', ')}; give it one`;
  const annotated = annotatedClassCalled(name, methods);
  return annotated === undefined
    ? `${place} is a fake, and no class ${name} with these annotations is loaded; import the class, so that its options and conditions are known`
    : Object.create(annotated);
}

function isCalled(instance: object, name: string): boolean {
  const constructor = classOf(instance);
  return constructor !== undefined && (constructor.name === name || serviceNameOf(constructor) === name);
}

function whatItIs({ name, place }: Omit<Wanted, 'methods'>, instance: object): string {
  const constructor = classOf(instance);
  return constructor === undefined
    ? `${place} is a plain object; give an instance of the class ${name}, or \`fakes: true\` to take it for one in a test`
    : `${place} is a ${constructor.name || 'class without a name'}, whose methods have no annotation of ${name}; give an instance of the class ${name}`;
}

/** Undefined for a plain object. */
function classOf(instance: object): { readonly name: string } | undefined {
  const prototype = Reflect.getPrototypeOf(instance);
  if (prototype === null || prototype === Object.prototype) return undefined;
  const constructor: unknown = Reflect.get(prototype, 'constructor');
  return isFunction(constructor) ? constructor : undefined;
}
