// What a body is called with: its message and whatever its marks ask for.
//
// B1. The source of a message (injected value and bound fields) is put together once per step, before attempt 1.
// B2. A body is handed a message of its own: what it does to it reaches nobody else.

import { copyOf, mergeOver } from '../message/copy.ts';
import type { DoorOptions } from '../message/door.ts';
import type { Checked, MessageClass } from '../wiring/v1.ts';
import { routeOf, type Application, type Body, type Route } from './application.ts';
import type { Attempt } from './attempt.ts';
import type { LiveContext } from './live-context.ts';

/** What the node's message is built from. Runs the user's `bind`, which may throw. */
export function sourceOf(app: Application, body: Body, at: Attempt): unknown {
  if (body.message === undefined) return undefined;
  if (at.via === null) return at.a;
  const route = routeOf(app, at.via);
  const isError = at.via.moment === 'error';
  const bound = boundBy(route, at, isError);
  if (route?.field !== undefined) return { ...bound, [route.field]: at.b };
  return mergeOver(isError ? at.a : at.b, bound);
}

function boundBy(route: Route | undefined, at: Attempt, isError: boolean): object | undefined {
  if (typeof route?.bind !== 'function') return route?.bind;
  const bound = route.bind(isError ? { message: at.a, error: at.b } : { message: at.a, returnValue: at.b });
  const isPromise = bound instanceof Promise;
  if (typeof bound === 'object' && bound !== null && !isPromise) return bound;
  if (isPromise) bound.catch(() => undefined);
  throw new TypeError(
    `bind of the edge ${at.via?.id} has to return an object, it returned ${isPromise ? 'a promise' : typeof bound}`,
  );
}

/** The unmarked parameter, built and validated. A promise only where a class has asynchronous validators. */
export function messageFrom(app: Application, body: Body, at: Attempt, source: unknown): unknown {
  const { message } = body;
  if (message === undefined || message === true) return source;
  if (app.door === undefined) return asInstance(message, source);
  // The door of `start` has built and checked it already; it is kept as it came, for callbacks and the report.
  if (at.via === null && source instanceof message) return copyOf(source);
  return app.door.build(message, source, optionsFor(app, at));
}

function optionsFor(app: Application, at: Attempt): DoorOptions {
  if (at.via === null) return {};
  const route = routeOf(app, at.via);
  if (route?.field === undefined) return { unknownFields: 'drop' };
  return { marked: { [route.field]: route.fieldClass ?? true } };
}

/** What the marks ask for; undefined where they ask for nothing. Promises as in `messageFrom`. */
export function givenTo(app: Application, body: Body, at: Attempt, context: LiveContext | undefined): unknown {
  const { takes } = body;
  if (takes === undefined) return undefined;
  const isError = at.via?.moment === 'error';
  const returnValue = isError || at.via === null ? undefined : checked(app, takes.returnValue, at.b);
  const message = at.via === null ? undefined : beside(returnValue, () => checked(app, takes.message, at.a));
  const given = (value: unknown, own: unknown): object => ({
    context,
    returnValue: value,
    error: isError ? at.b : undefined,
    message: own,
  });
  if (!(returnValue instanceof Promise) && !(message instanceof Promise)) return given(returnValue, message);
  return Promise.all([returnValue, message]).then(([value, own]) => given(value, own));
}

/** If the second part is refused at once, nobody asks for the first any more: its refusal must not go unheard. */
export function beside(first: unknown, second: () => unknown): unknown {
  try {
    return second();
  } catch (error) {
    if (first instanceof Promise) first.catch(() => undefined);
    throw error;
  }
}

function checked(app: Application, as: Checked | undefined, value: unknown): unknown {
  if (as === undefined || as === true || value === undefined) return value;
  return app.door === undefined ? asInstance(as, value) : app.door.build(as, value, { unknownFields: 'drop' });
}

function asInstance(messageClass: MessageClass, data: unknown): unknown {
  if (data instanceof messageClass || typeof data !== 'object' || data === null) return data;
  return Object.assign(Object.create(messageClass.prototype), data);
}
