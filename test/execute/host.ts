// Performs one attempt by itself: a graph of a few nodes, and a host that writes down what it is told.

import { compileGraph } from '../../src/graph/compile.ts';
import { NO_MARKS, type Application, type Body } from '../../src/execute/application.ts';
import type { Attempt, Called, Host, Notice } from '../../src/execute/attempt.ts';
import type { Underway } from '../../src/run/step.ts';
import type { Condition } from '../../src/execute/condition.ts';
import type { ChildStart, Effects, Failure } from '../../src/run/event.ts';
import type { Routing } from '../../src/run/step-data.ts';
import { NO_STATE, type SharedState } from '../../src/run/shared-state.ts';
import { virtualClock, type VirtualClock } from '../../src/testing/virtual-clock.ts';
import type { RunReport } from '../../src/wiring/run-report.ts';
import type { Spawned, StepContext } from '../../src/wiring/context.ts';

export class Shop {}

export type Method = (context: StepContext) => unknown;

/** `Shop.sell` is the method; `Shop.pack` is what it may start. */
export function shopOf(method: Method, options: Partial<Body> = {}): Application {
  const graph = compileGraph({ nodes: [{ name: 'Shop.sell' }, { name: 'Shop.pack' }], edges: [] });
  const plain = {
    service: new Shop(),
    message: undefined,
    takes: undefined,
    timeoutMs: 0,
    retryWhen: undefined,
    exposed: false,
    marks: NO_MARKS,
  };
  const sell: Body = {
    ...plain,
    takes: { context: true },
    call: (_service, _message, given) => method(contextIn(given)),
    ...options,
  };
  const pack: Body = { ...plain, message: true, call: () => undefined };
  const nodeFor = (service: unknown, name: string): string | undefined =>
    service === Shop && name === 'pack' ? 'Shop.pack' : undefined;
  return {
    graph,
    bodies: [sell, pack],
    routes: [],
    wiring: { contract: 1, graphHash: 'test', nodes: {}, edges: [] },
    addedClasses: undefined,
    parser: undefined,
    log: () => undefined,
    nodeFor,
  };
}

function contextIn(given: unknown): StepContext {
  if (typeof given === 'object' && given !== null && 'context' in given) return given.context as StepContext;
  throw new RangeError('the body was given no context');
}

export function attemptOf(app: Application): Attempt {
  const node = app.graph.nodeOf.get('Shop.sell');
  if (node === undefined) throw new RangeError('there is no Shop.sell');
  const run = { id: 'r1', tags: [] };
  const from = {
    via: null,
    targetMessage: undefined,
    targetValue: undefined,
    item: -1,
    message: undefined,
    isPrepared: false,
  };
  return { run, node, attempt: 1, round: 1, key: 'r1~Shop.sell.1', owner: null, ...from, ...NOTHING };
}

const NOTHING = { previous: null, isAsked: false, sent: null, dueAt: 0 };

/** What the host was told, in order. */
export class WritingHost implements Host<Attempt> {
  readonly clock: VirtualClock = virtualClock();
  readonly calls: string[] = [];
  readonly failures: unknown[] = [];
  effects: Effects | null = null;
  snapshot: SharedState = NO_STATE;
  #isOver = false;

  isWanted(): boolean {
    return !this.#isOver;
  }

  isAround(): boolean {
    return false;
  }

  around(_at: Attempt, _message: unknown, body: () => unknown): unknown {
    return body();
  }

  began(_at: Attempt, _work: Underway): void {}

  condition(): Condition {
    return { condition: undefined, scope: undefined, previous: undefined };
  }

  unmet(): void {
    this.calls.push('unmet');
  }

  proceed(): void {
    return undefined;
  }

  prepared(): void {
    this.calls.push('prepared');
  }

  completed(
    _at: Attempt,
    _attempt: number,
    _message: unknown,
    _value: unknown,
    _facts: Routing,
    effects: Effects | null,
  ): void {
    this.#isOver = true;
    this.effects = effects;
    this.calls.push('completed');
  }

  failed(_at: Attempt, _attempt: number, _message: unknown, error: unknown, _failure: Failure): void {
    this.#isOver = true;
    this.failures.push(error);
    this.calls.push(`failed: ${error instanceof Error ? error.message : String(error)}`);
  }

  routed(): void {
    this.calls.push('routed');
  }

  async spawn(at: Attempt, _attempt: number, start: ChildStart): Promise<Spawned> {
    this.calls.push(`spawned ${start.node}`);
    return { runId: at.run.id, key: start.call };
  }

  async call(_at: Attempt, _attempt: number, start: ChildStart): Promise<Called> {
    this.calls.push(`called ${start.node}`);
    return { ended: Promise.resolve('packed') };
  }

  state(): SharedState {
    return this.snapshot;
  }

  notify(_at: Attempt, _attempt: number, notice: Notice): void {
    this.calls.push(notice.type === 'custom' ? `custom ${notice.name}` : `progress ${notice.done}`);
  }

  report(): RunReport {
    throw new RangeError('nobody asks for a report here');
  }
}
