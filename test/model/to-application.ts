// A plan as a real application: wiring, annotations' records and bodies.

import { recordEdge, recordNode, type EdgeRecord } from '../../src/decorators/record.ts';
import { InvalidArgument, RetryableError, TerminalError } from '../../src/errors/onward-error.ts';
import type { EdgeWiring, Given as AllGiven, Graph, NodeWiring, StepContext } from '../../src/wiring/v1.ts';
import { givenText } from './error-text.ts';
import type { Clock } from '../../src/execute/clock.ts';
import {
  nodeName,
  type EdgePlan,
  type ErrorEdge,
  type GraphPlan,
  type NodePlan,
  type SuccessEdge,
  type When,
} from './graph-plan.ts';
import { beginLine, behave, pathThrough, Planned, RETRY_AFTER_MS, tagOf, type Action } from './script.ts';

/** Any of its nodes may be started, signed, or sent a message to. */
export interface ModelNodes {
  readonly [id: string]: {
    readonly kind: 'job';
    readonly message: unknown;
    readonly input: unknown;
    readonly returnValue: unknown;
    readonly marks: { readonly waits: true };
  };
}

/** The class of every message that comes from outside: whatever it is, it is an instance. */
class Anything {
  static [Symbol.hasInstance](): boolean {
    return true;
  }
}

type Given = Pick<AllGiven, 'context' | 'returnValue' | 'error'>;
type Method = (message: unknown, context: StepContext, given: Given) => unknown;
/** Its methods are made from a plan. */
type ModelService = abstract new () => { readonly [method: string]: Method };

export interface Application {
  readonly graph: Graph<ModelNodes, { readonly Model: object }>;
  readonly services: { readonly Model: object };
  /** The bodies that were begun. A redelivery begins one again: it is written down once. */
  readonly begins: Set<string>;
}

/** Whether a body fails for now, by where its message has been: before anything else it does, or behind all of it. */
export type Outage = (path: string) => 'first' | 'last' | undefined;

export function applicationOf(plan: GraphPlan, clock: Clock, outage: Outage = () => undefined): Application {
  const service: ModelService = class Model {
    readonly [method: string]: Method;
  };
  const { prototype } = service;
  const begins = new Set<string>();
  const startedAt = clock.now();
  const nodes: Record<string, NodeWiring> = {};
  for (const [at, node] of plan.nodes.entries()) {
    const name = nodeName(at);
    const value = bodyOf(plan, at, { clock, service, began: (line) => begins.add(line), startedAt, outage });
    Object.defineProperty(prototype, name, { value, configurable: true, writable: true });
    const kind = isJob(plan, at) ? 'job' : 'handler';
    recordNode(prototype, name, kind, { ...optionsOf(node) });
    nodes[`Model.${name}`] = {
      kind,
      message: kind === 'job' || node.waits ? Anything : true,
      ...(node.waits && { waits: true }),
      takes: { context: true, returnValue: true, error: true },
      call: callOf(name),
    };
  }
  const edges = wire(plan, prototype);
  return {
    graph: { contract: 1, graphHash: 'model', nodes, edges },
    services: { Model: Reflect.construct(service, []) },
    begins,
  };
}

function isJob({ start, controls }: GraphPlan, node: number): boolean {
  const added = controls.flatMap((control) => (control.do === 'add' ? [control.signed] : []));
  return node === 0 || [...start.entries, ...added].some((entry) => entry.node === node);
}

function callOf(name: string): NodeWiring['call'] {
  return (service: { readonly [method: string]: Method }, message: unknown, given: Given) =>
    service[name]?.(message, given.context, given);
}

function optionsOf({ retry, timeout, waits, tag, maxRounds, maxPerRun, pace }: NodePlan): object {
  return {
    ...pace,
    ...(waits && { waits }),
    ...(retry.attempts > 1 && { retry: { ...retry, jitter: 0 } }),
    ...(timeout > 0 && { timeout }),
    ...(tag !== null && { tags: [tag] }),
    ...(maxRounds !== null && { maxRounds }),
    ...(maxPerRun !== null && { maxPerRun }),
  };
}

// ── edges ──

function wire(plan: GraphPlan, prototype: object): EdgeWiring[] {
  const decorators = new Map<number, number>();
  const records: (readonly [method: string, record: EdgeRecord])[] = [];
  const wired = plan.edges.flatMap((edge, at) => {
    const decorator = decorators.get(edge.to) ?? 0;
    decorators.set(edge.to, decorator + 1);
    const [record, wirings] = edge.on === 'join' ? joinOf(edge, at) : edgeOf(edge, at);
    records.push([nodeName(edge.to), record]);
    return wirings.map((wiring) => ({ to: `Model.${nodeName(edge.to)}`, decorator, ...wiring }));
  });
  // Edges are recorded as decorators are applied, from the bottom up.
  for (const [method, record] of records.toReversed()) recordEdge(prototype, method, record);
  return wired;
}

type Part = Omit<EdgeWiring, 'to' | 'decorator'>;

