// Values in words, for texts that people read: short, on one line, and safe to print.
//
// DESCRIBE-1. Nothing of the value runs: no getter, no `toString`, no trap of a proxy that could throw. Only of a thrown
//             error the name and the message are read.
// DESCRIBE-2. Of a long string only the length is named, so that a message never shows what may be a secret.
// DESCRIBE-3. Nothing that comes out changes how a terminal shows the line, or how a reader sees its letters.

import { types } from 'node:util';
import { revivedClassOf } from './class-of.ts';

const LONGEST_SHOWN = 40;
// A URL, a User, a Uint8Array: their U is spoken as "you".
const TAKES_AN = /^(?!U(?:R[IL]|UID|int|nit|ser))[AEIOU]/;
// Controls, format characters (among them bidi controls and zero widths), lone surrogates, separators of lines.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const BASES: ReadonlySet<string> = new Set(['Error', 'TerminalError', 'RetryableError']);
const ASCII_NAME = /^[A-Za-z_$][\w$]*$/;
const NAME = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** The value in a few words, such as `"12"`, `nothing`, `an array of 3 items`. Never throws. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'nothing';
    case 'string':
      return value.length > LONGEST_SHOWN ? `a string of ${value.length} characters` : quoted(value);
    case 'bigint':
      return describeBigint(value);
    case 'symbol':
      return 'a symbol';
    case 'function':
      return 'a function';
    case 'object':
      return value === null ? 'null' : describeObject(value);
    default:
      return Object.is(value, -0) ? '-0' : String(value);
  }
}

/**
 * The text on one line, for error texts, logs and terminals: a name, an id or a reason that comes from outside.
 *
 * Control characters and what starts with one (colours, cursor moves), letters that turn the reading direction, invisible
 * ones and half characters stand as `\u{1b}`. What is printable already is returned as it is.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escaped);
}

/** The text in double quotes, printable, with quotes and backslashes escaped as in JSON. */
export function quoted(text: string): string {
  return printable(JSON.stringify(text));
}

/** The text in backticks, printable: an option or a field in a sentence. */
export function inBackticks(text: string): string {
  return `\`${printable(text)}\``;
}

/** Where a value is: `lines[3].qty`, `prices["a b"]`. The empty path is the message itself. */
export function joinPath(base: string, key: string | number): string {
  if (typeof key === 'number') return `${base}[${key}]`;
  if (!ASCII_NAME.test(key) && !NAME.test(key)) return `${base}[${quoted(shortened(key))}]`;
  return base === '' ? shortened(key) : `${base}.${shortened(key)}`;
}

function shortened(key: string): string {
  return key.length > LONGEST_SHOWN ? `${key.slice(0, LONGEST_SHOWN)}…` : key;
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

function describeBigint(value: bigint): string {
  const text = String(value);
  return text.length > LONGEST_SHOWN ? `a bigint of ${text.length} digits` : `${text}n`;
}

function describeObject(value: object): string {
  if (types.isProxy(value)) return 'a proxy';
  if (Array.isArray(value)) return value.length === 1 ? 'an array of 1 item' : `an array of ${value.length} items`;
  if (types.isDate(value)) return describeDate(value);
  if (types.isPromise(value)) return 'a promise';
  const name = classNameOf(value);
  if (name === undefined || name === 'Object') return 'an object';
  return `${TAKES_AN.test(name) ? 'an' : 'a'} ${name}`;
}

function describeDate(value: Date): string {
  const time = Date.prototype.getTime.call(value);
  return Number.isNaN(time) ? 'an invalid date' : `the date ${new Date(time).toISOString()}`;
}

/** The name of the value's class, read without running a getter. */
function classNameOf(value: object): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (typeof prototype !== 'object' || prototype === null || types.isProxy(prototype)) return undefined;
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  if (typeof constructor !== 'function' || types.isProxy(constructor)) return undefined;
  const name: unknown = Object.getOwnPropertyDescriptor(constructor, 'name')?.value;
  return typeof name === 'string' && /^[\p{ID_Start}$_][\p{ID_Continue}$]{0,39}$/u.test(name) ? name : undefined;
}

const LONGEST = 300;

/** In one line, such as `TypeError: x is not a function` or `nothing (undefined)`. Never throws. */
export function describeThrown(value: unknown): string {
  if (value === undefined) return 'undefined';
  try {
    if (!(value instanceof Error)) return describeValue(value);
    const name = errorNameOf(value);
    const message = safeStringOf(readField(value, 'message')) ?? '';
    const text = (message === '' ? name : `${name}: ${message}`).replace(/\s*[\r\n]\s*/g, ' · ');
    const line = printable(text);
    return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
  } catch {
    return 'a value that cannot be read';
  }
}

/** What an error is called. Few classes of errors set a name of their own: who has inherited one goes by the class. */
export function errorNameOf(error: Error): string {
  const given = safeStringOf(readField(error, 'name')) ?? 'Error';
  return BASES.has(given) ? (revivedClassOf(error) ?? classNameOf(error) ?? given) : given;
}

/** A field of an error, its getter or trap run; undefined if that throws. */
export function readField(value: object, field: string): unknown {
  try {
    const found: unknown = Reflect.get(value, field);
    return found;
  } catch {
    return undefined;
  }
}

function safeStringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
