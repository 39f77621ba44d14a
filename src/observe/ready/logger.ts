// Runs in a log: an entry an event, with a text for people and fields for programs.
//
// LOGGER-1. Runs are `info`, steps `debug`, attempts and callbacks that failed `warn`, steps and runs that failed `error`;
//     what an error says of itself counts for all but the run.
// LOGGER-2. Without `messages` no payload reaches the log: neither messages nor values. Texts of errors do.
// LOGGER-3. Nothing is asked of runs that no level of the log takes.

import { readable } from '../../execute/readable.ts';
import { formatMs } from '../../execute/format-report.ts';
import type { RunEvent } from '../../run/run-event.ts';
import { describeThrown, printable } from '../../values/describe.ts';
import { assertNone, isLogger, problemsOf } from '../../values/option-rules.ts';
import { OnwardError } from '../../errors/onward-error.ts';
import type { LogLevel } from '../../execute/application.ts';
import { logOf, type Logger } from '../log.ts';
import type { Observer } from '../observer.ts';
import { LOGGER_OPTIONS } from './observer-options.ts';

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** What is logged. */
export interface LoggerOptions {
  /** The lowest level that is logged. @default 'debug' */
  readonly level?: LogLevel;
  /** With the messages and the values of steps; fields with `@Sensitive()` stay out. @default false */
  readonly messages?: boolean;
  /** What the methods of the logger take first. @default `'fields'` for pino and bunyan, else `'text'` */
  readonly order?: 'fields' | 'text';
}

/**
 * Logs runs: to `console`, pino, consola, winston, Nest's Logger, or anything with their methods.
 *
 * @throws {OnwardError} ONW3004 if it is no logger, or with every option that is wrong.
 */
export function logger(target: Logger, options: LoggerOptions = {}): Observer {
  if (!isLogger(target))
    throw new OnwardError('ONW3004', '`logger` needs a logger with the methods `error` and `warn`, such as `console`');
  assertNone(problemsOf(options, LOGGER_OPTIONS), 'the options of logger are not valid');
  const { level: least = 'debug', messages = false, order } = options;
  const log = logOf(target, order);
  const write = (event: RunEvent): void => {
    const level = levelOf(event);
    if (level === undefined || LEVELS.indexOf(level) < LEVELS.indexOf(least)) return;
    log(level, textOf(event), fieldsOf(event, messages));
  };
  const eventTypes = TYPES[least];
  return {
    name: 'logger',
    precise: true,
    showsFailures: true,
    ...(eventTypes !== undefined && { eventTypes }),
    onEvent: write,
  };
}

/**
 * What may be an error: the end of a run, and an attempt whose error says so. Failed callbacks are left to the log of the
 * runtime, which logs none of them once an observer takes these events, and most of them are warnings.
 */
const ERRORS = ['step.failed', 'run.ended', 'step.retrying'] as const;
const WARNINGS = [...ERRORS, 'callback.failed', 'gap'] as const;
/** LOGGER-3. */
const TYPES: Readonly<Record<LogLevel, Observer['eventTypes']>> = {
  debug: undefined,
  info: [...WARNINGS, 'run.started', 'run.suspended', 'run.resumed'],
  warn: WARNINGS,
  error: ERRORS,
};

/** Undefined for what another entry says. */
function levelOf(event: RunEvent): LogLevel | undefined {
  switch (event.type) {
    case 'run.started':
    case 'run.suspended':
    case 'run.resumed':
      return 'info';
    case 'run.ended':
      return event.status === 'failed' ? 'error' : 'info';
    case 'step.failed':
      return event.severity === 'warning' ? 'warn' : 'error';
    case 'step.retrying':
    case 'callback.failed':
      return event.severity === 'warning' ? 'warn' : 'error';
    case 'gap':
      return 'warn';
    case 'step.attempt':
    case 'entry.ended':
      return undefined;
    default:
      return 'debug';
  }
}

function textOf(event: RunEvent): string {
  const { type } = event;
  const what = 'node' in event ? event.node : `run ${event.runId}`;
  const how = type === 'run.ended' ? event.status : type.slice(type.indexOf('.') + 1);
  const of = 'job' in event ? ` of ${printable(event.job)}` : '';
  const took = 'startedAt' in event && type !== 'step.skipped' ? ` in ${formatMs(event.at - event.startedAt)}` : '';
  const why = 'error' in event && event.error !== undefined ? `: ${describeThrown(event.error)}` : '';
  return `${printable(what)}${of} ${wordsOf(event, how)}${took}${why}`;
}

function wordsOf(event: RunEvent, how: string): string {
  switch (event.type) {
    case 'step.retrying':
      return 'failed and is tried again';
    case 'callback.failed':
      return 'failed as a callback';
    case 'step.waiting':
      return 'waits for a message';
    case 'custom':
      return `emitted ${printable(event.name)}`;
    case 'progress':
      return `is at ${event.done}${event.text === undefined ? '' : ` (${printable(event.text)})`}`;
    case 'edge.unmatched':
      return 'returned a value that no edge took';
    case 'exit.ignored':
      return 'asked for a second exit';
    case 'state.conflict':
      return `overwrote a change of ${printable(event.field)}`;
    default:
      return how;
  }
}

function fieldsOf(event: RunEvent, messages: boolean): Record<string, unknown> {
  const { type, runId, tags } = event;
  return {
    type,
    runId,
    ...(tags.length > 0 && { tags }),
    ...('job' in event && { job: event.job }),
    ...('node' in event && { node: event.node, step: event.step, key: event.key, attempt: event.attempt }),
    ...('startedAt' in event && { ms: event.at - event.startedAt }),
    ...('code' in event && { code: event.code }),
    ...('status' in event && { status: event.status }),
    ...('error' in event && event.error !== undefined && { error: readable(event.error) }),
    ...(messages && payloadsOf(event)),
  };
}

function payloadsOf(event: RunEvent): Record<string, unknown> {
  return {
    ...('message' in event && { message: readable(event.message) }),
    ...('value' in event && { value: readable(event.value) }),
    ...('data' in event && { data: readable(event.data) }),
  };
}
