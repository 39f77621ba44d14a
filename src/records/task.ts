// One task of a store, performed: values are loaded, the body runs, and its outcome becomes an event.
//
// TASK-1. It runs user code once per delivery and decides nothing: the decisions are in `decide`.
// TASK-2. It never rejects for what user code does. A rejection is a fault of the store.
// TASK-3. A value that cannot be kept fails its step at the body that made it, not at the callback that wants it.
// TASK-4. A delivery has one outcome; a later one is delivered as `late`.

import type { Task, TaskEntry, ChildStart, Effects, Event, Failure, StepEvent } from '../run/event.ts';
import { nodeNamed } from '../graph/compile.ts';
import { place, type Overlay } from '../run/overlay.ts';
import type { Ref, Routing, CallEnd, CallKey } from '../run/step-data.ts';
import { NO_STATE, type SharedState } from '../run/shared-state.ts';
import { type Application, routeOf } from '../execute/application.ts';
import type { Attempt, ParentSource, Called, Host, Notice } from '../execute/attempt.ts';
import type { Underway } from '../run/step.ts';
import { execute } from '../execute/execute.ts';
import { prepare, routeStep } from '../execute/prepare.ts';
import { isRunCallback } from '../execute/message.ts';
import type { ChildAnswer } from '../run/children.ts';
import type { Edge } from '../graph/graph.ts';
import { StepCode } from '../run/status.ts';
import type { EntryView } from '../run/view.ts';
import type { RunReport } from '../wiring/run-report.ts';
import type { Spawned } from '../wiring/context.ts';
import { calledWith, refusedChild, thrownOf } from '../execute/errors.ts';
import type { Clock } from '../execute/clock.ts';
import { previousOf as previousFor } from '../execute/context.ts';
import { scopeOf, type Condition } from '../execute/condition.ts';
import { setOwnField } from '../values/json.ts';
import { salted } from '../values/fingerprint.ts';

/** Performs a task. Resolves when the body was called; its outcome is delivered. */
export async function perform(app: Application, task: Task, io: TaskIo): Promise<void> {
  const { kind, input } = task;
  const attempt = await attemptOf(app, task, io);
  const hasContext = app.bodies[attempt.node.index]?.takes?.context === true;
  const state = hasContext && kind === 'body' ? await io.state() : NO_STATE;
  // A cancel overtook it: no body is called that would have to be waited for.
  if (!io.isWanted()) return io.deliver({ type: 'due', at: task.at, attempt: task.attempt, timer: 'grace' });
  const host = new TaskHost(app, task, io, state);
  if (kind === 'prepare') return prepare(app, attempt, host);
  if (kind === 'body') return void execute(app, attempt, host);
  const value = await io.load(input.routed);
  routeStep(app, attempt, { moment: input.routedMoment ?? 'error', value }, host);
}

/** The attempt, its values loaded. */
async function attemptOf(app: Application, task: Task, io: TaskIo): Promise<Attempt> {
  const { input, sent, turn, overlay } = task;
  const overlaid = overlay === undefined ? undefined : place(app.graph, await loaded(overlay, io));
  const via = task.via === null ? null : (app.graph.edgeOf.get(task.via) ?? overlaid?.edge ?? null);
  return {
    run: { id: task.runId, tags: task.tags },
    node: overlaid?.node ?? nodeNamed(app.graph, task.at.node),
    via,
    attempt: task.attempt,
    round: task.round,
    key: task.stepKey,
    owner: parentOf(task.ancestors),
    previous: await previousOf(turn, io),
    isAsked: turn?.condition !== undefined || turn?.uses !== undefined,
    sent: sent === undefined ? null : { message: await io.load(sent.message) },
    dueAt: task.dueAt ?? 0,
    targetMessage: await io.load(input.targetMessage),
    targetValue: await loadOrigin(io, input.targetValue, input.item),
    item: -1,
    message: await io.load(input.message),
    isPrepared: 'message' in input && !isRunCallback(via),
  };
}

