// Which attempts may begin in this process: of a node, as its `concurrency` and its `rateLimit` say, and over all nodes.
//
// SLOTS-1. First come, first served among the attempts of a node. Of different nodes that wait for the same thing the one
//     whose `priority` is the lower number goes first, and of equal ones the one that has waited longer. A node without a
//     limit costs nothing.
// SLOTS-2. What a body calls takes no slot of its own: the caller, which waits for it, holds one. It counts as a begin.
// SLOTS-3. All that an attempt needs is taken at one time: none holds a slot while it waits for something else, and a
//     begin counts when it begins. One that was let go and begins later is looked at again then.
// SLOTS-4. Begins are counted in a window that moves: no span of the length `per` has more than `max`.

import type { GraphNode } from '../graph/graph.ts';
import type { Clock } from '../execute/clock.ts';
import { Begins } from './begins.ts';

/** What needs a slot of a node. */
export interface Asker {
  readonly node: GraphNode;
  /** It is part of what holds a slot already. */
  readonly isInline: boolean;
}

export interface SlotsOptions<A> {
  readonly clock: Pick<Clock, 'now' | 'after'>;
  /** It had to wait, and may go on now: it asks again when it begins. */
  readonly letGo: (asker: A) => void;
  /** Called once all were let go whose time had come. */
  readonly goOn?: () => void;
  /** Something waits, and as many go on over all nodes as may. */
  readonly wanted?: () => void;
  /** One of them is over. */
  readonly freed?: () => void;
}

/** An asker that waits, and since when. */
export interface Waiting<A> {
  readonly asker: A;
  readonly since: number;
}

interface Ticket<A> extends Waiting<A> {
  readonly order: number;
}

/** What is let go next. */
interface Next<A extends Asker> {
  readonly ticket: Ticket<A>;
  readonly lane: Lane<A>;
}

export class Slots<A extends Asker> {
  readonly #options: SlotsOptions<A>;
  // By name: a node that only one run has shares the slots of its node in the graph.
  readonly #lanes = new Map<string, Lane<A>>();
  /** Those that may go on, with the time of their begin as it was counted. */
  readonly #holders = new Map<A, number>();
  readonly #tickets = new Map<A, Ticket<A>>();
  #most = Number.POSITIVE_INFINITY;
  #inUse = 0;
  #asked = 0;
  /** Those that wait are being let go. */
  isServed = false;

  constructor(options: SlotsOptions<A>) {
    this.#options = options;
  }

  /** Some slot is held. */
  get isUsed(): boolean {
    return this.#holders.size > 0;
  }

  /** How many may go on at a time, over all nodes. */
  limit(most: number): void {
    this.#most = most;
    this.#serve();
  }

