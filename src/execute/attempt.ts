// The port between attempts and their hosts: what is attempted, how its end is reported, and what an engine is opened
// with.

import type { Edge, GraphNode } from '../graph/graph.ts';
import type { ChildStart, Effects, Failure } from '../run/event.ts';
import type { Routing } from '../run/step-data.ts';
import type { Underway } from '../run/step.ts';
import type { SharedState } from '../run/shared-state.ts';
import type { RunReport } from '../wiring/run-report.ts';
import type { Spawned } from '../wiring/context.ts';
import type { Clock } from './clock.ts';
import type { Condition } from './condition.ts';

/** What is attempted: a live step in memory, a task of a store with its values loaded. */
export interface Attempt extends ContextSource {
  readonly node: GraphNode;
  readonly via: Edge | null;
  /** The target's message, or the start message. */
  readonly targetMessage: unknown;
  /** The target's return value or error; the values of a join, by source. */
  readonly targetValue: unknown;
  /** `targetValue` is an array, and this item of it is meant; -1 for the whole. */
  readonly item: number;
  /** What its message is built from: put together once, and kept for the attempts after it. */
  message: unknown;
  /** `message` is there already: `bind` is not run again. */
  readonly isPrepared: boolean;
  /** An entry of a plan that has a condition, or whose message is a formula: `condition` of the host gives them. */
  readonly isAsked: boolean;
  /** What was sent to it from outside. */
  readonly sent: { readonly message: unknown } | null;
  /** When its wait and its body have to be over, in milliseconds since the epoch; 0: `timeout` is for each attempt. */
  readonly dueAt: number;
}

/** Something a body emits for the watchers of its run. */
export type Notice =
  | { readonly type: 'custom'; readonly name: string; readonly data: unknown }
  | { readonly type: 'progress'; readonly done: number; readonly text?: string };

/** A called child. */
export interface Called {
  /** Its value once it is over, or its error. */
  readonly ended: Promise<unknown>;
}

/** Takes how attempts ended. */
export interface Outcome<A extends Attempt> {
  prepared(at: A, attempt: number, message: unknown): void;
  completed(at: A, attempt: number, message: unknown, value: unknown, routing: Routing, effects: Effects | null): void;
  /** `routing` null: a retry was to follow, so the error edges were not asked. */
  failed(at: A, attempt: number, message: unknown, error: unknown, failure: Failure, routing: Routing | null): void;
  routed(at: A, attempt: number, routing: Routing): void;
  /** Its condition does not hold. */
  unmet(at: A, attempt: number): void;
}

/** What bodies may ask for by their contexts. */
export interface ContextHost<A extends ContextSource> {
  readonly clock: Clock;
  /**
   * Starts a child. `start.message` is the message itself. Resolves once it is accepted.
   *
   * @throws {OnwardError} ONW3034, ONW3038, ONW3020.
   */
  spawn(at: A, attempt: number, start: ChildStart): Promise<Spawned>;
  /** Starts a child, or finds the one that is there. Resolves once it is accepted. @throws as `spawn`. */
  call(at: A, attempt: number, start: ChildStart): Promise<Called>;
  /** The state as the host knows it. */
  state(at: A): SharedState;
  notify(at: A, attempt: number, notice: Notice): void;
}

/** Where attempts are performed: the memory engine, or a task of a store. */
export interface Host<A extends Attempt> extends Outcome<A>, ContextHost<A> {
  /** Whether the outcome of this attempt still counts: user code is not asked about a late or a cancelled one. */
  isWanted(at: A, attempt: number): boolean;
  /** A body that has a signal or a time limit is about to be called. */
  began(at: A, work: Underway): void;
  /** Its body is called next, with this message: reports it. True if something runs around the body: then `around` does. */
  isAround(at: A, message: unknown): boolean;
  /** Calls a body within what runs around it. @returns what the body returns. @throws what it throws. */
  around(at: A, message: unknown, body: () => unknown): unknown;
  /** Performs what an end has made ready. */
  proceed(): void;
  /** What has to be evaluated for an entry that `isAsked`. */
  condition(at: A): Condition | Promise<Condition>;
  /** The run, for its callbacks. */
  report(at: A): RunReport | Promise<RunReport>;
}

/** A host that has attempts follow each other without its queue. */
export interface InlineHost<A extends Attempt> extends Host<A> {
  /**
   * The attempt that follows a completed one on the fast path, often the same object used again: its body takes
   * `targetValue`, if anything, and nothing else. Undefined: the end has to be reported to `completed`; null: it is taken
   * care of, and what follows waits.
   */
  completeInline(at: A, attempt: number, value: unknown, routing: Routing): A | null | undefined;
}

/** What a context describes: a live step in memory, a task of a store. */
export interface ContextSource {
  /** Which attempt it is. */
  readonly attempt: number;
  readonly run: { readonly id: string; readonly tags: readonly string[] };
  readonly node: { readonly name: string };
  readonly key: string;
  readonly round: number;
  /** The step around it. */
  readonly owner: ParentSource | null;
  /** How the entry before it in its plan ended. */
  readonly previous: { readonly ok: boolean; readonly value: unknown } | null;
}

export interface ParentSource {
  readonly key: string;
  readonly node: { readonly name: string };
  /** The attempt it is at, or was the last one. */
  readonly attempt: number;
  readonly owner: ParentSource | null;
}
