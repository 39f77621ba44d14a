// How much memory is held, garbage not counted.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Bytes that something still holds. */
export function heapHeld(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

/** Measures at the first quarter and at the end of so many ticks. */
export class HeapAtQuarters {
  readonly #ticks: number;
  #ticked = 0;
  #early = 0;
  #late = 0;

  constructor(ticks: number) {
    this.#ticks = ticks;
  }

  tick(): void {
    this.#ticked++;
    if (this.#ticked === Math.floor(this.#ticks / 4)) this.#early = heapHeld();
    if (this.#ticked === this.#ticks) this.#late = heapHeld();
  }

  /** Bytes per tick that were kept in the last three quarters. */
  get keptPerTick(): number {
    if (this.#late === 0) throw new Error(`there were ${this.#ticked} ticks, not ${this.#ticks}`);
    return (this.#late - this.#early) / (this.#ticks * 0.75);
  }
}
