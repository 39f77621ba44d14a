// `onward explain [code]`: the page of a code, or the list of all codes.

import { CODES, type ErrorCode } from '../../src/errors/codes.ts';
import { nearestName } from '../../src/errors/nearest-name.ts';
import { OnwardError } from '../../src/errors/onward-error.ts';
import type { Arguments } from './arguments.ts';
import { pageText } from './code-page.ts';
import type { Terminal } from './run.ts';

const ALL = Object.keys(CODES).filter(isCode);

export function explain(terminal: Terminal, { operands, json }: Arguments): number {
  const [asked, ...others] = operands;
  if (others.length > 0) throw new OnwardError('ONW6030', `explain takes one code, and got ${operands.length}`);
  if (asked === undefined) return listCodes(terminal, json);
  const code = codeOf(asked);
  const title = CODES[code];
  const text = pageText(code);
  terminal.out(json ? `${JSON.stringify({ ok: true, code, title, text })}\n` : `${code}: ${title}\n\n${text}\n`);
  return 0;
}

function listCodes(terminal: Terminal, json: boolean): number {
  const codes = ALL.map((code) => ({ code, title: CODES[code] }));
  if (json) terminal.out(`${JSON.stringify({ ok: true, codes })}\n`);
  else terminal.out(`${codes.map(({ code, title }) => `${code}  ${title}`).join('\n')}\n`);
  return 0;
}

/** Takes `ONW1101`, `onw1101` and `1101`. */
function codeOf(asked: string): ErrorCode {
  const code = /^\d+$/.test(asked) ? `ONW${asked}` : asked.toUpperCase();
  if (isCode(code)) return code;
  const nearest = nearestName(code, ALL);
  const hint = nearest === undefined ? '`onward explain` lists all of them' : `did you mean ${nearest}?`;
  // Nothing else belongs into a code, and a terminal might obey it.
  const shown = asked.slice(0, 40).replace(/[^ -~]/g, '?');
  throw new OnwardError('ONW6030', `there is no code ${JSON.stringify(shown)}; ${hint}`);
}

function isCode(text: string): text is ErrorCode {
  return Object.hasOwn(CODES, text);
}
