// A run while it is held in memory: the run itself, its groups and its mailboxes. Its steps are in `step.ts`, and how far
// its plan has come in `plan-state.ts`.
//
// STATE-1. Only `src/run` decides what changes here, one transition at a time. Three others write: `src/records` fills
//     in what it has loaded, the memory engine keeps `Step.next`, `Step.underway`, `Step.extras.calls` of steps that are over
//     and `Run.endedAt`, and `src/execute` sets `Step.message`, which the memory engine does for runs along lines. A step
//     that is over may still be read.
// STATE-2. Payloads (`Ref`) are opaque: the value itself in memory, the key of a value in a store, or a `CoreFailure`.

import type { CompiledGraph, Edge, GraphNode } from '../graph/graph.ts';
import type { JoinState } from './join-state.ts';
import type { Rounds } from './rounds.ts';
import type { EntryProgress, PlanState } from './plan-state.ts';
import { NO_STATE, type SharedState } from './shared-state.ts';
import { Stage, StepCode, type FinalStatus } from './status.ts';
import type { Step } from './step.ts';
import type { RunSettings } from './event.ts';
import type { Ref, StepId } from './step-data.ts';

/** What a run holds and may do. */
export type RunLimits = Omit<RunSettings, 'history' | 'suspended'>;

/** What has the id of a run. The id may be made when it is first read. */
export interface RunIdSource {
  readonly runId: string;
}

/** Most runs have one live step at a time: with it a list of its own takes the place of this one, to which nobody adds. */
const NONE_LIVE: Step[] = [];

export class Run {
  #id: string | RunIdSource;
  readonly graph: CompiledGraph;
  /** The job, or what kind of plan it is. */
  readonly name: string;
  readonly limits: RunLimits;
  /** Null: nothing has happened to it but its steps. */
  #extras: RunExtras | null;
  #createdAt = 0;
  // The last time that was asked for, and how far it is from the creation.
  #lastAt = 0;
  #lastMs = 0;
  /** Null: it began with one job and nothing else. */
  plan: PlanState | null = null;
  /** What its start was given; undefined if its jobs have messages of their own. */
  message: Ref = undefined;
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
  failed = false;
  cancelReason: string | undefined = undefined;
  /** The deadline passed: it is stopped as by a cancel, and failed. */
  timedOut = false;
  /** The hash of another graph that it has met, and whether it is held for it. */
  graphMet: { readonly hash: string; readonly isHeld: boolean } | null = null;
  state: SharedState = NO_STATE;
  /** Steps made so far: the last step's id. */
  steps = 0;
  /** Events reported so far. */
  seq = 0;
  liveCount = 0;
  /** The live steps that are loaded: all of them in memory, those an event concerns in a store. */
  live: Step[] = NONE_LIVE;
  /** Executions of nodes that may repeat, by the node's position. */
  rounds: Rounds | null = null;
  /** By the join's position. */
  joins: (JoinState | undefined)[] | null = null;
  /** Instances of joins that have had an arrival and can still complete. */
  openJoins = 0;
  /** What waits for a step or an item that has just been left, to be looked at before the transition ends. */
  agenda: (Step | Group | EntryProgress)[] | null = null;
  readonly counts = { completed: 0, failed: 0, skipped: 0, cancelled: 0 };
  entryStatus: FinalStatus | undefined = undefined;
  entryCode: StepCode = StepCode.NONE;
  /** The entry's return value or error. */
  entryValue: Ref = undefined;

  constructor(id: string | RunIdSource, graph: CompiledGraph, name: string, limits: RunLimits) {
    this.#id = id;
    this.graph = graph;
    this.name = name;
    this.limits = limits;
    this.#extras = limits.maxPerRun.length === 0 ? null : new RunExtras();
  }

  get id(): string {
    if (typeof this.#id !== 'string') this.#id = this.#id.runId;
    return this.#id;
  }

  get createdAt(): number {
    return this.#createdAt;
  }

  set createdAt(at: number) {
    this.#createdAt = at;
    this.#lastAt = at;
    this.#lastMs = 0;
  }

  /** Milliseconds from its creation to a time. Most that happens to it happens in one turn, and is known by then. */
  msTo(at: number): number {
    if (at === this.#lastAt) return this.#lastMs;
    this.#lastAt = at;
    this.#lastMs = compact(at - this.#createdAt);
    return this.#lastMs;
  }

  /** Takes in a live step. */
  add(step: Step): void {
    step.slot = this.live.length;
    if (this.live === NONE_LIVE) this.live = [step];
    else this.live.push(step);
  }

  get tags(): readonly string[] {
    return this.limits.tags;
  }

  /** Steps may be skipped, refused or kept from being dispatched. */
  get isHindered(): boolean {
    const extras = this.#extras;
    return extras !== null && (extras.suspended || extras.exit !== null || this.limits.maxPerRun.length > 0);
  }

  get suspended(): boolean {
    return this.#extras === null ? false : this.#extras.suspended;
  }

  set suspended(to: boolean) {
    if (this.#extras !== null || to !== false) this.ensureExtras().suspended = to;
  }

  get cancelling(): boolean {
    return this.#extras === null ? false : this.#extras.cancelling;
  }

  set cancelling(to: boolean) {
    if (this.#extras !== null || to !== false) this.ensureExtras().cancelling = to;
  }

  get limitReached(): boolean {
    return this.#extras === null ? false : this.#extras.limitReached;
  }

  set limitReached(to: boolean) {
    if (this.#extras !== null || to !== false) this.ensureExtras().limitReached = to;
  }

  get exit(): Exit | null {
    return this.#extras === null ? null : this.#extras.exit;
  }

  set exit(to: Exit | null) {
    if (this.#extras !== null || to !== null) this.ensureExtras().exit = to;
  }

  get mailboxes(): RunExtras['mailboxes'] {
    return this.#extras === null ? null : this.#extras.mailboxes;
  }

  get signals(): RunExtras['signals'] {
    return this.#extras === null ? null : this.#extras.signals;
  }

  ensureExtras(): RunExtras {
    this.#extras ??= new RunExtras();
    return this.#extras;
  }
}

interface Exit {
  readonly value: Ref;
}

/** What only some runs have: each field of a run is paid by all of them. */
class RunExtras {
  suspended = false;
  cancelling = false;
  /** The step beyond its `stepLimit` was refused: nothing more of its flow begins. */
  limitReached = false;
  exit: Exit | null = null;
  /** What was sent to nodes that wait for messages, by the node's position. */
  mailboxes: Map<number, Mailbox> | null = null;
  /** The fingerprints of the messages from outside that were taken, by their ids. */
  signals: Map<string, string | undefined> | null = null;
}

/** The same number, as an integer to the machine too where it is one. */
function compact(ms: number): number {
  const whole = ms | 0;
  return whole === ms ? whole : ms;
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
  const boxes = (run.ensureExtras().mailboxes ??= new Map<number, Mailbox>());
  const known = boxes.get(index);
  if (known !== undefined) return known;
  const made = new Mailbox();
  boxes.set(index, made);
  return made;
}
