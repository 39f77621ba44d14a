// The node of a method of a class, as a body names the child it starts.

import type { Wiring } from '../wiring/v1.ts';
import { isFunction, isOptions } from './options.ts';
import { methodIn, type Services } from './wired-method.ts';

/** Finds the node of a class and a method. Of several instances the nearest: of the class itself, then of a subclass. */
export function nodeFinder(
  wiring: Wiring,
  services: Services,
): (service: unknown, method: string) => string | undefined {
  const idOf = new Map<string, string>();
  for (const id of Object.keys(wiring.nodes)) {
    const { service, method } = methodIn(wiring, id);
    idOf.set(`${service}.${method}`, id);
  }
  const nodesOf = new WeakMap<object, Map<string, string | undefined>>();
  return (service, method) => {
    // An arrow function is no class: nothing can be an instance of it.
    if (!isFunction(service) || !isOptions(service.prototype)) return undefined;
    const known = nodesOf.get(service) ?? new Map<string, string | undefined>();
    nodesOf.set(service, known);
    if (!known.has(method)) known.set(method, find(service, method));
    return known.get(method);
  };

  function find(service: (...args: unknown[]) => unknown, method: string): string | undefined {
    const candidates = [...services]
      .filter(([, instance]) => instance instanceof service)
      .map(([name, instance]) => ({ id: idOf.get(`${name}.${method}`), away: distanceTo(service, instance) }))
      .filter(({ id }) => id !== undefined);
    return candidates.toSorted((a, b) => a.away - b.away)[0]?.id;
  }
}

/** How many classes lie between an instance and a class it is of. */
function distanceTo(service: (...args: unknown[]) => unknown, instance: object): number {
  let distance = 0;
  let at: object | null = Object.getPrototypeOf(instance);
  for (; at !== null && at !== service.prototype; at = Object.getPrototypeOf(at)) distance++;
  return distance;
}
