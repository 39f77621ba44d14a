// One attempt as it is performed, and what whoever performs attempts is given.

import type { Edge, GraphNode } from '../graph/compiled.ts';
import type { Facts, Failure } from '../run/event.ts';
import type { Clock } from './clock.ts';
import type { ContextSource } from './live-context.ts';

/** What is attempted: a live step in memory, a task of a store with its values loaded. */
export interface Attempt extends ContextSource {
  readonly node: GraphNode;
  readonly via: Edge | null;
  readonly attempt: number;
  /** The target's message, or the start message. */
  readonly a: unknown;
  /** The target's return value or error. */
  readonly b: unknown;
  /** What its message is built from: put together by attempt 1 and kept for those after it. */
  message: unknown;
}

/** Who is told how attempts ended. */
export interface Outcome<A extends Attempt> {
  completed(at: A, attempt: number, message: unknown, value: unknown, facts: Facts): void;
  failed(at: A, attempt: number, message: unknown, error: unknown, failure: Failure, facts: Facts): void;
}

/** Where attempts are performed. */
export interface Host<A extends Attempt> extends Outcome<A> {
  readonly clock: Clock;
  /** Whether the run still goes by how this attempt ends: user code is not asked about a late or a cancelled one. */
  isWanted(at: A, attempt: number): boolean;
  /** A body that can be told to stop or has a time limit is about to be called. */
  began(at: A, work: Underway): void;
  /** The one attempt that became ready, for the asker to go on with. Where there are several, the host has begun them. */
  next(): A | undefined;
}

/** A body under way. */
export interface Underway {
  /** Aborts the signal of its context. */
  abort(reason: unknown): void;
  /** Nobody waits for it any more: its time limit is called off. */
  release(): void;
}
