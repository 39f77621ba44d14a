// The instances of a graph's services, out of the container, by the names of the services.
//
// NEST-SERVICES-1. A service goes by the class that it is provided under, by the class of the instance, or by what
//     `@Service` says of either: what a test puts in its place keeps the token and changes the rest.
// NEST-SERVICES-2. Runs outlive requests, so a service is a singleton, with all that it depends on.
// NEST-SERVICES-3. Everything that is missing, ambiguous or of a shorter life is reported at once.

import { Scope, type InjectionToken } from '@nestjs/common';
import type { DiscoveryService } from '@nestjs/core';
import { serviceNameOf } from '../decorators/record.ts';
import { OnwardError } from '../errors/onward-error.ts';
import { didYouMean } from '../errors/nearest-name.ts';
import { serviceOf } from '../wiring/service-names.ts';
import { isFunction } from '../values/option-rules.ts';
import type { Wiring } from '../wiring/v1.ts';

type Provider = ReturnType<DiscoveryService['getProviders']>[number];

/** Where services are, if they cannot be found by their name. */
export type Tokens = Readonly<Record<string, InjectionToken | undefined>>;

/** A graph as the application names it. */
export interface NamedGraph {
  readonly name: string;
  readonly wiring: Wiring;
  readonly tokens: Tokens;
}

export interface FoundServices {
  readonly instances: ReadonlyMap<string, object>;
  /** Whether something else stands under the class of a service, as tests put it there. */
  readonly hasFakes: boolean;
}

/** @throws {OnwardError} ONW3003 with every service of which there is not exactly one singleton. */
export function findServices(discovery: DiscoveryService, { wiring, tokens }: NamedGraph): FoundServices {
  const providers = [...discovery.getProviders(), ...discovery.getControllers()];
  const instances = new Map<string, object>();
  const problems = new Map<string, string>();
  let hasFakes = false;
  for (const name of new Set(Object.keys(wiring.nodes).map(serviceOf))) {
    const found = providersOf(name, providers, tokens[name]);
    const [only] = found;
    const problem = problemOf(name, found, providers);
    if (problem !== undefined || only === undefined) problems.set(name, problem ?? '');
    else {
      instances.set(name, only.instance);
      hasFakes ||= isFake(only);
    }
  }
  if (problems.size === 0) return { instances, hasFakes };
  const services = [...problems.keys()];
  const text = [...problems].map(([name, problem]) => `${name}: ${problem}`).join('\n  ');
  throw new OnwardError('ONW3003', `no instance of ${services.join(', ')}\n  ${text}`, { details: { services } });
}

/** Each instance once: an alias is no second one. */
function providersOf(name: string, providers: readonly Provider[], token: InjectionToken | undefined): Provider[] {
  const fitting = providers.filter((provider) =>
    token === undefined ? namesOf(provider).includes(name) : provider.token === token,
  );
  return fitting.filter(
    (provider, at) =>
      !isSingleton(provider) || fitting.findIndex(({ instance }) => instance === provider.instance) === at,
  );
}

function problemOf(name: string, found: readonly Provider[], all: readonly Provider[]): string | undefined {
  const [first, ...others] = found;
  if (first === undefined) {
    const hint = didYouMean(name, [...new Set(all.flatMap(namesOf))]);
    return `no module provides it; add the class to \`providers\` of one${hint === undefined ? '' : `, or ${hint}`}`;
  }
  if (others.length > 0) {
    const places = found.map((provider) => provider.host?.metatype.name ?? 'a module').join(' and in ');
    return `there are ${found.length}, in ${places}; export it from one module and import that, or say which: services: { ${name}: TOKEN }`;
  }
  if (first.isTransient) return 'its scope is TRANSIENT, each place has its own; leave its `scope` out';
  if (!first.isDependencyTreeStatic()) {
    const why = first.scope === Scope.REQUEST ? '' : throughWhat(first);
    return `its scope is REQUEST${why}, and runs outlive requests; make it a singleton, and give it what it needs of the request in the message or with nestjs-cls`;
  }
  return typeof first.instance === 'object' && first.instance !== null
    ? undefined
    : 'the provided value is not an object; provide an instance';
}

function isSingleton(provider: Provider): boolean {
  return !provider.isTransient && provider.isDependencyTreeStatic();
}

function namesOf({ token, metatype, instance }: Provider): string[] {
  const own: unknown = typeof instance === 'object' && instance !== null ? Reflect.get(instance, 'constructor') : null;
  return [token, metatype, own].filter(isFunction).map((found) => serviceNameOf(found) ?? found.name);
}

/** What of its dependencies belongs to a request. */
function throughWhat(provider: Provider): string {
  const culprit = (provider.getCtorMetadata() ?? []).find((needed) => needed?.isDependencyTreeStatic() === false);
  return culprit === undefined ? '' : ` through ${String(culprit.name)}`;
}

/** `overrideProvider(Billing).useValue({ … })` */
function isFake({ token, instance }: Provider): boolean {
  return isFunction(token) && !(Object(instance) instanceof token);
}
