// What bodies in other processes have emitted, for those who watch the run.
//
// PASSING-1. It comes behind the event whose number it has, and ahead of the next one: what has no number waits until the others
//     are read.

import type { RunEvent } from '../../../run/run-event.ts';

export class Passing {
  #waiting: RunEvent[] = [];

  add(event: RunEvent): void {
    this.#waiting.push(event);
  }

  /** Events that follow one of a number, with what waits for its place among them. */
  *among(events: readonly RunEvent[], after: number): Generator<RunEvent> {
    let last = after;
    for (const event of events) {
      if (event.seq <= last) continue;
      yield* this.#upTo(event.seq - 1);
      last = event.seq;
      yield event;
    }
    yield* this.#upTo(last);
  }

  #upTo(seq: number): readonly RunEvent[] {
    const due = this.#waiting.filter((event) => event.seq <= seq);
    if (due.length > 0) this.#waiting = this.#waiting.filter((event) => event.seq > seq);
    return due;
  }
}
