// Runs on a console: a line for each event as it happens, or the tree of a run once it is over.
//
// CONSOLE-1. What comes from users is printable, and one line each.
// CONSOLE-2. So many lines of a run are printed; those beyond are counted when it ends.
// CONSOLE-3. A callback that failed, or the `when` of an edge, is printed in any case: no step and no run shows it.

import { cut, formatMs, formatReport, signed, stepName } from '../../execute/format-report.ts';
import type { RunEvent } from '../../run/run-event.ts';
import { describeThrown, printable } from '../../values/describe.ts';
import { assertNone, problemsOf } from '../../values/option-rules.ts';
import type { Observer } from '../observer.ts';
import { mayComeBehind, RunSteps } from './run-steps.ts';
import { isColoured, widthOf, type OutputStream } from './terminal.ts';
import { CONSOLE_OPTIONS } from './observer-options.ts';

/** How runs are printed. */
export interface ConsoleOptions {
  /** `tree`: one block when the run ends. `live`: a line an event. @default 'tree' */
  readonly style?: 'tree' | 'live';
  /** @default process.stdout */
  readonly stream?: OutputStream;
  /** @default what the terminal and `NO_COLOR`, `FORCE_COLOR` say */
  readonly colour?: boolean;
  /** Lines of one run that are printed; the others are counted. @default 200 */
  readonly most?: number;
}

const MOST = 200;
/** Steps of one run that are kept for its tree. */
const KEPT = { most: 10_000, payloads: false };

/**
 * Prints runs for people: as a tree when they end, or live.
 *
 * @throws {OnwardError} ONW3004 with every option that is wrong.
 */
export function consoleObserver(options: ConsoleOptions = {}): Observer {
  assertNone(problemsOf(options, CONSOLE_OPTIONS), 'the options of consoleObserver are not valid');
  const { style = 'tree', stream = process.stdout, most = MOST } = options;
  const colour = options.colour ?? isColoured(stream);
  const print = (text: string): void => void stream.write(`${text}\n`);
  const shape = (): Shape => ({ width: widthOf(stream), colour, most });
  return style === 'tree' ? trees(print, shape) : lines(print, shape);
}

interface Shape {
  readonly width: number;
  readonly colour: boolean;
  readonly most: number;
}

function trees(print: (text: string) => void, shape: () => Shape): Observer {
  const runs = new Map<string, RunSteps>();
  const take = (event: RunEvent): void => {
    const steps = runs.get(event.runId) ?? new RunSteps(event, KEPT);
    runs.set(event.runId, steps);
    steps.take(event);
    if (event.type !== 'run.ended') return;
    runs.delete(event.runId);
    print(formatReport(steps.report(), shape()));
  };
  return {
    name: 'console',
    precise: true,
    showsFailures: true,
    onRunStart: take,
    onRunEnd: take,
    onStepStart: take,
    onStepEnd: take,
    // The other failures are ends, which come by a hook of their own.
    onError: (event) => (event.type === 'step.retrying' || event.type === 'callback.failed' ? take(event) : undefined),
  };
}

function lines(print: (text: string) => void, shape: () => Shape): Observer {
  /** Lines of each run so far. */
  const counts = new Map<string, number>();
  return {
    name: 'console',
    precise: true,
    showsFailures: true,
    onEvent(event) {
      if (event.type === 'step.attempt') return;
      const { most, width, colour } = shape();
      const isEnd = event.type === 'run.ended';
      // CONSOLE-3.
      const isAlways = isEnd || event.type === 'callback.failed';
      const known = counts.get(event.runId);
      const count = (known ?? 0) + (isAlways ? 0 : 1);
      if (isEnd) counts.delete(event.runId);
      // Of a run that is over nothing is kept.
      else if (known !== undefined || !mayComeBehind(event)) counts.set(event.runId, count);
      if (isEnd && count > most) print(`${timeOf(event)}    … and ${count - most} more of ${printable(event.runId)}`);
      if (isAlways || count <= most) print(lineOf(event, width, colour));
    },
  };
}

function timeOf({ at }: RunEvent): string {
  return new Date(at).toISOString().slice(11, 23);
}

/** One event in one line. */
function lineOf(event: RunEvent, width: number, colour: boolean): string {
  const what = 'node' in event ? stepName(event) : 'job' in event ? printable(event.job) : '';
  const status = statusOf(event);
  const sign = signed(status, colour);
  const parts = [printable(event.runId), event.type, what, detailOf(event)].filter((part) => part !== '');
  const time = `${timeOf(event)} `;
  // The sign is one column, however many characters its colour has.
  return `${time}${sign} ${cut(parts.join('  '), width - time.length - 2)}`;
}

function statusOf(
  event: RunEvent,
): 'completed' | 'failed' | 'skipped' | 'cancelled' | 'pending' | 'running' | 'suspended' {
  switch (event.type) {
    case 'run.ended':
    case 'entry.ended':
      return event.status;
    case 'step.completed':
      return 'completed';
    case 'step.failed':
    case 'step.retrying':
    case 'callback.failed':
      return 'failed';
    case 'step.skipped':
      return 'skipped';
    case 'step.cancelled':
      return 'cancelled';
    case 'run.suspended':
      return 'suspended';
    case 'step.waiting':
      return 'pending';
    default:
      return 'running';
  }
}

function detailOf(event: RunEvent): string {
  if (event.type === 'run.ended') return `${event.status} in ${formatMs(event.at - event.startedAt)}`;
  if (event.type === 'progress') return `${event.done}${event.text === undefined ? '' : ` ${printable(event.text)}`}`;
  if (event.type === 'custom') return printable(event.name);
  if ('error' in event) return describeThrown(event.error);
  if (event.type === 'step.completed' && event.recoveredBy !== undefined)
    return `${describeThrown(event.recoveredFrom)}, recovered`;
  return 'startedAt' in event ? formatMs(event.at - event.startedAt) : '';
}
