// A runtime for tests: time that stands still, bodies that are replaced, and faults in chosen nodes.
//
// TEST-RUNTIME-1. Faults and overrides sit between the runtime and the method: annotations, messages, retries and routes
//     are those of the real thing.
// TEST-RUNTIME-2. A body that is slow or never answers waits on the virtual clock.

import type { NodeTypes } from '../api/nodes.ts';
import type { Runtime } from '../api/runtime.ts';
import { didYouMean } from '../errors/nearest-name.ts';
import { OnwardError } from '../errors/onward-error.ts';
import type { Clock } from '../execute/clock.ts';
import { durationMs, type Duration } from '../graph/duration.ts';
import { createRuntime } from '../runtime/runtime.ts';
import { assertOptionsGiven, assertWiring, type RuntimeOptions } from '../runtime/runtime-options.ts';
import { describeValue, quoted } from '../values/describe.ts';
import { assertNone, FAULT_OPTIONS, isFunction, isObject, problemsOf } from '../values/option-rules.ts';
import type { Given, Graph, NodeWiring } from '../wiring/v1.ts';
import { journaledEngine } from './journaled-engine.ts';
import { recorder, type Recorder } from './recorder.ts';
import { virtualClock, type VirtualClock } from './virtual-clock.ts';
import { isRecord } from '../values/json.ts';
import { serviceOf } from '../wiring/service-names.ts';

/** What goes wrong in one node. `'never'`: its body never answers. */
export type Fault = FaultOptions | 'never';

export interface FaultOptions {
  /** The first so many attempts fail, over all runs; the method is not called. @default 0 */
  readonly fail?: number;
  /** What they fail with; only with `fail`. @default an error that names the node */
  readonly error?: unknown;
  /** So much time passes before the method is called. @default 0 */
  readonly slow?: Duration;
}

/** What stands in the place of a method. `given` has what its marks ask for, and the context. */
type Overrides<Nodes extends NodeTypes<Nodes>> = {
  readonly [Id in keyof Nodes]?: (
    message: Nodes[Id]['message'],
    given: Given,
  ) => Nodes[Id]['returnValue'] | Promise<Nodes[Id]['returnValue']>;
};

export type TestRuntimeOptions<Nodes extends NodeTypes<Nodes>, Services> = Omit<
  RuntimeOptions<Services>,
  'clock' | 'services' | 'resolve'
> & {
  readonly services: Services;
  /** Functions in the place of methods, by node. @default none */
  readonly overrides?: Overrides<Nodes>;
  /** By node. @default none */
  readonly faults?: { readonly [Id in keyof Nodes]?: Fault };
  /** @default 'virtual' */
  readonly clock?: 'virtual' | VirtualClock;
  /**
   * Runs go through an engine that keeps records only, and that delivers twice, late and out of order; the same seed does
   * it in the same way. @default the memory engine, without such faults
   */
  readonly seed?: number;
};

export interface TestRuntimeExtras {
  readonly clock: VirtualClock;
  /** Every event of every run. */
  readonly recorder: Recorder;
  /** Lets time pass; a number is milliseconds. @throws {OnwardError} ONW3004 if it is no duration. */
  advance(time: Duration): Promise<void>;
  /** Lets time pass until no timer is left. */
  settle(): Promise<void>;
}

/** Shares of what the engine of a seed does wrong. */
const WRONG = { duplicate: 0.2, lose: 0.2, reorder: true };

/**
 * A runtime whose time moves when the test says so. Failures that nobody asks for are not logged.
 *
 * @throws {OnwardError} ONW3004 with every override and fault that is wrong; as `createRuntime`.
 */
export function createTestRuntime<Nodes extends NodeTypes<Nodes>, Services>(
  graph: Graph<Nodes, Services>,
  options: TestRuntimeOptions<Nodes, Services>,
): Runtime<Nodes> & TestRuntimeExtras {
  assertWiring(graph, 'the first argument of createTestRuntime');
  assertOptionsGiven(options, 'createTestRuntime');
  const { overrides = {}, faults = {}, clock: given = 'virtual', seed, ...others } = options;
  const { engine, log = false, ...rest } = others;
  assertTestOptions(graph, { overrides, faults, clock: given, seed, engine, resolve: fieldOf(rest, 'resolve') });
  const clock = given === 'virtual' ? virtualClock() : given;
  const kept = recorder();
  const nodes = Object.entries(graph.nodes).map(([id, node]) => {
    const change = { override: fieldOf(overrides, id), fault: faultOf(fieldOf(faults, id)) };
    return [id, changed(id, node, change, { clock, services: rest.services })] as const;
  });
  const runtime = createRuntime<Nodes, Services>(
    { ...graph, nodes: Object.fromEntries(nodes) },
    {
      ...rest,
      log,
      ...(engine !== undefined && { engine }),
      ...(seed !== undefined && { engine: journaledEngine({ seed, ...WRONG }) }),
      clock,
    },
  );
  // Ahead of all others: it keeps what they are about to be called with.
  runtime.observe(kept, { priority: Number.MAX_VALUE });
  return Object.assign(runtime, {
    clock,
    recorder: kept,
    advance: async (time: Duration) => clock.advance(msOf(time)),
    settle: () => clock.runAll(),
  });
}

