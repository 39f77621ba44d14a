// What a body is called with: its message, and what the marks of its parameters ask for.
//
// MESSAGE-1. The source of a message (injected value and bound fields) is put together once per step, before attempt 1.
// MESSAGE-2. While messages are validated, each attempt gets its own instance of a message class: what a body does to
//     it stays there. A message without a class is passed as it is: in memory a body shares it with the target that
//     returned it and with other callbacks.

import { copyOf, mergeOver } from '../message/copy.ts';
import type { ParserOptions } from '../message/parser.ts';
import { Refusal } from '../message/refusal.ts';
import { assertNoPromise, handlePromise, whilePending } from '../values/promises.ts';
import type { Edge } from '../graph/graph.ts';
import { isRunMoment } from '../graph/moments.ts';
import type { Checked, MessageClass } from '../wiring/v1.ts';
import { routeOf, type Application, type Body, type Route } from './application.ts';
import type { Attempt } from './attempt.ts';
import { RefusedMessage, thrownOf } from './errors.ts';
import { recordMaker, type MakeRecord } from './join-record.ts';
import { takesNoMessage } from './wrong-target.ts';

/**
 * What a step gets from the edge that led to it, by the names of the marks.
 */
interface Origin {
  /** What an unmarked parameter takes, if no field of its class is marked. */
  readonly own: unknown;
  /** What a marked field takes. */
  readonly value: unknown;
  /** What `bind` is given. */
  readonly from: object;
  readonly returnValue?: unknown;
  readonly error?: unknown;
}

function originOf(at: Attempt, via: Edge, report: unknown): Origin {
  const { targetMessage: message } = at;
  if (isRunMoment(via.moment)) return { own: report, value: undefined, from: { report } };
  switch (via.moment) {
    case 'success': {
      const returnValue = itemOf(at);
      return { own: returnValue, value: returnValue, returnValue, from: { message, returnValue } };
    }
    case 'error': {
      const error = withAttempts(thrownOf(at.targetValue), at.owner);
      return { own: message, value: error, error, from: { message, error } };
    }
    case 'end':
      return originOfEnd(message, at);
    case 'join': {
      const sources = aggregates(via, at.targetValue);
      return { own: sources, value: undefined, from: { sources } };
    }
    default:
      return { own: message, value: undefined, from: { message } };
  }
}

/** An end callback gets how its target ended: with a value or with an error. */
function originOfEnd(message: unknown, { targetValue: result, owner }: Attempt): Origin {
  if (typeof result !== 'object' || result === null) return { own: message, value: undefined, from: { message } };
  if ('error' in result) {
    const error = withAttempts(thrownOf(result.error), owner);
    return { own: message, value: error, error, from: { message, error } };
  }
  const returnValue = 'value' in result ? result.value : undefined;
  return { own: message, value: returnValue, returnValue, from: { message, returnValue } };
}

/** The error itself; how many attempts its step has had stands on it, where it can be put. */
function withAttempts(error: unknown, of: Attempt['owner']): unknown {
  if (typeof error !== 'object' || error === null || of === null) return error;
  try {
    // Asked once for the message and once for the marks: the second time it stands there.
    if ('attempts' in error && (error.attempts === of.attempt || !isNumbered(error))) return error;
    const attempts = { value: of.attempt, configurable: true, writable: true, enumerable: false };
    Reflect.defineProperty(error, 'attempts', attempts);
  } catch {
    // It may be frozen, or do what it likes when it is looked at.
  }
  return error;
}

/** We have put a number on it: an error that brings `attempts` of its own keeps it, and shows it when it is listed. */
function isNumbered(error: object): boolean {
  return Reflect.getOwnPropertyDescriptor(error, 'attempts')?.enumerable === false;
}

function itemOf({ targetValue, item }: Attempt): unknown {
  return item < 0 || !Array.isArray(targetValue) ? targetValue : targetValue[item];
}

