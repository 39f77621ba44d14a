// Bodies that were under way when their process died. One that kills its process is found out; what only ran beside it is
// not blamed.
//
// SUSPECTS-1. A death counts for a step whose body was called again and had lived for less than a second. It is counted
//     when nothing keeps the body from being called any more, and ahead of that call. It is taken back once the body has lived
//     longer, or the engine is closed in order.
// SUSPECTS-2. From the second death on a body is tried with no other suspect beside it: the next one begins when it is
//     over, or has lived for a second. What is not suspected waits for none of them.
// SUSPECTS-3. At the limit the attempt is lost: it is tried once more, and then the step has failed (code 205).
// SUSPECTS-4. What waits, for a slot, a time or the end of a pause, is not on trial: it has no turn that others wait for, and
//     nothing of its wait is time that its body has lived. Nor is a body that waits for a step that it has called.

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
  readonly put: (run: StoreRun, happening: Happening) => void;
  /** It is decided that a task is lost, or that it was over. */
  readonly settled: (task: Task) => void;
}

/** How a body is called again. */
export class Trial {
  readonly run: StoreRun;
  readonly task: Task;
  readonly #suspects: Suspects;
  /** Those that are written. */
  deaths: number;
  /** One of them is for the call that is about to be made, or was made. */
  isCounted = false;
  /** Called when it may ask again. @param isRefused its death does not count: the step is not as it was found. */
  goOn: (isRefused: boolean) => void = () => undefined;

  constructor(suspects: Suspects, run: StoreRun, task: Task, deaths: number) {
    this.#suspects = suspects;
    this.run = run;
    this.task = task;
    this.deaths = deaths;
  }

  /** Whether no other suspect is in its way. It goes on once none is. */
  hasTurn(): boolean {
    return this.#suspects.hasTurn(this);
  }

  /** Whether its body may be called: its death is written. It goes on once that is so. */
  mayBegin(): boolean {
    if (!this.isCounted) this.#suspects.count(this);
    return this.isCounted;
  }

  /** Its attempt has begun. */
  begun(): void {
    this.#suspects.begun(this);
  }

  /** Something keeps it from beginning, or from going on, that is no matter of turns. */
  waits(): void {
    this.#suspects.waits(this);
  }

  /** It does not wait for its turn any more. True if it did. */
  withdraw(): boolean {
    return this.#suspects.withdraw(this);
  }

  /** The death that is written ahead of the call. */
  get death(): DeathEvent {
    const { at, attempt } = this.task;
    return { type: 'redelivered', at, attempt, deaths: this.deaths + 1 };
  }

  /** That death is written. */
  counted(): void {
    this.deaths++;
    this.isCounted = true;
    this.#suspects.counted(this);
  }
}

export class Suspects {
  readonly #options: SuspectsOptions;
  /** Those whose deaths are written, or about to be. */
  readonly #trials = new Map<string, Trial>();
  /** For their turn. */
  readonly #waiting = new Set<Trial>();
  #alone: Trial | undefined;
  #isPassing = false;
  /** Those that have begun in this turn: one timer is for all of them, which may be thousands. */
  #begun: Trial[] | undefined;
  readonly #timers = new Set<() => void>();

  constructor(options: SuspectsOptions) {
    this.#options = options;
  }

