// The words after `onward`.

import { parseArgs } from 'node:util';
import { nearestName } from '../../src/errors/nearest-name.ts';
import { OnwardError } from '../../src/errors/onward-error.ts';

export interface Arguments {
  readonly command: string | undefined;
  readonly operands: readonly string[];
  readonly project: string;
  readonly format: string | undefined;
  readonly json: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

const FLAGS = {
  project: { type: 'string', short: 'p', default: 'tsconfig.json' },
  format: { type: 'string' },
  json: { type: 'boolean', default: false },
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
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const flag = Object.hasOwn(FLAGS, token.name) ? FLAGS[token.name as keyof typeof FLAGS] : undefined;
    if (flag === undefined) throw unknownFlag(token.rawName);
    const needsValue = flag.type === 'string';
    if (needsValue === (token.value === undefined)) {
      throw new OnwardError(
        'ONW6030',
        needsValue ? `${token.rawName} needs a value` : `${token.rawName} takes no value`,
      );
    }
  }
  const { values, positionals } = parseArgs({ args: [...argv], options: FLAGS, allowPositionals: true });
  const [command, ...operands] = positionals;
  return { command, operands, ...values, format: values.format };
}

function unknownFlag(name: string): OnwardError {
  const known = Object.keys(FLAGS).map((flag) => `--${flag}`);
  const nearest = nearestName(name, known);
  const hint = nearest === undefined ? `there are ${known.join(', ')}` : `did you mean ${nearest}?`;
  return new OnwardError('ONW6030', `there is no flag ${name}; ${hint}`);
}
