// A plan as the core's own description of a graph.

import type { EdgeDescription, GraphDescription, JoinDescription, NodeDescription } from '../../src/graph/graph.ts';
import { NO_RETRY } from '../../src/graph/retry-policy.ts';
import { edgeNames, nodeName, type EdgePlan, type GraphPlan } from './graph-plan.ts';

export function describePlan(plan: GraphPlan): GraphDescription {
  const names = edgeNames(plan);
  const joins: JoinDescription[] = [];
  const edges: EdgeDescription[] = [];
  for (const [at, edge] of plan.edges.entries()) {
    const to = nodeName(edge.to);
    if (edge.on === 'join') {
      const id = names[at] ?? '';
      const { mode, onMissing, cancelRest, critical, sources } = edge;
      joins.push({ id, to, mode, onMissing, cancelRest, critical });
      for (const [source, from] of sources.entries()) {
        edges.push({ from: nodeName(from), to, moment: 'success', arrival: { join: id, source: `s${source}` } });
      }
    } else edges.push(describeEdge(edge, to));
  }
  const nodes = plan.nodes.map((node, at): NodeDescription => {
    const { retry, tag, maxRounds, maxPerRun, waits, timeout } = node;
    return {
      name: nodeName(at),
      retry: {
        ...NO_RETRY,
        attempts: retry.attempts,
        delayMs: retry.delay,
        factor: retry.factor,
        maxDelayMs: retry.maxDelay,
        jitter: 0,
      },
      ...(tag !== null && { tags: [tag] }),
      ...(maxRounds !== null && { maxRounds }),
      ...(maxPerRun !== null && { maxPerRun }),
      ...(waits && { waits, waitMs: timeout }),
    };
  });
  return { nodes, edges, joins, spawns: true };
}

function describeEdge(edge: Exclude<EdgePlan, { on: 'join' }>, to: string): EdgeDescription {
  const common = { from: edge.from === null ? '*' : nodeName(edge.from), to, moment: edge.on, critical: edge.critical };
  if (edge.on !== 'success' && edge.on !== 'error') return common;
  const { when, otherwise, after } = edge;
  return {
    ...common,
    conditional: when !== null,
    otherwise,
    afterMs: after,
    ...(edge.on === 'error' && { recover: edge.recover }),
    ...(edge.on === 'success' &&
      edge.each !== null && {
        each: {
          concurrency: edge.each.concurrency,
          stopAfterFailures: edge.each.stopAfterFailures ?? Number.POSITIVE_INFINITY,
        },
      }),
  };
}
