// `onward explain`: the page of a code as a terminal shows it, the list of all codes, or the code that a line of the wiring
// was written for.
//
// EXPLAIN-1. The pages are in docs/codes and come with the package: one for each code, with its meaning as the title.
// EXPLAIN-2. Of Markdown only headings, paragraphs and fenced blocks are read, as the pages use them. The rest is printed
//            as it is.
// EXPLAIN-3. The numbers that steps and runs have are explained too: by the table of docs/errors.md.

import { CODES, type ErrorCode } from '../../src/errors/codes.ts';
import { didYouMean } from '../../src/errors/nearest-name.ts';
import { packageRoot } from '../package-root.ts';
import { showWord } from '../quote.ts';
import { wrapped } from '../words.ts';
import { wrongUsage, type Arguments } from './arguments.ts';
import { printJson } from './print-json.ts';
import type { Terminal } from './terminal.ts';
import { explainLine, wiringLineOf } from './wiring-place.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ALL = Object.keys(CODES).filter(isCode);

export function explain(terminal: Terminal, given: Arguments): number {
  const { operands, json } = given;
  const [asked] = operands;
  if (asked === undefined) return listCodes(terminal, json);
  const step = stepCodeOf(asked);
  if (step !== undefined) {
    terminal.out(json ? printJson({ ok: true, ...step }) : `${step.code}: ${step.name}\n\n${stepText(step)}\n`);
    return 0;
  }
  const line = wiringLineOf(asked);
  if (line !== undefined) return explainLine(terminal, given, line);
  const code = readCode(asked);
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
function readCode(asked: string): ErrorCode {
  const code = /^\d+$/.test(asked) ? `ONW${asked}` : asked.toUpperCase();
  if (isCode(code)) return code;
  const hint = didYouMean(code, ALL) ?? '`onward explain` lists all of them';
  throw wrongUsage(`there is no code ${showWord(asked)}; ${hint}`);
}

interface ExplainedStep {
  readonly code: number;
  readonly name: string;
  readonly meaning: string;
  /** What to do; absent where there is nothing to do. */
  readonly advice?: string;
}

/** The step code of a number, or of a name such as `JOIN_UNREACHABLE`; undefined if there is none. */
function stepCodeOf(asked: string): ExplainedStep | undefined {
  const rows = readFileSync(join(packageRoot(), 'docs/errors.md'), 'utf8').matchAll(STEP_ROW);
  for (const { groups: { code = '', name = '', meaning = '', advice = '' } = {} } of rows) {
    const read = {
      code: Number(code.replace('−', '-')),
      name,
      meaning: meaning.replace(LINK, '$<text>'),
      ...(advice !== '' && { advice: advice.replace(LINK, '$<text>') }),
    };
    if (asked === String(read.code) || asked.toUpperCase() === name) return read;
  }
  return undefined;
}

/** A row of the table: `| 101 | \`UNHANDLED_EXCEPTION\` | the body threw | see the \`error\` |`. */
const STEP_ROW = /^\| (?<code>−?\d+) \| `(?<name>[A-Z_]+)` \| (?<meaning>[^|]+) \|(?: (?<advice>[^|]+))? \|$/gm;
const LINK = /\[(?<text>[^\]]+)\]\([^)]+\)/g;

function stepText({ meaning, advice }: ExplainedStep): string {
  const paragraphs = [
    `The code of a step, or of a run: ${meaning}.`,
    ...(advice === undefined ? [] : [`What to do: ${advice}.`]),
    'The table of all of them is in docs/errors.md, under "Step codes".',
  ];
  return paragraphs.map((text) => wrapped(text, WIDTH)).join('\n\n');
}

function isCode(text: string): text is ErrorCode {
  return Object.hasOwn(CODES, text);
}

/** Paragraphs fit a terminal of 80 columns. */
const WIDTH = 80;
const INDENT = '    ';

/** The page without its title, as plain text. */
function pageText(code: ErrorCode): string {
  const [, ...lines] = readFileSync(join(packageRoot(), 'docs/codes', `${code}.md`), 'utf8').split(/\r?\n/);
  return plainText(lines);
}

function plainText(lines: readonly string[]): string {
  const blocks: string[] = [];
  let paragraph: string[] = [];
  const endParagraph = (): void => {
    if (paragraph.length > 0) blocks.push(wrapped(paragraph.join(' '), WIDTH));
    paragraph = [];
  };
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line.startsWith('```')) {
      endParagraph();
      const end = lines.indexOf('```', at + 1);
      blocks.push(codeBlock(line, lines.slice(at + 1, end)));
      at = end;
    } else if (line.startsWith('## ')) {
      endParagraph();
      blocks.push(heading(line.slice(3)));
    } else if (line === '') endParagraph();
    else paragraph.push(line);
  }
  endParagraph();
  return blocks.join('\n\n');
}

function heading(text: string): string {
  return `${text}\n${'-'.repeat(text.length)}`;
}

/** The name of the file follows the language: "ts src/mail.ts". */
function codeBlock(fence: string, lines: readonly string[]): string {
  const [, file] = fence.split(' ');
  const code = lines.map((line) => (line === '' ? '' : `${INDENT}${line}`));
  return [...(file === undefined ? [] : [`  ${file}`]), ...code].join('\n');
}
