// The entries of a plan in the order in which they end.

import type { EngineRun } from '../engines/engine.ts';
import type { EntryResult } from '../plans/plan-run.ts';
import { toResult } from './run-value.ts';

/** Tells of every entry once, those that are over already first. Ends with the run. */
export async function* outcomesOf(run: EngineRun): AsyncGenerator<EntryResult, void, undefined> {
  const stop = new AbortController();
  const told = new Set<number>();
  // Listened to before they are read: what ends in between is told by one of the two.
  const events = run.watch(stop.signal);
  try {
    yield* fresh(run, told);
    for await (const event of events) {
      if (event.type === 'gap') yield* fresh(run, told);
      if (event.type !== 'entry.ended' || told.has(event.entry)) continue;
      const outcome = await run.outcomeOf(event.entry);
      if (outcome === undefined) continue;
      told.add(event.entry);
      yield toResult(outcome);
    }
    yield* fresh(run, told);
  } finally {
    stop.abort();
  }
}

async function* fresh(run: EngineRun, told: Set<number>): AsyncGenerator<EntryResult, void, undefined> {
  const entries = (await run.entries()).filter(({ at }) => !told.has(at));
  for (const entry of entries.toSorted((a, b) => a.seq - b.seq)) {
    told.add(entry.at);
    yield toResult(entry);
  }
}
