// The buffer between a run and a watcher.
//
// EVENT-BUFFER-1. A slow watcher never slows a run: past the buffer the oldest events drop and a `gap` stands for them.
// EVENT-BUFFER-2. A reader that asks for it holds the run instead: no body begins while the buffer is full.
// EVENT-BUFFER-3. Dropped events are moved out a thousand at a time, so that each costs the same however late it is.

import type { RunEvent } from '../run/run-event.ts';

const BUFFER = 1_000;

/** A run that waits for its reader. */
export interface Holdable {
  hold(isAwaited: boolean): void;
  release(isAwaited: boolean): void;
}

/** Takes events as they happen and gives them out as they are pulled. */
export class EventBuffer implements AsyncIterable<RunEvent> {
  #events: RunEvent[];
  /** How many of them, from the first on, are not given out any more. */
  #dropped = 0;
  #ended: boolean;
  #wake: (() => void) | undefined;
  /** The run to be held while the buffer is full. */
  readonly #held: Holdable | undefined;
  #isHolding = false;

  constructor(past: readonly RunEvent[], ended: boolean, held?: Holdable) {
    this.#held = held;
    this.#events = [...past];
    this.#ended = ended;
  }

  push(event: RunEvent): void {
    if (this.#ended) return;
    this.#events.push(event);
    if (this.#held !== undefined) this.#hold(this.#events.length >= BUFFER);
    else if (this.#events.length > BUFFER) this.#dropOldest();
    if (event.type === 'run.ended') this.#ended = true;
    this.#wake?.();
  }

  /** No more events will come. */
  end(): void {
    this.#ended = true;
    this.#hold(false);
    this.#wake?.();
  }

  #hold(isFull: boolean): void {
    if (this.#held === undefined || isFull === this.#isHolding) return;
    this.#isHolding = isFull;
    if (isFull) this.#held.hold(true);
    else this.#held.release(true);
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
    this.#hold(false);
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

function gapUpTo({ runId, tags, seq, at }: RunEvent): RunEvent {
  return { type: 'gap', runId, tags, seq, at };
}

/** The buffers of a run's watchers. */
export class Watchers {
  readonly #buffers = new Set<EventBuffer>();
  readonly #onChange: () => void;

  /** @param onChange called when a watcher comes or goes. */
  constructor(onChange: () => void = () => undefined) {
    this.#onChange = onChange;
  }

  get isEmpty(): boolean {
    return this.#buffers.size === 0;
  }

  push(event: RunEvent): void {
    for (const buffer of this.#buffers) buffer.push(event);
  }

  /** Adds a watcher, until the signal is aborted. `past` is what has happened so far. */
  add(past: readonly RunEvent[], signal: AbortSignal | undefined, held?: Holdable): AsyncIterable<RunEvent> {
    const buffer = new EventBuffer(past, false, held);
    this.#buffers.add(buffer);
    this.#onChange();
    const stop = (): void => {
      this.#buffers.delete(buffer);
      buffer.end();
      this.#onChange();
    };
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop, { once: true });
    return buffer;
  }
}
