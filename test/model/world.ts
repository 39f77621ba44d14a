// What the interpreter knows of a run: plain objects and lists, nothing counted.

import type { Lane, Entry, Previous } from './lane.ts';
import type { SignedPlan } from './start-plan.ts';
import type { EdgePlan, ErrorEdge, GraphPlan, JoinEdge, MomentEdge, SuccessEdge } from './graph-plan.ts';
import type { Action, Planned, Trail } from './script.ts';

/** A failure that no body made: what the core says itself, by its code. */
export interface Refused {
  readonly code: number;
}
export type Trouble = Planned | Refused;

export type Status = 'completed' | 'failed' | 'skipped' | 'cancelled';
/** `stopping`: cancelled while its body is under way; `clearing`: what belongs to it is cancelled first. */
export type PhaseName =
  | 'held'
  | 'listening'
  | 'starting'
  | 'body'
  | 'waiting'
  | 'handling'
  | 'ending'
  | 'stopping'
  | 'clearing'
  | 'over';

/** A body under way. */
export interface Frame {
  readonly script: Generator<Action, Trail | Trail[], void>;
  /** The called child that it waits for. */
  called: Step | null;
  /** Nobody listens to it any more. */
  dropped: boolean;
  exit: { readonly value: string } | null;
  added: number;
}

export interface Attempted {
  readonly number: number;
  readonly code: number;
  readonly error: Trouble | null;
}

export interface Step {
  readonly id: number;
  /** 0 while it is no execution of its node, or if it is none: P4. */
  round: number;
  readonly node: number;
  readonly edge: number | null;
  readonly cause: Step | null;
  readonly role: 'flow' | 'bracket' | 'child' | 'called' | 'watcher';
  readonly owner: Step | null;
  readonly group: Group | null;
  readonly item: number;
  /** Where it stands, if it was signed for this run. */
  readonly signed: Signed | null;
  /** The entry that has caused it; null for what nobody but the run waits for. */
  readonly root: Entry | null;
  /** It is the step of an entry. */
  readonly entry: Entry | null;
  /** How the entry before it in its lane ended. */
  readonly previous: Previous | null;
  readonly madeAt: number;
  message: unknown;
  /** Another source of its join came first: R57. */
  withdrawn: boolean;
  /** What its marks give it. */
  readonly given: string;
  /** Of one that waits for a message: when its time is over, 0 for never. */
  dueBy: number;
  /** When it began to wait; -1 if it has not. */
  listenedAt: number;
  /** Its condition was asked. */
  isAsked: boolean;
  /** It was sent the message that it has waited for. */
  wasSent: boolean;
  phase: PhaseName;
  status: Status | null;
  code: number;
  attempt: number;
  readonly attempts: Attempted[];
  frame: Frame | null;
  /** Held: its time has come, before that of higher numbers; 0 if it has not. */
  due: number;
  /** Start callbacks made so far. */
  started: number;
  /** The body returned, and what. */
  returned: { readonly value: unknown } | null;
  trouble: Trouble | null;
  recovered: { readonly value: unknown } | null;
  /** Success edges to take, by position. */
  routes: readonly number[];
  readonly calls: Map<string, Step>;
  /** The children that failed, in the order in which they did. */
  readonly failedChildren: Step[];
  /** Error callbacks were made. */
  handled: boolean;
  /** Cancel callbacks were made, or must not be. */
  told: boolean;
  readonly faults: { readonly edge: number; readonly path: string }[];
  missing: readonly number[] | null;
}

/** A node that was signed, in its place. */
export interface Signed {
  /** `2.s0` is the first success callback of the third entry. */
  readonly path: string;
  readonly plan: SignedPlan;
  /** What leads there; null for an entry that nothing goes into. */
  readonly moment: 'success' | 'error' | 'runSuccess' | 'runError' | null;
  readonly from: number | null;
}

export interface Group {
  readonly edge: SuccessEdge;
  readonly edgeAt: number;
  readonly cause: Step;
  /** R54: the step that waits for its items. */
  readonly within: Step | null;
  readonly items: readonly unknown[];
  readonly steps: Step[];
  over: boolean;
  withdrawn: boolean;
}

export interface Arrival {
  readonly value: unknown;
  /** R54: the step that what it comes from belongs to. */
  readonly within: Step | null;
}

/** The arrivals at a join, by source; null for one that a withdrawn step would have brought. */
export interface Gathering {
  readonly edge: JoinEdge;
  readonly edgeAt: number;
  readonly arrived: (Arrival | null)[][];
  /** R57: by source, the instances that withdrawn steps would have filled, further on. */
  readonly lost: Set<number>[];
  /** Instances that fired or were given up. */
  closed: number;
  /** When it fired last. */
  firedAt: number;
}

/** R57: an instance of a join that its first source took, while those who have lost are not withdrawn. */
export interface Race {
  readonly gathering: Gathering;
  readonly instance: number;
  /** So many steps there were before the completion that won it led to any: later ones have no part in it. */
  readonly upTo: number;
}

