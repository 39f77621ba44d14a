// What stands in `${…}`: paths, literals, `! && || == != < <= > >=` and parentheses, as plain data. Read from left to
// right, without looking back.
//
// EXPRESSION-1. There are no calls, no arithmetic and no assignments: an expression only reads what it is given.
// EXPRESSION-2. An expression is JSON: it survives a restart, and nothing of it is code.
// EXPRESSION-3. Reading takes time in proportion to the source. Length and nesting are limited, so recursion is bounded.
// EXPRESSION-4. `||` binds less than `&&`, `&&` less than the comparisons, and those less than `!`.
// EXPRESSION-5. A chain of `&&` or `||` is one node, so nesting comes from parentheses and `!` only, and those are counted.

import { quoted } from '../values/describe.ts';
import type { Words } from '../values/issues.ts';

/** Compares two values. */
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** A parsed expression. */
export type ExpressionNode =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'path'; readonly parts: readonly (string | number)[] }
  | { readonly kind: 'not'; readonly of: ExpressionNode }
  | { readonly kind: 'all' | 'any'; readonly of: readonly ExpressionNode[] }
  | {
      readonly kind: 'compare';
      readonly operator: Comparison;
      readonly left: ExpressionNode;
      readonly right: ExpressionNode;
    };

/** An expression with the source it was read from. */
export interface Expression {
  readonly source: string;
  readonly root: ExpressionNode;
}

/** Every path of the expression, from left to right. */
export function pathsOf(node: ExpressionNode): (readonly (string | number)[])[] {
  switch (node.kind) {
    case 'literal':
      return [];
    case 'path':
      return [node.parts];
    case 'not':
      return pathsOf(node.of);
    case 'all':
    case 'any':
      return node.of.flatMap(pathsOf);
    case 'compare':
      return [...pathsOf(node.left), ...pathsOf(node.right)];
  }
}

