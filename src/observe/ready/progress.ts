// How far a run has come: as a record in a store, and as a bar on a terminal.
//
// PROGRESS-1. The percentage never falls, is at most 99 before the run is over, and 100 once it is.
// PROGRESS-2. On a terminal each open run has a line, and all are drawn again together; elsewhere a run prints a line a
//     quarter, or every ten seconds, without control codes. Lines of several runs say which run they are of.
// PROGRESS-3. What is expected are the nodes that the graph leads to from each entry and each child without a failure. It
//     is corrected by what is seen: a loop runs a node again, an `each` runs it for every item. An entry of a plan whose
//     turn has not come counts as one step.

import { cut, formatMs } from '../../execute/format-report.ts';
import type { EdgeOn, Wiring } from '../../wiring/v1.ts';
import { printable } from '../../values/describe.ts';
import type { RunEvent } from '../../run/run-event.ts';
import { assertNone, problemsOf } from '../../values/option-rules.ts';
import { isThenable } from '../../values/promises.ts';
import type { Observer, RunEnded, StepEnded } from '../observer.ts';
import { isLive, widthOf, type OutputStream } from './terminal.ts';
import { PROGRESS_OPTIONS } from './observer-options.ts';

/** How far one run has come. */
export interface ProgressRecord {
  readonly status: string;
  /** From 0 to 100. */
  readonly progress: number;
  /** Steps that are over. */
  readonly completed: number;
  /** Steps that are expected; once the run is over, those that it had. */
  readonly total: number;
  /** The node of the step that ended last; empty if none has. */
  readonly lastNode: string;
}

export interface ProgressOptions {
  /** The generated graph: it says how many nodes follow. @default the total is what has been seen */
  readonly graph?: Wiring;
  /** Gets a record for each run under `progress:<run id>`: a Map, Redis, anything with `set`. @default none */
  readonly store?: { set(key: string, value: ProgressRecord): unknown };
  /** Where the bar is drawn; null for none. @default process.stderr */
  readonly stream?: OutputStream | null;
}

const CELLS = 24;
/** Columns below which the bar is left out, so that the percentage is not. */
const NARROW = 40;
const REDRAW_MS = 80;
const LINE_MS = 10_000;

/**
 * Shows and keeps how far runs have come.
 *
 * @throws {OnwardError} ONW3004 with every option that is wrong.
 */
export function progress(options: ProgressOptions = {}): Observer {
  assertNone(problemsOf(options, PROGRESS_OPTIONS), 'the options of progress are not valid');
  const { store, stream = process.stderr, graph } = options;
  const reach = new Reach(graph);
  const runs = new Map<string, Reckoning>();
  const bars = stream === null ? undefined : new Bars(stream);
  const keep = (runId: string, record: ProgressRecord): Promise<void> | undefined => {
    const kept: unknown = store?.set(`progress:${runId}`, record);
    // Not every client's promises are the language's own; a Map gives itself.
    return isThenable(kept) ? Promise.resolve(kept).then(() => undefined) : undefined;
  };
  return {
    name: 'progress',
    onRunStart(event) {
      const reckoning = new Reckoning(reach, event.plan?.entries);
      runs.set(event.runId, reckoning);
      return keep(event.runId, reckoning.record('running'));
    },
    onStepStart(event) {
      runs.get(event.runId)?.begin(event);
    },
    onStepEnd(event) {
      const reckoning = runs.get(event.runId);
      if (reckoning === undefined) return undefined;
      reckoning.end(event);
      const record = reckoning.record('running');
      bars?.show(event.runId, record, event.at);
      return keep(event.runId, record);
    },
    onRunEnd(event) {
      const record = (runs.get(event.runId) ?? new Reckoning(reach)).record(event.status);
      runs.delete(event.runId);
      bars?.end(event, record);
      return keep(event.runId, record);
    },
  };
}

/** Edges that a run takes which fails nowhere. */
const PLAIN: ReadonlySet<EdgeOn> = new Set<EdgeOn>(['start', 'success', 'end', 'join']);
const OF_RUNS: ReadonlySet<EdgeOn> = new Set<EdgeOn>(['runSuccess', 'runEnd']);

/** How many nodes follow a node, itself included. */
class Reach {
  readonly #next = new Map<string, string[]>();
  readonly #ofRuns: Wiring['edges'];
  readonly #known = new Map<string, number>();

  constructor(graph: Wiring | undefined) {
    const edges = graph?.edges ?? [];
    for (const { from, to } of edges.filter(({ on }) => PLAIN.has(on))) {
      this.#next.set(from, [...(this.#next.get(from) ?? []), to]);
    }
    this.#ofRuns = edges.filter(({ on }) => OF_RUNS.has(on));
  }

