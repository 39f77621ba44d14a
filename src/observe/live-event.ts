// The events of live runs in memory: lean objects that read what they are asked for from their run or step.
//
// LIVE-EVENT-1. Nothing is built that nobody reads: keys, messages and values are getters.
// LIVE-EVENT-2. An event hands out nothing of the run: its step is hidden, and messages, values and errors are frozen copies,
//     made at the first look (`frozen-copy.ts`).
// LIVE-EVENT-3. Spreading and `structuredClone` leave getters out; `toJSON` gives everything.
// LIVE-EVENT-4. As JSON and on a console an event is plain data: errors are whole, sensitive fields are left out.

import { inspect } from 'node:util';
import { thrownOf } from '../execute/errors.ts';
import { readable } from '../execute/readable.ts';
import { failedStepsOf, messageAtStart, type FailedStep, type RunEvent, type Severity } from '../run/run-event.ts';
import type { FinalStatus, StepCode } from '../run/status.ts';
import type { Run } from '../run/state.ts';
import type { Step } from '../run/step.ts';
import type { StepView } from '../run/view.ts';
import { frozenCopy } from './frozen-copy.ts';

type StepEnd = 'step.completed' | 'step.failed' | 'step.skipped' | 'step.cancelled';
type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>;

// Where an event has its step, and a body's message with its time. Only this file has these symbols: no field, no JSON and no console
// shows what is under them. Private fields of a base class, and fields that are not only declared, would make an event
// several times as dear.
const STEP = Symbol('step');
const RUN = Symbol('run');
const MESSAGE = Symbol('message');
const AFTER = Symbol('after');

class LiveEvent<Type extends RunEvent['type']> {
  declare readonly type: Type;
  declare readonly runId: string;
  declare readonly step: number;
  declare readonly node: string;
  declare readonly attempt: number;
  declare readonly seq: number;
  declare protected readonly [STEP]: Step;

  constructor(type: Type, of: Step, attempt: number, seq: number) {
    this[STEP] = of;
    this.type = type;
    this.runId = of.run.id;
    this.step = of.id;
    this.node = of.node.name;
    this.attempt = attempt;
    this.seq = seq;
  }

  get at(): number {
    return this[STEP].endedAt;
  }

  get tags(): readonly string[] {
    return this[STEP].run.tags;
  }

  get key(): string {
    return this[STEP].key;
  }

  get round(): number {
    return this[STEP].round;
  }

  get via(): string | null {
    const { via } = this[STEP];
    return via === null ? null : via.id;
  }

  get cause(): number {
    return this[STEP].cause;
  }

  get parent(): number | null {
    const { owner } = this[STEP];
    return owner === null ? null : owner.id;
  }

  get item(): number | undefined {
    const { item } = this[STEP];
    return item < 0 ? undefined : item;
  }

  /** As a console shows it: with what the getters give. */
  [inspect.custom](): Record<string, unknown> {
    return this.toJSON();
  }

  /** Everything about it, as plain data. */
  toJSON(): Record<string, unknown> {
    const { type, runId, tags, step, node, key, attempt, round, via, cause, parent, item, seq, at } = this;
    return { type, runId, tags, step, node, key, attempt, round, via, cause, parent, item, seq, at };
  }
}

/** A frozen copy of a value of the run, made at the first look: it takes the place of the getter. */
function once(event: object, field: 'message' | 'value' | 'error' | 'recoveredFrom', value: unknown): unknown {
  const copy = frozenCopy(value);
  Object.defineProperty(event, field, { value: copy });
  return copy;
}

/** When the first attempt of a step started. */
function startOf({ extras, startedAt }: Step): number {
  return extras?.attempts?.[0]?.startedAt ?? startedAt;
}

class LiveStarted extends LiveEvent<'step.started'> implements EventOf<'step.started'> {
  constructor(of: Step) {
    super('step.started', of, 1, of.startSeq);
  }

  override get at(): number {
    return startOf(this[STEP]);
  }

  get message(): unknown {
    return once(this, 'message', messageAtStart(this[STEP]));
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), message: readable(this.message) };
  }
}

class LiveAttempt extends LiveEvent<'step.attempt'> implements EventOf<'step.attempt'> {
  declare readonly [MESSAGE]: unknown;
  /** Since the start of the run: a small number takes no room of its own. */
  declare readonly [AFTER]: number;

