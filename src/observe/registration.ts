// One observer with its options: which events it is called with, and what becomes of its hooks.
//
// REGISTRATION-1. The events of a run come in the order of their numbers, one hook at a time: what happens while a hook
//     is pending waits behind it.
// REGISTRATION-2. A hook is called in the turn of its event. Without a promise nothing waits for it.
// REGISTRATION-3. While a promise of an awaited hook is pending, no body of that run begins and the run does not end.
//     In the background only the second half holds.
// REGISTRATION-4. A hook is waited for up to its limit, counted from its call. One that is late is reported once an
//     observer. After three late ones in a row the observer is in the background for good, and the bodies that wait for
//     it begin.
// REGISTRATION-5. What a hook throws changes nothing. The first failure of an observer is reported whole, the others are
//     counted, and the count is reported at the end.

import { OnwardError } from '../errors/onward-error.ts';
import type { Clock } from '../execute/clock.ts';
import { durationMs } from '../graph/duration.ts';
import { fitsGlob } from '../graph/glob.ts';
import type { RunEvent } from '../run/run-event.ts';
import { printable } from '../values/describe.ts';
import { isThenable } from '../values/promises.ts';
import { CarryFailed } from './chained.ts';
import { callHook, Hooks, kindOf, wantsOf } from './interest.ts';
import {
  observerName,
  type AttemptStarted,
  type Hook,
  type ObserveOptions,
  type Observer,
  type ObserverFailure,
  type RunStart,
} from './observer.ts';

const LIMIT_MS = 5_000;
/** Late hooks in a row after which no body waits for an observer any more. */
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

interface Surroundings extends ObserversOptions {
  /** Hears of every failure, also of those that are not reported. */
  readonly failed: (failure: ObserverFailure) => void;
}

/** A hook that is to be called with an event. */
interface Call {
  readonly hook: Hook;
  readonly event: RunEvent;
}

export class Registration {
  readonly observer: Observer;
  readonly runId: string | undefined;
  readonly priority: number;
  /** `all`: of the runs that other processes perform, too. */
  readonly scope: ObserveOptions['scope'];
  readonly wants: number;
  /** It wants to hear of some runs only. */
  readonly isSelective: boolean;
  isRemoved = false;
  readonly #name: string;
  readonly #hooks: Hooks;
  readonly #around: Surroundings;
  readonly #events: ObserveOptions['events'];
  readonly #nodes: NodeFilter | undefined;
  readonly #tags: ObserveOptions['tags'];
  readonly #when: ObserveOptions['when'];
  readonly #limitMs: number;
  readonly #filtersEvents: boolean;
  #isAwaited: boolean;
  /** By run: what waits behind a pending hook. */
  readonly #queues = new Map<string, Call[]>();
  #onQuiet: (() => void) | undefined;
  #failures = 0;
  #late = 0;
  #lateInARow = 0;

  constructor(observer: Observer, options: ObserveOptions, runId: string | undefined, around: Surroundings) {
    const { events, nodes, tags, when, mode, scope, limit, priority = 0 } = options;
    this.observer = observer;
    this.runId = runId;
    this.priority = priority;
    this.scope = scope;
    this.wants = wantsOf(observer, options);
    this.isSelective = runId !== undefined || tags !== undefined;
    this.#name = observerName(observer);
    this.#hooks = new Hooks(observer);
    this.#around = around;
    this.#events = events;
    this.#nodes = nodes === undefined ? undefined : new NodeFilter(nodes);
    this.#tags = tags;
    this.#when = when;
    this.#limitMs = durationMs(limit) ?? LIMIT_MS;
    this.#filtersEvents = events !== undefined || nodes !== undefined || when !== undefined;
    this.#isAwaited = mode !== 'background' && scope !== 'all';
  }

