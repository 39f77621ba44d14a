// The observers of a runtime and of its runs: who is called with an event, in which order, and what waits for it.
//
// OBSERVERS-1. One observer gets the events of a run in the order of their numbers, one hook at a time; observers are
//     called by priority. The list is read afresh for each event: removal during an event skips nobody, and an added
//     observer gets the next event.
// OBSERVERS-2. A hook is called in the turn of its event. Without a promise nothing waits for it.
// OBSERVERS-3. While a promise of an awaited hook is pending, no body of that run begins and the run does not end.
//     In the background only the second half holds.
// OBSERVERS-4. A hook is waited for up to its limit, counted from its call. One that is late is reported once an
//     observer; after three late ones in a row the observer is in the background for good.
// OBSERVERS-5. What a hook throws changes nothing. The first failure of an observer is reported whole, the others are
//     counted, and the count is reported at the end.
// OBSERVERS-6. Observers of one run get no event of another.

import { OnwardError } from '../errors/onward-error.ts';
import type { Clock } from '../execute/clock.ts';
import { durationMs } from '../graph/duration.ts';
import { fitsGlob } from '../graph/glob.ts';
import type { RunEvent } from '../run/run-event.ts';
import { observerName, type AttemptStarted, type ObserveOptions, type Observer, type RunStart } from './observer.ts';
import { printable } from '../values/describe.ts';
import { callsOf, wantsOf, type Call } from './interest.ts';

const LIMIT_MS = 5_000;
/** Late hooks in a row after which an observer is not waited for any more. */
const LATE_IN_A_ROW = 3;

/** A run, as what is waited for holds it. */
export interface ObservedRun {
  readonly id: string;
  readonly tags: readonly string[];
  /** The run does not end, and with `isGate` no body of it begins, before `release` was called with the same. */
  hold(isGate: boolean): void;
  release(isGate: boolean): void;
}

/** What the observers need of their runtime. */
export interface ObserversOptions {
  readonly clock: Clock;
  /** Takes what went wrong with an observer. */
  readonly report: (failure: OnwardError) => void;
}

export class Observers {
  readonly #around: ObserversOptions;
  // By priority; each list is replaced as a whole, so that a walk over it is not disturbed.
  /** Of all runs. */
  #common: readonly Registration[] = [];
  /** By run that has observers of its own: these and the common ones. */
  readonly #ofRuns = new Map<string, readonly Registration[]>();
  #onChange: () => void = () => undefined;
  readonly #pending = new Set<Promise<void>>();

  constructor(around: ObserversOptions) {
    this.#around = around;
  }

  /** Called after each change of the list: engines ask `wants` again. */
  onChange(changed: () => void): void {
    this.#onChange = changed;
  }

  /**
   * Adds an observer, of all runs or of one.
   *
   * @returns what removes it. Removing it twice is once.
   */
  add(observer: Observer, options: ObserveOptions, runId?: string): () => void {
    return this.#insert(new Registration(observer, options, runId, this.#around));
  }

  /** Adds an observer of one run. `past` comes first: what has happened up to now. */
  addTo(run: ObservedRun, observer: Observer, options: ObserveOptions, past: readonly RunEvent[]): () => void {
    const registration = new Registration(observer, options, run.id, this.#around);
    for (const event of past) registration.take(run, event);
    return this.#insert(registration);
  }

  #insert(registration: Registration): () => void {
    const { runId } = registration;
    if (runId === undefined) {
      this.#common = inserted(this.#common, registration);
      for (const [id, list] of this.#ofRuns) this.#ofRuns.set(id, inserted(list, registration));
    } else this.#ofRuns.set(runId, inserted(this.#listOf(runId), registration));
    this.#onChange();
    return () => this.#remove(registration);
  }

  #remove(registration: Registration): void {
    if (registration.isRemoved) return;
    registration.isRemoved = true;
    const others = (list: readonly Registration[]): Registration[] => list.filter((other) => other !== registration);
    this.#common = others(this.#common);
    for (const [id, list] of this.#ofRuns) if (list.includes(registration)) this.#ofRuns.set(id, others(list));
    this.#onChange();
    this.#await(registration.close());
  }

  /** The observers of a run that is over are not needed any more. */
  forget(runId: string): void {
    const list = this.#ofRuns.get(runId);
    if (list === undefined) return;
    for (const registration of list) if (registration.runId === runId) this.#remove(registration);
    this.#ofRuns.delete(runId);
  }

  #listOf(runId: string): readonly Registration[] {
    return this.#ofRuns.get(runId) ?? this.#common;
  }