/** A body that was begun. */
export interface Begin {
  readonly at: number;
  readonly node: number;
  readonly path: string;
  readonly attempt: number;
  /** What its marks give it: a value, an error, or nothing. */
  readonly given: string;
  /** How the entry before it ended, if it is told. */
  readonly previous: Previous | null;
  /** Its condition was asked, or a message was handed to it: its place among others at one time is nobody's promise. */
  readonly isApart: boolean;
}

export interface Happening {
  readonly at: number;
  readonly order: number;
  readonly kind: 'end' | 'due' | 'control' | 'grace';
  readonly happen: () => void;
  /** It no longer matters. */
  readonly stale: () => boolean;
}

export class World {
  readonly plan: GraphPlan;
  now = 0;
  readonly steps: Step[] = [];
  readonly groups: Group[] = [];
  readonly gatherings: Gathering[] = [];
  races: readonly Race[] = [];
  /** In the order in which they open. */
  readonly lanes: Lane[] = [];
  /** Messages from outside that nobody has taken, by node. */
  readonly letters: { readonly node: number; readonly message: unknown }[] = [];
  /** The nodes that they were sent to. */
  readonly letterIds = new Map<number, number>();
  isClosed: boolean;
  readonly begins: Begin[] = [];
  readonly signals: string[] = [];
  /** Why the prediction may hang on what came first at one time. */
  readonly ties: string[] = [];
  /** Why it may hang on the order of what happens at one time, which engines may choose. */
  readonly luck: string[] = [];
  /**
   * Something else begins at a time where edges are asked about a value or an error that no body made, where two timers
   * are due, or where a body returns because its signal was aborted: engines may choose which comes first.
   */
  unordered = false;
  /** When a step with cancel callbacks was cancelled last, after what belonged to it. */
  clearedAt = -1;
  happenings: Happening[] = [];
  total = 0;
  suspended = false;
  cancelling = false;
  timedOut = false;
  /** The entry was cancelled as a step, before anything stopped the run. */
  entryStopped = false;
  exit: { readonly value: string } | null = null;
  /** R56: the step beyond `stepLimit` was refused. */
  limitReached = false;
  /** The code of what failed the run first. */
  failedWith: number | null = null;
  stage: 'on' | 'told' | 'ending' | 'over' = 'on';
  outcome: 'completed' | 'failed' | 'cancelled' = 'completed';
  outcomeCode = 0;

  constructor(plan: GraphPlan) {
    this.plan = plan;
    this.isClosed = !plan.start.isOpen;
    for (const [edgeAt, edge] of plan.edges.entries()) {
      if (edge.on !== 'join') continue;
      const { sources } = edge;
      const none = { arrived: sources.map(() => []), lost: sources.map(() => new Set<number>()) };
      this.gatherings.push({ edge, edgeAt, ...none, closed: 0, firedAt: -1 });
    }
  }

  live(): Step[] {
    return this.steps.filter((step) => step.status === null);
  }

  brackets(of: Step): Step[] {
    return this.steps.filter((step) => step.owner === of && step.role === 'bracket');
  }

  children(of: Step): Step[] {
    return this.steps.filter((step) => step.owner === of && (step.role === 'child' || step.role === 'called'));
  }

  /** Edges of a moment of a node, with their positions, in declared order. */
  edges<M extends keyof StepEdges>(on: M, from: number): [number, StepEdges[M]][] {
    const found: [number, StepEdges[M]][] = [];
    for (const [at, edge] of this.plan.edges.entries()) {
      if (isOn(edge, on) && edge.from === from) found.push([at, edge]);
    }
    return found;
  }

  /** Its time has come; it begins when it is its turn. */
  isReady(step: Step): void {
    step.due = 1 + Math.max(0, ...this.steps.map(({ due }) => due));
  }

  later(ms: number, kind: Happening['kind'], happen: () => void, stale: () => boolean = () => false): void {
    this.happenings.push({ at: this.now + ms, order: this.happenings.length, kind, happen, stale });
  }
}

interface StepEdges {
  readonly start: MomentEdge;
  readonly success: SuccessEdge;
  readonly error: ErrorEdge;
  readonly end: MomentEdge;
  readonly cancel: MomentEdge;
}

function isOn<M extends keyof StepEdges>(edge: EdgePlan | StepEdges[M], on: M): edge is StepEdges[M] {
  return edge.on === on;
}

/** R54: what a child leads to belongs to its parent like the child; all else to the run. */
export function withinOf({ role, owner }: Step): Step | null {
  return role === 'child' || role === 'called' ? owner : null;
}

/** It, or what is around it, was told to stop. */
export function isStoppedWithin(step: Step): boolean {
  if (['stopping', 'clearing', 'over'].includes(step.phase)) return true;
  return step.owner !== null && isStoppedWithin(step.owner);
}

/** A watcher, or what belongs to one. */
export function isWatching(step: Step): boolean {
  return step.role === 'watcher' || (step.owner !== null && isWatching(step.owner));
}

/** How many steps are around it. */
export function depthOf(step: Step): number {
  return step.owner === null ? 0 : 1 + depthOf(step.owner);
}
