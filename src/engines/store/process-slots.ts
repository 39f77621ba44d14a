// How many bodies are under way at a time in this process: of a node, and over all nodes.
//
// PROCESS-SLOTS-1. First come, first served, among those whose node has a slot for them.

import { Slots, type Asker } from '../slots.ts';

export class ProcessSlots<A extends Asker> {
  readonly #ofNodes = new Slots<A>();
  #most = Number.POSITIVE_INFINITY;
  readonly #inUse = new Set<A>();
  /** They have the slot of their node, in the order in which they got it. */
  readonly #behind = new Set<A>();

  /** How many may go on at a time. @returns those that may do so now. */
  limit(most: number): A[] {
    this.#most = most;
    const free: A[] = [];
    for (let next = this.#nextBehind(); next !== undefined; next = this.#nextBehind()) free.push(next);
    return free;
  }

  /** Takes a slot; false: it will be given out by a `release` or a `limit`, in its turn. */
  take(asker: A): boolean {
    if (asker.isInline) return true;
    return this.#ofNodes.take(asker) && this.#takeOfAll(asker);
  }

  /** It does not need a slot any more. True if it was waiting for one. */
  withdraw(asker: A): boolean {
    return this.#behind.delete(asker) || this.#ofNodes.withdraw(asker);
  }

  /** Gives the asker's slots back, if it has any. Returns the asker that may go on now. */
  release(asker: A): A | undefined {
    const wasInUse = this.#inUse.delete(asker);
    const next = this.#ofNodes.release(asker);
    if (next !== undefined && this.#takeOfAll(next)) return next;
    return wasInUse ? this.#nextBehind() : undefined;
  }

  /** Drops all holders and waiters. */
  clear(): void {
    this.#ofNodes.clear();
    this.#inUse.clear();
    this.#behind.clear();
  }

  #takeOfAll(asker: A): boolean {
    if (this.#most === Number.POSITIVE_INFINITY || this.#inUse.has(asker)) return true;
    if (this.#inUse.size >= this.#most) {
      this.#behind.add(asker);
      return false;
    }
    this.#inUse.add(asker);
    return true;
  }

  #nextBehind(): A | undefined {
    if (this.#inUse.size >= this.#most) return undefined;
    const [next] = this.#behind;
    if (next === undefined) return undefined;
    this.#behind.delete(next);
    if (this.#most < Number.POSITIVE_INFINITY) this.#inUse.add(next);
    return next;
  }
}
