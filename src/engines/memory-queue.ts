// The steps that are ready, in the order in which they became so: a list through the steps themselves, so that none is
// made for it.

import type { Step } from '../run/state.ts';

export class ReadySteps {
  #first: Step | null = null;
  #last: Step | null = null;

  push(step: Step): void {
    if (this.#last === null) this.#first = step;
    else this.#last.next = step;
    this.#last = step;
  }

  shift(): Step | null {
    const step = this.#first;
    if (step === null) return null;
    this.#first = step.next;
    if (this.#first === null) this.#last = null;
    step.next = null;
    return step;
  }

  get isEmpty(): boolean {
    return this.#first === null;
  }

  /** The step that is alone in the list. */
  get only(): Step | null {
    return this.#first !== null && this.#first.next === null ? this.#first : null;
  }

  clear(): void {
    this.#first = null;
    this.#last = null;
  }
}
