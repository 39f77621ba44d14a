// Runs that only wait: no process has anything to do for them before a timer comes due or something comes from outside.
//
// WAITING-1. A run is said to wait only if a process that takes over would find nothing of it to begin (`redispatch`).
// WAITING-2. A run with many live steps is not looked at, and is not said to wait: it is then held in memory for nothing.
//     In a shared store, where a look is a question, two are many: such a run is then looked at now and then.

import type { CompiledGraph } from '../../graph/graph.ts';
import { hashOf } from '../../graph/graph-hash.ts';
import { redispatch, type Decision } from '../../records/decide.ts';
import { onRecordsOf } from './run/damage.ts';
import { chain } from './now-or-later.ts';
import { Records } from './run/record-text.ts';
import type { Draft } from './run/run-records.ts';
import type { MaybePromise } from './store.ts';

/** Each end of one of them would look at all of them. */
const MOST_LOOKED_AT = 16;

/** Notes in the summary of a run whether it only waits after a decision. */
export function noteWaiting(
  graph: CompiledGraph,
  draft: Draft,
  { decision, isShared }: { readonly decision: Decision; readonly isShared: boolean },
): MaybePromise<void> {
  const { standing, tasks, turns, sweep, idle } = decision;
  if (standing?.isOpen !== true || standing.live > (isShared ? 1 : MOST_LOOKED_AT)) return;
  if (tasks.length + turns.length > 0 || sweep || idle !== null) return;
  return chain(draft.live(), (texts) => {
    const due = onRecordsOf(draft.runId, () => redispatch(graph, draft.runId, new Records(texts)));
    const waitsIn = due.tasks.length + due.events.length === 0 ? hashOf(graph) : undefined;
    draft.summary = { ...draft.summary, waitsIn };
  });
}
