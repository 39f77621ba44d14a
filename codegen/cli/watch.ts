// `onward generate --watch`: the wiring is written as soon as the annotations give another one.
//
// WATCH-1. Changes are looked at when they pause. Bad news is looked at a second time before it counts: a file may be half
//          saved, a branch half switched.
// WATCH-2. The wiring is watched as well: one that was lost or edited is written again.
// WATCH-3. While there are errors nothing is written.

import { resolve } from 'node:path';
import { isOnwardError } from '../../src/errors/onward-error.ts';
import { keep } from '../disk/entry.ts';
import { FolderWatcher } from '../disk/watch-folders.ts';
import type { Analysis } from '../generate.ts';
import { assertServices } from '../outcome.ts';
import { posix } from '../read/outputs.ts';
import { Session } from '../session.ts';
import { writeWiring } from '../write/write.ts';
import type { Arguments } from './arguments.ts';
import type { Terminal } from './terminal.ts';
import { WatchReport } from './watch-report.ts';

/** Changes pause for this long before they are looked at; those that never pause are looked at after a while. */
const PAUSE_MS = 25;
const PATIENCE_MS = 500;
const SECOND_LOOK_MS = 100;
/** So long after the last change what was found is kept for other commands. */
const KEEP_AFTER_MS = 1_000;
/** With more hints everything is looked at. */
const MANY_HINTS = 50;

/** Goes on until the process is ended. It rejects with a bug of our own only. */
export function watch(terminal: Terminal, given: Arguments): Promise<never> {
  return new Promise((_, reject) => new Watch(terminal, given, reject).look());
}

/** What a look has found. */
interface Seen {
  readonly found?: Analysis;
  /** The text of what was thrown. */
  readonly error?: string;
  readonly isChanged: boolean;
}

class Watch {
  readonly #terminal: Terminal;
  readonly #end: (error: unknown) => void;
  readonly #isCached: boolean;
  readonly #session: Session;
  readonly #report: WatchReport;
  readonly #watcher = new FolderWatcher((path) => this.#hear(path));
  /** What may have changed since the last look; undefined stands for anything. */
  #hints = new Set<string | undefined>();
  #heardAt: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #keeping: NodeJS.Timeout | undefined;
  /** What has changed since the last line. */
  #files = new Set<string>();
  #isFirst = true;
  /** Bad news was seen once. */
  #isDoubted = false;
  #isPollingSaid = false;
  #services = 0;
  #lastError: string | undefined;

  constructor(terminal: Terminal, { project, noCache }: Arguments, fail: (error: unknown) => void) {
    this.#terminal = terminal;
    this.#end = fail;
    this.#isCached = !noCache;
    this.#session = new Session(resolve(terminal.cwd, project));
    this.#report = new WatchReport(terminal);
  }

  look(): void {
    try {
      this.#look();
    } catch (error) {
      this.#watcher.close();
      this.#end(error);
    }
  }

  #look(): void {
    const start = this.#terminal.now();
    const seen = this.#see();
    if (this.#isBad(seen) && !this.#isDoubted && !this.#isFirst) {
      if (seen.isChanged) this.#doubt();
    } else {
      const isChanged = seen.isChanged || this.#isDoubted || this.#isFirst;
      this.#isDoubted = false;
      this.#isFirst = false;
      this.#say(seen, isChanged, start);
    }
    // What happened in a folder before it was watched is not known.
    if (this.#watcher.follow(this.#session.folders())) this.#hear(undefined);
    if (this.#watcher.isPolling && !this.#isPollingSaid) this.#report.polling();
    this.#isPollingSaid = this.#watcher.isPolling;
  }

  #see(): Seen {
    const hints = this.#hints;
    this.#hints = new Set();
    this.#heardAt = undefined;
    const paths = [...hints].flatMap((path) => path ?? []);
    const isAny = hints.has(undefined) || hints.size > MANY_HINTS;
    try {
      const update = this.#session.update(isAny ? undefined : paths);
      for (const file of update?.files ?? []) this.#files.add(file);
      const { found } = this.#session;
      if (found?.text !== undefined) assertServices(found);
      return { ...(found !== undefined && { found }), isChanged: update !== undefined };
    } catch (error) {
      if (!isOnwardError(error)) throw error;
      return { error: error.message, isChanged: error.message !== this.#lastError };
    }
  }

  /** Errors, or services that are gone: half a file looks like that. */
  #isBad({ found }: Seen): boolean {
    return found?.text === undefined || found.counts.services < this.#services;
  }

  #doubt(): void {
    this.#isDoubted = true;
    this.#hear(undefined);
  }

  #say({ found, error }: Seen, isChanged: boolean, start: number): void {
    const change = { files: [...this.#files], start };
    if (error !== undefined) this.#fail(error, isChanged);
    else if (found === undefined) return;
    else if (found.text === undefined) {
      if (isChanged) this.#report.bad(found, change);
    } else {
      const isWritten = this.#write(found, found.text);
      if (isWritten === undefined) return;
      const shown = isChanged ? change : { ...change, isOutput: true as const };
      if (isChanged || isWritten) this.#report.good(found, isWritten, shown);
      this.#services = found.counts.services;
      this.#lastError = undefined;
      this.#keepLater(found);
    }
    this.#files = new Set();
  }

  #fail(error: string, isChanged: boolean): void {
    if (isChanged) this.#report.error(error);
    this.#lastError = error;
  }

  /** Undefined if it could not be written. */
  #write(found: Analysis, text: string): boolean | undefined {
    const { undisturbed = (act) => act() } = this.#terminal;
    try {
      return undisturbed(() => writeWiring(found, text));
    } catch (error) {
      if (!isOnwardError(error)) throw error;
      this.#fail(error.message, error.message !== this.#lastError);
      return undefined;
    }
  }

  #keepLater(found: Analysis): void {
    clearTimeout(this.#keeping);
    if (this.#isCached) this.#keeping = setTimeout(() => keep(found, found.answers()), KEEP_AFTER_MS);
  }

  #hear(path: string | undefined): void {
    this.#hints.add(path === undefined ? undefined : posix(path));
    this.#heardAt ??= this.#terminal.now();
    const isLate = this.#terminal.now() - this.#heardAt > PATIENCE_MS;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.look(), this.#isDoubted ? SECOND_LOOK_MS : isLate ? 0 : PAUSE_MS);
  }
}
