// What a run is started with: its entries, what is bound to them and follows them, and how they take turns.
//
// PLAN-1. Entries stand in lanes: those of one lane run one after another, lanes run side by side. A sequence is one
//     lane, a parallel plan has one for each entry or group, and a single job is a lane of one.
// PLAN-2. It is plain data, in whichever way it was written: payloads are references, and absent members are left out.

import type { Ref } from './step-data.ts';
import type { StepCode } from './status.ts';

/** A node with what is bound to it and with callbacks of its own. */
export interface Signed {
  readonly node: string;
  /** Replaces the fields of its message that have other sources. */
  readonly bound?: Ref;
  readonly success?: readonly Signed[];
  readonly error?: readonly Signed[];
}

/** An entry by its number, with its node: all that has to be known before its record is loaded. */
export interface EntryRef {
  readonly entry: number;
  readonly node: string;
}

/** One job that a run begins with. Entries are numbered in the order in which they have their turn. */
export interface Entry extends Signed {
  /** The start message, ready to be used; of a defined entry what it is made of. */
  readonly message?: Ref;
  /** Its place in the plan as it was written. */
  readonly at: number;
  /** Its value goes under this name. */
  readonly name?: string;
  /** The node of the entry before, whose return value goes into its message. */
  readonly follows?: string;
  /** It runs although an entry before it has failed. */
  readonly always?: true;
  /** What has to hold for it to run: an array. */
  readonly condition?: Ref;
  /** Its message and condition are formulas over the results of earlier entries, by their names. */
  readonly uses?: readonly Use[];
  /** It is refused with this code when its turn comes. */
  readonly refused?: StepCode;
  /** The entry after it in its lane. */
  readonly next?: EntryRef;
  /** Of the first one in a lane: the first one of the lane after it. */
  readonly lane?: EntryRef;
}

export interface Use {
  readonly name: string;
  /** The other entry's place in the plan. */
  readonly at: number;
}

/** What `value()` of a run gives: the first entry's value, the last one's, an array, or a record by name. */
export type PlanShape = 'one' | 'last' | 'list' | 'record';

/** How the entries of a plan follow each other. */
export interface PlanFlow {
  readonly shape: PlanShape;
  /** A failure does not keep the entries after it from running. */
  readonly keepGoing: boolean;
  /** A failure stops the rest of its own lane only. */
  readonly areLanesApart?: true;
  /** Lanes that are open at a time; null for any number. */
  readonly concurrency: number | null;
  /** No entry begins after so many have failed; null for any number. */
  readonly stopAfterFailures: number | null;
  /** Entries can be added until it is closed, so many in all; null for any number. Absent: all of them are there. */
  readonly open?: { readonly most: number | null };
  /** What the formulas of defined entries are given apart from results. */
  readonly parameters?: Ref;
  /** The nodes that run when all else is over. */
  readonly callbacks?: readonly string[];
}

/** What a run is started with. */
export interface RunPlan {
  /** What the run is called: the job, or what kind of plan it is. */
  readonly name: string;
  readonly entries: readonly Entry[];
  readonly flow: PlanFlow;
  /** Run once, when all else is over, with the report. */
  readonly onSuccess?: Signed;
  readonly onFailure?: Signed;
}

/** What kind of plan it is. A job that is started alone is none. */
export type PlanMode = 'sequence' | 'parallel' | 'chain' | 'swarm';

export interface PlanKind {
  readonly mode: PlanMode;
  /** How many there are at the start. */
  readonly entries: number;
}

export function kindOfPlan({ entries, flow }: RunPlan): PlanKind | undefined {
  const { length } = entries;
  if (flow.open !== undefined) return { mode: 'swarm', entries: length };
  if (flow.shape === 'one') return undefined;
  if (flow.shape === 'last') return { mode: 'chain', entries: length };
  return { mode: entries.some(({ lane }) => lane !== undefined) ? 'parallel' : 'sequence', entries: length };
}

export const SINGLE: PlanFlow = { shape: 'one', keepGoing: false, concurrency: null, stopAfterFailures: null };

/** A plan of one job with a message. */
export function singlePlan(node: string, message: Ref): RunPlan {
  return new SinglePlan(node, message);
}

/** Most runs begin with one, and nobody asks for its list of entries. */
class SinglePlan implements RunPlan {
  readonly name: string;
  readonly flow = SINGLE;
  readonly #message: Ref;

  constructor(name: string, message: Ref) {
    this.name = name;
    this.#message = message;
  }

  get entries(): readonly Entry[] {
    return [{ node: this.name, message: this.#message, at: 0 }];
  }

  static messageOf(plan: RunPlan): Ref {
    return plan instanceof SinglePlan ? plan.#message : undefined;
  }

  /** What `plainEntryOf` finds in such a plan. */
  static plainEntryOf(plan: RunPlan): Entry | undefined {
    return plan instanceof SinglePlan ? { node: plan.name, message: plan.#message, at: 0 } : undefined;
  }
}

/** It was made by `singlePlan`. */
export function isSingle(plan: RunPlan): boolean {
  return plan instanceof SinglePlan;
}

/** The message of such a plan, without an object for its entry. */
export function messageOfSingle(plan: RunPlan): Ref {
  return SinglePlan.messageOf(plan);
}

/** The only entry of a plan that asks for nothing but a job and its message. */
export function plainEntryOf(plan: RunPlan): Entry | undefined {
  return SinglePlan.plainEntryOf(plan) ?? writtenOut(plan);
}

function writtenOut({ entries, flow, onSuccess, onFailure }: RunPlan): Entry | undefined {
  const [entry] = entries;
  if (entry === undefined || entries.length > 1 || flow.shape !== 'one' || onSuccess || onFailure) return undefined;
  return entry.success || entry.error || entry.condition !== undefined || entry.refused ? undefined : entry;
}

/** What the start itself was given: the message of its one job, or of a chain's first, or what formulas find as parameters. */
export function startMessageOf({ entries, flow: { shape, parameters } }: RunPlan): Ref {
  return shape === 'one' || shape === 'last' ? entries[0]?.message : parameters;
}

/**
 * An object of a plan while it is made. What may be absent is assigned: a literal that spreads objects of several shapes
 * has a shape of its own each time, and every access to one of its fields is a search.
 */
export type Making<T> = { -readonly [K in keyof T]: T[K] };

/** Numbers the entries of lanes, which were made for this plan, and links them. Numbers go on from `first`. */
export function inLanes(lanes: readonly (readonly Making<Entry>[])[], first = 0): Entry[] {
  const linked: Entry[] = [];
  let number = first;
  const turnOf = (entry: Entry | undefined, at: number): EntryRef | undefined =>
    entry === undefined ? undefined : { entry: at, node: entry.node };
  for (const [index, lane] of lanes.entries()) {
    const after = turnOf(lanes[index + 1]?.[0], number + lane.length);
    for (const [position, entry] of lane.entries()) {
      const next = turnOf(lane[position + 1], number + 1);
      const isFirst = position === 0 && after !== undefined;
      if (next !== undefined) entry.next = next;
      if (isFirst) entry.lane = after;
      linked.push(entry);
      number++;
    }
  }
  return linked;
}

/** Entries that are added to an open plan: each in a lane of its own, numbered from `first` on, there as in the plan. */
export function addedLanes(entries: readonly Entry[], first: number): Entry[] {
  const lanes = entries.map((entry, index) => [{ ...entry, at: first + index }]);
  return inLanes(lanes, first);
}
