// An observer for tests: it keeps every event, and says in words what it got instead of what was expected.

import { AssertionError } from 'node:assert';
import { didYouMean } from '../errors/nearest-name.ts';
import { OnwardError } from '../errors/onward-error.ts';
import { EVENT_TYPES, isEventType } from '../observe/interest.ts';
import type { Observer } from '../observe/observer.ts';
import type { RunEvent } from '../run/run-event.ts';
import { describeThrown, printable } from '../values/describe.ts';

type EventType = RunEvent['type'];
type EventOf<Type extends EventType> = Extract<RunEvent, { readonly type: Type }>;

/** Keeps what it is called with. */
export interface Recorder extends Observer {
  onEvent(event: RunEvent): void;
  /** In the order in which they came. */
  readonly events: readonly RunEvent[];
  /** Those of one type. */
  calls<Type extends EventType>(type: Type): readonly EventOf<Type>[];
  /**
   * @param times how many events of this type there must be. @default at least one
   * @throws {AssertionError} with what was emitted instead; {OnwardError} ONW3004 if there is no such type.
   */
  assertCalled(type: EventType, times?: number): void;
  /** Forgets what it has. */
  clear(): void;
}

/** An observer that keeps every event, for tests to look at. */
export function recorder(): Recorder {
  return new KeptEvents();
}

class KeptEvents implements Recorder {
  readonly name = 'recorder';
  #events: RunEvent[] = [];

  get events(): readonly RunEvent[] {
    return this.#events;
  }

  onEvent(event: RunEvent): void {
    this.#events.push(event);
  }

  calls<Type extends EventType>(type: Type): readonly EventOf<Type>[] {
    assertEventType(type);
    return this.#events.filter((event): event is EventOf<Type> => event.type === type);
  }

  assertCalled(type: EventType, times?: number): void {
    const { length: actual } = this.calls(type);
    if (times === undefined ? actual > 0 : actual === times) return;
    const expected = times === undefined ? 'at least 1 time' : counted(times);
    const emitted = summaryOf(this.#events);
    throw new AssertionError({
      message: `expected ${type} ${expected}, got ${actual}. Emitted: ${emitted === '' ? 'nothing' : emitted}`,
      actual,
      expected: times ?? 1,
      operator: 'assertCalled',
    });
  }

  clear(): void {
    this.#events = [];
  }
}

/** @throws {OnwardError} ONW3004 if there are no such events. */
export function assertEventType(type: string): void {
  if (isEventType(type)) return;
  const hint = didYouMean(type, EVENT_TYPES) ?? `the types are ${EVENT_TYPES.join(', ')}`;
  throw new OnwardError('ONW3004', `there is no event of the type ${printable(type)}; ${hint}`);
}

function counted(times: number): string {
  return times === 1 ? '1 time' : `${times} times`;
}

/** `run.started ×1, step.failed ×1 (B.two: CardDeclined: no)` */
function summaryOf(events: readonly RunEvent[]): string {
  const kinds = new Map<string, RunEvent[]>();
  for (const event of events) kinds.set(event.type, [...(kinds.get(event.type) ?? []), event]);
  return [...kinds].map(([type, of]) => `${type} ×${of.length}${detailsOf(of)}`).join(', ');
}

const LISTED = 5;

function detailsOf(events: readonly RunEvent[]): string {
  const details = events.flatMap((event) => {
    if (!('node' in event)) return [];
    const what = event.type === 'custom' ? `${event.node} ${event.name}` : event.node;
    return [printable(what) + ('error' in event ? `: ${describeThrown(event.error)}` : '')];
  });
  if (details.length === 0) return '';
  const more = details.length > LISTED ? [`and ${details.length - LISTED} more`] : [];
  return ` (${[...details.slice(0, LISTED), ...more].join(', ')})`;
}
