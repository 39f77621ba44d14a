// Thrown and caught while one text is read; nobody outside sees it.

import { quoted } from '../message/describe.ts';
import type { Words } from './problems.ts';

/** A text is no expression, with the first place where that shows. */
export class SyntaxProblem extends Error implements Words {
  override readonly name: string = 'SyntaxProblem';
  readonly expected: string;
  readonly got: string;

  constructor(expected: string, text: string, at: number) {
    super(expected);
    this.expected = expected;
    this.got = `${standingAt(text, at)} at character ${[...text.slice(0, at)].length + 1}`;
  }
}

/** What stands at a place of the text, in a few characters. */
function standingAt(text: string, at: number): string {
  const [word = ''] = /^([\p{L}\p{N}_$]{1,20}|&&|\|\||[=!]==?|[<>]=|\?\.|.)?/su.exec(text.slice(at, at + 40)) ?? [];
  return word === '' ? 'the end of the text' : quoted(word);
}
