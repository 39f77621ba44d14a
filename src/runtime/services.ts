// The instances that the user gives for the services, or a sentence about what was given instead.

import { nearestName } from '../errors/nearest-name.ts';
import { OnwardError } from '../errors/onward-error.ts';
import { classNameOf } from '../values/class-of.ts';
import { describeThrown, describeValue } from '../values/describe.ts';
import type { Wiring } from '../wiring/v1.ts';
import { serviceOf } from '../wiring/service-names.ts';
import type { Services } from './wired-node.ts';

/** The options that say where the instances are. */
interface Given {
  readonly services?: unknown;
  readonly resolve?: unknown;
}

/** @throws {OnwardError} ONW3003 naming every service without an instance, and what there is in its place. */
export function servicesOf(wiring: Wiring, given: Given): Services {
  const names = [...new Set(Object.keys(wiring.nodes).map(serviceOf))];
  if (names.length > 0) assertSource(names, given);
  const found = new Map<string, object>();
  const missing = new Map<string, unknown>();
  for (const name of names) {
    const instance = instanceOf(name, given);
    if (isInstance(instance)) found.set(name, instance);
    else missing.set(name, instance);
  }
  if (missing.size === 0) return found;
  const lookup = { names, given, found };
  const text = [...missing].map(([name, value]) => `${name}: ${whatInstead(name, value, lookup)}`).join('\n  ');
  const services = [...missing.keys()];
  throw new OnwardError('ONW3003', `no instance of ${services.join(', ')}\n  ${text}`, { details: { services } });
}

/** A base class with annotations is a service of its own, unless nobody can make one. */
function wayOut(name: string, found: Services): string {
  const below = [...found].find(([, instance]) => isBelow(instance, name));
  return below === undefined
    ? ''
    : `, or, if only classes such as ${below[0]} that extend it are services, declare it \`abstract\` and run \`npx onward generate\``;
}

/** Its class extends one of this name. */
function isBelow(instance: object, name: string): boolean {
  const own = Reflect.getPrototypeOf(instance);
  for (let at = own && Reflect.getPrototypeOf(own); at !== null; at = Reflect.getPrototypeOf(at)) {
    if (classNameOf(at) === name) return true;
  }
  return false;
}

function isInstance(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Promise);
}

/** Without it every service would be missing, and each would be reported. */
function assertSource([first = '', ...others]: readonly string[], given: Given): void {
  const { services, resolve } = given;
  if (resolve !== undefined || (isInstance(services) && !Array.isArray(services))) return;
  const what = Object.hasOwn(given, first) ? 'the instances next to it' : describeValue(services);
  const text = `expected \`services\` to be an object such as { ${first}: new ${first}() }, got ${what}`;
  throw new OnwardError('ONW3003', text, { details: { services: [first, ...others] } });
}

interface Lookup {
  readonly names: readonly string[];
  readonly given: Given;
  /** The instances that there are. */
  readonly found: Services;
}

function whatInstead(name: string, value: unknown, { names, given, found }: Lookup): string {
  const { services, resolve } = given;
  const by = resolve === undefined ? '`services` has' : '`resolve` returned';
  if (value instanceof Promise) return `${by} a promise of it; await it before createRuntime`;
  const what = typeof value === 'function' ? 'a class or a function' : describeValue(value);
  if (value !== undefined) return `${by} ${what}; give an instance`;
  const unused = Object.keys(services ?? {}).filter((key) => !names.includes(key));
  const nearest = nearestName(name, unused);
  return nearest === undefined
    ? `${by} none; give an instance${wayOut(name, found)}`
    : `${by} none, but \`${nearest}\`; give it under the name ${name}`;
}

function instanceOf(name: string, { services, resolve }: Given): unknown {
  if (typeof resolve !== 'function') return isInstance(services) ? Reflect.get(services, name) : undefined;
  try {
    return Reflect.apply(resolve, undefined, [name]);
  } catch (cause) {
    const text = `\`resolve\` threw for the service ${name}: ${describeThrown(cause)}`;
    throw new OnwardError('ONW3003', text, { cause, details: { service: name } });
  }
}
