// The events of live runs in memory: lean objects that read what they are asked for from their run or step.
//
// LIVE-EVENT-1. Nothing is built that nobody reads: all but the type is a getter. A step that events were made of stays what
//     it is.
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
const GIVEN = Symbol('given');

/** What events read of a step. */
export interface StepFacts extends Pick<
  Step,
  'id' | 'attempt' | 'startSeq' | 'endSeq' | 'startedAt' | 'endedAt' | 'key' | 'round' | 'via' | 'cause' | 'item'
> {
  readonly run: Pick<Run, 'id' | 'tags' | 'seq'>;
  readonly node: Pick<Step['node'], 'name'>;
  readonly owner: Pick<Step, 'id'> | null;
  readonly extras: Step['extras'];
  readonly code: StepCode;
  readonly message: unknown;
  readonly value: unknown;
}

/** What events read of a run. */
export interface RunFacts {
  readonly id: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly createdAt: number;
  readonly message: unknown;
  readonly limits: Pick<Run['limits'], 'plan' | 'source' | 'carried'>;
}

/** What they read of one that is over. */
export interface EndedRunFacts
  extends
    RunFacts,
    Readonly<
      Pick<Run, 'seq' | 'endedAt' | 'code' | 'counts' | 'exit' | 'entryStatus' | 'entryValue' | 'cancelReason'>
    > {
  /** Its failed steps, as far as they are kept. */
  failedViews(): readonly StepView[];
}

class LiveEvent<Type extends RunEvent['type']> {
  declare readonly type: Type;
  declare protected readonly [STEP]: StepFacts;

  constructor(type: Type, of: StepFacts) {
    this[STEP] = of;
    this.type = type;
  }

  get runId(): string {
    return this[STEP].run.id;
  }

  get step(): number {
    return this[STEP].id;
  }

  get node(): string {
    return this[STEP].node.name;
  }

  get attempt(): number {
    return this[STEP].attempt;
  }

  get seq(): number {
    return this[STEP].endSeq;
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
    return this[STEP].via?.id ?? null;
  }

  get cause(): number {
    return this[STEP].cause;
  }

  get parent(): number | null {
    return this[STEP].owner?.id ?? null;
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
    return read(
      this,
      'type',
      'runId',
      'tags',
      'step',
      'node',
      'key',
      'attempt',
      'round',
      'via',
      'cause',
      'parent',
      'item',
      'seq',
      'at',
    );
  }
}

/** A frozen copy of a value of the run, made at the first look: it takes the place of the getter. */
function once(event: object, field: 'message' | 'value' | 'error' | 'recoveredFrom', value: unknown): unknown {
  const copy = frozenCopy(value);
  Object.defineProperty(event, field, { value: copy });
  return copy;
}

/** Members of an event, as plain data. */
function read(event: object, ...fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [field, readable(Reflect.get(event, field))]));
}

/** When the first attempt of a step started. */
function startOf({ extras, startedAt }: StepFacts): number {
  return extras?.attempts?.[0]?.startedAt ?? startedAt;
}

/** What begins with its step. */
class LiveBegun<Type extends 'step.started' | 'step.attempt'> extends LiveEvent<Type> {
  override get attempt(): number {
    return 1;
  }

  override get seq(): number {
    return this[STEP].startSeq;
  }

  override get at(): number {
    return startOf(this[STEP]);
  }

  get message(): unknown {
    return once(this, 'message', this[STEP].message);
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), ...read(this, 'message') };
  }
}

class LiveStarted extends LiveBegun<'step.started'> implements EventOf<'step.started'> {
  override get message(): unknown {
    return once(this, 'message', messageAtStart(this[STEP]));
  }
}

/** A first attempt that begins with its step, and whose message is what it was built from: most are that. */
class LiveAttempt extends LiveBegun<'step.attempt'> implements EventOf<'step.attempt'> {}

/** Any other attempt: as it is when it begins. */
class LiveOtherAttempt extends LiveAttempt {
  declare readonly [GIVEN]: Pick<EventOf<'step.attempt'>, 'attempt' | 'seq' | 'at' | 'message'>;

  constructor(of: StepFacts, message: unknown, at: number) {
    super('step.attempt', of);
    this[GIVEN] = { attempt: of.attempt, seq: of.run.seq, at, message };
  }

  override get attempt(): number {
    return this[GIVEN].attempt;
  }

  override get seq(): number {
    return this[GIVEN].seq;
  }

  override get at(): number {
    return this[GIVEN].at;
  }

  override get message(): unknown {
    return once(this, 'message', this[GIVEN].message);
  }
}

class LiveEnded<Type extends StepEnd> extends LiveEvent<Type> {
  get code(): StepCode {
    return this[STEP].code;
  }

  get startedAt(): number {
    return this[STEP].startedAt;
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), ...read(this, 'code', 'startedAt') };
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
    return { ...super.toJSON(), ...read(this, 'value', 'recoveredBy', 'recoveredFrom') };
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
    return { ...super.toJSON(), ...read(this, 'error', 'severity') };
  }
}

