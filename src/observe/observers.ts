// The observers of a runtime and of its runs: which of them an event reaches.
//
// OBSERVERS-1. Observers are called by priority. The list is read afresh for each event: removal during an event skips
//     nobody, and an added observer gets the next event.
// OBSERVERS-2. Observers of one run get no event of another. What they cost depends on neither the number of open runs
//     nor that of other runs with observers.
// OBSERVERS-3. An observer of one run leaves with it, also if the run was over when it came.

import type { RunEvent } from '../run/run-event.ts';
import { kindOf } from './interest.ts';
import { Listeners } from './listeners.ts';
import type { AttemptStarted, ObserveOptions, Observer, ObserverFailure, RunStart } from './observer.ts';
import type { CheckedObserver } from './read-observer.ts';
import { Registration, type ObservedRun, type ObserversOptions } from './registration.ts';

/** What has become of a run when an observer is added to it. */
interface UpToNow {
  readonly past: readonly RunEvent[];
  /** Of a run that is over, or about to be: resolves once it has told everything. Its engine may not tell of its end. */
  readonly over: Promise<unknown> | undefined;
}

export class Observers {
  readonly #around: ConstructorParameters<typeof Registration>[3];
  /** Of all runs. */
  #common = Listeners.NONE;
  /** By run that has observers of its own: these and the common ones. */
  readonly #ofRuns = new Map<string, Listeners>();
  /** There are such runs: asked several times a run, and the size of a map is a call. */
  #areOfRuns = false;
  #onChange: (runId: string | undefined) => void = () => undefined;
  readonly #pending = new Set<Promise<void>>();

  constructor(around: ObserversOptions) {
    this.#around = { ...around, failed: (failure) => this.#tell(failure) };
  }

  /** Somebody may have something travel with a run. */
  get carries(): boolean {
    return this.#areOfRuns || this.#common.carries;
  }

  /** No run has an observer. */
  get isEmpty(): boolean {
    return this.#common.isEmpty && !this.#areOfRuns;
  }

  /** Called after each change, with the run that it is of, or without: engines ask `of` again. */
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

  /** Adds an observer of one run. What it gets first is what has happened up to now. */
  addTo(run: ObservedRun, { observer, options }: CheckedObserver, { past, over }: UpToNow): () => void {
    const registration = new Registration(observer, options, run.id, this.#around);
    for (const event of past) registration.take(run, event);
    const remove = this.#insert(registration);
    const leave = (): void => registration.whenQuiet(remove);
    over?.then(leave, leave);
    return remove;
  }

  #insert(registration: Registration): () => void {
    const { runId } = registration;
    if (runId === undefined) this.#change((listeners) => listeners.with(registration));
    else this.#ofRuns.set(runId, this.#listOf(runId).with(registration));
    this.#areOfRuns = this.#ofRuns.size > 0;
    this.#onChange(runId);
    return () => this.#remove(registration);
  }

  #remove(registration: Registration): void {
    if (registration.isRemoved) return;
    registration.isRemoved = true;
    const { runId } = registration;
    if (runId === undefined) this.#change((listeners) => listeners.without(registration));
    else {
      const left = this.#listOf(runId).without(registration);
      if (left.ownOf(runId).length > 0) this.#ofRuns.set(runId, left);
      else this.#ofRuns.delete(runId);
    }
    this.#areOfRuns = this.#ofRuns.size > 0;
    this.#onChange(runId);
    this.#await(registration.close());
  }

  /** Of all runs, and of those that have observers of their own. */
  #change(changed: (listeners: Listeners) => Listeners): void {
    this.#common = changed(this.#common);
    for (const [id, listeners] of this.#ofRuns) this.#ofRuns.set(id, changed(listeners));
  }

  /** The observers of a run that is over are not needed any more. */
  forget(run: Pick<ObservedRun, 'id'>): void {
    if (!this.#areOfRuns) return;
    for (const registration of this.#ofRuns.get(run.id)?.ownOf(run.id) ?? []) this.#remove(registration);
  }

  #listOf(runId: string): Listeners {
    return this.#ofRuns.get(runId) ?? this.#common;
  }

  /** Those of any run, if nobody chooses runs. Null: ask `of`. */
  get ofAny(): Listeners | null {
    return this.#areOfRuns || this.#common.isSelective ? null : this.#common;
  }

  /** Those that want anything of a run. Asked again after each change. */
  of(run: Pick<ObservedRun, 'id' | 'tags'>): Listeners {
    // Most runs have no observers of their own: their ids are not even made.
    return (this.#areOfRuns ? this.#listOf(run.id) : this.#common).of(run);
  }

  notify(run: ObservedRun, event: RunEvent): void {
    this.of(run).notify(run, event, kindOf(event));
  }

  /** Calls a body within the observers that run around it. @returns what the body returns. @throws what it throws. */
  around(run: ObservedRun, attempt: AttemptStarted, body: () => unknown): unknown {
    return this.of(run).around(attempt, body);
  }

  /** What travels with a run, put together from all observers; undefined if it is nothing. */
  carry(start: RunStart): Readonly<Record<string, string>> | undefined {
    return this.of({ id: start.runId, tags: start.tags }).carry(start);
  }

  /** Removes every observer, and waits for those that end. */
  async close(): Promise<void> {
    for (const id of [...this.#ofRuns.keys()]) this.forget({ id });
    this.#common.forEach((registration) => this.#remove(registration));
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  /** Those that count the failures of observers hear of each. What they fail with themselves is not told again. */
  #tell(failure: ObserverFailure): void {
    this.#common.forEach(({ observer }) => {
      try {
        observer.onObserverFailure?.(failure);
      } catch {
        // It would go round.
      }
    });
  }

  #await(closing: Promise<void> | undefined): void {
    if (closing === undefined) return;
    const done = closing.finally(() => this.#pending.delete(done));
    this.#pending.add(done);
  }
}