  /** Somebody sees through it what such an event says fails, in a run that it concerns. */
  showsFailure(type: RunEvent['type']): boolean {
    const { showsFailures, eventTypes } = this.observer;
    if (showsFailures !== true || this.#filtersEvents || this.#failures > 0) return false;
    return eventTypes?.includes(type) !== false;
  }

  /** Whether it wants anything of this run. The id of a run is made when it is read: most are asked for nothing. */
  concerns(run: Pick<ObservedRun, 'id' | 'tags'>): boolean {
    if (this.runId !== undefined && this.runId !== run.id) return false;
    return this.#tags === undefined || this.#tags.every((tag) => run.tags.includes(tag));
  }

  /** Calls its hooks with an event of a run, now or behind those that are pending. @param kind as `kindOf` gives it. */
  take(run: ObservedRun, event: RunEvent, kind: number = kindOf(event)): void {
    if (this.#filtersEvents ? !this.#selects(event) : this.isRemoved) return;
    const hooks = this.#hooks.for(kind);
    if (this.#queues.size > 0 && this.#isBehind(run, event, hooks)) return;
    for (let at = 0; at < hooks.length; at++) {
      const hook = hooks[at];
      const pending = hook === undefined ? undefined : this.#call(hook, event);
      if (pending !== undefined) return this.#waitFor(pending, run, event, hooks.slice(at));
    }
  }

  // Apart from the hot path: a function that makes closures pays for what they hold at each call.

  /** A hook is pending: what comes next waits behind it. */
  #isBehind(run: ObservedRun, event: RunEvent, hooks: readonly Hook[]): boolean {
    const queue = this.#queues.get(run.id);
    for (const hook of hooks) queue?.push({ hook, event });
    return queue !== undefined;
  }

  /** @param hooks the one that is pending, and those behind it. */
  #waitFor(pending: Promise<void>, run: ObservedRun, event: RunEvent, hooks: readonly Hook[]): void {
    const [first, ...rest] = hooks.map((hook) => ({ hook, event }));
    if (first !== undefined) void this.#goOnLater(run, first, pending, rest);
  }

  /** What comes next waits for a hook that is pending, and the run with it. */
  async #goOnLater(run: ObservedRun, first: Call, hook: Promise<void>, queue: Call[]): Promise<void> {
    this.#queues.set(run.id, queue);
    let isGate = this.#isAwaited;
    run.hold(isGate);
    await this.#within(hook, first);
    for (let call = queue.shift(); call !== undefined; call = queue.shift()) {
      // REGISTRATION-4. It has been late too often meanwhile.
      if (isGate && !this.#isAwaited) {
        isGate = false;
        run.hold(false);
        run.release(true);
      }
      const pending = this.isRemoved ? undefined : this.#call(call.hook, call.event);
      if (pending !== undefined) await this.#within(pending, call);
    }
    this.#queues.delete(run.id);
    run.release(isGate);
    if (this.#queues.size > 0) return;
    const onQuiet = this.#onQuiet;
    this.#onQuiet = undefined;
    onQuiet?.();
  }

  /** Calls back once no hook is pending, and nothing waits behind one: at once, if that is so. */
  whenQuiet(callback: () => void): void {
    if (this.#queues.size === 0) callback();
    else this.#onQuiet = callback;
  }

  #selects(event: RunEvent): boolean {
    if (this.isRemoved) return false;
    if (!this.#filtersEvents) return true;
    if (this.#events?.includes(event.type) === false) return false;
    if (this.#nodes !== undefined && 'node' in event && !this.#nodes.has(event.node)) return false;
    if (this.#when === undefined) return true;
    try {
      return this.#when(event);
    } catch (error) {
      this.#failed(error, 'when', event);
      return false;
    }
  }

  /** Calls a hook. A promise that never rejects, if the hook returned one. */
  #call(hook: Hook, event: RunEvent): Promise<void> | undefined {
    try {
      const result: unknown = callHook(this.observer, hook, event);
      // Most give nothing.
      return result !== undefined && isThenable(result) ? this.#settled(result, hook, event) : undefined;
    } catch (error) {
      this.#failed(error, hook, event);
      return undefined;
    }
  }

  #settled(result: PromiseLike<unknown>, hook: Hook, event: RunEvent): Promise<void> {
    return Promise.resolve(result).then(
      () => undefined,
      (error: unknown) => this.#failed(error, hook, event),
    );
  }

  /** Waits for a hook, but no longer than its limit. */
  async #within(hook: Promise<void>, call: Call): Promise<void> {
    if (await this.#isInTime(hook)) this.#lateInARow = 0;
    else this.#isLate(call);
  }

  /** Resolves with true when the promise does, or with false when the time is over. */
  #isInTime(pending: Promise<unknown>): Promise<boolean> {
    return new Promise((resolve) => {
      const callOff = this.#around.clock.after(this.#limitMs, () => resolve(false));
      void pending.then(() => {
        callOff();
        resolve(true);
      });
    });
  }

  #isLate({ hook, event: { type, runId } }: Call): void {
    this.#late++;
    this.#lateInARow++;
    this.#tell(hook, 'ONW3061', undefined, runId);
    if (this.#late === 1) {
      const text = `${this.#name} took longer than its limit of ${this.#limitMs} ms for ${type} of run ${printable(runId)}; the run goes on without it: give the observer a larger \`limit\`, or \`mode: 'background'\``;
      this.#report('ONW3061', text, { event: type, runId });
    }
    if (this.#lateInARow !== LATE_IN_A_ROW || !this.#isAwaited) return;
    this.#isAwaited = false;
    const text = `${this.#name} was late ${LATE_IN_A_ROW} times in a row; from now on no run waits for it before a body`;
    this.#report('ONW3061', text, {});
  }

  #failed(error: unknown, hook: ObserverFailure['hook'], event: RunEvent): void {
    const { type, runId } = event;
    this.#failures++;
    this.#tell(hook, 'ONW3062', error, runId);
    if (this.#failures > 1) return;
    const where = hook === 'around' ? '`around`' : hook === 'when' ? 'the `when` of its options' : type;
    const text = `${this.#name} failed at ${where} of run ${printable(runId)}; the run goes on as it was. Further failures of it are counted`;
    this.#report('ONW3062', text, { event: type, runId }, error);
  }

  /** Of every failure, for those that count them. */
  #tell(hook: ObserverFailure['hook'], code: ObserverFailure['code'], error?: unknown, runId?: string): void {
    this.#around.failed({ observer: this.#name, hook, code, error, runId });
  }

  #report(
    code: 'ONW3061' | 'ONW3062',
    text: string,
    details: Readonly<Record<string, unknown>>,
    cause?: unknown,
  ): void {
    const of = { details: { observer: this.#name, ...details } };
    this.#around.report(new OnwardError(code, text, cause === undefined ? of : { ...of, cause }));
  }

  /** A body within what the observer runs around it. Its value and its failures stay its own. */
  around(attempt: AttemptStarted, body: () => void): () => void {
    const { observer } = this;
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
        this.#failed(error, 'around', attempt);
      }
      once();
    };
  }

