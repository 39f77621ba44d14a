// How the entries of a run's plan end: all of them once it is over, or each in its turn. Loaded when somebody asks.
//
// OUTCOMES-1. Each entry comes once, in the order in which entries end; those that have ended already come first.

import type { EntryResult } from '../api/plan-run.ts';
import type { EngineRun } from '../engines/engine.ts';
import type { EventReader } from '../engines/event-buffer.ts';
import { thrownOf } from '../execute/errors.ts';
import type { EntryView, RunOutcome } from '../run/view.ts';

/** How the entries of a run that is over have ended, in the order of its plan. */
export async function resultsOf(outcome: RunOutcome, run: EngineRun): Promise<EntryResult[]> {
  return outcome.shape === 'one' ? [resultOf(outcome)] : (await run.entries()).map(toResult);
}

function toResult({ at, name, node, step, status, code, value }: EntryView): EntryResult {
  const place = { index: at, ...(name !== undefined && { name }), job: node, step, code };
  if (status === 'completed') return { ...place, status, value };
  return status === 'failed' ? { ...place, status, error: thrownOf(value) } : { ...place, status };
}

/** A single job is a plan of one. */
function resultOf({ job, entry }: RunOutcome): EntryResult {
  const { status = 'skipped', code, value } = entry;
  return toResult({ at: 0, name: undefined, node: job, step: 1, status, code, value, seq: 0 });
}

/** Ends with the run. */
export async function* endedEntries(run: EngineRun, events: EventReader): AsyncGenerator<EntryResult, void, undefined> {
  const reported = new Set<number>();
  yield* unreported(run, reported);
  for await (const event of events) {
    if (event.type === 'gap') yield* unreported(run, reported);
    if (event.type !== 'entry.ended' || reported.has(event.entry)) continue;
    const outcome = await run.outcomeOf(event.entry);
    if (outcome === undefined) continue;
    reported.add(event.entry);
    yield toResult(outcome);
  }
  if (events.isLeft) return;
  yield* unreported(run, reported);
  const outcome = await run.over();
  if (outcome.shape === 'one' && reported.size === 0) yield resultOf(outcome);
}

async function* unreported(run: EngineRun, reported: Set<number>): AsyncGenerator<EntryResult, void, undefined> {
  const entries = (await run.entries()).filter(({ at }) => !reported.has(at));
  for (const entry of entries.toSorted((a, b) => a.seq - b.seq)) {
    reported.add(entry.at);
    yield toResult(entry);
  }
}