/** Of what is bound, only what goes into the message of this step is loaded. */
async function loaded(overlay: Overlay, io: TaskIo): Promise<Overlay> {
  const { signed } = overlay;
  if (signed.bound === undefined) return overlay;
  return { ...overlay, signed: { ...signed, bound: await io.load(signed.bound) } };
}

async function previousOf(turn: TaskEntry | undefined, io: TaskIo): Promise<Attempt['previous']> {
  const previous = turn?.previous;
  if (previous === undefined) return null;
  return { ok: previous.ok, value: previous.ok ? await io.load(previous.value) : undefined };
}

/** The target's value or error: an end callback gets to know which of the two it is. */
async function loadOrigin(io: TaskIo, ref: Ref, item: number): Promise<unknown> {
  if (typeof ref !== 'object' || ref === null || 'coreFailure' in ref) return io.load(ref, item);
  if ('error' in ref) return { error: await io.load(ref.error) };
  return 'value' in ref ? { value: await io.load(ref.value) } : io.load(ref);
}

function parentOf([nearest, ...others]: Task['ancestors']): ParentSource | null {
  if (nearest === undefined) return null;
  const { key, node, attempt } = nearest;
  return { key, node: { name: node }, attempt, owner: parentOf(others) };
}

class TaskHost implements Host<Attempt> {
  readonly clock: Clock;
  readonly #app: Application;
  readonly #task: Task;
  readonly #io: TaskIo;
  #state: SharedState;
  #settled = false;

  constructor(app: Application, task: Task, io: TaskIo, state: SharedState) {
    this.#app = app;
    this.#task = task;
    this.#io = io;
    this.#state = state;
    this.clock = io.clock;
  }

  isWanted(): boolean {
    return !this.#settled && this.#io.isWanted();
  }

  began(_at: Attempt, work: Underway): void {
    this.#io.began(work);
  }

  /** What follows comes as tasks of its own. */
  proceed(): void {
    return undefined;
  }

