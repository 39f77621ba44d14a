// One run of the journaled engine: its records and payloads as text, and those who wait for it.

import { EventBuffer } from '../engines/event-buffer.ts';
import type { EngineRun, RunSnapshot } from '../engines/engine.ts';
import { decode, encode } from '../message/codec.ts';
import { jsonToThrown, thrownToJson } from '../message/thrown.ts';
import { replay } from '../run/replay.ts';
import type { Json } from '../run/json.ts';
import type { RunRecord, StepRecord } from '../run/records.ts';
import { RUN_KEY, stepRecordKey } from '../run/records.ts';
import type { RunEvent } from '../run/run-event.ts';
import { Phase, type Ref } from '../run/state.ts';
import { stepKey } from '../run/step-key.ts';
import type { RunSummary, StepView } from '../run/view.ts';
import type { Payload } from '../perform/perform.ts';

export class JournaledRun implements EngineRun {
  readonly id: string;
  readonly fingerprint: string | undefined;
  readonly #cancel: (reason: string | undefined) => 'applied' | 'duplicate' | 'over';
  readonly #records = new Map<string, string>();
  readonly #payloads = new Map<string, string>();
  readonly #watchers = new Set<EventBuffer>();
  readonly #entryWaiters: Waiter[] = [];
  readonly #waiters: Waiter[] = [];

  constructor(
    id: string,
    fingerprint: string | undefined,
    cancel: (reason: string | undefined) => 'applied' | 'duplicate' | 'over',
  ) {
    this.id = id;
    this.fingerprint = fingerprint;
    this.#cancel = cancel;
  }

  get isOpen(): boolean {
    return this.#run().status === null;
  }

  get cancelReason(): string | undefined {
    return this.#run().cancelReason ?? undefined;
  }

  // ── the store ──

  recordsOf(keys: readonly string[]): ReadonlyMap<string, Json> {
    const found = new Map<string, Json>();
    for (const key of keys) {
      const text = this.#records.get(key);
      if (text !== undefined) found.set(key, JSON.parse(text));
    }
    return found;
  }

  /** @returns how many characters were written. */
  write(writes: readonly (readonly [string, Json | null])[]): number {
    let written = 0;
    for (const [key, json] of writes) {
      if (json === null) {
        this.#records.delete(key);
        continue;
      }
      const text = JSON.stringify(json);
      this.#records.set(key, text);
      if (!key.startsWith('h/')) written += text.length;
    }
    return written;
  }

