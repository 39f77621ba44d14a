// The entries of a plan: when each has its turn, what becomes of those that must not run, and what follows them.
//
// ENTRIES-1. An entry is over when everything it has caused is over. Only then the next one of its lane has its turn.
// ENTRIES-2. Each entry makes exactly one step, run or not: the report lists those that never began.
// ENTRIES-3. Turns are requested from the sink and taken one by one: what a turn needs is named before it is loaded.

import { nodeNamed } from '../graph/compile.ts';
import { enter, enterCancelled, enterRefused, enterSkipped, beginsNothing, stepAt } from './step-lifecycle.ts';
import { place, overlayOf } from './overlay.ts';
import { addedLanes, type Entry, type EntryRef, type Making, type RunPlan } from './plan.ts';
import { Stage, StepCode } from './status.ts';
import { PlanState, EntryProgress, type EntryEnd } from './plan-state.ts';
import type { Run } from './state.ts';
import type { EntryMark, Step } from './step.ts';
import { leaveOut } from './limits.ts';
import type { Sink } from './sink.ts';

/** Takes the plan into the run, and opens as many lanes as there is room for. */
export function openPlan(run: Run, plan: RunPlan, sink: Sink): void {
  const state = new PlanState(plan.flow);
  run.plan = state;
  state.onSuccess = plan.onSuccess;
  state.onFailure = plan.onFailure;
  admit(run, state, plan.entries);
  for (let lane = state.opening; lane !== null; lane = state.opening) {
    take(run, state, { entry: lane.entry, after: null }, sink);
  }
}

function admit(run: Run, state: PlanState, entries: readonly Entry[]): void {
  const [first] = entries;
  if (first !== undefined) state.next ??= { entry: state.count, node: first.node };
  for (const entry of entries) {
    state.entries.set(state.count++, entry);
    if (isWatched(run, entry.node)) state.jobs.add(entry.node);
  }
  state.waiting += entries.length;
  // One that has all that it may have need not be closed.
  if (state.count === state.flow.open?.most) state.isClosed = true;
}

/** Run callbacks name it. */
function isWatched({ graph }: Run, node: string): boolean {
  return graph.runEdges.some(({ from }) => from?.name === node);
}

/** Adds entries to an open plan, in lanes of their own. Those that are linked already are linked the same again. */
export function addEntries(run: Run, entries: readonly Entry[], sink: Sink): void {
  const { plan } = run;
  if (plan === null) return;
  admit(run, plan, addedLanes(entries, plan.count));
  askForLane(run, plan, sink);
}

/** Why so many entries more cannot be added: the plan never was open, has all that it may have, or takes no more. */
export function whyNotAdded(run: Run, count: number): 'shut' | 'full' | 'over' | undefined {
  const { plan } = run;
  const open = plan?.flow.open;
  if (plan === null || open === undefined) return 'shut';
  if (open.most !== null && plan.count + count > open.most) return 'full';
  return isOpen(run, plan) ? undefined : 'over';
}

/** Entries can still be added: it was not closed, and what is added could begin. */
function isOpen(run: Run, plan: PlanState): boolean {
  return !plan.isClosed && !run.cancelling && !beginsNothing(run) && run.stage === Stage.ON && !hasStopped(run, plan);
}

/** Entries are to come, or may be added: a run without a live step is not at rest then. */
export function isPending(run: Run): boolean {
  const { plan } = run;
  return plan !== null && (plan.waiting > 0 || isOpen(run, plan));
}

/** After a failure only those begin that always do; where lanes are apart, of its own lane. */
function hasStopped(run: Run, { flow, failures }: PlanState): boolean {
  if (run.failed && !flow.keepGoing && flow.areLanesApart !== true) return true;
  return flow.stopAfterFailures !== null && failures >= flow.stopAfterFailures;
}

/** An entry has its turn: the first one of a lane, or the one after `after`. False if it is not its turn. */
export function takeTurn(run: Run, entry: number, after: number | null, sink: Sink): boolean {
  const { plan } = run;
  if (plan === null || !take(run, plan, { entry, after }, sink)) return false;
  if (after === null) askForLane(run, plan, sink);
  return true;
}

interface Taking {
  readonly entry: number;
  readonly after: number | null;
}

