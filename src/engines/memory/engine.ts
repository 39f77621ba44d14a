// The default engine: runs live in this process, as objects, and go through the same transitions as in every store.
//
// MEMORY-1. A run that has ended is dropped with its last handle; the last ones with an id of their own stay known, as
//     many and as long as the options say.
// MEMORY-2. A run's end time is exact, also where the times of its steps are those of the turn.
// MEMORY-3. The index by id is built at the first search and kept from then on: a process that only starts runs and
//     holds their handles pays for none.
// MEMORY-4. A run knows its place among the open ones, so that it leaves without a search.
// MEMORY-5. What runs need is loaded when the engine is opened: a process may keep its runs in a store.

import { MEMORY } from '../capabilities.ts';
import { OnwardError } from '../../errors/onward-error.ts';
import {
  drain,
  type Core,
  type CloseLimits,
  type Engine,
  type HeldStep,
  type Submission,
  type Submitted,
  type WorkLimits,
} from '../engine.ts';
import { durationMs, type Duration } from '../../graph/duration.ts';
import { assertNone, MEMORY_ENGINE_OPTIONS, problemsOf } from '../../values/option-rules.ts';
import type { RunPage, RunQuery } from '../../execute/run-query.ts';
import type { MemoryLoop } from './loop.ts';
import type { LineRun } from './line-run.ts';
import type { MemoryRun } from './run.ts';

/** How the memory engine keeps what is over. */
export interface MemoryEngineOptions {
  /**
   * Finished runs with an id of their own that stay known: they are joined by the same start, found by `runtime.run` and
   * listed by `runtime.runs`. Past it the oldest is forgotten, and its id starts a new run. @default 1,000
   */
  readonly keepRuns?: number;
  /** How long they stay known at most; a number is milliseconds. @default without limit */
  readonly keepFor?: Duration;
}

const KEPT = 1_000;

/**
 * Runs everything in this process; a run that is open when the process ends is lost. The default engine.
 *
 * @throws {OnwardError} ONW3004 with every option that is wrong.
 */
export function memoryEngine(options: MemoryEngineOptions = {}): Engine {
  assertNone(problemsOf(options, MEMORY_ENGINE_OPTIONS), 'the options of memoryEngine are not valid');
  return new MemoryEngine(options);
}

/** What it works with once it is opened. */
interface Opened {
  readonly core: Core;
  readonly loop: MemoryLoop;
}

class MemoryEngine implements Engine {
  readonly capabilities = MEMORY;
  #isTaken = false;
  #state: Opened | undefined;
  readonly #open = new OpenRuns();
  readonly #finished = new Map<string, MemoryRun>();
  #idleWaiters: (() => void)[] = [];
  readonly #keepRuns: number;
  readonly #keepForMs: number;

  constructor({ keepRuns = KEPT, keepFor }: MemoryEngineOptions) {
    this.#keepRuns = keepRuns;
    this.#keepForMs = durationMs(keepFor) ?? Number.POSITIVE_INFINITY;
  }