/** The values of a join's sources, by name; a missing one is left out. */
function aggregates({ join }: Edge, values: unknown): object {
  return join === null ? {} : recordMaker(join)(Array.isArray(values) ? values : []);
}

/**
 * Callbacks of runs are given the report. It is built for every attempt and never kept as a message: it holds
 * everything that the run has kept already.
 */
export function needsReport({ message }: Body, { via }: Attempt): boolean {
  return message !== undefined && isRunCallback(via);
}

export function isRunCallback(via: Edge | null): boolean {
  return via !== null && isRunMoment(via.moment);
}

/** What the node's message is built from. Runs the user's `bind`, which may throw. */
export function sourceOf(app: Application, body: Body, at: Attempt, report: unknown): unknown {
  if (body.message === undefined) return undefined;
  const { via, sent } = at;
  if (sent !== null) return sent.message;
  if (via === null) return at.targetMessage;
  const route = routeOf(app, via);
  // The usual case, without an object for what is not asked.
  if (route?.bind === undefined && route?.field === undefined) {
    if (via.moment === 'success' && at.item < 0) return at.targetValue;
    if (via.moment === 'join') return aggregates(via, at.targetValue);
    if (via.moment === 'error' && route?.errorField === undefined) return at.targetMessage;
  }
  const origin = originOf(at, via, report);
  const bound = boundBy(route, via, origin);
  if (route !== undefined && via.moment === 'end' && (route.field ?? route.errorField) !== undefined)
    return bothEnds(route, bound, origin);
  if (route?.field !== undefined) return { ...bound, [route.field]: origin.value };
  return mergeOver(origin.own, bound);
}

/** A field for the value and one for the error, as far as the class has them: one of them stays empty. */
function bothEnds({ field, errorField }: Route, bound: object | undefined, { returnValue, error }: Origin): object {
  return {
    ...bound,
    ...(field !== undefined && returnValue !== undefined && { [field]: returnValue }),
    ...(errorField !== undefined && error !== undefined && { [errorField]: error }),
  };
}

function boundBy(route: Route | undefined, via: Edge, { from }: Origin): object | undefined {
  if (typeof route?.bind !== 'function') return route?.bind;
  const bound = route.bind(from);
  const isPromise = bound instanceof Promise;
  if (typeof bound === 'object' && bound !== null && !isPromise) {
    assertNoPromise(bound, `what \`bind\` of the edge ${via.id} returned`);
    return bound;
  }
  handlePromise(bound);
  throw new TypeError(
    `bind of the edge ${via.id} has to return an object, it returned ${isPromise ? 'a promise' : typeof bound}`,
  );
}

/** The unmarked parameter, built and validated. A promise only where a class has asynchronous validators. */
export function messageFrom(app: Application, body: Body, at: Attempt, source: unknown): unknown {
  const { message } = body;
  if (message === undefined) {
    // Only a definition gives data to a job that takes none: a start is refused.
    if (source !== undefined) throw takesNoMessage(at.node.name, source);
    return undefined;
  }
  if (message === true) return source;
  if (app.parser === undefined) return asInstance(message, source);
  // The parser of `start` or `send` has built and checked it already; it is kept as it came, for callbacks and the report.
  if ((at.via === null || at.sent !== null) && source instanceof message) return copyOf(source);
  return app.parser.build(message, source, optionsFor(app, at, source), orRefused);
}

/** How a body gets its message that takes what its edge brings, and nothing else but a context. */
export interface Way {
  /** Of a join: makes the source of the message of the values. Null: what is brought is that. */
  readonly record: MakeRecord | null;
  /** As `messageBuilder` says. */
  readonly build: ((source: unknown) => unknown) | null;
  /** The body takes that source as it is and no context, and nothing follows its end on the fast path. */
  readonly isLone: boolean;
}

/** What the message of a body is made of that has such a way. */
export function sourceAlong({ record }: Way, { targetValue }: Attempt): unknown {
  return record === null ? targetValue : record(Array.isArray(targetValue) ? targetValue : []);
}

