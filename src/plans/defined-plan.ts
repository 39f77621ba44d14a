// A definition as a plan: its steps are entries whose messages and conditions are formulas.
//
// E1. What reads and fills in formulas is loaded with the first definition, and never without one.
// E2. A job that is not exposed is as one that does not exist: who writes a definition learns nothing of it.

import type { DefinedStep, Definition } from '../definition/definition.ts';
import { formulas } from '../perform/formulas.ts';
import type { Entry, PlanFlow } from '../run/plan.ts';
import { StepCode } from '../run/status.ts';
import type { Draft, GivenAtStart } from './draft.ts';
import { inGroups } from './groups.ts';

export class DefinedPlan implements Draft {
  readonly name: string;
  readonly takesMessage = true;
  readonly takesOverride = false;
  readonly #definition: Definition;
  readonly #isExposed: (job: string) => boolean;

  constructor(definition: Definition, isExposed: (job: string) => boolean) {
    this.name = definition.name ?? 'definition';
    this.#definition = definition;
    this.#isExposed = isExposed;
  }

  /** @throws {OnwardError} ONW3004 if the parameters are no data. */
  async flow({ message }: GivenAtStart): Promise<PlanFlow> {
    const { keepGoing } = this.#definition;
    const { parametersOf } = await import('../definition/parameters.ts');
    // Ahead of the run: none of its steps has to wait for it.
    await formulas();
    const parameters = parametersOf(this.#definition, message);
    return { shape: 'record', keepGoing, concurrency: null, stopAfterFailures: null, parameters };
  }

  async lanes(): Promise<readonly (readonly Entry[])[]> {
    const { steps, mode } = this.#definition;
    const groups = [...inGroups(steps.map((step, at) => [this.#entryOf(step, at), step.group]))];
    return mode === 'sequential' ? [groups.flat()] : groups;
  }

  #entryOf({ id, job, message, condition, always, uses, duplicate }: DefinedStep, at: number): Entry {
    const refused = duplicate
      ? StepCode.DUPLICATE_STEP_IDS
      : this.#isExposed(job)
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
