// The store engine with the options that engines with lasting stores share: how long, how large, how often, and encryption.
//
// KEPT-RUNS-ENGINE-1. Fields that are not to be shown are not to be found in a store either: without a key, a graph that has
//     such fields is refused.

import { SHARED, STORED, type Capabilities } from '../capabilities.ts';
import type { Core } from '../engine.ts';
import { OnwardError } from '../../errors/onward-error.ts';
import { durationMs, type Duration } from '../../graph/duration.ts';
import { classNameOf } from '../../values/class-of.ts';
import { isRecord } from '../../values/json.ts';
import {
  assertNone,
  either,
  LIMIT,
  MEMORY_ENGINE_OPTIONS,
  missingParts,
  type OptionTable,
  problemsOf,
} from '../../values/option-rules.ts';
import { sensitiveFieldsOf } from '../../values/sensitive.ts';
import { EncryptedStore, ENCRYPTION, type Encryption } from './encrypted-store.ts';
import { keptClasses } from '../../execute/kept-classes.ts';
import type { Sharing } from './shared/sharing.ts';
import { StoreEngine } from './store-engine.ts';
import type { MaybePromise, Store } from './store.ts';

export interface KeptRunsOptions {
  /** How long runs that are over stay in the store; a number is milliseconds. Open runs always do. @default '7d' */
  readonly keepFor?: Duration | undefined;
  /**
   * How often in a row the process may die with a body that had just been called, until its step fails (code 205).
   * `Infinity` calls it again every time. @default 5
   */
  readonly deaths?: number | undefined;
  /**
   * The most that one value, error or message takes in the store, in bytes; more fails the step that returned it (ONW2021).
   * @default 1_048_576
   */
  readonly maxPayloadBytes?: number | undefined;
  /**
   * Encrypts messages, values, errors, state and timers (AES-256-GCM). Ids, tags, names of jobs and times stay readable.
   * A graph with `@Sensitive()` fields needs it. @default none
   */
  readonly encryption?: Encryption | undefined;
}

/** What they may be. */
export const KEPT_RUNS_OPTIONS = {
  keepFor: either(MEMORY_ENGINE_OPTIONS.keepFor, ', or Infinity', (value) => value === Infinity),
  deaths: LIMIT,
  maxPayloadBytes: LIMIT,
  encryption: ENCRYPTION,
} as const satisfies OptionTable;

/**
 * @param needed the option that has no default.
 * @throws {OnwardError} ONW3004 with every option that is wrong.
 */
export function assertEngineOptions(given: unknown, parts: OptionTable, needed: string, engine: string): void {
  const problems = problemsOf(given, parts);
  if (isRecord(given))
    problems.push(...missingParts({ parts, needs: [needed] }, (name) => given[name] === undefined, ''));
  assertNone(problems, `the options of ${engine} are not valid`);
}

export class KeptRunsEngine extends StoreEngine {
  readonly isDurable: boolean;
  readonly capabilities: Capabilities;
  readonly #isEncrypted: boolean;

  /** @param sharing if other processes work with the store as well. */
  constructor(store: Store, options: KeptRunsOptions, sharing?: Sharing) {
    const { keepFor = '7d', deaths = 5, maxPayloadBytes = 1024 ** 2, encryption } = options;
    const encrypted = encryption === undefined ? undefined : new EncryptedStore(store, encryption);
    super(encrypted ?? store, {
      sealing: encrypted,
      deaths,
      maxPayloadBytes,
      keepForMs: durationMs(keepFor) ?? Number.POSITIVE_INFINITY,
      ...(sharing !== undefined && { sharing }),
    });
    this.isDurable = store.isDurable;
    this.capabilities = sharing === undefined ? STORED : SHARED;
    this.#isEncrypted = encryption !== undefined;
  }

  override open(core: Core): MaybePromise<void> {
    if (this.capabilities.needsKey && !this.#isEncrypted) assertNothingSensitive(core);
    return super.open(core);
  }
}

function assertNothingSensitive({ app }: Core): void {
  const fields = [...keptClasses(app).all].flatMap(({ prototype }) =>
    [...(sensitiveFieldsOf(prototype) ?? [])].map((field) => `${classNameOf(prototype)}.${field}`),
  );
  if (fields.length === 0) return;
  const text = `${fields.join(', ')} would be readable in the store; give the engine \`encryption: { current, keys }\`, with a key of 64 hexadecimal digits that is kept elsewhere`;
  throw new OnwardError('ONW4009', text, { details: { fields } });
}
