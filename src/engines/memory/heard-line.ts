// What somebody hears of a run along a line, and what events read of its steps.
//
// HEARD-LINE-1. In a run along a line ids and the numbers of events have no gaps, as in a stretch of the trail: nothing else
//     has happened in it. What is more than that, the whole run says.
// HEARD-LINE-2. As long as events may be read, what they read of it stays.

import { liveEnded, liveRunStarted, liveStarted, type StepFacts } from '../../observe/live-event.ts';
import type { Edge, GraphNode } from '../../graph/graph.ts';
import type { RunEvent } from '../../run/run-event.ts';
import { StepCode } from '../../run/status.ts';
import type { Ref } from '../../run/step-data.ts';
import { stepKey } from '../../run/step-key.ts';
import { Watchers, type EventReader } from '../event-buffer.ts';
import type { LineRun } from './line-run.ts';
import { WATCHED, type MemoryRun } from './run.ts';

/** Those who hear of its steps. */
export class HeardLine {
  readonly #line: LineRun;
  /** What they want while it is on its line: a sum of `Wants`. */
  wants: number;
  #watchers: Watchers | null = null;
  /** The step that events were made of last: most have several. */
  #step: HeardStep | null = null;

  constructor(line: LineRun) {
    this.#line = line;
    this.wants = line.observed;
  }

  notify(event: RunEvent): void {
    this.#watchers?.push(event);
  }

  /** The one whose body is called, or is next. */
  get step(): HeardStep {
    return this.stepAt(this.#line.at);
  }

  stepAt(at: number): HeardStep {
    if (this.#step === null || this.#step.at !== at) this.#step = new HeardStep(this.#line, at);
    return this.#step;
  }

  /** Its present body is not over. */
  watch(): EventReader {
    this.#watchers ??= new Watchers(() => this.#refresh());
    return this.#watchers.add(this.#past());
  }

  #refresh(): void {
    const { made, observed } = this.#line;
    if (made !== null) return made.refreshWants();
    this.wants = this.#watchers?.isEmpty === false ? observed | WATCHED : observed;
  }

  /** It is a whole run from here on: its readers go with it. */
  handOver(run: MemoryRun): void {
    if (this.#watchers !== null) run.takeOver(this.#watchers);
  }

  #past(): RunEvent[] {
    const line = this.#line;
    const events = [liveRunStarted(line)];
    for (let at = 0; at < line.at; at++) {
      const step = new HeardStep(line, at);
      events.push(liveStarted(step), liveEnded(step, 'completed'));
    }
    events.push(liveStarted(this.step));
    return events;
  }
}

/** A step of it, as events read it. */
class HeardStep implements StepFacts {
  readonly run: LineRun;
  readonly at: number;

  constructor(run: LineRun, at: number) {
    this.run = run;
    this.at = at;
  }

  get id(): number {
    return this.at + 1;
  }

  get attempt(): number {
    return 1;
  }

  get round(): number {
    return 1;
  }

  get item(): number {
    return -1;
  }

  get extras(): null {
    return null;
  }

  get owner(): null {
    return null;
  }

  get node(): GraphNode {
    return this.run.nodeAt(this.at);
  }

  get key(): string {
    return stepKey(this.run.id, this.node.name, 1);
  }

  get via(): Edge | null {
    return this.run.line.steps[this.at - 1]?.edge ?? null;
  }

  get cause(): number {
    return this.at;
  }

  get startSeq(): number {
    return 2 + 2 * this.at;
  }

  get endSeq(): number {
    return this.startSeq + 1;
  }

  get startedAt(): number {
    return this.at === 0 ? this.run.startedAt : this.run.endOf(this.at - 1);
  }

  get endedAt(): number {
    return this.run.endOf(this.at);
  }

  get code(): StepCode {
    return StepCode.DONE;
  }

  get message(): Ref {
    if (this.at === 0) return this.run.message;
    return this.run.line.steps[this.at]?.body.message === undefined ? undefined : this.run.values[this.at - 1];
  }

  get value(): Ref {
    return this.run.values[this.at];
  }
}
