// Promises of ends: of called steps, of a run, and of its entry.

import type { CallEnd } from '../../run/step-data.ts';
import type { RunEvent } from '../../run/run-event.ts';
import type { RunSummary } from '../../run/view.ts';

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

  /** Steps have ended: the promises of those that were called resolve. */
  settle(events: readonly RunEvent[]): void {
    if (this.#open.size === 0) return;
    for (const event of events) if ('code' in event && 'step' in event) this.#settle(event.step);
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

/** The promises of the end of a run, or of its entry. */
export class Waiters {
  readonly #list: Waiter[] = [];

  wait(): Promise<RunSummary> {
    return new Promise((resolve, reject) => this.#list.push({ resolve, reject }));
  }

  settle(summary: () => RunSummary): void {
    for (const { resolve } of this.#list.splice(0)) resolve(summary());
  }

  fail(fault: unknown): void {
    for (const { reject } of this.#list.splice(0)) reject(fault);
  }
}

interface Waiter {
  readonly resolve: (run: RunSummary) => void;
  readonly reject: (fault: unknown) => void;
}
