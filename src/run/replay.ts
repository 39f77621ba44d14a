// What happened in a run before somebody asked, told from its steps.
//
// L1. Who asks late is told everything the history still holds, in order, with a `gap` where some is gone.

import type { RunEvent } from './run-event.ts';
import { eventsOfStep, runEnded, runStarted } from './run-event.ts';
import type { RunSummary, StepView } from './view.ts';

/** The events so far of a run whose kept steps are given. */
export function replay(run: RunSummary, steps: readonly StepView[]): RunEvent[] {
  const { status } = run;
  const past = steps.flatMap((step) => eventsOfStep(run.runId, step));
  past.sort((a, b) => a.seq - b.seq);
  const ended = status === undefined ? [] : [runEnded({ ...run, status })];
  const known = [runStarted(run), ...past, ...ended];
  return known.length < run.seq ? withGaps(known, run.seq) : known;
}

/** Puts a `gap` into every hole, and one at the end if the last event of the run is gone. */
function withGaps(events: readonly RunEvent[], lastSeq: number): RunEvent[] {
  const told: RunEvent[] = [];
  for (const event of events) {
    const before = told.at(-1);
    if (before !== undefined && before.seq < event.seq - 1) told.push(gapBefore(event.seq, event));
    told.push(event);
  }
  const last = told.at(-1);
  if (last !== undefined && last.seq < lastSeq) told.push(gapBefore(lastSeq + 1, last));
  return told;
}

function gapBefore(seq: number, { runId, at }: RunEvent): RunEvent {
  return { type: 'gap', runId, seq: seq - 1, at };
}