class LiveSkipped extends LiveEnded<'step.skipped'> implements EventOf<'step.skipped'> {
  get missing(): readonly string[] | undefined {
    return this[STEP].extras?.missing?.slice();
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), ...read(this, 'missing') };
  }
}

class LiveRunEvent<Type extends 'run.started' | 'run.ended', Of extends RunFacts> {
  declare readonly type: Type;
  declare protected readonly [RUN]: Of;

  constructor(type: Type, of: Of) {
    this[RUN] = of;
    this.type = type;
  }

  get runId(): string {
    return this[RUN].id;
  }

  get job(): string {
    return this[RUN].name;
  }

  get tags(): readonly string[] {
    return this[RUN].tags;
  }

  get seq(): number {
    return 1;
  }

  get at(): number {
    return this[RUN].createdAt;
  }

  [inspect.custom](): Record<string, unknown> {
    return this.toJSON();
  }

  toJSON(): Record<string, unknown> {
    return read(this, 'type', 'runId', 'tags', 'seq', 'at', 'job');
  }
}

class LiveRunStarted extends LiveRunEvent<'run.started', RunFacts> implements EventOf<'run.started'> {
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

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), ...read(this, 'message', 'plan', 'source', 'carried') };
  }
}

class LiveRunEnded extends LiveRunEvent<'run.ended', EndedRunFacts> implements EventOf<'run.ended'> {
  declare readonly status: FinalStatus;

  constructor(of: EndedRunFacts, status: FinalStatus) {
    super('run.ended', of);
    this.status = status;
  }

  override get seq(): number {
    return this[RUN].seq;
  }

  override get at(): number {
    return this[RUN].endedAt;
  }

  get code(): StepCode {
    return this[RUN].code;
  }

  get startedAt(): number {
    return this[RUN].createdAt;
  }

  get counts(): Readonly<Record<FinalStatus, number>> {
    return { ...this[RUN].counts };
  }

  get value(): unknown {
    const { exit, entryStatus, entryValue } = this[RUN];
    const value = entryStatus === 'completed' ? entryValue : undefined;
    return once(this, 'value', exit === null ? value : exit.value);
  }

  get error(): unknown {
    const { entryStatus, entryValue } = this[RUN];
    return once(this, 'error', entryStatus === 'failed' ? thrownOf(entryValue) : undefined);
  }

  get severity(): Severity | undefined {
    return this.status === 'failed' ? severityOf(this.error, 'error') : undefined;
  }

  get cancelReason(): string | undefined {
    return this[RUN].cancelReason;
  }

  get failures(): readonly FailedStep[] {
    return shownFailures(failedStepsOf(this[RUN].failedViews()));
  }

  override toJSON(): Record<string, unknown> {
    const facts = read(this, 'status', 'code', 'startedAt', 'counts', 'severity', 'cancelReason');
    return { ...super.toJSON(), ...facts, ...read(this, 'value', 'error', 'failures') };
  }
}

/** The run is there. */
export function liveRunStarted(run: RunFacts): RunEvent {
  return new LiveRunStarted('run.started', run);
}

/** The run is over. */
export function liveRunEnded(run: EndedRunFacts, status: FinalStatus): RunEvent {
  return new LiveRunEnded(run, status);
}

/** The step is ready. */
export function liveStarted(step: StepFacts): RunEvent {
  return new LiveStarted('step.started', step);
}

/** A body is about to be called with a message. */
export function liveAttempt(step: StepFacts, message: unknown, at: number): EventOf<'step.attempt'> {
  const isPlain = step.attempt === 1 && step.startSeq === step.run.seq && step.startedAt === at;
  return isPlain && step.message === message
    ? new LiveAttempt('step.attempt', step)
    : new LiveOtherAttempt(step, message, at);
}

/** The step completed. */
export function liveCompleted(step: StepFacts): RunEvent {
  return new LiveCompleted('step.completed', step);
}

/** The step is over, as its status says. */
export function liveEnded(step: StepFacts, status: FinalStatus): RunEvent {
  switch (status) {
    case 'completed':
      return liveCompleted(step);
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
  const values = ['message', 'value', 'data', 'missing'].filter((field) => field in event);
  copy = { ...copy, ...Object.fromEntries(values.map((field) => [field, frozenCopy(Reflect.get(event, field))])) };
  if ('recoveredFrom' in copy && copy.recoveredFrom !== undefined)
    copy = { ...copy, recoveredFrom: frozenCopy(thrownOf(copy.recoveredFrom)) };
  if ('failures' in copy) copy = { ...copy, failures: shownFailures(copy.failures) };
  if ('error' in copy && copy.error !== undefined) {
    const thrown = thrownOf(copy.error);
    const error = frozenCopy(thrown);
    copy = { ...copy, error, ...(copy.severity !== undefined && { severity: severityOf(thrown, copy.severity) }) };
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
