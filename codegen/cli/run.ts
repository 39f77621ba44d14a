// Command line in, exit code out.
//
// RUN-1. 0 fine, 1 problems in the user's code, 2 wrong usage or configuration, 3 the wiring is missing or stale, 70 our own
//        bug.
// RUN-2. Nothing here loads the generator or ts-morph: a command does, when it reads a project.
// RUN-3. With `--json` stdout has one JSON value in every case.

import { didYouMean } from '../../src/errors/nearest-name.ts';
import { isOnwardError, OnwardError } from '../../src/errors/onward-error.ts';
import { packageVersion } from '../package-root.ts';
import { showWord, visibleLines } from '../quote.ts';
import { showList } from '../words.ts';
import { parseArguments, VALUE_FLAGS, wrongUsage, type Arguments, type ValueFlag } from './arguments.ts';
import { COMMANDS, faceOf, flagsOf, helpOf, isCommand, type CommandName } from './help.ts';
import { printJson } from './print-json.ts';
import type { Terminal } from './terminal.ts';

type Command = (terminal: Terminal, given: Arguments) => number | Promise<number>;

/** Each is loaded when it is asked for. */
const LOAD: Readonly<Record<CommandName, () => Promise<Command>>> = {
  generate: async () => (await import('./generate.ts')).generate,
  check: async () => (await import('./generate.ts')).check,
  list: async () => (await import('./list.ts')).list,
  why: async () => (await import('./why.ts')).why,
  graph: async () => (await import('./graph.ts')).graph,
  diff: async () => (await import('./diff.ts')).diff,
  explain: async () => (await import('./explain.ts')).explain,
  runs: async () => (await import('./runs.ts')).runs,
  inspect: async () => (await import('./runs.ts')).inspect,
  retry: async () => (await import('./steer.ts')).retry,
  suspend: async () => (await import('./steer.ts')).suspend,
  resume: async () => (await import('./steer.ts')).resume,
  cancel: async () => (await import('./steer.ts')).cancel,
  send: async () => (await import('./steer.ts')).send,
  pause: async () => (await import('./pause.ts')).pause,
  unpause: async () => (await import('./pause.ts')).unpause,
};

export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const given = parseArguments(argv, flagsOf);
    if (given.version) return say(terminal, given, 'version', packageVersion() ?? 'unknown');
    // `onward help` and `onward help runs` are what newcomers type.
    const isHelp = given.command === 'help';
    const name = isHelp ? given.operands[0] : given.command;
    const command = name === undefined ? undefined : commandOf(name);
    if (command === undefined && !given.help && !isHelp) assertNoFlags(given);
    if (given.help || isHelp || command === undefined) return say(terminal, given, 'help', helpOf(command));
    assertTaken(command, given);
    assertNode(process.versions.node);
    const perform = await LOAD[command]();
    return await perform(terminal, given);
  } catch (error) {
    // The words may be what is wrong, so they are not parsed again.
    return fail(
      terminal,
      error,
      argv.some((word) => word === '--json' || word.startsWith('--json=')),
    );
  }
}

/** As in `engines` of our package.json. */
const OLDEST = [20, 19] as const;

/** @throws {OnwardError} ONW6011 for a Node that is older than what Onward needs. */
export function assertNode(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw new OnwardError(
    'ONW6011',
    `this is Node ${version}, and onward needs ${OLDEST.join('.')} or newer; update Node`,
  );
}

function say(terminal: Terminal, { json }: Arguments, what: 'help' | 'version', text: string): number {
  terminal.out(json ? printJson({ ok: true, [what]: text }) : `${text.trimEnd()}\n`);
  return 0;
}

/** A flag without a command asks for something that nothing would do. */
function assertNoFlags({ given }: Arguments): void {
  const flag = [...given].find((name) => name !== 'json');
  if (flag === undefined) return;
  // Of those that have it, a file of runs is what `runs` takes.
  const taker = ['runs', ...Object.keys(COMMANDS)].find((name) => isCommand(name) && hasFlag(name, flag)) ?? 'runs';
  throw wrongUsage(
    `--${flag} is a flag of a command, as in \`onward ${taker} --${flag}\`; \`onward --help\` has all of them`,
  );
}

function hasFlag(command: CommandName, flag: string): boolean {
  return faceOf(command).usage.includes(`--${flag}`);
}

