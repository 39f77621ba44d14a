// The ends of the steps that bodies have called and wait for.

import type { CallEnd } from '../../run/step-data.ts';
import type { RunEvent } from '../../run/run-event.ts';

/** A step that was called: where its end will be written. */
export interface CalledStep {
  readonly step: number;
  readonly recordKey: string;
}

export class CalledEnds {
  readonly #open = new Map<number, OpenEnd>();
  readonly #endIn: (recordKey: string) => CallEnd | undefined;

  /** @param endIn what a call's record says of its end. */
  constructor(endIn: (recordKey: string) => CallEnd | undefined) {
    this.#endIn = endIn;
  }

  /** A body waits for the end of a step. */
  expect({ step, recordKey }: CalledStep): Promise<CallEnd> {
    const open = this.#open.get(step) ?? openEnd(recordKey);
    this.#open.set(step, open);
    this.#settle(step);
    return open.promise;
  }

  /** Steps have ended: whoever called one of them is told. */
  settle(events: readonly RunEvent[]): void {
    if (this.#open.size === 0) return;
    for (const event of events) if ('code' in event) this.#settle(event.step);
  }

  #settle(step: number): void {
    const open = this.#open.get(step);
    const end = open === undefined ? undefined : this.#endIn(open.recordKey);
    if (end !== undefined) open?.resolve(end);
  }
}

interface OpenEnd {
  readonly recordKey: string;
  readonly promise: Promise<CallEnd>;
  readonly resolve: (end: CallEnd) => void;
}

function openEnd(recordKey: string): OpenEnd {
  let resolve: OpenEnd['resolve'] = () => undefined;
  const promise = new Promise<CallEnd>((settle) => {
    resolve = settle;
  });
  return { recordKey, promise, resolve };
}
