// The graph as the core walks it, and the plain descriptions that it is compiled from.
//
// GRAPH-1. Readonly once compiled. It holds no user code: verdicts of `when` and the like arrive with events.
// GRAPH-2. Names and edge ids are what records keep; positions and object identities never leave the process.
// GRAPH-3. A join is a step that several edges feed: its sources stand among the success edges of the nodes they watch.

import type { EdgeRole, Moment, RunMoment } from './moments.ts';
import { type RetryPolicy, NO_RETRY } from './retry-policy.ts';

/** One step for each item of a returned array. */
export interface EachPolicy {
  /** How many items are live at a time. */
  readonly concurrency: number;
  /** No new items after so many have failed. */
  readonly stopAfterFailures: number;
}

export interface Edge {
  /** `From.method>success>To.method`, with `#2` and so on for further edges between the same two. */
  readonly id: string;
  /** Position in the whole graph; -1 for an edge that only one run has. */
  readonly index: number;
  readonly moment: Moment;
  /** Null for a moment of any run, and for a join. */
  readonly from: GraphNode | null;
  readonly to: GraphNode;
  readonly role: EdgeRole;
  /** Taken only if a verdict says so: it has `when`, or it is the `otherwise` of its siblings. */
  readonly conditional: boolean;
  /** Takes what no conditional sibling took. */
  readonly otherwise: boolean;
  readonly each: EachPolicy | null;
  /** The step waits so long before it is dispatched. */
  readonly afterMs: number;
  /** The callback's value replaces the failed step's. */
  readonly recover: boolean;
  /** A failure at its end fails the run. */
  readonly isCritical: boolean;
  /** It makes one step of the run's flow, at once. */
  readonly isSimple: boolean;
  /** It makes no step of its own: it arrives at a join, as the source of this number. */
  readonly arrival: Arrival | null;
  /** It is what the steps of this join are made by. */
  readonly join: Join | null;
}

/** What an edge brings to a join. */
export interface Arrival {
  readonly join: Join;
  /** Position among its sources. */
  readonly source: number;
}

/** A fan-in. */
export interface Join {
  readonly id: string;
  readonly index: number;
  readonly mode: 'all' | 'any';
  /** What to do once it can no longer complete. */
  readonly onMissing: 'skip' | 'run';
  /** With its first source, the live steps of the others are cancelled, which fails nothing. */
  readonly cancelRest: boolean;
  /** What its steps are made by: moment `join`, from nowhere. */
  readonly edge: Edge;
  /** How many sources it has. */
  readonly size: number;
  /** In declared order: the field that takes the value, and the node it comes from. */
  readonly sources: readonly { readonly name: string; readonly from: GraphNode }[];
}

/** At most so many attempts begin in any span of that length. */
export interface RateLimit {
  readonly max: number;
  readonly perMs: number;
}

export interface GraphNode {
  /** `Service.method` */
  readonly name: string;
  /** -1 for a node that the graph no longer has. */
  readonly index: number;
  readonly retry: RetryPolicy;
  /** Tags that a run must hold. */
  readonly tags: readonly string[];
  /** Executions per run that the code allows; Infinity for any number. */
  readonly maxRounds: number;
  /** Executions per run that a start may allow otherwise; Infinity for any number. */
  readonly maxPerRun: number;
  /** Attempts at a time in one process; Infinity for any number. */
  readonly concurrency: number;
  /** Begins of attempts in one process; null for any number. */
  readonly rateLimit: RateLimit | null;
  /** Of what waits for the same thing, the lower number goes first: 0 ahead of all. */
  readonly priority: number;
  /** Before its body it waits for a message from outside. */
  readonly waits: boolean;
  /** How long it may wait, and its body take, in milliseconds; 0 for any time. */
  readonly waitMs: number;
  /** May run more than once in a run that has one entry: its rounds have to be counted. */
  readonly repeats: boolean;
  readonly start: readonly Edge[];
  readonly success: readonly Edge[];
  readonly error: readonly Edge[];
  readonly end: readonly Edge[];
  readonly cancel: readonly Edge[];
  /** No success edge asks anything of the value: all of them are taken, once each. */
  readonly plain: boolean;
  /** Some success edge is taken only if a verdict says so. */
  readonly asks: boolean;
  /** Its message is built ahead of its body: callbacks are given it before the body is over. */
  readonly prepares: boolean;
  /** It has tags or limits, or waits: entering it may be more than being dispatched. */
  readonly guarded: boolean;
}

export interface CompiledGraph {
  /** What it was compiled from: its hash is made of that (`graph-hash.ts`). */
  readonly description: GraphDescription;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly Edge[];
  readonly joins: readonly Join[];
  /** The watchers of runs, in declared order. */
  readonly run: Readonly<Record<RunMoment, readonly Edge[]>>;
  /** The watchers of all moments of runs. */
  readonly runEdges: readonly Edge[];
  /** Some node waits for messages from outside. */
  readonly waits: boolean;
  /** Some node goes behind others: it has a `priority`. */
  readonly hasPriorities: boolean;
  readonly nodeOf: ReadonlyMap<string, GraphNode>;
  readonly edgeOf: ReadonlyMap<string, Edge>;
}

export interface GraphDescription {
  readonly nodes: readonly NodeDescription[];
  /** In declared order. */
  readonly edges: readonly EdgeDescription[];
  readonly joins?: readonly JoinDescription[];
  /** Bodies can spawn and call: any node may then run any number of times. @default false */
  readonly spawns?: boolean;
  /** The hash that the wiring has: of all that only the compiler knows, such as the classes and fields that values go to. */
  readonly wiring?: string;
}

export interface NodeDescription {
  readonly name: string;
  readonly retry?: RetryPolicy;
  readonly tags?: readonly string[];
  readonly maxRounds?: number;
  readonly maxPerRun?: number;
  readonly concurrency?: number;
  /** @default any number */
  readonly rateLimit?: RateLimit;
  /** @default 0 */
  readonly priority?: number;
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
  /** What else was annotated that decides, such as a `when` or the names of bound fields: for the hash only. */
  readonly terms?: Readonly<Record<string, unknown>>;
}

export interface JoinDescription {
  readonly id: string;
  readonly to: string;
  readonly mode: 'all' | 'any';
  readonly onMissing: 'skip' | 'run';
  /** @default false */
  readonly cancelRest?: boolean;
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
