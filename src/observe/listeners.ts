// Observers in the order of their calls, with the events that any of them wants.
//
// LISTENERS-1. A list never changes: an observer that comes or leaves makes a new one, so a loop over it is not disturbed.

import type { RunEvent } from '../run/run-event.ts';
import type { AttemptStarted, ObserveOptions, RunStart } from './observer.ts';
import type { ObservedRun, Registration } from './registration.ts';

export class Listeners {
  static readonly NONE = new Listeners([]);
  /** Which kinds of events anybody wants: a sum of `Wants`. */
  readonly wants: number;
  /** Some observer may add data that travels with a run. */
  readonly carries: boolean;
  /** Some observer is for some runs only. */
  readonly isSelective: boolean;
  readonly #all: readonly Registration[];

  constructor(all: readonly Registration[]) {
    this.#all = all;
    this.wants = all.reduce((sum, { wants }) => sum | wants, 0);
    this.carries = all.some(({ observer }) => observer.carry !== undefined);
    this.isSelective = all.some(({ isSelective }) => isSelective);
  }

  get isEmpty(): boolean {
    return this.#all.length === 0;
  }

  /** Somebody sees through one of them what such an event says fails. */
  showFailure(type: RunEvent['type']): boolean {
    return this.#all.some((registration) => registration.showsFailure(type));
  }

  forEach(call: (registration: Registration) => void): void {
    for (const registration of this.#all) call(registration);
  }

  /** With another one, behind those of the same priority. */
  with(registration: Registration): Listeners {
    const after = this.#all.findIndex(({ priority }) => priority < registration.priority);
    return new Listeners(this.#all.toSpliced(after < 0 ? this.#all.length : after, 0, registration));
  }

  without(registration: Registration): Listeners {
    return new Listeners(this.#all.filter((other) => other !== registration));
  }

  /** Those of one run alone. */
  ownOf(runId: string): readonly Registration[] {
    return this.#all.filter((registration) => registration.runId === runId);
  }

  /** Those that want anything of a run. */
  of(run: Pick<ObservedRun, 'id' | 'tags'>): Listeners {
    return this.isSelective ? new Listeners(this.#all.filter((registration) => registration.concerns(run))) : this;
  }

  /** Those that hear of every process, or of this one only. */
  inScope(scope: ObserveOptions['scope']): Listeners {
    return new Listeners(this.#all.filter((registration) => (registration.scope === 'all') === (scope === 'all')));
  }

  /** Calls them with an event of a run that all of them are of. @param kind as `kindOf` gives it. */
  notify(run: ObservedRun, event: RunEvent, kind: number): void {
    // By index, as the hooks of each: to walk a list costs about as much as to call a hook.
    const all = this.#all;
    for (let at = 0; at < all.length; at++) {
      const registration = all[at];
      if (registration !== undefined && (registration.wants & kind) !== 0) registration.take(run, event, kind);
    }
  }

  /** Calls a body within them, the first of them outermost. @returns what the body returns. @throws what it throws. */
  around(attempt: AttemptStarted, body: () => unknown): unknown {
    let outcome: { readonly value: unknown } | { readonly error: unknown } | undefined;
    let call = (): void => {
      try {
        outcome = { value: body() };
      } catch (error) {
        outcome = { error };
      }
    };
    for (const registration of this.#all.toReversed()) call = registration.around(attempt, call);
    call();
    if (outcome === undefined) return undefined;
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }

  /** What travels with a run, put together from all of them; undefined if it is nothing. */
  carry(start: RunStart): Readonly<Record<string, string>> | undefined {
    let carried: Record<string, string> | undefined;
    // Where two carry the same name, the one that is called first wins.
    for (const registration of this.#all) {
      const given = registration.carry(start);
      if (given !== undefined) carried = Object.assign({}, given, carried);
    }
    return carried === undefined ? undefined : Object.freeze(carried);
  }
}
