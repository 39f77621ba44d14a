// What a body threw, as data and back. Nothing here throws.
//
// SERIALIZED-ERROR-1. An error keeps its name, message, stack, cause and own fields; a field that is not data is described.
//     Long texts are cut; the frames of a stack stay.
// SERIALIZED-ERROR-2. Any other value comes back equal if the codec can keep it, and is described otherwise.
// SERIALIZED-ERROR-3. What its class marks as sensitive is so in the error that comes back.
// SERIALIZED-ERROR-4. Causes are followed eight levels deep. A circle of causes ends where it closes.
// SERIALIZED-ERROR-5. It comes back as an instance of its class, or of the nearest base class that the graph names or
//     JavaScript has. The names of the classes in between stay known, for `when`, and that of a class that is not
//     there.

import { CODES, type ErrorCode } from '../errors/codes.ts';
import { InvalidArgument, OnwardError, RetryableError, StepTimeout, TerminalError } from '../errors/onward-error.ts';
import type { Classes } from './classes.ts';
import { cameBackAs, classNameOf } from './class-of.ts';
import { decode, encode } from './codec.ts';
import { describeThrown, readField } from './describe.ts';
import { isList, isRecord, type Json, type JsonRecord, setOwnField } from './json.ts';
import { markSensitive, sensitiveFieldsOf } from './sensitive.ts';

const DEEPEST_CAUSE = 8;
const LONGEST_TEXT = 16_384;
const MOST_FIELDS = 100;
/** Of an error, each extending the next one. */
const MOST_CLASSES = 32;
/** Kept by name of their own, not among the fields. */
const BASIC = new Set(['name', 'message', 'stack', 'cause']);

/** The classes of errors that are there without any wiring, under names that no class of a user can have. */
const BUILT_IN: ReadonlyMap<string, object> = new Map(
  [
    ...[TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError, AggregateError],
    ...[DOMException, TerminalError, RetryableError, InvalidArgument, StepTimeout, OnwardError],
  ].map(({ name, prototype }) => [`~${name}`, prototype]),
);
const BUILT_IN_NAMES: ReadonlyMap<object, string> = new Map(
  [...BUILT_IN].map(([name, prototype]) => [prototype, name]),
);

/** A thrown value as JSON. Never throws. */
export function thrownToJson(value: unknown, classes?: Classes): Json {
  return anyToJson(value, classes, new Set());
}

/**
 * The thrown value again: an error of the same class, as far as that is known, with the same name, message, stack, cause
 * and fields. Never throws.
 */
export function jsonToThrown(json: Json, classes?: Classes): unknown {
  try {
    if (!isRecord(json)) return new Error('an error that cannot be read back');
    if ('value' in json) return decode(json['value'] ?? null, classes);
    return reviveError(json, classes);
  } catch (error) {
    return new Error('an error that cannot be read back', { cause: error });
  }
}

function anyToJson(value: unknown, classes: Classes | undefined, above: ReadonlySet<unknown>): Json {
  try {
    return isErrorLike(value)
      ? errorToJson(value, classes, new Set(above).add(value))
      : { value: encode(value, classes) };
  } catch {
    return { name: 'Error', message: `${describeThrown(value)} was thrown, which cannot be kept` };
  }
}

function errorToJson(error: object, classes: Classes | undefined, above: ReadonlySet<unknown>): Json {
  const fields: Record<string, Json> = {};
  for (const key of ownKeysOf(error).slice(0, MOST_FIELDS)) {
    if (!BASIC.has(key)) setOwnField(fields, key, fieldToJson(readField(error, key), classes));
  }
  // A fact that errors often keep where a list of own fields does not show it.
  const code = readField(error, 'code');
  if (fields['code'] === undefined && (typeof code === 'string' || typeof code === 'number')) fields['code'] = code;
  const within = (value: unknown): Json | undefined =>
    above.has(value) || above.size > DEEPEST_CAUSE ? undefined : anyToJson(value, classes, above);
  const errors = fields['errors'] === undefined ? readField(error, 'errors') : undefined;
  const sensitive = sensitiveFieldsOf(error);
  const cause = causeOf(error);
  const { known, names } = classesOf(error, classes);
  return {
    name: readString(readField(error, 'name')) ?? 'Error',
    message: readString(readField(error, 'message')) ?? '',
    ...optional('class', known),
    ...(names.length > 0 && { classes: names }),
    ...optional('stack', stackOf(error)),
    ...optional('cause', cause === undefined ? undefined : within(cause.value)),
    ...(Array.isArray(errors) && { errors: errors.slice(0, MOST_FIELDS).flatMap((each) => within(each) ?? []) }),
    ...(Object.keys(fields).length === 0 ? {} : { fields }),
    ...(sensitive === undefined ? {} : { sensitive: [...sensitive] }),
  };
}

