// What only some steps have. Most steps of most runs have none of it.

import type { AttemptRecord } from './attempt-record.ts';
import type { CallRecord } from './call-record.ts';
import type { EdgeFault, Facts } from './facts.ts';
import type { Group } from './group.ts';
import { Role } from './phase.ts';
import type { Placement } from './placed.ts';
import type { Use } from './plan.ts';
import type { EntryEnd, Root } from './plan-state.ts';
import type { CallKey, Ref, StepId } from './ref.ts';
import type { Step } from './state.ts';

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
export interface Listening {
  /** Its place among the events of the run. */
  readonly seq: number;
  readonly at: number;
  /** When the wait and the body have to be over; 0 for any time. */
  readonly dueAt: number;
  /** What was sent. */
  readonly sent?: { readonly message: Ref };
}

/** What only some steps have. */
export class Rare {
  role: Role = Role.FLOW;
  /** The step this one is a callback or a child of, and which waits for it. */
  owner: Step | null = null;
  /** How many steps enclose this one. */
  depth = 0;
  /** The key it was spawned or called under. */
  call: CallKey | null = null;
  /** A key of its own, where it does not follow from node and round. */
  key: string | null = null;
  group: Group | null = null;
  /** The entry that it belongs to: with its last step that entry is over. */
  root: Root | null = null;
  /** It is the step of an entry. */
  entry: EntryMark | null = null;
  /** Where it stands, if only this run has such a node or edge. */
  placement: Placement | null = null;
  /** It waits for a message from outside, or has waited for one. */
  listening: Listening | null = null;
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
  faults: readonly EdgeFault[] | null = null;
  /** It completed, had conditional success edges, and none of them was taken. */
  unmatched = false;
  /** Which success edges to take once it is over. */
  facts: Facts | null = null;
  /** The body completed, or a callback recovered the step. */
  succeeded = false;
  recovered: { readonly value: Ref } | null = null;
  /** The first child that failed. */
  failedChild: { readonly id: StepId; readonly error: Ref } | null = null;
  calls: Map<CallKey, CallRecord> | null = null;
  /** The sources a skipped join step waited for in vain. */
  missing: readonly string[] | null = null;
  /** Fields of the state that it set without having seen the last change. */
  conflicts: readonly string[] | null = null;
  /** It asked for an end of a run that had been asked for before. */
  exitIgnored = false;
  /** Its cancel callbacks were started. */
  cancelTold = false;
  cancelReason: string | null = null;
}
