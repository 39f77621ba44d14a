// The default engine: runs live in this process, as objects, and go through the same transitions as in every store.
//
// MEMORY-1. A run that has ended is dropped with its last handle; the last ones with an id of their own stay known, as
//     many and as long as the options say.
// MEMORY-2. A run's end time is exact, also where the times of its steps are those of the turn.
// MEMORY-3. What runs need is loaded when the engine is opened: a process may keep its runs in a store.

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
import { IdleWaiters } from '../idle.ts';
import type { MemoryLoop } from './loop.ts';
import { KnownRuns, type AnyRun } from './known-runs.ts';

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
  readonly #known = new KnownRuns();
  readonly #idle = new IdleWaiters();
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
      if (runId !== undefined) this.#known.find(runId)?.refreshWants();
      else for (const run of this.#known.allOpen()) run.refreshWants();
    });
    return import('./loop.ts').then(({ MemoryLoop }) => {
      this.#state = {
        core,
        loop: new MemoryLoop(core, {
          ended: (run) => this.#ended(run),
          whole: (line, run) => this.#known.replace(line, run),
          open: () => this.#known.allOpen(),
        }),
      };
    });
  }

  #opened(): Opened {
    if (this.#state === undefined) throw new OnwardError('ONW6070', 'the memory engine is used before it was opened');
    return this.#state;
  }

  submit(submission: Submission): Submitted | Promise<Submitted> {
    const { fingerprint } = submission;
    // A generated id is known nowhere.
    const known = fingerprint === undefined ? undefined : this.find(submission.runId);
    if (known !== undefined)
      return { outcome: known.fingerprint?.text === fingerprint?.text ? 'exists' : 'differs', run: known };
    const { loop } = this.#opened();
    const line = loop.lines.start(submission);
    if (line !== null) {
      this.#known.add(line);
      return { outcome: 'created', run: line };
    }
    const run = loop.make(submission);
    this.#known.add(run);
    const nextTurn = loop.start(run, submission);
    const submitted: Submitted = { outcome: 'created', run };
    return nextTurn === null ? submitted : nextTurn.then(() => submitted);
  }

  find(runId: string): AnyRun | undefined {
    this.#forgetOld();
    return this.#known.find(runId);
  }

  async runs(query: RunQuery): Promise<RunPage> {
    const { detailOf, pageOf } = await import('../../execute/run-query.ts');
    this.#forgetOld();
    return pageOf(this.#known.all(), query, this.#opened().core.clock.now(), (run) => detailOf(run.snapshot()));
  }

  get paused(): readonly string[] {
    return this.#state?.loop.paused ?? [];
  }

  pause(nodes: readonly string[]): void {
    // From here on a look is taken at each step.
    this.#known.allOpen();
    this.#opened().loop.pause(nodes);
  }

  unpause(nodes: readonly string[] | undefined): void {
    this.#opened().loop.unpause(nodes);
  }

  /** There is one process, and it works from the start. */
  work({ concurrency, nodes }: WorkLimits): void {
    if (concurrency === undefined && nodes === undefined) return;
    const text =
      'the memory engine takes no options of work: limit a node by its `concurrency`, and stop nodes with runtime.pause';
    throw new OnwardError('ONW3004', text);
  }

  held(): HeldStep[] {
    const waiting = [...this.#opened().loop.held()];
    return waiting.map(({ asker: { run, node, key }, since }) => ({ runId: run.id, node: node.name, key, since }));
  }

  get openRuns(): number {
    return this.#known.open;
  }

  idle(): Promise<void> {
    if (this.#known.open === 0) return Promise.resolve();
    return this.#idle.wait();
  }

  async close(limits: CloseLimits): Promise<void> {
    this.#state?.loop.endsQuietly();
    if (this.#known.open === 0) return;
    const { core, loop } = this.#opened();
    loop.closeBy(core.clock.now() + limits.drainMs, this.#known.allOpen());
    await drain({
      clock: this.#opened().core.clock,
      limits,
      idle: () => this.idle(),
      cancelAll: () => {
        for (const run of this.#known.allOpen()) void run.signal({ type: 'cancel', reason: 'the runtime was closed' });
      },
    });
    for (const run of this.#known.allOpen()) run.left();
    this.#idle.close('something that they have called never returned');
  }

  #ended(run: AnyRun): void {
    const isKept = run.fingerprint !== undefined;
    this.#known.ended(run, isKept);
    if (isKept) this.#known.forget(this.#keepRuns, Number.NEGATIVE_INFINITY);
    run.settle();
    this.#opened().core.observers.forget(run);
    if (this.#known.open === 0) this.#idle.idle();
  }

  #forgetOld(): void {
    if (this.#keepForMs === Number.POSITIVE_INFINITY) return;
    this.#known.forget(this.#keepRuns, this.#opened().core.clock.now() - this.#keepForMs);
  }
}
