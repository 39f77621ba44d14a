// The tasks that jobs have given to this process, and what a job goes on with.
//
// GIVEN-1. A job is over once the outcome of its last task is written. Until then no other process gets it, unless its
//     own process dies.
// GIVEN-2. A job may go on with one task that follows, which then gets no job of its own. Which job has a step is written
//     with the outcome that led to the step. The process that gets the job next performs that step, and no other process
//     does while the job exists.
// GIVEN-3. Deaths are counted for the step that was under way. A process that gets a job again records that before it
//     begins, so that a process that has lost the job meanwhile goes on with nothing.
// GIVEN-4. A job that comes back to the process that has gone on with it does not disturb the task under way.

import { readRecord, RECORDS, type RecordWrite } from '../../../records/keys.ts';
import type { Event, Task, TaskKind } from '../../../run/event.ts';
import type { Json } from '../../../values/json.ts';
import type { RecordText } from '../run/record-text.ts';

/** How a task comes to a process. */
export interface TaskJob {
  readonly id: string;
  /** It was given to a process before, so what follows from it may be lost. */
  readonly isAgain: boolean;
  /** How many processes have died with it. */
  readonly deaths: number;
  /** Whether it may go on with a task. @param tasks how many it has performed. */
  goesOnWith(next: Task, tasks: number): boolean;
  /** Its task is for any process again. */
  giveBack(): void;
}

/** Which job has a live step, by the key of the task, and how often its processes had died by then. */
export type HolderRecord = readonly [job: string, task: string, deaths: number];

type LoadedTexts = ReadonlyMap<string, RecordText>;

interface Given {
  readonly task: Task;
  job: TaskJob;
  readonly tasks: number;
  readonly done: (() => void)[];
  /** It is decided, and about to begin. */
  isNext: boolean;
}

/** The task that a job goes on with, and the one that led to it. */
export interface NextTask {
  readonly task: Task;
  readonly after: Task;
  readonly holder: RecordWrite;
}

/** Of which kinds of tasks an event is the outcome: the later ones of a step come first. */
const OUTCOMES: ReadonlyMap<Event['type'], readonly TaskKind[]> = new Map([
  ['prepared', ['prepare']],
  ['completed', ['body']],
  ['failed', ['body', 'prepare']],
  ['unmet', ['body', 'prepare']],
  ['routed', ['route']],
]);

export class GivenTasks {
  /** By step, then by the key of the task. */
  readonly #bySteps = new Map<string, Map<string, Given>>();

  /** @returns whether it was not given to this process already. */
  give(task: Task, job: TaskJob, done: () => void): boolean {
    const known = this.#bySteps.get(placeOf(task))?.get(task.key);
    if (known === undefined) {
      this.#put({ task, job, tasks: 1, done: [done], isNext: false });
      return true;
    }
    // GIVEN-4. The lease that it came with before is over.
    known.job = job;
    known.done.push(done);
    return false;
  }

  /** The outcome of a task is decided, or it has none. */
  settled(task: Task): void {
    const given = this.#take(task);
    if (given !== undefined) for (const resolve of given.done) resolve();
  }

  /** A task does not begin in this process. */
  returned(task: Task): void {
    this.#bySteps.get(placeOf(task))?.get(task.key)?.job.giveBack();
    this.settled(task);
  }

  /** An attempt of a step is over, in this process or in another; without its number, all of them are. */
  attemptOver(runId: string, step: number, attempt?: number): void {
    for (const { task } of this.#of(runId, step))
      if (attempt === undefined || task.attempt === attempt) this.settled(task);
  }

  /** Nothing of the run is performed from now on. */
  left(runId: string): void {
    for (const { task } of [...this.#bySteps.values()].flatMap((ofStep) => [...ofStep.values()]))
      if (task.runId === runId) this.settled(task);
  }

  clear(): void {
    this.#bySteps.clear();
  }

  // ── going on ──

  /** Which of the tasks that follow from an event its job goes on with. @param loaded what the event was decided on */
  nextOf(runId: string, event: Event, tasks: readonly Task[], loaded: LoadedTexts): NextTask | undefined {
    const given = this.#givenOf(runId, event);
    if (given === undefined) return undefined;
    const { job, task: after } = given;
    const { step } = after.at;
    const holder = holderOf(after, loaded.get(RECORDS.holder.key(step))?.json);
    // GIVEN-3.
    if (holder !== undefined && (holder[0] !== job.id || holder[2] > job.deaths)) return undefined;
    // A retry goes through the queue.
    const isAnybodys = ({ at, attempt }: Task): boolean => at.step === step && attempt !== after.attempt;
    const task = tasks.find((next) => !next.inline && !isAnybodys(next) && job.goesOnWith(next, given.tasks));
    return task && { task, after, holder: heldBy(job, task) };
  }

  /** A job goes on from one task to the next, as was written. */
  goOn({ task, after }: NextTask): void {
    const given = this.#take(after);
    if (given !== undefined) this.#put({ ...given, task, tasks: given.tasks + 1, isNext: true });
  }

  /** Whether a task that is decided is the next one of a job of this process: once. */
  isNext(task: Task): boolean {
    const given = this.#bySteps.get(placeOf(task))?.get(task.key);
    if (given?.isNext !== true) return false;
    given.isNext = false;
    return true;
  }

  // ──

  /** The task that an event is the outcome of. */
  #givenOf(runId: string, event: Event): Given | undefined {
    const kinds = OUTCOMES.get(event.type);
    if (kinds === undefined || !('attempt' in event)) return undefined;
    const ofAttempt = this.#of(runId, event.at.step).filter(({ task }) => task.attempt === event.attempt);
    return kinds.flatMap((kind) => ofAttempt.filter(({ task }) => task.kind === kind))[0];
  }

  #of(runId: string, step: number): readonly Given[] {
    return [...(this.#bySteps.get(`${runId}~${step}`)?.values() ?? [])];
  }

  #put(given: Given): void {
    const { task } = given;
    const ofStep = this.#bySteps.get(placeOf(task)) ?? new Map<string, Given>();
    this.#bySteps.set(placeOf(task), ofStep.set(task.key, given));
  }

  #take(task: Task): Given | undefined {
    const place = placeOf(task);
    const ofStep = this.#bySteps.get(place);
    const given = ofStep?.get(task.key);
    if (ofStep === undefined || given === undefined) return undefined;
    ofStep.delete(task.key);
    if (ofStep.size === 0) this.#bySteps.delete(place);
    return given;
  }
}

/** Which job has a task, if any, by what is recorded of its step. */
export function holderOf(task: Task, json: Json | undefined): HolderRecord | undefined {
  const holder = readRecord<HolderRecord>(json);
  return holder?.[1] === task.key ? holder : undefined;
}

/** What is recorded of a step that a job has. */
export function heldBy({ id, deaths }: TaskJob, { at, key }: Task): RecordWrite {
  const holder = [id, key, deaths] as const;
  return [RECORDS.holder.key(at.step), holder, JSON.stringify(holder)];
}

function placeOf({ runId, at }: Task): string {
  return `${runId}~${at.step}`;
}
