// One task of a store, performed: values are loaded, the body runs, and what came of it becomes an event.
//
// P1. The impure half of the core: it runs user code once per delivery and decides nothing.
// P2. It never rejects for what user code does. A rejection is a fault of the store.
// P3. A value that cannot be kept fails its step at the body that made it, not at the callback that wants it.

import type { Event, Facts, Failure, Task } from '../run/event.ts';
import type { Edge } from '../graph/compiled.ts';
import { nodeNamed } from '../run/records.ts';
import { StepCode } from '../run/status.ts';
import type { Ref } from '../run/state.ts';
import { routeOf, type Application } from './application.ts';
import type { Clock } from './clock.ts';
import type { Attempt, Host, Underway } from './attempt.ts';
import { execute } from './execute.ts';

/** A value to be kept: what a body returned, what it threw, or a message one field of which takes an error. */
export type Payload =
  | { readonly value: unknown }
  | { readonly error: unknown }
  | { readonly value: object; readonly errorField: string; readonly error: unknown };

/** What an engine gives to a task while it is performed. */
export interface TaskIo {
  readonly clock: Clock;
  load(ref: Ref): unknown;
  /**
   * Keeps a value under a name of this attempt and returns its reference; written together with the event.
   *
   * @throws {OnwardError} ONW3045 if the value cannot be kept.
   */
  keep(name: string, payload: Payload): Ref;
  /** A body that can be told to stop or has a time limit is about to be called. */
  began(work: Underway): void;
  /** Whether the attempt is still to be performed: false once the run was cancelled. */
  isWanted(): boolean;
  /** Told once for every outcome; a late one is an event too, and the core drops it. */
  deliver(event: Event): void;
}

/** Performs a task. Resolves when the body was called; its outcome is delivered. */
export async function perform(app: Application, task: Task, io: TaskIo): Promise<void> {
  const { a, b, message } = task.input;
  const attempt: Attempt = {
    run: { id: task.runId, tags: task.tags },
    node: nodeNamed(app.graph, task.at.node),
    via: task.via === null ? null : (app.graph.edgeOf.get(task.via) ?? null),
    attempt: task.attempt,
    round: task.round,
    key: task.stepKey,
    a: await io.load(a),
    b: await io.load(b),
    message: await io.load(message),
  };
  // A cancel overtook it: no body is called that somebody would have to wait for.
  if (!io.isWanted()) return io.deliver({ type: 'due', at: task.at, attempt: task.attempt, timer: 'grace' });
  void execute(app, attempt, new TaskHost(app, task, io));
}

class TaskHost implements Host<Attempt> {
  readonly clock: Clock;
  readonly #app: Application;
  readonly #task: Task;
  readonly #io: TaskIo;
  #settled = false;

  constructor(app: Application, task: Task, io: TaskIo) {
    this.#app = app;
    this.#task = task;
    this.#io = io;
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

  completed(at: Attempt, attempt: number, message: unknown, value: unknown, facts: Facts): void {
    if (this.#settled) return this.#late(attempt);
    this.#settled = true;
    try {
      const kept = { message: this.#keepMessage(at, message), value: this.#io.keep('out', { value }) };
      this.#io.deliver({ type: 'completed', at: this.#task.at, attempt, ...kept, facts: this.#keepFaults(facts) });
    } catch (error) {
      this.#cannotKeep(at, attempt, message, error);
    }
  }

  failed(at: Attempt, attempt: number, message: unknown, error: unknown, failure: Failure, facts: Facts): void {
    if (this.#settled) return this.#late(attempt);
    this.#settled = true;
    try {
      const kept = { message: this.#keepMessage(at, message), error: this.#io.keep(`error${attempt}`, { error }) };
      this.#io.deliver({
        type: 'failed',
        at: this.#task.at,
        attempt,
        ...kept,
        failure,
        facts: this.#keepFaults(facts),
      });
    } catch (cannot) {
      this.#cannotKeep(at, attempt, message, cannot);
    }
  }

  /** Another end of the same attempt was delivered: this one must not count, whatever arrives first. */
  #late(attempt: number): void {
    this.#io.deliver({ type: 'late', at: this.#task.at, attempt });
  }

  /** Fails for good: another attempt would make such a value again, or would have no message. */
  #cannotKeep(at: Attempt, attempt: number, message: unknown, cannot: unknown): void {
    const failure: Failure = { code: StepCode.INVALID_TYPE, retry: false, refused: false };
    const routes = at.node.error.flatMap((edge, position) => (edge.conditional ? [] : [position]));
    const kept = {
      message: this.#keepIfPossible(at, message),
      error: this.#io.keep(`error${attempt}`, { error: cannot }),
    };
    this.#io.deliver({ type: 'failed', at: this.#task.at, attempt, ...kept, failure, facts: { routes } });
  }

  #keepIfPossible(at: Attempt, message: unknown): Ref {
    try {
      return this.#keepMessage(at, message);
    } catch {
      return undefined;
    }
  }

  /** An entry's message is the start message, and a retry's is kept already. */
  #keepMessage(at: Attempt, message: unknown): Ref {
    const { a, message: before } = this.#task.input;
    if (message === undefined) return undefined;
    if (at.via === null) return a;
    return before ?? this.#io.keep('in', this.#payloadOf(at.via, message));
  }

  #payloadOf(via: Edge, message: unknown): Payload {
    const field = routeOf(this.#app, via)?.field;
    if (via.moment !== 'error' || field === undefined || typeof message !== 'object' || message === null)
      return { value: message };
    return { value: { ...message, [field]: null }, errorField: field, error: Reflect.get(message, field) };
  }

  #keepFaults(facts: Facts): Facts {
    if (facts.faults === undefined) return facts;
    const faults = facts.faults.map(({ edge, error }, at) => ({ edge, error: this.#io.keep(`fault${at}`, { error }) }));
    return { ...facts, faults };
  }
}
