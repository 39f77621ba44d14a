// What is to be done next in this process: the steps that are ready, and what goes before them.

import type { Step } from '../run/state.ts';

/** In the order in which they became ready: a list through the steps themselves, so that none is made for it. */
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

/** What is done before anything else is performed. */
export class Chores {
  #list: (() => void)[] = [];

  get isEmpty(): boolean {
    return this.#list.length === 0;
  }

  push(chore: () => void): void {
    this.#list.push(chore);
  }

  work(): void {
    if (this.#list.length === 0) return;
    // They make others while they are done.
    for (let at = 0; at < this.#list.length; at++) this.#list[at]?.();
    this.#list = [];
  }
}
