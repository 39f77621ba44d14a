// The tasks that jobs have given to this process, and what a job goes on with.
//
// GIVEN-1. A job is over once the outcome of the last task that it was used for is written. Until then nobody else gets it,
//     unless its process dies.
// GIVEN-2. A job may go on with one task that follows: no other job is made for that one. Which job has a step is written
//     with the outcome that led to the step: whoever gets the job next performs that step, and nobody else does as long
//     as the job is there.
// GIVEN-3. Deaths are counted for the step that was under way. A process from which the job was taken meanwhile goes on
//     with nothing.

import { readRecord, RECORDS, type RecordWrite } from '../../records/keys.ts';
import type { Event, Task } from '../../run/event.ts';
import type { Json } from '../../values/json.ts';
import type { RecordText } from './record-text.ts';

/** How a task comes to a process. */
export interface TaskJob {
  readonly id: string;
  /** It was given to a process before: what follows from it may have got lost. */
  readonly isAgain: boolean;
  /** So often has a process died that had it. */
  readonly deaths: number;
  /** Whether it may go on with a task. @param tasks so many it was used for. */
  goesOnWith(next: Task, tasks: number): boolean;
}

/** Which job has a live step, by the key of the task, and how often its processes had died by then. */
export type HolderRecord = readonly [job: string, task: string, deaths: number];

type LoadedTexts = ReadonlyMap<string, RecordText>;

interface Given {
  readonly task: Task;
  readonly job: TaskJob;
  readonly tasks: number;
  readonly done: (() => void)[];
  /** It is decided, and about to begin. */
  isNext: boolean;
}

/** What comes of a task, if it has an outcome. */
const OUTCOMES: ReadonlySet<Event['type']> = new Set(['prepared', 'completed', 'failed', 'routed', 'unmet']);

export class GivenTasks {
  /** By step, then by the key of the task. */
  readonly #bySteps = new Map<string, Map<string, Given>>();

  /** @returns whether it was not given to this process already. */
  give(task: Task, job: TaskJob, done: () => void): boolean {
    const known = this.#bySteps.get(placeOf(task))?.get(task.key);
    if (known === undefined) this.#put({ task, job, tasks: 1, done: [done], isNext: false });
    else known.done.push(done);
    return known === undefined;
  }

  /** The outcome of a task is decided, or it has none. */
  settled(task: Task): void {
    const given = this.#take(task);
    if (given !== undefined) for (const resolve of given.done) resolve();
  }

  /** The attempt of a step is over, in this process or in another. */
  attemptOver(runId: string, step: number): void {
    for (const { task } of this.#of(runId, step)) this.settled(task);
  }

  /** Nothing of the run is performed any more. */
  left(runId: string): void {
    for (const [place, ofStep] of this.#bySteps)
      if (place.startsWith(`${runId}~`)) for (const { task } of ofStep.values()) this.settled(task);
  }

  clear(): void {
    this.#bySteps.clear();
  }

  // ── going on ──

  /** What is written of the jobs of steps with an event. @param next the task that a job goes on with. */
  *writesOf(runId: string, event: Event, next: Task | undefined): Generator<RecordWrite> {
    if (!('at' in event)) return;
    const [given] = this.#of(runId, event.at.step);
    if (given === undefined) return;
    if (event.type === 'redelivered') yield held(given.task, given.job);
    else if (next !== undefined) yield held(next, given.job);
  }

  /** Which of the tasks that follow from an event its job goes on with. @param loaded what the event was decided on */
  nextOf(runId: string, event: Event, tasks: readonly Task[], loaded: LoadedTexts): Task | undefined {
    if (!OUTCOMES.has(event.type) || !('attempt' in event)) return undefined;
    const { step } = event.at;
    const given = this.#of(runId, step).find(({ task }) => task.attempt === event.attempt);
    if (given === undefined) return undefined;
    const { job, task } = given;
    const holder = holderOf(task, loaded.get(RECORDS.holder.key(step))?.json);
    // GIVEN-3.
    if (holder !== undefined && (holder[0] !== job.id || holder[2] > job.deaths)) return undefined;
    // An attempt that follows another one is anybody's.
    const isAnybodys = ({ at, attempt }: Task): boolean => at.step === step && attempt !== event.attempt;
    return tasks.find((next) => !next.inline && !isAnybodys(next) && job.goesOnWith(next, given.tasks));
  }

  /** A job goes on from one task to the next, as was written. */
  goOn(event: Event, next: Task): void {
    if (!('at' in event) || !('attempt' in event)) return;
    const given = this.#of(next.runId, event.at.step).find(({ task }) => task.attempt === event.attempt);
    if (given === undefined) return;
    this.#take(given.task);
    this.#put({ ...given, task: next, tasks: given.tasks + 1, isNext: true });
  }

  /** Whether a task that is decided is the next one of a job of this process: once. */
  isNext(task: Task): boolean {
    const given = this.#bySteps.get(placeOf(task))?.get(task.key);
    if (given?.isNext !== true) return false;
    given.isNext = false;
    return true;
  }

  // ──

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

/** Who has a task, if anybody has: of what is known of its step. */
export function holderOf(task: Task, json: Json | undefined): HolderRecord | undefined {
  const holder = readRecord<HolderRecord>(json);
  return holder?.[1] === task.key ? holder : undefined;
}

function held({ at, key }: Task, { id, deaths }: TaskJob): RecordWrite {
  const holder = [id, key, deaths] as const;
  return [RECORDS.holder.key(at.step), holder, JSON.stringify(holder)];
}

function placeOf({ runId, at }: Task): string {
  return `${runId}~${at.step}`;
}
