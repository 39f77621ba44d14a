// The entries of a plan in the order in which they end.

import type { EngineRun } from '../engines/engine.ts';
import type { EntryResult } from '../face/plan-run.ts';
import { resultOf, toResult } from './run-value.ts';

/** Tells of every entry once, those that are over already first. Ends with the run, or with whoever stops listening. */
export function outcomesOf(run: EngineRun): AsyncIterable<EntryResult> {
  return {
    [Symbol.asyncIterator](): AsyncIterator<EntryResult, void, undefined> {
      const stop = new AbortController();
      const told = tell(run, stop.signal);
      return {
        next: () => told.next(),
        // Who stops is not kept waiting for the next entry.
        return: async () => {
          stop.abort();
          await told.return();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

async function* tell(run: EngineRun, stop: AbortSignal): AsyncGenerator<EntryResult, void, undefined> {
  const told = new Set<number>();
  // Listened to before they are read: what ends in between is told by one of the two.
  const events = run.watch(stop);
  yield* fresh(run, told);
  for await (const event of events) {
    if (event.type === 'gap') yield* fresh(run, told);
    if (event.type !== 'entry.ended' || told.has(event.entry)) continue;
    const outcome = await run.outcomeOf(event.entry);
    if (outcome === undefined) continue;
    told.add(event.entry);
    yield toResult(outcome);
  }
  if (stop.aborted) return;
  yield* fresh(run, told);
  const { shape, ...outcome } = await run.over();
  if (shape === 'one' && told.size === 0) yield resultOf({ shape, ...outcome });
}

async function* fresh(run: EngineRun, told: Set<number>): AsyncGenerator<EntryResult, void, undefined> {
  const entries = (await run.entries()).filter(({ at }) => !told.has(at));
  for (const entry of entries.toSorted((a, b) => a.seq - b.seq)) {
    told.add(entry.at);
    yield toResult(entry);
  }
}
