// Bodies that were under way when their process died. One that kills its process is found out; what only ran beside it is
// not blamed.
//
// SUSPECTS-1. A death counts for a step whose body was called again and had lived for less than a second. It is counted
//     before that call, and taken back once the body has lived longer or the engine is closed in order.
// SUSPECTS-2. From the second death on a body is tried with no other suspect beside it: the next one begins when it is
//     over, or has lived for a second. What is not suspected waits for none of them.
// SUSPECTS-3. At the limit the attempt is lost: it is tried once more, and then the step has failed (code 205).

import type { Clock } from '../../execute/clock.ts';
import type { DeathEvent } from '../../records/deaths.ts';
import type { Task } from '../../run/event.ts';
import type { Happening } from './happenings.ts';
import { OnwardError } from '../../errors/onward-error.ts';
import { printable } from '../../values/describe.ts';
import { payloadText } from './run/payloads.ts';
import type { StoreRun } from './run/store-run.ts';

/** So long a body lives before its death is nobody's fault of its own. */
const TRIAL_MS = 1_000;
/** Deaths from which on a body is tried alone. */
const ALONE_FROM = 2;

export interface SuspectsOptions {
  readonly clock: Clock;
  /** Deaths of one step. */
  readonly limit: number;
  readonly begin: (run: StoreRun, task: Task) => void;
  readonly put: (run: StoreRun, happening: Happening) => void;
  /** The attempt of a step was over before: nothing begins. */
  readonly attemptOver: (run: StoreRun, step: number) => void;
}

interface Trial {
  readonly run: StoreRun;
  readonly task: Task;
  readonly deaths: number;
  callOff: () => void;
}

/** What is to be written, and what begins after that. */
interface LightDeath {
  readonly event: DeathEvent & { readonly type: 'redelivered' };
  readonly begin: () => void;
}

export class Suspects {
  readonly #options: SuspectsOptions;
  readonly #trials = new Map<string, Trial>();
  #waiting: Trial[] = [];
  #alone: string | undefined;

  constructor(options: SuspectsOptions) {
    this.#options = options;
  }

  /** Calls a body again that was under way when its process died. */
  callAgain(run: StoreRun, task: Task): void {
    const { limit, put } = this.#options;
    const deaths = run.deathsOf(task.at.step);
    if (deaths >= limit) return put(run, lostOf(run, task, deaths));
    const trial: Trial = { run, task, deaths: deaths + 1, callOff: () => undefined };
    if (deaths < ALONE_FROM) return put(run, this.#counted(trial));
    this.#waiting.push(trial);
    this.#next();
  }

  /** A death that is the first of its step, or the second: nothing is held against its body. Undefined for any other. */
  lightDeath(run: StoreRun, task: Task): LightDeath | undefined {
    const deaths = run.deathsOf(task.at.step);
    if (deaths >= Math.min(ALONE_FROM, this.#options.limit)) return undefined;
    const trial: Trial = { run, task, deaths: deaths + 1, callOff: () => undefined };
    return { event: countedAs(trial), begin: () => this.#begin(trial) };
  }

  /** A step is over, or goes on with another attempt. */
  ended(run: StoreRun, step: number): void {
    if (this.#trials.size === 0) return;
    const key = keyOf(run, step);
    this.#trials.get(key)?.callOff();
    this.#trials.delete(key);
    this.#freed(key);
  }

  /** The engine is closed in order: what is on trial has done nothing. */
  acquitAll(): void {
    for (const { run, task } of this.#trials.values()) this.#acquit(run, task);
  }

  forget(): void {
    for (const { callOff } of this.#trials.values()) callOff();
    this.#trials.clear();
    this.#waiting = [];
    this.#alone = undefined;
  }

  #next(): void {
    if (this.#alone !== undefined) return;
    const trial = this.#waiting.shift();
    if (trial === undefined) return;
    this.#alone = keyOf(trial.run, trial.task.at.step);
    this.#options.put(trial.run, this.#counted(trial));
  }

  /** SUSPECTS-1: the death is written, and then the body begins. */
  #counted(trial: Trial): Happening {
    return {
      event: countedAs(trial),
      onApplied: ({ outcome }) => {
        if (outcome === 'applied') return this.#begin(trial);
        const { run, task } = trial;
        this.#freed(keyOf(run, task.at.step));
        this.#options.attemptOver(run, task.at.step);
      },
    };
  }

  #begin(trial: Trial): void {
    const { clock, begin } = this.#options;
    const { run, task } = trial;
    const key = keyOf(run, task.at.step);
    this.#trials.set(key, trial);
    trial.callOff = clock.after(TRIAL_MS, () => {
      this.#trials.delete(key);
      this.#acquit(run, task);
      this.#freed(key);
    });
    begin(run, task);
  }

  #acquit(run: StoreRun, { at, attempt }: Task): void {
    this.#options.put(run, { event: { type: 'survived', at, attempt } });
  }

  #freed(key: string): void {
    if (this.#alone !== key) return;
    this.#alone = undefined;
    this.#next();
  }
}

function countedAs({ task: { at, attempt }, deaths }: Trial): LightDeath['event'] {
  return { type: 'redelivered', at, attempt, deaths };
}

/** What an attempt comes to that is not tried again. */
function lostOf({ keeping }: StoreRun, task: Task, deaths: number): Happening {
  const { at, attempt, runId } = task;
  const name = `${at.step}.${attempt}.lost`;
  const text = `the process died ${deaths} times in a row while ${printable(at.node)} was under way, soon after it had been called again; look for what ends the process there: memory, a native module, process.exit`;
  const error = new OnwardError('ONW3071', text, { details: { runId, node: at.node, step: at.step } });
  return {
    event: { type: 'lost', at, attempt, error: name },
    texts: new Map([[name, payloadText({ error }, keeping)]]),
  };
}

function keyOf({ id }: StoreRun, step: number): string {
  return `${id}~${step}`;
}
