// Crash testing: a program dies at each of its commits, once before it is written and once after, and is started again.
//
// CRASH-POINTS-1. What is dead answers nothing: calls of its store stay open for ever, and its file is free at once.
// CRASH-POINTS-2. Every life is on the file that the one before has left; nothing else is handed on.
// CRASH-POINTS-3. The machine does not fail, so nothing waits for the disk: hundreds of lives would on a slow one.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../engines/engine.ts';
import { SqliteStore } from '../engines/sqlite/sqlite-store.ts';
import type { SqliteDriver } from '../engines/sqlite/driver.ts';
import { StoreEngine } from '../engines/store/store-engine.ts';
import type { MaybePromise, RunChange, Store } from '../engines/store/store.ts';
import { StoreAround } from './store-around.ts';

export interface CrashPointOptions {
  /** What SQLite is reached through. @default as for `sqliteEngine` */
  readonly driver?: SqliteDriver;
  /** Only every so many commits. @default 1 */
  readonly every?: number;
}

/** What a program came to that died at a commit and was started again. */
export interface CrashPoint<T> {
  /** Which commit, counted from 0. */
  readonly commit: number;
  readonly side: 'before' | 'after';
  readonly result: T;
}

/**
 * Plays a program on SQLite, and plays it again for each commit that it makes: it dies there, once before the commit is
 * written and once after, and is started again on what it left. Without faults all results are the same.
 *
 * @param play makes a runtime on the engine, starts what is to be done under ids of its own, waits for it, and closes
 *   the runtime. It is called again for each life. That of a life that has died never ends by itself: `died` says so to a
 *   loop that would go on for nothing, such as one that lets a virtual clock run.
 */
export async function crashAtEveryCommit<T>(
  play: (engine: Engine, died: AbortSignal) => Promise<T>,
  { driver, every = 1 }: CrashPointOptions = {},
): Promise<readonly CrashPoint<T>[]> {
  const points: CrashPoint<T>[] = [];
  for (const side of ['before', 'after'] as const) {
    for (let commit = 0; ; commit += every) {
      const folder = await mkdtemp(join(tmpdir(), 'onward-crash-'));
      try {
        const open = (): Store =>
          new SqliteStore({
            file: join(folder, 'onward.db'),
            synchronous: 'off',
            ...(driver !== undefined && { driver }),
          });
        const mortal = new MortalStore(open(), commit, side);
        const isOver = await Promise.race([play(new StoreEngine(mortal), mortal.died).then(() => true), mortal.death]);
        if (isOver) break;
        await mortal.closed;
        points.push({ commit, side, result: await play(new StoreEngine(open()), new AbortController().signal) });
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    }
  }
  return points;
}

/** A store whose process dies at a commit. */
class MortalStore extends StoreAround {
  /** Resolves with false when it dies: ahead of whatever its life comes to then. */
  readonly death: Promise<false>;
  /** Resolves when its file is free. */
  closed: MaybePromise<void> = undefined;
  readonly #life = new AbortController();
  readonly #store: Store;
  readonly #at: number;
  readonly #side: 'before' | 'after';
  #commits = 0;
  #die: () => void = () => undefined;

  constructor(store: Store, at: number, side: 'before' | 'after') {
    super(store, (call) => (this.died.aborted ? new Promise(() => undefined) : call()));
    this.#store = store;
    this.#at = at;
    this.#side = side;
    this.death = new Promise((resolve) => {
      this.#die = () => resolve(false);
    });
  }

  /** It is aborted when it dies. */
  get died(): AbortSignal {
    return this.#life.signal;
  }

  override commit: Store['commit'] = (changes) =>
    this.around(() => {
      if (this.#commits++ !== this.#at) return this.#store.commit(changes);
      return this.#endWith(changes);
    });

  async #endWith(changes: readonly RunChange[]): Promise<never> {
    if (this.#side === 'after') await this.#store.commit(changes);
    this.#die();
    this.#life.abort();
    this.closed = this.#store.close();
    return new Promise(() => undefined);
  }
}
