// Plans written by hand: what is not said is as simple as can be.

import type {
  EdgePlan,
  ErrorEdge,
  GraphPlan,
  JoinEdge,
  MomentEdge,
  NodePlan,
  RunEdge,
  SuccessEdge,
  Turn,
} from './graph-plan.ts';
import { play } from './reference.ts';
import { SINGLE, type EntryPlan, type SignedPlan, type StartPlan } from './start-plan.ts';

const turn = (options: Partial<Turn> = {}): Turn => ({
  operations: [],
  fails: 0,
  fault: 'plain',
  tag: 'a',
  items: -1,
  ...options,
});
export const node = (options: Partial<NodePlan> = {}, ...turns: Partial<Turn>[]): NodePlan => ({
  retry: { attempts: 1, delay: 0, factor: 1, maxDelay: 0 },
  timeout: 0,
  waits: false,
  tag: null,
  maxRounds: null,
  maxPerRun: null,
  obeys: false,
  turns: turns.length === 0 ? [turn()] : turns.map(turn),
  ...options,
});
export const does = (...turns: Partial<Turn>[]): NodePlan => node({}, ...turns);
export const FAILS = { fails: 99 };

export const success = (from: number, to: number, options: Partial<SuccessEdge> = {}): SuccessEdge => ({
  on: 'success',
  from,
  to,
  when: null,
  otherwise: false,
  each: null,
  bind: false,
  after: 0,
  critical: true,
  ...options,
});
export const error = (from: number, to: number, options: Partial<ErrorEdge> = {}): ErrorEdge => ({
  on: 'error',
  from,
  to,
  when: null,
  otherwise: false,
  recover: false,
  after: 0,
  critical: false,
  ...options,
});
export const moment = (from: number, on: MomentEdge['on'], to: number, critical = false): MomentEdge => ({
  on,
  from,
  to,
  critical,
});
export const ofRun = (on: RunEdge['on'], to: number, critical = false): RunEdge => ({ on, from: null, to, critical });
export const join = (sources: readonly number[], to: number, options: Partial<JoinEdge> = {}): JoinEdge => ({
  on: 'join',
  sources,
  to,
  mode: 'all',
  onMissing: 'skip',
  cancelRest: false,
  bind: false,
  critical: true,
  ...options,
});

export function planOf(
  nodes: readonly NodePlan[],
  edges: readonly EdgePlan[],
  rest: Partial<Pick<GraphPlan, 'controls' | 'run' | 'start'>> = {},
): GraphPlan {
  return {
    start: SINGLE,
    nodes,
    edges,
    controls: [],
    run: { tags: [], stepLimit: 70, maxPerRun: [], deadline: 0 },
    ...rest,
  };
}

export const signed = (node: number, options: Partial<SignedPlan> = {}): SignedPlan => ({
  node,
  bound: null,
  success: [],
  error: [],
  ...options,
});
export const entry = (node: number, options: Partial<EntryPlan> = {}): EntryPlan => ({
  ...signed(node),
  group: null,
  always: false,
  condition: null,
  ...options,
});
export const start = (
  kind: StartPlan['kind'],
  entries: readonly EntryPlan[],
  options: Partial<StartPlan> = {},
): StartPlan => ({ ...SINGLE, kind, entries, keepGoing: kind === 'swarm', ...options });

/** How the run ended, and its steps in the order in which they were made. */
export function told(plan: GraphPlan): string[] {
  const { outcome, outcomeCode, steps } = play(plan);
  return [`${outcome} ${outcomeCode}`, ...steps.map(({ node, status, code }) => `n${node} ${status} ${code}`)];
}