  constructor(of: Step, message: unknown, at: number) {
    super('step.attempt', of, of.attempt, of.run.seq);
    this[MESSAGE] = message;
    this[AFTER] = at - of.run.createdAt;
  }

  override get at(): number {
    return this[STEP].run.createdAt + this[AFTER];
  }

  get message(): unknown {
    return once(this, 'message', this[MESSAGE]);
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), message: readable(this.message) };
  }
}

class LiveEnded<Type extends StepEnd> extends LiveEvent<Type> {
  declare readonly code: StepCode;

  constructor(type: Type, of: Step) {
    super(type, of, of.attempt, of.endSeq);
    this.code = of.code;
  }

  get startedAt(): number {
    return this[STEP].startedAt;
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), code: this.code, startedAt: this.startedAt };
  }
}

class LiveCompleted extends LiveEnded<'step.completed'> implements EventOf<'step.completed'> {
  get value(): unknown {
    return once(this, 'value', this[STEP].value);
  }

  get recoveredBy(): number | undefined {
    return this[STEP].extras?.recovered?.by;
  }

  get recoveredFrom(): unknown {
    const recovered = this[STEP].extras?.recovered;
    return recovered ? once(this, 'recoveredFrom', thrownOf(recovered.from)) : undefined;
  }

  override toJSON(): Record<string, unknown> {
    const { value, recoveredBy, recoveredFrom } = this;
    return { ...super.toJSON(), value: readable(value), recoveredBy, recoveredFrom: readable(recoveredFrom) };
  }
}

class LiveFailed extends LiveEnded<'step.failed'> implements EventOf<'step.failed'> {
  get error(): unknown {
    return once(this, 'error', thrownOf(this[STEP].value));
  }

  get severity(): Severity {
    return severityOf(thrownOf(this[STEP].value), 'error');
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), error: readable(this.error), severity: this.severity };
  }
}

class LiveSkipped extends LiveEnded<'step.skipped'> implements EventOf<'step.skipped'> {
  get missing(): readonly string[] | undefined {
    const { extras } = this[STEP];
    return extras === null || extras.missing === null ? undefined : [...extras.missing];
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), missing: this.missing };
  }
}

class LiveRunStarted implements EventOf<'run.started'> {
  declare readonly type: 'run.started';
  declare protected readonly [RUN]: Run;

  constructor(of: Run) {
    this[RUN] = of;
    this.type = 'run.started';
  }

  get runId(): string {
    return this[RUN].id;
  }

  get job(): string {
    return this[RUN].name;
  }

  get seq(): number {
    return 1;
  }

  get at(): number {
    return this[RUN].createdAt;
  }

  get tags(): readonly string[] {
    return this[RUN].tags;
  }

  get message(): unknown {
    return once(this, 'message', this[RUN].message);
  }

  get plan(): EventOf<'run.started'>['plan'] {
    return this[RUN].limits.plan;
  }

  get source(): 'start' | 'schedule' {
    return this[RUN].limits.source ?? 'start';
  }

  get carried(): EventOf<'run.started'>['carried'] {
    return this[RUN].limits.carried;
  }

  [inspect.custom](): Record<string, unknown> {
    return this.toJSON();
  }

  toJSON(): Record<string, unknown> {
    const { type, runId, tags, seq, at, job, message, plan, source, carried } = this;
    const facts = { type, runId, tags, seq, at, job, message: readable(message), plan, source };
    return { ...facts, ...(carried !== undefined && { carried }) };
  }
}

class LiveRunEnded implements EventOf<'run.ended'> {
  readonly type = 'run.ended';
  readonly runId: string;
  readonly job: string;
  readonly status: FinalStatus;
  readonly code: StepCode;
  readonly seq: number;
  readonly at: number;
  readonly #of: Run;
  readonly #failed: () => readonly StepView[];

  constructor(of: Run, status: FinalStatus, failed: () => readonly StepView[]) {
    this.#of = of;
    this.#failed = failed;
    this.runId = of.id;
    this.job = of.name;
    this.status = status;
    this.code = of.code;
    this.seq = of.seq;
    this.at = of.endedAt;
  }

  get tags(): readonly string[] {
    return this.#of.tags;
  }

  get startedAt(): number {
    return this.#of.createdAt;
  }

