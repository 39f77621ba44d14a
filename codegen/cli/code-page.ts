// The page of a code, from Markdown to what a terminal shows.
//
// P1. The pages lie in docs/codes and come with the package: one for every code, its title the meaning in the table.
// P2. Only what the pages use is understood: headings, paragraphs, fenced blocks. Everything else is left as it is.

import { existsSync, readFileSync } from 'node:fs';
import type { ErrorCode } from '../../src/errors/codes.ts';

/** Paragraphs are wrapped for the narrowest terminal in use. */
const WIDTH = 80;
const INDENT = '    ';
/** What stands in backticks is not torn apart. */
const WORD = /(?:`[^`]*`|[^ `])+/g;

/** The page without its title, as plain text. */
export function pageText(code: ErrorCode): string {
  const [, ...lines] = readFileSync(pageUrl(code), 'utf8').split(/\r?\n/);
  return plainText(lines);
}

/** The folder's depth below this file differs between sources and build. */
function pageUrl(code: ErrorCode): URL {
  const inSources = new URL(`../../docs/codes/${code}.md`, import.meta.url);
  return existsSync(inSources) ? inSources : new URL(`../../../docs/codes/${code}.md`, import.meta.url);
}

function plainText(lines: readonly string[]): string {
  const blocks: string[] = [];
  let paragraph: string[] = [];
  const endParagraph = (): void => {
    if (paragraph.length > 0) blocks.push(wrapped(paragraph.join(' ')));
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

/** The file's name stands after the language: "ts src/mail.ts". */
function codeBlock(fence: string, lines: readonly string[]): string {
  const [, file] = fence.split(' ');
  const code = lines.map((line) => (line === '' ? '' : `${INDENT}${line}`));
  return [...(file === undefined ? [] : [`  ${file}`]), ...code].join('\n');
}

function wrapped(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.match(WORD) ?? []) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line].join('\n');
}
