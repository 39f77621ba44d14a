// One run of the memory engine: the live run, the steps it keeps, and those who wait for it.

import { historySlot, type History } from '../run/history.ts';
import { EventBuffer, replay } from '../run/event-log.ts';
import type { RunEvent } from '../run/run-event.ts';
import { Run, type RunLimits, type Step } from '../run/state.ts';
import { summariseRun, viewStep, type RunSummary, type StepView } from '../run/view.ts';
import type { GraphNode } from '../graph/compiled.ts';
import type { EngineRun, RunSnapshot } from './engine.ts';

export interface MemoryRunOptions {
  readonly tags: readonly string[];
  readonly history: History;
  readonly fingerprint: string | undefined;
  /** Cancels the run; given by the engine. */
  readonly cancel: (run: MemoryRun, reason: string | undefined) => 'applied' | 'duplicate' | 'over';
}

export class MemoryRun extends Run implements EngineRun {
  readonly fingerprint: string | undefined;
  /** Who listens; events are made only then. */
  readonly watchers = new Set<EventBuffer>();
  readonly #options: MemoryRunOptions;
  readonly #kept: Step[] = [];
  readonly #failures: Step[] = [];
  #entryWaiters: ((run: RunSummary) => void)[] = [];
  #waiters: ((run: RunSummary) => void)[] = [];

  constructor(id: string, job: GraphNode, limits: RunLimits, options: MemoryRunOptions) {
    super(id, job, options.tags, limits);
    this.fingerprint = options.fingerprint;
    this.#options = options;
  }

  /** Keeps a step that is over, as the run's history says. */
  keep(step: Step): void {
    const slot = historySlot(step, this.#options.history);
    if (slot === undefined) return;
    if (slot < 0) this.#failures.push(step);
    else this.#kept[slot] = step;
  }

  tell(event: RunEvent): void {
    for (const watcher of this.watchers) watcher.push(event);
  }

  /** Resolves who waited for the entry, once it is over. */
  settleEntry(): void {
    if (this.#entryWaiters.length === 0) return;
    const waiters = this.#entryWaiters;
    this.#entryWaiters = [];
    for (const resolve of waiters) resolve(summariseRun(this));
  }

  /** Resolves who waited for the run, once it is over. */
  settle(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve(summariseRun(this));
  }

  entryOver(): Promise<RunSummary> {
    if (this.entryStatus !== undefined) return Promise.resolve(summariseRun(this));
    return new Promise((resolve) => this.#entryWaiters.push(resolve));
  }

  over(): Promise<RunSummary> {
    if (this.status !== undefined) return Promise.resolve(summariseRun(this));
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  read(): Promise<RunSnapshot> {
    return Promise.resolve({ ...summariseRun(this), steps: this.#views() });
  }

  watch(signal?: AbortSignal): AsyncIterable<RunEvent> {
    const over = this.status !== undefined;
    const buffer = new EventBuffer(replay(summariseRun(this), this.#views()), over);
    if (over) return buffer;
    this.watchers.add(buffer);
    const stop = (): void => {
      this.watchers.delete(buffer);
      buffer.end();
    };
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop, { once: true });
    return buffer;
  }

  cancel(reason: string | undefined): Promise<'applied' | 'duplicate' | 'over'> {
    return Promise.resolve(this.#options.cancel(this, reason));
  }

  #views(): StepView[] {
    const steps = [...this.#failures, ...this.#kept.filter((step) => step !== undefined), ...this.live];
    return steps.sort((a, b) => a.id - b.id).map(viewStep);
  }
}

/** A step of the memory engine belongs to a run of the memory engine. */
export function memoryRunOf(step: Step): MemoryRun {
  return step.run as MemoryRun;
}
