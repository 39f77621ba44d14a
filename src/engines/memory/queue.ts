// What is to be done next in this process: the steps that are ready, and the work that goes before them.

import type { Step } from '../../run/step.ts';

/** In the order in which they became ready: linked through the steps themselves, without an array. */
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
}

/** What is done before any other step is performed. */
export class PendingWork {
  #list: (() => void)[] = [];

  get isEmpty(): boolean {
    return this.#list.length === 0;
  }

  push(task: () => void): void {
    this.#list.push(task);
  }

  work(): void {
    if (this.#list.length === 0) return;
    // They add others while they are done.
    for (let at = 0; at < this.#list.length; at++) this.#list[at]?.();
    this.#list = [];
  }
}
