// A run that is over is begun again: what it has kept of finished steps is served to the transitions, so that only what
// failed, and what follows from it, is left to be performed.
//
// REOPEN-1. It is one decision: what is kept is served in the order in which bodies returned, until nothing is left that
//     could be served. The run then has a life more, and stands where it would stand had those bodies just returned.
// REOPEN-2. Served are steps that completed, entries whose condition did not hold, and children whose failure a step
//     around them has coped with. All others are performed again. What follows from such a step is new.
// REOPEN-3. To run a node again is to run all of its steps again: every item of an array, and every round of a loop.
// REOPEN-4. Numbers of steps start at 1 again. No name of a value and no task of an earlier life means anything in this
//     one.

import type { CompiledGraph } from '../graph/graph.ts';
import { signal } from '../run/control.ts';
import { runStarted } from '../run/run-event.ts';
import { Run } from '../run/state.ts';
import type { StepId } from '../run/step-data.ts';
import * as transition from '../run/transition.ts';
import { SINGLE, type Entry, type RunPlan, type Signed } from '../run/plan.ts';
import { summariseRun, type History, type StepView } from '../run/view.ts';
import type { Json } from '../values/json.ts';
import { decisionOf, NOTHING, type Decision } from './decide.ts';
import { areaOf, kindOf, readRecord, RECORDS, RUN_KEY, SETTINGS_KEY } from './keys.ts';
import { hydrateIncoming, hydratePart } from './plan-record.ts';
import { Recorded } from './recorded.ts';
import { changesOf, hydrate, readRunRecord, type SettingsRecord } from './records.ts';
import { ServingSink } from './serving-sink.ts';
import { readEnd } from './step-record.ts';

type Records = ReadonlyMap<string, Json>;

/** How a run is begun again. */
export interface Reopening {
  /** `kept`: finished steps are not run again. `none`: everything is. */
  readonly outcomes: 'kept' | 'none';
  /** What to run again although it has completed: a step by its number or its key, or all steps of a node. */
  readonly from?: number | string;
}

/**
 * Why it is not. `completed`: nothing has failed. `open`: it is not over. `truncated`: ends of steps were dropped.
 * `unknown`: there is no such run, `step`: no such step in it.
 */
export type NotReopened =
  | { readonly outcome: 'completed' | 'open' | 'unknown' | 'step' }
  | { readonly outcome: 'truncated'; readonly history: History; readonly steps: number };

/** Kinds of records that a run keeps over its lives. All others are written again. */
const LASTING = [RECORDS.entry, RECORDS.signal, RECORDS.mailbox, RECORDS.incoming];

/** Where the records begin that do not outlive a life of their run. */
export const ENDING_WITH_LIFE: readonly string[] = Object.values(RECORDS)
  .filter((kind) => !LASTING.some(({ letter }) => letter === kind.letter))
  .map(({ letter }) => letter);

/**
 * Begins a run again.
 *
 * @param records all of the run.
 */
export function reopen(
  graph: CompiledGraph,
  runId: string,
  records: Records,
  { outcomes, from, now }: Reopening & { readonly now: number },
): Decision | NotReopened {
  const settings = readRecord<SettingsRecord>(records.get(SETTINGS_KEY));
  const record = readRunRecord(records.get(RUN_KEY));
  if (settings === undefined || record === undefined) return { outcome: 'unknown' };
  const { history } = settings;
  let again: ReadonlySet<StepId> = new Set();
  if (outcomes === 'kept') {
    if (record.status === null) return { outcome: 'open' };
    if (record.status === 'completed' && from === undefined) return { outcome: 'completed' };
    const steps = record.completedSteps + record.failedSteps + record.skippedSteps + record.cancelledSteps;
    if (countOf(records) < steps) return { outcome: 'truncated', history, steps };
    if (from !== undefined) again = stepsOf(runId, records, from);
    if (from !== undefined && again.size === 0) return { outcome: 'step' };
  }
  const run = new Run(runId, graph, settings.name, { ...settings, deadline: deadlineOf(settings, now) });
  run.life = (record.life ?? 1) + 1;
  if (outcomes === 'kept') takeMailboxes(run, records);
  const options = { from: again, isSameLife: false };
  const recorded = new Recorded(graph, runId, outcomes === 'kept' ? records : new Map(), options);
  const sink = new ServingSink(history, settings.createdAt, { recorded });
  transition.start(run, planOf(records, settings), false, sink);
  sink.events.unshift(runStarted(run, summariseRun(run)));
  if (outcomes === 'kept' && record.plan?.closed === true) signal(run, { type: 'closed' }, sink);
  sink.serveAll(run, now);
  takeEarlier(run, sink);
  const loaded = { run, history, steps: new Map(), groups: new Map(), single: settings.single };
  return { ...decisionOf(run, sink, changesOf(loaded, new Map())), isServed: true };
}

