// The specifiers of imports in a text, found without parsing it.
//
// SPECIFIER-1. None is missed that the compiler sees. One too many costs a look: texts may look like imports.
// SPECIFIER-2. No text takes longer than its length: an open comment is searched for its end once.

import type { TypeScript } from './compiler.ts';

export interface Specifier {
  readonly text: string;
  /** It is written with `require`. */
  readonly isRequired: boolean;
}

const WORD = /\b(?:from|import|require)\b|\/\/\/\s*<reference\s+path\s*=\s*/g;

export function specifiersIn(ts: TypeScript, text: string): Specifier[] {
  const found = new Map<string, Specifier>();
  const add = (specifier: string, isRequired: boolean): void => {
    found.set(isRequired ? `require ${specifier}` : specifier, { text: specifier, isRequired });
  };
  for (const match of text.matchAll(WORD)) {
    const [word] = match;
    const at = quoteAfter(text, match.index + word.length, word === 'import' || word === 'require');
    const mark = at === undefined ? undefined : text[at];
    if (at === undefined || mark === undefined) continue;
    const end = text.indexOf(mark, at + 1);
    const specifier = end < 0 ? '' : text.slice(at + 1, end);
    if (specifier === '' || specifier.includes('\n')) continue;
    // Nobody writes an escape there, but the compiler reads it.
    if (specifier.includes('\\')) return parsedSpecifiers(ts, text);
    if (mark === '`' && specifier.includes('${')) continue;
    if (word.startsWith('/')) add(/^\.\.?\//.test(specifier) ? specifier : `./${specifier}`, false);
    else add(specifier, word === 'require');
  }
  return [...found.values()];
}

function parsedSpecifiers(ts: TypeScript, text: string): Specifier[] {
  const { importedFiles } = ts.preProcessFile(text, true, true);
  return importedFiles.flatMap(({ fileName }) => [false, true].map((isRequired) => ({ text: fileName, isRequired })));
}

/** Where a quoted text begins, after blanks, comments and one parenthesis; undefined if something else is there. */
function quoteAfter(text: string, start: number, mayBeCalled: boolean): number | undefined {
  let isCalled = !mayBeCalled;
  for (let at = start; at < text.length; at++) {
    const letter = text[at] ?? '';
    if (letter === "'" || letter === '"' || letter === '`') return at;
    if (letter === '(' && !isCalled) isCalled = true;
    else if (letter === '/') {
      const end = endOfComment(text, at);
      if (end === undefined) return undefined;
      at = end;
    } else if (letter.trim() !== '') return undefined;
  }
  return undefined;
}

// Longer comments stand nowhere between a word and its specifier.
const MAX_COMMENT = 2_000;

function endOfComment(text: string, start: number): number | undefined {
  const near = text.slice(start, start + MAX_COMMENT);
  if (near.startsWith('//')) {
    const end = near.search(/[\n\r\u2028\u2029]/);
    return end < 0 ? undefined : start + end;
  }
  const end = near.startsWith('/*') ? near.indexOf('*/', 2) : -1;
  return end < 0 ? undefined : start + end + 1;
}
