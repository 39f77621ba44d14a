// Command line in, exit code out.
//
// X1. 0 fine, 1 problems in the user's code, 2 wrong usage or configuration, 3 stale wiring, 70 our own bug.
// X2. Nothing here loads ts-morph: a command does, when it reads a project.

import { nearestName } from '../../src/errors/nearest-name.ts';
import { isOnwardError, OnwardError } from '../../src/errors/onward-error.ts';
import { parseArguments, type Arguments } from './arguments.ts';
import { check, generate } from './generate.ts';
import { explain } from './explain.ts';
import { graph } from './graph.ts';
import { COMMANDS, HELP, version } from './help.ts';
import { list } from './list.ts';
import { printJson } from './print-json.ts';

/** What a command needs of the process. */
export interface Terminal {
  readonly cwd: string;
  readonly hasColors: boolean;
  out(text: string): void;
  err(text: string): void;
  /** Milliseconds from any start. */
  now(): number;
}

export type Command = (terminal: Terminal, given: Arguments) => number;

const RUN: Readonly<Record<string, Command>> = { generate, check, list, graph, explain };

export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  const isJson = argv.includes('--json');
  try {
    const given = parseArguments(argv);
    if (given.version) return say(terminal, `${version()}\n`);
    if (given.help || given.command === undefined) return say(terminal, HELP);
    const command = Object.hasOwn(RUN, given.command) ? RUN[given.command] : undefined;
    if (command === undefined) throw unknownCommand(given.command);
    return command(terminal, given);
  } catch (error) {
    return fail(terminal, error, isJson);
  }
}

function say(terminal: Terminal, text: string): number {
  terminal.out(text);
  return 0;
}

function unknownCommand(name: string): OnwardError {
  const nearest = nearestName(name, COMMANDS);
  const hint = nearest === undefined ? `there are ${COMMANDS.join(', ')}` : `did you mean \`onward ${nearest}\`?`;
  return new OnwardError('ONW6030', `there is no command ${JSON.stringify(name)}; ${hint}`);
}

function fail(terminal: Terminal, error: unknown, isJson: boolean): number {
  const known = isOnwardError(error) ? error : undefined;
  const text = known?.message ?? `ONW6070: a bug of Onward itself; please report it.\n${stackOf(error)}`;
  if (isJson) {
    const code = known?.code ?? 'ONW6070';
    terminal.out(printJson({ ok: false, error: { code, message: text.replace(`${code}: `, '') } }));
  } else terminal.err(`error ${text}\n`);
  if (known === undefined) return 70;
  return known.code.startsWith('ONW6') ? 2 : 1;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