  from(node: string): number {
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    const found = new Set([node]);
    for (const one of found) for (const to of this.#next.get(one) ?? []) found.add(to);
    this.#known.set(node, found.size);
    return found.size;
  }

  /** Callbacks of the run itself, by the node that it was started with. */
  ofRun(node: string): number {
    return new Set(this.#ofRuns.filter(({ from }) => from === '*' || from === node).map(({ to }) => to)).size;
  }
}

/** A step of the run's flow that no edge led to. Children that are detached look the same. */
function isEntry({ via, parent }: Pick<StepEnded, 'via' | 'parent'>): boolean {
  return via === null && parent === null;
}

/** What is known of one run. */
class Reckoning {
  readonly #reach: Reach;
  /** Steps that have begun and are not over. */
  readonly #live = new Set<number>();
  /** Entries of its plan whose turn has not come. */
  #waiting: number;
  #planned = 0;
  #hasBegun = false;
  #done = 0;
  #percent = 0;
  #lastNode = '';

  constructor(reach: Reach, entries = 0) {
    this.#reach = reach;
    this.#waiting = entries;
  }

  begin(event: Extract<RunEvent, { type: 'step.started' }>): void {
    const { step, node, via } = event;
    if (!this.#hasBegun) this.#planned += this.#reach.ofRun(node);
    this.#hasBegun = true;
    this.#live.add(step);
    // An entry of its plan, or a child: what follows it in the graph was not expected before.
    if (via === null) this.#planned += this.#reach.from(node);
    if (isEntry(event)) this.#waiting = Math.max(0, this.#waiting - 1);
  }

  end(event: StepEnded): void {
    this.#done++;
    this.#lastNode = event.node;
    // An entry that was skipped or refused has not begun.
    if (this.#live.delete(event.step) || !isEntry(event) || this.#waiting === 0) return;
    this.#waiting--;
    this.#planned++;
  }

  record(status: string): ProgressRecord {
    const isOver = status !== 'running';
    this.#planned = Math.max(this.#planned, this.#done + this.#live.size);
    const total = Math.max(isOver ? this.#done : this.#planned + this.#waiting, 1);
    const percent = isOver ? 100 : Math.min(99, Math.floor((this.#done / total) * 100));
    this.#percent = Math.max(this.#percent, percent);
    return { status, progress: this.#percent, completed: this.#done, total, lastNode: this.#lastNode };
  }
}

/** Runs that have a line on a terminal; the others are counted below. */
const MOST_BARS = 8;
const CLEAR_LINE = '\u001B[2K';
const CLEAR_BELOW = '\u001B[J';

interface Bar {
  record: ProgressRecord;
  /** Of the last line that was printed, where nothing is drawn again. */
  quarter: number;
  printedAt: number;
}

/** The open runs, from the first that began. */
class Bars {
  readonly #stream: OutputStream;
  readonly #isLive: boolean;
  readonly #open = new Map<string, Bar>();
  #drawnAt = Number.NEGATIVE_INFINITY;
  /** Lines that stand on the terminal; the cursor is in the last one. */
  #lines = 0;

  constructor(stream: OutputStream) {
    this.#stream = stream;
    this.#isLive = isLive(stream);
  }

  show(runId: string, record: ProgressRecord, at: number): void {
    const bar = this.#open.get(runId) ?? { record, quarter: -1, printedAt: Number.NEGATIVE_INFINITY };
    bar.record = record;
    this.#open.set(runId, bar);
    if (!this.#isLive) return this.#print(runId, bar, at);
    if (at - this.#drawnAt < REDRAW_MS) return;
    this.#drawnAt = at;
    this.#stream.write(`${this.#home()}${this.#draw()}`);
  }

  #print(runId: string, bar: Bar, at: number): void {
    const quarter = Math.floor(bar.record.progress / 25);
    if (quarter === bar.quarter && at - bar.printedAt < LINE_MS) return;
    bar.quarter = quarter;
    bar.printedAt = at;
    this.#stream.write(`${this.#text(runId, bar.record)}\n`);
  }

  end({ job, runId, status, at, startedAt }: RunEnded, { completed }: ProgressRecord): void {
    const text = `${printable(job)}  ${printable(runId)}  ${status} in ${formatMs(at - startedAt)}  ${completed} steps`;
    this.#open.delete(runId);
    if (!this.#isLive) return void this.#stream.write(`${text}\n`);
    const below = this.#lines > 1 ? CLEAR_BELOW : CLEAR_LINE;
    const home = `${this.#home()}${below}`;
    this.#lines = 0;
    this.#stream.write(`${home}${cut(text, widthOf(this.#stream) - 1)}\n${this.#open.size > 0 ? this.#draw() : ''}`);
  }

  /** To the first of the lines. */
  #home(): string {
    return this.#lines > 1 ? `\r\u001B[${this.#lines - 1}A` : '\r';
  }

  #draw(): string {
    const shown = [...this.#open].slice(0, MOST_BARS).map(([runId, { record }]) => this.#line(runId, record));
    const more = this.#open.size - shown.length;
    const lines = more > 0 ? [...shown, `and ${more} more ${more === 1 ? 'run' : 'runs'}`] : shown;
    this.#lines = Math.max(this.#lines, lines.length);
    return lines.map((line) => `${CLEAR_LINE}${line}`).join('\n');
  }

  #line(runId: string, record: ProgressRecord): string {
    const width = widthOf(this.#stream);
    const full = Math.round((record.progress / 100) * CELLS);
    const cells = width < NARROW ? '' : `${'█'.repeat(full)}${'░'.repeat(CELLS - full)} `;
    return cut(`${cells}${this.#text(runId, record)}`, width - 1);
  }

  #text(runId: string, { progress: percent, completed, total, lastNode }: ProgressRecord): string {
    const which = this.#open.size > 1 ? `  ${printable(runId)}` : '';
    return `${String(percent).padStart(3)} %  ${completed}/${total}  ${printable(lastNode)}${which}`;
  }
}
