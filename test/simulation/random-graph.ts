// Random graphs whose bodies behave the same for the same input and attempt, whatever the schedule.

import { recordEdge, recordNode } from '../../src/decorators/record.ts';
import { seededRandom } from '../../src/testing/random.ts';
import { hashFraction } from '../../src/run/step-key.ts';
import type { EdgeWiring, NodeWiring, StepContext, Wiring } from '../../src/wiring/v1.ts';
import { TerminalError } from '../../src/errors/onward-error.ts';

/** What flows through a random graph: where it has been. */
export interface Trail {
  readonly path: string;
  readonly depth: number;
}

export interface RandomApplication {
  readonly wiring: Wiring;
  readonly services: { readonly Random: object };
  readonly text: string;
}

const DEEPEST = 5;

/** The same seed gives the same graph and the same bodies. */
export function randomApplication(seed: number): RandomApplication {
  const random = seededRandom(seed);
  const size = 3 + Math.floor(random() * 9);
  const service = class Random {};
  const names = Array.from({ length: size }, (_, at) => `n${at}`);
  const nodes: Record<string, NodeWiring> = {};
  for (const [at, name] of names.entries()) {
    Object.defineProperty(service.prototype, name, { value: bodyOf(seed, name), configurable: true, writable: true });
    const options = {
      ...(random() < 0.5 && { retry: { attempts: 1 + Math.floor(random() * 3), delay: Math.floor(random() * 500) } }),
      timeout: 1_000 + Math.floor(random() * 5_000),
    };
    recordNode(service.prototype, name, at === 0 ? 'job' : 'handler', options);
    nodes[`Random.${name}`] = nodeWiring(at === 0 ? 'job' : 'handler', name);
  }
  const edges: EdgeWiring[] = [];
  for (const [at, to] of names.entries()) {
    const count = at === 0 ? (random() < 0.2 ? 1 : 0) : 1 + Math.floor(random() * 1.8);
    for (let decorator = 0; decorator < count; decorator++) {
      // Mostly from an earlier node, so that most nodes are reached; now and then from anywhere: a loop.
      const from = names[Math.floor(random() * (random() < 0.85 ? Math.max(1, at) : size))] ?? to;
      edges.push(randomEdge(service.prototype, from, to, decorator, random, seed));
    }
    restoreOrder(service.prototype, to);
  }
  edges.sort((a, b) => a.from.localeCompare(b.from) || a.to.localeCompare(b.to) || a.decorator - b.decorator);
  const text = edges.map(
    (edge) => `${edge.from} -${edge.on}${edge.when ? '?' : edge.otherwise ? ' else' : ''}-> ${edge.to}`,
  );
  return {
    wiring: { contract: 1, graphHash: `random${seed}`, nodes, edges },
    services: { Random: new service() },
    text: text.join('\n'),
  };
}

function randomEdge(
  prototype: object,
  from: string,
  to: string,
  decorator: number,
  random: () => number,
  seed: number,
): EdgeWiring {
  const on = random() < 0.7 ? 'success' : 'error';
  const kind = random();
  // Every error edge asks: nothing else would end a callback that fails and watches itself.
  const when = kind < 0.6 || on === 'error' ? (value: Trail | Error) => decides(seed, from, to, on, value) : undefined;
  const otherwise = kind > 0.92 && on === 'success';
  const bind = on === 'error' ? ({ message }: { message?: Trail }) => deeper(message, from) : undefined;
  recordEdge(prototype, to, {
    on,
    target: { method: from },
    options: { ...(when && { when }), ...(otherwise && { otherwise }), ...(bind && { bind }) },
  });
  return {
    on,
    from: `Random.${from}`,
    to: `Random.${to}`,
    decorator,
    ...(when && { when: 'predicate' as const }),
    ...(otherwise && { otherwise: true as const }),
    ...(bind && { bind: 'function' as const }),
  };
}

/** Edges are recorded as decorators are applied, from the bottom up; here they were made from the top down. */
function restoreOrder(prototype: object, method: string): void {
  const record = Reflect.getOwnMetadata('onward:node', prototype, method);
  record.edges.reverse();
}

/** An error callback gets the failed node's message; the trail goes on through the node. */
function deeper(message: Trail | undefined, node: string): Trail {
  return { path: `${message?.path ?? ''}!${node}`, depth: (message?.depth ?? 0) + 1 };
}

/** Loops end: no success edge is taken deeper than a limit. Now and then a `when` throws. */
function decides(seed: number, from: string, to: string, on: string, value: Trail | Error): boolean {
  const trail = value instanceof Error ? value.message : value.path;
  if (trail.length > DEEPEST * 4) return false;
  const drawn = (hashFraction(`${seed}${from}${to}${on}${trail}`, 3) + 1) / 2;
  if (drawn > 0.96) throw new Error(`when of ${trail}`);
  return drawn < 0.65;
}

function nodeWiring(kind: 'job' | 'handler', name: string): NodeWiring {
  return {
    kind,
    message: true,
    takes: { context: true },
    call: (
      service: Record<string, (message: unknown, context: StepContext) => unknown>,
      message: unknown,
      given: { context: StepContext },
    ) => service[name]?.(message, given.context),
  };
}

/** One in four attempts fails in some way; the trail alone decides how. */
function bodyOf(seed: number, name: string) {
  return (message: Trail | undefined, context: StepContext): unknown => {
    const path = `${message?.path ?? ''}.${name}`;
    const depth = (message?.depth ?? 0) + 1;
    const drawn = (hashFraction(`${seed}${path}`, context.step.attempt) + 1) / 2;
    if (depth > DEEPEST || path.length > DEEPEST * 8) throw new TerminalError(`${path} is too deep`);
    if (drawn < 0.05) throw new Error(path);
    if (drawn < 0.1) return Promise.reject(new Error(path));
    if (drawn < 0.12) return Promise.reject(new TerminalError(path));
    if (drawn < 0.14) return new Promise(() => {});
    if (drawn < 0.16) throw new RangeError(path);
    if (drawn < 0.18) throw path;
    const value = { path, depth };
    return drawn < 0.6 ? value : Promise.resolve(value);
  };
}
