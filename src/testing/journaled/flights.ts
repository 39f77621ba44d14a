// The deliveries of tasks whose attempts are not over; two of them may be of one attempt.

import { Slots } from '../../engines/slots.ts';
import type { GraphNode } from '../../graph/graph.ts';
import type { Underway } from '../../execute/attempt.ts';
import type { Task } from '../../run/event.ts';
import type { JournaledRun } from './run.ts';

export interface Flight {
  readonly run: JournaledRun;
  readonly task: Task;
  readonly node: GraphNode;
  readonly isInline: boolean;
  body: Underway | undefined;
}

export class Flights {
  readonly #flights = new Set<Flight>();
  readonly #slots = new Slots<Flight>();
  readonly #perform: (flight: Flight) => void;

  /** @param perform called when a flight has a slot, if its node asks for one. */
  constructor(perform: (flight: Flight) => void) {
    this.#perform = perform;
  }

  begin(flight: Flight): void {
    this.#flights.add(flight);
    if (this.#slots.take(flight)) this.#perform(flight);
  }

  /** Tells the bodies of a step to stop. */
  abort(run: JournaledRun, step: number, reason: unknown): void {
    for (const flight of this.#of(run, step)) {
      flight.body?.abort(reason);
      // It waited for a slot, and does not any more: that it has stopped is told at once.
      if (this.#slots.withdraw(flight)) this.#perform(flight);
    }
  }

  /** The attempt of a step is over, whatever its bodies still do. */
  land(run: JournaledRun, step: number): void {
    for (const flight of this.#of(run, step)) {
      flight.body?.release();
      this.end(flight);
    }
  }

  /** It is over: its slot is another's. */
  end(flight: Flight): void {
    this.#flights.delete(flight);
    this.#slots.withdraw(flight);
    const next = this.#slots.release(flight);
    if (next !== undefined) this.#perform(next);
  }

  has(run: JournaledRun, key: string): boolean {
    for (const flight of this.#flights) if (flight.run === run && flight.task.key === key) return true;
    return false;
  }

  /** Nobody waits for any of them any more. */
  forget(): void {
    for (const { body } of this.#flights) body?.release();
    this.#flights.clear();
    this.#slots.clear();
  }

  #of(run: JournaledRun, step: number): Flight[] {
    return [...this.#flights].filter((flight) => flight.run === run && flight.task.at.step === step);
  }
}
