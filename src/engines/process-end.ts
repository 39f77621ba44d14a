// Tells engines that their process is about to end by itself: its event loop has nothing left to do.
//
// PROCESS-END-1. It tells once. A process that somebody ends, by a signal or by `process.exit`, tells nothing.
// PROCESS-END-2. It keeps neither the process alive nor an engine that nobody holds.

import type { Log } from '../execute/application.ts';
import { printable } from '../values/describe.ts';

/** Told when the process is about to end. */
export interface Forgetful {
  processEnds(): void;
}

const told = new Set<WeakRef<Forgetful>>();
const collected = new FinalizationRegistry<WeakRef<Forgetful>>(leave);

/** Has somebody told when the process is about to end. @returns what has it told no longer. */
export function tellAtEnd(one: Forgetful): () => void {
  const ref = new WeakRef(one);
  if (told.size === 0) process.on('beforeExit', tellAll);
  told.add(ref);
  collected.register(one, ref, ref);
  return () => {
    collected.unregister(ref);
    leave(ref);
  };
}

function leave(ref: WeakRef<Forgetful>): void {
  if (told.delete(ref) && told.size === 0) process.off('beforeExit', tellAll);
}

function tellAll(): void {
  for (const ref of told) {
    leave(ref);
    ref.deref()?.processEnds();
  }
}

/** Runs that are named; the others are counted. */
const MOST_NAMED = 3;

/** An open run, and what is said of it: `is suspended`. */
export interface OpenRun {
  readonly id: string;
  readonly job: string;
  readonly what: string;
}

/** Logs a text about open runs. @param textOf is given them as they are named */
export function logOpen(runs: readonly OpenRun[], log: Log, textOf: (named: string) => string): void {
  if (runs.length === 0) return;
  const first = runs.slice(0, MOST_NAMED);
  const named = first.map(({ id, job, what }) => `run ${printable(id)} of ${printable(job)} ${what}`);
  const more = runs.length > MOST_NAMED ? [`${runs.length - MOST_NAMED} more`] : [];
  log('warn', textOf([...named, ...more].join(', ')), { runs: first.map(({ id }) => id), open: runs.length });
}
