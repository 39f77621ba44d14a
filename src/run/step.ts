// One execution of a node while it is held in memory, or the wait for one.
//
// STEP-1. One is made for every step of every run: each of its fields is paid a million times. What only some steps have
//     is in `StepExtras`, which most never get.
// STEP-2. A step holds what its message is made of (the target's message and value), never the target itself: otherwise
//     the rounds of a loop would keep each other alive.
// STEP-3. On the fast path a step becomes the one behind it, as long as nobody holds it.

import type { Edge, GraphNode } from '../graph/graph.ts';
import type { Effects } from './event.ts';
import type { Overlay } from './overlay.ts';
import type { Use } from './plan.ts';
import type { EntryEnd, EntryProgress } from './plan-state.ts';
import type { Group, Run } from './state.ts';
import { Phase, Role, StepCode, type FinalStatus } from './status.ts';
import type { AttemptRecord, CallKey, CallRecord, ChildAsked, EdgeFault, Ref, Routing, StepId } from './step-data.ts';
import { stepKey } from './step-key.ts';

/** One is made for every step of every run: each field here is paid a million times, so rare ones live in `StepExtras`. */
export class Step {
  readonly run: Run;
  // On the fast path a step becomes the one behind it.
  node: GraphNode;
  id: StepId;
  /** The edge that led here; null for the entry and for children. */
  via: Edge | null = null;
  /** The step whose end (or body) made this one; 0 for the entry. */
  cause: StepId = 0;
  /** 1 for the first execution of the node in the run; 0 for one that is left out, or may still be. */
  round = 1;
  /** The target's own message; the start message of an entry or a child. */
  targetMessage: Ref = undefined;
  /** The target's return value or error. */
  targetValue: Ref = undefined;
  attempt = 1;
  phase: Phase = Phase.SCHEDULED;
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
  /** The next one in the queue of the memory engine. */
  next: Step | null = null;
  /** Its body, while the memory engine performs it, if that has a signal or a time limit. */
  underway: Underway | null = null;
  /** Null: nothing happened to it but its body. */
  extras: StepExtras | null = null;
  // Small integers, which a field holds itself: other numbers are objects of their own.
  /** When it started, in milliseconds since its run was created. */
  startMs = 0;
  /** When it ended, in milliseconds since its run was created; of one that is live it means nothing. */
  endMs = 0;

  constructor(run: Run, node: GraphNode, id: StepId) {
    this.run = run;
    this.node = node;
    this.id = id;
  }

  /** The idempotency key: the same for every attempt and delivery. */
  get key(): string {
    return this.extras?.key ?? stepKey(this.run.id, this.node.name, this.round);
  }

  ensureExtras(): StepExtras {
    this.extras ??= new StepExtras();
    return this.extras;
  }

  get role(): Role {
    return this.extras === null ? Role.FLOW : this.extras.role;
  }

  /** The step around it. */
  get owner(): Step | null {
    return this.extras === null ? null : this.extras.owner;
  }

  /** The message does not have to be built any more. */
  get isPrepared(): boolean {
    return this.extras !== null && this.extras.prepared;
  }

  /** Its condition or the formulas of its message have to be evaluated before it is performed. */
  get isAsked(): boolean {
    const entry = this.extras === null ? null : this.extras.entry;
    return entry !== null && (entry.condition !== undefined || entry.uses !== undefined);
  }

  /** Whether it is to run is asked first; until then it is no execution of its node. */
  get isConditional(): boolean {
    const entry = this.extras === null ? null : this.extras.entry;
    return entry !== null && entry.condition !== undefined;
  }

  /** Something of it is performed ahead of its body. */
  get prepares(): boolean {
    return this.node.prepares || this.isConditional;
  }

  get previous(): EntryEnd | null {
    return this.extras === null || this.extras.entry === null ? null : this.extras.entry.before;
  }

  get sent(): { readonly message: Ref } | null {
    return this.extras === null || this.extras.messageWait === null ? null : (this.extras.messageWait.sent ?? null);
  }

  get dueAt(): number {
    return this.extras === null || this.extras.messageWait === null ? 0 : this.extras.messageWait.dueAt;
  }

  /** Which item of the array `targetValue` is meant; -1 for the whole. */
  get item(): number {
    return this.extras === null ? -1 : this.extras.item;
  }

