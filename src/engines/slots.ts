// How many attempts of a node are under way at a time, in this process.
//
// SLOTS-1. First come, first served; a node without a limit costs nothing, and neither does a process without one.
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
  /** Of all nodes together. */
  #most = Number.POSITIVE_INFINITY;
  readonly #inUse = new Set<A>();
  readonly #behind = new Queue<A>();

  /** How many askers of all nodes may go on at a time. @returns those that may do so now. */
  limit(most: number): A[] {
    this.#most = most;
    const free: A[] = [];
    for (let next = this.#nextBehind(); next !== undefined; next = this.#nextBehind()) free.push(next);
    return free;
  }

  /** Some slot is held. */
  get isUsed(): boolean {
    return this.#holders.size > 0;
  }

  /** Takes a slot; false: it will be given out by a `release`, in its turn. */
  take(asker: A): boolean {
    if (asker.isInline) return true;
    return this.#takeOfNode(asker) && this.#takeOfAll(asker);
  }

  #takeOfNode(asker: A): boolean {
    const { node } = asker;
    if (!Number.isFinite(node.concurrency) || this.#holders.has(asker)) return true;
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

  #takeOfAll(asker: A): boolean {
    if (this.#most === Number.POSITIVE_INFINITY || this.#inUse.has(asker)) return true;
    if (this.#inUse.size < this.#most) {
      this.#inUse.add(asker);
      return true;
    }
    this.#behind.push(asker);
    this.#waiting.add(asker);
    return false;
  }

  /** The next one that has all but the permission of the process. */
  #nextBehind(): A | undefined {
    while (this.#inUse.size < this.#most) {
      const next = this.#behind.shift();
      if (next === undefined || !this.#waiting.delete(next)) {
        if (next === undefined) return undefined;
        continue;
      }
      if (this.#most < Number.POSITIVE_INFINITY) this.#inUse.add(next);
      return next;
    }
    return undefined;
  }

  /** It does not need a slot any more. True if it was waiting for one. */
  withdraw(asker: A): boolean {
    return this.#waiting.size > 0 && this.#waiting.delete(asker);
  }

  /** Gives the asker's slot back, if it has one. Returns the asker that may go on now. */
  release(asker: A): A | undefined {
    const wasInUse = this.#inUse.delete(asker);
    const next = this.#releaseOfNode(asker);
    if (next !== undefined && this.#takeOfAll(next)) return next;
    return wasInUse ? this.#nextBehind() : undefined;
  }

  #releaseOfNode(asker: A): A | undefined {
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
    this.#inUse.clear();
    this.#behind.clear();
  }
}

/** First in, first out, in constant time. */
class Queue<T> {
  #items: (T | undefined)[] = [];
  #first = 0;

  push(item: T): void {
    this.#items.push(item);
  }

  clear(): void {
    this.#items = [];
    this.#first = 0;
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