/** Where the records begin that `serveEarlier` writes again. */
export const ENDING_WITH_SERVING: readonly string[] = [`${RECORDS.earlier.letter}/`];

/**
 * A run has gone on since it was begun again, and steps of it are to be performed: what is kept of them is served.
 *
 * @param records all of the run. @param steps those that are to be performed.
 */
export function serveEarlier(
  graph: CompiledGraph,
  runId: string,
  records: Records,
  { steps, now }: { readonly steps: readonly StepId[]; readonly now: number },
): Decision {
  const before = new Map([...records].filter(([key]) => areaOf(key) !== 'kept'));
  const found = hydrate(graph, runId, before);
  if (found === undefined) return { outcome: 'unknown', ...NOTHING };
  const { run, history } = found;
  const recorded = new Recorded(graph, runId, records, { from: new Set(), isSameLife: true });
  const sink = new ServingSink(history, now, { recorded, arrived: records });
  for (const id of steps) {
    const step = found.steps.get(id);
    if (step !== undefined) sink.take(step);
  }
  sink.serveAll(run, now);
  takeEarlier(run, sink);
  return { ...decisionOf(run, sink, changesOf(found, before)), isServed: true };
}

function takeEarlier(run: Run, sink: ServingSink): void {
  const { earlier } = sink;
  run.hasEarlier = earlier.length > 0;
  sink.kept.push(...earlier);
}

/** The time that it has is counted from now. */
function deadlineOf({ deadline, createdAt }: SettingsRecord, now: number): number {
  return deadline === 0 ? 0 : now + deadline - createdAt;
}

/** What was sent and not taken is still there. */
function takeMailboxes(run: Run, records: Records): void {
  for (const kind of [RECORDS.mailbox, RECORDS.incoming]) {
    for (const [key, json] of records) {
      if (kindOf(key) !== kind) continue;
      if (kind === RECORDS.mailbox) hydratePart(run, key, json);
      else hydrateIncoming(run, key, json);
    }
  }
}

function planOf(records: Records, { name, flow, single }: SettingsRecord): RunPlan {
  if (flow === undefined || single !== undefined)
    return { name, entries: single === undefined ? [] : [single], flow: SINGLE };
  const entries: (readonly [number, Entry])[] = [];
  for (const [key, json] of records) {
    if (kindOf(key) !== RECORDS.entry) continue;
    const number = Number(RECORDS.entry.parse(key)[0]);
    const entry = readRecord<Entry>(json);
    if (!Number.isNaN(number) && entry !== undefined) entries.push([number, entry]);
  }
  const onSuccess = readRecord<Signed>(records.get(RECORDS.entry.key('onSuccess')));
  const onFailure = readRecord<Signed>(records.get(RECORDS.entry.key('onFailure')));
  return {
    name,
    entries: entries.toSorted(([a], [b]) => a - b).map(([, entry]) => entry),
    flow,
    ...(onSuccess !== undefined && { onSuccess }),
    ...(onFailure !== undefined && { onFailure }),
  };
}

function countOf(records: Records): number {
  let count = 0;
  for (const key of records.keys()) if (kindOf(key) === RECORDS.history) count++;
  return count;
}

/** One by its number or its key, or all by the name of their node. */
function stepsOf(runId: string, records: Records, which: number | string): ReadonlySet<StepId> {
  const views: StepView[] = [];
  for (const [key, json] of records) {
    const view = kindOf(key) === RECORDS.history ? readEnd(runId, json) : undefined;
    if (view !== undefined) views.push(view);
  }
  const one = views.find(({ id, key }) => id === which || key === which);
  const found = one === undefined ? views.filter(({ node }) => node === which) : [one];
  return new Set(found.map(({ id }) => id));
}
