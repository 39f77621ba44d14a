// The observers of a runtime and of its runs: who is called with an event, and in which order.
//
// OBSERVERS-1. Observers are called by priority. The list is read afresh for each event: removal during an event skips
//     nobody, and an added observer gets the next event.
// OBSERVERS-2. Observers of one run get no event of another. What they cost depends on neither the number of open runs
//     nor that of other runs with observers.
// OBSERVERS-3. An observer of one run leaves with it, also if the run was over when it came.

import type { RunEvent } from '../run/run-event.ts';
import { kindOf } from './interest.ts';
import type { AttemptStarted, ObserveOptions, Observer, ObserverFailure, RunStart } from './observer.ts';
import { Registration, type ObservedRun, type ObserversOptions } from './registration.ts';

export class Observers {
  readonly #around: ConstructorParameters<typeof Registration>[3];
  // By priority; each list is replaced as a whole, so that a walk over it is not disturbed.
  /** Of all runs. */
  #common: readonly Registration[] = [];
  /** By run that has observers of its own: these and the common ones. */
  readonly #ofRuns = new Map<string, readonly Registration[]>();
  #onChange: (runId: string | undefined) => void = () => undefined;
  readonly #pending = new Set<Promise<void>>();

  constructor(around: ObserversOptions) {
    this.#around = { ...around, failed: (failure) => this.#tell(failure) };
  }

  /** Somebody may have something travel with a run. */
  get carries(): boolean {
    return this.#ofRuns.size > 0 || this.#common.some(({ observer }) => observer.carry !== undefined);
  }

  /** No run has an observer. */
  get isEmpty(): boolean {
    return this.#common.length === 0 && this.#ofRuns.size === 0;
  }

  /** Called after each change, with the run that it is of, or without: engines ask `wants` again. */
  onChange(changed: (runId: string | undefined) => void): void {
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
    this.#onChange(runId);
    return () => this.#remove(registration);
  }

  #remove(registration: Registration): void {
    if (registration.isRemoved) return;
    registration.isRemoved = true;
    const { runId } = registration;
    if (runId === undefined) {
      this.#common = without(this.#common, registration);
      for (const [id, list] of this.#ofRuns) this.#ofRuns.set(id, without(list, registration));
    } else this.#removeFrom(runId, registration);
    this.#onChange(runId);
    this.#await(registration.close());
  }

  #removeFrom(runId: string, registration: Registration): void {
    const left = without(this.#listOf(runId), registration);
    if (left.some((other) => other.runId === runId)) this.#ofRuns.set(runId, left);
    else this.#ofRuns.delete(runId);
  }

  /** The observers of a run that is over are not needed any more. */
  forget(run: Pick<ObservedRun, 'id'>): void {
    if (this.#ofRuns.size === 0) return;
    const runId = run.id;
    for (const registration of this.#ofRuns.get(runId) ?? []) {
      if (registration.runId === runId) this.#remove(registration);
    }
  }

  #listOf(runId: string): readonly Registration[] {
    return this.#ofRuns.get(runId) ?? this.#common;
  }

  /** Those that want anything of a run. Asked again after each change. */
  of(run: Pick<ObservedRun, 'id' | 'tags'>): readonly Registration[] {
    // Most runs have no observers of their own: their ids are not even made.
    const list = this.#ofRuns.size === 0 ? this.#common : this.#listOf(run.id);
    return list.every((registration) => registration.concerns(run))
      ? list
      : list.filter((registration) => registration.concerns(run));
  }

  /** Which kinds of events anybody wants of a run: a sum of `Wants`. */
  wants(run: Pick<ObservedRun, 'id' | 'tags'>): number {
    return wantsOfAll(this.of(run));
  }

  notify(run: ObservedRun, event: RunEvent): void {
    notifyAll(this.of(run), run, event, kindOf(event));
  }

  /** Calls a body within the observers that run around it. @returns what the body returns. @throws what it throws. */
  around(run: ObservedRun, attempt: AttemptStarted, body: () => unknown): unknown {
    return callWithin(this.of(run), attempt, body);
  }

  /** What travels with a run, put together from all observers; undefined if it is nothing. */
  carry(start: RunStart): Readonly<Record<string, string>> | undefined {
    let carried: Record<string, string> | undefined;
    // Where two carry the same name, the one that is called first wins.
    for (const registration of this.of({ id: start.runId, tags: start.tags })) {
      const given = registration.carry(start);
      if (given !== undefined) carried = Object.assign({}, given, carried);
    }
    return carried === undefined ? undefined : Object.freeze(carried);
  }

  /** Removes every observer, and waits for those that end. */
  async close(): Promise<void> {
    for (const id of [...this.#ofRuns.keys()]) this.forget({ id });
    for (const registration of this.#common) this.#remove(registration);
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  /** Those that count the failures of observers hear of each. What they fail with themselves is not told again. */
  #tell(failure: ObserverFailure): void {
    for (const { observer } of this.#common) {
      try {
        observer.onObserverFailure?.(failure);
      } catch {
        // It would go round.
      }
    }
  }

  #await(closing: Promise<void> | undefined): void {
    if (closing === undefined) return;
    const done = closing.finally(() => this.#pending.delete(done));
    this.#pending.add(done);
  }
}

/** What several observers want: a sum of `Wants`. */
export function wantsOfAll(list: readonly Registration[]): number {
  let wants = 0;
  for (const registration of list) wants |= registration.wants;
  return wants;
}

/** Calls observers with an event of a run that all of them are of. @param kind as `kindOf` gives it. */
export function notifyAll(list: readonly Registration[], run: ObservedRun, event: RunEvent, kind: number): void {
  for (const registration of list) if ((registration.wants & kind) !== 0) registration.take(run, event, kind);
}

/** Calls a body within the observers that run around it, the first of them outermost. */
export function callWithin(list: readonly Registration[], attempt: AttemptStarted, body: () => unknown): unknown {
  let outcome: { readonly value: unknown } | { readonly error: unknown } | undefined;
  let call = (): void => {
    try {
      outcome = { value: body() };
    } catch (error) {
      outcome = { error };
    }
  };
  for (const registration of list.toReversed()) call = registration.around(attempt, call);
  call();
  if (outcome === undefined) return undefined;
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}

/** Behind those of the same priority. */
function inserted(list: readonly Registration[], registration: Registration): readonly Registration[] {
  const after = list.findIndex(({ priority }) => priority < registration.priority);
  const at = after < 0 ? list.length : after;
  return [...list.slice(0, at), registration, ...list.slice(at)];
}

function without(list: readonly Registration[], registration: Registration): readonly Registration[] {
  return list.filter((other) => other !== registration);
}
