// `onward explain [code]`: the page of a code, or the list of all codes; for a line of the wiring, where it comes from.

import { CODES, type ErrorCode } from '../../src/errors/codes.ts';
import { nearestName } from '../../src/errors/nearest-name.ts';
import { OnwardError } from '../../src/errors/onward-error.ts';
import { visible } from '../emit/quote.ts';
import type { Arguments } from './arguments.ts';
import { pageText } from './code-page.ts';
import { printJson } from './print-json.ts';
import type { Terminal } from './terminal.ts';
import { explainLine, wiringLineOf } from './wiring-place.ts';

const ALL = Object.keys(CODES).filter(isCode);

export function explain(terminal: Terminal, given: Arguments): number {
  const { operands, json } = given;
  const [asked, ...others] = operands;
  if (others.length > 0) throw new OnwardError('ONW6030', `explain takes one code, and got ${operands.length}`);
  if (asked === undefined) return listCodes(terminal, json);
  const line = wiringLineOf(asked);
  if (line !== undefined) return explainLine(terminal, given, line);
  const code = codeOf(asked);
  const title = CODES[code];
  const text = pageText(code);
  terminal.out(json ? printJson({ ok: true, code, title, text }) : `${code}: ${title}\n\n${text}\n`);
  return 0;
}

function listCodes(terminal: Terminal, json: boolean): number {
  const codes = ALL.map((code) => ({ code, title: CODES[code] }));
  if (json) terminal.out(printJson({ ok: true, codes }));
  else terminal.out(`${codes.map(({ code, title }) => `${code}  ${title}`).join('\n')}\n`);
  return 0;
}

/** Takes `ONW1101`, `onw1101` and `1101`. */
function codeOf(asked: string): ErrorCode {
  const code = /^\d+$/.test(asked) ? `ONW${asked}` : asked.toUpperCase();
  if (isCode(code)) return code;
  const nearest = nearestName(code, ALL);
  const hint = nearest === undefined ? '`onward explain` lists all of them' : `did you mean ${nearest}?`;
  throw new OnwardError('ONW6030', `there is no code "${visible(asked.slice(0, 40))}"; ${hint}`);
}

function isCode(text: string): text is ErrorCode {
  return Object.hasOwn(CODES, text);
}