  prepared(at: Attempt, attempt: number, message: unknown): void {
    if (this.#settled) return this.#late(attempt);
    this.#settle(at, attempt, message, (kept) => ({
      type: 'prepared',
      at: this.#task.at,
      attempt,
      message: kept ?? null,
    }));
  }

  completed(
    at: Attempt,
    attempt: number,
    message: unknown,
    value: unknown,
    routing: Routing,
    effects: Effects | null,
  ): void {
    if (this.#settled) return this.#late(attempt);
    this.#settle(at, attempt, message, (kept) => ({
      type: 'completed',
      at: this.#task.at,
      attempt,
      message: kept,
      value: this.#io.keepAs(this.#task.valueKey, { value }),
      routing: this.#keepFaults(routing),
      effects: this.#keepExit(effects),
    }));
  }

  failed(
    at: Attempt,
    attempt: number,
    message: unknown,
    error: unknown,
    failure: Failure,
    routing: Routing | null,
  ): void {
    if (this.#settled) return this.#late(attempt);
    this.#settle(at, attempt, message, (kept) => ({
      type: 'failed',
      at: this.#task.at,
      attempt,
      message: kept,
      error: this.#io.keep(`error${attempt}`, { error: thrownOf(error) }),
      failure,
      routing: routing === null ? null : this.#keepFaults(routing),
    }));
  }

  routed(_at: Attempt, attempt: number, routing: Routing): void {
    this.#io.deliver({ type: 'routed', at: this.#task.at, attempt, routing: this.#keepFaults(routing) });
  }

  async spawn(at: Attempt, attempt: number, start: ChildStart): Promise<Spawned> {
    const answer = await this.#commit(at, attempt, await this.#hidden(start));
    return { runId: this.#task.runId, key: answer.key };
  }

  async call(at: Attempt, attempt: number, asked: ChildStart): Promise<Called> {
    const start = await this.#hidden(asked);
    const answer = await this.#commit(at, attempt, start);
    const ended = answer.kind === 'over' ? this.#load(answer.end) : this.#io.endOf(answer.step, start.call);
    const over = Promise.resolve(ended).then(async (end) => {
      this.#state = await this.#io.state();
      return end;
    });
    return calledWith(over);
  }

  async #load({ status, value }: CallEnd): Promise<CallEnd> {
    return { status, value: await this.#io.load(value) };
  }

  /** What is called without a key has one with the hash of its message in it. */
  async #hidden(start: ChildStart): Promise<ChildStart> {
    const salt = await this.#io.salt();
    if (salt === undefined) return start;
    return { ...start, call: start.call.replace(start.fingerprint, salted(start.fingerprint, salt)) };
  }

  async #commit(at: Attempt, attempt: number, start: ChildStart): Promise<Exclude<ChildAnswer, { kind: 'refused' }>> {
    const kept =
      start.message === undefined ? undefined : this.#io.keep(`child.${start.call}`, { value: start.message });
    const event = { type: 'spawned', at: this.#task.at, attempt, start: { ...start, message: kept } } as const;
    const answer = await this.#io.commit(event);
    if (answer.kind === 'refused') throw refusedChild(answer, at, start);
    return answer;
  }

  state(): SharedState {
    return this.#state;
  }

  isAround(): boolean {
    return this.#io.isObserved();
  }

  around(_at: Attempt, message: unknown, body: () => unknown): unknown {
    return this.#io.around(message, body);
  }

  notify(_at: Attempt, _attempt: number, notice: Notice): void {
    this.#io.notify(notice);
  }

  report(): RunReport | Promise<RunReport> {
    return this.#io.report();
  }

  async condition(at: Attempt): Promise<Condition> {
    const { turn } = this.#task;
    const condition = await this.#io.load(turn?.condition);
    if (turn?.uses === undefined) return { condition, scope: undefined, previous: previousFor(at.previous) };
    const parameters = await this.#io.load(turn.parameters);
    const results: (EntryView | undefined)[] = [];
    for (const { at: entry } of turn.uses) results.push(await this.#io.outcomeOf(entry));
    return { condition, scope: scopeOf(parameters, turn.uses, results), previous: undefined };
  }

  unmet(_at: Attempt, attempt: number): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#io.deliver({ type: 'unmet', at: this.#task.at, attempt });
  }

  /** One outcome for an attempt; what cannot be kept makes it fail. */
  #settle(at: Attempt, attempt: number, message: unknown, eventOf: (message: Ref) => Event): void {
    this.#settled = true;
    let event: Event;
    try {
      event = eventOf(this.#keepMessage(at, message));
    } catch (cannot) {
      event = this.#cannotKeep(at, attempt, message, cannot);
    }
    this.#io.deliver(event);
  }

  /** The attempt's outcome was delivered already: this one must not count, in whichever order they arrive. */
  #late(attempt: number): void {
    this.#io.deliver({ type: 'late', at: this.#task.at, attempt });
  }

  /** Fails for good: a retry would make such a value again, or would have no message. */
  #cannotKeep(at: Attempt, attempt: number, message: unknown, cannot: unknown): Event {
    const failure: Failure = { code: StepCode.INVALID_TYPE, retry: false, refused: this.#task.kind === 'prepare' };
    const kept = this.#keepIfPossible(at, message);
    const error = this.#io.keep(`error${attempt}`, { error: cannot });
    return { type: 'failed', at: this.#task.at, attempt, message: kept, error, failure, routing: null };
  }

  #keepIfPossible(at: Attempt, message: unknown): Ref {
    try {
      return this.#keepMessage(at, message);
    } catch {
      return undefined;
    }
  }

  /** The message of an entry or a child is kept already, and so is that of a later attempt. */
  #keepMessage(at: Attempt, message: unknown): Ref {
    const { targetMessage, message: before } = this.#task.input;
    if (message === undefined) return undefined;
    if (at.via === null && this.#task.turn?.uses === undefined) return targetMessage;
    if (isRunCallback(at.via)) return undefined;
    return before ?? this.#keptBefore(at, message) ?? this.#io.keep('in', this.#payloadOf(at.via, message));
  }

  /** Where a message is kept that is the message or the value of the target itself. */
  #keptBefore(at: Attempt, message: unknown): string | undefined {
    const { targetMessage, targetValue, item } = this.#task.input;
    if (typeof targetMessage === 'string' && Object.is(message, at.targetMessage)) return targetMessage;
    const isValue = at.via?.moment === 'success' && item < 0 && Object.is(message, at.targetValue);
    return isValue && typeof targetValue === 'string' ? targetValue : undefined;
  }

  #payloadOf(via: Edge | null, message: unknown): Payload {
    if (via === null) return { value: message };
    const route = routeOf(this.#app, via);
    const field = via.moment === 'error' ? route?.field : via.moment === 'end' ? route?.errorField : undefined;
    if (field === undefined || typeof message !== 'object' || message === null || !Object.hasOwn(message, field))
      return { value: message };
    const error: unknown = Reflect.get(message, field);
    return { value: withoutError(message, field), errorField: field, error };
  }

  #keepExit(effects: Effects | null): Effects | null {
    if (effects?.exit === undefined) return effects;
    return { ...effects, exit: { value: this.#io.keep('exit', { value: effects.exit.value }) } };
  }

  #keepFaults(routing: Routing): Routing {
    if (routing.faults === undefined) return routing;
    const faults = routing.faults.map(({ edge, error }, at) => ({
      edge,
      error: this.#io.keep(`fault${at}`, { error }),
    }));
    return { ...routing, faults };
  }
}

