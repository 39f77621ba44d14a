// What a start gives to the engine. The id of most runs is made up, and nobody ever asks for it.
//
// SUBMISSION-1. A made-up id becomes text when it is first read: each text made of a number outlives the run in V8's
//     cache of such texts, and would cost every run more than its steps do.

import type { Engine, OnChange, Submission } from '../engines/engine.ts';
import type { RunStart } from '../observe/observer.ts';
import type { RunSettings } from '../run/event.ts';
import type { RunPlan } from '../run/plan.ts';
import type { Fingerprint } from '../values/fingerprint.ts';
import type { Asked } from './asked.ts';

/** Makes ids that no other process and no other runtime makes. */
export class RunIds {
  readonly #stem: string;
  #made = 0;

  constructor(stem: string) {
    this.#stem = stem;
  }

  /** The submission of a run with the next id. */
  submission(plan: RunPlan, settings: RunSettings): Submission {
    return new MadeUp(this.#stem, ++this.#made, plan, settings);
  }
}

class MadeUp implements Submission {
  readonly plan: RunPlan;
  readonly settings: RunSettings;
  readonly fingerprint = undefined;
  readonly #stem: string;
  readonly #number: number;

  constructor(stem: string, number: number, plan: RunPlan, settings: RunSettings) {
    this.plan = plan;
    this.settings = settings;
    this.#stem = stem;
    this.#number = number;
  }

  get runId(): string {
    return `${this.#stem}${this.#number}`;
  }
}

/** With an id of its own. */
export class Named implements Submission {
  readonly runId: string;
  readonly plan: RunPlan;
  readonly settings: RunSettings;
  readonly fingerprint: Fingerprint | undefined;
  readonly resume?: OnChange;

  constructor(runId: string, { plan, settings, fingerprint, again }: Asked) {
    this.runId = runId;
    this.plan = plan;
    this.settings = settings;
    this.fingerprint = fingerprint;
    if (again !== undefined) this.resume = again;
  }
}

/** A submission, as observers hear of it ahead of its start. */
export function startOf({ runId, plan, settings }: Submission, { isDurable = false }: Engine): RunStart {
  return { runId, job: plan.name, tags: settings.tags, plan: settings.plan, isDurable };
}
