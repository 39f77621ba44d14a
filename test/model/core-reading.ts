// What whoever performs attempts makes of a plan on the core: messages, what marks are given, and verdicts of edges.

import type { GraphNode } from '../../src/graph/graph.ts';
import { ALL_ROUTES, type Routing } from '../../src/run/step-data.ts';
import { isOverlay } from '../../src/run/overlay.ts';
import type { Step } from '../../src/run/step.ts';
import { choose } from './choice.ts';
import { boundIn } from './core-start.ts';
import { givenText } from './error-text.ts';
import { edgeNames, type EdgePlan, type GraphPlan } from './graph-plan.ts';
import { withBound } from './start-plan.ts';

export class Reading {
  readonly #plan: GraphPlan;
  readonly #planEdges = new Map<string, EdgePlan>(); // by id

  constructor(plan: GraphPlan) {
    this.#plan = plan;
    for (const [at, name] of edgeNames(plan).entries()) {
      const edge = plan.edges[at];
      if (edge !== undefined) this.#planEdges.set(name, edge);
    }
  }

  messageOf({ via, targetMessage: a, targetValue: b, item, sent }: Step): unknown {
    if (sent !== null) return sent.message;
    if (via === null) return a;
    if (isOverlay(via)) {
      const own = via.moment === 'success' ? b : via.moment === 'error' ? a : { runId: 'r' };
      return withBound(own, boundIn(via.overlay.signed));
    }
    if (item >= 0) return Array.isArray(b) ? b[item] : undefined;
    const at = this.#positionOf(via.id);
    const edge = this.#plan.edges[at];
    const isBound = edge !== undefined && 'bind' in edge && edge.bind;
    if (edge?.on === 'join') {
      const values = Array.isArray(b) ? b : [];
      return Object.fromEntries([
        ...(isBound ? [['via', at]] : []),
        ...values.map((value, source) => [`s${source}`, value]),
      ]);
    }
    if (edge?.on === 'success') return isBound ? Object.assign({}, b, { via: at }) : b;
    return via.moment.startsWith('run') ? { runId: 'r' } : a;
  }

  /** Where the plan has the edge. */
  #positionOf(id: string): number {
    return this.#plan.edges.findIndex((edge) => edge === this.#planEdges.get(id));
  }

  factsOf(node: GraphNode, moment: 'success' | 'error', value: unknown): Routing {
    const edges = node[moment];
    if (moment === 'success' ? node.plain : edges.every(({ conditional }) => !conditional)) return ALL_ROUTES;
    const asked = edges.map((edge, position): readonly [number, EdgePlan | undefined] => [
      position,
      this.#planEdges.get(edge.id),
    ]);
    const { routes, faults } = choose(asked, value);
    return {
      routes,
      sizes: edges.map(({ each }) => (each !== null && Array.isArray(value) ? value.length : -1)),
      ...(faults.length > 0 && {
        faults: faults.map((position) => {
          const edge = edges[position]?.id ?? '';
          return { edge, error: new Error(`when ${this.#positionOf(edge)}`) };
        }),
      }),
    };
  }
}

export function givenTo({ via, targetValue: b, item }: Step): string {
  if (via?.moment === 'error') return givenText(undefined, b);
  if (via?.moment === 'success') return givenText(item >= 0 && Array.isArray(b) ? b[item] : b, undefined);
  if (via?.moment !== 'end' || typeof b !== 'object' || b === null) return '';
  return 'value' in b ? givenText(b.value, undefined) : givenText(undefined, 'error' in b ? b.error : undefined);
}
