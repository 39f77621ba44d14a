// What is asked of all open runs at once.

import type { WaitingStep } from '../api/runtime.ts';
import type { Engine } from '../engines/engine.ts';
import type { RunQuery, RunRow } from '../execute/run-query.ts';

/** What waits for a message from outside, or for the `rateLimit` of its node; the longest wait first. */
export async function waitingSteps(engine: Engine): Promise<readonly WaitingStep[]> {
  const rows: RunRow[] = [];
  for await (const row of runsOf(engine, { status: ['running', 'suspended'] })) rows.push(row);
  // Of two that have waited as long, the older run comes first.
  const messages = rows
    .toReversed()
    .flatMap(({ id, waitsFor }) =>
      waitsFor.map(({ node, key, since }) => ({ for: 'message' as const, runId: id, node, key, since })),
    );
  const rates = engine.held().map((held) => ({ for: 'rateLimit' as const, ...held }));
  return [...messages, ...rates].toSorted((one, other) => one.since - other.since);
}

/** Cancels every open run that fits. @returns how many were cancelled. */
export async function cancelRuns(engine: Engine, query: RunQuery = {}, reason?: string): Promise<number> {
  let cancelled = 0;
  for await (const { id } of runsOf(engine, { ...query, status: ['running', 'suspended'] })) {
    const run = await engine.find(id);
    if ((await run?.signal({ type: 'cancel', reason })) === 'applied') cancelled++;
  }
  return cancelled;
}

async function* runsOf(engine: Engine, query: RunQuery): AsyncGenerator<RunRow, void, undefined> {
  for (let page = await engine.runs(query); ; page = await engine.runs({ ...query, cursor: page.cursor })) {
    yield* page.runs;
    if (page.cursor === undefined) return;
  }
}
