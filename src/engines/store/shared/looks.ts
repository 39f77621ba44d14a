// What other processes have written to a shared store, for runs that are waited for here: found when they say so, and by
// looking now and then.
//
// LOOKS-1. Messages only save time: a lost one is made up for by the next look.
// LOOKS-2. Those who wait here hear of every version that another process has written, also of one that this process has
//     read or decided on since, for something else.

import { RECORDS } from '../../../records/keys.ts';
import { phaseOf } from '../../../records/step-record.ts';
import { Phase } from '../../../run/status.ts';
import type { Deliveries } from '../deliveries.ts';
import type { KnownRuns } from '../run/known-runs.ts';
import type { Listening } from './listening.ts';
import type { StoreRun } from '../run/store-run.ts';
import { damageOf } from '../run/damage.ts';
import type { Store } from '../store.ts';
import type { Turns } from '../turns.ts';

export interface LooksPlace {
  readonly core: () => { readonly turns: Pick<Turns, 'leave'> };
  readonly store: Pick<Store, 'find'>;
  readonly runs: KnownRuns;
  readonly deliveries: Deliveries;
  readonly listening: Pick<Listening, 'look'>;
  readonly ended: (run: StoreRun) => void;
  /** The attempt of a step is over elsewhere. */
  readonly attemptOver: (runId: string, step: number, attempt: number) => void;
  /** Finds tasks of the run that are due and that no job has. */
  readonly reconcile: (run: StoreRun) => Promise<void>;
}

const LOOK_MS = 250;
/** Every how many looks the called steps that no process has are searched for. */
const RARELY = 4;
const LETS_GO_EVERY = 40;
/** How many runs with a waiting caller one look covers. */
const LOOKED_AT = 50;

export class Looks {
  readonly #place: LooksPlace;
  /** Bodies in this process wait for steps that they have called. */
  readonly #calling = new Set<StoreRun>();
  /** Runs whose listeners have not got all of their events yet. */
  readonly #behind = new Set<StoreRun>();
  /** The versions at which those who wait for a run were told how it stands. */
  readonly #told = new WeakMap<StoreRun, number>();
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;
  #lookedAt = 0;
  #count = 0;

  constructor(place: LooksPlace) {
    this.#place = place;
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.#look(), LOOK_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#behind.clear();
  }

  /** A body of the run waits for a step that it has called. */
  awaitsCall(run: StoreRun): void {
    this.#calling.add(run);
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    if (++this.#count % LETS_GO_EVERY === 0) this.#letGo();
    try {
      await Promise.all([...this.#behind].map((run) => this.#catchUp(run)));
      await Promise.all(this.#toLookAt().map((run) => this.#lookAt(run)));
    } catch {
      // Whether the store can be reached is for the turns to report.
    }
    this.#isLooking = false;
  }

  /** Those that are watched, and in turn some of those that are only waited for. */
  #toLookAt(): StoreRun[] {
    for (const run of this.#calling) if (!run.called.isAwaited) this.#calling.delete(run);
    const [held, watched]: [StoreRun[], StoreRun[]] = [[], []];
    for (const run of this.#place.runs.held()) {
      if (run.isWatched) watched.push(run);
      else if (run.isHeld) held.push(run);
    }
    this.#place.listening.look(new Set(watched.map(({ id }) => id)));
    if (this.#lookedAt >= held.length) this.#lookedAt = 0;
    const some = held.slice(this.#lookedAt, this.#lookedAt + LOOKED_AT);
    this.#lookedAt += LOOKED_AT;
    return [...new Set([...watched, ...some, ...this.#calling])];
  }

  /** Runs without a waiting caller and with nothing under way here: another process may have ended them. */
  #letGo(): void {
    const { runs, deliveries } = this.#place;
    for (const run of [...runs.held()])
      if (!run.isHeld && !this.#calling.has(run) && deliveries.stepsOf(run).length === 0) runs.delete(run.id);
  }

  /** What cannot be read of one run is no fault of the store: those who wait for it hear of it. */
  async #lookAt(run: StoreRun): Promise<void> {
    try {
      await this.#lookAtOne(run);
    } catch (fault) {
      const damage = damageOf(fault);
      if (damage === undefined) throw fault;
      this.#place.core().turns.leave(run.id, damage);
    }
  }

  async #lookAtOne(run: StoreRun): Promise<void> {
    const stored = await this.#place.store.find(run.id);
    if (stored === undefined || stored.version !== this.#told.get(run) || run.isBehind) await this.#tell(run);
    if (this.#calling.has(run) && this.#count % RARELY === 0) await this.#place.reconcile(run);
  }

  /** Its events were handed to listeners here, as far as they could be read. */
  published(run: StoreRun): void {
    if (run.isBehind) this.#behind.add(run);
  }

  /** Another process has changed a run: those who wait for it hear of it, and bodies that are to stop are stopped. */
  async changed(runId: string): Promise<void> {
    const run = this.#place.runs.get(runId);
    if (run !== undefined) await this.#tell(run);
  }

  async #tell(run: StoreRun): Promise<void> {
    const { deliveries, ended } = this.#place;
    const wasOpen = run.isOpen;
    const steps = deliveries.stepsOf(run);
    // What is written from here on is for the next look.
    const { version, texts } = await run.refresh(steps.map(([step]) => RECORDS.step.key(step)));
    for (const [step, attempt] of steps) {
      const phase = phaseOf(texts.get(RECORDS.step.key(step))?.json, attempt);
      if (phase === Phase.OVER || phase === Phase.STOPPING || phase === Phase.CANCELLING)
        deliveries.abort(run, step, attempt);
      if (phase !== Phase.OVER) continue;
      deliveries.land(run, step, attempt);
      this.#place.attemptOver(run.id, step, attempt);
    }
    if (this.#calling.has(run)) await run.called.look();
    if (wasOpen && !run.isOpen) ended(run);
    await this.#catchUp(run);
    this.#told.set(run, version);
    // Not earlier: those who wait for its end read it.
    if (!run.isOpen) run.records.forget();
  }

  /** Listeners get what the store has of it, and what could not be read before. */
  async #catchUp(run: StoreRun): Promise<void> {
    await run.follow();
    await run.publish([]);
    if (run.isBehind) this.#behind.add(run);
    else this.#behind.delete(run);
  }
}
