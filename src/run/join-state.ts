// How many arrivals a join has had, from where they came, and which of its sources have lost.
//
// JOIN-1. What an arrival costs does not depend on how many sources there are.
// JOIN-2. The k-th arrivals of the sources belong together. A source that was withdrawn from an instance counts as one
//         that has arrived for it: what comes from it later belongs to the instances after that.

import type { StepId } from './step-data.ts';

/** An instance that its first source took, while the others are looked for. */
export interface Race {
  readonly instance: number;
  /** The last step that the run had ahead of the completion that won: what was created later takes no part. */
  readonly upTo: StepId;
}

/** What of a join is kept beside its counts; what is absent is empty. */
export interface JoinDetails {
  readonly around?: readonly (readonly [instance: number, steps: readonly StepId[]])[];
  readonly races?: readonly Race[];
  readonly withdrawn?: readonly (readonly number[])[];
}

const NONE: readonly never[] = [];
const NO_DETAILS: JoinDetails = {};
/** Most joins have nothing around their arrivals: a map of its own takes the place of this one, to which nobody adds. */
const NOTHING_AROUND = new Map<number, readonly StepId[]>();

export class JoinState {
  /** By source. */
  readonly counts: number[];
  /** Instances that have had an arrival, fired ones included. */
  opened: number;
  /** The steps around all arrivals of an open instance, nearest first. Without an entry there is none. */
  around: Map<number, readonly StepId[]>;
  /** Instances whose losers are to be looked for. */
  races: readonly Race[];
  /** By source: the instances that withdrawn steps would have filled, beyond its count. */
  #withdrawn: readonly (readonly number[])[];
  #fired: number;
  /** Sources that have arrived for the instance after the last one that fired. */
  #met: number;

  /** @param counts are its own from now on. */
  constructor(counts: number[], fired: number, details: JoinDetails = NO_DETAILS) {
    const { around = NONE, races = NONE, withdrawn = NONE } = details;
    this.counts = counts;
    this.opened = 0;
    for (const count of counts) if (count > this.opened) this.opened = count;
    this.around = around === NONE ? NOTHING_AROUND : new Map(around);
    this.races = races;
    this.#withdrawn = withdrawn;
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

  /** What is kept of it beside its counts. */
  get details(): JoinDetails {
    return {
      ...(this.around.size > 0 && { around: [...this.around] }),
      ...(this.races.length > 0 && { races: this.races }),
      ...(this.#withdrawn.some(({ length }) => length > 0) && { withdrawn: this.#withdrawn }),
    };
  }

  surround(instance: number, steps: readonly StepId[]): void {
    if (this.around === NOTHING_AROUND) this.around = new Map();
    this.around.set(instance, steps);
  }

  /** What is around an instance is of no use any more. */
  forget(instance: number): void {
    if (this.isSurrounded) this.around.delete(instance);
  }

  /** Something is around arrivals of an open instance, or was. */
  get isSurrounded(): boolean {
    return this.around !== NOTHING_AROUND;
  }

  /** Counts an arrival: for which instance it is. */
  arrive(source: number): number {
    const number = this.#nextOf(source);
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

  /** Whether a source has neither arrived for an instance nor was withdrawn from it. */
  lacks(source: number, instance: number): boolean {
    return this.#countOf(source) < instance && !this.#withdrawnFrom(source).includes(instance);
  }

  /** How many arrivals of a source come before the one for an instance that it lacks. */
  ahead(source: number, instance: number): number {
    const withdrawn = this.#withdrawnFrom(source).filter((number) => number < instance).length;
    return instance - this.#countOf(source) - 1 - withdrawn;
  }

  /** What a source would have brought for an instance never comes. */
  withdraw(source: number, instance: number): void {
    const withdrawn = this.counts.map((_, at) => this.#withdrawnFrom(at));
    withdrawn[source] = [...this.#withdrawnFrom(source), instance];
    this.#withdrawn = withdrawn;
    const next = this.#countOf(source) + 1;
    if (next === instance) this.counts[source] = this.#nextOf(source) - 1;
  }

  /** The next number of a source: those that it was withdrawn from are passed over, and forgotten. */
  #nextOf(source: number): number {
    let number = this.#countOf(source) + 1;
    if (this.#withdrawn === NONE) return number;
    const withdrawn = this.#withdrawnFrom(source);
    if (withdrawn.length === 0) return number;
    while (withdrawn.includes(number)) number++;
    this.#withdrawn = this.#withdrawn.map((of, at) => (at === source ? of.filter((one) => one > number) : of));
    return number;
  }

  #countOf(source: number): number {
    return this.counts[source] ?? 0;
  }

  #withdrawnFrom(source: number): readonly number[] {
    return this.#withdrawn[source] ?? [];
  }

  #countMet(): number {
    let met = 0;
    for (const count of this.counts) if (count > this.#fired) met++;
    return met;
  }
}
