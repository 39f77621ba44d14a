// What has begun lately of a node whose rate is limited, and when the next one may.

import type { RateLimit } from '../graph/graph.ts';

export class Begins {
  readonly #limit: RateLimit;
  /** In order. */
  #times: number[] = [];
  #first = 0;

  constructor(limit: RateLimit) {
    this.#limit = limit;
  }

  /** The time from which on one more may begin: `now`, or later. */
  nextAt(now: number): number {
    this.#forgetOld(now);
    const oldest = this.#times[this.#first];
    if (oldest === undefined || this.#times.length - this.#first < this.#limit.max) return now;
    return oldest + this.#limit.perMs;
  }

  add(now: number): void {
    this.#times.push(now);
  }

  /** One that was counted has not begun. */
  revoke(at: number): void {
    const place = this.#times.lastIndexOf(at);
    if (place >= this.#first) this.#times.splice(place, 1);
  }

  #forgetOld(now: number): void {
    const last = this.#times.at(-1);
    if (last !== undefined && last > now) {
      // The clock was set back: they are as far apart as they were.
      const ahead = last - now;
      this.#times = this.#times.slice(this.#first).map((time) => time - ahead);
      this.#first = 0;
    }
    const since = now - this.#limit.perMs;
    for (let time = this.#times[this.#first]; time !== undefined && time <= since; time = this.#times[this.#first])
      this.#first++;
    if (this.#first > 1_000 && this.#first * 2 > this.#times.length) {
      this.#times = this.#times.slice(this.#first);
      this.#first = 0;
    }
  }
}
