// What is to be done next in this process: the steps that are ready, and the work that goes before them.

import { Phase } from '../../run/status.ts';
import { Step } from '../../run/step.ts';
import type { LineRun } from './line-run.ts';

/** What is ready: a step, or a run that has not been made a whole one. */
export type Ready = Step | LineRun;

/**
 * In the order in which they became ready: linked through the steps themselves, without an array. Bodies of nodes with a
 * `priority` go after all others, the lower number first.
 */
export class ReadySteps {
  readonly #first = new ReadyList();
  #later: PrioritySteps | null = null;

  push(ready: Ready): void {
    if (!(ready instanceof Step) || ready.node.priority === 0 || ready.phase !== Phase.RUNNING) this.#first.push(ready);
    else (this.#later ??= new PrioritySteps()).push(ready);
  }

  shift(): Ready | null {
    return this.#first.shift() ?? (this.#later === null ? null : this.#later.shift());
  }

  get isEmpty(): boolean {
    return this.#first.isEmpty && (this.#later === null || this.#later.isEmpty);
  }
}

class PrioritySteps {
  /** In the order of the numbers. A graph has few of them. */
  readonly #lists: { readonly priority: number; readonly steps: ReadyList }[] = [];

  push(step: Step): void {
    const { priority } = step.node;
    const at = this.#lists.findIndex((list) => list.priority >= priority);
    const found = this.#lists[at];
    if (found?.priority === priority) return found.steps.push(step);
    const steps = new ReadyList();
    steps.push(step);
    this.#lists.splice(at === -1 ? this.#lists.length : at, 0, { priority, steps });
  }

  shift(): Ready | null {
    for (const { steps } of this.#lists) if (!steps.isEmpty) return steps.shift();
    return null;
  }

  get isEmpty(): boolean {
    return this.#lists.every(({ steps }) => steps.isEmpty);
  }
}

/** First in, first out. */
export class ReadyList {
  #first: Ready | null = null;
  /** Null while there is but one: a store into an old object costs more than a look. */
  #last: Ready | null = null;

  push(step: Ready): void {
    if (this.#first === null) {
      this.#first = step;
      return;
    }
    if (this.#last === null) this.#first.next = step;
    else this.#last.next = step;
    this.#last = step;
  }

  shift(): Ready | null {
    const step = this.#first;
    if (step === null) return null;
    const { next } = step;
    this.#first = next;
    if (next === null) return step;
    if (next === this.#last) this.#last = null;
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
