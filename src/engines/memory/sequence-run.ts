// A sequence whose entries are single bodies that take a message at most: it calls one behind the other, as a run along a
// line does, and each with the message of its own entry.
//
// SEQUENCE-RUN-1. Each body is called out of the queue, as the one of an entry is in a whole run: what is done to the run
//     meanwhile finds it so.
// SEQUENCE-RUN-2. Whatever else an entry may have (a condition, callbacks, a value that goes on) makes a whole run at once.

import type { Line, LineStep } from '../../execute/line.ts';
import type { Entry, PlanShape, RunPlan } from '../../run/plan.ts';
import type { Ref } from '../../run/step-data.ts';
import type { Submission } from '../engine.ts';
import type { EventReader } from '../event-buffer.ts';
import { LineRun, type LineHost } from './line-run.ts';

export class SequenceRun extends LineRun {
  readonly #entries: readonly Entry[];

  constructor(submission: Submission, line: Line, host: LineHost) {
    super(submission, line, host, null);
    this.#entries = submission.plan.entries;
  }

  /** Events of entries have numbers of their own: the whole run gives them. */
  override watch(holds?: boolean): EventReader {
    return this.whole.watch(holds);
  }

  override mayCall(host: LineHost): boolean {
    return host.mayCallInTurn(this);
  }

  override sourceAt(at: number): Ref {
    return this.#entries[at]?.message;
  }

  override get shape(): PlanShape {
    return 'list';
  }

  /** In the order in which the entries are written: groups have their turns in another one. */
  get list(): readonly Ref[] {
    const list = [...this.values];
    for (const [turn, { at }] of this.#entries.entries()) list[at] = this.values[turn];
    return list;
  }
}

/** The bodies of a sequence, one behind the other. Null: it may do more than call them. */
export function lineOfSequence(plan: RunPlan, lineOf: (job: string) => Line | null): Line | null {
  const { entries, flow } = plan;
  if (flow.shape !== 'list' || flow.open !== undefined || plan.onSuccess !== undefined || plan.onFailure !== undefined)
    return null;
  const steps: LineStep[] = [];
  for (const entry of entries) {
    const step = entry.lane === undefined && isBare(entry) ? aloneOn(lineOf(entry.node)) : undefined;
    if (step === undefined) return null;
    steps.push(step);
  }
  return steps.length === 0 ? null : { steps, room: steps.map(() => undefined) };
}

/** Nothing is asked of it but to run. What always runs differs from the others after a failure only. */
function isBare({ success, error, condition, uses, refused, follows, bound }: Entry): boolean {
  if (success !== undefined || error !== undefined || condition !== undefined || uses !== undefined) return false;
  return refused === undefined && follows === undefined && bound === undefined;
}

/** The only body of a line, unless it takes a context. */
function aloneOn(line: Line | null): LineStep | undefined {
  if (line === null || line.steps.length > 1) return undefined;
  const [step] = line.steps;
  return step === undefined || step.takesContext ? undefined : step;
}
