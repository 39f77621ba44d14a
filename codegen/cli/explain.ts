// `onward explain <code>`

import { nearestName } from '../../src/errors/nearest-name.ts';
import { CODES, type ErrorCode } from '../../src/errors/codes.ts';
import { OnwardError } from '../../src/errors/onward-error.ts';
import { ADVICE } from './advice.ts';
import type { Arguments } from './arguments.ts';
import type { Terminal } from './run.ts';

export function explain(terminal: Terminal, { operands, json }: Arguments): number {
  const [asked] = operands;
  const code = asked?.toUpperCase();
  if (code === undefined || !isCode(code)) {
    const nearest = code === undefined ? undefined : nearestName(code, Object.keys(CODES));
    const hint = nearest === undefined ? 'give one like ONW1101' : `did you mean ${nearest}?`;
    throw new OnwardError(
      'ONW6030',
      asked === undefined ? `explain needs a code; ${hint}` : `there is no code ${JSON.stringify(asked)}; ${hint}`,
    );
  }
  const meaning = CODES[code];
  const advice = ADVICE[code];
  if (json) terminal.out(`${JSON.stringify({ ok: true, code, meaning, advice })}\n`);
  else terminal.out(`${code}: ${meaning}\n${advice === undefined ? '' : `\n${advice}\n`}`);
  return 0;
}

function isCode(text: string): text is ErrorCode {
  return Object.hasOwn(CODES, text);
}
