// Finds what an earlier process has left or what was lost on its way, from the live records, and begins it again.
//
// RECOVERY-1. A run that only waits, with the graph that this process has, stays in the store: nothing of it is due to begin.
// RECOVERY-2. A task that has begun or ended since it was found is not lost.
// RECOVERY-3. A death is counted of a body that was under way before the turn: one that a timer lets begin in the same turn
//     has not died.
// RECOVERY-4. While the store cannot be read, recovery looks again every so often, and says so once.

import { hashOf } from '../../graph/graph-hash.ts';
import { countDeaths } from '../../records/deaths.ts';
import { redispatch } from '../../records/decide.ts';
import { RECORDS } from '../../records/keys.ts';
import { deathsIn } from '../../records/step-record.ts';
import type { Task } from '../../run/event.ts';
import { Phase } from '../../run/status.ts';
import type { Core } from '../engine.ts';
import { isOnwardError, OnwardError } from '../../errors/onward-error.ts';
import { describeThrown } from '../../values/describe.ts';
import { damageOf, onRecordsOf } from './run/damage.ts';
import type { Deliveries } from './deliveries.ts';
import type { Happenings } from './happenings.ts';
import { caught, chain } from './now-or-later.ts';
import { Records, type RecordText } from './run/record-text.ts';
import type { Starts } from './starts.ts';
import type { StoreRun } from './run/store-run.ts';
import type { MaybePromise, Store, StoredRun } from './store.ts';
import type { Suspects } from './suspects.ts';
import type { Seat, Turns } from './turns.ts';

/** What the tasks of a run are found with. */
export interface TasksPlace {
  readonly core: () => Core & { readonly turns: Turns };
  readonly happenings: Pick<Happenings, 'workOf'>;
  readonly starts: Pick<Starts, 'meetGraph'>;
}

/** What of a run is to be performed, by its live records. */
export interface FoundTasks {
  readonly tasks: readonly Task[];
  readonly live: ReadonlyMap<string, RecordText>;
  readonly records: Records;
  /** So many events are decided in this turn, beside that. */
  readonly events: number;
}

/**
 * Finds what of a run is to be done. Its events are decided in the same turn.
 *
 * @param onFound not called if the run has asked for something else with another graph: that is decided then.
 */
export function findTasks(
  seat: Seat,
  run: StoreRun,
  { core, happenings, starts }: TasksPlace,
  onFound: (found: FoundTasks) => void,
): MaybePromise<void> {
  return chain(starts.meetGraph(seat, run), (change) => {
    // What is decided about the graph acts on what is live.
    if (change !== undefined) return;
    return chain(seat.draftOf(run).live(), (live) => {
      const { records, tasks, events } = onRecordsOf(run.id, () => {
        const read = new Records(live);
        return { records: read, ...redispatch(core().app.graph, run.id, read) };
      });
      for (const event of events) seat.follow(happenings.workOf(run, { event }));
      onFound({ tasks, live, records, events: events.length });
    });
  });
}

/** What recovery asks of its engine. */
export interface RecoveryPlace extends TasksPlace {
  store(): Store;
  readonly deliveries: Pick<Deliveries, 'begin' | 'beginsAtOnce' | 'has'>;
  readonly starts: Pick<Starts, 'meetGraph' | 'isLookedUp'>;
  /** Counts deaths; undefined if they are not counted. */
  suspects(): Suspects | undefined;
  /** The run as this process knows it. */
  found(stored: StoredRun): MaybePromise<StoreRun>;
  /** What is kept of earlier lives of the run is looked up first. */
  serveEarlier(run: StoreRun, tasks: readonly Task[]): void;
}

const PAGE = 256;
const AGAIN_MS = 1_000;

export class Recovery {
  readonly #place: RecoveryPlace;
  #life = 0;

  constructor(place: RecoveryPlace) {
    this.#place = place;
  }

  /** Takes up all runs that are open, from the oldest on. */
  start(): void {
    void this.#takeUp(this.#life, undefined, false);
  }

  /** Takes up no more runs. */
  stop(): void {
    this.#life++;
  }

