// What a task is given while it is performed: its values from the store, and its events back into the engine.

import type { Clock } from '../../execute/clock.ts';
import type { Notice } from '../../execute/attempt.ts';
import type { Payload, TaskIo } from '../../records/task.ts';
import type { ChildAnswer } from '../../run/children.ts';
import type { Decision } from '../../records/decide.ts';
import type { Event, StepEvent } from '../../run/event.ts';
import type { SharedState } from '../../run/shared-state.ts';
import type { Underway } from '../../run/step.ts';
import type { CallEnd, CallKey, Ref } from '../../run/step-data.ts';
import type { EntryView } from '../../run/view.ts';
import type { RunReport } from '../../wiring/run-report.ts';
import { Wants } from '../../observe/interest.ts';
import { Phase } from '../../run/status.ts';
import { readRecord, RECORDS, SETTINGS_KEY } from '../../records/keys.ts';
import type { SettingsRecord } from '../../records/records.ts';
import { chain } from './now-or-later.ts';
import type { Delivery } from './deliveries.ts';
import { payloadText, type Texts } from './run/payloads.ts';
import type { MaybePromise } from './store.ts';

export type OnApplied = (decision: Decision) => void;

/** What the engine does for tasks. */
export interface TaskOutput {
  clock(): Clock;
  put(by: DeliveryIo, event: Event, texts: Texts, onApplied?: OnApplied): void;
  /** The attempt is over, however it went. */
  end(by: DeliveryIo): void;
}

const NONE: Texts = new Map();

export class DeliveryIo implements TaskIo {
  readonly delivery: Delivery;
  /** Of the engine. What is performed in an earlier one is nobody's. */
  readonly life: number;
  readonly clock: Clock;
  readonly #output: TaskOutput;
  #texts: Map<string, string> | undefined;

  constructor(delivery: Delivery, life: number, output: TaskOutput) {
    this.delivery = delivery;
    this.life = life;
    this.clock = output.clock();
    this.#output = output;
  }

  load(ref: Ref, item?: number): unknown {
    return this.delivery.run.payloads.load(ref, item);
  }

  keep(name: string, payload: Payload): Ref {
    const { key, runId } = this.delivery.task;
    // Unique within the run.
    return this.keepAs(`${key.slice(runId.length + 1)}.${name}`, payload);
  }

  keepAs(key: string, payload: Payload): Ref {
    this.#texts ??= new Map();
    this.#texts.set(key, payloadText(payload, this.delivery.run.payloads.keeping()));
    return key;
  }

  salt(): MaybePromise<string | undefined> {
    const { records } = this.delivery.run;
    return chain(records.load([SETTINGS_KEY]), (texts) => {
      return readRecord<SettingsRecord>(texts.get(SETTINGS_KEY)?.json)?.salt;
    });
  }

  /** What was kept so far goes with the next event. */
  #taken(): Texts {
    const kept = this.#texts ?? NONE;
    this.#texts = undefined;
    return kept;
  }

  began(body: Underway): void {
    this.delivery.body = body;
  }

  isWanted(): boolean {
    const { run, task, isStopped } = this.delivery;
    if (isStopped) return false;
    const phase = run.phaseOf(task.at.step, task.attempt);
    return phase !== Phase.STOPPING && phase !== Phase.CANCELLING;
  }

  deliver(event: Event): void {
    this.#output.end(this);
    this.#output.put(this, event, this.#taken());
  }

  commit(event: Extract<StepEvent, { type: 'spawned' }>): Promise<ChildAnswer> {
    return new Promise((resolve) =>
      this.#output.put(this, event, this.#taken(), (decision) => {
        resolve(decision.child ?? { kind: 'refused', why: 'leaked' });
      }),
    );
  }

  outcomeOf(entry: number): MaybePromise<EntryView | undefined> {
    return this.delivery.run.outcomeOf(entry);
  }

  endOf(_step: number, call: CallKey): Promise<CallEnd> {
    const { run, task, trial } = this.delivery;
    // What the process dies of meanwhile is not its body.
    trial?.waits();
    return run.called.expect(RECORDS.call.key(task.at.step, call));
  }

  state(): MaybePromise<SharedState> {
    return this.delivery.run.state();
  }

  report(): MaybePromise<RunReport> {
    return this.delivery.run.report();
  }

  isObserved(): boolean {
    return (this.delivery.run.observed & (Wants.ATTEMPT | Wants.AROUND)) !== 0;
  }

  around(message: unknown, body: () => unknown): unknown {
    const { run, task } = this.delivery;
    return run.around(task.at.step, { attempt: task.attempt, at: this.clock.now(), message }, body);
  }

  notify(notice: Notice): void {
    const { run, task } = this.delivery;
    run.emit(task.at.step, { ...notice, attempt: task.attempt, at: this.clock.now() });
  }
}