/** The same message, of the same class, without what is kept beside it. */
function withoutError(message: object, field: string): object {
  const copy: object = Object.create(Reflect.getPrototypeOf(message));
  for (const [key, value] of Object.entries(message)) setOwnField(copy, key, key === field ? null : value);
  return copy;
}

/** A value to be kept: what a body returned, what it threw, or a message one field of which takes an error. */
export type Payload =
  | { readonly value: unknown }
  | { readonly error: unknown }
  | { readonly value: object; readonly errorField: string; readonly error: unknown };

/** What an engine gives to a task while it is performed. */
export interface TaskIo {
  readonly clock: Clock;
  /** What a reference stands for, or one item of the array it stands for. Failures of the core stand for themselves. */
  load(ref: Ref, item?: number): unknown;
  /**
   * Keeps a value under a name of this attempt and returns its reference; written together with the next event.
   *
   * @throws {OnwardError} ONW3045 if the value cannot be kept.
   */
  keep(name: string, payload: Payload): Ref;
  /** The same, under a key of its own. */
  keepAs(key: string, payload: Payload): Ref;
  /** What hashes of messages are made with that stand in keys; undefined if these may be known to anybody. */
  salt(): string | undefined | Promise<string | undefined>;
  /** A body that has a signal or a time limit is about to be called. */
  began(work: Underway): void;
  /** Whether the attempt is still to be performed: false once it was cancelled. */
  isWanted(): boolean;
  /** Whether somebody wants to know when the body is called, or runs around it. */
  isObserved(): boolean;
  /** Calls a body within what runs around it. @returns what the body returns. @throws what it throws. */
  around(message: unknown, body: () => unknown): unknown;
  /** Called once for every outcome; a late one is an event too, and the core drops it. */
  deliver(event: Event): void;
  /** Starts a child. Resolves when the answer is written. */
  commit(event: Extract<StepEvent, { type: 'spawned' }>): Promise<ChildAnswer>;
  /** How an entry of the plan ended, by its place there; its value is loaded. Undefined while it is not over. */
  outcomeOf(entry: number): EntryView | undefined | Promise<EntryView | undefined>;
  /** How a called step ended; its value is loaded. */
  endOf(step: number, call: CallKey): Promise<CallEnd>;
  state(): SharedState | Promise<SharedState>;
  report(): RunReport | Promise<RunReport>;
  notify(notice: Notice): void;
}
