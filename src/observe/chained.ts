// Several observers as one: called in order, each for itself.
//
// CHAINED-1. It has the hooks that any of them has, and no others: nobody pays for events that none of them wants.
// CHAINED-2. One that throws keeps none of the others from being called. What failed is thrown when all were called.

import { HOOKS, observerName, type Hook, type HookResult, type Observer } from './observer.ts';
import type { RunEvent } from '../run/run-event.ts';

type AnyHook = (event: RunEvent) => HookResult;

/** One observer out of several: they are called in order, and a failure of one does not reach the others. */
export function chained(...observers: Observer[]): Observer {
  const hooks: Partial<Record<Hook, AnyHook>> = {};
  for (const hook of HOOKS) {
    const having = observers.filter((observer) => observer[hook] !== undefined);
    if (having.length > 0)
      hooks[hook] = (event) => inOrder(having.map((observer) => () => call(observer, hook, event)));
  }
  const around = observers.filter((observer) => observer.around !== undefined);
  const carrying = observers.filter((observer) => observer.carry !== undefined);
  const closing = observers.filter((observer) => observer.close !== undefined);
  return {
    name: `chained(${observers.map(observerName).join(', ')})`,
    ...hooks,
    ...(around.length > 0 && {
      around: (attempt, body) =>
        around.reduceRight<() => void>((inner, observer) => () => observer.around?.(attempt, inner), body)(),
    }),
    ...(carrying.length > 0 && {
      carry: (start) => Object.assign({}, ...carrying.toReversed().map((observer) => observer.carry?.(start))),
    }),
    ...(closing.length > 0 && { close: () => inOrder(closing.map((observer) => () => observer.close?.())) }),
  };
}

function call(observer: Observer, hook: Hook, event: RunEvent): unknown {
  const method: unknown = observer[hook];
  return typeof method === 'function' ? Reflect.apply(method, observer, [event]) : undefined;
}

/** Calls each once the one before it is done: at once, as long as none returns a promise. */
function inOrder(calls: readonly (() => unknown)[]): HookResult {
  const failures: unknown[] = [];
  for (const [at, next] of calls.entries()) {
    try {
      const result: unknown = next();
      if (result instanceof Promise) return goOn(result, calls.slice(at + 1), failures);
    } catch (error) {
      failures.push(error);
    }
  }
  throwAll(failures);
}

async function goOn(first: Promise<unknown>, rest: readonly (() => unknown)[], failures: unknown[]): Promise<void> {
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
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, `${failures.length} of the chained observers failed`);
}
