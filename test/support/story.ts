// What a run tells, for tests to read as a whole.

import type { RunEvent, StartedRun } from 'onward';

/** Everything that a run which is over has told. */
export async function eventsOf(run: StartedRun): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of run.events()) events.push(event);
  return events;
}

/** What was told of steps, in words: `step.completed Billing.charge`. */
export async function storyOf(run: StartedRun): Promise<string[]> {
  const events = await eventsOf(run);
  return events.map((event) => ('node' in event ? `${event.type} ${event.node}` : event.type));
}

/** Events with what their getters give, as own fields. */
export function plain(events: readonly RunEvent[]): unknown[] {
  return events.map((event) => ('toJSON' in event && typeof event.toJSON === 'function' ? event.toJSON() : event));
}
