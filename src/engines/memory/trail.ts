// The finished steps that a run keeps, the last ones as its history says. Failed ones are kept apart, by the run.
//
// TRAIL-1. A step that stays what it was is kept as it is. Steps that became each other are kept as a stretch: the first
//     one, and what the others returned. They are made again when somebody looks.
// TRAIL-2. In a stretch ids and the numbers of events have no gaps, for nothing else happened in the run meanwhile. What
//     does not follow on begins a new one.
// TRAIL-3. What is dropped is dropped by the record, so that it costs no search: up to a stretch more than the history
//     may be held, and none of it is shown.

import type { Edge, GraphNode } from '../../graph/graph.ts';
import type { Run } from '../../run/state.ts';
import { Step } from '../../run/step.ts';
import { Phase, StepCode } from '../../run/status.ts';
import type { Ref, StepId } from '../../run/step-data.ts';
import type { History } from '../../run/view.ts';

/** Steps in a stretch: with a longer one more than the history would be held. */
const LONGEST = 128;
/** Dropped records after which the array is rebuilt. */
const DROPPED = 256;

/** Whether the body of a node takes a message. */
export type TakesMessage = (node: GraphNode) => boolean;

export class Trail {
  readonly #most: number;
  #records: (Step | Stretch | undefined)[] | null = null;
  /** The place of the first record that is not dropped. */
  #first = 0;
  /** Steps in all records. */
  #length = 0;
  #last: Stretch | null = null;

  constructor(history: History) {
    this.#most = history === 'all' ? Number.POSITIVE_INFINITY : history === 'failures' ? 0 : history;
  }

  /** A step that stays what it is. */
  keep(step: Step): void {
    if (this.#most > 0) this.#add(step);
  }

  /** A step that completed, and is about to become the one behind it. */
  keepPassing(step: Step, value: Ref, at: number): void {
    if (this.#most === 0) return;
    if (this.#last !== null && this.#last.take(step, value, at)) {
      this.#length++;
      this.#trim();
    } else this.#add((this.#last = new Stretch(step, value, at)));
  }

  #add(record: Step | Stretch): void {
    if (this.#records === null) this.#records = [record];
    else this.#records.push(record);
    this.#length++;
    this.#trim();
  }

  #trim(): void {
    if (this.#length <= this.#most || this.#records === null) return;
    for (;;) {
      const size = sizeOf(this.#records[this.#first]);
      if (this.#length - size < this.#most) break;
      this.#length -= size;
      this.#records[this.#first++] = undefined;
    }
    if (this.#first < DROPPED || this.#first * 2 < this.#records.length) return;
    this.#records = this.#records.slice(this.#first);
    this.#first = 0;
  }

  /** The steps, those of stretches made again. */
  steps(run: Run, takesMessage: TakesMessage): Step[] {
    const steps = (this.#records ?? []).flatMap((record) =>
      record instanceof Stretch ? record.steps(run, takesMessage) : (record ?? []),
    );
    return steps.length > this.#most ? steps.slice(steps.length - this.#most) : steps;
  }
}

function sizeOf(record: Step | Stretch | undefined): number {
  return record instanceof Stretch ? record.length : 1;
}

/** Steps that became each other: the first one, and the ends of all of them. */
class Stretch {
  readonly #node: GraphNode;
  readonly #via: Edge | null;
  readonly #firstId: StepId;
  readonly #cause: StepId;
  readonly #targetMessage: Ref;
  readonly #targetValue: Ref;
  readonly #message: Ref;
  readonly #startSeq: number;
  readonly #startedAt: number;
  readonly #values: Ref[];
  /** When all of them ended, or when the first ones did. */
  readonly #endedAt: number;
  /** When each ended, from the first on that ended at a different time. */
  #ends: number[] | null = null;
  /** By step; null while each is the first execution of its node. */
  #rounds: number[] | null;

  constructor(step: Step, value: Ref, at: number) {
    this.#node = step.node;
    this.#via = step.via;
    this.#firstId = step.id;
    this.#cause = step.cause;
    this.#targetMessage = step.targetMessage;
    this.#targetValue = step.targetValue;
    this.#message = step.message;
    this.#startSeq = step.startSeq;
    this.#startedAt = step.startedAt;
    this.#values = [value];
    this.#endedAt = at;
    this.#rounds = step.round === 1 ? null : [step.round];
  }

  get length(): number {
    return this.#values.length;
  }

  /** Takes the step if it follows on. */
  take(step: Step, value: Ref, at: number): boolean {
    const { length } = this.#values;
    if (step.id !== this.#firstId + length || step.startSeq !== this.#startSeq + 2 * length) return false;
    if (length === LONGEST) return false;
    if (this.#ends !== null) this.#ends.push(at);
    else if (at !== this.#endedAt) this.#ends = [...this.#values.map(() => this.#endedAt), at];
    if (this.#rounds !== null) this.#rounds.push(step.round);
    else if (step.round !== 1) this.#rounds = [...this.#values.map(() => 1), step.round];
    this.#values.push(value);
    return true;
  }

  steps(run: Run, takesMessage: TakesMessage): Step[] {
    const steps: Step[] = [];
    let node = this.#node;
    let via = this.#via;
    for (const [at, value] of this.#values.entries()) {
      const step = new Step(run, node, this.#firstId + at);
      const before = steps[at - 1];
      step.via = via;
      step.cause = before === undefined ? this.#cause : before.id;
      step.round = this.#rounds?.[at] ?? 1;
      step.targetMessage = before === undefined ? this.#targetMessage : before.message;
      step.targetValue = before === undefined ? this.#targetValue : before.value;
      step.message = before === undefined ? this.#message : takesMessage(node) ? before.value : undefined;
      step.value = value;
      step.phase = Phase.OVER;
      step.status = 'completed';
      step.code = StepCode.DONE;
      step.startSeq = this.#startSeq + 2 * at;
      step.endSeq = step.startSeq + 1;
      step.startedAt = before === undefined ? this.#startedAt : before.endedAt;
      step.endedAt = this.#ends?.[at] ?? this.#endedAt;
      steps.push(step);
      via = node.success[0] ?? null;
      if (via !== null) node = via.to;
    }
    return steps;
  }
}
