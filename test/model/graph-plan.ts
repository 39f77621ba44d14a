// A random application as plain data: nodes, edges, what bodies do, and what is done to the run from outside.
//
// P1. A plan says everything: the same plan gives the same application, and the same prediction.
// P2. Nodes and edges are named by position; edges stand in declared order.

import type { SignedPlan, StartPlan } from './start-plan.ts';

/** What a `when` asks of a return value or an error: its tag, or it throws. */
export type When = { readonly is: Tag } | { readonly throws: true };
export const TAGS = ['a', 'b', 'c'] as const;
export type Tag = (typeof TAGS)[number];

/** What a body does before it ends. */
export type Operation =
  | { readonly do: 'spawn'; readonly node: number; readonly detached: boolean; readonly delay: number }
  /** `fresh`: every attempt calls with another message. `catches`: a failed call does not fail the caller. */
  | { readonly do: 'call'; readonly node: number; readonly fresh: boolean; readonly catches: boolean }
  | { readonly do: 'wait' }
  | { readonly do: 'add'; readonly amount: number }
  | { readonly do: 'exit' };

export type Fault = 'plain' | 'terminal' | 'argument' | 'after';

/** One execution of a node. */
export interface Turn {
  readonly operations: readonly Operation[];
  /** So many attempts fail; the next one returns. */
  readonly fails: number;
  readonly fault: Fault;
  readonly tag: Tag;
  /** It returns an array of so many items; -1 for a single value. */
  readonly items: number;
}

export interface Pace {
  readonly rateLimit?: { readonly max: number; readonly per: number };
  readonly priority: number;
}

export interface NodePlan {
  readonly retry: {
    readonly attempts: number;
    readonly delay: number;
    readonly factor: number;
    readonly maxDelay: number;
  };
  /** 0 for none. */
  readonly timeout: number;
  /** Before its body it waits for a message from outside. */
  readonly waits: boolean;
  readonly tag: Tag | null;
  readonly maxRounds: number | null;
  readonly maxPerRun: number | null;
  /** Its waits end when its signal is aborted. */
  readonly obeys: boolean;
  /** How fast it begins, and what it goes ahead of: what it comes to is the same without. */
  readonly pace?: Pace;
  /** By how often the node was run on the way here, round and round. */
  readonly turns: readonly Turn[];
}

interface Common {
  readonly from: number;
  readonly to: number;
}
export interface SuccessEdge extends Common {
  readonly on: 'success';
  readonly when: When | null;
  readonly otherwise: boolean;
  readonly each: { readonly concurrency: number; readonly stopAfterFailures: number | null } | null;
  readonly bind: boolean;
  readonly after: number;
  readonly critical: boolean;
}
export interface ErrorEdge extends Common {
  readonly on: 'error';
  readonly when: When | null;
  readonly otherwise: boolean;
  readonly recover: boolean;
  readonly after: number;
  readonly critical: boolean;
}
export interface MomentEdge extends Common {
  readonly on: 'start' | 'end' | 'cancel';
  readonly critical: boolean;
}
export interface RunEdge {
  readonly on: 'runSuccess' | 'runError' | 'runEnd';
  /** Null for every run. */
  readonly from: number | null;
  readonly to: number;
  readonly critical: boolean;
}
export interface JoinEdge {
  readonly on: 'join';
  readonly sources: readonly number[];
  readonly to: number;
  readonly mode: 'all' | 'any';
  readonly onMissing: 'skip' | 'run';
  /** With the first source the others are given up. */
  readonly cancelRest: boolean;
  readonly bind: boolean;
  readonly critical: boolean;
}
export type EdgePlan = SuccessEdge | ErrorEdge | MomentEdge | RunEdge | JoinEdge;

/** Something done to the run from outside, at a time after its start. */
export type Control =
  | { readonly at: number; readonly do: 'cancel' | 'suspend' | 'resume' | 'close' }
  /** The oldest live step of the node. */
  | { readonly at: number; readonly do: 'cancelStep'; readonly node: number }
  /** An entry more for a swarm. */
  | { readonly at: number; readonly do: 'add'; readonly signed: SignedPlan }
  /** A message for a node that waits for one. */
  | { readonly at: number; readonly do: 'send'; readonly node: number; readonly id: number };

export interface GraphPlan {
  readonly start: StartPlan;
  /** The first one is a job; so are those that are entries. */
  readonly nodes: readonly NodePlan[];
  readonly edges: readonly EdgePlan[];
  readonly run: {
    readonly tags: readonly Tag[];
    readonly stepLimit: number;
    /** What the start says about single nodes. */
    readonly maxPerRun: readonly (readonly [node: number, limit: number | null])[];
    /** 0 for none. */
    readonly deadline: number;
  };
  /** In order of time. */
  readonly controls: readonly Control[];
}

/** Time a cancelled body is given. */
export const GRACE_MS = 5_000;

export function nodeName(node: number): string {
  return `n${node}`;
}

/** What a step is shown to have been made by: `n0>success>n1`, with `#2` and so on for further ones. */
export function edgeNames(plan: GraphPlan): readonly string[] {
  const used = new Map<string, number>();
  const unique = (stem: string): string => {
    const count = (used.get(stem) ?? 0) + 1;
    used.set(stem, count);
    return count === 1 ? stem : `${stem}#${count}`;
  };
  return plan.edges.map((edge) => {
    const to = nodeName(edge.to);
    if (edge.on === 'join') return unique(`join>${to}`);
    return unique(`${edge.from === null ? '*' : nodeName(edge.from)}>${edge.on}>${to}`);
  });
}
