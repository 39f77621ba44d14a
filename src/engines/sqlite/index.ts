// The entry `onward/engines/sqlite`: runs that outlive their process, in one file, with nothing else to install.

import type { Core, Engine } from '../engine.ts';
import {
  assertEngineOptions,
  KEPT_RUNS_OPTIONS,
  KeptRunsEngine,
  type KeptRunsOptions,
} from '../store/kept-runs-engine.ts';
import { chain } from '../store/now-or-later.ts';
import type { MaybePromise } from '../store/store.ts';
import { FLAG, oneOf, type OptionTable } from '../../values/option-rules.ts';
import { DRIVER } from './driver.ts';
import { onNetwork, readByOthers } from './faults.ts';
import { SqliteStore, type SqliteStoreOptions } from './sqlite-store.ts';
import { FILE, modeForOthers, networkOf, placeOf } from './store-file.ts';

export type { SqliteDriver } from './driver.ts';
export { sqliteHistory, type SqliteHistory, type SqliteHistoryOptions } from './sqlite-history.ts';
export type { Encryption } from '../store/encrypted-store.ts';

export interface SqliteEngineOptions extends SqliteStoreOptions, KeptRunsOptions {}

const OPTIONS = {
  file: FILE,
  ...KEPT_RUNS_OPTIONS,
  driver: DRIVER,
  synchronous: oneOf('full', 'normal'),
  verify: FLAG,
} as const satisfies OptionTable;

/**
 * Keeps runs in a file: what was accepted is carried on by the next process that opens it. Bodies that were under way are
 * called again, with the same `step.key`; everything else happens once.
 *
 * @throws {OnwardError} ONW3004 with every option that is wrong. Opening the file may fail with ONW4001 (it cannot be
 *   used), ONW4003 (another process has it), ONW4004 (a later version has written it), ONW4005 (it is damaged), ONW4009
 *   (fields are sensitive, and there is no key) and ONW6010 (this Node has no SQLite).
 */
export function sqliteEngine(options: SqliteEngineOptions): Engine {
  assertEngineOptions(options, OPTIONS, 'file', 'sqliteEngine');
  return new SqliteEngine(options);
}

class SqliteEngine extends KeptRunsEngine {
  readonly #file: string;

  constructor(options: SqliteEngineOptions) {
    super(new SqliteStore(options), options);
    this.#file = options.file;
  }

  override open(core: Core): MaybePromise<void> {
    return chain(super.open(core), () => warnOf(core, this.#file));
  }
}

/** It works there until it does not, or for more than its owner: no reason to refuse it, and one to say so. */
function warnOf({ app }: Core, file: string): void {
  const path = placeOf(file);
  const network = networkOf(path);
  if (network !== undefined) app.log('warn', onNetwork(file, network), { code: 'ONW4002', file });
  const mode = modeForOthers(path);
  if (mode !== undefined) app.log('warn', readByOthers(file, mode), { code: 'ONW4012', file });
}