  /** Whether anything can keep the asker from going on. */
  isLimited({ node, isInline }: Asker): boolean {
    if (node.rateLimit !== null) return true;
    return !isInline && (node.concurrency !== Number.POSITIVE_INFINITY || this.#most !== Number.POSITIVE_INFINITY);
  }

  /** Takes what the asker needs; false: it is let go once it is its turn. */
  take(asker: A): boolean {
    const { node } = asker;
    if (!this.isLimited(asker)) return true;
    const lane = this.#laneOf(node);
    const now = this.#options.clock.now();
    const countedAt = this.#holders.get(asker);
    if (countedAt !== undefined) {
      if (lane.begins === null || countedAt === now) return true;
      // It begins later than it was let go: others may have begun since.
      lane.begins.revoke(countedAt);
      this.#giveBack(asker, lane);
    }
    const queue = lane.queueOf(asker);
    if ((countedAt !== undefined || queue.isEmpty) && this.#mayBegin(lane, asker.isInline, now)) {
      this.#grant(asker, lane, now);
      return true;
    }
    const ticket = { asker, since: now, order: countedAt === undefined ? ++this.#asked : 0 };
    this.#tickets.set(asker, ticket);
    if (countedAt === undefined) queue.push(ticket);
    else queue.unshift(ticket);
    this.#serveLane(lane);
    this.#tellWanted();
    return false;
  }

  /** It is not to begin any more. True if it was waiting. */
  withdraw(asker: A): boolean {
    const ticket = this.#tickets.get(asker);
    if (ticket === undefined) return false;
    this.#tickets.delete(asker);
    const lane = this.#laneOf(asker.node);
    lane.queueOf(asker).remove(ticket);
    if (lane.isEmpty) lane.sleep();
    return true;
  }

  /** Gives the asker's slot back, if it has one, and lets others go. */
  release(asker: A): void {
    if (this.#holders.size === 0 || !this.#holders.has(asker)) return;
    const lane = this.#laneOf(asker.node);
    this.#giveBack(asker, lane);
    if (this.#most === Number.POSITIVE_INFINITY) return this.#serveLane(lane);
    this.#serve();
    this.#options.freed?.();
    this.#tellWanted();
  }

  /** It was let go, and does not begin: nothing of it counts. */
  giveUp(asker: A): void {
    const countedAt = this.#holders.get(asker);
    if (countedAt !== undefined) this.#laneOf(asker.node).begins?.revoke(countedAt);
    this.release(asker);
  }

  /** Whether it waits for a slot, or for the `rateLimit` of its node. */
  waits(asker: A): boolean {
    return this.#tickets.has(asker);
  }

  #tellWanted(): void {
    if (this.#inUse >= this.#most && this.#tickets.size > 0) this.#options.wanted?.();
  }

  /** What waits for a slot, of nodes without a `rateLimit`. */
  waitingForSlots(): A[] {
    const untimed = [...this.#lanes.values()].filter(({ begins }) => begins === null);
    return untimed.flatMap(({ queue }) => queue.items().map(({ asker }) => asker));
  }

  /** What waits for the `rateLimit` of its node. */
  *waitingForTime(): Iterable<Waiting<A>> {
    for (const lane of this.#lanes.values()) if (lane.isWaitingForTime) yield* lane.tickets();
  }

  /** Whether it waits for the `rateLimit` of its node, which lets nothing begin up to that time. */
  waitsBeyond(asker: A, time: number): boolean {
    if (!this.waits(asker)) return false;
    const { begins, isWaitingForTime } = this.#laneOf(asker.node);
    return begins !== null && isWaitingForTime && begins.nextAt(this.#options.clock.now()) > time;
  }

  /** How many wait for the `rateLimit` of their node. */
  get waitingForTimeCount(): number {
    let count = 0;
    for (const lane of this.#lanes.values()) if (lane.isWaitingForTime) count += lane.size;
    return count;
  }

  /** Drops all holders and waiters. What has begun still counts for the limits of rates. */
  clear(): void {
    for (const lane of this.#lanes.values()) lane.clear();
    this.#holders.clear();
    this.#tickets.clear();
    this.#inUse = 0;
  }

  #laneOf(node: GraphNode): Lane<A> {
    let lane = this.#lanes.get(node.name);
    if (lane === undefined) {
      lane = new Lane(node);
      this.#lanes.set(node.name, lane);
    }
    return lane;
  }

  #mayBegin(lane: Lane<A>, isInline: boolean, now: number): boolean {
    if (lane.begins !== null && lane.begins.nextAt(now) > now) return false;
    return isInline || (lane.taken < lane.node.concurrency && this.#inUse < this.#most);
  }

  #grant(asker: A, lane: Lane<A>, now: number): void {
    this.#holders.set(asker, now);
    lane.begins?.add(now);
    if (asker.isInline) return;
    lane.taken++;
    this.#inUse++;
  }

  #giveBack(asker: A, lane: Lane<A>): void {
    this.#holders.delete(asker);
    if (asker.isInline) return;
    lane.taken--;
    this.#inUse--;
  }

  /** Lets go of this node what may go on. */
  #serveLane(lane: Lane<A>): void {
    this.#untilNone(lane, () => {
      const ticket = this.#nextOf(lane);
      return ticket === undefined ? undefined : { ticket, lane };
    });
  }

  /** The same for all nodes. */
  #serve(): void {
    this.#untilNone(this, () => {
      let first: Next<A> | undefined;
      for (const lane of this.#lanes.values()) {
        if (lane.isEmpty) continue;
        const ticket = this.#nextOf(lane);
        if (ticket !== undefined && (first === undefined || isAhead(lane, ticket, first))) first = { ticket, lane };
      }
      return first;
    });
  }

