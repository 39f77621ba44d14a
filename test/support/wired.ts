// Wires annotated classes for tests, as the generator would: the graph is what the annotations on the instances say.
//
// W1. What annotations cannot say at run time, the types of the parameters, is given by the test.

import {
  createRuntime,
  memoryEngine,
  type Engine,
  type RunHandle,
  type RunReport,
  type Runtime,
  type RuntimeOptions,
  type StartOptions,
} from 'onward';
import { journaledEngine, virtualClock, type VirtualClock } from 'onward/testing';
import {
  defineGraph,
  type EdgeOn,
  type EdgeWiring,
  type Graph,
  type MessageClass,
  type NodeMarks,
  type NodeWiring,
} from 'onward/wiring/v1';
import {
  markedFieldsOf,
  nodeRecordOf,
  parameterMarksOf,
  type EdgeRecord,
  type Mark,
  type TargetRecord,
} from '../../src/decorators/record.ts';

/** A message class, a type only the compiler knows, or the context. A marked parameter's mark is read from the annotation. */
export type Parameter = MessageClass | 'any' | 'context';
/** Parameters of methods by node; a method that is left out takes `'any'` for each of them. */
export type Parameters = Readonly<Record<string, readonly Parameter[]>>;
export type Services = Readonly<Record<string, object>>;

export interface AnyNodes {
  readonly [id: string]: {
    readonly kind: 'job';
    readonly message: unknown;
    readonly input: unknown;
    readonly returnValue: unknown;
    readonly marks?: NodeMarks;
  };
}

/** Every rule holds on each of them. */
export const ENGINES = [
  { engine: 'memory', open: (): Engine => memoryEngine() },
  { engine: 'journaled', open: (): Engine => journaledEngine() },
] as const;

/** The graph of annotated instances, with its nodes and edges in the order of the source. */
export function wire(services: Services, parameters: Parameters = {}): Graph<AnyNodes, Services> {
  const nodes: Record<string, NodeWiring> = {};
  const edges: EdgeWiring[] = [];
  for (const [service, instance] of Object.entries(services)) {
    for (const method of Object.getOwnPropertyNames(Object.getPrototypeOf(instance))) {
      const record = nodeRecordOf(instance, method);
      if (record === undefined) continue;
      const id = `${service}.${method}`;
      const slots = slotsOf(instance, method, parameters[id]);
      const waits = record.options?.['waits'] === true;
      // The message of a node that waits comes from outside: no edge fills it.
      const message = waits ? undefined : slots.find(({ fills }) => fills === 'own')?.as;
      nodes[id] = {
        ...nodeOf(record.kind ?? 'handler', method, slots),
        ...nodeFieldsOf(message),
        ...(waits && { waits }),
        ...(record.schedules.length > 0 && { schedules: record.schedules.map(({ pattern }) => pattern) }),
      };
      for (const [decorator, edge] of record.edges.entries()) {
        for (const [source, target] of targetsOf(edge)) {
          const from = target === null ? '*' : `${serviceOf(target, service, services)}.${target.method}`;
          edges.push({ ...edgeOf(edge, message), ...(source !== undefined && { source }), from, to: id, decorator });
        }
      }
    }
  }
  return defineGraph<AnyNodes, Services>({ contract: 1, graphHash: 'test', nodes, edges });
}

interface Slot {
  readonly as: Parameter;
  readonly fills: 'own' | 'context' | Mark;
}

function slotsOf(instance: object, method: string, given: readonly Parameter[] | undefined): Slot[] {
  const { marks } = parameterMarksOf(instance, method);
  const body: unknown = Reflect.get(instance, method);
  const count = typeof body === 'function' ? body.length : 0;
  return (given ?? Array.from({ length: count }, () => 'any' as const)).map((as, at) => ({
    as,
    fills: as === 'context' ? 'context' : (marks.get(at) ?? 'own'),
  }));
}

function nodeOf(kind: 'job' | 'handler', method: string, slots: readonly Slot[]): NodeWiring {
  const own = slots.find(({ fills }) => fills === 'own');
  const takes = Object.fromEntries(
    slots
      .filter(({ fills }) => fills !== 'own')
      .map(({ as, fills }) => [fills, fills === 'context' || fills === 'error' ? true : checked(as)]),
  );
  return {
    kind,
    ...(own !== undefined && { message: checked(own.as) }),
    ...(Object.keys(takes).length > 0 && { takes }),
    call: (
      service: Record<string, (...args: unknown[]) => unknown>,
      message: unknown,
      given: Record<string, unknown>,
    ) => service[method]?.(...slots.map(({ fills }) => (fills === 'own' ? message : given[fills]))),
  };
}

