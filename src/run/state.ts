// A run while it is held in memory: the run itself, its groups and its mailboxes. Its steps are in `step.ts`, and how far
// its plan has come in `plan-state.ts`.
//
// STATE-1. Only `src/run` decides what changes here, one transition at a time. Three others write: `src/records` fills
//     in what it has loaded, the memory engine keeps `Step.next`, `Step.extras.calls` of steps that are over and
//     `Run.endedAt`, and `src/execute` sets `Step.message`. A step that is over may still be read.
// STATE-2. Payloads (`Ref`) are opaque: the value itself in memory, the key of a value in a store, or a `CoreFailure`.

import type { CompiledGraph, Edge, GraphNode } from '../graph/graph.ts';
import type { JoinState } from './join-state.ts';
import type { EntryProgress, PlanState } from './plan-state.ts';
import { NO_STATE, type SharedState } from './shared-state.ts';
import { Stage, StepCode, type FinalStatus } from './status.ts';
import type { Step } from './step.ts';
import type { RunSettings } from './event.ts';
import type { Ref, StepId } from './step-data.ts';

/** What a run holds and may do. */
export type RunLimits = Omit<RunSettings, 'history' | 'suspended'>;

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
  /** What its start was given; undefined if its jobs have messages of their own. */
  message: Ref = undefined;
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
