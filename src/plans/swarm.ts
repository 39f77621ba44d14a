// A swarm before it is started: entries are added to it, and it may be closed.

import { OnwardError } from '../errors/onward-error.ts';
import type { PlanFlow } from '../run/plan.ts';
import type { DraftEntry, GivenAtStart, BuildMessage } from './draft.ts';
import type { Entry } from '../run/plan.ts';
import { WrittenPlan, type PlanParts } from './written-plan.ts';

export class SwarmDraft extends WrittenPlan {
  readonly #most: number | null;
  readonly #entryOf: (job: unknown, message: unknown) => DraftEntry;
  #isClosed = false;
  #isStarted = false;

  constructor(parts: PlanParts, entryOf: (job: unknown, message: unknown) => DraftEntry) {
    super('swarm', [], parts);
    this.#most = parts.flow.open?.most ?? null;
    this.#entryOf = entryOf;
  }

  add(job: unknown, message?: unknown): this {
    if (this.#isStarted)
      throw new OnwardError('ONW3052', 'the swarm was started already; add to the run that `start` gave back');
    if (this.#isClosed) throw notAdded('it was closed');
    const most = this.#most;
    if (most !== null && this.entries.length >= most) throw notAdded(`its \`maxSteps\` allows ${most}`);
    this.entries.push(this.#entryOf(job, message));
    return this;
  }

  close(): this {
    this.#isClosed = true;
    return this;
  }

  /** One that was closed takes nothing more once it runs. */
  override flow(): PlanFlow {
    const { open, ...closed } = super.flow();
    return this.#isClosed || open === undefined ? closed : { ...closed, open };
  }

  override lanes(given: GivenAtStart, build: BuildMessage): Promise<readonly (readonly Entry[])[]> {
    this.#isStarted = true;
    return super.lanes(given, build);
  }
}

/** Why nothing more is taken. */
export function notAdded(why: string): OnwardError {
  return new OnwardError('ONW3053', `nothing can be added to the swarm any more: ${why}; start another one`);
}
