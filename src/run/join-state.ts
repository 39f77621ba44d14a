// How many arrivals a join has had.
//
// J1. What an arrival costs does not depend on how many sources there are.

export class JoinState {
  /** By source. */
  readonly counts: number[];
  /** Instances that have had an arrival, fired ones included. */
  opened: number;
  #fired: number;
  /** Sources that have arrived for the instance after the last one that fired. */
  #met: number;

  constructor(counts: readonly number[], fired: number) {
    this.counts = [...counts];
    this.opened = Math.max(0, ...counts);
    this.#fired = fired;
    this.#met = this.#countMet();
  }

  /** Instances that have fired or were closed. */
  get fired(): number {
    return this.#fired;
  }

  /** Every source has arrived for the next instance. */
  get isComplete(): boolean {
    return this.#met === this.counts.length;
  }

  /** Counts an arrival: for which instance it is. */
  arrive(source: number): number {
    const number = (this.counts[source] ?? 0) + 1;
    this.counts[source] = number;
    if (number > this.opened) this.opened = number;
    if (number === this.#fired + 1) this.#met++;
    return number;
  }

  /** The next instance fires or is closed: its number. */
  fire(): number {
    this.#fired++;
    this.#met = this.#countMet();
    return this.#fired;
  }

  #countMet(): number {
    let met = 0;
    for (const count of this.counts) if (count > this.#fired) met++;
    return met;
  }
}
