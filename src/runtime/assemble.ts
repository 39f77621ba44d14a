// Puts the wiring, the annotations' records and the instances together into an application.

import { OnwardError } from '../errors/onward-error.ts';
import { compileGraph } from '../graph/compile.ts';
import type { MessageDoor } from '../message/door.ts';
import type { Application, Body } from '../perform/application.ts';
import type { NodeWiring, Wiring } from '../wiring/v1.ts';
import { differencesOf } from './agreement.ts';
import { describeGraph } from './describe-graph.ts';
import { nodeFinder } from './node-for.ts';
import { retryWhenOf, timeoutOf } from './node-options.ts';
import type { Problems } from './options.ts';
import { routesOf } from './routes.ts';
import { methodIn, recordIn, type Services } from './wired-method.ts';

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
  const graph = compileGraph(describeGraph(wiring, services, problems));
  const routes = routesOf(graph, wiring, services);
  const bodies = graph.nodes.map(({ name }) => bodyFor(name, wiring, services, problems));
  if (problems.length > 0) {
    throw new OnwardError('ONW3004', `options of annotations make no sense:\n  ${problems.join('\n  ')}`, {
      details: { problems },
    });
  }
  return { graph, bodies, routes, door, nodeFor: nodeFinder(wiring, services) };
}

function bodyFor(id: string, wiring: Wiring, services: Services, problems: Problems): Body {
  const node = wiring.nodes[id];
  const service = services.get(methodIn(wiring, id).service);
  if (node === undefined || service === undefined)
    throw new OnwardError('ONW3003', `${id} has no instance of its service`);
  const options = recordIn(wiring, id, services)?.options ?? {};
  return {
    service,
    call: callOf(node),
    message: node.message,
    takes: node.takes,
    timeoutMs: timeoutOf(options, id, problems),
    retryWhen: retryWhenOf(options, id, problems),
    marks: { field: node.field, fieldClass: node.fieldClass, errorField: node.errorField },
  };
}

/** The wiring's calls take the types of the user; the runtime hands them what it has built for them. */
function callOf(node: NodeWiring): Body['call'] {
  return node.call as Body['call'];
}