/**
 * What makes the message of a body that takes a message and nothing else, of what the start or a success edge without
 * `bind` brings. As `messageFrom`, with all that is known ahead; null: the message is that.
 */
export function messageBuilder(app: Application, body: Body, via: Edge | null): ((source: unknown) => unknown) | null {
  const { parser } = app;
  const { message } = body;
  if (message === undefined) return () => undefined;
  if (message === true) return null;
  if (parser === undefined) return (source) => asInstance(message, source);
  if (via === null)
    return (source) => (source instanceof message ? copyOf(source) : parser.build(message, source, {}, orRefused));
  const parse = parser.of(message, { unknownFields: 'drop' });
  return (source) => {
    const parsed = parse(source);
    return parsed instanceof Promise ? parsed.then(orRefused) : orRefused(parsed);
  };
}

/** @throws {RefusedMessage} if the data is no message of the class. */
function orRefused(parsed: object): object {
  if (!(parsed instanceof Refusal)) return parsed;
  // It is thrown as errors are, without what it costs to make one.
  const refused: Error = new RefusedMessage(parsed);
  throw refused;
}

function optionsFor(app: Application, at: Attempt, source: unknown): ParserOptions {
  if (at.via === null || at.sent !== null) return {};
  const route = routeOf(app, at.via);
  const { moment } = at.via;
  if (route?.sourceClasses !== undefined) {
    return { unknownFields: 'drop', marked: present(route.sourceClasses, source) };
  }
  const marked = {
    ...(route?.errorField !== undefined && { [route.errorField]: true as const }),
    ...(route?.field !== undefined && { [route.field]: route.fieldClass ?? (true as const) }),
  };
  if (Object.keys(marked).length === 0) return { unknownFields: 'drop' };
  return { marked: moment === 'end' ? present(marked, source) : marked };
}

/** A source of a join may be missing, and a target ends in one way only: such a field stays empty. */
function present(marked: NonNullable<ParserOptions['marked']>, source: unknown): NonNullable<ParserOptions['marked']> {
  const data: object = typeof source === 'object' && source !== null ? source : {};
  return Object.fromEntries(Object.entries(marked).filter(([field]) => Reflect.get(data, field) !== undefined));
}

/** What the marks ask for; undefined where they ask for nothing. Promises as in `messageFrom`. */
export function givenTo(app: Application, body: Body, at: Attempt, context: object | undefined): unknown {
  const { takes } = body;
  if (takes === undefined) return undefined;
  // The usual case, without an object for what is not asked.
  if (takes.returnValue === undefined && takes.error === undefined && takes.message === undefined)
    return givenAlone(context);
  const origin = at.via === null ? undefined : originOf(at, at.via, undefined);
  const returnValue = checked(app, takes.returnValue, origin?.returnValue);
  const message =
    origin === undefined ? undefined : whilePending(returnValue, () => checked(app, takes.message, at.targetMessage));
  const given = (value: unknown, own: unknown): object => ({
    context,
    returnValue: value,
    error: origin?.error,
    message: own,
  });
  if (!(returnValue instanceof Promise) && !(message instanceof Promise)) return given(returnValue, message);
  return Promise.all([returnValue, message]).then(([value, own]) => given(value, own));
}

/** Nothing but a context is asked for: what is not there reads as undefined, too. */
export function givenAlone(context: object | undefined): object {
  return { context };
}

function checked(app: Application, as: Checked | undefined, value: unknown): unknown {
  if (as === undefined || as === true || value === undefined) return value;
  return app.parser === undefined
    ? asInstance(as, value)
    : app.parser.build(as, value, { unknownFields: 'drop' }, orRefused);
}

function asInstance(messageClass: MessageClass, data: unknown): unknown {
  if (data instanceof messageClass || typeof data !== 'object' || data === null) return data;
  return Object.assign(Object.create(messageClass.prototype), data);
}