function take(run: Run, plan: PlanState, { entry: number, after }: Taking, sink: Sink): boolean {
  const entry = plan.entries.get(number);
  const before = after === null ? null : (plan.inProgress.get(after) ?? null);
  const isTurn = after === null ? plan.opening?.entry === number : isAfter(before, number);
  if (entry === undefined || !isTurn) return false;
  if (before === null) openLane(plan, number, entry);
  else plan.inProgress.delete(before.entry);
  plan.waiting--;
  plan.entries.delete(number);
  const progress = new EntryProgress(run, number, entry.next ?? null);
  progress.isLaneFailed = before?.isLaneFailed === true;
  plan.inProgress.set(number, progress);
  begin(run, { entry, progress, before: before?.end ?? null }, sink);
  return true;
}

function isAfter(before: EntryProgress | null, entry: number): boolean {
  return before !== null && before.isOver && before.next?.entry === entry;
}

function openLane(plan: PlanState, number: number, entry: Entry): void {
  plan.open++;
  plan.next = entry.lane ?? addedAt(plan, number + 1);
}

/** What was added apart from the entries before it is found by its number. */
function addedAt({ flow, entries, count }: PlanState, entry: number): EntryRef | null {
  const found = entries.get(entry);
  return flow.open === undefined || found === undefined || entry >= count ? null : { entry, node: found.node };
}

interface Beginning {
  readonly entry: Entry;
  readonly progress: EntryProgress;
  readonly before: EntryEnd | null;
}

function begin(run: Run, { entry, progress, before }: Beginning, sink: Sink): void {
  const step = stepFor(run, progress, entry, before);
  const { plan } = run;
  if (run.cancelling) return enterCancelled(step, sink);
  const isLeft = plan !== null && (hasStopped(run, plan) || hasLaneStopped(plan, progress)) && entry.always !== true;
  if (beginsNothing(run) || isLeft || isCutOff(entry, before)) return enterSkipped(step, StepCode.SKIPPED, sink);
  if (entry.refused !== undefined) {
    return enterRefused(step, { coreFailure: entry.refused, node: entry.node, reason: entry.name ?? '' }, sink);
  }
  enter(step, sink, run.limits.notBefore);
}

/** It takes what the entry before it returns, and that returned nothing: it lost a race, which fails nothing. */
function isCutOff({ follows }: Entry, before: EntryEnd | null): boolean {
  return follows !== undefined && before?.ok !== true;
}

/** A failure concerns its own lane only. */
function hasLaneStopped({ flow }: PlanState, { isLaneFailed }: EntryProgress): boolean {
  return flow.areLanesApart === true && !flow.keepGoing && isLaneFailed;
}

function stepFor(run: Run, progress: EntryProgress, entry: Entry, before: EntryEnd | null): Step {
  const overlay = overlayOf(progress.entry, entry);
  const overlaid = overlay === undefined ? undefined : place(run.graph, overlay);
  const step = stepAt(run, overlaid?.node ?? nodeNamed(run.graph, entry.node), overlaid?.edge ?? null);
  const extras = step.ensureExtras();
  extras.progress = progress;
  extras.overlay = overlay ?? null;
  extras.entry = markOf(entry, before);
  if (step.isConditional) leaveOut(step);
  if (overlaid?.edge === null || overlaid === undefined) {
    step.targetMessage = entry.message;
    step.message = entry.message;
  } else if (before !== null) {
    step.cause = before.step;
    step.targetMessage = before.message;
    step.targetValue = before.value;
  }
  return step;
}

function markOf({ at, name, condition, uses }: Entry, before: EntryEnd | null): EntryMark {
  const mark: Making<EntryMark> = { at, before };
  if (name !== undefined) mark.name = name;
  if (condition !== undefined) mark.condition = condition;
  if (uses !== undefined) mark.uses = uses;
  return mark;
}

/** Nothing of an entry is live. */
export function progressLeft(progress: EntryProgress, sink: Sink): void {
  const { run, next, entry } = progress;
  const { plan } = run;
  if (progress.live > 0 || progress.isOver || plan === null) return;
  progress.isOver = true;
  if (next !== null) return sink.turn(run, next, entry);
  plan.inProgress.delete(entry);
  plan.open--;
  askForLane(run, plan, sink);
}

function askForLane(run: Run, plan: PlanState, sink: Sink): void {
  if (plan.opening !== null) sink.turn(run, plan.opening, null);
}

/** The turns that are to be taken. */
export function turnsDue({ plan }: Run): { readonly turn: EntryRef; readonly after: number | null }[] {
  if (plan === null) return [];
  const due = [...plan.inProgress.values()].flatMap(({ isOver, next, entry }) =>
    isOver && next !== null ? [{ turn: next, after: entry }] : [],
  );
  return plan.opening === null ? due : [...due, { turn: plan.opening, after: null }];
}