/** The nearest class that can be found again, and the names of those that extend it. */
function classesOf(
  error: object,
  classes: Classes | undefined,
): { readonly known: string | undefined; readonly names: readonly string[] } {
  const names: string[] = [];
  try {
    let at = Reflect.getPrototypeOf(error);
    for (; at !== null && at !== Error.prototype && names.length < MOST_CLASSES; at = Reflect.getPrototypeOf(at)) {
      const known = classes?.nameOf(at) ?? BUILT_IN_NAMES.get(at);
      if (known !== undefined) return { known, names };
      names.push(classNameOf(at));
    }
  } catch {
    // A proxy need not say what it is.
  }
  return { known: undefined, names };
}

function fieldToJson(value: unknown, classes: Classes | undefined): Json {
  try {
    return encode(value, classes);
  } catch {
    return plainOrText(value);
  }
}

/** Better the data of a value than nothing of it: no step fails for what its error says. */
function plainOrText(value: unknown): Json {
  try {
    return encode(value);
  } catch {
    return describeThrown(value);
  }
}

function reviveError(json: JsonRecord, classes: Classes | undefined): Error {
  const message = readString(json['message']) ?? '';
  const cause = json['cause'] === undefined ? {} : { cause: jsonToThrown(json['cause'], classes) };
  const fields = isRecord(json['fields']) ? Object.entries(json['fields'] ?? {}) : [];
  const values = new Map(fields.map(([key, value]) => [key, decode(value, classes)]));
  const error = new Error(message, cause);
  const name = json['name'] ?? 'Error';
  const prototype = prototypeFor(json['class'], values.get('code'), classes);
  if (prototype !== undefined) Object.setPrototypeOf(error, prototype);
  const names = isList(json['classes']) ? json['classes'] : [];
  // A reader without the graph, such as the command line, has only the name of the class.
  const lost = prototype === undefined ? [json['class']] : [];
  cameBackAs(
    error,
    [name, ...names, ...lost].filter((each) => typeof each === 'string'),
  );
  hide(error, 'name', name);
  hide(error, 'message', message);
  hide(error, 'stack', json['stack'] ?? describeThrown(error));
  const { errors } = json;
  if (isList(errors)) {
    const revived = errors.map((each) => jsonToThrown(each, classes));
    hide(error, 'errors', revived);
  }
  for (const [key, value] of values) setOwnField(error, key, value);
  const sensitive = json['sensitive'];
  if (Array.isArray(sensitive))
    markSensitive(
      error,
      sensitive.filter((field) => typeof field === 'string'),
    );
  return error;
}

/** An error of Onward is one of its own class again by its code: it may be of another copy of the package. */
function prototypeFor(name: Json | undefined, code: unknown, classes: Classes | undefined): object | undefined {
  if (typeof name === 'string') {
    const known = BUILT_IN.get(name) ?? classes?.prototypeOf(name);
    if (known !== undefined) return known;
  }
  if (code === 'ONW3041') return StepTimeout.prototype;
  return isCode(code) ? OnwardError.prototype : undefined;
}

function isCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(CODES, value);
}

function isErrorLike(value: unknown): value is object {
  try {
    return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
  } catch {
    return false;
  }
}

function causeOf(error: object): { readonly value: unknown } | undefined {
  try {
    return 'cause' in error ? { value: Reflect.get(error, 'cause') } : undefined;
  } catch {
    return undefined;
  }
}

function ownKeysOf(error: object): readonly string[] {
  try {
    return Object.keys(error);
  } catch {
    return [];
  }
}

function readString(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  return value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value;
}

/** What is said ahead of the frames may be long. */
function stackOf(error: object): string | undefined {
  const stack = readField(error, 'stack');
  if (typeof stack !== 'string' || stack.length <= LONGEST_TEXT) return readString(stack);
  const lines = stack.split('\n');
  const first = lines.findLastIndex((line) => !line.startsWith('    at ')) + 1;
  const frames = lines.slice(first).map((line) => `\n${line}`);
  return `${readString(lines.slice(0, first).join('\n')) ?? ''}${frames.join('').slice(0, LONGEST_TEXT)}`;
}

function optional(key: string, value: Json | undefined): JsonRecord {
  return value === undefined ? {} : { [key]: value };
}

/** Sets a field as JavaScript itself does for errors: not enumerable. */
function hide(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: false, configurable: true });
}
