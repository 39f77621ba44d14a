// Runs on a console: a line for each event as it happens, or the tree of a run once it is over.

import { cut, formatMs, formatReport } from '../../execute/format-report.ts';
import type { Observer, RunEnded } from '../observer.ts';
import { printable } from '../../values/describe.ts';
import type { RunEvent } from '../../run/run-event.ts';
import type { RunInspection, StepReport } from '../../wiring/run-report.ts';
import { isColoured, widthOf, type OutputStream } from './terminal.ts';

/** How runs are printed. */
export interface ConsoleOptions {
  /** `tree`: one block when the run ends. `live`: a line an event. @default 'tree' */
  readonly style?: 'tree' | 'live';
  /** @default process.stdout */
  readonly stream?: OutputStream;
  /** @default what the terminal and `NO_COLOR`, `FORCE_COLOR` say */
  readonly colour?: boolean;
  /** Steps of a run that are listed; the others are counted. @default 200 */
  readonly most?: number;
}

/** Steps of one run that are kept for its tree. */
const KEPT = 10_000;

/** Prints runs for people: as a tree when they end, or live. */
export function consoleObserver(options: ConsoleOptions = {}): Observer {
  const { style = 'tree', stream = process.stdout } = options;
  const colour = options.colour ?? isColoured(stream);
  const print = (text: string): void => void stream.write(`${text}\n`);
  if (style === 'live') {
    return { name: 'console', onEvent: (event) => print(cut(lineOf(event), widthOf(stream))) };
  }
  const runs = new Map<string, Tree>();
  return {
    name: 'console',
    onEvent(event) {
      let tree = runs.get(event.runId);
      if (tree === undefined) {
        tree = new Tree();
        runs.set(event.runId, tree);
      }
      tree.take(event);
      if (event.type !== 'run.ended') return;
      runs.delete(event.runId);
      print(
        formatReport(tree.report(event), {
          width: widthOf(stream),
          colour,
          ...(options.most !== undefined && { most: options.most }),
        }),
      );
    },
  };
}

/** The steps of a run, put together from its events. */
class Tree {
  readonly #steps = new Map<number, StepReport>();

  take(event: RunEvent): void {
    if (!('step' in event)) return;
    const known = this.#steps.get(event.step);
    switch (event.type) {
      case 'step.started':
        if (this.#steps.size < KEPT) this.#steps.set(event.step, begun(event));
        return;
      case 'step.retrying': {
        if (known === undefined) return;
        const { attempt: number, code, error, at } = event;
        const failed = { number, code, error, startedAt: known.startedAt, endedAt: at };
        this.#steps.set(event.step, { ...known, attempts: [...known.attempts, failed] });
        return;
      }
      case 'step.completed':
      case 'step.failed':
      case 'step.skipped':
      case 'step.cancelled':
        if (known !== undefined || this.#steps.size < KEPT) this.#steps.set(event.step, ended(event, known));
        return;
      default:
    }
  }

  report({ runId, job, status, code, startedAt, at, counts, cancelReason }: RunEnded): RunInspection {
    const steps = [...this.#steps.values()].toSorted((one, other) => one.id - other.id);
    const reason = cancelReason === undefined ? {} : { cancelReason };
    return {
      runId,
      job,
      status,
      code,
      ...reason,
      startedAt,
      endedAt: at,
      counts,
      steps,
      failures: [],
      callbackFailures: [],
      truncated: false,
      state: {},
    };
  }
}

type StepEvent = Extract<RunEvent, { readonly step: number }>;

function begun({ step: id, node, key, round, via, cause, parent, item, at }: StepEvent): StepReport {
  return {
    id,
    node,
    key,
    round,
    status: 'running',
    code: 200,
    cause: via === null ? null : { edge: via, step: cause },
    parent,
    ...(item !== undefined && { item }),
    attempts: [],
    message: undefined,
    startedAt: at,
    endedAt: 0,
  };
}

function ended(event: Extract<StepEvent, { readonly startedAt: number }>, known: StepReport | undefined): StepReport {
  const { type, code, at, attempt: number, startedAt } = event;
  const step = known ?? begun(event);
  const status = statusOf(type);
  const last = { number, code, startedAt, endedAt: at };
  return {
    ...step,
    status,
    code,
    endedAt: at,
    startedAt: known?.startedAt ?? startedAt,
    attempts: status === 'completed' || step.attempts.length > 0 ? [...step.attempts, last] : step.attempts,
    ...(event.type === 'step.failed' && { error: event.error }),
    ...(event.type === 'step.skipped' && event.missing !== undefined && { missing: event.missing }),
  };
}

function statusOf(type: `step.${'completed' | 'failed' | 'skipped' | 'cancelled'}`): StepReport['status'] {
  switch (type) {
    case 'step.completed':
      return 'completed';
    case 'step.failed':
      return 'failed';
    case 'step.skipped':
      return 'skipped';
    case 'step.cancelled':
      return 'cancelled';
  }
}

/** One event in one line. */
function lineOf(event: RunEvent): string {
  const time = new Date(event.at).toISOString().slice(11, 23);
  const what = 'node' in event ? printable(event.node) : 'job' in event ? printable(event.job) : '';
  return [time, printable(event.runId), event.type, what, detailOf(event)].filter((part) => part !== '').join('  ');
}

function detailOf(event: RunEvent): string {
  if (event.type === 'run.ended') return `${event.status} in ${formatMs(event.at - event.startedAt)}`;
  if (event.type === 'progress') return `${event.done}${event.text === undefined ? '' : ` ${printable(event.text)}`}`;
  if (event.type === 'custom') return printable(event.name);
  if ('error' in event && event.error instanceof Error)
    return `${printable(event.error.name)}: ${printable(event.error.message)}`;
  return 'startedAt' in event ? formatMs(event.at - event.startedAt) : '';
}
