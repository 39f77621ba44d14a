// `when` as a function of the value: a literal, a pattern, a predicate, an error class or several of them.

import type { EdgeOn } from '../wiring/v1.ts';
import { isFunction, isObject } from '../values/option-rules.ts';
import { wasOfClass } from '../values/class-of.ts';

/** The forms of `when`, as the wiring names them. */
export type WhenForm = 'value' | 'pattern' | 'predicate' | 'class';

/** @param form what the wiring says about it: a class that is not an error looks like any other function. */
export function matcherOf(when: unknown, on: EdgeOn, form: WhenForm | undefined): (value: unknown) => boolean {
  if (on === 'error' && (form === 'class' || isErrorClass(when) || Array.isArray(when))) {
    const classes: readonly unknown[] = Array.isArray(when) ? when : [when];
    return (error) => classes.some((known) => isInstance(error, known));
  }
  if (isFunction(when)) return answer(when);
  if (isObject(when)) return (value) => fitsPattern(value, when);
  return (value) => Object.is(value, when);
}

/** Whether a recorded `when` can be what the wiring says it is. */
export function hasForm(when: unknown, form: WhenForm | undefined): boolean {
  if (form === undefined || when === undefined) return form === undefined && when === undefined;
  if (form === 'class') return isFunction(when) || Array.isArray(when);
  if (form === 'predicate') return isFunction(when);
  return form === 'pattern' ? isObject(when) : !isFunction(when) && !isObject(when);
}

/** An error of that class, or one that came back from a record and was of a class with its name. */
function isInstance(error: unknown, known: unknown): boolean {
  return isFunction(known) && (error instanceof known || (known.name !== '' && wasOfClass(error, known.name)));
}

/** A function whose prototype is an error's: a class, not a predicate. */
function isErrorClass(when: unknown): boolean {
  return isFunction(when) && (when === Error || when.prototype instanceof Error);
}

/** A predicate answers at once. A promise would always count as "yes". */
function answer(predicate: (value: unknown) => unknown): (value: unknown) => boolean {
  return (value) => {
    const verdict = predicate(value);
    if (!(verdict instanceof Promise)) return Boolean(verdict);
    verdict.catch(() => undefined);
    throw new TypeError(
      '`when` returned a promise; it has to answer at once: decide in the body and match its return value',
    );
  };
}

/** Every field of the pattern is equal in the value, nested records likewise; dates are equal at the same time. */
function fitsPattern(value: unknown, pattern: Readonly<Record<string, unknown>>): boolean {
  if (!isObject(value) || Array.isArray(value) !== Array.isArray(pattern)) return false;
  if (pattern instanceof Date) return value instanceof Date && Object.is(value.getTime(), pattern.getTime());
  if (Array.isArray(pattern) && pattern.length !== Object.keys(value).length) return false;
  for (const [field, expected] of Object.entries(pattern)) {
    const got = value[field];
    const fits = isObject(expected) ? fitsPattern(got, expected) : Object.is(got, expected);
    if (!fits) return false;
  }
  return true;
}
