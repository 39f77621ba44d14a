// A run while it is held in memory: the run, its live steps, its plan, its groups, joins and mailboxes.
//
// STATE-1. Only `src/run` decides what changes here, one transition at a time. Three others write: `src/records` fills
//     in what it has loaded, the memory engine keeps `Step.next`, `Step.extras.calls` of steps that are over and
//     `Run.endedAt`, and `src/execute` sets `Step.message`. A step that is over may still be read.
// STATE-2. A step holds what its message is made of (the target's message and value), never the target itself:
//     otherwise the rounds of a loop would keep each other alive.
// STATE-3. Payloads (`Ref`) are opaque: the value itself in memory, the key of a value in a store, or a `CoreFailure`.
// STATE-4. In memory the entries of a plan that wait for their turn are all held; a store loads those that an event
//     names.

import type { CompiledGraph, Edge, GraphNode } from '../graph/graph.ts';
import type { JoinState } from './join-state.ts';
import { Phase, Role, Stage, StepCode, type FinalStatus } from './status.ts';
import type {
  Ref,
  StepId,
  AttemptRecord,
  CallRecord,
  ChildAsked,
  EdgeFault,
  Routing,
  CallKey,
  Carried,
} from './step-data.ts';
import { NO_STATE, type SharedState } from './shared-state.ts';
import { stepKey } from './step-key.ts';
import type { Effects } from './event.ts';
import type { Overlay } from './overlay.ts';
import type { Use, Entry, PlanFlow, Signed, EntryRef } from './plan.ts';

/** What a run holds and may do. */
export interface RunLimits {
  readonly tags: readonly string[];
  /** Steps a run may have; the first one beyond that is no callback is refused with code 108, and nothing follows it. */
  readonly stepLimit: number;
  /** Executions of nodes, by pattern; the last that fits counts. */
  readonly maxPerRun: readonly (readonly [pattern: string, limit: number | null])[];
  /** Time a cancelled body is given to return, in milliseconds. */
  readonly cancelGraceMs: number;
  /** Milliseconds since the epoch; 0 for none. */
  readonly deadline: number;
  /** Milliseconds since the epoch; 0 for at once. */
  readonly notBefore: number;
  readonly carried?: Carried;
  readonly onGraphChange?: 'raise' | 'reset';
}

/** Whoever knows the id of a run: it may be made when it is first read. */
export interface RunIdSource {
  readonly runId: string;
}

export class Run {
  #id: string | RunIdSource;
  readonly graph: CompiledGraph;
  /** The job, or what kind of plan it is. */
  readonly name: string;
  readonly limits: RunLimits;
  /** Null: it began with one job and nothing else. */
  plan: PlanState | null = null;
  createdAt = 0;
  /** How often it was begun, and whether ends of earlier lives are kept that are not served yet. */
  life = 1;
  hasEarlier = false;
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
  /** The hash of another graph that it has met, and whether it is held for it. */
  graphMet: { readonly hash: string; readonly isHeld: boolean } | null = null;
  failed = false;
  /** The step beyond its `stepLimit` was refused: nothing more of its flow begins. */
  limitReached = false;
  exit: { readonly value: Ref } | null = null;
  /** Steps made so far: the last step's id. */
  steps = 0;
  /** Events reported so far. */
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
  agenda: (Step | Group | EntryProgress)[] | null = null;
  /** What was sent to nodes that wait for messages, by the node's position. */
  mailboxes: Map<number, Mailbox> | null = null;
  /** The messages from outside that were taken, by their ids. */
  signals: Set<string> | null = null;
  readonly counts = { completed: 0, failed: 0, skipped: 0, cancelled: 0 };
  entryStatus: FinalStatus | undefined = undefined;
  entryCode: StepCode = StepCode.NONE;
  /** The entry's return value or error. */
  entryValue: Ref = undefined;

  get id(): string {
    if (typeof this.#id !== 'string') this.#id = this.#id.runId;
    return this.#id;
  }

  get tags(): readonly string[] {
    return this.limits.tags;
  }

  /** Steps may be skipped, refused or kept from being dispatched. */
  get isHindered(): boolean {
    return this.suspended || this.exit !== null || this.limits.maxPerRun.length > 0;
  }

  constructor(id: string | RunIdSource, graph: CompiledGraph, name: string, limits: RunLimits) {
    this.#id = id;
    this.graph = graph;
    this.name = name;
    this.limits = limits;
  }
}

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
  /** Null: nothing happened to it but its body. */
  extras: StepExtras | null = null;
  // Since the run's creation: small integers, which a field holds itself. Other numbers are objects of their own.
  #startedMs = 0;
  #endedMs = 0;

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
    return this.run.createdAt + this.#startedMs;
  }

  set startedAt(at: number) {
    this.#startedMs = compact(at - this.run.createdAt);
  }

  /** Starts at the time at which the one before it ended. */
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

