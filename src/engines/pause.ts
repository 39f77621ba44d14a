// Nodes that begin no body for a while: what would begin is parked until they are resumed, unless it goes back to a queue.

import { fitsGlob } from '../graph/glob.ts';

/** What is parked: an attempt of a node. */
export interface Pausable {
  readonly node: { readonly name: string };
}

export class Pause<Parked extends Pausable> {
  #patterns: readonly string[] = [];
  #parked: Parked[] = [];

  /** Some nodes are paused. */
  get isOn(): boolean {
    return this.#patterns.length > 0;
  }

  /** By name or pattern. */
  get patterns(): readonly string[] {
    return this.#patterns;
  }

  /** How many are parked. */
  get size(): number {
    return this.#parked.length;
  }

  /** What is parked, in order. */
  get parked(): readonly Parked[] {
    return this.#parked;
  }

  holds({ node }: Pausable): boolean {
    return this.#patterns.some((pattern) => fitsGlob(node.name, pattern));
  }

  park(what: Parked): void {
    this.#parked.push(what);
  }

  /** It is not to begin any more. True if it was parked. */
  withdraw(what: Parked): boolean {
    const others = this.#parked.filter((other) => other !== what);
    const wasParked = others.length < this.#parked.length;
    this.#parked = others;
    return wasParked;
  }

  /** Nothing is parked any more. */
  forget(): void {
    this.#parked = [];
  }

  add(patterns: readonly string[]): void {
    this.#patterns = [...new Set([...this.#patterns, ...patterns])];
  }

  /** What may begin now, in order. Without patterns all of it may. */
  remove(patterns: readonly string[] | undefined): readonly Parked[] {
    this.#patterns = patterns === undefined ? [] : this.#patterns.filter((pattern) => !patterns.includes(pattern));
    const parked = this.#parked;
    this.#parked = parked.filter((what) => this.holds(what));
    return parked.filter((what) => !this.holds(what));
  }
}
