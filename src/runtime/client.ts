// A runtime without services, for processes that start, read and control runs, and perform nothing.
//
// CLIENT-1. No service is loaded or created: the wiring imports services as types only, and a process that has them supplies
//     the options of their annotations.
// CLIENT-2. A client decides as such a process does: its graph is the same.

import type { NodeTypes } from '../api/nodes.ts';
import type { Runtime } from '../api/runtime.ts';
import type { Engine } from '../engines/engine.ts';
import { OnwardError } from '../errors/onward-error.ts';
import { NO_BODY, NO_MARKS, type Body } from '../execute/application.ts';
import { compiledGraph, readDescribedGraph, type DescribedGraph } from '../execute/described-graph.ts';
import { assertNone, isObject, problemsOf, RUNTIME_OPTIONS, type OptionTable } from '../values/option-rules.ts';
import type { Graph, Wiring } from '../wiring/v1.ts';
import { makeRuntime, type Making } from './runtime.ts';
import { assertWiring, type CommonOptions } from './runtime-options.ts';
import { serviceOf } from '../wiring/service-names.ts';
import { wiredGraph } from './wired-node.ts';

/** Methods that need services. */
type OfServices = 'work' | 'schedule' | 'openSchedules';

/** A runtime that performs nothing: it starts, reads and controls runs that other processes perform. */
export type Client<Nodes extends NodeTypes<Nodes>> = Omit<Runtime<Nodes>, OfServices>;

/** The type of the client of a graph: `constructor(private readonly onward: ClientOf<typeof graph>)`. */
export type ClientOf<G> =
  G extends Graph<infer Nodes, infer _Services> ? (Nodes extends NodeTypes<Nodes> ? Client<Nodes> : never) : never;

/** The options of `createRuntime` that need no services. Only `engine` is required. */
export interface ClientOptions extends Omit<CommonOptions, 'engine' | 'fakes' | 'maxStarted'> {
  /** The same engine as that of the workers, such as `bullmqEngine({ connection })` with their `queue` and `prefix`. */
  readonly engine: Engine;
}

const { engine, messages, classes, cancelGraceMs, observers, clock, log } = RUNTIME_OPTIONS;
const CLIENT_OPTIONS: OptionTable = { engine, messages, classes, cancelGraceMs, observers, clock, log };

/**
 * Creates a client: a runtime that loads the generated graph and the classes of messages, and no services. Resolves once
 * Redis has answered. It keeps its process alive until `close`.
 *
 * @throws {OnwardError} ONW3001 if `graph` is not a wiring; ONW1302 if it has another contract; ONW3004 with every option
 *   that is wrong, and for an engine whose runs belong to one process; ONW4013 if no process with the services has opened
 *   the store with this graph; ONW4010 if Redis does not answer in time.
 */
export async function createClient<Nodes extends NodeTypes<Nodes>, Services>(
  graph: Graph<Nodes, Services>,
  options: ClientOptions,
): Promise<Client<Nodes>> {
  assertWiring(graph);
  const given: unknown = options;
  const problems = problemsOf(given, CLIENT_OPTIONS);
  if (!isObject(given) || given['engine'] === undefined)
    problems.push(
      'expected `engine` to be that of the processes with the services, such as bullmqEngine({ connection })',
    );
  assertNone(problems, 'the options of createClient are not valid');
  if (options.engine.capabilities?.processes !== 'many') {
    const text =
      'the runs of this engine belong to one process, and a client would never see them; use bullmqEngine, or have the process that has them answer for them';
    throw new OnwardError('ONW3004', text);
  }
  const text = await options.engine.describedGraph?.(graph.graphHash);
  if (text === undefined) throw notDescribed(graph);
  return clientOf<Nodes>(graph, options, readDescribedGraph(text));
}

/** Creates a client from the description of its graph. */
export function clientOf<Nodes extends NodeTypes<Nodes>>(
  wiring: Wiring,
  options: ClientOptions,
  described: DescribedGraph,
): Runtime<Nodes> {
  const runtime = makeRuntime<Nodes>(wiring, { ...options, services: {} }, ofDescription(described));
  return Object.assign(runtime, {
    work: () => refuse('work'),
    schedule: () => refuse('schedule'),
    openSchedules: () => refuse('openSchedules'),
  });
}

/** CLIENT-2. */
function ofDescription(described: DescribedGraph): Making {
  return (wiring, _options, parts) => {
    const graph = compiledGraph(described);
    // CLIENT-1. An object without annotations stands in for each service.
    const services = new Map(Object.keys(wiring.nodes).map((id) => [serviceOf(id), {}]));
    const exposed = new Set(described.exposed);
    const wired = [...wiredGraph(wiring, services).nodes].map(
      ([id, node]) => [id, exposed.has(id) ? { ...node, options: { expose: true } } : node] as const,
    );
    const bodies = graph.nodes.map(({ name }) => bodyOf(wiring, name, exposed.has(name)));
    const app = { graph, bodies, routes: [], wiring, ...parts, isClient: true as const, nodeFor: () => undefined };
    return { nodes: new Map(wired), app };
  };
}

/** The body of a node that is never called here. */
function bodyOf({ nodes }: Wiring, name: string, exposed: boolean): Body {
  const { message, takes, field, fieldClass, errorField } = nodes[name] ?? {};
  return { ...NO_BODY, message, takes, exposed, marks: { ...NO_MARKS, field, fieldClass, errorField } };
}

function notDescribed({ graphHash }: Wiring): OnwardError {
  const text = `no process that has the services has opened the store with this graph (${graphHash}); start a worker of this version first, with the same \`queue\` and \`prefix\`: a client learns from it what the annotations say`;
  return new OnwardError('ONW4013', text, { details: { graphHash } });
}

async function refuse(method: string): Promise<never> {
  const text = `a client has no services, so it cannot \`${method}\`; do that in the process that has them, with createRuntime`;
  throw new OnwardError('ONW3003', text);
}
