// Data that the core passes on or keeps without looking into it: references, routing, failed attempts, calls.
//
// STEP-DATA-1. Routing is what only user code can say about a body's end. It is computed once, where the body ran.

import type { StepCode, FinalStatus } from './status.ts';

/** A payload that the core never looks into: the value itself in memory, the key of a value in stores. */
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

/** Which of a step's edges of one moment are taken. */
export interface Routing {
  /** The edges that matched, by position among the node's edges of that moment. */
  readonly routes: 'all' | readonly number[];
  /** The lengths of the arrays that `each` edges go over, by position among the success edges; -1 for what is not an array. */
  readonly sizes?: readonly number[];
  readonly faults?: readonly EdgeFault[];
}

/** Every edge is taken. */
export const ALL_ROUTES: Routing = { routes: 'all' };
/** No edge is taken. */
export const NO_ROUTES: Routing = { routes: [] };

/** An attempt that failed, was stopped, or returned in a step that did not complete. */
export interface AttemptRecord {
  readonly number: number;
  readonly code: StepCode;
  /** Of one that failed. */
  readonly error: Ref;
  readonly startedAt: number;
  readonly endedAt: number;
  /** The sequence number of the event that reported the retry; 0 if it was the last attempt. */
  readonly seq: number;
  /** When the next attempt is due, in milliseconds since the epoch; 0 if it was the last one. */
  readonly nextAt: number;
}

/** Tells a child of a step from others under the same key. */
export interface ChildAsked {
  readonly fingerprint: string;
  readonly called: boolean;
  readonly detached: boolean;
}

export interface CallRecord {
  readonly step: StepId;
  readonly key: string;
  readonly fingerprint: string;
  /** A body waits for it; else it was spawned. */
  readonly called: boolean;
  /** The attempt that made it. */
  readonly attempt: number;
  /** How a called step ended: its value is returned to every later attempt without running it again, its failure to the same attempt only. */
  readonly end?: CallEnd;
}

export interface CallEnd {
  readonly status: FinalStatus;
  readonly value: Ref;
}

/** What travels with a run to other processes, by name. */
export type Carried = Readonly<Record<string, string>>;