  /** Which kinds of events anybody wants of a run: a sum of `Wants`. */
  wants(run: Pick<ObservedRun, 'id' | 'tags'>): number {
    let wants = 0;
    for (const registration of this.#listOf(run.id)) if (registration.concerns(run)) wants |= registration.wants;
    return wants;
  }

  notify(run: ObservedRun, event: RunEvent): void {
    for (const registration of this.#listOf(run.id)) {
      if (!registration.isRemoved && registration.concerns(run)) registration.take(run, event);
    }
  }

  /** Calls a body within the observers that run around it. @returns what the body returns. @throws what it throws. */
  around(run: ObservedRun, attempt: AttemptStarted, body: () => unknown): unknown {
    let outcome: { readonly value: unknown } | { readonly error: unknown } | undefined;
    let call = (): void => {
      try {
        outcome = { value: body() };
      } catch (error) {
        outcome = { error };
      }
    };
    // The first of the list is the outermost.
    for (const registration of this.#listOf(run.id).toReversed()) {
      if (registration.concerns(run)) call = registration.around(attempt, call);
    }
    call();
    if (outcome === undefined) return undefined;
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }

  /** What travels with a run, put together from all observers; undefined if it is nothing. */
  carry(start: RunStart): Readonly<Record<string, string>> | undefined {
    const list = this.#listOf(start.runId);
    if (list.length === 0) return undefined;
    const carried = list
      .filter((registration) => registration.concerns({ id: start.runId, tags: start.tags }))
      .map((registration) => registration.carry(start))
      .filter((given) => given !== undefined);
    return carried.length === 0 ? undefined : Object.assign({}, ...carried.toReversed());
  }

  /** Removes every observer, and waits for those that end. */
  async close(): Promise<void> {
    for (const runId of this.#ofRuns.keys()) this.forget(runId);
    for (const registration of this.#common) this.#remove(registration);
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  #await(closing: Promise<void> | undefined): void {
    if (closing === undefined) return;
    const done = closing.finally(() => this.#pending.delete(done));
    this.#pending.add(done);
  }
}

/** Behind those of the same priority. */
function inserted(list: readonly Registration[], registration: Registration): readonly Registration[] {
  const after = list.findIndex(({ priority }) => priority < registration.priority);
  const at = after < 0 ? list.length : after;
  return [...list.slice(0, at), registration, ...list.slice(at)];
}

/** The events of one run that wait behind a pending hook. */
type Queue = RunEvent[];

/** One observer with its options. */
class Registration {
  readonly runId: string | undefined;
  readonly priority: number;
  readonly wants: number;
  isRemoved = false;
  readonly #observer: Observer;
  readonly #options: ObserveOptions;
  readonly #clock: Clock;
  readonly #report: (failure: OnwardError) => void;
  readonly #limitMs: number;
  readonly #nodes: readonly string[] | undefined;
  #isAwaited: boolean;
  /** By run: a hook of it is pending. */
  readonly #queues = new Map<string, Queue>();
  #failures = 0;
  #late = 0;
  #lateInARow = 0;

  constructor(observer: Observer, options: ObserveOptions, runId: string | undefined, around: ObserversOptions) {
    this.#observer = observer;
    this.#options = options;
    this.runId = runId;
    this.#clock = around.clock;
    this.#report = around.report;
    this.priority = options.priority ?? 0;
    this.wants = wantsOf(observer, options);
    this.#limitMs = durationMs(options.limit) ?? LIMIT_MS;
    this.#isAwaited = options.mode !== 'background' && options.scope !== 'all';
    this.#nodes = typeof options.nodes === 'string' ? [options.nodes] : options.nodes;
  }

  /** Whether it wants anything of this run. */
  concerns({ id, tags }: Pick<ObservedRun, 'id' | 'tags'>): boolean {
    if (this.runId !== undefined && this.runId !== id) return false;
    return this.#options.tags === undefined || this.#options.tags.every((tag) => tags.includes(tag));
  }

  take(run: ObservedRun, event: RunEvent): void {
    const queue = this.#queues.get(run.id);
    if (queue === undefined) this.#deliver(run, event);
    else queue.push(event);
  }

  #deliver(run: ObservedRun, event: RunEvent): void {
    const calls = this.#selects(event) ? callsOf(this.#observer, event) : [];
    for (const [at, call] of calls.entries()) {
      const pending = this.#call(call, event);
      if (pending !== undefined) return void this.#goOnLater(run, event, pending, calls.slice(at + 1));
    }
  }

  /** What comes next waits for a hook that is pending, and the run with it. */
  async #goOnLater(run: ObservedRun, first: RunEvent, hook: Promise<void>, rest: readonly Call[]): Promise<void> {
    const queue: Queue = [];
    this.#queues.set(run.id, queue);
    const isGate = this.#isAwaited;
    run.hold(isGate);
    await this.#within(hook, first);
    for (const call of rest) await this.#within(this.#call(call, first), first);
    for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
      for (const call of this.#selects(event) ? callsOf(this.#observer, event) : []) {
        await this.#within(this.#call(call, event), event);
      }
    }
    this.#queues.delete(run.id);
    run.release(isGate);
  }

  #selects(event: RunEvent): boolean {
    const { events, when } = this.#options;
    if (this.isRemoved) return false;
    if (events !== undefined && !events.includes(event.type)) return false;
    if (this.#nodes !== undefined && 'node' in event) {
      const { node } = event;
      if (!this.#nodes.some((pattern) => fitsGlob(node, pattern))) return false;
    }
    if (when === undefined) return true;
    try {
      return when(event);
    } catch (error) {
      this.#failed(error, event, 'the `when` of its options');
      return false;
    }
  }

  /** Calls a hook. A promise that never rejects, if the hook returned one. */
  #call(call: Call, event: RunEvent): Promise<void> | undefined {
    try {
      const result: unknown = call();
      if (!isThenable(result)) return undefined;
      return Promise.resolve(result).then(
        () => undefined,
        (error: unknown) => this.#failed(error, event),
      );
    } catch (error) {
      this.#failed(error, event);
      return undefined;
    }
  }

