// A record of runs in memory, which can be searched: what open and finished runs have done, as far as it is kept.
//
// HISTORY-1. So many runs are kept, so many steps of each, and so many bytes of all. Past it the run that ended first is
//     forgotten, and if all are open, the oldest. What is forgotten does not come back.
// HISTORY-2. It answers as `runtime.runs` does, by the same query.

import { pageOf, type QueriedDetail, type RunPage, type RunQuery } from '../../execute/run-query.ts';
import type { RunEvent } from '../../run/run-event.ts';
import { assertNone, problemsOf } from '../../values/option-rules.ts';
import { assertQuery } from '../../values/query-rules.ts';
import type { RunInspection } from '../../wiring/run-report.ts';
import { systemClock, type Clock } from '../../execute/clock.ts';
import { shown } from '../../execute/report.ts';
import type { Observer } from '../observer.ts';
import { mayComeBehind, RunSteps } from './run-steps.ts';
import { HISTORY_OPTIONS } from './observer-options.ts';

/** What is kept. */
export interface HistoryOptions {
  /** Runs. @default 1,000 */
  readonly keep?: number;
  /** Steps of one run. @default 1,000 */
  readonly steps?: number;
  /** With messages and values. @default false */
  readonly messages?: boolean;
  /** Bytes of all runs together, as far as they can be estimated. @default 32 MiB */
  readonly bytes?: number;
  /** Whose time `olderThan` and `newerThan` of a query are counted by. @default the machine's clock */
  readonly clock?: Clock;
}

/** An observer that remembers. */
export interface HistoryObserver extends Observer {
  onEvent(event: RunEvent): void;
  /**
   * The runs that are kept, the newest first, a page at a time.
   *
   * @throws {OnwardError} ONW3004 with everything that is wrong with the query.
   */
  runs(query?: RunQuery): RunPage;
  /** One run as it stands, with its steps; undefined if it is not kept. */
  run(id: string): RunInspection | undefined;
}

/**
 * Remembers runs, so that they can be searched while the process lives.
 *
 * @throws {OnwardError} ONW3004 with every option that is wrong.
 */
export function history(options: HistoryOptions = {}): HistoryObserver {
  assertNone(problemsOf(options, HISTORY_OPTIONS), 'the options of history are not valid');
  return new KeptRuns(options);
}

interface KeptRun {
  readonly id: string;
  readonly createdAt: number;
  readonly steps: RunSteps;
  /** The nodes that wait for a message, by step. */
  readonly waits: Map<number, { readonly node: string; readonly key: string; readonly since: number }>;
}

const BYTES = 32 * 1024 ** 2;

class KeptRuns implements HistoryObserver {
  readonly name = 'history';
  readonly precise = true;
  readonly #most: number;
  /** Of all runs. */
  #bytes = 0;
  /** Runs that were forgotten while they were open. */
  readonly #forgotten = new Set<string>();
  readonly #keep: number;
  readonly #of: { readonly most: number; readonly payloads: boolean };
  readonly #clock: Clock;
  /** In the order of their starts. */
  readonly #open = new Map<string, KeptRun>();
  /** In the order of their ends. */
  readonly #over = new Map<string, KeptRun>();

  constructor({ keep = 1_000, steps = 1_000, messages = false, bytes = BYTES, clock = systemClock() }: HistoryOptions) {
    this.#most = bytes;
    this.#keep = keep;
    this.#of = { most: steps, payloads: messages };
    this.#clock = clock;
  }

  onEvent(event: RunEvent): void {
    const run = this.#open.get(event.runId) ?? this.#begin(event);
    if (event.type === 'run.ended') this.#forgotten.delete(event.runId);
    if (run === undefined) return;
    const before = run.steps.bytes;
    run.steps.take(event);
    this.#bytes += run.steps.bytes - before;
    if (event.type === 'step.waiting') {
      run.waits.set(event.step, { node: event.node, key: event.key, since: event.at });
    } else if (event.type === 'step.attempt' || ('startedAt' in event && 'step' in event)) {
      run.waits.delete(event.step);
    }
    if (event.type === 'run.ended') {
      run.waits.clear();
      this.#open.delete(run.id);
      this.#over.set(run.id, run);
    }
    while (this.#bytes > this.#most && this.#open.size + this.#over.size > 0) this.#forgetOne();
  }

  /** Undefined for what comes behind the end of a run. */
  #begin(event: RunEvent): KeptRun | undefined {
    const isNew = event.type === 'run.started';
    if (!isNew && (this.#over.has(event.runId) || this.#forgotten.has(event.runId) || mayComeBehind(event)))
      return undefined;
    this.#drop(this.#over, event.runId);
    const run = { id: event.runId, createdAt: event.at, steps: new RunSteps(event, this.#of), waits: new Map() };
    this.#bytes += run.steps.bytes;
    this.#open.set(run.id, run);
    if (this.#open.size + this.#over.size > this.#keep) this.#forgetOne();
    return run;
  }

  #forgetOne(): void {
    const runs = this.#over.size > 0 ? this.#over : this.#open;
    const first = runs.keys().next();
    if (first.done === true) return;
    if (runs === this.#open) this.#forgotten.add(first.value);
    this.#drop(runs, first.value);
  }

  #drop(runs: Map<string, KeptRun>, id: string): void {
    this.#bytes -= runs.get(id)?.steps.bytes ?? 0;
    runs.delete(id);
  }

  runs(query: RunQuery = {}): RunPage {
    assertQuery(query);
    return pageOf([...this.#open.values(), ...this.#over.values()], query, this.#clock.now(), detailOf);
  }

  run(id: string): RunInspection | undefined {
    const run = this.#open.get(id) ?? this.#over.get(id);
    return run === undefined ? undefined : shown(run.steps.report());
  }
}

function detailOf({ steps, waits }: KeptRun): QueriedDetail {
  const { runId: id, job, status, code, startedAt, endedAt, counts, failures, ...rest } = steps.report();
  const errors = failures.map(({ error }) => error);
  const row = {
    id,
    job,
    status,
    code,
    tags: steps.tags,
    startedAt,
    endedAt,
    counts,
    live: steps.live,
    ...(errors.length > 0 && { error: errors[0] }),
    waitsFor: [...waits.values()],
  };
  return { row, nodes: rest.steps.map(({ node }) => node), errors };
}
