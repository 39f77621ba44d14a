// How far a run has come: as a record in a store, and as a bar on a terminal.
//
// PROGRESS-1. The percentage never falls, is at most 99 before the run is over, and 100 once it is.
// PROGRESS-2. On a terminal one line is drawn again; elsewhere there is a line a quarter, or every ten seconds, without
//     control codes.

import { cut, formatMs } from '../../execute/format-report.ts';
import type { Observer, RunEnded } from '../observer.ts';
import { printable } from '../../values/describe.ts';
import type { RunEvent } from '../../run/run-event.ts';
import { isLive, widthOf, type OutputStream } from './terminal.ts';

/** How far one run has come. */
export interface ProgressRecord {
  readonly status: string;
  /** From 0 to 100. */
  readonly progress: number;
  /** Steps that are over, and steps that are known of. */
  readonly completed: number;
  readonly total: number;
  readonly lastNode: string;
}

export interface ProgressOptions {
  /** Gets a record for each run under `progress:<run id>`: a Map, Redis, anything with `set`. @default none */
  readonly store?: { set(key: string, value: ProgressRecord): unknown };
  /** Where the bar is drawn; null for none. @default process.stderr */
  readonly stream?: OutputStream | null;
  /** Nodes that a run of a job is expected to run, where the job's graph is known. @default what has been seen */
  readonly expected?: (job: string) => number;
}

const CELLS = 24;
/** Columns below which the bar is left out, so that the percentage is not. */
const NARROW = 40;
const REDRAW_MS = 80;
const LINE_MS = 10_000;

/** Shows and keeps how far runs have come. */
export function progress(options: ProgressOptions = {}): Observer {
  const { store, stream = process.stderr, expected = () => 0 } = options;
  const runs = new Map<string, Reckoning>();
  const bar = stream === null ? undefined : new Bar(stream);
  return {
    name: 'progress',
    onEvent(event) {
      if (event.type === 'run.started') runs.set(event.runId, new Reckoning(expected(event.job)));
      const reckoning = runs.get(event.runId);
      if (reckoning === undefined || !reckoning.take(event)) return undefined;
      const record = reckoning.record(event.type === 'run.ended' ? event.status : 'running');
      if (event.type === 'run.ended') {
        runs.delete(event.runId);
        bar?.end(event, record);
      } else bar?.show(record, event.at);
      const kept: unknown = store?.set(`progress:${event.runId}`, record);
      return kept instanceof Promise ? kept.then(() => undefined) : undefined;
    },
  };
}

/** What is known of one run. */
class Reckoning {
  #planned: number;
  #begun = 0;
  #done = 0;
  #percent = 0;
  #lastNode = '';

  constructor(planned: number) {
    this.#planned = planned;
  }

  /** Whether it has come further. */
  take(event: RunEvent): boolean {
    switch (event.type) {
      case 'step.started':
        this.#begun++;
        return false;
      case 'step.completed':
      case 'step.failed':
      case 'step.skipped':
      case 'step.cancelled':
        this.#done++;
        this.#lastNode = event.node;
        return true;
      default:
        return event.type === 'run.ended';
    }
  }

  record(status: string): ProgressRecord {
    const live = Math.max(0, this.#begun - this.#done);
    this.#planned = Math.max(this.#planned, this.#done + live);
    const total = status === 'running' ? Math.max(this.#planned, this.#done + 1) : Math.max(this.#done, 1);
    const percent = status === 'running' ? Math.min(99, Math.floor((this.#done / total) * 100)) : 100;
    this.#percent = Math.max(this.#percent, percent);
    return {
      status,
      progress: this.#percent,
      completed: this.#done,
      total: status === 'running' ? total : this.#done,
      lastNode: this.#lastNode,
    };
  }
}

class Bar {
  readonly #stream: OutputStream;
  readonly #isLive: boolean;
  #lastAt = Number.NEGATIVE_INFINITY;
  #lastQuarter = -1;

  constructor(stream: OutputStream) {
    this.#stream = stream;
    this.#isLive = isLive(stream);
  }

  show(record: ProgressRecord, at: number): void {
    if (this.#isLive) {
      if (at - this.#lastAt < REDRAW_MS) return;
      this.#lastAt = at;
      this.#stream.write(`\r\u001B[2K${this.#line(record)}`);
      return;
    }
    const quarter = Math.floor(record.progress / 25);
    if (quarter === this.#lastQuarter && at - this.#lastAt < LINE_MS) return;
    this.#lastQuarter = quarter;
    this.#lastAt = at;
    this.#stream.write(`${this.#text(record)}\n`);
  }

  end({ job, runId, status, at, startedAt }: RunEnded, { completed }: ProgressRecord): void {
    const text = `${printable(job)}  ${printable(runId)}  ${status} in ${formatMs(at - startedAt)}  ${completed} steps`;
    this.#stream.write(this.#isLive ? `\r\u001B[2K${cut(text, widthOf(this.#stream) - 1)}\n` : `${text}\n`);
    this.#lastQuarter = -1;
  }

  #line(record: ProgressRecord): string {
    const width = widthOf(this.#stream);
    const full = Math.round((record.progress / 100) * CELLS);
    const cells = width < NARROW ? '' : `${'█'.repeat(full)}${'░'.repeat(CELLS - full)} `;
    return cut(`${cells}${this.#text(record)}`, width - 1);
  }

  #text({ progress: percent, completed, total, lastNode }: ProgressRecord): string {
    return `${String(percent).padStart(3)} %  ${completed}/${total}  ${printable(lastNode)}`;
  }
}
