// `onward explain <code>`

import { nearestName } from '../../src/errors/nearest-name.ts';
import { CODES } from '../../src/errors/codes.ts';
import { OnwardError } from '../../src/errors/onward-error.ts';
import type { Arguments } from './arguments.ts';
import type { Terminal } from './run.ts';

export function explain(terminal: Terminal, { operands, json }: Arguments): number {
  const [asked] = operands;
  const code = asked?.toUpperCase();
  const known: Readonly<Record<string, string>> = CODES;
  if (code === undefined || !Object.hasOwn(known, code)) {
    const nearest = code === undefined ? undefined : nearestName(code, Object.keys(known));
    const hint = nearest === undefined ? 'give one like ONW1101' : `did you mean ${nearest}?`;
    throw new OnwardError(
      'ONW6030',
      asked === undefined ? `explain needs a code; ${hint}` : `there is no code ${JSON.stringify(asked)}; ${hint}`,
    );
  }
  const meaning = known[code] ?? '';
  terminal.out(json ? `${JSON.stringify({ ok: true, code, meaning })}\n` : `${code}: ${meaning}\n`);
  return 0;
}
