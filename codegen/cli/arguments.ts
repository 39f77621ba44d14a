// The words after `onward`.

import { parseArgs } from 'node:util';
import { didYouMean } from '../../src/errors/nearest-name.ts';
import { OnwardError } from '../../src/errors/onward-error.ts';
import { showWord } from '../quote.ts';

export interface Arguments {
  readonly command: string | undefined;
  readonly operands: readonly string[];
  readonly project: string;
  readonly format: string | undefined;
  readonly allow: readonly string[];
  readonly json: boolean;
  readonly noCache: boolean;
  readonly watch: boolean;
  /** Also checks what clients load. */
  readonly client: boolean;
  readonly help: boolean;
  readonly version: boolean;
  /** Those that have a value, as they were given. */
  readonly values: Readonly<Partial<Record<ValueFlag, string>>>;
  readonly showsValues: boolean;
  /** Every flag that was given. */
  readonly given: ReadonlySet<string>;
}

/** Flags of the commands that are about runs; `check` takes `engine`, too. */
export type ValueFlag = (typeof VALUE_FLAGS)[number];

export const VALUE_FLAGS = [
  'engine',
  'status',
  'job',
  'node',
  'tag',
  'id',
  'text',
  'older-than',
  'newer-than',
  'limit',
  'cursor',
  'reason',
  'from',
  'message',
  'message-id',
] as const;

export const DEFAULT_PROJECT = 'tsconfig.json';

const FLAGS = {
  project: { type: 'string', short: 'p', default: DEFAULT_PROJECT, example: '--project tsconfig.build.json' },
  format: { type: 'string', example: '--format dot' },
  allow: { type: 'string', multiple: true, example: '--allow Billing.refund:removed' },
  engine: { type: 'string', example: '--engine onward.db' },
  status: { type: 'string', example: '--status failed' },
  job: { type: 'string', example: "--job 'Billing.*'" },
  node: { type: 'string', example: '--node Billing.charge' },
  tag: { type: 'string', example: '--tag gold' },
  id: { type: 'string', example: "--id 'order-*'" },
  text: { type: 'string', example: '--text declined' },
  'older-than': { type: 'string', example: '--older-than 2h' },
  'newer-than': { type: 'string', example: '--newer-than 10m' },
  limit: { type: 'string', example: '--limit 20' },
  cursor: { type: 'string', example: '--cursor 1764450000000~order-7' },
  reason: { type: 'string', example: "--reason 'the customer called'" },
  from: { type: 'string', example: '--from Billing.charge' },
  message: { type: 'string', example: `--message '{ "by": "ann" }'` },
  'message-id': { type: 'string', example: '--message-id ann-1' },
  values: { type: 'boolean', default: false },
  client: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  watch: { type: 'boolean', default: false },
  'no-cache': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', short: 'v', default: false },
} as const;

/**
 * @param flagsOf what a command takes, to name the nearest of these; undefined if there is no such command.
 * @throws {OnwardError} ONW6030 for what is not known, with the nearest name.
 */
export function parseArguments(
  argv: readonly string[],
  flagsOf: (command: string) => readonly string[] | undefined,
): Arguments {
  const { tokens } = parseArgs({
    args: [...argv],
    options: FLAGS,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const flag = Object.hasOwn(FLAGS, token.name) ? FLAGS[token.name as keyof typeof FLAGS] : undefined;
    if (flag === undefined) {
      const word = tokens.find((other) => other.kind === 'positional')?.value;
      throw unknownFlag(token.rawName, (word === undefined ? undefined : flagsOf(word)) ?? ALL_FLAGS);
    }
    if (flag.type === 'boolean' && token.value !== undefined) {
      throw wrongUsage(`${token.rawName} takes no value; write it alone, or leave it out`);
    }
    // `--project --json` forgot the value; a file whose name starts with a dash is written `--project=-x`.
    const isForgotten = !token.value || (token.inlineValue === false && token.value.startsWith('-'));
    if (flag.type === 'string' && isForgotten) {
      throw wrongUsage(`${token.rawName} needs a value, as in \`${flag.example}\``);
    }
    if (flag.type === 'string' && !('multiple' in flag) && seen.has(token.name)) {
      throw wrongUsage(`${token.rawName} is given twice; one command takes one`);
    }
    seen.add(token.name);
  }
  const { values, positionals } = parseArgs({ args: [...argv], options: FLAGS, allowPositionals: true });
  const [command, ...operands] = positionals;
  const {
    project,
    format,
    allow = [],
    json,
    watch,
    client,
    help,
    version,
    values: showsValues,
    'no-cache': noCache,
  } = values;
  const given = VALUE_FLAGS.flatMap((flag) => {
    const value = values[flag];
    return value === undefined ? [] : [[flag, value] as const];
  });
  return {
    ...{ command, operands, project, format, allow, json, noCache, watch, client, help, version, showsValues },
    values: Object.fromEntries(given),
    given: seen,
  };
}

/** ONW6030. */
export function wrongUsage(text: string): OnwardError {
  return new OnwardError('ONW6030', text);
}

const ALL_FLAGS = Object.keys(FLAGS).map((flag) => `--${flag}`);

function unknownFlag(name: string, known: readonly string[]): OnwardError {
  const hint = didYouMean(name, known) ?? `there are ${known.join(', ')}`;
  return wrongUsage(`there is no flag ${showWord(name).slice(1, -1)}; ${hint}`);
}
