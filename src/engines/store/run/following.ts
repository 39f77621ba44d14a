// Watchers of a run in a shared store: they get what every process does, in order.
//
// FOLLOWING-1. What could not be read is read with the next look: no event is skipped, and none comes twice.

import type { Watchers } from '../../event-buffer.ts';
import type { RunEvent } from '../../../run/run-event.ts';
import { isNumbered } from './late-reader.ts';
import { answerIfAny, chain } from '../now-or-later.ts';
import { Passing } from './passing.ts';
import type { MaybePromise } from '../store.ts';

export class Following {
  readonly #watchers: Watchers;
  readonly #since: (seq: number) => MaybePromise<readonly RunEvent[]>;
  /** What bodies in other processes have emitted behind the last event. */
  readonly #passing = new Passing();
  /** The last event that those who watch have got. */
  #last = 0;
  #asked = 0;
  #answered = 0;

  /** @param since what the store has behind the event of a number */
  constructor(watchers: Watchers, since: (seq: number) => MaybePromise<readonly RunEvent[]>) {
    this.#watchers = watchers;
    this.#since = since;
  }

  /** What was asked for last has not been read. */
  get isBehind(): boolean {
    return this.#answered < this.#asked && !this.#watchers.isEmpty;
  }

  /** The events up to this one are past. */
  beginBehind(seq: number): void {
    this.#last = Math.max(this.#last, seq);
  }

  /** Never fails: a watcher that could not read is behind until the next look. */
  look(): MaybePromise<void> {
    if (this.#watchers.isEmpty) return;
    const asked = ++this.#asked;
    const reading = answerIfAny(() => this.#since(this.#last));
    return chain(reading, (events) => {
      if (events === undefined) return;
      this.#answered = Math.max(this.#answered, asked);
      for (const event of this.#passing.among(events, this.#last)) {
        if (isNumbered(event)) this.#last = event.seq;
        this.#watchers.push(event);
      }
    });
  }

  /** Emitted in another process: it comes behind what happened before. */
  async passing(event: RunEvent): Promise<void> {
    if (event.seq <= this.#last) return this.#watchers.push(event);
    this.#passing.add(event);
    await this.look();
  }
}
