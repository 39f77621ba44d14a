// Where a case about engines works: the lives of one application, one after another, and the time in which they pass.

import { ok } from 'node:assert';
import type { Runtime } from '../api/runtime.ts';
import type { Engine } from '../engines/engine.ts';
import { systemClock, type Clock } from '../execute/clock.ts';
import { createRuntime } from '../runtime/runtime.ts';
import { Journal, Works, worksGraph, type WorksNodes } from './conformance-works.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** How to come by the engine that is tested. */
export interface EngineUnderTest {
  /** An engine that no runtime has, with nothing in it. */
  readonly open: () => Engine | Promise<Engine>;
  /**
   * Another one on what that one has kept: its runtime was closed, and perhaps not everything was over. @default the
   * engine keeps nothing, and no case asks it to
   */
  readonly reopen?: (engine: Engine) => Engine | Promise<Engine>;
  /** A clock that the cases move, a new one for each: no time passes then. @default time passes by itself */
  readonly clock?: () => VirtualClock;
  /** Called after each case with the engines that it had, such as to remove what they have kept. @default nothing */
  readonly end?: (engines: readonly Engine[]) => void | Promise<void>;
}

export class Bench {
  readonly journal = new Journal();
  readonly clock: Clock;
  readonly #virtual: VirtualClock | undefined;
  readonly #given: EngineUnderTest;
  readonly #engines: Engine[] = [];
  #runtime: Runtime<WorksNodes> | undefined;

  constructor(given: EngineUnderTest) {
    this.#given = given;
    this.#virtual = given.clock?.();
    this.clock = this.#virtual ?? systemClock();
  }

  /** The first life. */
  async begin(): Promise<Runtime<WorksNodes>> {
    return this.#make(await this.#given.open());
  }

  /** The next life: of what the one before has kept. */
  async beginAgain(): Promise<Runtime<WorksNodes>> {
    await this.close();
    const last = this.#engines.at(-1);
    ok(last !== undefined && this.#given.reopen !== undefined);
    return this.#make(await this.#given.reopen(last));
  }

  #make(engine: Engine): Runtime<WorksNodes> {
    this.#engines.push(engine);
    this.#runtime = runtimeOn(engine, this.clock, this.journal);
    return this.#runtime;
  }

  /** The end of a life in which bodies may be under way. */
  async close(): Promise<void> {
    const runtime = this.#runtime;
    this.#runtime = undefined;
    if (runtime !== undefined) await this.over(runtime.close({ drainMs: 0 }));
  }

  async end(): Promise<void> {
    try {
      await this.close();
    } finally {
      await this.#given.end?.(this.#engines);
    }
  }

  /** Lets time pass until a promise is settled. */
  async over<T>(promise: Promise<T>): Promise<T> {
    return this.#virtual === undefined ? promise : passing(this.#virtual, promise);
  }

  /** Lets so much time pass. */
  async pass(ms: number): Promise<void> {
    if (this.#virtual !== undefined) return this.#virtual.advance(ms);
    await new Promise<void>((resolve) => this.clock.after(ms, resolve));
  }

  /** Lets time pass until something holds. */
  async until(holds: () => boolean | Promise<boolean>): Promise<void> {
    for (let tries = 0; !(await holds()); tries++) {
      ok(tries < 5_000, `it does not come to be: ${holds.toString()}`);
      await this.pass(2);
    }
  }
}

export function runtimeOn(engine: Engine, clock: Clock, journal: Journal): Runtime<WorksNodes> {
  return createRuntime(worksGraph(), {
    services: { Works: new Works(clock, journal) },
    ...{ engine, clock, log: false, cancelGraceMs: 200 },
    messages: { validate: false },
  });
}

/** Runs a virtual clock until a promise is settled. */
export async function passing<T>(clock: VirtualClock, promise: Promise<T>): Promise<T> {
  const settled = { is: false };
  const settle = (): void => {
    settled.is = true;
  };
  promise.then(settle, settle);
  while (!settled.is) await clock.runAll();
  return promise;
}
