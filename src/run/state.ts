// A run while it is held in memory: the run, its live steps, and what is counted about it.
//
// S1. Only the transitions write here. Whoever keeps a step after it is over may read it.
// S2. A step holds what its message is made of (the target's message and value), never the target itself:
//     otherwise the rounds of a loop would keep each other alive.
// S3. Payloads (`Ref`) are opaque: the value itself in memory, the key of a value in a store, or a `Refusal`.

import type { CompiledGraph, Edge, GraphNode } from '../graph/compiled.ts';
import type { Group } from './group.ts';
import type { JoinState } from './join-state.ts';
import type { Mailbox } from './mailbox.ts';
import { Phase, Role, Stage } from './phase.ts';
import type { EntryEnd, PlanState, Root } from './plan-state.ts';
import { Rare } from './rare.ts';
import type { Ref, StepId } from './ref.ts';
import { NO_STATE, type SharedState } from './shared-state.ts';
import { StepCode, type FinalStatus } from './status.ts';
import { stepKey } from './step-key.ts';

/** What a run holds and may do. */
export interface RunLimits {
  readonly tags: readonly string[];
  /** Steps a run may have in all; the one beyond is refused with code 108. */
  readonly stepLimit: number;
  /** Executions of nodes, by pattern; the last that fits counts. */
  readonly maxPerRun: readonly (readonly [pattern: string, limit: number | null])[];
  /** Time a cancelled body is given to return, in milliseconds. */
  readonly cancelGraceMs: number;
  /** Milliseconds since the epoch; 0 for none. */
  readonly deadline: number;
  /** Milliseconds since the epoch; 0 for at once. */
  readonly notBefore: number;
}

export class Run {
  readonly id: string;
  readonly graph: CompiledGraph;
  /** The job, or what kind of plan it is. */
  readonly name: string;
  readonly limits: RunLimits;
  /** Null: it began with one job and nothing else. */
  plan: PlanState | null = null;
  createdAt = 0;
  endedAt = 0;
  /** Undefined while the run is on. */
  status: FinalStatus | undefined = undefined;
  /** Why it stands so; 0 while nothing has failed. */
  code: StepCode = StepCode.DONE;
  stage: Stage = Stage.ON;
  /** What it will end as, once its outcome is fixed. */
  outcome: FinalStatus = 'completed';
  cancelReason: string | undefined = undefined;
  cancelling = false;
  /** The deadline passed: it is stopped as by a cancel, and failed. */
  timedOut = false;
  suspended = false;
  failed = false;
  exit: { readonly value: Ref } | null = null;
  /** Steps made so far: the last step's id. */
  steps = 0;
  /** Events told so far. */
  seq = 0;
  liveCount = 0;
  /** The live steps that are loaded: all of them in memory, those an event concerns in a store. */
  readonly live: Step[] = [];
  /** Executions of nodes that may repeat, by the node's position. */
  rounds: Map<number, number> | null = null;
  /** By the join's position. */
  joins: Map<number, JoinState> | null = null;
  /** Instances of joins that have had an arrival and can still complete. */
  openJoins = 0;
  state: SharedState = NO_STATE;
  /** What waits for a step or an item that has just been left, to be looked at before the transition ends. */
  agenda: (Step | Group | Root)[] | null = null;
  /** What was sent to nodes that wait for messages, by the node's position. */
  mailboxes: Map<number, Mailbox> | null = null;
  /** The messages from outside that were taken, by their ids. */
  signals: Set<string> | null = null;
  readonly counts = { completed: 0, failed: 0, skipped: 0, cancelled: 0 };
  entryStatus: FinalStatus | undefined = undefined;
  entryCode: StepCode = StepCode.NONE;
  /** The entry's return value or error. */
  entryValue: Ref = undefined;

  get tags(): readonly string[] {
    return this.limits.tags;
  }

  /** Steps may be skipped, refused or kept from being dispatched. */
  get isHindered(): boolean {
    return this.suspended || this.exit !== null || this.limits.maxPerRun.length > 0;
  }

  constructor(id: string, graph: CompiledGraph, name: string, limits: RunLimits) {
    this.id = id;
    this.graph = graph;
    this.name = name;
    this.limits = limits;
  }
}

/** One is made for every step of every run: each field here is paid a million times, so rare ones live in `Rare`. */
export class Step {
  readonly run: Run;
  readonly node: GraphNode;
  readonly id: StepId;
  /** The edge that led here; null for the entry and for children. */
  via: Edge | null = null;
  /** The step whose end (or body) made this one; 0 for the entry. */
  cause: StepId = 0;
  /** 1 for the first execution of the node in the run. */
  round = 1;
  /** The target's own message; the start message of an entry or a child. */
  a: Ref = undefined;
  /** The target's return value or error. */
  b: Ref = undefined;
  attempt = 1;
  phase: Phase = Phase.HELD;
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
  /** Null: nothing happened to it but its body. */
  rare: Rare | null = null;
  // Since the run's creation: small integers, which a field holds itself. Other numbers are objects beside it.
  #startedMs = 0;
  #endedMs = 0;

  constructor(run: Run, node: GraphNode, id: StepId) {
    this.run = run;
    this.node = node;
    this.id = id;
  }

  /** The idempotency key: the same for every attempt and delivery. */
  get key(): string {
    return this.rare?.key ?? stepKey(this.run.id, this.node.name, this.round);
  }

  get rarely(): Rare {
    this.rare ??= new Rare();
    return this.rare;
  }

  get role(): Role {
    return this.rare === null ? Role.FLOW : this.rare.role;
  }

  /** The step around it. */
  get owner(): Step | null {
    return this.rare === null ? null : this.rare.owner;
  }

  /** The message does not have to be built any more. */
  get isPrepared(): boolean {
    return this.rare !== null && this.rare.prepared;
  }

  /** It has to be asked for before it is performed: it has a condition, or its message is a formula. */
  get isAsked(): boolean {
    const entry = this.rare === null ? null : this.rare.entry;
    return entry !== null && (entry.condition !== undefined || entry.uses !== undefined);
  }

  get previous(): EntryEnd | null {
    return this.rare === null || this.rare.entry === null ? null : this.rare.entry.before;
  }

  get sent(): { readonly message: Ref } | null {
    return this.rare === null || this.rare.listening === null ? null : (this.rare.listening.sent ?? null);
  }

  get dueAt(): number {
    return this.rare === null || this.rare.listening === null ? 0 : this.rare.listening.dueAt;
  }

  /** Which item of the array `b` is meant; -1 for the whole. */
  get item(): number {
    return this.rare === null ? -1 : this.rare.item;
  }

  /** A body waits for it, or for what it belongs to. */
  get isInline(): boolean {
    for (let at: Step | null = this.rare === null ? null : this; at !== null; at = at.owner) {
      if (at.role === Role.CALLED) return true;
    }
    return false;
  }

  /** When the attempt that is under way, or was the last one, was dispatched. */
  get startedAt(): number {
    return this.run.createdAt + this.#startedMs;
  }

  set startedAt(at: number) {
    this.#startedMs = compact(at - this.run.createdAt);
  }

  /** Starts as another one ends. */
  startWithEndOf(before: Step): void {
    this.#startedMs = before.#endedMs;
  }

  /** 0 while it is live. */
  get endedAt(): number {
    return this.status === undefined ? 0 : this.run.createdAt + this.#endedMs;
  }

  set endedAt(at: number) {
    this.#endedMs = compact(at - this.run.createdAt);
  }
}

/** The same number, as an integer to the machine too where it is one. */
function compact(ms: number): number {
  const whole = ms | 0;
  return whole === ms ? whole : ms;
}
