// The buffer between a run and one who watches it.
//
// W1. A slow watcher never slows a run: past the buffer the oldest events drop and a `gap` stands for them.

import type { RunEvent } from '../run/run-event.ts';

const BUFFER = 1_000;

/** Takes events as they happen and gives them out as they are asked for. */
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
