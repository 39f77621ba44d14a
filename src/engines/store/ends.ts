// Promises of ends: of called steps, of a run, and of its entry; and what is logged of an end that nobody hears of.

import type { OnwardError } from '../../errors/onward-error.ts';
import type { RunEvent } from '../../run/run-event.ts';
import type { Core } from '../engine.ts';
import { reportCallbackFailures, reportFailedRun } from '../unheard.ts';
import { readRecord, type RecordWrite } from '../../records/keys.ts';
import type { CallEnd, CallRecord } from '../../run/step-data.ts';
import type { RunSummary } from '../../run/view.ts';
import { chain } from './now-or-later.ts';
import type { StoreRun } from './run/store-run.ts';
import type { MaybePromise } from './store.ts';

const AGAIN_MS = 1_000;

/** Those who wait for called steps, by the records that will say how the steps ended. */
export class CalledEnds {
  readonly #open = new Map<string, OpenEnd>();
  readonly #endIn: (recordKey: string) => MaybePromise<CallEnd | undefined>;
  readonly #load: (end: CallEnd) => MaybePromise<CallEnd>;
  readonly #onAwaited: () => void;

  /**
   * @param endIn what a call's record says of its end.
   * @param load gives the end with its value.
   * @param onAwaited is called when a body begins to wait.
   */
  constructor(
    endIn: (recordKey: string) => MaybePromise<CallEnd | undefined>,
    load: (end: CallEnd) => MaybePromise<CallEnd>,
    onAwaited: () => void,
  ) {
    this.#onAwaited = onAwaited;
    this.#endIn = endIn;
    this.#load = load;
  }

  /** A body waits for the end of a step. */
  expect(recordKey: string): Promise<CallEnd> {
    const open = this.#open.get(recordKey) ?? openEnd();
    this.#open.set(recordKey, open);
    this.#onAwaited();
    this.#try(() => this.#find(recordKey));
    return open.promise;
  }

  /** Somebody waits. */
  get isAwaited(): boolean {
    return this.#open.size > 0;
  }

  /** Another process may have written how they ended. */
  async look(): Promise<void> {
    await Promise.all([...this.#open.keys()].map(async (recordKey) => this.#find(recordKey)));
  }

  /** Records were written: of calls that have ended, the promises resolve. They may be gone already. */
  settle(writes: readonly RecordWrite[]): void {
    if (this.#open.size === 0) return;
    for (const [key, json] of writes)
      if (this.#open.has(key)) {
        const end = readRecord<CallRecord>(json ?? undefined)?.end;
        this.#try(() => this.#settle(key, end));
      }
  }

  #find(recordKey: string): MaybePromise<void> {
    return chain(this.#endIn(recordKey), (end) => this.#settle(recordKey, end));
  }

  #settle(recordKey: string, end: CallEnd | undefined): MaybePromise<void> {
    const open = this.#open.get(recordKey);
    if (open === undefined || end === undefined) return;
    return chain(this.#load(end), (loaded) => {
      this.#open.delete(recordKey);
      open.resolve(loaded);
    });
  }

  /** What cannot be read now is read again later: a body waits for it. */
  #try(read: () => MaybePromise<void>): void {
    const reading = read();
    if (reading instanceof Promise) reading.catch(() => setTimeout(() => this.#try(read), AGAIN_MS).unref());
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

/** The promises of the end of a run, or of its entry. */
export class Waiters {
  readonly #list: Waiter[] = [];

  wait(): Promise<RunSummary> {
    return new Promise((resolve, reject) => this.#list.push({ resolve, reject }));
  }

  get isEmpty(): boolean {
    return this.#list.length === 0;
  }

  refuse(fault: OnwardError): void {
    for (const { reject } of this.#list.splice(0)) reject(fault);
  }

  settle(summary: () => MaybePromise<RunSummary>): void {
    const waiters = this.#list.splice(0);
    if (waiters.length === 0) return;
    for (const { resolve, reject } of waiters) {
      try {
        const found = summary();
        if (found instanceof Promise) found.then(resolve, reject);
        else resolve(found);
      } catch (fault) {
        reject(fault);
      }
    }
  }
}

interface Waiter {
  readonly resolve: (run: RunSummary) => void;
  readonly reject: (fault: unknown) => void;
}

/** Logs the failed run and the failed callbacks that are among the events. */
export function logFailures(run: StoreRun, events: readonly RunEvent[], core: Core): MaybePromise<void> {
  if (events.some((event) => event.type === 'run.ended' && event.status === 'failed')) reportFailedRun(run, core);
  if (!events.some(({ type }) => type === 'callback.failed')) return;
  const refs = events.flatMap((event) => ('error' in event ? [event.error] : []));
  return chain(run.payloads.loadAll(refs), (errors) =>
    reportCallbackFailures(events, run, core, (ref) => errors[refs.indexOf(ref)]),
  );
}
