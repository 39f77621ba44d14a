// Reads JSON that a person wrote, and says where it is wrong.
//
// JSON-TEXT-1. It accepts exactly what JSON allows, and a byte order mark before it. Duplicate keys are refused: one of
//     the two would be lost.
// JSON-TEXT-2. Every error has a line and a column, counted from 1, in characters.
// JSON-TEXT-3. `__proto__` is a key like any other here; the parser of messages refuses it, with its path.

import { OnwardError } from '../errors/onward-error.ts';
import { quoted } from '../values/describe.ts';
import { type Json, setOwnField } from '../values/json.ts';
import { DEFAULT_LIMITS, type MessageLimits } from '../values/sanitize.ts';

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/**
 * The data that JSON holds, given as a string or as UTF-8 bytes.
 *
 * @throws {OnwardError} ONW2006 with line and column, ONW2004 past a limit of size or depth.
 */
export function parseJsonText(source: string | Uint8Array, limits: Partial<MessageLimits> = {}): Json {
  const all = { ...DEFAULT_LIMITS, ...limits };
  const size = typeof source === 'string' ? Buffer.byteLength(source) : source.byteLength;
  if (size > all.maxBytes)
    throw new OnwardError('ONW2004', `the JSON has ${size} bytes; at most ${all.maxBytes} are read`);
  const text = typeof source === 'string' ? source : decodeText(source);
  return new Reader(text.startsWith('\uFEFF') ? text.slice(1) : text, all.maxDepth).document();
}

function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const utf16 =
    (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || first === 0 || second === 0;
  if (utf16) throw wrongEncoding('UTF-16');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw wrongEncoding('not UTF-8', cause);
  }
}

function wrongEncoding(what: string, cause?: unknown): OnwardError {
  return new OnwardError('ONW2006', `1:1: the JSON is ${what}; save it as UTF-8`, {
    details: { line: 1, column: 1 },
    cause,
  });
}

class Reader {
  readonly #text: string;
  readonly #maxDepth: number;
  #at = 0;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  document(): Json {
    if (this.#text.includes('\0'))
      throw this.#wrong('the JSON has NUL characters: save it as UTF-8, not UTF-16', this.#text.indexOf('\0'));
    const value = this.#value(1);
    this.#space();
    if (this.#at < this.#text.length) throw this.#wrong(`expected the end of the JSON, got ${this.#here()}`);
    return value;
  }

  #value(depth: number): Json {
    this.#space();
    const start = this.#text[this.#at];
    if (start === '{' || start === '[') {
      if (depth > this.#maxDepth) throw this.#wrong(`expected at most ${this.#maxDepth} levels`, this.#at, 'ONW2004');
      this.#at += 1;
      return start === '{' ? this.#object(depth) : this.#array(depth);
    }
    if (start === '"') return this.#string();
    return this.#word();
  }

  #object(depth: number): Json {
    const object: { [key: string]: Json } = {};
    if (this.#skips('}')) return object;
    for (;;) {
      this.#space();
      const keyAt = this.#at;
      if (this.#text[keyAt] !== '"') throw this.#wrong(`expected a key in double quotes, got ${this.#here()}`);
      const key = this.#string();
      if (Object.hasOwn(object, key)) throw this.#wrong(`the key ${quoted(key)} is used twice in one object`, keyAt);
      this.#expect(':');
      setOwnField(object, key, this.#value(depth + 1));
      if (this.#ends('}')) return object;
    }
  }

  #array(depth: number): Json {
    const items: Json[] = [];
    if (this.#skips(']')) return items;
    for (;;) {
      items.push(this.#value(depth + 1));
      if (this.#ends(']')) return items;
    }
  }

  /** After a part: true at the closing bracket, false after a comma that another part follows. */
  #ends(close: '}' | ']'): boolean {
    if (this.#skips(close)) return true;
    const comma = this.#at;
    if (!this.#skips(',')) throw this.#wrong(`expected "," or "${close}", got ${this.#here()}`);
    this.#space();
    if (this.#text[this.#at] === close) throw this.#wrong(`a comma before "${close}" is not allowed in JSON`, comma);
    return false;
  }

  #string(): string {
    let read = '';
    let from = this.#at + 1;
    for (let at = from; ; at += 1) {
      const unit = this.#text.charCodeAt(at);
      if (Number.isNaN(unit)) throw this.#wrong('a string has no closing quote');
      if (unit < 0x20)
        throw this.#wrong('a line break or control character in a string must be escaped, as in "\\n"', at);
      if (unit === 0x22) {
        this.#at = at + 1;
        return read + this.#text.slice(from, at);
      }
      if (unit !== 0x5c) continue;
      const [character, length] = this.#escape(at);
      read += this.#text.slice(from, at) + character;
      at += length - 1;
      from = at + 1;
    }
  }

  #escape(at: number): readonly [character: string, length: number] {
    const kind = this.#text[at + 1] ?? '';
    const simple = Object.hasOwn(SIMPLE_ESCAPES, kind) ? SIMPLE_ESCAPES[kind] : undefined;
    if (simple !== undefined) return [simple, 2];
    const digits = this.#text.slice(at + 2, at + 6);
    if (kind === 'u' && /^[0-9a-fA-F]{4}$/.test(digits)) return [String.fromCharCode(Number.parseInt(digits, 16)), 6];
    throw this.#wrong(
      `a backslash before ${kind === '' ? 'the end' : quoted(kind)} is not an escape that JSON knows`,
      at,
    );
  }

  #word(): Json {
    const word = /[^\s,:{}[\]"]*/y;
    word.lastIndex = this.#at;
    const [found = ''] = word.exec(this.#text) ?? [];
    const literal = literalOf(found);
    if (literal === undefined) throw this.#wrong(`expected a value, got ${this.#here()}`);
    this.#at += found.length;
    return literal;
  }

  #space(): void {
    const space = /[ \t\r\n]*/y;
    space.lastIndex = this.#at;
    space.test(this.#text);
    this.#at = space.lastIndex;
  }

  #skips(character: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #expect(character: string): void {
    if (!this.#skips(character)) throw this.#wrong(`expected "${character}", got ${this.#here()}`);
  }

  /** What stands at the reader's place, for errors. */
  #here(): string {
    const [word = ''] = /^([\p{L}\p{N}_.+-]{1,20}|.)?/su.exec(this.#text.slice(this.#at, this.#at + 40)) ?? [];
    if (word === '') return 'the end of the JSON';
    return word === "'" ? 'a single quote; JSON uses double quotes' : quoted(word);
  }

  #wrong(what: string, at: number = this.#at, code: 'ONW2004' | 'ONW2006' = 'ONW2006'): OnwardError {
    const before = this.#text.slice(0, at).split(/\r\n|\r|\n/);
    const line = before.length;
    const column = [...(before.at(-1) ?? '')].length + 1;
    return new OnwardError(code, `${line}:${column}: ${what}`, { details: { line, column } });
  }
}

function literalOf(word: string): Json | undefined {
  if (word === 'true') return true;
  if (word === 'false') return false;
  if (word === 'null') return null;
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(word) ? Number(word) : undefined;
}
