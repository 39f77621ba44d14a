// Finds what an earlier process has left or what was lost on its way, from the live records, and begins it again.
//
// RECOVERY-1. A run that only waits, with the graph that this process has, stays in the store: nothing of it is due to begin.
// RECOVERY-2. A task that has begun or ended since it was found is not lost.

import { hashOf } from '../../graph/graph-hash.ts';
import { redispatch } from '../../records/decide.ts';
import type { Task } from '../../run/event.ts';
import { Phase } from '../../run/status.ts';
import type { Core } from '../engine.ts';
import { damageOf, onRecordsOf } from './run/damage.ts';
import type { Deliveries } from './deliveries.ts';
import type { Happenings } from './happenings.ts';
import { chain } from './now-or-later.ts';
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
      const { tasks, events } = onRecordsOf(run.id, () => redispatch(core().app.graph, run.id, new Records(live)));
      for (const event of events) seat.follow(happenings.workOf(run, { event }));
      onFound({ tasks, live, events: events.length });
    });
  });
}

/** What recovery asks of its engine. */
export interface RecoveryPlace extends TasksPlace {
  store(): Store;
  readonly deliveries: Pick<Deliveries, 'begin' | 'has'>;
  readonly starts: Pick<Starts, 'meetGraph' | 'isLookedUp'>;
  /** Counts deaths; undefined if they are not counted. */
  suspects(): Suspects | undefined;
  /** The run as this process knows it. */
  found(stored: StoredRun): MaybePromise<StoreRun>;
  /** What is kept of earlier lives of the run is looked up first. */
  serveEarlier(run: StoreRun, tasks: readonly Task[]): void;
}

const PAGE = 256;

export class Recovery {
  readonly #place: RecoveryPlace;

  constructor(place: RecoveryPlace) {
    this.#place = place;
  }

  /** Takes up all runs that are open, a page at a time. */
  async start(after?: string): Promise<void> {
    const { app, observers, turns } = this.#place.core();
    // With another graph, what a run waits for may be gone; and observers hear of every run that goes on.
    const page = await this.#place.store().runs({
      isOpen: true,
      withLive: true,
      order: 'oldest',
      limit: PAGE,
      ...(observers.isEmpty && { exceptWaitingIn: hashOf(app.graph) }),
      ...(after !== undefined && { after }),
    });
    for (const stored of page) {
      try {
        const run = await this.#place.found(stored);
        await run.restored();
        this.look(run);
      } catch (fault) {
        const damage = damageOf(fault);
        if (damage === undefined) throw fault;
        turns.leave(stored.runId, damage);
      }
    }
    const last = page.at(-1);
    if (page.length === PAGE && last !== undefined) await this.start(last.cursor);
  }

  /**
   * Finds what was decided of a run and has not been begun.
   *
   * @param onFound is given how much was found. With it, tasks count as lost, and without it as left by a dead process.
   */
  look(run: StoreRun, onFound?: (count: number) => void): void {
    this.#place.core().turns.put({
      runId: run.id,
      decide: (seat) =>
        findTasks(seat, run, this.#place, ({ tasks, events }) =>
          seat.afterCommit(() => {
            const lost = tasks.filter((task) => this.#isLost(run, task));
            onFound?.(lost.length + events);
            if (run.hasEarlier && lost.length > 0) this.#place.serveEarlier(run, lost);
            // See `onFound`.
            else for (const task of lost) this.begin(run, task, onFound === undefined);
          }),
        ),
    });
  }

  #isLost(run: StoreRun, task: Task): boolean {
    const { deliveries, starts } = this.#place;
    const { step } = task.at;
    if (run.phaseOf(step, task.attempt) === Phase.OVER) return false;
    return !deliveries.has(run, task) && !starts.isLookedUp(run, step);
  }

  /** Begins a task again. @param isAfterDeath its process has died, perhaps of its body. */
  begin(run: StoreRun, task: Task, isAfterDeath: boolean): void {
    const suspects = isAfterDeath && task.kind === 'body' ? this.#place.suspects() : undefined;
    if (suspects === undefined) this.#place.deliveries.begin(run, task);
    else suspects.callAgain(run, task, run.deathsOf(task.at.step));
  }
}
