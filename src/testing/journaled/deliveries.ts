// The deliveries of tasks whose attempts are not over; two of them may be of one attempt.

import { Pause } from '../../engines/pause.ts';
import { Slots } from '../../engines/slots.ts';
import type { GraphNode } from '../../graph/graph.ts';
import type { Underway } from '../../execute/attempt.ts';
import type { Task } from '../../run/event.ts';
import type { JournaledRun } from './run.ts';

export interface Delivery {
  readonly run: JournaledRun;
  readonly task: Task;
  readonly node: GraphNode;
  readonly isInline: boolean;
  body: Underway | undefined;
}

export class Deliveries {
  readonly #deliveries = new Set<Delivery>();
  readonly #slots = new Slots<Delivery>();
  readonly pause = new Pause<Delivery>();
  readonly #perform: (delivery: Delivery) => void;

  /** @param perform called when a delivery has a slot, if its node asks for one. */
  constructor(perform: (delivery: Delivery) => void) {
    this.#perform = perform;
  }

  begin(delivery: Delivery): void {
    this.#deliveries.add(delivery);
    if (this.pause.isOn && delivery.task.kind === 'body' && this.pause.holds(delivery))
      return this.pause.park(delivery);
    if (this.#slots.take(delivery)) this.#perform(delivery);
  }

  /** Aborts the signals of a step's bodies. */
  abort(run: JournaledRun, step: number, reason: unknown): void {
    for (const delivery of this.#of(run, step)) {
      delivery.body?.context?.abort(reason);
      // It waited for a slot: that it has stopped is reported at once.
      if (this.#slots.withdraw(delivery) || this.pause.withdraw(delivery)) this.#perform(delivery);
    }
  }

  /** The attempt of a step is over, even if its bodies still run. */
  land(run: JournaledRun, step: number): void {
    for (const delivery of this.#of(run, step)) {
      delivery.body?.release();
      this.end(delivery);
    }
  }

  /** It is over: its slot goes to the next one. */
  end(delivery: Delivery): void {
    this.#deliveries.delete(delivery);
    this.pause.withdraw(delivery);
    this.#slots.withdraw(delivery);
    const next = this.#slots.release(delivery);
    if (next !== undefined) this.#perform(next);
  }

  has(run: JournaledRun, key: string): boolean {
    for (const delivery of this.#deliveries) if (delivery.run === run && delivery.task.key === key) return true;
    return false;
  }

  /** Drops all of them. */
  forget(): void {
    for (const { body } of this.#deliveries) body?.release();
    this.#deliveries.clear();
    this.#slots.clear();
  }

  #of(run: JournaledRun, step: number): Delivery[] {
    return [...this.#deliveries].filter((delivery) => delivery.run === run && delivery.task.at.step === step);
  }
}
