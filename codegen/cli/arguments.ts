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
  readonly help: boolean;
  readonly version: boolean;
}

export const DEFAULT_PROJECT = 'tsconfig.json';

const FLAGS = {
  project: { type: 'string', short: 'p', default: DEFAULT_PROJECT, example: '--project tsconfig.build.json' },
  format: { type: 'string', example: '--format dot' },
  allow: { type: 'string', multiple: true, example: '--allow Billing.refund:removed' },
  json: { type: 'boolean', default: false },
  watch: { type: 'boolean', default: false },
  'no-cache': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', short: 'v', default: false },
} as const;

/** @throws {OnwardError} ONW6030 for what is not known, with the nearest name. */
export function parseArguments(argv: readonly string[]): Arguments {
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
    if (flag === undefined) throw unknownFlag(token.rawName);
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
  const { 'no-cache': noCache, ...others } = values;
  return { command, operands, ...others, noCache, format: values.format, allow: values.allow ?? [] };
}

/** ONW6030. */
export function wrongUsage(text: string): OnwardError {
  return new OnwardError('ONW6030', text);
}

function unknownFlag(name: string): OnwardError {
  const known = Object.keys(FLAGS).map((flag) => `--${flag}`);
  const hint = didYouMean(name, known) ?? `there are ${known.join(', ')}`;
  return wrongUsage(`there is no flag ${showWord(name).slice(1, -1)}; ${hint}`);
}
