// The entry `onward/engines/sqlite`: runs that outlive their process, in one file, with nothing else to install.
//
// INDEX-1. Fields that are not to be shown are not to be found on a disk either: without a key, such messages are refused.

import type { Core, Engine } from '../engine.ts';
import { OnwardError } from '../../errors/onward-error.ts';
import { durationMs, type Duration } from '../../graph/duration.ts';
import { EncryptedStore, ENCRYPTION, type Encryption } from '../store/encrypted-store.ts';
import { StoreEngine } from '../store/store-engine.ts';
import type { MaybePromise } from '../store/store.ts';
import {
  assertNone,
  either,
  FLAG,
  LIMIT,
  MEMORY_ENGINE_OPTIONS,
  oneOf,
  type OptionTable,
  problemsOf,
  STRING,
} from '../../values/option-rules.ts';
import { sensitiveFieldsOf } from '../../values/sensitive.ts';
import { SqliteStore, type SqliteStoreOptions } from './sqlite-store.ts';

export type { SqliteDriver } from './driver.ts';
export type { Encryption } from '../store/encrypted-store.ts';

export interface SqliteEngineOptions extends SqliteStoreOptions {
  /** How long runs that are over stay in the file; a number is milliseconds. Open runs always do. @default '7d' */
  readonly keepFor?: Duration | undefined;
  /**
   * How often in a row the process may die with a body that had just been called, until its step fails (code 205).
   * `Infinity` calls it again every time. @default 5
   */
  readonly deaths?: number | undefined;
  /**
   * Encrypts messages, values, errors, state and timers (AES-256-GCM). Ids, tags, names of jobs and times stay readable.
   * A graph with `@Sensitive()` fields needs it. @default none
   */
  readonly encryption?: Encryption | undefined;
}

const OPTIONS = {
  file: STRING,
  keepFor: either(MEMORY_ENGINE_OPTIONS.keepFor, ', or Infinity', (value) => value === Infinity),
  deaths: LIMIT,
  encryption: ENCRYPTION,
  driver: oneOf('node', 'libsql'),
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
  assertNone(problemsOf(options, OPTIONS), 'the options of sqliteEngine are not valid');
  return new SqliteEngine(options);
}

class SqliteEngine extends StoreEngine {
  readonly isDurable = true;
  readonly #isEncrypted: boolean;

  constructor({ keepFor = '7d', deaths = 5, encryption, ...options }: SqliteEngineOptions) {
    const store = new SqliteStore(options);
    super(encryption === undefined ? store : new EncryptedStore(store, encryption), {
      deaths,
      keepForMs: durationMs(keepFor) ?? Number.POSITIVE_INFINITY,
    });
    this.#isEncrypted = encryption !== undefined;
  }

  override open(core: Core): MaybePromise<void> {
    if (!this.#isEncrypted) assertNothingSensitive(core);
    return super.open(core);
  }
}

function assertNothingSensitive({ app }: Core): void {
  const classes = new Set(app.bodies.flatMap(({ message }) => (typeof message === 'function' ? [message] : [])));
  const fields = [...classes].flatMap(({ name, prototype }) =>
    [...(sensitiveFieldsOf(Object(prototype)) ?? [])].map((field) => `${name}.${field}`),
  );
  if (fields.length === 0) return;
  const text = `${fields.join(', ')} would be readable in the file; give sqliteEngine \`encryption: { current, keys }\`, with a key of 64 hexadecimal digits that is kept elsewhere`;
  throw new OnwardError('ONW4009', text, { details: { fields } });
}
