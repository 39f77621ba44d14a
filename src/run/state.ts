// A run while it is held in memory: the run, its live steps, and what is counted about it.
//
// S1. Only the transitions write here. Whoever keeps a step after it is over may read it.
// S2. A step holds what its message is made of (the target's message and value), never the target itself:
//     otherwise the rounds of a loop would keep each other alive.
// S3. Payloads (`Ref`) are opaque: the value itself in memory, the key of a value in a store.

import type { Edge, GraphNode } from '../graph/compiled.ts';
import { StepCode, type FinalStatus } from './status.ts';
import { stepKey } from './step-key.ts';

/** A payload the core never looks into: the value itself in memory, the key of a value in stores. */
export type Ref = unknown;
/** 1…n per run, never reused. */
export type StepId = number;

/** Where a live step stands. */
export const Phase = {
  /** Waits for a timer; no attempt is under way. */
  HELD: 0,
  /** An attempt is dispatched. */
  RUNNING: 1,
  /** The body is over; brackets are not. */
  CLOSING: 2,
  /** Told to stop; waits for its body, its brackets or the grace period. */
  CANCELLING: 3,
  OVER: 4,
} as const;
export type Phase = (typeof Phase)[keyof typeof Phase];

/** A failed attempt. */
export interface AttemptRecord {
  readonly number: number;
  readonly code: StepCode;
  readonly error: Ref;
  readonly startedAt: number;
  readonly endedAt: number;
  /** The sequence number of the event that told of the retry; 0 if it was the last attempt. */
  readonly seq: number;
}

/** A `when` that threw. */
export interface EdgeFault {
  readonly edge: string;
  readonly error: Ref;
}

export interface RunLimits {
  /** Steps a run may have in all; the one beyond is refused with code 108. */
  readonly stepLimit: number;
  /** Time a cancelled body is given to return, in milliseconds. */
  readonly cancelGraceMs: number;
}

export class Run {
  readonly id: string;
  readonly job: GraphNode;
  readonly tags: readonly string[];
  readonly limits: RunLimits;
  createdAt = 0;
  endedAt = 0;
  /** Undefined while the run is on. */
  status: FinalStatus | undefined = undefined;
  cancelReason: string | undefined = undefined;
  cancelling = false;
  failed = false;
  /** Steps made so far: the last step's id. */
  steps = 0;
  /** Events told so far. */
  seq = 0;
  liveCount = 0;
  /** The live steps that are loaded: all of them in memory, those an event concerns in a store. */
  readonly live: Step[] = [];
  /** Executions of nodes that may repeat, by the node's position. */
  rounds: Map<number, number> | null = null;
  readonly counts = { completed: 0, failed: 0, skipped: 0, cancelled: 0 };
  callbackFailureCount = 0;
  entryStatus: FinalStatus | undefined = undefined;
  entryCode: StepCode = StepCode.NONE;
  /** The entry's return value or error. */
  entryValue: Ref = undefined;

  constructor(id: string, job: GraphNode, tags: readonly string[], limits: RunLimits) {
    this.id = id;
    this.job = job;
    this.tags = tags;
    this.limits = limits;
  }
}

/** What only some steps have: brackets, a timer, failed attempts. */
class Extras {
  owner: Step | null = null;
  depth = 0;
  open = 0;
  wakeAt = 0;
  attempts: readonly AttemptRecord[] | null = null;
  faults: readonly EdgeFault[] | null = null;
  unmatched = false;
}

/** One is made for every step of every run: each field here is paid a million times, so rare ones live in `Extras`. */
export class Step {
  readonly run: Run;
  readonly node: GraphNode;
  readonly id: StepId;
  /** The edge that led here; null for the entry. */
  via: Edge | null = null;
  /** The step whose end made this one; 0 for the entry. */
  cause: StepId = 0;
  /** 1 for the first execution of the node in the run. */
  round = 1;
  /** The target's own message; the start message of an entry. */
  a: Ref = undefined;
  /** The target's return value or error. */
  b: Ref = undefined;
  attempt = 1;
  phase: Phase = Phase.RUNNING;
  status: FinalStatus | undefined = undefined;
  code: StepCode = StepCode.NONE;
  /** What the body's message was built from, once attempt 1 resolved it. */
  message: Ref = undefined;
  /** Return value or error. */
  value: Ref = undefined;
  /** Position in `run.live`, -1 when over. */
  slot = -1;
  startSeq = 0;
  endSeq = 0;
  /** The next one in the queue of whoever performs steps in memory. */
  next: Step | null = null;
  // Since the run's creation: small integers, which a field holds itself. Other numbers are objects beside it.
  #startedMs = 0;
  #endedMs = 0;
  #extras: Extras | null = null;

  constructor(run: Run, node: GraphNode, id: StepId) {
    this.run = run;
    this.node = node;
    this.id = id;
  }

  /** The idempotency key: the same for every attempt and delivery. */
  get key(): string {
    return stepKey(this.run.id, this.node.name, this.round);
  }

  /** When the attempt that is under way, or was the last one, was dispatched. */
  get startedAt(): number {
    return this.run.createdAt + this.#startedMs;
  }

  set startedAt(at: number) {
    this.#startedMs = compact(at - this.run.createdAt);
  }

  /** 0 while it is live. */
  get endedAt(): number {
    return this.status === undefined ? 0 : this.run.createdAt + this.#endedMs;
  }

  set endedAt(at: number) {
    this.#endedMs = compact(at - this.run.createdAt);
  }

  /** Nothing happened to it but its body. */
  get isPlain(): boolean {
    return this.#extras === null;
  }

  /** The step this one is a bracket of. */
  get owner(): Step | null {
    return this.#extras === null ? null : this.#extras.owner;
  }

  set owner(owner: Step | null) {
    this.#extra.owner = owner;
  }

  /** How many brackets enclose this one. */
  get depth(): number {
    return this.#extras === null ? 0 : this.#extras.depth;
  }

  set depth(depth: number) {
    this.#extra.depth = depth;
  }

  /** Brackets of this step that are not over. */
  get open(): number {
    return this.#extras === null ? 0 : this.#extras.open;
  }

  set open(open: number) {
    this.#extra.open = open;
  }

  /** When its timer is due; 0 without one. */
  get wakeAt(): number {
    return this.#extras === null ? 0 : this.#extras.wakeAt;
  }

  set wakeAt(at: number) {
    this.#extra.wakeAt = at;
  }

  /** The attempts that failed. */
  get attempts(): readonly AttemptRecord[] | null {
    return this.#extras === null ? null : this.#extras.attempts;
  }

  set attempts(attempts: readonly AttemptRecord[] | null) {
    this.#extra.attempts = attempts;
  }

  get faults(): readonly EdgeFault[] | null {
    return this.#extras === null ? null : this.#extras.faults;
  }

  set faults(faults: readonly EdgeFault[] | null) {
    this.#extra.faults = faults;
  }

  /** It completed, had conditional success edges, and none of them was taken. */
  get unmatched(): boolean {
    return this.#extras === null ? false : this.#extras.unmatched;
  }

  set unmatched(unmatched: boolean) {
    this.#extra.unmatched = unmatched;
  }

  get #extra(): Extras {
    this.#extras ??= new Extras();
    return this.#extras;
  }
}

/** The same number, as an integer to the machine too where it is one. */
function compact(ms: number): number {
  const whole = ms | 0;
  return whole === ms ? whole : ms;
}