interface Change {
  readonly override: unknown;
  readonly fault: FaultOptions & { readonly never?: boolean };
}

interface Surroundings {
  readonly clock: Clock;
  readonly services: unknown;
}

function changed(id: string, node: NodeWiring, { override, fault }: Change, around: Surroundings): NodeWiring {
  const { fail = 0, error = new Error(`${id} fails, as the test says`), slow = 0, never = false } = fault;
  let left = fail;
  const call = (service: unknown, message: unknown, given: unknown): unknown => {
    const go = (): unknown => Reflect.apply(node.call, undefined, [service, message, given]);
    // The runtime looks with a stand-in at what the wiring hands over.
    if (service !== serviceIn(around.services, serviceOf(id))) return go();
    if (left > 0) {
      left--;
      throw error;
    }
    if (never) return new Promise(() => undefined);
    const body = isFunction(override) ? () => override(message, given) : go;
    return slow === 0 ? body() : pause(around.clock, msOf(slow)).then(body);
  };
  return { ...node, call };
}

/** As the runtime looks for it: it may be inherited, such as a getter of a class. */
function serviceIn(services: unknown, name: string): unknown {
  return isObject(services) ? Reflect.get(services, name) : undefined;
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(ms, resolve));
}

function faultOf(fault: unknown): Change['fault'] {
  if (fault === 'never') return { never: true };
  return isRecord(fault) ? fault : {};
}

function fieldOf(fields: object, name: string): unknown {
  return Object.hasOwn(fields, name) ? Reflect.get(fields, name) : undefined;
}

function msOf(time: Duration): number {
  const ms = durationMs(time);
  if (ms !== undefined) return ms;
  throw new OnwardError('ONW3004', `expected a time, such as '1h' or milliseconds, got ${describeValue(time)}`);
}

interface Checked {
  readonly overrides: unknown;
  readonly faults: unknown;
  readonly clock: unknown;
  readonly seed: unknown;
  readonly engine: unknown;
  readonly resolve: unknown;
}

function assertTestOptions(graph: { readonly nodes: object }, checked: Checked): void {
  const { overrides, faults, clock, seed, engine, resolve } = checked;
  const known = Object.keys(graph.nodes);
  const problems = [
    ...(resolve === undefined ? [] : ['expected `services` in the place of `resolve`: their methods are replaced']),
    ...(seed === undefined || engine === undefined
      ? []
      : ['expected either `seed` or `engine`, not both: a seed brings an engine of its own']),
    ...(clock === 'virtual' || isObject(clock) ? [] : [`expected \`clock\` to be 'virtual' or a virtual clock`]),
    ...(seed === undefined || typeof seed === 'number' ? [] : ['expected `seed` to be a number']),
    ...byNode('overrides', overrides, known, (id, override) =>
      isFunction(override) ? [] : [`expected \`overrides\` of ${id} to be a function`],
    ),
    ...byNode('faults', faults, known, (id, fault) => (fault === 'never' ? [] : problemsOfFault(id, fault))),
  ];
  assertNone(problems, 'the options of createTestRuntime are not valid');
}

/** Problems of an option that has something for each of some nodes. */
function byNode(
  option: string,
  given: unknown,
  known: readonly string[],
  problemsAt: (id: string, value: unknown) => string[],
): string[] {
  if (!isRecord(given))
    return [`expected \`${option}\` to be an object by the ids of nodes, got ${describeValue(given)}`];
  const strangers = Object.keys(given).filter((id) => !known.includes(id));
  return [
    ...strangers.map((id) => {
      const hint = didYouMean(id, known);
      return `\`${option}\` names ${quoted(id)}, which is no node${hint === undefined ? '' : `; ${hint}`}`;
    }),
    ...Object.entries(given).flatMap(([id, value]) => (value === undefined ? [] : problemsAt(id, value))),
  ];
}

function problemsOfFault(id: string, fault: unknown): string[] {
  const problems = problemsOf(fault, FAULT_OPTIONS, `faults of ${id}`);
  if (isRecord(fault) && fault['error'] !== undefined && fault['fail'] === undefined)
    problems.push(`faults of ${id}: expected \`fail\` beside \`error\`: how many attempts fail with it`);
  return problems;
}