/** Parentheses and `!` inside each other. */
const DEEPEST = 32;
/** Characters of one expression. */
const LONGEST = 4_096;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** What people write out of habit, and what to write here. */
const HABITS: readonly (readonly [written: RegExp, advice: string])[] = [
  [/[=!]==/y, '`==` or `!=`, which compare strictly here'],
  [/=/y, '`==` to compare'],
  [/&/y, '`&&`'],
  [/\|/y, '`||`'],
  [/and\b/y, '`&&`'],
  [/or\b/y, '`||`'],
  [/\?\./y, '`.`: a missing part gives nothing, without an error'],
  [/\?/y, 'no choice by `?`; `a || b` gives b where a is empty'],
  [/\(/y, 'no call: there are no functions'],
  [/-(?=[a-z_$])/iy, "no arithmetic; a name that has a `-` in it stands in brackets, as in `steps['my-step']`"],
  [/[-+*/%]/y, 'no arithmetic'],
];

/** What stands before the closing brace of a `${…}`, and where the string goes on after it. */
export interface Inserted {
  readonly expression: Expression;
  readonly end: number;
}

/**
 * Reads the expression of a `${…}` that begins at the given place.
 *
 * @throws {SyntaxProblem} where the string is not an expression.
 */
export function readInserted(text: string, at: number): Inserted {
  const reader = new ExpressionReader(text, at + 2);
  const root = reader.expression();
  reader.close();
  return { expression: { source: text.slice(at + 2, reader.at - 1).trim(), root }, end: reader.at };
}

class ExpressionReader {
  /** Where the source is read next. */
  at: number;
  readonly #text: string;
  readonly #start: number;
  #depth = 0;

  constructor(text: string, start: number) {
    this.#text = text;
    this.#start = start;
    this.at = start;
  }

  expression(): ExpressionNode {
    return this.#chain('any', /\|\|/y, () => this.#chain('all', /&&/y, () => this.#comparison()));
  }

  /** Skips the brace that ends the expression. */
  close(): void {
    if (this.#token(/\}/y) !== undefined) return;
    const habit = HABITS.find(([written]) => this.#match(written) !== null);
    throw this.#wrong(habit?.[1] ?? 'an operator or the closing `}`');
  }

  #chain(kind: 'all' | 'any', operator: RegExp, part: () => ExpressionNode): ExpressionNode {
    const first = part();
    if (this.#token(operator) === undefined) return first;
    const of = [first];
    do of.push(part());
    while (this.#token(operator) !== undefined);
    return { kind, of };
  }

  #comparison(): ExpressionNode {
    const left = this.#unary();
    const operator = this.#operator();
    if (operator === undefined) return left;
    const right = this.#unary();
    const at = this.at;
    if (this.#operator() === undefined) return { kind: 'compare', operator, left, right };
    this.at = at;
    throw this.#wrong('two values to compare, not three; use parentheses');
  }

  #operator(): Comparison | undefined {
    switch (this.#token(/(?:[=!]=(?!=)|[<>]=?)/y)) {
      case '==':
        return '==';
      case '!=':
        return '!=';
      case '<':
        return '<';
      case '<=':
        return '<=';
      case '>':
        return '>';
      case '>=':
        return '>=';
      default:
        return undefined;
    }
  }

  #unary(): ExpressionNode {
    if (this.#token(/!(?!=)/y) !== undefined) return this.#nested(() => ({ kind: 'not', of: this.#unary() }));
    if (this.#token(/\(/y) === undefined) return this.#literal() ?? this.#path();
    const inner = this.#nested(() => this.expression());
    if (this.#token(/\)/y) === undefined) throw this.#wrong('an operator or `)`');
    return inner;
  }

  #nested(read: () => ExpressionNode): ExpressionNode {
    if (this.#depth === DEEPEST) throw this.#wrong(`at most ${DEEPEST} parentheses and \`!\` inside each other`);
    this.#depth += 1;
    const node = read();
    this.#depth -= 1;
    return node;
  }

  #literal(): ExpressionNode | undefined {
    const string = this.#string();
    if (string !== undefined) return { kind: 'literal', value: string };
    const at = this.#space();
    const digits = this.#token(/-?\d[\d.]*(?:[eE][-+]?\d+)?/y);
    if (digits !== undefined) return { kind: 'literal', value: this.#number(digits, at) };
    switch (this.#token(/(?:true|false|null)(?![\p{ID_Continue}$])/uy)) {
      case 'true':
        return { kind: 'literal', value: true };
      case 'false':
        return { kind: 'literal', value: false };
      case 'null':
        return { kind: 'literal', value: null };
      default:
        return undefined;
    }
  }

  #number(digits: string, at: number): number {
    const value = Number(digits);
    if (/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE]|$)/.test(digits) && Math.abs(value) <= Number.MAX_SAFE_INTEGER)
      return value === 0 ? 0 : value;
    this.at = at;
    throw this.#wrong('a number as JSON writes it, within ±9007199254740991');
  }

  #path(): ExpressionNode {
    const root = this.#name();
    if (root === undefined)
      throw this.#wrong("a value, such as `steps.<id>.value`, `parameters.<name>`, 5 or 'some string'");
    const parts: (string | number)[] = [root];
    for (;;) {
      if (this.#token(/\./y) !== undefined) parts.push(this.#nameAfterDot());
      else if (this.#token(/\[/y) !== undefined) parts.push(this.#key());
      else return { kind: 'path', parts };
    }
  }

  #nameAfterDot(): string {
    const name = this.#name();
    if (name === undefined) throw this.#wrong("a name; other keys stand in brackets, as in [0] or ['odd name']");
    return name;
  }

  #key(): string | number {
    const key = this.#string() ?? this.#position();
    if (key === undefined) throw this.#wrong('a position such as 0, or a string in quotes');
    if (this.#token(/\]/y) === undefined) throw this.#wrong('`]`');
    return key;
  }

  #position(): number | undefined {
    const digits = this.#token(/(?:0|[1-9]\d{0,8})(?!\d)/y);
    return digits === undefined ? undefined : Number(digits);
  }

  #name(): string | undefined {
    return this.#token(/[\p{ID_Start}$_][\p{ID_Continue}$]*/uy);
  }

  #string(): string | undefined {
    const start = this.#space();
    const quote = this.#token(/['"]/y);
    if (quote === undefined) return undefined;
    let read = '';
    for (;;) {
      const plain = this.#match(/[^'"\\]*/y)?.[0] ?? '';
      read += plain;
      this.at += plain.length;
      const character = this.#text[this.at] ?? '';
      if (character === '') {
        this.at = start;
        throw this.#wrong('a string that ends with the quote it begins with');
      }
      this.at += 1;
      if (character === quote) return read;
      read += character === '\\' ? this.#escaped() : character;
    }
  }

  #escaped(): string {
    const character = this.#text[this.at] ?? '';
    const meant = ESCAPES.get(character);
    if (meant === undefined) throw this.#wrong(`one of ${[...ESCAPES.keys()].join(' ')} after a backslash`);
    this.at += 1;
    return meant;
  }

  /** Skips space, and gives the place after it. */
  #space(): number {
    this.at += this.#match(/[ \t\r\n]*/y)?.[0].length ?? 0;
    return this.at;
  }

  /** Skips space and what fits the pattern, and gives the latter. */
  #token(pattern: RegExp): string | undefined {
    this.#space();
    const found = this.#match(pattern)?.[0];
    if (found === undefined) return undefined;
    this.at += found.length;
    if (this.at - this.#start > LONGEST) throw this.#wrong(`an expression of at most ${LONGEST} characters`);
    return found;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    return pattern.exec(this.#text);
  }

  #wrong(expected: string): SyntaxProblem {
    return new SyntaxProblem(expected, this.#text, this.#space());
  }
}

/** A string is not an expression, with the first place that shows it. Caught by the reader of the string. */
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

/** What stands at a place of the source, in a few characters. */
function standingAt(text: string, at: number): string {
  const [word = ''] = /^([\p{L}\p{N}_$]{1,20}|&&|\|\||[=!]==?|[<>]=|\?\.|.)?/su.exec(text.slice(at, at + 40)) ?? [];
  return word === '' ? 'the end of the string' : quoted(word);
}
