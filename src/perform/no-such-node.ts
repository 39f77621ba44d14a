// What a body named as the node to call or to spawn, where that is none: what it should have been.

import { OnwardError } from '../errors/onward-error.ts';
import { describeValue } from '../message/describe.ts';

/** ONW3005. */
export function noSuchNode(service: unknown, method: unknown, verb: string): OnwardError {
  const name = typeof service === 'function' ? service.name : describeValue(service);
  const text = whyNot(service, method, verb);
  return new OnwardError('ONW3005', text, { details: { service: name, method: String(method) } });
}

function whyNot(service: unknown, method: unknown, verb: string): string {
  const usage = `${verb} takes a class and the name of its method`;
  if (typeof service !== 'function') return `${usage}; the class is ${describeValue(service)}`;
  // An arrow function has none.
  if (service.prototype === undefined) return `${usage}; write the class without \`() =>\``;
  const name = `${service.name}.${String(method)}`;
  if (!(String(method) in service.prototype)) return `there is no node for ${name}; the class has no such method`;
  return `there is no node for ${name}; annotate the method with @Job or @Handler to ${verb} it`;
}
