// How many jobs this process performs at a time, over all the queues that it serves.
//
// JOB-LIMIT-1. Each worker of BullMQ counts its own queue, so together they take more jobs than the process may perform.
//     Those that are too many wait for a place: by the priority of their nodes, then in the order in which they came.
// JOB-LIMIT-2. A job that waits here counts for the `concurrency` of its node everywhere, and no other process may begin
//     it. So nobody waits long: when no place became free for a while, the process takes nothing more, and what waits goes
//     back to its queue. One that was counted for a `rateLimit` stays: it would be counted twice.
// JOB-LIMIT-3. A queue that had to give a job back has the next free place: others wait a moment for its next job.

import type { Clock } from '../../execute/clock.ts';

export interface JobLimitOptions {
  readonly clock: () => Pick<Clock, 'after'>;
  /** Has the workers take jobs, or take none. */
  readonly take: (isOn: boolean) => void;
}

/** What waits for a place. */
export interface LimitedJob {
  readonly queue: string;
  /** Of its node: a lower one goes first. */
  readonly priority: number;
  /** Whether it may go back to its queue. */
  readonly mayGoBack: boolean;
}

interface Waiting extends LimitedJob {
  readonly answer: (hasPlace: boolean) => void;
}

/** So long all places are taken by the same jobs before the others go back. */
export const PATIENCE_MS = 250;
/** So long a free place is kept for a queue that had to give a job back. */
export const KEPT_MS = 25;

export class JobLimit {
  readonly #options: JobLimitOptions;
  #most = Number.POSITIVE_INFINITY;
  /** One alone keeps to the limit by itself. */
  #queues = 0;
  #taken = 0;
  /** In the order in which they came. */
  #waiting: Waiting[] = [];
  /** Priorities by the queues that had to give a job back, in the order in which they did. */
  readonly #owed = new Map<string, number>();
  #isTaking = true;
  readonly #patience: Timer;
  readonly #kept: Timer;

  constructor(options: JobLimitOptions) {
    this.#options = options;
    this.#patience = new Timer(options.clock, PATIENCE_MS, () => this.#stopTaking());
    this.#kept = new Timer(options.clock, KEPT_MS, () => this.#forgive());
  }

  /** @param queues how many are served */
  limit(most: number, queues: number): void {
    this.#most = most;
    this.#queues = queues;
    // Whoever sets a limit has all of them take jobs.
    this.#isTaking = true;
    this.#serve();
  }

  /** Resolves to whether the job has a place, which it leaves at its end; without one it goes back to its queue. */
  enter(job: LimitedJob): Promise<boolean> {
    return new Promise((answer) => {
      if (!this.#isTaking && job.mayGoBack) return this.#sendBack({ ...job, answer });
      this.#waiting.push({ ...job, answer });
      // The jobs under way are still the same.
      if (this.#taken < this.#most) this.#serve();
    });
  }

  leave(): void {
    this.#taken--;
    this.#patience.stop();
    this.#serve();
  }

  /** Nothing more begins here. */
  rest(): void {
    this.#patience.stop();
    this.#kept.stop();
    for (const { answer } of this.#waiting.splice(0)) answer(false);
  }

  #serve(): void {
    while (this.#taken < this.#most) {
      const next = this.#next();
      if (next === undefined) break;
      this.#waiting.splice(this.#waiting.indexOf(next), 1);
      this.#owed.delete(next.queue);
      this.#taken++;
      next.answer(true);
    }
    if (this.#taken >= this.#most) {
      this.#kept.stop();
      return this.#patience.start();
    }
    if (this.#owed.size > 0) this.#kept.start();
    else this.#kept.stop();
    if (this.#isTaking) return;
    this.#isTaking = true;
    this.#options.take(true);
  }

  #next(): Waiting | undefined {
    const [first] = [...this.#owed].toSorted(([, one], [, other]) => one - other);
    const those = first === undefined ? this.#waiting : this.#waiting.filter(({ queue }) => queue === first[0]);
    return those.toSorted((one, other) => one.priority - other.priority)[0];
  }

  /** JOB-LIMIT-2. */
  #stopTaking(): void {
    if (this.#queues < 2) return;
    this.#isTaking = false;
    this.#options.take(false);
    const waiting = this.#waiting;
    this.#waiting = waiting.filter(({ mayGoBack }) => !mayGoBack);
    for (const job of waiting) if (job.mayGoBack) this.#sendBack(job);
  }

  #sendBack({ queue, priority, answer }: Waiting): void {
    this.#owed.set(queue, Math.min(priority, this.#owed.get(queue) ?? priority));
    answer(false);
  }

  /** JOB-LIMIT-3. */
  #forgive(): void {
    this.#owed.clear();
    this.#serve();
  }
}

/** Calls back a while after it was started, unless it is stopped; starting it again changes nothing. */
class Timer {
  readonly #clock: JobLimitOptions['clock'];
  readonly #ms: number;
  readonly #callback: () => void;
  #callOff: (() => void) | undefined;

  constructor(clock: JobLimitOptions['clock'], ms: number, callback: () => void) {
    this.#clock = clock;
    this.#ms = ms;
    this.#callback = callback;
  }

  start(): void {
    this.#callOff ??= this.#clock().after(this.#ms, () => {
      this.#callOff = undefined;
      this.#callback();
    });
  }

  stop(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }
}
