// One run of the memory engine: the live run, the steps it keeps, and those who wait for it.

import { EventBuffer } from './event-buffer.ts';
import { historySlot, type History } from '../run/history.ts';
import { replay } from '../run/replay.ts';
import type { RunEvent } from '../run/run-event.ts';
import { Run, type Step } from '../run/state.ts';
import { outcomeOf, summariseRun, viewStep, type RunOutcome, type StepView } from '../run/view.ts';
import type { GraphNode } from '../graph/compiled.ts';
import type { EngineRun, RunSnapshot, Submission } from './engine.ts';

type Cancel = (run: MemoryRun, reason: string | undefined) => 'applied' | 'duplicate' | 'over';

type Waiter = (run: RunOutcome) => void;

export class MemoryRun extends Run implements EngineRun {
  readonly fingerprint: string | undefined;
  /** Among the open runs. */
  place = -1;
  // Most runs need none of these lists: they are made when they are first needed.
  #watchers: Set<EventBuffer> | null = null;
  readonly #history: History;
  readonly #cancel: Cancel;
  readonly #kept: Step[] = [];
  #failures: Step[] | null = null;
  #entryWaiters: Waiter[] | null = null;
  #waiters: Waiter[] | null = null;

  constructor({ runId, settings, fingerprint }: Submission, job: GraphNode, cancel: Cancel) {
    super(runId, job, settings.tags, settings);
    this.fingerprint = fingerprint;
    this.#history = settings.history;
    this.#cancel = cancel;
  }

  /** Keeps a step that is over, as the run's history says. */
  keep(step: Step): void {
    const slot = historySlot(step, this.#history);
    if (slot === undefined) return;
    if (slot < 0) (this.#failures ??= []).push(step);
    else this.#kept[slot] = step;
  }

  /** Somebody listens; events are made only then. */
  get isWatched(): boolean {
    return this.#watchers !== null && this.#watchers.size > 0;
  }

  tell(event: RunEvent): void {
    for (const watcher of this.#watchers ?? []) watcher.push(event);
  }

  /** Resolves who waited for the entry, once it is over. */
  settleEntry(): void {
    if (this.#entryWaiters === null) return;
    const waiters = this.#entryWaiters;
    this.#entryWaiters = null;
    for (const resolve of waiters) resolve(outcomeOf(this));
  }

  /** Resolves who waited for the run, once it is over. */
  settle(): void {
    if (this.#waiters === null) return;
    const waiters = this.#waiters;
    this.#waiters = null;
    for (const resolve of waiters) resolve(outcomeOf(this));
  }

  entryOver(): Promise<RunOutcome> {
    if (this.entryStatus !== undefined) return Promise.resolve(outcomeOf(this));
    return new Promise((resolve) => (this.#entryWaiters ??= []).push(resolve));
  }

  over(): Promise<RunOutcome> {
    if (this.status !== undefined) return Promise.resolve(outcomeOf(this));
    return new Promise((resolve) => (this.#waiters ??= []).push(resolve));
  }

  read(): Promise<RunSnapshot> {
    return Promise.resolve({ ...summariseRun(this), steps: this.#views() });
  }

  watch(signal?: AbortSignal): AsyncIterable<RunEvent> {
    const over = this.status !== undefined;
    const buffer = new EventBuffer(replay(summariseRun(this), this.#views()), over);
    if (over) return buffer;
    const watchers = (this.#watchers ??= new Set());
    watchers.add(buffer);
    const stop = (): void => {
      watchers.delete(buffer);
      buffer.end();
    };
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop, { once: true });
    return buffer;
  }

  cancel(reason: string | undefined): Promise<'applied' | 'duplicate' | 'over'> {
    return Promise.resolve(this.#cancel(this, reason));
  }

  #views(): StepView[] {
    const steps = [...(this.#failures ?? []), ...this.#kept.filter((step) => step !== undefined), ...this.live];
    return steps.sort((a, b) => a.id - b.id).map(viewStep);
  }
}

/** A run of the memory engine is one of these. */
export function memoryRun(run: Run): MemoryRun {
  return run as MemoryRun;
}
