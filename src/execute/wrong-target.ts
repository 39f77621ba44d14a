// Errors for a start, a signature or a call whose target is not a node, or takes no message.

import { didYouMean } from '../errors/nearest-name.ts';
import { OnwardError } from '../errors/onward-error.ts';
import { describeValue, printable } from '../values/describe.ts';

/**
 * ONW3004, for a node that takes no message.
 *
 * @param instead the call without a message, with options; undefined where no options come after the message.
 */
export function takesNoMessage(node: string, got: unknown, instead?: string): OnwardError {
  const next = instead === undefined ? '' : `; options come after it: ${instead}`;
  const text = `${printable(node)} takes no message, got ${describeValue(got)}; leave it out${next}`;
  return new OnwardError('ONW3004', text, { details: { node } });
}

/** ONW3005, for a method that is not a node. */
export function noSuchNode(service: unknown, method: unknown, verb: string): OnwardError {
  const name = typeof service === 'function' ? service.name : describeValue(service);
  const text = whyNot(service, method, verb);
  return new OnwardError('ONW3005', text, { details: { service: name, method: nameOf(method) } });
}

function whyNot(service: unknown, method: unknown, verb: string): string {
  const usage = `${verb} takes a class and the name of its method`;
  if (typeof service !== 'function') return `${usage}; the class is ${describeValue(service)}`;
  // An arrow function has none.
  if (service.prototype === undefined) return `${usage}; write the class without \`() =>\``;
  const inFull = (each: string): string => `${printable(service.name)}.${printable(each)}`;
  const name = inFull(nameOf(method));
  if (!(nameOf(method) in service.prototype)) {
    const hint = didYouMean(nameOf(method), methodsOf(service.prototype), inFull);
    return `there is no node for ${name}; the class has no such method${hint === undefined ? '' : `; ${hint}`}`;
  }
  return `there is no node for ${name}; annotate the method with @Job or @Handler to ${verb} it`;
}

/** Also those that it inherits. */
function methodsOf(prototype: object): ReadonlySet<string> {
  const found = new Set<string>();
  for (let at: object | null = prototype; at !== null && at !== Object.prototype; at = Reflect.getPrototypeOf(at)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at)))
      if (name !== 'constructor' && typeof value === 'function') found.add(name);
  }
  return found;
}

function nameOf(method: unknown): string {
  return typeof method === 'string' || method === undefined ? String(method) : describeValue(method);
}
