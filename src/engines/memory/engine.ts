// The default engine: runs live in this process, as objects, and go through the same transitions as in every store.
//
// MEMORY-1. A run that has ended is dropped with its last handle; the last thousand with an id of their own can be
//     joined.
// MEMORY-2. A run's end time is exact, also where the times of its steps are those of the turn.
// MEMORY-3. The index by id is built at the first search and kept from then on: a process that only starts runs and
//     holds their handles pays for none.
// MEMORY-4. A run knows its place among the open ones, so that it leaves without a search.

import { OnwardError } from '../../errors/onward-error.ts';
import type { Core } from '../../execute/attempt.ts';
import { runEnded } from '../../run/run-event.ts';
import { summariseRun } from '../../run/view.ts';
import { reportFailedRun } from '../unheard.ts';
import { drain, type CloseLimits, type Engine, type Submission, type Submitted } from '../engine.ts';
import { MemoryLoop } from './loop.ts';
import { MemoryRun } from './run.ts';

/** Finished runs with an id of their own that are kept to be joined. */
const FINISHED_KEPT = 1_000;

/** Runs everything in this process; a run that is open when the process ends is lost. The default engine. */
export function memoryEngine(): Engine {
  return new MemoryEngine();
}

class MemoryEngine implements Engine {
  #core: Core | undefined;
  #loop: MemoryLoop | undefined;
  readonly #open = new OpenRuns();
  readonly #finished = new Map<string, MemoryRun>();
  #idleWaiters: (() => void)[] = [];

  open(core: Core): void {
    if (this.#core !== undefined)
      throw new OnwardError(
        'ONW3004',
        'this engine belongs to another runtime; give each runtime an engine of its own',
      );
    this.#core = core;
    this.#loop = new MemoryLoop(core, (run) => this.#ended(run));
  }

  get #opened(): { readonly core: Core; readonly loop: MemoryLoop } {
    if (this.#core === undefined || this.#loop === undefined)
      throw new OnwardError('ONW6070', 'the memory engine is used before it was opened');
    return { core: this.#core, loop: this.#loop };
  }

  submit(submission: Submission): Submitted {
    const { runId, fingerprint } = submission;
    // A generated id is known nowhere.
    const known = fingerprint === undefined ? undefined : this.find(runId);
    if (known !== undefined) return { outcome: known.fingerprint === fingerprint ? 'exists' : 'differs', run: known };
    const { core, loop } = this.#opened;
    const run = new MemoryRun(submission, { graph: core.app.graph, loop });
    this.#open.add(run);
    loop.start(run, submission);
    loop.drain();
    return { outcome: 'created', run };
  }

  find(runId: string): MemoryRun | undefined {
    return this.#open.find(runId) ?? this.#finished.get(runId);
  }

  idle(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  async close(limits: CloseLimits): Promise<void> {
    if (this.#open.size === 0) return;
    await drain({
      clock: this.#opened.core.clock,
      limits,
      idle: () => this.idle(),
      cancelAll: () => {
        for (const run of this.#open.all()) void run.signal({ type: 'cancel', reason: 'the runtime was closed' });
      },
    });
  }

  #ended(run: MemoryRun): void {
    this.#open.remove(run);
    run.endedAt = this.#opened.core.clock.now();
    if (run.fingerprint !== undefined) this.#remember(run);
    if (run.isWatched && run.status !== undefined) run.notify(runEnded({ ...summariseRun(run), status: run.status }));
    run.settle();
    if (run.status === 'failed') reportFailedRun(run, this.#opened.core);
    if (this.#open.size > 0) return;
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const resolve of waiters) resolve();
  }

  #remember(run: MemoryRun): void {
    this.#finished.set(run.id, run);
    if (this.#finished.size <= FINISHED_KEPT) return;
    const oldest = this.#finished.keys().next();
    if (oldest.done !== true) this.#finished.delete(oldest.value);
  }
}

class OpenRuns {
  readonly #runs: MemoryRun[] = [];
  #byId: Map<string, MemoryRun> | null = null;

  get size(): number {
    return this.#runs.length;
  }

  add(run: MemoryRun): void {
    run.place = this.#runs.push(run) - 1;
    this.#byId?.set(run.id, run);
  }

  /** The last one takes the place of the one that leaves. */
  remove(run: MemoryRun): void {
    const last = this.#runs.pop();
    if (last !== undefined && last !== run) {
      this.#runs[run.place] = last;
      last.place = run.place;
    }
    this.#byId?.delete(run.id);
  }

  find(id: string): MemoryRun | undefined {
    this.#byId ??= new Map(this.#runs.map((run) => [run.id, run]));
    return this.#byId.get(id);
  }

  /** Those that are open now: a copy, for runs end while it is walked. */
  all(): readonly MemoryRun[] {
    return [...this.#runs];
  }
}
