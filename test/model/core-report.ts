// What a run of the bare transitions has come to, told as a report.

import { Refusal } from '../../src/run/refusal.ts';
import type { SharedState } from '../../src/run/shared-state.ts';
import type { Run } from '../../src/run/state.ts';
import type { StepView } from '../../src/run/view.ts';
import type { RunReport } from '../../src/wiring/run-report.ts';
import { reported, type Essence, type Told } from './essence.ts';

export function essenceOf(run: Run, views: readonly StepView[], told: Omit<Told, 'value'>): Essence {
  const { status, code, state } = run;
  const report: Pick<RunReport, 'status' | 'code' | 'steps' | 'callbackFailures' | 'state'> = {
    status: status ?? 'skipped',
    code,
    steps: views.map(reportStep),
    callbackFailures: views.flatMap(failuresOf),
    state: { total: totalOf(state) },
  };
  return reported(report, { ...told, value: valueOf(run) });
}

/** How `value()` would settle. */
function valueOf({ exit, entryStatus, entryValue, timedOut }: Run): Told['value'] {
  if (exit !== null) return { value: exit.value };
  if (entryStatus === 'completed') return { value: entryValue };
  if (entryStatus === 'failed') return { error: entryValue };
  // Cancelled by itself, it says so, whatever stopped the run later.
  return { error: { code: timedOut && !Refusal.is(entryValue) ? 'ONW3047' : 'ONW3020' } };
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
    attempts,
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