  /**
   * Of a body that is to be called again. Undefined: it has died too often, and its attempt is lost.
   *
   * @param deaths those that are written.
   */
  trialOf(run: StoreRun, task: Task, deaths: number): Trial | undefined {
    if (deaths < this.#options.limit) return new Trial(this, run, task, deaths);
    this.#options.put(run, { ...lostOf(run, task, deaths), onApplied: () => this.#options.settled(task) });
    return undefined;
  }

  /** The same, if it has no turn to wait for: it is the first death of its step that counts, or the second. */
  lightTrialOf(run: StoreRun, task: Task, deaths: number): Trial | undefined {
    return deaths < Math.min(ALONE_FROM, this.#options.limit) ? new Trial(this, run, task, deaths) : undefined;
  }

  /** A step is over, or goes on with another attempt. */
  ended(run: StoreRun, step: number): void {
    if (this.#trials.size === 0) return;
    const trial = this.#trials.get(keyOf(run, step));
    if (trial !== undefined) this.#leaves(trial);
  }

  /** The engine is closed in order: what is on trial has done nothing. */
  acquitAll(): void {
    for (const trial of this.#trials.values()) this.#takeBack(trial, 0);
  }

  forget(): void {
    for (const callOff of this.#timers) callOff();
    this.#timers.clear();
    this.#begun = undefined;
    this.#trials.clear();
    this.#waiting.clear();
    this.#alone = undefined;
  }

  // ── of one trial ──

  hasTurn(trial: Trial): boolean {
    // Counted among them is the death that is written for this call.
    if (this.#alone === trial || trial.deaths - Number(trial.isCounted) < ALONE_FROM) return true;
    if (this.#alone !== undefined) {
      this.#waiting.add(trial);
      return false;
    }
    this.#alone = trial;
    return true;
  }

  withdraw(trial: Trial): boolean {
    return this.#waiting.delete(trial);
  }

  count(trial: Trial): void {
    this.#trials.set(keyOf(trial.run, trial.task.at.step), trial);
    this.#options.put(trial.run, {
      event: trial.death,
      onApplied: ({ outcome }) => {
        if (outcome === 'applied') trial.counted();
        else this.#leaves(trial);
        trial.goOn(outcome !== 'applied');
      },
    });
  }

  counted(trial: Trial): void {
    this.#trials.set(keyOf(trial.run, trial.task.at.step), trial);
  }

  begun(trial: Trial): void {
    if (!this.#isOn(trial)) return;
    this.#begun ??= this.#beganTogether();
    this.#begun.push(trial);
  }

  #beganTogether(): Trial[] {
    const { clock } = this.#options;
    const trials: Trial[] = [];
    const callOff = clock.after(TRIAL_MS, () => {
      this.#timers.delete(callOff);
      for (const trial of trials) {
        if (!this.#isOn(trial)) continue;
        this.#takeBack(trial, 0);
        this.#leaves(trial);
      }
    });
    this.#timers.add(callOff);
    clock.nextTurn(() => {
      if (this.#begun === trials) this.#begun = undefined;
    });
    return trials;
  }

  #isOn(trial: Trial): boolean {
    return this.#trials.get(keyOf(trial.run, trial.task.at.step)) === trial;
  }

  waits(trial: Trial): void {
    if (trial.isCounted) {
      trial.isCounted = false;
      this.#takeBack(trial, --trial.deaths);
    }
    this.#leaves(trial);
  }

  /** @param deaths so many are left */
  #takeBack({ run, task: { at, attempt } }: Trial, deaths: number): void {
    this.#options.put(run, { event: { type: 'survived', at, attempt, deaths } });
  }

  /** It is not on trial any more. */
  #leaves(trial: Trial): void {
    if (this.#isOn(trial)) this.#trials.delete(keyOf(trial.run, trial.task.at.step));
    if (this.#alone !== trial) return;
    this.#alone = undefined;
    this.#passOn();
  }

  /** One that has to wait for something else passes the turn on at once. */
  #passOn(): void {
    if (this.#isPassing) return;
    this.#isPassing = true;
    for (const trial of this.#waiting) {
      if (this.#alone !== undefined) break;
      this.#waiting.delete(trial);
      trial.goOn(false);
    }
    this.#isPassing = false;
  }
}

/** What an attempt comes to that is not tried again. */
function lostOf({ payloads }: StoreRun, task: Task, deaths: number): Happening {
  const { at, attempt, runId } = task;
  const name = `${at.step}.${attempt}.lost`;
  const text = `the process died ${deaths} times in a row while ${printable(at.node)} was under way, soon after it had been called again; look for what ends the process there: memory, a native module, process.exit`;
  const error = new OnwardError('ONW3071', text, { details: { runId, node: at.node, step: at.step } });
  return {
    event: { type: 'lost', at, attempt, error: name },
    texts: new Map([[name, payloadText({ error }, payloads.keeping())]]),
  };
}

function keyOf({ id }: StoreRun, step: number): string {
  return `${id}~${step}`;
}