function joinOf(
  { sources, mode, onMissing, cancelRest, bind, critical }: Extract<EdgePlan, { on: 'join' }>,
  at: number,
): [EdgeRecord, Part[]] {
  const named = sources.map((from, source) => [`s${source}`, { method: nodeName(from) }] as const);
  const options = {
    mode,
    onMissing,
    ...(cancelRest && { cancelRest }),
    ...(bind && { bind: { via: at } }),
    ...(!critical && { critical }),
  };
  const parts = sources.map((from, source): Part => {
    return { on: 'join', from: `Model.${nodeName(from)}`, source: `s${source}`, ...(bind && { bind: ['via'] }) };
  });
  return [{ on: 'join', target: null, sources: Object.fromEntries(named), options }, parts];
}

function edgeOf(edge: Exclude<EdgePlan, { on: 'join' }>, at: number): [EdgeRecord, Part[]] {
  const { on, from } = edge;
  const target = from === null ? null : { method: nodeName(from) };
  const part: Part = { on, from: from === null ? '*' : `Model.${nodeName(from)}` };
  if (on !== 'success' && on !== 'error') return [{ on, target, options: { critical: edge.critical } }, [part]];
  const options = { critical: edge.critical, ...(edge.after > 0 && { after: edge.after }) };
  const chosen = choiceOf(edge, at);
  const special = on === 'success' ? itemsOf(edge, at) : recoveryOf(edge);
  return [
    { on, target, options: { ...options, ...chosen.options, ...special.options } },
    [{ ...part, ...chosen.part, ...special.part }],
  ];
}

interface Half {
  readonly options: EdgeRecord['options'];
  readonly part: Partial<EdgeWiring>;
}

function choiceOf({ when, otherwise }: SuccessEdge | ErrorEdge, at: number): Half {
  if (when !== null) return { options: { when: predicateOf(when, at) }, part: { when: 'predicate' } };
  return otherwise ? { options: { otherwise }, part: { otherwise } } : { options: {}, part: {} };
}

function recoveryOf({ recover }: ErrorEdge): Half {
  return recover ? { options: { recover }, part: { recover } } : { options: {}, part: {} };
}

function itemsOf({ each, bind }: SuccessEdge, at: number): Half {
  const bound: Half = bind
    ? { options: { bind: () => ({ via: at }) }, part: { bind: 'function' } }
    : { options: {}, part: {} };
  if (each === null) return bound;
  const { concurrency, stopAfterFailures } = each;
  const options = { each: true, concurrency, ...(stopAfterFailures !== null && { stopAfterFailures }) };
  return { options: { ...bound.options, ...options }, part: { ...bound.part, each: true } };
}

function predicateOf(when: When, at: number): (value: unknown) => boolean {
  return (value) => {
    if ('throws' in when) throw new Error(`when ${at}`);
    return tagOf(value) === when.is;
  };
}

// ── bodies ──

interface Surroundings {
  readonly clock: Clock;
  readonly service: ModelService;
  readonly startedAt: number;
  readonly began: (line: string) => void;
  readonly outage: Outage;
}

function bodyOf(plan: GraphPlan, node: number, { clock, service, startedAt, began, outage }: Surroundings) {
  const obeys = plan.nodes[node]?.obeys === true;
  return async (message: unknown, context: StepContext, { returnValue, error }: Given): Promise<unknown> => {
    const { previous, step } = context;
    const { attempt, parent } = step;
    const isFlow = parent === null;
    const at = clock.now() - startedAt;
    const given = givenText(returnValue, error);
    began(beginLine({ at, node, path: pathThrough(message, node), attempt, given, previous }));
    const script = behave(plan, node, message, { attempt, isFlow });
    const down = outage(pathThrough(message, node));
    if (down === 'first') throw new Error('down');
    try {
      let next = script.next();
      while (next.done !== true) {
        const failure = await perform(next.value, context, { clock, service, obeys });
        next = failure === undefined ? script.next() : script.throw(failure.error);
      }
      if (down === 'last') throw new Error('down');
      return next.value;
    } catch (error) {
      throw errorOf(error);
    }
  };
}

interface Means {
  readonly clock: Clock;
  readonly service: ModelService;
  readonly obeys: boolean;
}

/** Does what a script asks for; what a child failed with is given back. */
async function perform(
  action: Action,
  context: StepContext,
  { clock, service, obeys }: Means,
): Promise<{ error: unknown } | undefined> {
  if (action.type === 'wait') return waitFor(action.ms, context.signal, { clock, obeys });
  if (action.type === 'add') context.state.add('total', action.amount);
  else if (action.type === 'exit') context.exit(action.value);
  else {
    const { node, message } = action;
    const method = nodeName(node);
    try {
      if (action.type === 'call') await context.call(service, method, message);
      else
        await context.spawn(service, method, message, {
          detached: action.detached,
          ...(action.delay > 0 && { delay: action.delay }),
        });
    } catch (error) {
      return { error };
    }
  }
  return undefined;
}

function waitFor(ms: number, signal: AbortSignal, { clock, obeys }: Omit<Means, 'service'>): Promise<undefined> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (obeys && signal.aborted) return stop();
    if (obeys) signal.addEventListener('abort', stop, { once: true });
    clock.after(ms, () => resolve(undefined));
  });
}

function errorOf(thrown: unknown): unknown {
  if (!(thrown instanceof Planned)) return thrown;
  const { fault, text } = thrown;
  if (fault === 'terminal') return new TerminalError(text);
  if (fault === 'argument') return text.length % 2 === 0 ? new RangeError(text) : new InvalidArgument(text);
  if (fault === 'after') return new RetryableError(text, { retryAfterMs: RETRY_AFTER_MS });
  return new Error(text);
}
