// An engine for tests: the store engine on maps, with faults between what is decided and what is done.
//
// JOURNALED-1. Nothing is kept but text, and every event is decided on freshly parsed records.
// JOURNALED-2. On demand it delivers tasks and events twice, in any order, or loses a dispatch after the write. Runs
//     end the same all the same: what is lost is found again from the live steps.
// JOURNALED-3. The same seed gives the same schedule, as far as bodies end in the same turns.

import type { Engine } from '../engines/engine.ts';
import { MapStore } from '../engines/store/map-store.ts';
import type { StoreStatistics } from '../engines/store/statistics.ts';
import { StoreEngine } from '../engines/store/store-engine.ts';
import type { Delivering } from '../engines/store/store-engine-options.ts';
import type { MaybePromise, Store } from '../engines/store/store.ts';
import { assertNone, FLAG, type OptionRule, type OptionTable, problemsOf } from '../values/option-rules.ts';
import { seededRandom } from './random.ts';
import { StoreAround } from './store-around.ts';

/** What goes wrong, and how often: shares from 0 to 1. */
export interface JournaledEngineOptions {
  /** @default 1 */
  readonly seed?: number;
  /** Share of tasks and events that are delivered twice. @default 0 */
  readonly duplicate?: number;
  /** Share of dispatches (tasks, timers) that are lost after the write and found again later. @default 0 */
  readonly lose?: number;
  /** Deliver in random order. @default false */
  readonly reorder?: boolean;
  /** Share of calls of the store that are answered some turns later. @default 0: all are answered at once */
  readonly slow?: number;
}

/** What has happened to the engine's deliveries, for tests to see that faults took place. */
export interface JournalStatistics extends StoreStatistics {
  lost: number;
  found: number;
}

export interface JournaledEngine extends Engine {
  readonly statistics: Readonly<JournalStatistics>;
  /** Forgets everything but the records, as a crash does, and goes on from them. */
  restart(): void;
}

const SHARE: OptionRule = {
  fits: (value) => typeof value === 'number' && value >= 0 && value <= 1,
  expected: 'a share from 0 to 1',
};

const OPTIONS = {
  seed: { fits: (value) => typeof value === 'number' && Number.isFinite(value), expected: 'a number' },
  duplicate: SHARE,
  lose: SHARE,
  reorder: FLAG,
  slow: SHARE,
} as const satisfies OptionTable;

/**
 * An engine for tests. Its records live as long as it does.
 *
 * @throws {OnwardError} ONW3004 with every option that is wrong.
 */
export function journaledEngine(options: JournaledEngineOptions = {}): JournaledEngine {
  assertNone(problemsOf(options, OPTIONS), 'the options of journaledEngine are not valid');
  const { seed = 1, duplicate = 0, lose = 0, reorder = false, slow = 0 } = options;
  const isFaulty = duplicate > 0 || lose > 0 || reorder;
  const faults: Faults = new Faults(options, () => engine);
  const engine: StoreEngine = new StoreEngine(
    slow > 0 ? slowStore(new MapStore(), slow, seed) : new MapStore(),
    isFaulty ? { delivering: faults } : {},
  );
  const statistics = Object.assign(engine.statistics, faults.statistics);
  faults.statistics = statistics;
  return Object.assign(engine, { statistics });
}

/** Up to this many turns later. */
const MOST_TURNS = 6;

function slowStore(store: Store, share: number, seed: number): Store {
  const random = seededRandom(seed);
  return new StoreAround(store, (call) => {
    if (random() >= share) return call();
    return later(call, 1 + Math.floor(random() * MOST_TURNS));
  });
}

async function later<T>(call: () => MaybePromise<T>, turns: number): Promise<T> {
  for (let turn = 0; turn < turns; turn++) await Promise.resolve();
  return call();
}

class Faults implements Delivering {
  statistics = { lost: 0, found: 0 };
  readonly #duplicate: number;
  readonly #lose: number;
  readonly #reorder: boolean;
  readonly #random: () => number;
  readonly #engine: () => StoreEngine;
  readonly #waiting: (() => void)[] = [];
  #isPumping = false;

  constructor(
    { seed = 1, duplicate = 0, lose = 0, reorder = false }: JournaledEngineOptions,
    engine: () => StoreEngine,
  ) {
    this.#duplicate = duplicate;
    this.#lose = lose;
    this.#reorder = reorder;
    this.#random = seededRandom(seed);
    this.#engine = engine;
  }

  get performsAgain(): boolean {
    return this.#random() < 0.5;
  }

  dispatch(go: () => void): void {
    if (this.#random() < this.#lose) {
      this.statistics.lost++;
      this.#pump();
    } else this.report(go);
  }

  report(go: () => void): void {
    this.#waiting.push(go);
    if (this.#random() < this.#duplicate) this.#waiting.push(go);
    this.#pump();
  }

  /** Delivers what is there, one at a time, and has looked for what was lost when nothing is left to deliver. */
  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    queueMicrotask(() => {
      this.#isPumping = false;
      const at = this.#reorder ? Math.floor(this.#random() * this.#waiting.length) : 0;
      const [go] = this.#waiting.splice(at, 1);
      if (go === undefined) return this.#engine().whenIdle(() => this.#lookForLost());
      go();
      this.#pump();
    });
  }

  #lookForLost(): void {
    if (this.#waiting.length > 0) return;
    this.#engine().reconcile((count) => {
      this.statistics.found += count;
    });
  }
}