  open(core: Core): Promise<void> {
    if (this.#isTaken)
      throw new OnwardError(
        'ONW3004',
        'this engine belongs to another runtime; give each runtime an engine of its own',
      );
    this.#isTaken = true;
    core.observers.onChange((runId) => {
      if (runId !== undefined) this.#open.find(runId)?.refreshWants();
      else for (const run of this.#open.all()) run.refreshWants();
    });
    return import('./loop.ts').then(({ MemoryLoop }) => {
      this.#state = {
        core,
        loop: new MemoryLoop(core, {
          ended: (run) => this.#ended(run),
          whole: (line, run) => this.#open.replace(line, run),
          open: () => this.#open.all(),
        }),
      };
    });
  }

  get #opened(): Opened {
    if (this.#state === undefined) throw new OnwardError('ONW6070', 'the memory engine is used before it was opened');
    return this.#state;
  }

  submit(submission: Submission): Submitted | Promise<Submitted> {
    const { fingerprint } = submission;
    // A generated id is known nowhere.
    const known = fingerprint === undefined ? undefined : this.find(submission.runId);
    if (known !== undefined) return { outcome: known.fingerprint === fingerprint ? 'exists' : 'differs', run: known };
    const { loop } = this.#opened;
    const line = loop.lines.start(submission);
    if (line !== null) {
      this.#open.add(line);
      return { outcome: 'created', run: line };
    }
    const run = loop.make(submission);
    this.#open.add(run);
    const nextTurn = loop.start(run, submission);
    const submitted: Submitted = { outcome: 'created', run };
    return nextTurn === null ? submitted : nextTurn.then(() => submitted);
  }

  find(runId: string): MemoryRun | LineRun | undefined {
    this.#forgetOld();
    return this.#open.find(runId) ?? this.#finished.get(runId);
  }

  async runs(query: RunQuery): Promise<RunPage> {
    const { detailOf, pageOf } = await import('../../execute/run-query.ts');
    this.#forgetOld();
    const known = [...this.#open.all(), ...this.#finished.values()];
    return pageOf(known, query, this.#opened.core.clock.now(), (run) => detailOf(run.snapshot()));
  }

  get paused(): readonly string[] {
    return this.#state?.loop.paused ?? [];
  }

  pause(nodes: readonly string[]): void {
    // From here on a look is taken at each step.
    this.#open.all();
    this.#opened.loop.pause(nodes);
  }

  unpause(nodes: readonly string[] | undefined): void {
    this.#opened.loop.unpause(nodes);
  }

  /** There is one process, and it works from the start. */
  work({ concurrency, nodes }: WorkLimits): void {
    if (concurrency === undefined && nodes === undefined) return;
    const text =
      'the memory engine takes no options of work: limit a node by its `concurrency`, and stop nodes with runtime.pause';
    throw new OnwardError('ONW3004', text);
  }

  held(): HeldStep[] {
    const waiting = [...this.#opened.loop.held()];
    return waiting.map(({ asker: { run, node, key }, since }) => ({ runId: run.id, node: node.name, key, since }));
  }

  get openRuns(): number {
    return this.#open.size;
  }

  idle(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  async close(limits: CloseLimits): Promise<void> {
    this.#state?.loop.endsQuietly();
    if (this.#open.size === 0) return;
    const { core, loop } = this.#opened;
    loop.closeBy(core.clock.now() + limits.drainMs, this.#open.all());
    await drain({
      clock: this.#opened.core.clock,
      limits,
      idle: () => this.idle(),
      cancelAll: () => {
        for (const run of this.#open.all()) void run.signal({ type: 'cancel', reason: 'the runtime was closed' });
      },
    });
  }

  #ended(run: MemoryRun | LineRun): void {
    this.#open.remove(run);
    if (run.fingerprint !== undefined) this.#remember(run.whole);
    this.#opened.core.observers.forget(run);
    run.settle();
    if (this.#open.size > 0) return;
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const resolve of waiters) resolve();
  }

  #remember(run: MemoryRun): void {
    this.#finished.set(run.id, run);
    if (this.#finished.size <= this.#keepRuns) return;
    const oldest = this.#finished.keys().next();
    if (oldest.done !== true) this.#finished.delete(oldest.value);
  }

  /** They stand in the order in which they ended. */
  #forgetOld(): void {
    if (this.#keepForMs === Number.POSITIVE_INFINITY) return;
    const since = this.#opened.core.clock.now() - this.#keepForMs;
    for (const [id, { endedAt }] of this.#finished) {
      if (endedAt > since) return;
      this.#finished.delete(id);
    }
  }
}

class OpenRuns {
  readonly #runs: (MemoryRun | LineRun)[] = [];
  #byId: Map<string, MemoryRun | LineRun> | null = null;

  get size(): number {
    return this.#runs.length;
  }

  add(run: MemoryRun | LineRun): void {
    run.place = this.#runs.push(run) - 1;
    this.#byId?.set(run.id, run);
  }

  /** The last one takes the place of the one that leaves. */
  remove(run: MemoryRun | LineRun): void {
    const last = this.#runs.pop();
    if (last !== undefined && last !== run) {
      this.#runs[run.place] = last;
      last.place = run.place;
    }
    this.#byId?.delete(run.id);
  }

  /** It was made a whole run. */
  replace(line: LineRun, run: MemoryRun): void {
    run.place = line.place;
    this.#runs[run.place] = run;
    this.#byId?.set(run.id, run);
  }

  find(id: string): MemoryRun | LineRun | undefined {
    this.#byId ??= new Map(this.#runs.map((run) => [run.id, run]));
    return this.#byId.get(id);
  }

  /** Those that are open now: a copy, for runs end while it is walked. */
  all(): readonly MemoryRun[] {
    return this.#runs.map((run) => run.whole);
  }
}
