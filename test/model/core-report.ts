// What a run of the bare transitions has come to, told as a report.

import { CoreFailure } from '../../src/run/failure.ts';
import type { PlanShape } from '../../src/run/plan.ts';
import type { SharedState } from '../../src/run/shared-state.ts';
import type { Run } from '../../src/run/state.ts';
import type { EntryView, StepView } from '../../src/run/view.ts';
import type { RunReport } from '../../src/wiring/run-report.ts';
import { reported, type Essence, type Told } from './essence.ts';

export interface Played extends Omit<Told, 'value' | 'entries' | 'events'> {
  readonly views: readonly StepView[];
  /** As they ended. */
  readonly entries: readonly EntryView[];
}

export function essenceOf(run: Run, { views, entries, ...told }: Played): Essence {
  const { status, code, state } = run;
  const report: Pick<RunReport, 'status' | 'code' | 'steps' | 'callbackFailures' | 'state'> = {
    status: status ?? 'skipped',
    code,
    steps: views.map(reportStep),
    callbackFailures: views.flatMap(failuresOf),
    state: { total: totalOf(state) },
  };
  const inOrder = run.plan === null ? [onlyEntryOf(run)] : entries.toSorted((a, b) => a.at - b.at);
  const events = views.flatMap(({ unmatched, node }) => (unmatched ? [`unmatched ${node}`] : []));
  return reported(report, { ...told, entries: inOrder, value: valueOf(run, inOrder), events });
}

/** Where there is no plan, the run knows how its only entry ended. */
function onlyEntryOf({
  name: node,
  entryStatus: status = 'skipped',
  entryCode: code,
  entryValue: value,
}: Run): EntryView {
  return { at: 0, name: undefined, node, step: 1, status, code, value, seq: 0 };
}

/** How `value()` would settle. */
function valueOf(run: Run, entries: readonly EntryView[]): Told['value'] {
  const { plan, exit, entryStatus, entryValue, timedOut } = run;
  if (exit !== null) return { value: exit.value };
  const shape = plan?.flow.shape ?? 'one';
  if (shape !== 'one') return valuesOf(run, shape, entries);
  if (entryStatus === 'completed') return { value: entryValue };
  if (entryStatus === 'failed') return { error: entryValue };
  // Cancelled by itself, it says so, whatever stopped the run later.
  return { error: { code: timedOut && !CoreFailure.is(entryValue) ? 'ONW3047' : 'ONW3020' } };
}

function valuesOf({ plan, timedOut, cancelling }: Run, shape: PlanShape, entries: readonly EntryView[]): Told['value'] {
  const failed = entries.find(({ status }) => status === 'failed');
  const values = entries.map(({ value }) => value);
  const stopped = { error: { code: timedOut ? 'ONW3047' : 'ONW3020' } };
  if (entries.every(({ status }) => status === 'completed'))
    return plan?.isClosed === false ? stopped : { value: shape === 'last' ? values.at(-1) : values };
  const isCutShort = cancelling && entries.some(({ status }) => status === 'cancelled');
  if (failed === undefined && isCutShort) return stopped;
  return { error: shape === 'last' && failed ? failed.value : { code: 'ONW3050' } };
}

function totalOf(state: SharedState): unknown {
  const field = state.get('total')?.value;
  return field !== undefined && 'one' in field ? field.one : 0;
}

function reportStep(view: StepView): RunReport['steps'][number] {
  const { id, node, key, round, status, code, via, cause, owner, item, attempts, message, missing } = view;
  return {
    id,
    node,
    key,
    round,
    status,
    code,
    cause: via === null ? null : { edge: via, step: cause },
    parent: owner,
    ...(item >= 0 && { item }),
    attempts: attempts.map(({ error, ...attempt }) => (error === undefined ? attempt : { ...attempt, error })),
    message,
    ...(status === 'completed' && { returnValue: view.value }),
    ...(status === 'failed' && { error: view.value }),
    ...(missing !== null && { missing }),
    startedAt: 0,
    endedAt: 0,
  };
}

function failuresOf(view: StepView): RunReport['callbackFailures'][number][] {
  const { id: step, node, via: edge, faults } = view;
  const listed = faults.map((fault) => ({ step, node, ...fault }));
  if (!view.isCallbackFailure) return listed;
  const cause = view.watchedError === undefined ? {} : { cause: view.watchedError };
  return [{ step, node, edge, error: view.value, ...cause }, ...listed];
}
