// Names for what the core only passes on.
//
// What only user code can say about a body's end. Computed once, beside the body, and never again.
//
// What is kept of an attempt that failed.
//
// What is kept of a child under the key that a body started it under.

import type { StepCode, FinalStatus } from './status.ts';

/** A payload the core never looks into: the value itself in memory, the key of a value in stores. */
export type Ref = unknown;
/** 1…n per run, never reused. */
export type StepId = number;
/** Names a spawn or a call within the step that made it. */
export type CallKey = string;

/** A `when` that threw. */
export interface EdgeFault {
  readonly edge: string;
  readonly error: Ref;
}

/** The verdicts of a step's edges of one moment. */
export interface Routing {
  /** The edges that matched, by position among the node's edges of that moment. */
  readonly routes: 'all' | readonly number[];
  /** The lengths of the arrays that `each` edges go over, by position among the success edges; -1 for what is no array. */
  readonly sizes?: readonly number[];
  readonly faults?: readonly EdgeFault[];
}

/** Every edge is taken. */
export const ALL_ROUTES: Routing = { routes: 'all' };
/** No edge is taken. */
export const NO_ROUTES: Routing = { routes: [] };

export interface AttemptRecord {
  readonly number: number;
  readonly code: StepCode;
  readonly error: Ref;
  readonly startedAt: number;
  readonly endedAt: number;
  /** The sequence number of the event that told of the retry; 0 if it was the last attempt. */
  readonly seq: number;
}

export interface CallRecord {
  readonly step: StepId;
  readonly key: string;
  readonly fingerprint: string;
  /** A body waits for it; else it was spawned. */
  readonly called: boolean;
  /** The attempt that made it. */
  readonly attempt: number;
  /** How a called step ended: its value is given again without another run, its failure to the same attempt only. */
  readonly end?: CallEnd;
}

export interface CallEnd {
  readonly status: FinalStatus;
  readonly value: Ref;
}