  /** Strings that travel with a run; undefined for none. */
  carry(start: RunStart): Readonly<Record<string, string>> | undefined {
    if (this.observer.carry === undefined) return;
    try {
      return stringsOf(this.observer.carry(start));
    } catch (error) {
      const { runId } = start;
      const isPart = error instanceof CarryFailed;
      const cause = isPart ? error.cause : error;
      this.#tell('carry', 'ONW3062', cause, runId);
      const text = `${this.#name} failed at \`carry\` of run ${printable(runId)}; the run starts without what it carries`;
      this.#report('ONW3062', text, { runId }, cause);
      return isPart ? stringsOf(error.carried) : undefined;
    }
  }

  /** After its last event. */
  close(): Promise<void> | undefined {
    if (this.#failures > 1) {
      const text = `${this.#name} failed ${this.#failures} times in all; only the first failure was reported`;
      this.#report('ONW3062', text, { failures: this.#failures });
    }
    if (this.observer.close === undefined) return undefined;
    try {
      const result: unknown = this.observer.close();
      if (!isThenable(result)) return undefined;
      const closing = Promise.resolve(result).then(undefined, (error: unknown) => this.#failedAtClose(error));
      return this.#isInTime(closing).then((isInTime) => (isInTime ? undefined : this.#lateAtClose()));
    } catch (error) {
      this.#failedAtClose(error);
      return undefined;
    }
  }

  #failedAtClose(error: unknown): void {
    this.#tell('close', 'ONW3062', error);
    this.#report('ONW3062', `${this.#name} failed at \`close\``, {}, error);
  }

  #lateAtClose(): void {
    this.#tell('close', 'ONW3061');
    const text = `${this.#name} took longer than its limit of ${this.#limitMs} ms for \`close\`, and what it held may be lost: give the observer a larger \`limit\``;
    this.#report('ONW3061', text, {});
  }
}

/** Nodes by name or pattern; each is matched once. */
class NodeFilter {
  readonly #patterns: readonly string[];
  readonly #known = new Map<string, boolean>();

  constructor(nodes: string | readonly string[]) {
    this.#patterns = typeof nodes === 'string' ? [nodes] : nodes;
  }

  has(node: string): boolean {
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    const fits = this.#patterns.some((pattern) => fitsGlob(node, pattern));
    this.#known.set(node, fits);
    return fits;
  }
}

/** A copy: what its owner does to it later reaches no run. */
function stringsOf(carried: unknown): Readonly<Record<string, string>> | undefined {
  if (carried === undefined || carried === null) return undefined;
  const fields: [string, unknown][] = typeof carried === 'object' ? Object.entries(carried) : [];
  const strings = fields.filter((field): field is [string, string] => typeof field[1] === 'string');
  if (typeof carried === 'object' && strings.length === fields.length) return Object.fromEntries(strings);
  throw new TypeError('`carry` gives strings by names, such as { traceparent }');
}
