// `onward retry`, `suspend`, `resume`, `cancel` and `send`: what is done with a run, or with all that fit.
//
// STEER-1. 0: it is done, or written down for the next process that has the file. 1: some run refuses it.
// STEER-2. What is done with many runs is done with those that the filters find now; without a filter nothing is.

import { randomUUID } from 'node:crypto';
import { printable } from '../../src/values/describe.ts';
import type { RunQuery } from '../../src/execute/run-query.ts';
import type { RunStatus } from '../../src/run/status.ts';
import type { CommandAnswer, RunCommand } from '../../src/runtime/commands.ts';
import { wrongUsage, type Arguments } from './arguments.ts';
import { paintWith } from './diagnostics.ts';
import { printJson } from './print-json.ts';
import type { Refusal } from './refused-runs.ts';
import type { Pending, RunStore } from './run-store.ts';
import { queryOf, withRuns } from './runs.ts';
import type { Terminal } from './terminal.ts';

type Steering = 'retry' | 'suspend' | 'resume' | 'cancel';

export function retry(terminal: Terminal, given: Arguments): Promise<number> {
  return steer(terminal, given, { type: 'retry', open: ['failed', 'cancelled'] });
}

export function suspend(terminal: Terminal, given: Arguments): Promise<number> {
  return steer(terminal, given, { type: 'suspend', open: ['running'] });
}

export function resume(terminal: Terminal, given: Arguments): Promise<number> {
  return steer(terminal, given, { type: 'resume', open: ['suspended'] });
}

export function cancel(terminal: Terminal, given: Arguments): Promise<number> {
  return steer(terminal, given, { type: 'cancel', open: ['running', 'suspended'] });
}

export function send(terminal: Terminal, given: Arguments): Promise<number> {
  const [run = '', node = ''] = given.operands;
  const { message, 'message-id': id = randomUUID() } = given.values;
  const command: RunCommand = {
    type: 'send',
    runs: [run],
    node,
    id,
    ...(message !== undefined && { message: readMessage(message) }),
  };
  return withRuns(terminal, given, (store) => perform(terminal, given, store, command));
}

function readMessage(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw wrongUsage(
      `--message is not JSON: ${printable(text)}; put quotes around all of it, as in --message '{ "by": "ann" }'`,
    );
  }
}

interface Wanted {
  readonly type: Steering;
  /** Runs that it makes sense for. */
  readonly open: readonly ('running' | 'suspended' | 'failed' | 'cancelled')[];
}

function steer(terminal: Terminal, given: Arguments, { type, open }: Wanted): Promise<number> {
  const [id] = given.operands;
  const query = queryOf(given);
  if (id === undefined && Object.keys(query).length === 0)
    throw wrongUsage(`${type} needs a run, as in \`onward ${type} order-1\`, or a filter, as in \`--job 'Billing.*'\``);
  if (id !== undefined && Object.keys(query).length > 0)
    throw wrongUsage(`${type} takes a run or filters; leave out one of them`);
  const { reason, from } = given.values;
  return withRuns(terminal, given, async (store) => {
    const runs = id === undefined ? await allOf(store, { status: open, ...query }) : [id];
    return perform(terminal, given, store, {
      type,
      runs,
      ...(reason !== undefined && { reason }),
      ...(from !== undefined && { from }),
    });
  });
}

async function allOf(store: RunStore, query: RunQuery): Promise<string[]> {
  const found: string[] = [];
  for (let page = await store.runs(query); ; page = await store.runs({ ...query, cursor: page.cursor })) {
    found.push(...page.runs.map(({ id }) => id));
    if (page.cursor === undefined) return found;
  }
}

const DONE: Readonly<Record<RunCommand['type'], string>> = {
  retry: 'runs again',
  suspend: 'suspended',
  resume: 'goes on',
  cancel: 'cancelled',
  send: 'has the message',
};

async function perform(terminal: Terminal, given: Arguments, store: RunStore, command: RunCommand): Promise<number> {
  const answer = command.runs.length === 0 ? { results: [] } : await store.perform(command);
  if ('pendingAt' in answer) return pending(terminal, given, answer);
  const isOk = answer.results.every(({ error }) => error === undefined);
  if (given.json) terminal.out(printJson({ ok: isOk, ...answer }, 2));
  else printAnswer(terminal, command, answer);
  return isOk ? 0 : 1;
}

function printAnswer(terminal: Terminal, { type }: RunCommand, { results, isIdle }: CommandAnswer): void {
  const paint = paintWith(terminal.hasColors);
  if (results.length === 0) terminal.err('there are no such runs\n');
  for (const { run, error, status } of results) {
    if (error === undefined) terminal.out(`${paint('green', '✓')} ${printable(run)} ${doneText(type, status)}\n`);
    else printRefusal(terminal, run, error);
  }
  const isAnyDone = results.some(({ error }) => error === undefined);
  if (isIdle === true && isAnyDone) terminal.err('no process works on these runs now: it takes effect when one does\n');
}

/** A cancelled run is over only once the bodies under way have stopped, in the processes that run them. */
function doneText(type: RunCommand['type'], status: RunStatus | undefined): string {
  const isCancelling = type === 'cancel' && (status === 'running' || status === 'suspended');
  return isCancelling ? 'is being cancelled: it is over once what is under way has stopped' : DONE[type];
}

/** Issues of a message are a line each. */
export function lineOf(text: string): string {
  return printable(text.replace(/\s*\n\s*/g, '; '));
}

export function pending(terminal: Terminal, given: Arguments, { pendingAt, runs, results = [] }: Pending): number {
  const who =
    pendingAt === undefined
      ? 'no process has the file open: it is done by the next one that works on it'
      : `the process ${pendingAt} has the file and has not answered: it is done when it does, or by the next one`;
  const isOk = results.length === 0;
  if (given.json) {
    const parts = { ...(runs !== undefined && { runs }), ...(!isOk && { results }) };
    terminal.out(printJson({ ok: isOk, pending: true, ...parts, owner: pendingAt ?? null }, 2));
    return isOk ? 0 : 1;
  }
  for (const { run, error } of results) if (error !== undefined) printRefusal(terminal, run, error);
  const which = isOk || runs === undefined ? '' : ` for ${runs.map(printable).join(', ')}`;
  terminal.err(`… written down${which}; ${who}\n`);
  return isOk ? 0 : 1;
}

function printRefusal(terminal: Terminal, run: string, { code, message }: Refusal): void {
  terminal.err(`${paintWith(terminal.hasColors)('red', '✗')} ${printable(run)} ${code}: ${lineOf(message)}\n`);
}
