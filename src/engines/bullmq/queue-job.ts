// A job of BullMQ that this process holds, and which tasks it may go on with.
//
// QUEUE-JOB-1. What BullMQ counts or orders goes through its queue: nodes with a `concurrency` or a `rateLimit`, and tasks
//     whose `priority` is behind others.
// QUEUE-JOB-2. A job performs a limited number of tasks and takes no further one after a second, so other runs get their turn.

import type { Job } from 'bullmq';
import type { GraphNode } from '../../graph/graph.ts';
import type { Task } from '../../run/event.ts';
import type { TaskJob } from '../store/shared/given-tasks.ts';

const MOST_MS = 1_000;

/** The id of the job of a task: BullMQ reserves the colon. */
export function jobIdOf(key: string): string {
  return key.replaceAll('%', '%25').replaceAll(':', '%3A');
}

export interface QueueJobPlace {
  /** How many tasks one job performs at most, one after another. */
  readonly stepsInARow: number;
  /** The queue of a task, unless BullMQ has to see it there. */
  readonly queueOf: (task: Task) => string | undefined;
  readonly nodeOf: (task: Task) => GraphNode;
  /** Whether this process still takes jobs of a queue. */
  readonly takes: (queue: string) => boolean;
}

export class QueueJob implements TaskJob {
  readonly id: string;
  readonly isAgain: boolean;
  readonly deaths: number;
  readonly #queue: string;
  readonly #place: QueueJobPlace;
  readonly #since = performance.now();
  #isLost = false;
  /** It may have gone on with another task than the one that it brought. */
  hasGoneOn = false;
  /** What it has is for any process again. */
  isReturned = false;

  /** @param returns how often it was given back before anything of it had begun */
  constructor({ id = '', attemptsStarted, stalledCounter, queueName }: Job, returns: number, place: QueueJobPlace) {
    this.id = id;
    this.isAgain = attemptsStarted > 1 + returns;
    this.deaths = stalledCounter;
    this.#queue = queueName;
    this.#place = place;
  }

  /** BullMQ may have given it to another process meanwhile. */
  lose(): void {
    this.#isLost = true;
  }

  goesOnWith(next: Task, tasks: number): boolean {
    const { stepsInARow, queueOf, nodeOf, takes } = this.#place;
    if (this.#isLost || tasks >= stepsInARow || performance.now() - this.#since > MOST_MS) return false;
    const goesOn = queueOf(next) === this.#queue && nodeOf(next).priority === 0 && takes(this.#queue);
    this.hasGoneOn ||= goesOn;
    return goesOn;
  }

  giveBack(): void {
    this.isReturned = true;
  }
}
