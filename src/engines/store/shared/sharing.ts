// A store that several processes work with at a time: how one of them takes part.
//
// SHARING-1. A task is performed by the process that gets it. Every process may decide; the version in the store says who was
//     first, and the others decide again.
// SHARING-2. What another process may have written is asked for before a task, a signal or a timer is decided on.
// SHARING-3. A called step is performed where its caller waits. If no caller is under way, it is a task like any other.
// SHARING-4. A job may go on with a task that follows. A task that another job has is left to that job while it exists.
// SHARING-5. Messages between processes only save time: a lost one is made up for by looking now and then.

import type { CallRecord, StepId } from '../../../run/step-data.ts';
import type { HeldBy, RunSnapshot } from '../../../run/view.ts';
import { graphChangeOf, type Decision } from '../../../records/decide.ts';
import { keysOf, kindOf, readRecord, RECORDS, type RecordWrite } from '../../../records/keys.ts';
import type { Event, Task } from '../../../run/event.ts';
import { endsAttempt } from '../../../run/run-event.ts';
import { isOnwardError } from '../../../errors/onward-error.ts';
import { phaseOf } from '../../../records/step-record.ts';
import { taskKindIn } from '../../../run/sink.ts';
import { Phase } from '../../../run/status.ts';
import type { Core, WorkLimits } from '../../engine.ts';
import type { Deliveries, SharedTasks } from '../deliveries.ts';
import type { Happenings } from '../happenings.ts';
import type { KnownRuns } from '../run/known-runs.ts';
import { Listening, type ListeningPlace } from './listening.ts';
import { Looks } from './looks.ts';
import { damageOf } from '../run/damage.ts';
import { GivenTasks, heldBy, holderOf, type HolderRecord, type TaskJob } from './given-tasks.ts';
import { chain } from '../now-or-later.ts';
import { keysAhead, OUTCOME } from './read-ahead.ts';
import { Records, type RecordText } from '../run/record-text.ts';
import type { RecentPayloads } from '../run/recent-payloads.ts';
import { findTasks } from '../recovery.ts';
import type { KnownRecords } from '../run/run-records.ts';
import type { Starts } from '../starts.ts';
import type { StoreRun } from '../run/store-run.ts';
import type { MaybePromise, Store, StoredRun } from '../store.ts';
import type { Seat, Turns } from '../turns.ts';

/** What brings tasks to processes, and lets them know of each other. */
export interface Sharing {
  /** Before anything else. @param runs what this process does with what comes. */
  open(runs: SharedRuns, core: Core): MaybePromise<void>;
  /** Tasks are to come to this process. */
  work(limits: WorkLimits): MaybePromise<void>;
  /** Has a task performed, here or elsewhere, unless it is on its way already. */
  dispatch(task: Task): void;
  /** Resolves when all of that is on its way; rejects if it could not be brought there. */
  dispatched(): MaybePromise<void>;
  /** Whether a job still exists, in a queue or with a process. @param task one of its tasks */
  hasJob(id: string, task: Task): Promise<boolean>;
  /** The other processes look at a run. */
  tell(runId: string): void;
  /** No body of these nodes begins in any process. */
  pause(nodes: readonly string[]): Promise<void>;
  /** Ends that for some patterns, or for all. */
  unpause(nodes: readonly string[] | undefined): Promise<void>;
  /** The steps of a run that no process begins yet, although they are due. @param life how often the run has begun. */
  held(run: RunSnapshot, life: number): MaybePromise<Iterable<readonly [StepId, HeldBy]>>;
  /** Sends a text to the processes that hear a topic. It may get lost. */
  send(topic: string, text: string): void;
  /** What others send about a topic comes to `listening.heard`, from now on or no longer. */
  hear(topic: string, isOn: boolean): MaybePromise<void>;
  /** A body waits, and this process has as many under way as it may. */
  placeWanted(): void;
  /** One of them is over. */
  placeFreed(): void;
  /** No more tasks come to this process. */
  rest(): MaybePromise<void>;
  /** What this process has not finished goes to others. */
  close(): MaybePromise<void>;
}

/** A task that a job has gone on with. */
interface HeldTask {
  readonly task: Task;
  readonly holder: HolderRecord;
}

/** An event, what it comes to, and the records that this was decided on. */
interface Decided {
  readonly event: Event;
  readonly decision: Decision;
  readonly loaded: ReadonlyMap<string, RecordText>;
}

