// The buffer between a run and one who watches it.
//
// W1. A slow watcher never slows a run: past the buffer the oldest events drop and a `gap` stands for them.
// W2. What is dropped is moved out of the way a thousand at a time, so that an event costs the same however late it is.

import type { RunEvent } from '../run/run-event.ts';

const BUFFER = 1_000;

/** Takes events as they happen and gives them out as they are asked for. */
export class EventBuffer implements AsyncIterable<RunEvent> {
  #events: RunEvent[];
  /** So many of them, from the first on, are not given out any more. */
  #dropped = 0;
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
      yield* this.#take();
      if (this.#events.length > 0) continue;
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }

  #take(): RunEvent[] {
    const lastDropped = this.#events[this.#dropped - 1];
    const taken =
      lastDropped === undefined ? this.#events : [gapUpTo(lastDropped), ...this.#events.slice(this.#dropped)];
    this.#events = [];
    this.#dropped = 0;
    return taken;
  }

  #dropOldest(): void {
    // The gap counts as one.
    this.#dropped = this.#events.length - (BUFFER - 1);
    if (this.#dropped <= BUFFER) return;
    this.#events = this.#events.slice(this.#dropped - 1);
    this.#dropped = 1;
  }
}

function gapUpTo({ runId, seq, at }: RunEvent): RunEvent {
  return { type: 'gap', runId, seq, at };
}