  get isInline(): boolean {
    for (let at: Step | null = this.extras === null ? null : this; at !== null; at = at.owner) {
      if (at.role === Role.CALLED) return true;
    }
    return false;
  }

  get startedAt(): number {
    return this.run.createdAt + this.startMs;
  }

  set startedAt(at: number) {
    this.startMs = this.run.msTo(at);
  }

  /** 0 while it is live. */
  get endedAt(): number {
    return this.status === undefined ? 0 : this.run.createdAt + this.endMs;
  }

  set endedAt(at: number) {
    this.endMs = this.run.msTo(at);
  }
}

/** A body that can be told to stop, while it is under way. */
export interface Underway {
  /** Aborts its signal, if it takes a context. */
  abort(reason: unknown): void;
  /** Its outcome does not count any more: its time limit is cancelled. */
  release(): void;
}

/** The steps that wait for this one, nearest first. */
export function enclosing(step: Step): Step[] {
  const found: Step[] = [];
  for (let owner = step.owner; owner !== null; owner = owner.owner) found.push(owner);
  return found;
}

/** What makes a step an entry of a plan. */
export interface EntryMark {
  /** The entry's place in the plan as it was written. */
  readonly at: number;
  /** Its value goes under this name. */
  readonly name?: string;
  /** How the entry before it ended; null for the first one of a lane. */
  readonly before: EntryEnd | null;
  readonly condition?: Ref;
  readonly uses?: readonly Use[];
}

/** A wait for a message from outside. */
export interface MessageWait {
  /** Its place among the events of the run. */
  readonly seq: number;
  readonly at: number;
  /** When the wait and the body have to be over; 0 for any time. */
  readonly dueAt: number;
  /** What was sent. */
  readonly sent?: { readonly message: Ref };
}

/** What only some steps have. */
export class StepExtras {
  role: Role = Role.FLOW;
  /** The step this one is a callback or a child of, or which a child led here, and which waits for it. */
  owner: Step | null = null;
  /** How many steps enclose this one. */
  depth = 0;
  /** What it was spawned or called as. */
  call: CallKey | null = null;
  asked: ChildAsked | null = null;
  /** A key of its own, where it does not follow from node and round. */
  key: string | null = null;
  group: Group | null = null;
  /** The entry that it belongs to: with its last step that entry is over. */
  progress: EntryProgress | null = null;
  entry: EntryMark | null = null;
  /** Where it stands, if only this run has such a node or edge. */
  overlay: Overlay | null = null;
  /** It waits for a message from outside, or has waited for one. */
  messageWait: MessageWait | null = null;
  /** Which item of the group it is. */
  item = -1;
  /** Brackets of the present phase that are not over. */
  brackets = 0;
  /** Children that are not over. */
  children = 0;
  /** Start callbacks made so far. */
  started = 0;
  /** When its timer is due; 0 without one. */
  wakeAt = 0;
  /** It would be dispatched if the run were not suspended. */
  waits = false;
  /** What its message is built from is known: `bind` is not asked again. */
  prepared = false;
  /** The attempts that failed. */
  attempts: readonly AttemptRecord[] | null = null;
  /** A delivery was given up before. */
  lostBefore = false;
  /** How often in a row its process died while its body was under way, and it had just been called again. */
  deaths = 0;
  faults: readonly EdgeFault[] | null = null;
  /** It completed, had conditional success edges, and none of them was taken. */
  unmatched = false;
  /** Which success edges to take once it is over. */
  routing: Routing | null = null;
  effects: Effects | null = null;
  /** An earlier life of the run has kept how its body ended. */
  isRestored = false;
  /** The body completed, or a callback recovered the step. */
  succeeded = false;
  recovered: { readonly value: Ref; readonly by: StepId; readonly from: Ref } | null = null;
  /** The first child that failed. */
  failedChild: { readonly id: StepId; readonly error: Ref } | null = null;
  calls: Map<CallKey, CallRecord> | null = null;
  /** Records of its calls end with it. */
  hasCalled = false;
  /** The sources a skipped join step waited for in vain. */
  missing: readonly string[] | null = null;
  /** Fields of the state that it set without having seen the last change. */
  conflicts: readonly string[] | null = null;
  /** It asked for an end of a run that had been asked for before. */
  exitIgnored = false;
  /** Its cancel callbacks were started. */
  cancelStarted = false;
  cancelReason: string | null = null;
  /** It was stopped because another source of its join came first: that fails nothing. */
  isWithdrawn = false;
}