/** What shared runs ask of their engine. */
export interface SharedPlace extends Pick<ListeningPlace, 'keeping' | 'read' | 'sealing'> {
  readonly core: () => Core & { readonly turns: Turns };
  readonly store: Store;
  readonly sharing: Sharing;
  readonly runs: KnownRuns;
  readonly recent: RecentPayloads;
  readonly deliveries: Deliveries;
  readonly happenings: Happenings;
  readonly starts: Pick<Starts, 'meetGraph' | 'serveEarlier' | 'isLookedUp'>;
  /** The run as this process knows it from now on. @param known what was read with it */
  readonly met: (stored: StoredRun, known?: KnownRecords) => MaybePromise<StoreRun>;
  /** Performs a task again whose process has died. */
  readonly callAgain: (run: StoreRun, task: Task) => void;
  readonly ended: (run: StoreRun) => void;
}

const IDLE_LOOK_MS = 50;

export class SharedRuns implements SharedTasks {
  readonly #place: SharedPlace;
  readonly listening: Listening;
  readonly #given = new GivenTasks();
  readonly #looks: Looks;
  /** Others have begun them, and those who listen here have heard that this process goes on with them. */
  readonly #takenUp = new WeakSet<StoreRun>();

  constructor(place: SharedPlace) {
    this.#place = place;
    this.listening = new Listening({ ...place, known: (runId) => place.runs.get(runId) });
    this.#looks = new Looks({
      ...place,
      listening: this.listening,
      attemptOver: (runId, step, attempt) => this.attemptOver(runId, step, attempt),
      reconcile: (run) => this.reconcile(run),
    });
  }

  // ── tasks ──

  /** Begins tasks that were decided in this process. */
  begin(run: StoreRun, tasks: readonly Task[]): void {
    const { deliveries, sharing } = this.#place;
    for (const task of tasks) {
      if (this.#given.isNext(task)) deliveries.begin(run, task);
      else if (!task.inline) sharing.dispatch(task);
      else if (this.#isCallerHere(run, task)) deliveries.begin(run, task);
      else if (!isCallerUnderWay(run, task)) sharing.dispatch(task);
    }
  }

  /**
   * Performs the task of a job, and those that the job goes on with. Resolves once the last outcome is written and what
   * follows is queued.
   *
   * @throws {OnwardError} ONW4008 if this process has no key for the run: another one may have it.
   */
  async perform(task: Task, job: TaskJob): Promise<void> {
    const { turns } = this.#place.core();
    try {
      await this.#perform(task, job);
    } catch (fault) {
      const damage = damageOf(fault);
      if (damage === undefined) throw fault;
      turns.leave(task.runId, damage);
    }
    const why = turns.whyLeft(task.runId);
    if (isOnwardError(why, 'ONW4008')) throw why;
  }

  async #perform(task: Task, job: TaskJob): Promise<void> {
    const run = await this.#runOf(task);
    if (run === undefined) return;
    const { isOver, holder } = await standingOf(run, task);
    const hasOtherGraph = this.#hasOtherGraph(run);
    if (!isOver && !hasOtherGraph) {
      await this.#performOf(run, task, { job, deaths: holder?.[2] ?? 0 });
    }
    if (job.isAgain || hasOtherGraph) await this.reconcile(run, job);
    await this.#place.sharing.dispatched();
  }

  /** Whether a task that a job brings is neither performed nor given up. */
  async isToBePerformed(task: Task): Promise<boolean> {
    const run = await this.#runOf(task);
    return run !== undefined && !(await standingOf(run, task)).isOver;
  }

  /** Resolves once the job is done with the task, and with all that it goes on with. @param deaths those from before it had the task */
  #performOf(run: StoreRun, task: Task, { job, deaths }: { job: TaskJob; deaths: number }): Promise<void> {
    const { deliveries } = this.#place;
    return new Promise((resolve) => {
      // What it comes to would be decided by nobody.
      if (this.#place.core().turns.whyLeft(run.id) !== undefined) return resolve();
      if (!this.#given.give(task, job, resolve) || deliveries.has(run, task)) return;
      if (job.deaths > deaths) this.#takeOver(run, task, job);
      else deliveries.begin(run, task);
    });
  }

  /** Begins a task that another process had: once it is written who has it now (GIVEN-3). */
  #takeOver(run: StoreRun, task: Task, job: TaskJob): void {
    const { core, callAgain } = this.#place;
    const key = RECORDS.step.key(task.at.step);
    core().turns.put({
      runId: run.id,
      ready: () => run.records.load([key]),
      decide: (seat) => {
        const draft = seat.draftOf(run);
        return chain(draft.load([key]), (texts) => {
          // A step that is beyond this task has its holder already, or none.
          const phase = phaseOf(texts.get(key)?.json, task.attempt);
          if (taskKindIn(phase) === task.kind) draft.write([heldBy(job, task)]);
          seat.afterCommit(() => callAgain(run, task));
        });
      },
    });
  }

  /** The run of a task as it stands now, with what the outcome will be decided on: in one question. */
  async #runOf(task: Task): Promise<StoreRun | undefined> {
    const { core, store, recent, met } = this.#place;
    const { input, runId } = task;
    const isKnown = this.#place.runs.get(runId) !== undefined;
    const { graph } = core().app;
    const ofStep = [...keysOf(graph, { ...OUTCOME, ...task }), RECORDS.holder.key(task.at.step)];
    const keys = [...new Set([...ofStep, ...keysAhead(graph, task.at.node)])];
    const names = [input.targetMessage, input.targetValue, input.message, input.routed, task.sent?.message];
    const missing = names.filter((name) => typeof name === 'string' && recent.find(runId, name) === undefined);
    const asked = missing.map(String);
    const [loaded, texts] = await Promise.all([
      store.load(runId, keys),
      asked.length === 0 ? [] : store.payloads(runId, asked),
    ]);
    if (loaded.stored === undefined) return undefined;
    const run = await met(loaded.stored, { keys, loaded });
    run.committed(
      run.summary,
      new Map(asked.flatMap((name, at) => (texts[at] === undefined ? [] : [[name, texts[at]]]))),
    );
    if (!isKnown && !this.#takenUp.has(run)) {
      this.#takenUp.add(run);
      await run.restored();
    }
    return run;
  }

  #hasOtherGraph(run: StoreRun): boolean {
    const texts = [RECORDS.settings.key(), RECORDS.run.key()].flatMap((key) => {
      const record = run.records.peek(key);
      return record === undefined ? [] : [[key, record] as const];
    });
    return graphChangeOf(this.#place.core().app.graph, new Records(new Map(texts))) !== undefined;
  }

  /** Ahead of the commit: which job has which step goes with it. */
  decided(seat: Seat, run: StoreRun, { event, decision, loaded }: Decided): void {
    if (decision.outcome !== 'applied') return;
    const draft = seat.draftOf(run);
    draft.write(holdersGone(decision.writes));
    const next = run.hasEarlier ? undefined : this.#given.nextOf(run.id, event, decision.tasks, loaded);
    if (next === undefined) return;
    draft.write([next.holder]);
    seat.afterCommit(() => this.#given.goOn(next));
  }

  /** The outcome of a task is decided, or it has none. */
  settled(task: Task): void {
    this.#given.settled(task);
  }

  /** A task does not begin here: its job is for any process again. */
  returned(task: Task): void {
    this.#given.returned(task);
  }

  placeWanted(): void {
    this.#place.sharing.placeWanted();
  }

  placeFreed(): void {
    this.#place.sharing.placeFreed();
  }

  /** What waits for a place in this process is for any process again. */
  returnWaiting(): void {
    this.#place.deliveries.returnWaiting();
  }

  /** An attempt of a step is over, in this process or in another; without its number, all of them are. */
  attemptOver(runId: string, step: number, attempt?: number): void {
    this.#given.attemptOver(runId, step, attempt);
  }

  /** The run cannot be read: nothing of it is performed any more. */
  left(runId: string): void {
    this.#given.left(runId);
  }

  #isCallerHere(run: StoreRun, { at }: Task): boolean {
    return at.around.some(({ step }) => this.#place.deliveries.isUnderWay(run, step));
  }

  // ── what others have done ──

  /** Finds what of a run is to be done, and has it done. @param job what it has is performed here, and waited for */
  async reconcile(run: StoreRun, job?: TaskJob): Promise<void> {
    const { sharing } = this.#place;
    const { nodeOf } = this.#place.core().app.graph;
    const works = (await this.#findLost(run, job)).map(async ({ task, holder: [id, , deaths] }) => {
      // One that this version does not have is offered to others.
      if (id === job?.id && nodeOf.has(task.at.node)) await this.#performOf(run, task, { job, deaths });
      else if (id === job?.id || !(await sharing.hasJob(id, task))) this.begin(run, [task]);
    });
    await Promise.all(works);
  }

  /**
   * Finds tasks of a run that are due and not under way here, and begins those that no job has.
   *
   * @param job what it has is found, whether it is under way here or not
   * @returns the tasks that some job has
   */
  #findLost(run: StoreRun, job: TaskJob | undefined): Promise<readonly HeldTask[]> {
    const { core, starts, deliveries } = this.#place;
    return new Promise((resolve, refuse) => {
      let held: readonly HeldTask[] = [];
      const decide = (seat: Seat): MaybePromise<void> => {
        seat.afterCommit(() => resolve(held));
        return findTasks(seat, run, this.#place, ({ tasks, live }) => {
          const open = tasks.filter(({ at }) => !starts.isLookedUp(run, at.step));
          const ofSomebody = open.flatMap((task) => {
            const holder = holderOf(task, live.get(RECORDS.holder.key(task.at.step))?.json);
            return holder === undefined ? [] : [{ task, holder }];
          });
          const isHere = (task: Task): boolean => deliveries.has(run, task);
          // GIVEN-4.
          held = ofSomebody.filter(({ task, holder: [id] }) => id === job?.id || !isHere(task));
          const nobodys = open.filter((task) => !isHere(task) && ofSomebody.every((other) => other.task !== task));
          seat.afterCommit(() => {
            if (run.hasEarlier && nobodys.length > 0) starts.serveEarlier(run, nobodys);
            else this.begin(run, nobodys);
          });
        });
      };
      core().turns.put({ runId: run.id, ready: () => run.refresh(), decide, refuse });
    });
  }

  /** The same by the id of a run. */
  async reconcileId(runId: string): Promise<void> {
    const stored = await this.#place.store.find(runId);
    if (stored?.isOpen === true) await this.reconcile(await this.#place.met(stored));
  }

  /** Another process has changed a run. */
  async changed(runId: string): Promise<void> {
    await this.#looks.changed(runId);
  }

  /** What was decided here has been acted on. Some of it is of interest to other processes. */
  acted(run: StoreRun, { events, aborts, writes }: Decision): void {
    this.listening.decided(run, events);
    this.#looks.published(run);
    for (const event of events) if (endsAttempt(event)) this.attemptOver(run.id, event.step);
    const isOver = events.some(({ type }) => type === 'run.ended');
    if (isOver || aborts.length > 0 || writes.some((write) => this.#isNews(run, write)))
      this.#place.sharing.tell(run.id);
  }

  /** An entry is over, or a called step whose caller is elsewhere. */
  #isNews(run: StoreRun, [key, value]: RecordWrite): boolean {
    const kind = kindOf(key);
    if (kind === RECORDS.outcome) return true;
    if (kind !== RECORDS.call || readRecord<CallRecord>(value ?? undefined)?.end === undefined) return false;
    return !this.#place.deliveries.isUnderWay(run, RECORDS.call.parse(key)[0]);
  }

  /** Some process has paused nodes, or lets them begin again. @param patterns all that are paused now. */
  paused(patterns: readonly string[]): void {
    const { pause } = this.#place.deliveries;
    pause.add(patterns);
    this.#place.deliveries.unpause(pause.patterns.filter((pattern) => !patterns.includes(pattern)));
  }

  /** Resolves when no run of any process is open. */
  async idle(): Promise<void> {
    while ((await this.#place.store.countOpen()) > 0) await new Promise((resolve) => setTimeout(resolve, IDLE_LOOK_MS));
  }

  start(): void {
    this.#looks.start();
  }

  stop(): void {
    this.#looks.stop();
    this.#given.clear();
  }

  /** A body of the run waits for a step that it has called. */
  awaitsCall(run: StoreRun): void {
    this.#looks.awaitsCall(run);
  }
}

/** No job has a step that is over. */
function holdersGone(writes: readonly RecordWrite[]): RecordWrite[] {
  const isStepGone = ([key, value]: RecordWrite): boolean => value === null && kindOf(key) === RECORDS.step;
  return writes
    .filter((write) => isStepGone(write))
    .map(([key]) => [RECORDS.holder.key(RECORDS.step.parse(key)[0]), null, null]);
}

/** Read, if what was known of the run was dropped meanwhile: what is not known is not over. */
async function standingOf(run: StoreRun, task: Task): Promise<{ isOver: boolean; holder: HolderRecord | undefined }> {
  const [step, holder] = [RECORDS.step.key(task.at.step), RECORDS.holder.key(task.at.step)];
  const texts = await run.records.load([step, holder]);
  const isOver = phaseOf(texts.get(step)?.json, task.attempt) === Phase.OVER;
  return { isOver, holder: holderOf(task, texts.get(holder)?.json) };
}

function isCallerUnderWay(run: StoreRun, { at, ancestors }: Task): boolean {
  // One whose record is not known is not over. If it is, what it has called is found by a look.
  return at.around.some(({ step }, index) => {
    return (run.phaseOf(step, ancestors[index]?.attempt ?? 0) ?? Phase.RUNNING) === Phase.RUNNING;
  });
}
