// How often the nodes of a run were executed, where they may be more than once.
//
// ROUNDS-1. Most nodes are executed once: such a node takes a bit, and no entry of a map.

/** Bits of a small integer, which a field holds itself. */
const BITS = 30;
/** The position of no node. */
const NO_NODE = -2;

export class Rounds {
  // A bit for each node that was executed, by its position. Most graphs need no more than the first bits.
  #first = 0;
  #others: number[] | null = null;
  /** Of nodes that were executed more than once. */
  #more: Map<number, number> | null = null;
  // One of these, the last that was counted: a loop counts the same node again and again. Its entry in the map is behind.
  #last = NO_NODE;
  #lastRounds = 0;

  /** Executions of a node, by its position. */
  of(node: number): number {
    if (node === this.#last) return this.#lastRounds;
    if (!this.#has(node)) return 0;
    return this.#more === null ? 1 : (this.#more.get(node) ?? 1);
  }

  set(node: number, rounds: number): void {
    this.#mark(node, rounds > 0);
    this.#setLast(rounds > 1 ? node : NO_NODE, rounds);
    if (rounds <= 1) this.#more?.delete(node);
  }

  /** Counts one more. */
  next(node: number): number {
    if (node === this.#last) return ++this.#lastRounds;
    const rounds = this.of(node) + 1;
    if (rounds === 1) this.#mark(node, true);
    else this.#setLast(node, rounds);
    return rounds;
  }

  #setLast(node: number, rounds: number): void {
    if (this.#last !== NO_NODE) (this.#more ??= new Map<number, number>()).set(this.#last, this.#lastRounds);
    this.#last = node;
    this.#lastRounds = rounds;
  }

  /** Nodes that were executed, with how often. */
  *[Symbol.iterator](): Generator<readonly [node: number, rounds: number], void, undefined> {
    const end = BITS * (1 + (this.#others?.length ?? 0));
    for (let node = 0; node < end; node++) if (this.#has(node)) yield [node, this.of(node)];
  }

  #has(node: number): boolean {
    const word = node < BITS ? this.#first : (this.#others?.[Math.floor(node / BITS) - 1] ?? 0);
    return (word & (1 << (node % BITS))) !== 0;
  }

  #mark(node: number, isExecuted: boolean): void {
    const bit = 1 << (node % BITS);
    if (node < BITS) {
      this.#first = isExecuted ? this.#first | bit : this.#first & ~bit;
      return;
    }
    const others = (this.#others ??= []);
    const at = Math.floor(node / BITS) - 1;
    while (others.length <= at) others.push(0);
    const word = others[at] ?? 0;
    others[at] = isExecuted ? word | bit : word & ~bit;
  }
}
