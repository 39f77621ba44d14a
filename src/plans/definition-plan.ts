// A definition as a plan that a run can be started with: its steps are entries whose messages and conditions are formulas.
//
// DEFINITION-PLAN-1. What reads and fills in formulas is loaded with the first definition, and never without one.
// DEFINITION-PLAN-2. A job that is not exposed looks like one that does not exist: definitions reveal no names.

import type { DefinedStep, Definition } from '../definition/defined.ts';
import { formulas } from '../execute/condition.ts';
import type { Entry, PlanFlow } from '../run/plan.ts';
import { StepCode } from '../run/status.ts';
import { type GivenAtStart, inGroups } from './plan.ts';

/** What definitions are told of jobs, by their ids. */
export interface DefinableJobs {
  /** Definitions may use it. */
  isExposed(this: void, id: string): boolean;
  /** The class of its message; undefined if it has none, or is not known. */
  messageClassOf(this: void, id: string): unknown;
}

export class DefinedPlan {
  readonly #definition: Definition;
  readonly #jobs: DefinableJobs;

  constructor(given: Definition, jobs: DefinableJobs) {
    this.#definition = given;
    this.#jobs = jobs;
  }

  /** @throws {OnwardError} ONW3004 if the parameters are not data. */
  async flow({ message }: GivenAtStart): Promise<PlanFlow> {
    const { keepGoing, mode } = this.#definition;
    const { parametersOf } = await import('../definition/resolve.ts');
    const { secretParameters } = await import('./secret-parameters.ts');
    // Before the run: none of its steps has to wait for it.
    await formulas();
    const secrets = secretParameters(this.#definition, this.#jobs.messageClassOf);
    const parameters = parametersOf(this.#definition, message, { secrets });
    const apart = mode === 'parallel' && { areLanesApart: true as const };
    return { shape: 'record', keepGoing, concurrency: null, stopAfterFailures: null, parameters, ...apart };
  }

  async lanes(): Promise<readonly (readonly Entry[])[]> {
    const { steps, mode } = this.#definition;
    const groups = [...inGroups(steps.map((step, at) => [this.#entryOf(step, at), step.group]))];
    return mode === 'sequential' ? [groups.flat()] : groups;
  }

  #entryOf({ id, job, message, condition, always, uses, duplicate }: DefinedStep, at: number): Entry {
    const refused = duplicate
      ? StepCode.DUPLICATE_STEP_IDS
      : this.#jobs.isExposed(job)
        ? undefined
        : StepCode.BLOCK_NOT_FOUND;
    return {
      node: job,
      at,
      name: id,
      uses: uses.map(({ id: name, step }) => ({ name, at: step })),
      ...(message !== undefined && { message }),
      ...(condition !== null && { condition }),
      ...(always && { always }),
      ...(refused !== undefined && { refused }),
    };
  }
}
