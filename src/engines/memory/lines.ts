// What runs along lines (`line-run.ts`) need of the engine: their start, their turn, and the way to a whole run.
//
// LINES-1. A run goes along a line if nothing that was asked for at its start concerns its steps, all of them are kept, and
//     nobody observes. Who comes later finds a whole run.
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

export class Lines implements LineHost, ContextHost<LineRun> {
  readonly clock: Clock;
  readonly #core: Core;
  readonly #loop: Loop;
  readonly #performer: Performer;
  readonly #told: Told;
  /** By the jobs that were started. Null: the job begins none. */
  readonly #lines = new Map<string, Line | null>();

  constructor(core: Core, loop: Loop, performer: Performer, told: Told) {
    this.clock = core.clock;
    this.#core = core;
    this.#loop = loop;
    this.#performer = performer;
    this.#told = told;
  }

  /** Starts a run along a line. Null: it has to be a whole run. */
  start(submission: Submission): LineRun | null {
    const { plan, settings } = submission;
    if (!this.#performer.isUsual || !this.#core.observers.isEmpty) return null;
    const isPlan = !isSingle(plan);
    const line = isPlan ? lineOfSequence(plan, (job) => this.#lineOf(job)) : this.#lineOf(plan.name);
    if (line === null || !allowsLines(settings, line.steps.length)) return null;
    const run = isPlan ? new SequenceRun(submission, line, this) : new LineRun(submission, line, this);
    this.#performer.startedLine(run);
    return run;
  }

  #lineOf(job: string): Line | null {
    const known = this.#lines.get(job);
    if (known !== undefined) return known;
    const line = lineFrom(this.#core.app, job, this.#performer.fastPath);
    this.#lines.set(job, line);
    return line;
  }

  timeNow(): number {
    return this.clock.coarse();
  }

  mayCall(run: LineRun): boolean {
    return this.#performer.mayCall(run);
  }

  contextOf(run: LineRun): StepContextImpl<LineRun> {
    return new StepContextImpl(this.#core.app, run, this);
  }

  lineOver(run: LineRun): void {
    run.endedAt = this.clock.now();
    this.#told.ended(run);
  }

  // ── whole runs ──

  wholeOf(line: LineRun): MemoryRun {
    const run = this.#loop.make(line.submission);
    this.#loop.remake(() => this.#remake(run, line));
    if (line.stand !== Stand.OVER) this.#told.whole(line, run);
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
    return new Following(runner, this.#loop);
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
