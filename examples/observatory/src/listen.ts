// Tells listeners what a run tells.
//
// Onward has no observers yet: this is what `run.events()` is enough for. A listener can never change the run, and one
// that throws is reported and bothers neither the others nor the run.

import type { RunEvent } from 'onward';

/** As it is told: an event of one kind or another. */
export type Listener = (event: RunEvent) => void | Promise<void>;

interface Told {
  events(): AsyncIterable<RunEvent>;
}

/** Resolves when the run is over and everything was told. Listeners are told in their order, one after another. */
export async function listen(
  run: Told,
  listeners: Readonly<Record<string, Listener>>,
  report: (problem: string) => void,
): Promise<void> {
  for await (const event of run.events()) {
    for (const [name, listener] of Object.entries(listeners)) {
      try {
        await listener(event);
      } catch (error) {
        report(`${name} failed at ${event.type}: ${error instanceof Error ? error.message : 'unknown'}`);
      }
    }
  }
}

/** Only events of these nodes: `'Telescope.expose'`, or `'Telescope.*'`. */
export function onlyOf(nodes: string, listener: Listener): Listener {
  const matches = (node: string): boolean =>
    nodes.endsWith('*') ? node.startsWith(nodes.slice(0, -1)) : node === nodes;
  return (event) => ('node' in event && matches(event.node) ? listener(event) : undefined);
}
