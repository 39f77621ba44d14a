// Puts the wiring, the annotations' records and the instances together into an application.

import { nodeRecordOf } from '../decorators/record.ts';
import { OnwardError } from '../errors/onward-error.ts';
import { compileGraph, type GraphDescription } from '../graph/compiled.ts';
import type { MessageDoor } from '../message/door.ts';
import type { EdgeWiring, NodeWiring, Wiring } from '../wiring/v1.ts';
import { differencesOf, methodOf, type Services } from './agreement.ts';
import type { Application, Body, Route } from '../perform/application.ts';
import { matcherOf } from './matcher.ts';
import { isFunction, isOptions, retryPolicyOf, retryWhenOf, timeoutOf, type Problems } from './node-options.ts';

/**
 * @throws {OnwardError} ONW3002 if the wiring does not agree with the annotations, ONW3004 if options make no sense.
 */
export function assemble(wiring: Wiring, services: Services, door: MessageDoor | undefined): Application {
  const differences = differencesOf(wiring, services);
  if (differences.length > 0) {
    const text = `the wiring is stale, run \`npx onward generate\`:\n  ${differences.join('\n  ')}`;
    throw new OnwardError('ONW3002', text, { details: { differences } });
  }
  const problems: Problems = [];
  const graph = compileGraph(describe(wiring, services, problems));
  const routes = new Map<EdgeWiring, Route>(wiring.edges.map((edge) => [edge, routeFor(edge, wiring, services)]));
  const outgoing = groupBy(wiring.edges, ({ from }) => from);
  const bodies = graph.nodes.map(({ name }) => {
    const edges = outgoing.get(name) ?? [];
    const on = (moment: EdgeWiring['on']): Route[] =>
      edges.filter((edge) => edge.on === moment).map((edge) => routes.get(edge) ?? NO_ROUTE);
    return { ...bodyFor(name, wiring, services, problems), success: on('success'), error: on('error') };
  });
  if (problems.length > 0) {
    throw new OnwardError('ONW3004', `options of annotations make no sense:\n  ${problems.join('\n  ')}`, {
      details: { problems },
    });
  }
  return { graph, bodies, routes: wiring.edges.map((edge) => routes.get(edge) ?? NO_ROUTE), door };
}

const NO_ROUTE: Route = {
  matches: undefined,
  otherwise: false,
  bind: undefined,
  field: undefined,
  fieldClass: undefined,
};

function describe(wiring: Wiring, services: Services, problems: Problems): GraphDescription {
  return {
    hash: wiring.graphHash,
    nodes: Object.keys(wiring.nodes).map((name) => ({
      name,
      retry: retryPolicyOf(optionsOf(name, wiring, services), name, problems),
    })),
    edges: wiring.edges.map(({ from, to, on, when, otherwise }) => ({
      from,
      to,
      moment: on,
      conditional: when !== undefined,
      otherwise: otherwise === true,
    })),
  };
}

function optionsOf(id: string, wiring: Wiring, services: Services): Readonly<Record<string, unknown>> {
  const { service, method } = methodOf(id, wiring.nodes[id]?.method);
  const instance = services.get(service);
  return (instance === undefined ? undefined : nodeRecordOf(instance, method)?.options) ?? {};
}

function bodyFor(id: string, wiring: Wiring, services: Services, problems: Problems): Omit<Body, 'success' | 'error'> {
  const node = wiring.nodes[id];
  const service = services.get(methodOf(id, undefined).service);
  if (node === undefined || service === undefined)
    throw new OnwardError('ONW3003', `${id} has no instance of its service`);
  const options = optionsOf(id, wiring, services);
  return {
    service,
    call: callOf(node),
    message: node.message,
    takes: node.takes,
    timeoutMs: timeoutOf(options, id, problems),
    retryWhen: retryWhenOf(options, id, problems),
  };
}

/** The wiring's calls take the types of the user; the runtime hands them what it has built for them. */
function callOf(node: NodeWiring): Body['call'] {
  return node.call as Body['call'];
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}

function routeFor(edge: EdgeWiring, wiring: Wiring, services: Services): Route {
  const { service, method } = methodOf(edge.to, wiring.nodes[edge.to]?.method);
  const instance = services.get(service);
  const record = instance === undefined ? undefined : nodeRecordOf(instance, method)?.edges[edge.decorator];
  const { when, bind } = record?.options ?? {};
  return {
    matches: edge.when === undefined ? undefined : matcherOf(when, edge.on, edge.when),
    otherwise: edge.otherwise === true,
    bind: isFunction(bind) || isOptions(bind) ? bind : undefined,
    field: edge.field,
    fieldClass: edge.fieldClass,
  };
}
