// What a start asks for: a job or a plan with its message, and the options behind it. Read and checked in one place.
//
// ASKED-1. The message of a job is built ahead of the options: what is wrong with it is said first, in the turn of the call.
//     Those of a plan are built after its options are read.
// ASKED-2. Two starts with one id are the same start if their messages are, as they are given: fingerprints are made of
//     these, not of what is built of them.

import type { OnChange, Submission } from '../engines/engine.ts';
import type { CheckedObserver } from '../observe/read-observer.ts';
import { PlanFingerprint, planOf } from '../plans/run-plan.ts';
import type { Planner } from '../plans/planner.ts';
import type { RunSettings } from '../run/event.ts';
import { kindOfPlan, singlePlan, type RunPlan } from '../run/plan.ts';
import { fingerprintOf, type Fingerprint } from '../values/fingerprint.ts';
import { isRecord } from '../values/json.ts';
import { whilePending } from '../values/promises.ts';
import type { Messages } from './messages.ts';
import { idAlone, readStartOptions, type StartSettings, type StartSurroundings } from './start-options.ts';
import { assertNoMore } from '../values/option-rules.ts';

/** What a start submits, and the id that it asks for. */
export interface Asked extends Omit<Submission, 'runId'> {
  readonly id: string | undefined;
  /** Of this run alone. */
  readonly observers: readonly CheckedObserver[] | undefined;
  readonly again?: OnChange | undefined;
}

export class AskedReader {
  readonly #messages: Messages;
  readonly #planner: Planner;
  readonly #around: StartSurroundings;
  /** What holds for a start without options. */
  readonly defaults: RunSettings;

  constructor(messages: Messages, planner: Planner, around: StartSurroundings) {
    this.#messages = messages;
    this.#planner = planner;
    this.#around = around;
    this.defaults = readStartOptions({}, around).settings;
  }

  /** A promise only where the message has asynchronous validators. @throws what is wrong with the message or the options. */
  ofJob(job: string, given: readonly unknown[]): Asked | Promise<Asked> {
    const data = given[0];
    const built = this.#messages.ofStart(job, data);
    const asked = whilePending(built, () => {
      assertNoMore(given.length + 1, 3, 'start takes a job, its message and options');
      return this.#optionsOf(job, data, given[1]);
    });
    if (built instanceof Promise) return built.then((valid) => withPlan(asked, singlePlan(job, valid)));
    return withPlan(asked, singlePlan(job, built));
  }

  #optionsOf(job: string, data: unknown, options: unknown): Omit<Asked, 'plan'> {
    const { id, settings, observers, resume: again, fingerprint: own } = this.#read(options);
    return { id, settings, observers, again, fingerprint: ownFingerprint(own) ?? madeOf(id, job, data) };
  }

  #read(options: unknown): StartSettings {
    // Most starts with options have nothing but an id: it costs them no look at the others.
    const id = options === undefined ? undefined : idAlone(options);
    if (options !== undefined && id === undefined) return readStartOptions(options, this.#around);
    return { id, settings: this.defaults, resume: undefined, fingerprint: undefined, observers: undefined };
  }

  /** A signature, a plan or a definition. Rejects with what is wrong with it, its messages or the options. */
  async ofPlan(what: unknown, given: readonly unknown[]): Promise<Asked> {
    const startable = this.#planner.startableOf(what);
    const takes = startable.takesMessage ? 'a message, then options' : 'options right behind it, and no message';
    assertNoMore(given.length, startable.takesMessage ? 2 : 1, `${startable.name} takes ${takes}`);
    const [first, rest = {}] = startable.takesMessage ? given : [undefined, given[0]];
    const message = startable.copied === undefined ? first : startable.copied(first);
    const { override, ...others } = isRecord(rest) ? rest : {};
    // Where nothing can be overridden, `override` is an unknown option.
    const isOverride = startable.takesOverride && isRecord(rest);
    const { id, settings, observers, ...more } = readStartOptions(isOverride ? others : rest, this.#around);
    const fingerprint = id === undefined ? undefined : new PlanFingerprint();
    const plan = await planOf(startable, { message, override }, (job, data, { at, checkedBy }) => {
      const built = startable.takesMessage
        ? this.#messages.ofStart(job, data, '…', checkedBy)
        : this.#messages.ofJob(job, data, checkedBy);
      if (fingerprint !== undefined) whilePending(built, () => fingerprint.take(job, data, at));
      return built;
    });
    return {
      id,
      plan,
      settings: { ...settings, plan: kindOfPlan(plan) },
      observers,
      again: more.resume,
      fingerprint: ownFingerprint(more.fingerprint) ?? fingerprint?.of(plan),
    };
  }
}

function withPlan({ id, settings, fingerprint, observers, again }: Omit<Asked, 'plan'>, plan: RunPlan): Asked {
  return { id, plan, settings, fingerprint, observers, again };
}

function ownFingerprint(given: string | undefined): Fingerprint | undefined {
  return given === undefined ? undefined : { text: given };
}

/** Nobody joins a run whose id is made up. */
function madeOf(id: string | undefined, job: string, data: unknown): Fingerprint | undefined {
  return id === undefined ? undefined : fingerprintOf(job, data);
}
