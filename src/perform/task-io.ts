// What an engine gives to a task of a store while it is performed.

import type { ChildAnswer } from '../run/children.ts';
import type { Event, StepEvent } from '../run/event.ts';
import type { CallKey, Ref } from '../run/ref.ts';
import type { SharedState } from '../run/shared-state.ts';
import type { CallEnd } from '../run/call-record.ts';
import type { EntryView } from '../run/view.ts';
import type { RunReport } from '../wiring/run-report.ts';
import type { Clock } from './clock.ts';
import type { Told, Underway } from './attempt.ts';

/** A value to be kept: what a body returned, what it threw, or a message one field of which takes an error. */
export type Payload =
  | { readonly value: unknown }
  | { readonly error: unknown }
  | { readonly value: object; readonly errorField: string; readonly error: unknown };

/** What an engine gives to a task while it is performed. */
export interface TaskIo {
  readonly clock: Clock;
  /** What a reference stands for, or one item of the array it stands for. Refusals stand for themselves. */
  load(ref: Ref, item?: number): unknown;
  /**
   * Keeps a value under a name of this attempt and returns its reference; written together with the next event.
   *
   * @throws {OnwardError} ONW3045 if the value cannot be kept.
   */
  keep(name: string, payload: Payload): Ref;
  /** The same, under a key of its own. */
  keepAs(key: string, payload: Payload): Ref;
  /** A body that can be told to stop or has a time limit is about to be called. */
  began(work: Underway): void;
  /** Whether the attempt is still to be performed: false once it was cancelled. */
  isWanted(): boolean;
  /** Told once for every outcome; a late one is an event too, and the core drops it. */
  deliver(event: Event): void;
  /** Asks for a child. Resolves when the answer is written. */
  commit(event: Extract<StepEvent, { type: 'spawned' }>): Promise<ChildAnswer>;
  /** How an entry of the plan ended, by its place there; its value is loaded. Undefined while it is not over. */
  outcomeOf(entry: number): EntryView | undefined | Promise<EntryView | undefined>;
  /** How a called step ended; its value is loaded. */
  endOf(step: number, call: CallKey): Promise<CallEnd>;
  state(): SharedState | Promise<SharedState>;
  report(): RunReport | Promise<RunReport>;
  tell(told: Told): void;
}
