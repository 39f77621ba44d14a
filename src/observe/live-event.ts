// The events of live runs in memory: lean objects that read what they are asked for from their step.
//
// LIVE-EVENT-1. Nothing is built that nobody reads: keys and values are getters.
// LIVE-EVENT-2. Messages and values are copied at the first look and frozen: who changes them changes no run. Errors
//     are handed over as they are, so that `instanceof` holds.
// LIVE-EVENT-3. Spreading and `structuredClone` leave getters out; `toJSON` gives everything.
// LIVE-EVENT-4. As JSON and on a console an event is plain data: errors are whole, sensitive fields are left out.

import { inspect } from 'node:util';
import { thrownOf } from '../execute/errors.ts';
import { readable } from '../execute/readable.ts';
import { copyOf, copyOfValue } from '../message/copy.ts';
import { messageAtStart, type RunEvent, type Severity } from '../run/run-event.ts';
import type { FinalStatus, StepCode } from '../run/status.ts';
import type { Step } from '../run/state.ts';

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>;

const NOT_READ = Symbol('not read');

class LiveEvent {
  readonly runId: string;
  readonly step: number;
  readonly node: string;
  readonly attempt: number;
  readonly seq: number;
  readonly at: number;
  protected readonly of: Step;
  #read: unknown = NOT_READ;

  constructor(of: Step, attempt: number, seq: number, at: number) {
    this.of = of;
    this.runId = of.run.id;
    this.step = of.id;
    this.node = of.node.name;
    this.attempt = attempt;
    this.seq = seq;
    this.at = at;
  }

  get tags(): readonly string[] {
    return this.of.run.tags;
  }

  get key(): string {
    return this.of.key;
  }

  get round(): number {
    return this.of.round;
  }

  get via(): string | null {
    return this.of.via === null ? null : this.of.via.id;
  }

  get cause(): number {
    return this.of.cause;
  }

  get parent(): number | null {
    return this.of.owner === null ? null : this.of.owner.id;
  }

  get item(): number | undefined {
    return this.of.item < 0 ? undefined : this.of.item;
  }

  /** A copy, made once. */
  protected once(copy: () => unknown): unknown {
    if (this.#read === NOT_READ) this.#read = frozen(copy());
    return this.#read;
  }

  /** As a console shows it: with what the getters give. */
  [inspect.custom](): Record<string, unknown> {
    return this.toJSON();
  }

  /** Everything about it, as plain data. */
  toJSON(): Record<string, unknown> {
    const { runId, tags, step, node, key, attempt, round, via, cause, parent, item, seq, at } = this;
    return { runId, tags, step, node, key, attempt, round, via, cause, parent, item, seq, at };
  }
}

class LiveStarted extends LiveEvent implements EventOf<'step.started'> {
  readonly type = 'step.started';

  get message(): unknown {
    return this.once(() => copyOf(messageAtStart(this.of)));
  }

  override toJSON(): Record<string, unknown> {
    return { type: this.type, ...super.toJSON(), message: readable(this.message) };
  }
}

class LiveAttempt extends LiveEvent implements EventOf<'step.attempt'> {
  readonly type = 'step.attempt';
  readonly #message: unknown;

  constructor(of: Step, message: unknown, at: number) {
    super(of, of.attempt, of.run.seq, at);
    this.#message = message;
  }

  get message(): unknown {
    return this.once(() => copyOf(this.#message));
  }

  override toJSON(): Record<string, unknown> {
    return { type: this.type, ...super.toJSON(), message: readable(this.message) };
  }
}

class LiveEnded extends LiveEvent {
  readonly code: StepCode;

  constructor(of: Step) {
    super(of, of.attempt, of.endSeq, of.endedAt);
    this.code = of.code;
  }

  get startedAt(): number {
    return this.of.startedAt;
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), code: this.code, startedAt: this.startedAt };
  }
}

class LiveCompleted extends LiveEnded implements EventOf<'step.completed'> {
  readonly type = 'step.completed';

  get value(): unknown {
    return this.once(() => copyOfValue(this.of.value));
  }

  override toJSON(): Record<string, unknown> {
    return { type: this.type, ...super.toJSON(), value: readable(this.value) };
  }
}

class LiveFailed extends LiveEnded implements EventOf<'step.failed'> {
  readonly type = 'step.failed';

  get error(): unknown {
    return thrownOf(this.of.value);
  }

  get severity(): Severity {
    return severityOf(this.error, 'error');
  }

  override toJSON(): Record<string, unknown> {
    return { type: this.type, ...super.toJSON(), error: readable(this.error), severity: this.severity };
  }
}

class LiveSkipped extends LiveEnded implements EventOf<'step.skipped'> {
  readonly type = 'step.skipped';

  get missing(): readonly string[] | undefined {
    return this.of.extras?.missing ?? undefined;
  }

  override toJSON(): Record<string, unknown> {
    return { type: this.type, ...super.toJSON(), missing: this.missing };
  }
}

class LiveCancelled extends LiveEnded implements EventOf<'step.cancelled'> {
  readonly type = 'step.cancelled';

  override toJSON(): Record<string, unknown> {
    return { type: this.type, ...super.toJSON() };
  }
}

/** The step is ready. */
export function liveStarted(step: Step): RunEvent {
  return new LiveStarted(step, 1, step.startSeq, step.startedAt);
}

/** A body is about to be called with a message. */
export function liveAttempt(step: Step, message: unknown, at: number): EventOf<'step.attempt'> {
  return new LiveAttempt(step, message, at);
}

/** The step is over, as its status says. */
export function liveEnded(step: Step, status: FinalStatus): RunEvent {
  switch (status) {
    case 'completed':
      return new LiveCompleted(step);
    case 'failed':
      return new LiveFailed(step);
    case 'skipped':
      return new LiveSkipped(step);
    case 'cancelled':
      return new LiveCancelled(step);
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

/** The same event with what it carries of the run copied and frozen, and its failure as an error. */
export function detached(event: RunEvent): RunEvent {
  let copy: RunEvent = event;
  if ('message' in copy) copy = { ...copy, message: frozen(copyOf(copy.message)) };
  if ('value' in copy) copy = { ...copy, value: frozen(copyOfValue(copy.value)) };
  if ('data' in copy) copy = { ...copy, data: frozen(copyOfValue(copy.data)) };
  if ('error' in copy && copy.error !== undefined) {
    const error = thrownOf(copy.error);
    copy =
      copy.severity === undefined ? { ...copy, error } : { ...copy, error, severity: severityOf(error, copy.severity) };
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

/** Freezes a copy: plain objects, instances and arrays, to their depth. */
function frozen(copy: unknown): unknown {
  if (typeof copy !== 'object' || copy === null || Object.isFrozen(copy) || ArrayBuffer.isView(copy)) return copy;
  if (!isOurs(copy)) return copy;
  Object.freeze(copy);
  for (const item of Object.values(copy)) frozen(item);
  return copy;
}

/** Copied above; what is shared with the body (an instance in a value) is not frozen under its hands. */
function isOurs(copy: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(copy);
  return Array.isArray(copy) || prototype === Object.prototype || prototype === null;
}
