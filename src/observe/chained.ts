// Several observers as one: called in order, each for itself.
//
// CHAINED-1. It has the hooks that any of them has, and no others: nobody pays for events that none of them wants.
// CHAINED-2. One that throws keeps none of the others from being called, whatever is called. What failed is thrown when
//     all were called.

import { isThenable } from '../values/promises.ts';
import { callHook } from './interest.ts';
import { HOOKS, observerName, type Hook, type HookResult, type Observer, type RunStart } from './observer.ts';
import type { RunEvent } from '../run/run-event.ts';

type AnyHook = (event: RunEvent) => HookResult;
type Carried = Readonly<Record<string, string>>;

/** Some of several observers failed at `carry`; what the others carry is there. */
export class CarryFailed extends Error {
  readonly carried: Carried;

  constructor(carried: Carried, cause: unknown) {
    super('some of the chained observers failed at `carry`', { cause });
    this.carried = carried;
  }
}

/** One observer out of several: they are called in order, and a failure of one does not reach the others. */
export function chained(...observers: Observer[]): Observer {
  const having = (member: keyof Observer): Observer[] => observers.filter((observer) => observer[member] !== undefined);
  const hooks: Partial<Record<Hook, AnyHook>> = {};
  for (const hook of HOOKS) {
    const called = having(hook);
    if (called.length > 0) hooks[hook] = (event) => inOrder(called.map((one) => () => callHook(one, hook, event)));
  }
  const types = having('onEvent').map(({ eventTypes }) => eventTypes);
  const eventTypes = types.flatMap((some) => some ?? []);
  const around = having('around');
  const carrying = having('carry');
  const hearing = having('onObserverFailure');
  const closing = having('close');
  return {
    name: `chained(${observers.map(observerName).join(', ')})`,
    ...hooks,
    ...(types.length > 0 && !types.includes(undefined) && { eventTypes }),
    precise: observers.some(({ precise }) => precise === true),
    showsFailures: observers.some(({ showsFailures }) => showsFailures === true),
    ...(around.length > 0 && { around: aroundAll(around) }),
    ...(carrying.length > 0 && { carry: (start: RunStart) => carriedBy(carrying, start) }),
    ...(hearing.length > 0 && {
      onObserverFailure: (failure) => void inOrder(hearing.map((one) => () => one.onObserverFailure?.(failure))),
    }),
    ...(closing.length > 0 && { close: () => inOrder(closing.map((one) => () => one.close?.())) }),
  };
}

/** Each runs around those behind it, and the last one around the body. */
function aroundAll(observers: readonly Observer[]): NonNullable<Observer['around']> {
  return (attempt, body) => {
    const failures: unknown[] = [];
    const within = observers.reduceRight<() => void>(
      (inner, observer) => () => {
        let isCalled = false;
        const once = (): void => {
          if (isCalled) return;
          isCalled = true;
          inner();
        };
        try {
          observer.around?.(attempt, once);
        } catch (error) {
          failures.push(error);
        }
        once();
      },
      body,
    );
    within();
    throwAll(failures);
  };
}

/** Where two carry the same name, the first one wins. */
function carriedBy(observers: readonly Observer[], start: RunStart): Carried {
  const failures: unknown[] = [];
  const carried: Record<string, string> = {};
  for (const observer of observers.toReversed()) {
    try {
      Object.assign(carried, observer.carry?.(start));
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new CarryFailed(carried, joined(failures));
  return carried;
}

/** Calls each once the one before it is done: at once, as long as none returns a promise. */
function inOrder(calls: readonly (() => unknown)[]): HookResult {
  const failures: unknown[] = [];
  for (const [at, next] of calls.entries()) {
    try {
      const result: unknown = next();
      if (isThenable(result)) return goOn(result, calls.slice(at + 1), failures);
    } catch (error) {
      failures.push(error);
    }
  }
  throwAll(failures);
}

async function goOn(first: unknown, rest: readonly (() => unknown)[], failures: unknown[]): Promise<void> {
  for (const next of [() => first, ...rest]) {
    try {
      await next();
    } catch (error) {
      failures.push(error);
    }
  }
  throwAll(failures);
}

function throwAll(failures: readonly unknown[]): void {
  if (failures.length > 0) throw joined(failures);
}

function joined(failures: readonly unknown[]): unknown {
  if (failures.length === 1) return failures[0];
  return new AggregateError(failures, `${failures.length} of the chained observers failed`);
}
