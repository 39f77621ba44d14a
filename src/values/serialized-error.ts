// What a body threw, as data and back. Nothing here throws.
//
// SERIALIZED-ERROR-1. An error keeps its name, message, stack, cause and own fields; a field that is not data is described.
// SERIALIZED-ERROR-2. Any other value comes back equal if the codec can keep it, and is described otherwise.
// SERIALIZED-ERROR-3. What its class marks as sensitive is so in the error that comes back.
// SERIALIZED-ERROR-4. Causes are followed eight levels deep. A circle of causes ends where it closes.

import { CODES, type ErrorCode } from '../errors/codes.ts';
import { OnwardError, StepTimeout } from '../errors/onward-error.ts';
import { decode, encode } from './codec.ts';
import { describeThrown, readField } from './describe.ts';
import { isRecord, type Json, type JsonRecord, setOwnField } from './json.ts';
import { markSensitive, sensitiveFieldsOf } from './sensitive.ts';

const DEEPEST_CAUSE = 8;
const LONGEST_TEXT = 16_384;
const MOST_FIELDS = 100;
/** Kept by name of their own, not among the fields. */
const BASIC = new Set(['name', 'message', 'stack', 'cause']);

/** A thrown value as JSON. Never throws. */
export function thrownToJson(value: unknown): Json {
  return anyToJson(value, new Set());
}

/** The thrown value again: an `Error` with the same name, message, stack, cause and fields; an `OnwardError` for our codes. Never throws. */
export function jsonToThrown(json: Json): unknown {
  try {
    if (!isRecord(json)) return new Error('an error that cannot be read back');
    if ('value' in json) return decode(json['value'] ?? null);
    return reviveError(json);
  } catch (error) {
    return new Error('an error that cannot be read back', { cause: error });
  }
}

function anyToJson(value: unknown, above: ReadonlySet<unknown>): Json {
  try {
    return isErrorLike(value) ? errorToJson(value, new Set(above).add(value)) : { value: encode(value) };
  } catch {
    return { name: 'Error', message: `${describeThrown(value)} was thrown, which cannot be kept` };
  }
}

function errorToJson(error: object, above: ReadonlySet<unknown>): Json {
  const fields: Record<string, Json> = {};
  for (const key of ownKeysOf(error).slice(0, MOST_FIELDS)) {
    if (!BASIC.has(key)) setOwnField(fields, key, fieldToJson(readField(error, key)));
  }
  // Two facts that errors often keep where a list of own fields does not show them.
  const code = readField(error, 'code');
  if (fields['code'] === undefined && (typeof code === 'string' || typeof code === 'number')) fields['code'] = code;
  const errors = readField(error, 'errors');
  if (fields['errors'] === undefined && Array.isArray(errors))
    fields['errors'] = errors.slice(0, MOST_FIELDS).map(describeThrown);
  const sensitive = sensitiveFieldsOf(error);
  const cause = causeOf(error);
  const causeJson =
    cause === undefined || above.has(cause.value) || above.size > DEEPEST_CAUSE
      ? undefined
      : anyToJson(cause.value, above);
  return {
    name: readString(readField(error, 'name')) ?? 'Error',
    message: readString(readField(error, 'message')) ?? '',
    ...optional('stack', readString(readField(error, 'stack'))),
    ...optional('cause', causeJson),
    ...(Object.keys(fields).length === 0 ? {} : { fields }),
    ...(sensitive === undefined ? {} : { sensitive: [...sensitive] }),
  };
}

function fieldToJson(value: unknown): Json {
  try {
    return encode(value);
  } catch {
    return describeThrown(value);
  }
}

function reviveError(json: JsonRecord): Error {
  const message = readString(json['message']) ?? '';
  const cause = json['cause'] === undefined ? {} : { cause: jsonToThrown(json['cause']) };
  const fields = isRecord(json['fields']) ? Object.entries(json['fields'] ?? {}) : [];
  const values = new Map(fields.map(([key, value]) => [key, decode(value)]));
  const error = onwardError(values.get('code'), message, cause) ?? new Error(message, cause);
  hide(error, 'name', json['name'] ?? 'Error');
  hide(error, 'message', message);
  hide(error, 'stack', json['stack'] ?? describeThrown(error));
  for (const [key, value] of values) setOwnField(error, key, value);
  const sensitive = json['sensitive'];
  if (Array.isArray(sensitive))
    markSensitive(
      error,
      sensitive.filter((field) => typeof field === 'string'),
    );
  return error;
}

/** An error of Onward is one of its own class again, so that `instanceof` holds. */
function onwardError(code: unknown, message: string, options: { readonly cause?: unknown }): OnwardError | undefined {
  if (code === 'ONW3041') return new StepTimeout(message, options);
  return isCode(code) ? new OnwardError(code, message, options) : undefined;
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

function optional(key: string, value: Json | undefined): JsonRecord {
  return value === undefined ? {} : { [key]: value };
}

/** Sets a field as JavaScript itself does for errors: not enumerable. */
function hide(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: false, configurable: true });
}
