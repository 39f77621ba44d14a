// What happens to a run, as data: the events that reach the core, and the tasks it asks for.

import type { History } from './history.ts';
import type { EdgeFault, Ref, StepId } from './state.ts';
import type { StepCode } from './status.ts';

/** What only user code can say about a body's end. Computed once, beside the body, and never again. */
export interface Facts {
  /** The edges that matched, by position among the node's edges of that moment. */
  readonly routes: 'all' | readonly number[];
  readonly faults?: readonly EdgeFault[];
}

/** Every edge is taken. */
export const ALL: Facts = { routes: 'all' };
/** No edge was asked: the attempt was not the last one. */
export const NONE: Facts = { routes: [] };

/** How an attempt failed. */
export interface Failure {
  readonly code: StepCode;
  /** Another attempt may help. */
  readonly retry: boolean;
  /** Replaces the policy's delay. */
  readonly retryAfterMs?: number;
  /** Nothing began: no error edges run. */
  readonly refused: boolean;
}

/** What a step waits for: its next attempt, or the end of the time it has to stop. */
export type TimerKind = 'retry' | 'grace';

/** Where a step is, so that an event names all it needs: the step, then the steps around it, nearest first. */
export interface StepAddress {
  readonly step: StepId;
  readonly node: string;
  readonly around: readonly { readonly step: StepId; readonly node: string }[];
}

export type Event =
  | { readonly type: 'submitted'; readonly job: string; readonly message: Ref; readonly settings: RunSettings }
  | {
      readonly type: 'completed';
      readonly at: StepAddress;
      readonly attempt: number;
      readonly message: Ref;
      readonly value: Ref;
      readonly facts: Facts;
    }
  | {
      readonly type: 'failed';
      readonly at: StepAddress;
      readonly attempt: number;
      readonly message: Ref;
      readonly error: Ref;
      readonly failure: Failure;
      readonly facts: Facts;
    }
  /** A timer of the step came due. */
  | { readonly type: 'due'; readonly at: StepAddress; readonly attempt: number; readonly timer: TimerKind }
  /** A body came back after its attempt had ended otherwise. */
  | { readonly type: 'late'; readonly at: StepAddress; readonly attempt: number }
  /** The engine gave up on a delivery. */
  | { readonly type: 'lost'; readonly at: StepAddress; readonly attempt: number; readonly error: Ref }
  /** The run was cancelled: this live step is told. */
  | { readonly type: 'swept'; readonly at: StepAddress }
  | { readonly type: 'cancel'; readonly reason?: string };

/** What a run is started with, beside its job and message. */
export interface RunSettings {
  readonly tags: readonly string[];
  readonly stepLimit: number;
  readonly cancelGraceMs: number;
  readonly history: History;
}

/** One attempt that an engine has to have performed. */
export interface Task {
  /** Names the delivery: `runId~step.attempt`. */
  readonly key: string;
  readonly stepKey: string;
  readonly runId: string;
  readonly at: StepAddress;
  readonly attempt: number;
  readonly round: number;
  readonly tags: readonly string[];
  /** Edge id; null for an entry. */
  readonly via: string | null;
  readonly input: {
    /** The target's message and value, of which the message is made. */
    readonly a: Ref;
    readonly b: Ref;
    /** Set after attempt 1: what the message was built from then. */
    readonly message?: Ref;
  };
}
