// What is said of a run along a line (`line-run.ts`) without making it a whole run: every body of it was called once, and those
// that are over completed. Anything else the whole run is asked.

import type { EndedRunFacts } from '../../observe/live-event.ts';
import type { GraphNode } from '../../graph/graph.ts';
import type { Signal, Signalled } from '../../run/event.ts';
import { messageOfSingle, type PlanShape } from '../../run/plan.ts';
import type { RunEvent } from '../../run/run-event.ts';
import { StepCode, type RunStatus } from '../../run/status.ts';
import type { Ref } from '../../run/step-data.ts';
import { stepKey } from '../../run/step-key.ts';
import type { EntryView, RunOutcome, RunSnapshot, StepView } from '../../run/view.ts';
import type { Fingerprint } from '../../values/fingerprint.ts';
import type { Submission } from '../engine.ts';
import type { MemoryRun } from './run.ts';

export abstract class LineAnswers implements RunOutcome {
  abstract readonly submission: Submission;
  abstract readonly id: string;
  abstract readonly node: GraphNode;
  abstract readonly startedAt: number;
  /** Bodies that are over. */
  abstract readonly at: number;
  /** What they have returned. */
  abstract readonly values: readonly Ref[];
  /** It is over, or somebody looks or acts: from here on it is this. */
  abstract readonly whole: MemoryRun;
  /** The whole run, if it has been made. */
  abstract readonly made: MemoryRun | null;

  // ── what a context says of the present step ──

  get attempt(): number {
    return 1;
  }

  get round(): number {
    return 1;
  }

  get key(): string {
    return stepKey(this.id, this.node.name, 1);
  }

  get owner(): null {
    return null;
  }

  get previous(): null {
    return null;
  }

  // ── what was asked for at its start ──

  get fingerprint(): Fingerprint | undefined {
    return this.submission.fingerprint;
  }

  get runId(): string {
    return this.id;
  }

  get job(): string {
    return this.submission.plan.name;
  }

  get tags(): readonly string[] {
    return this.submission.settings.tags;
  }

  // ── what its events read, beside that ──

  get name(): string {
    return this.job;
  }

  get createdAt(): number {
    return this.startedAt;
  }

  get message(): Ref {
    return messageOfSingle(this.submission.plan);
  }

  get limits(): EndedRunFacts['limits'] {
    return this.submission.settings;
  }

  /** The number of its last event. */
  get seq(): number {
    return this.made === null ? 2 + 2 * this.at : this.made.seq;
  }

  get counts(): EndedRunFacts['counts'] {
    return { completed: this.values.length, failed: 0, skipped: 0, cancelled: 0 };
  }

  get entryStatus(): 'completed' {
    return 'completed';
  }

  get entryValue(): Ref {
    return this.values[0];
  }

  failedViews(): readonly StepView[] {
    return [];
  }

  // ── its outcome, once it is over ──

  get code(): RunOutcome['code'] {
    return StepCode.DONE;
  }

  get cancelReason(): undefined {
    return undefined;
  }

  get isStopped(): boolean {
    return false;
  }

  get timedOut(): boolean {
    return false;
  }

  get exit(): null {
    return null;
  }

  get isWhole(): boolean {
    return true;
  }

  get shape(): PlanShape {
    return 'one';
  }

  get entry(): RunOutcome['entry'] {
    return { status: 'completed', code: StepCode.DONE, value: this.values[0] };
  }

  // ── what the whole run answers ──

  hold(isAwaited: boolean): void {
    this.whole.hold(isAwaited);
  }

  release(isAwaited: boolean): void {
    this.whole.release(isAwaited);
  }

  describe(): { readonly job: string; readonly status: RunStatus } {
    return this.whole.describe();
  }

  entryOver(): Promise<RunOutcome> {
    return this.whole.entryOver();
  }

  over(): Promise<RunOutcome> {
    return this.whole.over();
  }

  read(): Promise<RunSnapshot> {
    return this.whole.read();
  }

  past(): readonly RunEvent[] {
    return this.whole.past();
  }

  signal(event: Signal): Promise<Signalled> {
    return this.whole.signal(event);
  }

  entries(): Promise<readonly EntryView[]> {
    return this.whole.entries();
  }

  outcomeOf(at: number): EntryView | undefined {
    return this.whole.outcomeOf(at);
  }
}