  /** The run's own record and those of every live step. */
  liveRecords(): ReadonlyMap<string, Json> {
    return this.recordsOf([...this.#records.keys()].filter((key) => key === RUN_KEY || key.startsWith('s/')));
  }

  phaseOf(step: number, attempt: number): Phase {
    const text = this.#records.get(stepRecordKey(step));
    if (text === undefined) return Phase.OVER;
    const record: StepRecord = JSON.parse(text);
    return record.attempt === attempt ? record.phase : Phase.OVER;
  }

  /** Keeps payloads that `payloadText` made. */
  keep(payloads: ReadonlyMap<string, string>): void {
    for (const [key, text] of payloads) this.#payloads.set(key, text);
  }

  load(ref: Ref): unknown {
    const text = typeof ref === 'string' ? this.#payloads.get(ref) : undefined;
    if (text === undefined) return undefined;
    return payloadOf(JSON.parse(text));
  }

  // ── what is told ──

  publish(events: readonly RunEvent[]): void {
    for (const event of events) for (const watcher of this.#watchers) watcher.push(this.#filled(event));
    if (this.#entryWaiters.length > 0 && this.#run().entry.status !== null) {
      for (const { resolve } of this.#entryWaiters.splice(0)) resolve(this.#summary());
    }
    if (this.#waiters.length > 0 && !this.isOpen)
      for (const { resolve } of this.#waiters.splice(0)) resolve(this.#summary());
  }

  /** The store itself has failed: whoever waits has to know. */
  fail(fault: unknown): void {
    for (const { reject } of [...this.#entryWaiters.splice(0), ...this.#waiters.splice(0)]) reject(fault);
  }

  entryOver(): Promise<RunSummary> {
    if (this.#run().entry.status !== null) return Promise.resolve(this.#summary());
    return new Promise((resolve, reject) => this.#entryWaiters.push({ resolve, reject }));
  }

  over(): Promise<RunSummary> {
    if (!this.isOpen) return Promise.resolve(this.#summary());
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  read(): Promise<RunSnapshot> {
    return Promise.resolve({ ...this.#summary(), steps: this.#steps() });
  }

  watch(signal?: AbortSignal): AsyncIterable<RunEvent> {
    const buffer = new EventBuffer(replay(this.#summary(), this.#steps()), !this.isOpen);
    if (!this.isOpen) return buffer;
    this.#watchers.add(buffer);
    const stop = (): void => {
      this.#watchers.delete(buffer);
      buffer.end();
    };
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop, { once: true });
    return buffer;
  }

  cancel(reason: string | undefined): Promise<'applied' | 'duplicate' | 'over'> {
    return Promise.resolve(this.#cancel(reason));
  }

  // ── reading ──

  #run(): RunRecord {
    return JSON.parse(this.#records.get(RUN_KEY) ?? 'null') ?? NOT_YET;
  }

  #summary(): RunSummary {
    const run = this.#run();
    return {
      runId: this.id,
      job: run.job,
      status: run.status ?? undefined,
      cancelReason: run.cancelReason ?? undefined,
      createdAt: run.createdAt,
      endedAt: run.endedAt,
      seq: run.seq,
      counts: run.counts,
      live: run.live,
      stepLimit: run.stepLimit,
      callbackFailureCount: run.callbackFailureCount,
      entry: { status: run.entry.status ?? undefined, code: run.entry.code, value: this.load(run.entry.value) },
    };
  }

  #steps(): StepView[] {
    const steps: StepView[] = [];
    for (const [key, text] of this.#records) {
      if (key.startsWith('h/')) steps.push(this.#filledStep(JSON.parse(text)));
      else if (key.startsWith('s/'))
        steps.push(this.#filledStep(this.#viewLive(Number(key.slice(2)), JSON.parse(text))));
    }
    return steps.sort((a, b) => a.id - b.id);
  }

  #viewLive(id: number, record: StepRecord): StepView {
    return {
      ...record,
      id,
      key: stepKey(this.id, record.node, record.round),
      status: record.phase === Phase.HELD ? 'pending' : 'running',
      owner: record.around[0] ?? null,
      attempts: record.attempts ?? [],
      faults: record.faults ?? [],
      endedAt: 0,
      endSeq: 0,
      unmatched: false,
    };
  }

  #filledStep(step: StepView): StepView {
    return {
      ...step,
      message: this.load(step.message),
      value: this.load(step.value),
      attempts: step.attempts.map((attempt) => ({ ...attempt, error: this.load(attempt.error) })),
      faults: step.faults.map(({ edge, error }) => ({ edge, error: this.load(error) })),
    };
  }

  #filled(event: RunEvent): RunEvent {
    if ('value' in event) return { ...event, value: this.load(event.value) };
    return 'error' in event ? { ...event, error: this.load(event.error) } : event;
  }
}

interface Waiter {
  readonly resolve: (run: RunSummary) => void;
  readonly reject: (fault: unknown) => void;
}

/** Before the first record is written. */
const NOT_YET: Pick<RunRecord, 'status'> = { status: null };

/** @throws {OnwardError} ONW3045 if the value cannot be kept. */
export function payloadText(payload: Payload): string {
  return JSON.stringify({
    ...payload,
    ...('value' in payload && { value: encode(payload.value) }),
    ...('error' in payload && { error: thrownToJson(payload.error) }),
  });
}

/** What `payloadText` was given. */
function payloadOf(kept: { readonly value?: Json; readonly error?: Json; readonly errorField?: string }): unknown {
  const { value, error, errorField } = kept;
  if (error === undefined) return decode(value ?? null);
  if (errorField === undefined) return jsonToThrown(error);
  return Object.assign(Object(decode(value ?? null)), { [errorField]: jsonToThrown(error) });
}