  /** Waits for a hook, but no longer than its limit. */
  #within(hook: Promise<void> | undefined, event: RunEvent): Promise<void> | undefined {
    if (hook === undefined) return undefined;
    return new Promise((resolve) => {
      let isOver = false;
      const callOff = this.#clock.after(this.#limitMs, () => {
        isOver = true;
        this.#isLate(event);
        resolve();
      });
      void hook.then(() => {
        if (isOver) return;
        callOff();
        this.#lateInARow = 0;
        resolve();
      });
    });
  }

  #isLate(event: RunEvent): void {
    this.#late++;
    this.#lateInARow++;
    const name = observerName(this.#observer);
    if (this.#late === 1) {
      const text = `${name} took longer than its limit of ${this.#limitMs} ms for ${event.type} of run ${printable(event.runId)}; the run goes on without it: give the observer a larger \`limit\`, or \`mode: 'background'\``;
      this.#report(
        new OnwardError('ONW3061', text, { details: { observer: name, event: event.type, runId: event.runId } }),
      );
    }
    if (this.#lateInARow !== LATE_IN_A_ROW || !this.#isAwaited) return;
    this.#isAwaited = false;
    const text = `${name} was late ${LATE_IN_A_ROW} times in a row; from now on no run waits for it before a body`;
    this.#report(new OnwardError('ONW3061', text, { details: { observer: name } }));
  }

  #failed(error: unknown, event: RunEvent, where: string = event.type): void {
    this.#failures++;
    if (this.#failures > 1) return;
    const name = observerName(this.#observer);
    const text = `${name} failed at ${where} of run ${printable(event.runId)}; the run goes on as it was. Further failures of it are counted`;
    const details = { observer: name, event: event.type, runId: event.runId };
    this.#report(new OnwardError('ONW3062', text, { details, cause: error }));
  }

  around(attempt: AttemptStarted, body: () => void): () => void {
    const observer = this.#observer;
    if (observer.around === undefined || !this.#selects(attempt)) return body;
    return () => {
      let isCalled = false;
      const once = (): void => {
        if (isCalled) return;
        isCalled = true;
        body();
      };
      try {
        observer.around?.(attempt, once);
      } catch (error) {
        this.#failed(error, attempt, '`around`');
      }
      once();
    };
  }

  carry(start: RunStart): Readonly<Record<string, string>> | undefined {
    try {
      return this.#observer.carry?.(start);
    } catch (error) {
      const name = observerName(this.#observer);
      const text = `${name} failed at \`carry\` of run ${printable(start.runId)}; the run starts without what it carries`;
      this.#report(new OnwardError('ONW3062', text, { details: { observer: name, runId: start.runId }, cause: error }));
      return undefined;
    }
  }

  /** After its last event. */
  close(): Promise<void> | undefined {
    const name = observerName(this.#observer);
    if (this.#failures > 1) {
      const text = `${name} failed ${this.#failures} times in all; only the first failure was reported`;
      this.#report(new OnwardError('ONW3062', text, { details: { observer: name, failures: this.#failures } }));
    }
    if (this.#observer.close === undefined) return undefined;
    const failed = (error: unknown): void => {
      const text = `${name} failed at \`close\``;
      this.#report(new OnwardError('ONW3062', text, { details: { observer: name }, cause: error }));
    };
    try {
      const result: unknown = this.#observer.close();
      if (!isThenable(result)) return undefined;
      return new Promise((resolve) => {
        const callOff = this.#clock.after(this.#limitMs, resolve);
        void Promise.resolve(result)
          .then(() => undefined, failed)
          .then(() => {
            callOff();
            resolve();
          });
      });
    } catch (error) {
      failed(error);
      return undefined;
    }
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
