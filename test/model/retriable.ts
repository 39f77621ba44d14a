// The part of a random plan whose outcome no order of ends can change: a run of it that failed, was repaired and retried
// comes to what a run comes to in which nothing failed.
//
// R1. Left out is what goes by time or order: limits, deadlines, exits, races, what is sent or cancelled from outside.
// R2. Left out is what turns a failure into an outcome: callbacks that recover, calls whose failure is caught, calls that
//     ask for something else in each attempt, edges whose failure fails nothing: a step around them copes with it.

import type { RunReport } from 'onward';
import { StepCode } from '../../src/run/status.ts';
import type { StepReport } from '../../src/wiring/run-report.ts';
import { nodeName, type EdgePlan, type GraphPlan, type NodePlan, type Operation, type Turn } from './graph-plan.ts';
import type { EntryPlan, SignedPlan } from './start-plan.ts';

/** Runs that come near it are passed over: which step is one too many goes by order. */
const MOST_STEPS = 70;

export function retriable(plan: GraphPlan): GraphPlan {
  const { start } = plan;
  return {
    ...plan,
    start: {
      ...start,
      entries: start.entries.map((entry): EntryPlan => ({ ...entry, ...kept(entry), condition: valueOf(entry) })),
      stopAfterFailures: null,
      maxSteps: null,
      isOpen: false,
    },
    nodes: plan.nodes.map(retriableNode),
    edges: plan.edges.map(retriableEdge),
    run: { tags: ['a', 'b', 'c'], stepLimit: MOST_STEPS, maxPerRun: [], deadline: 0 },
    controls: [],
  };
}

function kept({ node, bound, success, error }: SignedPlan): SignedPlan {
  return { node, bound, success, error };
}

function valueOf({ condition }: EntryPlan): EntryPlan['condition'] {
  return condition === null || 'is' in condition ? condition : { is: condition.answers === true };
}

function retriableNode(node: NodePlan): NodePlan {
  return {
    ...node,
    timeout: 0,
    waits: false,
    maxPerRun: null,
    turns: node.turns.map((turn) => retriableTurn(turn, node)),
  };
}

/** Its last attempt succeeds. */
function retriableTurn(turn: Turn, { retry }: NodePlan): Turn {
  const operations = turn.operations.flatMap((operation): Operation[] => {
    if (operation.do === 'exit') return [];
    return [operation.do === 'call' ? { ...operation, catches: false, fresh: false } : operation];
  });
  const fails = Math.min(turn.fails, retry.attempts - 1);
  return { ...turn, operations, fails, fault: turn.fault === 'after' ? 'after' : 'plain' };
}

function retriableEdge(edge: EdgePlan): EdgePlan {
  if (edge.on === 'join') return { ...edge, mode: 'all', cancelRest: false, onMissing: 'skip', critical: true };
  if (edge.on === 'error') return { ...edge, recover: false };
  if (edge.on !== 'success') return edge;
  return { ...edge, critical: true, each: edge.each === null ? null : { ...edge.each, stopAfterFailures: null } };
}

/** The order in which they end decides what a join gets, and which execution is one too many. */
export function goesByOrder({ edges }: GraphPlan, { steps }: RunReport): boolean {
  const sources = new Set(edges.flatMap((edge) => (edge.on === 'join' ? edge.sources : [])).map(nodeName));
  const isCounted = ({ node, round }: StepReport): boolean => round > 1 && sources.has(node.replace('Model.', ''));
  return (
    steps.length > MOST_STEPS / 2 || steps.some((step) => step.code === StepCode.BLOCK_LIMIT_EXCEED || isCounted(step))
  );
}
