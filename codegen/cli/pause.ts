// `onward pause` and `onward unpause`: nodes that begin no body for a while.
//
// PAUSE-1. 0: it is done, or written down for the next process that has the file. 1: it is refused.

import { printable } from '../../src/values/describe.ts';
import type { NodeCommand } from '../../src/runtime/commands.ts';
import type { Arguments } from './arguments.ts';
import { paintWith } from './diagnostics.ts';
import { printJson } from './print-json.ts';
import { withRuns } from './runs.ts';
import { lineOf, pending } from './steer.ts';
import type { Terminal } from './terminal.ts';

export function pause(terminal: Terminal, given: Arguments): Promise<number> {
  const nodes = given.operands;
  return perform(terminal, given, nodes.length === 0 ? { type: 'paused' } : { type: 'pause', nodes });
}

export function unpause(terminal: Terminal, given: Arguments): Promise<number> {
  const nodes = given.operands;
  return perform(terminal, given, { type: 'unpause', ...(nodes.length > 0 && { nodes }) });
}

async function perform(terminal: Terminal, given: Arguments, command: NodeCommand): Promise<number> {
  const answer = await withRuns(terminal, given, (store) => store.nodes(command));
  if ('pendingAt' in answer) return pending(terminal, given, answer);
  const { paused = [], error } = answer;
  if (given.json)
    terminal.out(printJson({ ok: error === undefined, ...(error === undefined ? { paused } : { error }) }, 2));
  else if (error === undefined) print(terminal, command, paused);
  else terminal.err(`${paintWith(terminal.hasColors)('red', '✗')} ${error.code}: ${lineOf(error.message)}\n`);
  return error === undefined ? 0 : 1;
}

function print(terminal: Terminal, command: NodeCommand, paused: readonly string[]): void {
  for (const pattern of paused) terminal.out(`‖ ${printable(pattern)}\n`);
  if (paused.length > 0) return;
  terminal.err(command.type === 'unpause' ? 'nothing is paused any more\n' : 'nothing is paused\n');
}