function commandOf(name: string): CommandName {
  if (isCommand(name)) return name;
  const known = Object.keys(COMMANDS);
  const inFull = (command: string): string => `\`onward ${command}\``;
  const begun = known.filter((command) => command.startsWith(name));
  const hint =
    begun.length === 1
      ? `did you mean ${begun.map(inFull).join('')}?`
      : (didYouMean(name, known, inFull) ?? `there are ${known.join(', ')}`);
  throw wrongUsage(`there is no command ${showWord(name)}; ${hint}`);
}

/** What a command would silently ignore is wrong usage too. */
function assertTaken(command: CommandName, given: Arguments): void {
  assertFlagsOfRuns(command, given);
  assertOperands(command, given);
  assertFlags(command, given);
}

function assertOperands(command: CommandName, { operands }: Arguments): void {
  const { operand, most = 1 } = faceOf(command);
  const [first, ...others] = operands;
  if (operand === undefined) {
    if (first !== undefined) {
      const hint = faceOf(command).ofRuns === undefined ? 'a tsconfig is given with --project' : 'filters are flags';
      throw wrongUsage(`${command} takes no ${showWord(first)}; ${hint}`);
    }
  } else if (others.length >= most) {
    const words = showList(operands.map(showWord), 'and');
    throw wrongUsage(
      `${command} takes one ${operand.name}, got ${operands.length}: ${words}; ask for one at a time, and put quotes around what has blanks`,
    );
  } else if (operand.isNeeded && (operands[most - 1] ?? '').trim() === '') {
    throw wrongUsage(`${command} needs a ${operand.name}, as in \`${operand.example}\``);
  }
}

function assertFlags(command: CommandName, { format, allow, json, noCache, watch, client }: Arguments): void {
  const { formats, isCached, isWatching, isDeploying, isAllowing } = faceOf(command);
  if (client && isDeploying !== true) throw wrongUsage(`${command} takes no --client; only check does`);
  if (noCache && isCached !== true) throw wrongUsage(`${command} takes no --no-cache; only generate and check do`);
  if (watch && isWatching !== true) throw wrongUsage(`${command} takes no --watch; only generate does`);
  if (watch && json) throw wrongUsage('--watch prints lines for people; leave out --json or --watch');
  if (allow.length > 0 && isAllowing !== true) throw wrongUsage(`${command} takes no --allow; only diff does`);
  if (format === undefined) return;
  if (formats === undefined) throw wrongUsage(`${command} takes no --format; only graph and diff do`);
  if (!formats.includes(format))
    throw wrongUsage(`there is no format ${showWord(format)}; there are ${showList(formats, 'and')}`);
  if (json && format !== 'json') throw wrongUsage(`--format ${format} is not JSON; leave out --json or --format`);
}

/** Commands of runs know no project, and those of a project no runs. */
function assertFlagsOfRuns(command: CommandName, { given, values }: Arguments): void {
  const { ofRuns } = faceOf(command);
  for (const flag of [...VALUE_FLAGS, 'values'] as const) {
    if (!given.has(flag) || takes(command, flag)) continue;
    const takers = Object.keys(COMMANDS).filter((name) => isCommand(name) && takes(name, flag));
    throw wrongUsage(
      `${command} takes no --${flag}; only ${showList(takers, 'and', takers.length)} ${takers.length === 1 ? 'does' : 'do'}`,
    );
  }
  if (ofRuns === undefined) return;
  if (given.has('project')) throw wrongUsage(`${command} takes no --project; it is about runs, and reads no sources`);
  if (values.engine === undefined)
    throw wrongUsage(
      `${command} needs the file of the runs, or the address of a Redis, as in \`--engine onward.db\` or \`--engine redis://127.0.0.1:6379\``,
    );
}

/** An engine is also what a project is checked for. */
function takes(command: CommandName, flag: ValueFlag | 'values'): boolean {
  const { ofRuns = [], isDeploying } = faceOf(command);
  return ofRuns.includes(flag) || (flag === 'engine' && isDeploying === true);
}

function fail(terminal: Terminal, error: unknown, isJson: boolean): number {
  const known = isOnwardError(error) ? error : undefined;
  const text = known?.message ?? `ONW6070: a bug of Onward itself; please report it.\n${stackOf(error)}`;
  if (isJson) {
    const code = known?.code ?? 'ONW6070';
    terminal.out(printJson({ ok: false, error: { code, message: text.replace(`${code}: `, '') } }));
  } else terminal.err(`error ${visibleLines(text)}\n`);
  if (known === undefined) return 70;
  return known.code.startsWith('ONW6') ? 2 : 1;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
