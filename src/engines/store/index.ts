// The entry `onward/engines/store`: runs that are kept in a store of your own.

import type { Engine } from '../engine.ts';
import { isFunction, isObject, type OptionTable } from '../../values/option-rules.ts';
import { assertEngineOptions, KEPT_RUNS_OPTIONS, KeptRunsEngine, type KeptRunsOptions } from './kept-runs-engine.ts';
import type { Store } from './store.ts';

export type { Area } from '../../records/keys.ts';
export type { SavedTexts } from '../saved-texts.ts';
export type { Encryption } from './encrypted-store.ts';
export type {
  Committed,
  DueTimers,
  Inbox,
  InboxItem,
  LoadedRecords,
  MaybePromise,
  PageQuery,
  RecordPage,
  RunChange,
  Store,
  StoredRun,
  StoredRunQuery,
  StoredSummary,
  StoredTimer,
  TimerChange,
} from './store.ts';

export interface StoreEngineOptions extends KeptRunsOptions {
  /** Keeps text by key. What it has to keep to is checked by `storeConformance` of `onward/testing`. */
  readonly store: Store;
}

const OPTIONS = {
  store: { fits: (value) => isObject(value) && isFunction(value['commit']), expected: 'a store' },
  ...KEPT_RUNS_OPTIONS,
} as const satisfies OptionTable;

/**
 * An engine that keeps its runs in a store of yours. It opens the store with the runtime, and closes it.
 *
 * @throws {OnwardError} ONW3004 with every option that is wrong. Opening it may fail with ONW4009 (fields are sensitive, and
 *   there is no key), and with what the store itself throws.
 */
export function storeEngine(options: StoreEngineOptions): Engine {
  assertEngineOptions(options, OPTIONS, 'store', 'storeEngine');
  const { store, ...others } = options;
  return new KeptRunsEngine(store, others);
}
