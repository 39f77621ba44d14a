// What runs along lines (`line-run.ts`) need of the engine: their start, their turn, and the way to a whole run.
//
// LINES-1. A run goes along a line if nothing that was asked for at its start concerns its steps, all of them are kept, and
//     no node is paused. Who comes later finds a whole run, but for those who read its events.
// LINES-2. To make one, the transitions are given what was kept, in its order and with its times: they decide what it means.

import type { Body } from '../../execute/application.ts';
import type { Called, ContextHost, InlineHost, Notice } from '../../execute/attempt.ts';
import { AttemptRunner } from '../../execute/attempt-runner.ts';
import type { Clock } from '../../execute/clock.ts';
import { StepContextImpl } from '../../execute/context.ts';
import { Following } from '../../execute/fast-path.ts';
import { lineFrom, type Line } from '../../execute/line.ts';
import type { ChildStart, RunSettings } from '../../run/event.ts';
import { isSingle } from '../../run/plan.ts';
import { Wants } from '../../observe/interest.ts';
import { NO_STATE, type SharedState } from '../../run/shared-state.ts';
import type { InlineSink } from '../../run/sink.ts';
import { ALL_ROUTES, type Ref } from '../../run/step-data.ts';
import type { Step } from '../../run/step.ts';
import * as transition from '../../run/transition.ts';
import { turnsDue } from '../../run/entries.ts';
import { finish } from '../../run/finish.ts';
import type { Spawned } from '../../wiring/context.ts';
import type { Core, Submission } from '../engine.ts';
import { LineRun, Stand, type LineHost } from './line-run.ts';
import { lineOfSequence, SequenceRun } from './sequence-run.ts';
import type { Emissions } from './emissions.ts';
import type { HeardLine } from './heard-line.ts';
import type { Performer } from './performer.ts';
import type { MemoryRun } from './run.ts';

/** Who has the runs, and is told of what becomes of them. */
export interface Told {
  /** Those that are open, as whole runs. */
  open(): readonly MemoryRun[];
  ended(run: MemoryRun | LineRun): void;
  /** The run is a whole one from here on. */
  whole(line: LineRun, run: MemoryRun): void;
}

/** Who performs whole runs. */
interface Loop extends InlineHost<Step>, InlineSink {
  now: number;
  make(submission: Submission): MemoryRun;
  remake(change: () => void): void;
}

/** What it works with beside that. */
interface Beside {
  readonly performer: Performer;
  readonly emissions: Emissions;
  readonly told: Told;
}

export class Lines implements LineHost, ContextHost<LineRun> {
  readonly clock: Clock;
  readonly #core: Core;
  readonly #loop: Loop;
  readonly #performer: Performer;
  readonly #emissions: Emissions;
  readonly #told: Told;
  /** By the jobs that were started. Null: the job begins none. */
  readonly #lines = new Map<string, Line | null>();

  constructor(core: Core, loop: Loop, { performer, emissions, told }: Beside) {
    this.clock = core.clock;
    this.#core = core;
    this.#loop = loop;
    this.#performer = performer;
    this.#emissions = emissions;
    this.#told = told;
  }

