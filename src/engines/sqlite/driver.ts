// SQLite as this Node has it: `node:sqlite`, or the package `libsql`. Both run the same SQL.
//
// DRIVER-1. `node:sqlite` is used where Node has it without a flag (22.13 and later), `libsql` elsewhere.
// DRIVER-2. Neither driver keeps NUL or half a character (a lone surrogate) in a text. In ids and keys they are written
//     as their numbers; JSON has none of them.

import { createRequire } from 'node:module';
import { OnwardError } from '../../errors/onward-error.ts';
import { oneOf, type OptionRule } from '../../values/option-rules.ts';

export type SqliteDriver = 'node' | 'libsql';
export const DRIVER: OptionRule = oneOf('node', 'libsql');

export type SqlValue = string | number | null;
export type Row = Readonly<Record<string, SqlValue>>;

export interface Statement {
  run(...values: readonly SqlValue[]): { readonly lastInsertRowid: number | bigint; readonly changes: number | bigint };
  get(...values: readonly SqlValue[]): Row | undefined;
  all(...values: readonly SqlValue[]): Row[];
}

export interface Database {
  exec(sql: string): unknown;
  prepare(sql: string): Statement;
  close(): void;
}

export type OpenDatabase = (path: string) => Database;

/**
 * How this process opens databases.
 *
 * @param driver by default the first that is there.
 * @throws {OnwardError} ONW6010 with the command if there is none.
 */
export function loadDriver(driver?: SqliteDriver): OpenDatabase {
  const builtIn = driver === 'libsql' ? undefined : builtInDriver();
  if (builtIn !== undefined) return builtIn;
  if (driver !== 'node') return libsqlDriver();
  const text = `this Node (${process.version}) has no node:sqlite; use Node 22.13 or later, or the driver 'libsql'`;
  throw new OnwardError('ONW6010', text);
}

function builtInDriver(): OpenDatabase | undefined {
  const found = withoutNotice(() => process.getBuiltinModule?.('node:sqlite'));
  return found === undefined ? undefined : openerOf(found, 'DatabaseSync');
}

/** Node 22 says once that its SQLite is experimental: nothing that the users of this library could act on. */
function withoutNotice<T>(load: () => T): T {
  const emitWarning: unknown = Reflect.get(process, 'emitWarning');
  process.emitWarning = (warning: string | Error, ...rest: readonly unknown[]): void => {
    if (typeof emitWarning !== 'function' || String(warning).includes('SQLite')) return;
    Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  try {
    return load();
  } finally {
    Reflect.set(process, 'emitWarning', emitWarning);
  }
}

function libsqlDriver(): OpenDatabase {
  try {
    return openerOf(createRequire(import.meta.url)('libsql'));
  } catch (cause) {
    const text = `this Node (${process.version}) has no node:sqlite; install libsql with \`npm i libsql\`, or use Node 22.13 or later`;
    throw new OnwardError('ONW6010', text, { cause });
  }
}

/** The border to both packages: a class whose instances do what `Database` says. */
function openerOf(found: unknown, name?: string): OpenDatabase {
  const member: unknown = name === undefined ? found : Reflect.get(Object(found), name);
  const Opened = member as new (path: string) => Database;
  return (path) => new Opened(path);
}

// ── errors ──

/** The result codes of SQLite that are told apart (https://sqlite.org/rescode.html). */
export const SqliteCode = {
  BUSY: 5,
  READONLY: 8,
  IOERR: 10,
  CORRUPT: 11,
  FULL: 13,
  CANTOPEN: 14,
  NOTADB: 26,
} as const;

/** The primary result code of what a driver threw; undefined for everything else. */
export function sqliteCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const code: unknown = Reflect.get(error, 'errcode') ?? Reflect.get(error, 'rawCode');
  // The lowest byte: the rest says more of the same.
  if (typeof code === 'number') return code & 0xff;
  // libsql has no code for what fails while it opens a file.
  const atOpen = /^ConnectionFailed\(.*: (\d+)"\)$/s.exec(error.message)?.[1];
  return atOpen === undefined ? undefined : Number(atOpen) & 0xff;
}

// ── text ──

/** Stands ahead of what is written as a number. */
const MARK = '\u0001';
// NUL ends a text for both drivers, and half a character becomes another one.
const UNSAFE = new RegExp(`[\\0\\p{Surrogate}${MARK}]`, 'gu');
/** Any of them, or a half of a whole character: most texts have neither, and are looked at once. */
const PERHAPS_UNSAFE = new RegExp(`[\\0${MARK}\\uD800-\\uDFFF]`);
const WRITTEN = new RegExp(`${MARK}(.{4})`, 'g');

/** A text that both drivers give back as it is. What begins a text begins its result. */
export function toSqlText(text: string): string {
  if (!PERHAPS_UNSAFE.test(text)) return text;
  return text.replace(UNSAFE, (unit) => MARK + unit.charCodeAt(0).toString(16).padStart(4, '0'));
}

/** What `toSqlText` was given. */
export function fromSqlText(text: string): string {
  if (!text.includes(MARK)) return text;
  return text.replace(WRITTEN, (_, unit: string) => String.fromCharCode(Number.parseInt(unit, 16)));
}
