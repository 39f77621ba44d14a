// The state of a run as one attempt sees it, and how the attempt changes it.
//
// STATE-DRAFT-1. Reading gives the snapshot with the attempt's own changes; others see them only after it has
//     succeeded.
// STATE-DRAFT-2. A value that does not fit is refused by the call that sets it, not when the attempt is over.

import { OnwardError } from '../errors/onward-error.ts';
import { encode, decode } from '../values/codec.ts';
import { describeValue, printable, quoted } from '../values/describe.ts';
import { assertNoPromise } from '../values/promises.ts';
import {
  applied,
  sizeOf,
  STATE_LIMIT,
  type SharedState,
  type StateField,
  type StateOperation,
  type StateValue,
} from '../run/shared-state.ts';
import type { AnyState, RunState } from '../wiring/context.ts';

/** How the attempt itself has changed a field, where a snapshot has the number of a change. */
const CHANGED = -1;
const REPLACED = -2;

export class StateDraft implements RunState<AnyState> {
  readonly operations: StateOperation[] = [];
  #snapshot: SharedState;
  readonly #own = new Map<string, StateField>();
  /** The change that was read of each field. */
  readonly #read = new Map<string, number>();
  /** @throws {OnwardError} once the attempt is over. */
  readonly #assertOpen: (what: string) => void;

  constructor(snapshot: SharedState, assertOpen: (what: string) => void) {
    this.#snapshot = snapshot;
    this.#assertOpen = assertOpen;
  }

  /** A called node may have changed the state: its changes are visible from here on, under the attempt's own. */
  renew(snapshot: SharedState): void {
    this.#snapshot = snapshot;
    this.#own.clear();
    for (const operation of this.operations) this.#apply(operation);
  }

  get(field: string): unknown {
    this.#assertOpen('read the state');
    const known = this.#field(field);
    // A value that the attempt has set itself is not one that it has read.
    if (known?.change !== REPLACED) this.#read.set(field, this.#snapshot.get(field)?.change ?? 0);
    return known === undefined ? undefined : fromStateValue(known.value);
  }

  set(field: string, value: unknown): void {
    const read = this.#read.get(field);
    assertNoPromise(value, `the value of the field ${field}`);
    this.#add({ op: 'set', field, value: toStateValue(value), ...(read !== undefined && { read }) });
  }

  add(field: string, value: number): void {
    this.#add({ op: 'add', field, value: numberOf('add', field, value) });
  }

  append(field: string, ...items: readonly unknown[]): void {
    assertNoPromise(items, `what is appended to the field ${field}`);
    this.#add({ op: 'append', field, value: items.map((item) => encode(item)) });
  }

  max(field: string, value: number): void {
    this.#add({ op: 'max', field, value: numberOf('max', field, value) });
  }

  min(field: string, value: number): void {
    this.#add({ op: 'min', field, value: numberOf('min', field, value) });
  }

  #add(operation: StateOperation): void {
    this.#assertOpen('change the state');
    const before = this.#own.get(operation.field);
    this.#apply(operation);
    const size = sizeOf(new Map([...this.#snapshot, ...this.#own]));
    if (size <= STATE_LIMIT) {
      this.operations.push(operation);
      return;
    }
    if (before === undefined) this.#own.delete(operation.field);
    else this.#own.set(operation.field, before);
    const text = `\`${operation.op}\` of the field ${printable(operation.field)} would make the state ${size} characters of JSON long, the limit is ${STATE_LIMIT}; keep large data elsewhere and its key in the state`;
    throw new OnwardError('ONW2022', text, { details: { field: operation.field, size, limit: STATE_LIMIT } });
  }

  #apply(operation: StateOperation): void {
    const value = applied(operation, this.#field(operation.field)?.value);
    this.#own.set(operation.field, { value, change: operation.op === 'set' ? REPLACED : CHANGED });
  }

  #field(field: string): StateField | undefined {
    return this.#own.get(field) ?? this.#snapshot.get(field);
  }
}

function numberOf(op: string, field: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new TypeError(`state.${op}(${quoted(field)}, …) takes a finite number, got ${describeValue(value)}`);
}

/** @throws {OnwardError} ONW3045 if the value is not data. */
function toStateValue(value: unknown): StateValue {
  return Array.isArray(value) ? { list: Array.from(value, (item) => encode(item)) } : { one: encode(value) };
}

export function fromStateValue(value: StateValue): unknown {
  return 'one' in value ? decode(value.one) : value.list.map((item) => decode(item));
}
