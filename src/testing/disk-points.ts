// Crash testing: the disk of a program fails at each of its commits, once because it is full and once because it is read-only,
// and is mended.
//
// DISK-POINTS-1. The commit is refused, and so is the first try to write it again. Then there is room.
// DISK-POINTS-2. A program that is refused has come to nothing. Its process counts as dead, and the next life is on the
//     file that it has left.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isOnwardError } from '../errors/onward-error.ts';
import type { Engine } from '../engines/engine.ts';
import type { Store } from '../engines/store/store.ts';
import { StoreEngine } from '../engines/store/store-engine.ts';
import type { CrashPointOptions } from './crash-points.ts';
import { storeOnFaultyDisk, type FaultyDiskOptions } from './faulty-disk.ts';
import { StoreAround } from './store-around.ts';

/** What a program came to whose disk failed at a commit. */
export interface DiskPoint<T> {
  /** Which commit, counted from 0. */
  readonly commit: number;
  readonly fault: 'full' | 'read-only';
  /** It was refused, and came to this when it was started again. */
  readonly wasRefused: boolean;
  readonly result: T;
}

/** So often a commit is refused before there is room. */
const REFUSALS = 2;
/** What a start, or a close, is refused with. */
const REFUSED = ['ONW4006', 'ONW3070'] as const;

/**
 * Plays a program on SQLite, and plays it again for each commit that it makes: the disk is full, or read-only, at that commit
 * and takes it a little later. Without faults all results are the same.
 *
 * @param play as for `crashAtEveryCommit`. If it rejects because the disk has refused a start, it is called once more, on
 *   what it has left.
 */
export async function breakDiskAtEveryCommit<T>(
  play: (engine: Engine) => Promise<T>,
  { driver, every = 1 }: CrashPointOptions = {},
): Promise<readonly DiskPoint<T>[]> {
  const points: DiskPoint<T>[] = [];
  for (const fault of ['full', 'read-only'] as const) {
    for (let commit = 0; ; commit += every) {
      const folder = await mkdtemp(join(tmpdir(), 'onward-disk-'));
      try {
        const options = { file: join(folder, 'onward.db'), ...(driver !== undefined && { driver }) };
        const store = new BreakingStore(options, commit, fault);
        const result = await playedOn(store, play);
        if (!store.hasBroken) break;
        const again = result ?? { value: await play(new StoreEngine(storeOnFaultyDisk(options).store)) };
        points.push({ commit, fault, wasRefused: result === undefined, result: again.value });
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    }
  }
  return points;
}

/** @returns undefined if the disk has refused it. */
async function playedOn<T>(
  store: BreakingStore,
  play: (engine: Engine) => Promise<T>,
): Promise<{ readonly value: T } | undefined> {
  try {
    return { value: await play(new StoreEngine(store)) };
  } catch (error) {
    await store.die();
    if (REFUSED.some((code) => isOnwardError(error, code))) return undefined;
    throw error;
  }
}

/** A store whose disk fails at a commit. */
class BreakingStore extends StoreAround {
  hasBroken = false;
  readonly #disk: ReturnType<typeof storeOnFaultyDisk>;
  readonly #at: number;
  readonly #fault: DiskPoint<unknown>['fault'];
  #commits = 0;
  #refusals = 0;
  #isDead = false;

  constructor(options: FaultyDiskOptions, at: number, fault: DiskPoint<unknown>['fault']) {
    const disk = storeOnFaultyDisk(options);
    super(disk.store, (call) => (this.#isDead ? new Promise(() => undefined) : call()));
    this.#disk = disk;
    this.#at = at;
    this.#fault = fault;
  }

  override commit: Store['commit'] = (changes) =>
    this.around(() => {
      if (this.#commits++ === this.#at) this.#break();
      try {
        return this.#disk.store.commit(changes);
      } catch (refusal) {
        if (++this.#refusals === REFUSALS) this.#disk.mend();
        throw refusal;
      }
    });

  #break(): void {
    this.hasBroken = true;
    if (this.#fault === 'full') this.#disk.fill();
    else this.#disk.makeReadOnly();
  }

  /** Its process has ended: it answers nothing any more, and its file is free. */
  async die(): Promise<void> {
    this.#isDead = true;
    await this.#disk.store.close();
  }
}
