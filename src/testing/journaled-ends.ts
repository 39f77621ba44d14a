// The ends of the steps that bodies have called and wait for.

import type { CallEnd } from '../run/call-record.ts';
import type { Ref } from '../run/ref.ts';
import { Refusal } from '../run/refusal.ts';
import type { RunEvent } from '../run/run-event.ts';
import type { FinalStatus } from '../run/status.ts';

type EndEvent = Extract<RunEvent, { readonly type: `step.${FinalStatus}` }>;

export class CalledEnds {
  readonly #ends = new Map<number, OpenEnd>();
  readonly #load: (ref: Ref) => unknown;

  constructor(load: (ref: Ref) => unknown) {
    this.#load = load;
  }

  /** A body waits for the end of a step; `past` is what its making told. */
  expect(step: number, past: readonly RunEvent[]): void {
    if (!this.#ends.has(step)) this.#ends.set(step, openEnd());
    this.settle(past);
  }

  of(step: number): Promise<CallEnd> {
    const end = this.#ends.get(step) ?? openEnd();
    this.#ends.set(step, end);
    return end.promise;
  }

  settle(events: readonly RunEvent[]): void {
    if (this.#ends.size === 0) return;
    for (const event of events) if (isEnd(event)) this.#ends.get(event.step)?.resolve(this.#endOf(event));
  }

  /** A step that was cancelled or skipped has no error of its own. */
  #endOf({ type, code, node, value }: EndEvent): CallEnd {
    const status = statusOf(type);
    const isOwn = status === 'completed' || status === 'failed';
    return { status, value: isOwn ? this.#load(value) : new Refusal({ refusal: code, node }) };
  }
}

interface OpenEnd {
  readonly promise: Promise<CallEnd>;
  readonly resolve: (end: CallEnd) => void;
}

function openEnd(): OpenEnd {
  let resolve: OpenEnd['resolve'] = () => undefined;
  const promise = new Promise<CallEnd>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

function isEnd(event: RunEvent): event is EndEvent {
  return 'code' in event && 'value' in event;
}

function statusOf(type: EndEvent['type']): FinalStatus {
  switch (type) {
    case 'step.completed':
      return 'completed';
    case 'step.failed':
      return 'failed';
    case 'step.skipped':
      return 'skipped';
    case 'step.cancelled':
      return 'cancelled';
  }
}