  get counts(): Readonly<Record<FinalStatus, number>> {
    return { ...this.#of.counts };
  }

  get value(): unknown {
    const { exit, entryStatus, entryValue } = this.#of;
    const value = entryStatus === 'completed' ? entryValue : undefined;
    return once(this, 'value', exit === null ? value : exit.value);
  }

  get error(): unknown {
    const { entryStatus, entryValue } = this.#of;
    return once(this, 'error', entryStatus === 'failed' ? thrownOf(entryValue) : undefined);
  }

  get severity(): Severity | undefined {
    return this.status === 'failed' ? severityOf(this.error, 'error') : undefined;
  }

  get cancelReason(): string | undefined {
    return this.#of.cancelReason;
  }

  get failures(): readonly FailedStep[] {
    return shownFailures(failedStepsOf(this.#failed()));
  }

  [inspect.custom](): Record<string, unknown> {
    return this.toJSON();
  }

  toJSON(): Record<string, unknown> {
    const { type, runId, tags, seq, at, job, status, code, startedAt, counts, severity, cancelReason } = this;
    const facts = { type, runId, tags, seq, at, job, status, code, startedAt, counts, severity, cancelReason };
    const { value, error, failures } = this;
    return { ...facts, value: readable(value), error: readable(error), failures: readable(failures) };
  }
}

/** The run is there. */
export function liveRunStarted(run: Run): RunEvent {
  return new LiveRunStarted(run);
}

/** The run is over. @param failed its failed steps, as far as they are kept. */
export function liveRunEnded(run: Run, status: FinalStatus, failed: () => readonly StepView[]): RunEvent {
  return new LiveRunEnded(run, status, failed);
}

/** The step is ready. */
export function liveStarted(step: Step): RunEvent {
  return new LiveStarted(step);
}

/** A body is about to be called with a message. */
export function liveAttempt(step: Step, message: unknown, at: number): EventOf<'step.attempt'> {
  return new LiveAttempt(step, message, at);
}

/** The step is over, as its status says. */
export function liveEnded(step: Step, status: FinalStatus): RunEvent {
  switch (status) {
    case 'completed':
      return new LiveCompleted('step.completed', step);
    case 'failed':
      return new LiveFailed('step.failed', step);
    case 'skipped':
      return new LiveSkipped('step.skipped', step);
    case 'cancelled':
      return new LiveEnded('step.cancelled', step);
  }
}

/** An error may say itself how bad it is. Reading it may run user code: one that throws has nothing to say. */
function severityOf(error: unknown, otherwise: Severity): Severity {
  if (typeof error !== 'object' || error === null) return otherwise;
  try {
    const severity: unknown = Reflect.get(error, 'severity');
    return severity === 'warning' || severity === 'error' || severity === 'critical' ? severity : otherwise;
  } catch {
    return otherwise;
  }
}

function shownFailures(failures: readonly FailedStep[]): readonly FailedStep[] {
  return failures.map((failure) => ({ ...failure, error: frozenCopy(thrownOf(failure.error)) }));
}

/** The same event with what it carries of the run copied and frozen, and its failures as errors. */
export function detached(event: RunEvent): RunEvent {
  let copy: RunEvent = Object.isFrozen(event.tags) ? event : { ...event, tags: Object.freeze([...event.tags]) };
  if ('message' in copy) copy = { ...copy, message: frozenCopy(copy.message) };
  if ('value' in copy) copy = { ...copy, value: frozenCopy(copy.value) };
  if ('data' in copy) copy = { ...copy, data: frozenCopy(copy.data) };
  if ('missing' in copy && copy.missing !== undefined) copy = { ...copy, missing: [...copy.missing] };
  if ('recoveredFrom' in copy && copy.recoveredFrom !== undefined)
    copy = { ...copy, recoveredFrom: frozenCopy(thrownOf(copy.recoveredFrom)) };
  if ('failures' in copy) copy = { ...copy, failures: shownFailures(copy.failures) };
  if ('error' in copy && copy.error !== undefined) {
    const thrown = thrownOf(copy.error);
    const error = frozenCopy(thrown);
    copy =
      copy.severity === undefined
        ? { ...copy, error }
        : { ...copy, error, severity: severityOf(thrown, copy.severity) };
  }
  return shown(copy);
}

/** LIVE-EVENT-4. An event that is plain data shows itself as the others do. */
export function shown<Event extends RunEvent>(event: Event): Event {
  const toJSON = (): unknown => readable({ ...event });
  return Object.defineProperties(event, {
    toJSON: { value: toJSON, enumerable: false },
    [inspect.custom]: { value: toJSON, enumerable: false },
  });
}
