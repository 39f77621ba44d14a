// The buffer between a run and a watcher.
//
// EVENT-BUFFER-1. A slow watcher never slows a run: past the buffer the oldest events drop and a `gap` stands for them.
// EVENT-BUFFER-2. A reader that asks for it holds the run instead: no body begins while the buffer is full, until half
//     of it was read.
// EVENT-BUFFER-3. Events that were read or dropped are cut off a thousand at a time, or when all were read, so that each costs the same however
//     late it is.
// EVENT-BUFFER-4. An event is one promise to its reader, and none to a reader that does not come.
// EVENT-BUFFER-5. If the run is left before its end, its reader gets what has happened, and then an error.

import { gapBefore, type RunEvent } from '../run/run-event.ts';

const BUFFER = 1_000;

/** A run that waits for its reader. */
export interface Holdable {
  hold(isAwaited: boolean): void;
  release(isAwaited: boolean): void;
}

type Result = IteratorResult<RunEvent, void>;

const DONE: Result = { done: true, value: undefined };

/** Ends a read that waits. */
type Answer = (result: Result | Promise<Result>) => void;

/** Who reads the events of a run. */
export interface EventReader extends AsyncIterableIterator<RunEvent, void, undefined> {
  /** Leaves: a read that waits for the next event ends at once. */
  return(): Promise<IteratorResult<RunEvent, void>>;
  /** It left. */
  readonly isLeft: boolean;
}

/** Takes events as they happen and gives them out as they are pulled. */
export class EventBuffer implements EventReader {
  // Used again and again: no array is made for an event.
  #events: (RunEvent | undefined)[];
  /** The place of the next one that is given out, and that behind the last one. */
  #next = 0;
  #end: number;
  /** The last one that was dropped, if the reader does not know of it yet. */
  #dropped: RunEvent | undefined;
  #ended: boolean;
  /** Why no event follows the last one. */
  #fault: Error | undefined;
  /** The first read that waits for an event, and those behind it: a loop over the events has but one. */
  #reader: Answer | null = null;
  #readers: Answer[] | null = null;
  /** The run to be held while the buffer is full. */
  readonly #held: Holdable | undefined;
  #isHolding = false;
  #isLeft = false;
  readonly #onLeave: ((reader: EventBuffer) => void) | undefined;

  /** @param onLeave called when the reader leaves. */
  constructor(past: readonly RunEvent[], ended: boolean, held?: Holdable, onLeave?: (reader: EventBuffer) => void) {
    this.#onLeave = onLeave;
    this.#held = held;
    this.#events = [...past];
    this.#end = past.length;
    this.#ended = ended;
  }

  push(event: RunEvent): void {
    if (this.#ended) return;
    if (event.type === 'run.ended') this.#ended = true;
    const reader = this.#reader;
    if (reader !== null) {
      this.#reader = this.#readers?.shift() ?? null;
      reader({ done: false, value: event });
    } else {
      this.#events[this.#end++] = event;
      this.#limit();
    }
    if (this.#ended) this.#finish();
  }

  #limit(): void {
    const waiting = this.#end - this.#next;
    if (this.#held !== undefined) this.#hold(this.#isHolding || waiting >= BUFFER);
    // The gap counts as one.
    else if (waiting > (this.#dropped === undefined ? BUFFER : BUFFER - 1)) {
      this.#next = this.#end - (BUFFER - 1);
      this.#dropped = this.#events[this.#next - 1];
      this.#cut();
    }
  }

  /** No event follows, although the run has not ended. */
  fail(fault: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#fault = fault;
    this.#finish();
  }

  #finish(): void {
    this.#reader?.(this.#over());
    for (const reader of this.#readers ?? []) reader(DONE);
    this.#reader = null;
    this.#readers = null;
  }

  /** What comes behind the last event: an error is told once. */
  #over(): Result | Promise<Result> {
    const fault = this.#fault;
    this.#fault = undefined;
    return fault === undefined ? DONE : Promise.reject(fault);
  }

  #hold(isFull: boolean): void {
    if (this.#held === undefined || isFull === this.#isHolding) return;
    this.#isHolding = isFull;
    if (isFull) this.#held.hold(true);
    else this.#held.release(true);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result> {
    const value = this.#take();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    if (this.#ended) return Promise.resolve(this.#over());
    return new Promise(this.#wait);
  }

  // Made once: each event is waited for.
  readonly #wait = (resolve: Answer): void => {
    if (this.#reader === null) this.#reader = resolve;
    else (this.#readers ??= []).push(resolve);
  };

  get isLeft(): boolean {
    return this.#isLeft;
  }

  return(): Promise<Result> {
    if (this.#isLeft) return Promise.resolve(DONE);
    this.#isLeft = true;
    this.#ended = true;
    this.#events = [];
    this.#next = this.#end = 0;
    this.#dropped = undefined;
    this.#fault = undefined;
    this.#hold(false);
    this.#finish();
    this.#onLeave?.(this);
    return Promise.resolve(DONE);
  }

  #take(): RunEvent | undefined {
    const dropped = this.#dropped;
    if (dropped !== undefined) {
      this.#dropped = undefined;
      return gapBefore(dropped.seq + 1, dropped);
    }
    if (this.#next === this.#end) return undefined;
    const event = this.#events[this.#next];
    this.#events[this.#next++] = undefined;
    this.#cut();
    if (this.#isHolding && this.#end - this.#next <= BUFFER / 2) this.#hold(false);
    return event;
  }

  #cut(): void {
    if (this.#next < this.#end && this.#next <= BUFFER) return;
    if (this.#events.length > BUFFER) this.#events = this.#events.slice(this.#next, this.#end);
    this.#end -= this.#next;
    this.#next = 0;
  }
}

/** The buffers of a run's watchers. */
export class Watchers {
  /** Replaced as a whole: a reader that leaves disturbs no walk. */
  #buffers: readonly EventBuffer[] = [];
  readonly #onChange: () => void;

  /** @param onChange called when a watcher comes or goes. */
  constructor(onChange: () => void = () => undefined) {
    this.#onChange = onChange;
  }

  get isEmpty(): boolean {
    return this.#buffers.length === 0;
  }

  push(event: RunEvent): void {
    for (const buffer of this.#buffers) buffer.push(event);
  }

  /** The run is left before its end. */
  fail(fault: Error): void {
    for (const buffer of this.#buffers) buffer.fail(fault);
  }

  /** Adds a watcher, until it leaves. `past` is what has happened so far. */
  add(past: readonly RunEvent[], held?: Holdable): EventReader {
    const added = new EventBuffer(past, false, held, (reader) => {
      this.#buffers = this.#buffers.filter((other) => other !== reader);
      this.#onChange();
    });
    this.#buffers = [...this.#buffers, added];
    this.#onChange();
    return added;
  }
}
