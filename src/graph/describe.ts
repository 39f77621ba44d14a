// What a graph is compiled from: plain descriptions of nodes, edges and joins, by name.

import type { EachPolicy, Moment } from './compiled.ts';
import { NO_RETRY, type RetryPolicy } from './retry-policy.ts';

export interface GraphDescription {
  readonly hash: string;
  readonly nodes: readonly NodeDescription[];
  /** In declared order. */
  readonly edges: readonly EdgeDescription[];
  readonly joins?: readonly JoinDescription[];
  /** Bodies can spawn and call: any node may then run any number of times. @default false */
  readonly spawns?: boolean;
}

export interface NodeDescription {
  readonly name: string;
  readonly retry?: RetryPolicy;
  readonly tags?: readonly string[];
  readonly maxRounds?: number;
  readonly maxPerRun?: number;
  readonly concurrency?: number;
  /** It waits for a message from outside. @default false */
  readonly waits?: boolean;
  /** How long it may wait, and its body take, in milliseconds. @default any time */
  readonly waitMs?: number;
}

export interface EdgeDescription {
  /** `*` for a moment of any run. */
  readonly from: string;
  readonly to: string;
  readonly moment: Exclude<Moment, 'join'>;
  readonly conditional?: boolean;
  readonly otherwise?: boolean;
  readonly each?: EachPolicy;
  readonly afterMs?: number;
  readonly recover?: boolean;
  /** @default true for success edges, false for all others */
  readonly critical?: boolean;
  /** It arrives at this join, under this name. */
  readonly arrival?: { readonly join: string; readonly source: string };
}

export interface JoinDescription {
  readonly id: string;
  readonly to: string;
  readonly mode: 'all' | 'any';
  readonly onMissing: 'skip' | 'run';
  readonly critical?: boolean;
}

/** What a node without options is. */
export const NODE_DEFAULTS = {
  retry: NO_RETRY,
  tags: [],
  maxRounds: Number.POSITIVE_INFINITY,
  maxPerRun: Number.POSITIVE_INFINITY,
  concurrency: Number.POSITIVE_INFINITY,
} as const;
