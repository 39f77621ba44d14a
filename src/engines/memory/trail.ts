// The finished steps that a run keeps, the last ones as its history says. Failed ones are kept apart, by the run.
//
// TRAIL-1. A step that stays what it was is kept as it is. Steps that became each other, and the one that the last of
//     them became, are kept as a stretch: the first one, and what the others returned. They are made again when somebody
//     looks.
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
  /** While there is but one record, it needs no list. */
  #only: Step | Stretch | null = null;
  #records: (Step | Stretch | undefined)[] | null = null;
  /** The place of the first record that is not dropped. */
  #first = 0;
  /** Steps in all records. */
  #length = 0;
  #last: Stretch | null = null;
  /** What the last step of that stretch has become. */
  #passing: Step | null = null;

  constructor(history: History) {
    this.#most = history === 'all' ? Number.POSITIVE_INFINITY : history === 'failures' ? 0 : history;
  }

  /** A step that is over. It stays what it is, or is the end of a stretch. */
  keep(step: Step): void {
    if (this.#most === 0) return;
    if (step === this.#passing && isPlainlyOver(step) && this.#last?.take(step, step.value) === true) this.#grown();
    else this.#add(step);
    if (step !== this.#passing) return;
    this.#passing = null;
    this.#last = null;
  }

  /** A step that completed, and is about to become the one behind it. */
  keepPassing(step: Step, value: Ref): void {
    if (this.#most === 0) return;
    if (this.#last !== null && this.#last.take(step, value)) this.#grown();
    else this.#add((this.#last = new Stretch(step, value)));
    this.#passing = step;
  }

  #add(record: Step | Stretch): void {
    if (this.#length === 0) this.#only = record;
    else if (this.#records === null) this.#records = this.#only === null ? [record] : [this.#only, record];
    else this.#records.push(record);
    this.#grown();
  }

  #grown(): void {
    this.#length++;
    if (this.#length > this.#most && this.#records !== null) this.#trim(this.#records);
  }

  #trim(records: (Step | Stretch | undefined)[]): void {
    for (;;) {
      const size = sizeOf(records[this.#first]);
      if (this.#length - size < this.#most) break;
      this.#length -= size;
      records[this.#first++] = undefined;
    }
    if (this.#first < DROPPED || this.#first * 2 < records.length) return;
    this.#records = records.slice(this.#first);
    this.#first = 0;
  }

  /** The steps, those of stretches made again. */
  steps(run: Run, takesMessage: TakesMessage): Step[] {
    const steps = (this.#records ?? [this.#only ?? undefined]).flatMap((record) =>
      record instanceof Stretch ? record.steps(run, takesMessage) : (record ?? []),
    );
    return steps.length > this.#most ? steps.slice(steps.length - this.#most) : steps;
  }
}

function sizeOf(record: Step | Stretch | undefined): number {
  return record instanceof Stretch ? record.length : 1;
}

/** Nothing happened to it but its body, so that it can be made again. */
function isPlainlyOver({ extras, status, endSeq, startSeq }: Step): boolean {
  return extras === null && status === 'completed' && endSeq === startSeq + 1;
}

/** Steps that became each other: the first one, and the ends of all of them. Times are as in `Step`. */
class Stretch {
  readonly #node: GraphNode;
  readonly #via: Edge | null;
  readonly #firstId: StepId;
  readonly #cause: StepId;
  readonly #targetMessage: Ref;
  readonly #targetValue: Ref;
  readonly #message: Ref;
  readonly #startSeq: number;
  readonly #startMs: number;
  readonly #values: Ref[];
  /** When all of them ended, or when the first ones did. */
  readonly #endMs: number;
  /** When each ended, from the first on that ended at a different time. */
  #ends: number[] | null = null;
  /** By step; null while each is the first execution of its node. */
  #rounds: number[] | null;

  constructor(step: Step, value: Ref) {
    this.#node = step.node;
    this.#via = step.via;
    this.#firstId = step.id;
    this.#cause = step.cause;
    this.#targetMessage = step.targetMessage;
    this.#targetValue = step.targetValue;
    this.#message = step.message;
    this.#startSeq = step.startSeq;
    this.#startMs = step.startMs;
    this.#values = [value];
    this.#endMs = step.endMs;
    this.#rounds = step.round === 1 ? null : [step.round];
  }

  get length(): number {
    return this.#values.length;
  }

  /** Takes the step if it follows on. */
  take(step: Step, value: Ref): boolean {
    const { length } = this.#values;
    if (step.id !== this.#firstId + length || step.startSeq !== this.#startSeq + 2 * length) return false;
    if (length === LONGEST) return false;
    if (this.#ends !== null) this.#ends.push(step.endMs);
    else if (step.endMs !== this.#endMs) this.#ends = [...this.#values.map(() => this.#endMs), step.endMs];
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
      step.startMs = before === undefined ? this.#startMs : before.endMs;
      step.endMs = this.#ends?.[at] ?? this.#endMs;
      steps.push(step);
      via = node.success[0] ?? null;
      if (via !== null) node = via.to;
    }
    return steps;
  }
}
