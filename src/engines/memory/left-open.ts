// What a process leaves behind that ends by itself: open runs, which live in its memory.
//
// LEFT-OPEN-1. It is logged once, when the event loop has nothing left to do (`process-end.ts`).

import type { Log } from '../../execute/application.ts';
import { Phase } from '../../run/status.ts';
import type { Step } from '../../run/step.ts';
import { printable } from '../../values/describe.ts';
import { logOpen } from '../process-end.ts';
import type { MemoryRun } from './run.ts';

/** What holds back a step that is ready. */
export interface HeldBack {
  isPaused(step: Step): boolean;
  waitsForSlot(step: Step): boolean;
}

/** Logs the runs that end with the process, each with what it waits for. */
export function logLeftOpen(runs: readonly MemoryRun[], log: Log, held: HeldBack): void {
  const waits = runs.map((run) => ({ id: run.id, job: run.name, ...waitOf(run, held) }));
  const next = [...new Set(waits.map((wait) => wait.next)), 'await runtime.work() to keep the process alive'];
  logOpen(
    waits,
    log,
    (named) => `the process ends, and its open runs with it: ${named}; ${next.join('; ')}; or keep runs in a store`,
  );
}

interface Wait {
  readonly what: string;
  readonly next: string;
}

function waitOf(run: MemoryRun, held: HeldBack): Wait {
  if (run.suspended) return { what: 'is suspended', next: 'resume() lets a suspended run go on' };
  const listening = run.live.find(({ phase }) => phase === Phase.AWAITING_MESSAGE);
  if (listening !== undefined)
    return { what: `waits for a message to ${nameOf(listening)}`, next: 'send() brings a run its message' };
  const ready = run.live.filter(({ phase }) => phase === Phase.RUNNING);
  const begun = ready.find((step) => !held.isPaused(step) && !held.waitsForSlot(step)) ?? ready[0];
  if (begun === undefined) return { what: 'waits', next: 'inspect() shows what a run waits for' };
  if (held.isPaused(begun))
    return { what: `waits for ${nameOf(begun)}, which is paused`, next: 'runtime.resume() lets paused nodes begin' };
  if (held.waitsForSlot(begun))
    return { what: `waits for ${nameOf(begun)} to be free`, next: 'its `concurrency` or `rateLimit` holds it back' };
  return {
    what: `is in ${nameOf(begun)}, which waits for something that keeps no process alive`,
    next: 'a `timeout` ends a body that never returns',
  };
}

function nameOf({ node }: Step): string {
  return printable(node.name);
}