/** The marked fields of a node's message, whichever edges lead to it. */
function nodeFieldsOf(message: Parameter | undefined): Pick<NodeWiring, 'field' | 'errorField'> {
  const marks = marksOf(message);
  const field = marks.find(([, is]) => is === 'returnValue')?.[0];
  const errorField = marks.find(([, is]) => is === 'error')?.[0];
  return { ...(field !== undefined && { field }), ...(errorField !== undefined && { errorField }) };
}

function marksOf(message: Parameter | undefined): (readonly [field: string, mark: Mark])[] {
  return typeof message === 'function' ? [...markedFieldsOf(message)] : [];
}

function checked(as: Parameter): MessageClass | true {
  return typeof as === 'string' ? true : as;
}

function edgeOf(
  { on, options }: EdgeRecord,
  message: Parameter | undefined,
): Pick<EdgeWiring, 'on'> & Partial<EdgeWiring> {
  const { when, otherwise, bind, each, recover } = options;
  const marks = marksOf(message);
  const field = marks.find(([, is]) => on !== 'end' || is === 'returnValue')?.[0];
  const errorField = on === 'end' ? marks.find(([, is]) => is === 'error')?.[0] : undefined;
  return {
    on,
    ...(when !== undefined && { when: formOf(when, on) }),
    ...(otherwise === true && { otherwise: true as const }),
    ...(each === true && { each: true as const }),
    ...(recover === true && { recover: true as const }),
    ...(typeof bind === 'object' && bind !== null && { bind: Object.keys(bind) }),
    ...(typeof bind === 'function' && { bind: 'function' as const }),
    ...(field !== undefined && { field }),
    ...(errorField !== undefined && { errorField }),
  };
}

function formOf(when: unknown, on: EdgeOn): 'value' | 'pattern' | 'predicate' | 'class' {
  if (on === 'error' && (Array.isArray(when) || isErrorClass(when))) return 'class';
  if (typeof when === 'function') return 'predicate';
  return typeof when === 'object' ? 'pattern' : 'value';
}

function isErrorClass(when: unknown): boolean {
  return typeof when === 'function' && (when === Error || when.prototype instanceof Error);
}

/** What an annotation watches: one node or run, or the sources of a join by their fields. */
function targetsOf({
  target,
  sources,
}: EdgeRecord): (readonly [source: string | undefined, target: TargetRecord | null])[] {
  return sources === undefined ? [[undefined, target]] : Object.entries(sources);
}

function serviceOf(record: TargetRecord, own: string, services: Services): string {
  const target = record.service?.();
  if (typeof target !== 'function') return own;
  return Object.entries(services).find(([, instance]) => instance instanceof target)?.[0] ?? own;
}

/** A runtime of annotated instances on a clock that stands still. */
export interface Wired {
  readonly runtime: Runtime<AnyNodes>;
  readonly clock: VirtualClock;
  start(job: string, message?: unknown, options?: StartOptions): Promise<RunHandle>;
  /** Starts a run and lets time pass until it is over. */
  report(job: string, message?: unknown, options?: StartOptions): Promise<RunReport>;
}

/** @param options of the runtime, apart from what is said already. Failures that nobody asks for are not logged. */
export function wired(
  engine: Engine,
  services: Services,
  parameters: Parameters = {},
  options: Partial<Pick<RuntimeOptions<Services>, 'classes' | 'log' | 'messages'>> = {},
): Wired {
  const clock = virtualClock();
  const runtime = createRuntime(wire(services, parameters), { log: false, ...options, services, clock, engine });
  const start = (job: string, message?: unknown, options?: StartOptions): Promise<RunHandle> =>
    runtime.start(job, message, options);
  return {
    runtime,
    clock,
    start,
    async report(job, message, options) {
      const run = await start(job, message, options);
      await clock.runAll();
      return run.report();
    },
  };
}

/** The steps in words, in the order in which they were made: `Billing.charge completed 0`. */
export function stepsOf(report: RunReport): string[] {
  return report.steps.map(({ node, status, code }) => `${node} ${status} ${code}`);
}

/** What a promise was rejected with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it was not rejected');
}