  /** A page at a time, each run once. @param hasFailed it is said already that the store cannot be read */
  async #takeUp(life: number, after: string | undefined, hasFailed: boolean): Promise<void> {
    let cursor = after;
    try {
      for (;;) {
        const page = await this.#page(cursor);
        if (life !== this.#life) return;
        for (const stored of page) {
          const taking = this.#takeUpOne(stored);
          // A promise for each of thousands of runs costs more than the rest of this.
          if (taking instanceof Promise) await taking;
          if (life !== this.#life) return;
          cursor = stored.cursor;
        }
        if (page.length < PAGE) return;
      }
    } catch (fault) {
      if (life !== this.#life) return;
      if (!hasFailed) this.#say(fault);
      this.#place.core().clock.after(AGAIN_MS, () => {
        if (life === this.#life) void this.#takeUp(life, cursor, true);
      });
    }
  }

  #page(after: string | undefined): MaybePromise<readonly StoredRun[]> {
    const { app, observers } = this.#place.core();
    // With another graph, what a run waits for may be gone; and observers hear of every run that goes on.
    return this.#place.store().runs({
      isOpen: true,
      withLive: true,
      order: 'oldest',
      limit: PAGE,
      ...(observers.isEmpty && { exceptWaitingIn: hashOf(app.graph) }),
      ...(after !== undefined && { after }),
    });
  }

  #takeUpOne(stored: StoredRun): MaybePromise<void> {
    const leave = (fault: unknown): void => {
      const damage = damageOf(fault);
      if (damage === undefined) throw fault;
      this.#place.core().turns.leave(stored.runId, damage);
    };
    return caught(() => chain(this.#place.found(stored), (run) => chain(run.restored(), () => this.look(run))), leave);
  }

  #say(fault: unknown): void {
    const { name } = this.#place.store();
    const text = `the store ${name} cannot be read now: ${describeThrown(fault)}; what an earlier process has left goes on by itself once it can: see to its disk or its server`;
    const { message, code } = isOnwardError(fault) ? fault : new OnwardError('ONW3070', text, { cause: fault });
    this.#place.core().app.log('error', message, { code });
  }

  /**
   * Finds what was decided of a run and has not been begun.
   *
   * @param onFound is given how much was found. With it, tasks count as lost, and without it as left by a dead process.
   */
  look(run: StoreRun, onFound?: (count: number) => void): void {
    // See `onFound`.
    const isAfterDeath = onFound === undefined;
    this.#place.core().turns.put({
      runId: run.id,
      decide: (seat) =>
        findTasks(seat, run, this.#place, ({ tasks, records, events }) => {
          const others = isAfterDeath ? this.#countDeaths(seat, run, { tasks, records }) : tasks;
          if (others.length === 0 && isAfterDeath) return;
          seat.afterCommit(() => {
            const lost = others.filter((task) => this.#isLost(run, task));
            onFound?.(lost.length + events);
            if (run.hasEarlier && lost.length > 0) this.#place.serveEarlier(run, lost);
            else for (const task of lost) this.begin(run, task, isAfterDeath);
          });
        }),
    });
  }

  /** Of bodies that begin right after this turn, most deaths are written in it. @returns all other tasks */
  #countDeaths(seat: Seat, run: StoreRun, { tasks, records }: Pick<FoundTasks, 'tasks' | 'records'>): readonly Task[] {
    const suspects = this.#place.suspects();
    if (suspects === undefined || run.hasEarlier) return tasks;
    return tasks.filter((task) => {
      if (!this.#wasUnderWay(run, task) || !this.#place.deliveries.beginsAtOnce(run, task)) return true;
      const trial = suspects.lightTrialOf(run, task, deathsIn(records.get(RECORDS.step.key(task.at.step))));
      const write = trial && countDeaths(records, trial.death);
      if (trial === undefined || write === undefined) return true;
      seat.draftOf(run).write([write]);
      seat.afterCommit(() => {
        trial.counted();
        if (this.#isLost(run, task)) this.#place.deliveries.begin(run, task, () => trial);
      });
      return false;
    });
  }

  /** RECOVERY-3. By what was written before this turn. */
  #wasUnderWay(run: StoreRun, task: Task): boolean {
    const { at, attempt, kind } = task;
    return kind === 'body' && run.phaseOf(at.step, attempt) === Phase.RUNNING && this.#isLost(run, task);
  }

  #isLost(run: StoreRun, task: Task): boolean {
    const { deliveries, starts } = this.#place;
    const { step } = task.at;
    if (run.phaseOf(step, task.attempt) === Phase.OVER) return false;
    return !deliveries.has(run, task) && !starts.isLookedUp(run, step);
  }

  /** Begins a task again. @param isAfterDeath its process has died, perhaps of its body. */
  begin(run: StoreRun, task: Task, isAfterDeath: boolean): void {
    const { deliveries } = this.#place;
    const suspects = isAfterDeath && task.kind === 'body' ? this.#place.suspects() : undefined;
    if (suspects === undefined) return deliveries.begin(run, task);
    deliveries.begin(run, task, (deaths) => suspects.trialOf(run, task, deaths));
  }
}
