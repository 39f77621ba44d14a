// One owner a file: the lock that keeps a second process out.
//
// OWNER-1. The lock is a transaction that stays open, on a file beside the store. The system ends it when its process is
//     gone, however that happened: there is no stale lock, and a pid that was given away again misleads nobody.
// OWNER-2. Who holds the lock can be read: the pid stands in the header of the file, written while the lock was held.
// OWNER-3. Within one process the lock is known here: the system's locks are those of a process, not of a connection.
// OWNER-4. Taking it needs no room: a full disk keeps nobody from opening what is there.

import { existsSync } from 'node:fs';
import { OnwardError } from '../../errors/onward-error.ts';
import { SqliteCode, sqliteCodeOf, type Database, type OpenDatabase } from './driver.ts';
import { makePrivate } from './store-file.ts';

/** Held here, too, because a database that nobody refers to is closed, and its lock is given up. */
const held = new Map<string, Database>();

/**
 * Takes the lock of a file.
 *
 * @returns gives it back.
 * @throws {OnwardError} ONW4003 with the holder's pid if somebody has it.
 */
export function takeOwnership(file: string, open: OpenDatabase): () => void {
  if (held.has(file)) throw inUse(file, process.pid);
  const path = `${file}-owner`;
  makePrivate(path);
  const lock = open(path);
  try {
    hold(lock);
  } catch (cause) {
    const pid = sqliteCodeOf(cause) === SqliteCode.BUSY ? pidIn(lock) : undefined;
    lock.close();
    throw pid === undefined ? cause : inUse(file, pid, cause);
  }
  held.set(file, lock);
  return () => {
    held.delete(file);
    lock.exec('ROLLBACK');
    lock.close();
  };
}

/** The pid of the process that has a file, as far as that is known: one that was killed may have left its own. */
export function ownerOf(file: string, open: OpenDatabase): number | undefined {
  const path = `${file}-owner`;
  if (!existsSync(path)) return undefined;
  const lock = open(path);
  try {
    const pid = pidIn(lock);
    return pid > 0 && isAlive(pid) ? pid : undefined;
  } finally {
    lock.close();
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It is somebody else's, and it is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function hold(lock: Database): void {
  // The pid changes one page, in place: its journal needs no file.
  lock.exec('PRAGMA journal_mode = MEMORY');
  for (;;) {
    lock.exec('PRAGMA busy_timeout = 0; BEGIN IMMEDIATE');
    // Somebody may be reading who holds it.
    lock.exec(`PRAGMA busy_timeout = 1000; PRAGMA user_version = ${process.pid}; COMMIT`);
    lock.exec('PRAGMA busy_timeout = 0; BEGIN IMMEDIATE');
    if (pidIn(lock) === process.pid) return;
    // Another process has come and gone in between, and left its pid.
    lock.exec('ROLLBACK');
  }
}

function pidIn(lock: Database): number {
  return Number(lock.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
}

function inUse(file: string, pid: number, cause?: unknown): OnwardError {
  const [holder, advice] =
    pid === process.pid
      ? ['this process', 'close the runtime that has it open, or use one runtime for both']
      : [`the process ${pid}`, `stop that one first, or give this one a file of its own`];
  const text = `${file} is in use by ${holder}; one process at a time runs what a file holds: ${advice}`;
  return new OnwardError('ONW4003', text, { details: { file, pid }, cause });
}