  /** The next one is searched for each time: what is let go may give its slot back at once, and thousands may in a row. */
  #untilNone(those: { isServed: boolean }, search: () => Next<A> | undefined): void {
    if (those.isServed) return;
    those.isServed = true;
    try {
      for (let next = search(); next !== undefined; next = search()) this.#letGo(next);
    } finally {
      those.isServed = false;
    }
  }

  /** The one of the node whose turn it is, if it may go on; if it only waits for a time, it is looked at again then. */
  #nextOf(lane: Lane<A>): Ticket<A> | undefined {
    if (lane.isEmpty) return undefined;
    const { clock } = this.#options;
    const now = clock.now();
    const ticket = [lane.inline.first, lane.queue.first].find(
      (one) => one !== undefined && this.#mayBegin(lane, one.asker.isInline, now),
    );
    const at = lane.begins?.nextAt(now) ?? now;
    if (ticket === undefined && at > now) lane.wakeAt(clock, at - now, this.#timeHasCome);
    return ticket;
  }

  readonly #timeHasCome = (): void => {
    this.#serve();
    this.#options.goOn?.();
  };

  #letGo({ ticket: { asker }, lane }: Next<A>): void {
    lane.queueOf(asker).shift();
    this.#tickets.delete(asker);
    this.#grant(asker, lane, this.#options.clock.now());
    this.#options.letGo(asker);
  }
}

/** What goes first of two nodes. */
function isAhead<A extends Asker>(lane: Lane<A>, ticket: Ticket<A>, than: Next<A>): boolean {
  const difference = lane.node.priority - than.lane.node.priority;
  return difference === 0 ? ticket.order < than.ticket.order : difference < 0;
}

/** One node: who holds its slots, who waits, and what has begun lately. */
class Lane<A extends Asker> {
  readonly node: GraphNode;
  /** Null: any number may begin. */
  readonly begins: Begins | null;
  readonly queue = new Queue<Ticket<A>>();
  /** What is called waits for the rate only, and never behind what waits for the slot of its caller. */
  readonly inline = new Queue<Ticket<A>>();
  taken = 0;
  isServed = false;
  #callOff: (() => void) | null = null;

  constructor(node: GraphNode) {
    this.node = node;
    this.begins = node.rateLimit === null ? null : new Begins(node.rateLimit);
  }

  queueOf(asker: A): Queue<Ticket<A>> {
    return asker.isInline ? this.inline : this.queue;
  }

  get isEmpty(): boolean {
    return this.queue.isEmpty && this.inline.isEmpty;
  }

  get size(): number {
    return this.queue.size + this.inline.size;
  }

  get isWaitingForTime(): boolean {
    return this.#callOff !== null;
  }

  *tickets(): Iterable<Ticket<A>> {
    yield* this.inline.items();
    yield* this.queue.items();
  }

  wakeAt(clock: Pick<Clock, 'after'>, inMs: number, wake: () => void): void {
    this.#callOff ??= clock.after(inMs, () => {
      this.#callOff = null;
      wake();
    });
  }

  /** Nobody waits. */
  sleep(): void {
    this.#callOff?.();
    this.#callOff = null;
  }

  clear(): void {
    this.sleep();
    this.queue.clear();
    this.inline.clear();
    this.taken = 0;
  }
}

/** First in, first out, in constant time, also if one in the middle leaves. */
class Queue<T> {
  #items: (T | undefined)[] = [];
  #first = 0;
  readonly #gone = new Set<T>();

  get size(): number {
    return this.#items.length - this.#first - this.#gone.size;
  }

  get isEmpty(): boolean {
    return this.size === 0;
  }

  get first(): T | undefined {
    this.#skipGone();
    return this.#items[this.#first];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  unshift(item: T): void {
    if (this.#first > 0) this.#items[--this.#first] = item;
    else this.#items.unshift(item);
  }

  shift(): T | undefined {
    const item = this.first;
    if (item === undefined) return undefined;
    this.#leave();
    return item;
  }

  remove(item: T): void {
    this.#gone.add(item);
  }

  items(): T[] {
    return this.#items.slice(this.#first).filter((item): item is T => item !== undefined && !this.#gone.has(item));
  }

  clear(): void {
    this.#items = [];
    this.#first = 0;
    this.#gone.clear();
  }

  #skipGone(): void {
    for (let at = this.#items[this.#first]; at !== undefined && this.#gone.delete(at); at = this.#items[this.#first])
      this.#leave();
  }

  #leave(): void {
    this.#items[this.#first++] = undefined;
    if (this.#first > 1_000 && this.#first * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
  }
}
