// The host of one task: what comes of its attempt becomes an event.

import type { ChildAnswer } from '../run/children.ts';
import type { ChildStart, Effects, Event, Failure, Task } from '../run/event.ts';
import type { Facts } from '../run/facts.ts';
import type { Edge } from '../graph/compiled.ts';
import type { Ref } from '../run/ref.ts';
import type { SharedState } from '../run/shared-state.ts';
import type { CallEnd } from '../run/call-record.ts';
import { StepCode } from '../run/status.ts';
import type { EntryView } from '../run/view.ts';
import type { RunReport } from '../wiring/run-report.ts';
import type { Spawned } from '../wiring/step-context.ts';
import { routeOf, type Application } from './application.ts';
import { calledWith } from './called.ts';
import type { Clock } from './clock.ts';
import type { Attempt, Called, Host, Told, Underway } from './attempt.ts';
import { previousOf as previousFor } from './live-context.ts';
import { scopeOf, type Question } from './question.ts';
import { refusedChild } from './refused.ts';
import { isRunCallback } from './message-of.ts';
import type { Payload, TaskIo } from './task-io.ts';

export class TaskHost implements Host<Attempt> {
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
  next(): undefined {
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
    facts: Facts,
    effects: Effects | null,
  ): void {
    if (this.#settled) return this.#late(attempt);
    this.#settle(at, attempt, message, (kept) => ({
      type: 'completed',
      at: this.#task.at,
      attempt,
      message: kept,
      value: this.#io.keepAs(this.#task.valueKey, { value }),
      facts: this.#keepFaults(facts),
      effects: this.#keepExit(effects),
    }));
  }

  failed(at: Attempt, attempt: number, message: unknown, error: unknown, failure: Failure, facts: Facts | null): void {
    if (this.#settled) return this.#late(attempt);
    this.#settle(at, attempt, message, (kept) => ({
      type: 'failed',
      at: this.#task.at,
      attempt,
      message: kept,
      error: this.#io.keep(`error${attempt}`, { error }),
      failure,
      facts: facts === null ? null : this.#keepFaults(facts),
    }));
  }

  judged(_at: Attempt, attempt: number, facts: Facts): void {
    this.#io.deliver({ type: 'judged', at: this.#task.at, attempt, facts: this.#keepFaults(facts) });
  }

  async spawn(at: Attempt, attempt: number, start: ChildStart): Promise<Spawned> {
    const answer = await this.#commit(at, attempt, start);
    return { runId: this.#task.runId, key: answer.key };
  }

  async call(at: Attempt, attempt: number, start: ChildStart): Promise<Called> {
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

  tell(_at: Attempt, _attempt: number, told: Told): void {
    this.#io.tell(told);
  }

  report(): RunReport | Promise<RunReport> {
    return this.#io.report();
  }

  async question(at: Attempt): Promise<Question> {
    const { turn } = this.#task;
    const condition = await this.#io.load(turn?.condition);
    if (turn?.uses === undefined) return { condition, scope: undefined, previous: previousFor(at.previous) };
    const parameters = await this.#io.load(turn.parameters);
    const results: (EntryView | undefined)[] = [];
    for (const { at: entry } of turn.uses) results.push(await this.#io.outcomeOf(entry));
    return { condition, scope: scopeOf(parameters, turn.uses, results), previous: undefined };
  }

  unmet(_at: Attempt, attempt: number): void {
    if (this.#settled) return this.#late(attempt);
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

  /** Another end of the same attempt was delivered: this one must not count, whatever arrives first. */
  #late(attempt: number): void {
    this.#io.deliver({ type: 'late', at: this.#task.at, attempt });
  }

  /** Fails for good: another attempt would make such a value again, or would have no message. */
  #cannotKeep(at: Attempt, attempt: number, message: unknown, cannot: unknown): Event {
    const failure: Failure = { code: StepCode.INVALID_TYPE, retry: false, refused: this.#task.kind === 'prepare' };
    const kept = this.#keepIfPossible(at, message);
    const error = this.#io.keep(`error${attempt}`, { error: cannot });
    return { type: 'failed', at: this.#task.at, attempt, message: kept, error, failure, facts: null };
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
    const { a, message: before } = this.#task.input;
    if (message === undefined) return undefined;
    if (at.via === null && this.#task.turn?.uses === undefined) return a;
    if (isRunCallback(at.via)) return undefined;
    return before ?? this.#io.keep('in', this.#payloadOf(at.via, message));
  }

  #payloadOf(via: Edge | null, message: unknown): Payload {
    if (via === null) return { value: message };
    const route = routeOf(this.#app, via);
    const field = via.moment === 'error' ? route?.field : via.moment === 'end' ? route?.errorField : undefined;
    if (field === undefined || typeof message !== 'object' || message === null || !Object.hasOwn(message, field))
      return { value: message };
    const error: unknown = Reflect.get(message, field);
    return { value: { ...message, [field]: null }, errorField: field, error };
  }

  #keepExit(effects: Effects | null): Effects | null {
    if (effects?.exit === undefined) return effects;
    return { ...effects, exit: { value: this.#io.keep('exit', { value: effects.exit.value }) } };
  }

  #keepFaults(facts: Facts): Facts {
    if (facts.faults === undefined) return facts;
    const faults = facts.faults.map(({ edge, error }, at) => ({ edge, error: this.#io.keep(`fault${at}`, { error }) }));
    return { ...facts, faults };
  }
}
