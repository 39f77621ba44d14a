// The events of one run for those who watch: what happened before is told from the steps, the rest as it happens.
//
// L1. A watcher that asks late is told everything the history still holds, in order, after one `gap` if some is gone.
// L2. A slow watcher never slows a run: past its buffer the oldest events drop and a `gap` stands for them.

import type { RunEvent } from './run-event.ts';
import { eventsOfStep, runEnded, runStarted } from './run-event.ts';
import type { RunSummary, StepView } from './view.ts';

const BUFFER = 1_000;

/** The events so far of a run whose kept steps are given. */
export function replay(run: RunSummary, steps: readonly StepView[]): RunEvent[] {
  const { status } = run;
  const past = steps.flatMap((step) => eventsOfStep(run.runId, step));
  past.sort((a, b) => a.seq - b.seq);
  const ended = status === undefined ? [] : [runEnded({ ...run, status })];
  const known = [runStarted(run), ...past, ...ended];
  return known.length < run.seq ? withGap(known) : known;
}

/** Puts one `gap` before the last stretch without holes. */
function withGap(events: readonly RunEvent[]): RunEvent[] {
  const told: RunEvent[] = [];
  for (const event of events) {
    const before = told.at(-1);
    if (before !== undefined && before.seq < event.seq - 1 && before.type !== 'gap') {
      told.push({ type: 'gap', runId: event.runId, seq: event.seq - 1, at: event.at });
    }
    told.push(event);
  }
  return told;
}

/** A buffer between a run and one watcher. */
export class EventBuffer implements AsyncIterable<RunEvent> {
  #events: RunEvent[];
  #ended: boolean;
  #wake: (() => void) | undefined;

  constructor(past: readonly RunEvent[], ended: boolean) {
    this.#events = [...past];
    this.#ended = ended;
  }

  push(event: RunEvent): void {
    if (this.#ended) return;
    this.#events.push(event);
    if (this.#events.length > BUFFER) this.#dropOldest();
    if (event.type === 'run.ended') this.#ended = true;
    this.#wake?.();
  }

  /** No more events will come. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RunEvent, void, undefined> {
    for (;;) {
      const taken = this.#events;
      this.#events = [];
      yield* taken;
      if (this.#events.length > 0) continue;
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }

  #dropOldest(): void {
    const kept = this.#events.slice(-(BUFFER - 1));
    const lastDropped = this.#events[this.#events.length - BUFFER];
    if (lastDropped === undefined) return;
    this.#events = [{ type: 'gap', runId: lastDropped.runId, seq: lastDropped.seq, at: lastDropped.at }, ...kept];
  }
}