/** The steps that wait for this one, nearest first. */
export function enclosing(step: Step): Step[] {
  const found: Step[] = [];
  for (let owner = step.owner; owner !== null; owner = owner.owner) found.push(owner);
  return found;
}

/** The same number, as an integer to the machine too where it is one. */
function compact(ms: number): number {
  const whole = ms | 0;
  return whole === ms ? whole : ms;
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

/** An `each` in progress: one step for each item of an array, so many at a time. */
export class Group {
  /** `step.edge`: the step that returned the array, and the position of the edge among its success edges. */
  readonly key: string;
  readonly run: Run;
  readonly edge: Edge;
  readonly cause: StepId;
  /** The entry that it belongs to. */
  readonly progress: EntryProgress | null;
  /** The step that waits for its items and fails with them; null for the run. */
  readonly within: Step | null;
  /** The target's message. */
  readonly targetMessage: Ref;
  /** The array. */
  readonly targetValue: Ref;
  readonly size: number;
  /** Items made so far. */
  made = 0;
  /** Items made and not over. */
  open = 0;
  failed = 0;
  /** Items that never began: the run was ended while it was on. */
  skipped = 0;
  isOver = false;
  /** Its items were stopped because another source of a join came first. */
  isWithdrawn = false;

  constructor(
    key: string,
    edge: Edge,
    of: Pick<Group, 'run' | 'cause' | 'progress' | 'within' | 'targetMessage' | 'targetValue' | 'size'>,
  ) {
    this.key = key;
    this.edge = edge;
    this.run = of.run;
    this.cause = of.cause;
    this.progress = of.progress;
    this.within = of.within;
    this.targetMessage = of.targetMessage;
    this.targetValue = of.targetValue;
    this.size = of.size;
  }
}

export class Mailbox {
  sent: number;
  taken: number;
  /** By number, from 1: those that no step has taken, as far as they are loaded. */
  readonly kept = new Map<number, Ref>();

  constructor(sent = 0, taken = 0) {
    this.sent = sent;
    this.taken = taken;
  }

  get isEmpty(): boolean {
    return this.taken >= this.sent;
  }
}

export function mailboxOf(run: Run, { index }: GraphNode): Mailbox {
  const boxes = (run.mailboxes ??= new Map<number, Mailbox>());
  const known = boxes.get(index);
  if (known !== undefined) return known;
  const made = new Mailbox();
  boxes.set(index, made);
  return made;
}

/** How an entry ended, for the one after it. */
export interface EntryEnd {
  readonly ok: boolean;
  readonly step: StepId;
  readonly message: Ref;
  readonly value: Ref;
}

/** An entry under way, with everything it causes. */
export class EntryProgress {
  readonly run: Run;
  readonly entry: number;
  /** The entry after it in its lane. */
  readonly next: EntryRef | null;
  /** Live steps that it has caused, its own included. */
  live = 0;
  hasFailed = false;
  /** It, or an entry before it in its lane, has failed the run: what follows in the lane may have to stay out. */
  isLaneFailed = false;
  /** Nothing of it is live, and nothing will be. */
  isOver = false;
  /** How the entry's own step ended. */
  end: EntryEnd | null = null;

  constructor(run: Run, entry: number, next: EntryRef | null) {
    this.run = run;
    this.entry = entry;
    this.next = next;
  }
}

export class PlanState {
  readonly flow: PlanFlow;
  /** By number: all of them in memory, those an event concerns in a store. */
  readonly entries = new Map<number, Entry>();
  /** The entries under way that are loaded. */
  readonly inProgress = new Map<number, EntryProgress>();
  /** Entries so far. */
  count = 0;
  /** Entries that have not had their turn. */
  waiting = 0;
  /** The lane that opens next. */
  next: EntryRef | null = null;
  /** Lanes under way. */
  open = 0;
  isClosed: boolean;
  /** Entries that failed, or something they caused. */
  failures = 0;
  /** Its jobs, as far as callbacks of runs name them. */
  readonly jobs = new Set<string>();
  onSuccess: Signed | undefined = undefined;
  onFailure: Signed | undefined = undefined;

  constructor(flow: PlanFlow) {
    this.flow = flow;
    this.isClosed = flow.open === undefined;
  }

  /** The lane that may open now. */
  get opening(): EntryRef | null {
    const { concurrency } = this.flow;
    return concurrency === null || this.open < concurrency ? this.next : null;
  }
}
