// What a run has come to: its value, or the error that stands in its place.

import { OnwardError } from '../errors/onward-error.ts';
import { describeThrown } from '../message/describe-thrown.ts';
import { cancelledError, deadlineError } from '../perform/cancelled.ts';
import { thrownOf } from '../perform/refused.ts';
import type { EntryResult } from '../face/plan-run.ts';
import { Refusal } from '../run/refusal.ts';
import type { EntryView, RunOutcome } from '../run/view.ts';

/** Entries that are named in an error's text. */
const NAMED = 10;

/** The started job's value. @throws whatever it failed with, or why it did not end. */
export function entryValueOf(run: RunOutcome): unknown {
  const { status, value } = run.entry;
  if (status === 'completed') return value;
  if (status === 'failed' || (status === 'cancelled' && Refusal.is(value))) throw thrownOf(value);
  if (status === undefined && run.isWhole) {
    throw new OnwardError(
      'ONW3050',
      `${run.job} had no entry, so there is no value; \`results()\` is empty then, and throws nothing`,
      {
        details: { runId: run.runId, entries: [] },
      },
    );
  }
  if (status !== 'skipped') throw stoppedError(run);
  throw new OnwardError('ONW3021', `${run.job} was skipped (code ${run.entry.code})`, {
    details: { runId: run.runId, job: run.job },
  });
}

/** The values of a plan's entries in the shape of the plan. @throws as `value()` does. */
export function valueOf(run: RunOutcome, entries: readonly EntryView[]): unknown {
  const failed = entries.filter(({ status }) => status !== 'completed');
  // More would have been added.
  if (failed.length === 0 && !run.isWhole) throw stoppedError(run);
  if (failed.length > 0 || (entries.length === 0 && run.shape === 'last')) throw errorOf(run, entries, failed);
  if (run.shape === 'last') return entries.at(-1)?.value;
  return run.shape === 'list' ? entries.map(({ value }) => value) : recordOf(entries);
}

function recordOf(entries: readonly EntryView[]): object {
  return Object.fromEntries(entries.map(({ name, node, value }) => [name ?? node, value]));
}

/** A chain fails with the error of the link that failed; other plans tell of every entry without a value. */
function errorOf(run: RunOutcome, entries: readonly EntryView[], failed: readonly EntryView[]): unknown {
  const first = failed.find(({ status }) => status === 'failed');
  if (first === undefined && failed.some(({ status }) => status === 'cancelled')) return stoppedError(run);
  if (run.shape === 'last' && first !== undefined) return thrownOf(first.value);
  const told = failed.slice(0, NAMED).map(toldOf);
  const more = failed.length > NAMED ? [`and ${failed.length - NAMED} more`] : [];
  const text = `${failed.length} of ${entries.length} entries of ${run.job} have no value; \`results()\` tells how each ended:\n  ${[...told, ...more].join('\n  ')}`;
  const details = {
    runId: run.runId,
    entries: failed.map(({ at, node, status, code }) => ({ index: at, job: node, status, code })),
  };
  return new OnwardError('ONW3050', text, { details, ...(first !== undefined && { cause: thrownOf(first.value) }) });
}

function toldOf({ at, node, status, code, value }: EntryView): string {
  const how = status === 'failed' ? `failed: ${describeThrown(thrownOf(value))}` : `was ${status} (code ${code})`;
  return `entries[${at}] (${node}) ${how}`;
}

function stoppedError(run: RunOutcome): OnwardError {
  return run.timedOut ? deadlineError(run.runId, run.job) : cancelledError(run.runId, run.cancelReason);
}

export function resultsOf(entries: readonly EntryView[]): EntryResult[] {
  return entries.map(toResult);
}

export function toResult({ at, name, node, step, status, code, value }: EntryView): EntryResult {
  const place = { index: at, ...(name !== undefined && { name }), job: node, step, code };
  if (status === 'completed') return { ...place, status, value };
  return status === 'failed' ? { ...place, status, error: thrownOf(value) } : { ...place, status };
}

/** A single job is a plan of one. */
export function resultOf({ job, entry }: RunOutcome): EntryResult {
  const { status = 'skipped', code, value } = entry;
  return toResult({ at: 0, name: undefined, node: job, step: 1, status, code, value, seq: 0 });
}
