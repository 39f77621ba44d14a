// How many attempts of a node are under way at a time, in this process.
//
// SLOTS-1. First come, first served; a node without a limit costs nothing.
// SLOTS-2. What a body calls takes no slot of its own: the caller, which waits for it, holds one.

import type { GraphNode } from '../graph/graph.ts';

/** What needs a slot of a node. */
export interface Asker {
  readonly node: GraphNode;
  /** It is part of what holds a slot already. */
  readonly isInline: boolean;
}

/** The slots of the nodes whose concurrency is limited. */
export class Slots<A extends Asker> {
  // By name: a node that only one run has shares the slots of its node in the graph.
  readonly #taken = new Map<string, number>();
  readonly #queues = new Map<string, Queue<A>>();
  readonly #holders = new Set<A>();
  readonly #waiting = new Set<A>();

  /** Some slot is held. */
  get isUsed(): boolean {
    return this.#holders.size > 0;
  }

  /** Takes a slot; false: it will be given out by a `release`, in its turn. */
  take(asker: A): boolean {
    const { node } = asker;
    if (!Number.isFinite(node.concurrency) || asker.isInline || this.#holders.has(asker)) return true;
    const taken = this.#taken.get(node.name) ?? 0;
    if (taken < node.concurrency) {
      this.#taken.set(node.name, taken + 1);
      this.#holders.add(asker);
      return true;
    }
    const queue = this.#queues.get(node.name) ?? new Queue<A>();
    this.#queues.set(node.name, queue);
    queue.push(asker);
    this.#waiting.add(asker);
    return false;
  }

  /** It does not need a slot any more. True if it was waiting for one. */
  withdraw(asker: A): boolean {
    return this.#waiting.size > 0 && this.#waiting.delete(asker);
  }

  /** Gives the asker's slot back, if it has one. Returns the asker that has it now. */
  release(asker: A): A | undefined {
    if (this.#holders.size === 0 || !this.#holders.delete(asker)) return undefined;
    const { node } = asker;
    const queue = this.#queues.get(node.name);
    for (let next = queue?.shift(); next !== undefined; next = queue?.shift()) {
      if (!this.#waiting.delete(next)) continue;
      this.#holders.add(next);
      return next;
    }
    this.#taken.set(node.name, (this.#taken.get(node.name) ?? 1) - 1);
    return undefined;
  }

  /** Drops all holders and waiters. */
  clear(): void {
    this.#taken.clear();
    this.#queues.clear();
    this.#holders.clear();
    this.#waiting.clear();
  }
}

/** First in, first out, in constant time. */
class Queue<T> {
  #items: (T | undefined)[] = [];
  #first = 0;

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    const item = this.#items[this.#first];
    if (item === undefined) return undefined;
    this.#items[this.#first++] = undefined;
    if (this.#first > 1_000 && this.#first * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return item;
  }
}
