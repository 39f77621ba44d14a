// Reads the events of a run whose past is still being read from the store.
//
// LATE-READER-1. What happens meanwhile is kept, and comes behind the past: what is in both comes once.

import type { RunEvent } from '../../../run/run-event.ts';
import type { EventReader } from '../../event-buffer.ts';

type Events = AsyncGenerator<RunEvent, void, undefined>;

export class LateReader implements EventReader {
  readonly #live: EventReader;
  readonly #events: Events;

  /** @param live what happens since the past was asked for. */
  constructor(past: Promise<readonly RunEvent[]>, live: EventReader) {
    this.#live = live;
    this.#events = joined(past, live);
  }

  get isLeft(): boolean {
    return this.#live.isLeft;
  }

  next(): Promise<IteratorResult<RunEvent, void>> {
    return this.#events.next();
  }

  return(): Promise<IteratorResult<RunEvent, void>> {
    return this.#live.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

async function* joined(past: Promise<readonly RunEvent[]>, live: EventReader): Events {
  const known = await past;
  if (live.isLeft) return;
  yield* known;
  // It has ended elsewhere, before this process knew: nothing comes behind that.
  if (known.at(-1)?.type === 'run.ended') return void (await live.return());
  const last = known.at(-1)?.seq ?? 0;
  for await (const event of live) if (event.seq > last || !isNumbered(event)) yield event;
}

const PASSING: ReadonlySet<RunEvent['type']> = new Set<RunEvent['type']>([
  'custom',
  'progress',
  'step.late',
  'step.attempt',
  'run.suspended',
  'run.resumed',
]);

/** What changes nothing, such as what bodies emit, has the number of the event before it, and is in no record. */
export function isNumbered({ type }: RunEvent): boolean {
  return !PASSING.has(type);
}
