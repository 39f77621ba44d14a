// How far the plan of a run has come: which lanes are open, and what of each entry under way is still live.
//
// PLAN-STATE-1. In memory the entries that wait for their turn are all held; a store loads those that an event names.

import type { Entry, EntryRef, PlanFlow, Signed } from './plan.ts';
import type { Run } from './state.ts';
import type { Ref, StepId } from './step-data.ts';

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
