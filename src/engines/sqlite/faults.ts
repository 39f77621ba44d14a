// What SQLite and the system report, as errors of ours: what happened to which file, and what to do.

import { join } from 'node:path';
import { isOnwardError, OnwardError } from '../../errors/onward-error.ts';
import { SqliteCode, sqliteCodeOf } from './driver.ts';

/** @param doing what was tried: it says which of two codes fits. */
export function storeFault(fault: unknown, file: string, doing: 'open' | 'use'): unknown {
  if (isOnwardError(fault)) return fault;
  const code = sqliteCodeOf(fault);
  if (code === SqliteCode.NOTADB) return noDatabase(file, fault);
  if (code === SqliteCode.CORRUPT) return corrupt(file, fault);
  if (doing === 'open') return cannotOpen(file, fault);
  if (code === undefined) return fault;
  const text = `${file} cannot be written: ${reasonOf(code) ?? textOf(fault)}; what is in it is safe, nothing new is accepted until it can be written again`;
  return new OnwardError('ONW4006', text, { details: { file, sqlite: code }, cause: fault });
}

function reasonOf(code: number): string | undefined {
  switch (code) {
    case SqliteCode.FULL:
      return 'the disk is full (free some room)';
    case SqliteCode.READONLY:
      return 'the file or its file system is read-only';
    case SqliteCode.BUSY:
      return 'another program has it locked (end that one)';
    case SqliteCode.IOERR:
      return 'the disk reports an error';
    default:
      return undefined;
  }
}

export function corrupt(file: string, cause: unknown): OnwardError {
  const text = `${file} is damaged (${textOf(cause)}); it is left as it is: keep a copy, then restore a backup or \`sqlite3 ${file} .recover\``;
  return new OnwardError('ONW4005', text, { details: { file }, cause });
}

/** Its first bytes are not those of a database: mostly it never was one. */
function noDatabase(file: string, cause: unknown): OnwardError {
  const text = `${file} is not an SQLite database, or its first bytes are damaged; it is left as it is: name another file, or, if this one was a store, keep a copy, then restore a backup or \`sqlite3 ${file} .recover\``;
  return new OnwardError('ONW4005', text, { details: { file }, cause });
}

function cannotOpen(file: string, cause: unknown): OnwardError {
  const text = `${file} cannot be opened as a store: ${textOf(cause)}; its folder has to exist or be creatable, and both have to be writable`;
  return new OnwardError('ONW4001', text, { details: { file }, cause });
}

export function isFolder(file: string): OnwardError {
  const text = `${file} cannot be opened as a store: it is a directory; name a file in it, such as ${join(file, 'onward.db')}`;
  return new OnwardError('ONW4001', text, { details: { file } });
}

export function deleted(file: string): OnwardError {
  const text = `${file} was deleted or replaced while it was in use; nothing more is accepted: close the runtime, put the file back if you can, and start again`;
  return new OnwardError('ONW4007', text, { details: { file } });
}

/** A warning: what may happen where a file lies. */
export function onNetwork(file: string, network: string): string {
  return `ONW4002: ${file} lies on ${network}, where SQLite's log and locks are not reliable: it may be damaged, and two machines may have it at once; keep it on a local disk`;
}

/** A warning: who else may read what is in a file. */
export function readByOthers(file: string, mode: string): string {
  return `ONW4012: ${file} may be read or written by others (its mode is ${mode}), and messages and values are in it; run \`chmod 600 ${file}\``;
}

function textOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