  /** Starts a run along a line. Null: it has to be a whole run. */
  start(submission: Submission): LineRun | null {
    const { plan, settings } = submission;
    const { observers } = this.#core;
    const isPlan = !isSingle(plan);
    // Events of entries have numbers of their own.
    if (!this.#performer.isUsual || (isPlan && !observers.isEmpty)) return null;
    const line = isPlan ? lineOfSequence(plan, (job) => this.#lineOf(job)) : this.#lineOf(plan.name);
    if (line === null || !allowsLines(settings, line.steps.length)) return null;
    const run = isPlan ? new SequenceRun(submission, line, this) : this.#make(submission, line);
    if (!run.isUnheard) this.#emissions.lineStarted(run);
    this.#performer.startedLine(run);
    return run;
  }

  #make(submission: Submission, line: Line): LineRun {
    const { observers } = this.#core;
    const listeners = observers.ofAny ?? observers.of(new ToStart(submission));
    return new LineRun(submission, line, this, listeners.wants === 0 ? null : listeners);
  }

  #lineOf(job: string): Line | null {
    const known = this.#lines.get(job);
    if (known !== undefined) return known;
    const line = lineFrom(this.#core.app, job, this.#performer.fastPath);
    this.#lines.set(job, line);
    return line;
  }

  timeNow(run: LineRun): number {
    return run.isExact ? this.clock.now() : this.clock.coarse();
  }

  mayCall(run: LineRun): boolean {
    return this.#performer.mayCall(run);
  }

  mayCallInTurn(run: LineRun): boolean {
    return this.#performer.mayCallInTurn(run);
  }

  contextOf(run: LineRun): StepContextImpl<LineRun> {
    return new StepContextImpl(this.#core.app, run, this);
  }

  isAround(run: LineRun, { step }: HeardLine, message: unknown): boolean {
    return this.#emissions.called(run, step, message);
  }

  around(run: LineRun, { step }: HeardLine, message: unknown, body: () => unknown): unknown {
    return this.#emissions.around(run, step, message, body);
  }

  passed(run: LineRun, heard: HeardLine): boolean {
    if ((run.wants & Wants.STEPS) === 0) return true;
    this.#emissions.passed(run, heard.stepAt(run.at - 1), heard.stepAt(run.at));
    return this.#performer.stays(run);
  }

  lineOver(run: LineRun): void {
    run.endedAt = this.clock.now();
    if (run.isUnheard) return this.#told.ended(run);
    this.#emissions.lineEnded(run);
    this.#performer.handBack();
  }

  // ── whole runs ──

  wholeOf(line: LineRun): MemoryRun {
    const run = this.#loop.make(line.submission);
    this.#loop.remake(() => this.#remake(run, line));
    if (line.stand !== Stand.SETTLED) this.#told.whole(line, run);
    return run;
  }

  #remake(run: MemoryRun, line: LineRun): void {
    const loop = this.#loop;
    loop.now = line.startedAt;
    transition.start(run, line.submission.plan, false, loop);
    let [step] = run.live;
    for (const [at, { edge, body }] of line.line.steps.entries()) {
      if (step === undefined) return;
      if (at < line.at || line.stand !== Stand.READY) step.message = messageAt(step, body);
      if (at === line.at) return;
      loop.now = line.endOf(at);
      const value = line.values[at];
      if (edge !== null) step = transition.passedOn(step, edge, value, loop) ?? undefined;
      else {
        transition.completed(step, 1, step.message, value, ALL_ROUTES, null, loop);
        for (const { turn, after } of turnsDue(run)) transition.turn(run, turn.entry, after, loop);
        [step] = run.live;
      }
    }
    finish(run, loop);
    run.endedAt = line.endedAt;
  }

  following(line: LineRun, step: Step): Following<Step> {
    const runner = new AttemptRunner(this.#core.app, step, this.#loop);
    runner.takeOver(line.stand === Stand.CALLED, line.context);
    return new Following(this.#performer.fastPath, runner, this.#loop);
  }

  // ── what contexts ask for ──

  state(run: LineRun): SharedState {
    const { step } = run;
    return step === null ? NO_STATE : this.#loop.state(step);
  }

  spawn(run: LineRun, attempt: number, start: ChildStart): Promise<Spawned> {
    return this.#loop.spawn(run.wholeStep, attempt, start);
  }

  call(run: LineRun, attempt: number, start: ChildStart): Promise<Called> {
    return this.#loop.call(run.wholeStep, attempt, start);
  }

  notify(run: LineRun, attempt: number, notice: Notice): void {
    this.#loop.notify(run.wholeStep, attempt, notice);
  }
}

/** A run that is about to start, as those who choose runs are asked about it. Most ask for no id, which is made then. */
class ToStart {
  readonly #submission: Submission;

  constructor(submission: Submission) {
    this.#submission = submission;
  }

  get id(): string {
    return this.#submission.runId;
  }

  get tags(): readonly string[] {
    return this.#submission.settings.tags;
  }
}

/** What the message of a body on a line is made of. */
function messageAt({ via, targetMessage, targetValue }: Step, { message }: Body): Ref {
  if (message === undefined) return undefined;
  return via === null ? targetMessage : targetValue;
}

function allowsLines(settings: RunSettings, length: number): boolean {
  const { history, suspended, stepLimit, deadline, notBefore, maxPerRun } = settings;
  if (suspended || deadline > 0 || notBefore > 0 || maxPerRun.length > 0 || length > stepLimit) return false;
  return history === 'all' || (history !== 'failures' && length <= history);
}
