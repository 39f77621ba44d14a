// The one codec for values that records keep: any data to JSON and back, exactly.
//
// CODEC-1. `decode(encode(value))` equals the value, for every value that `encode` takes, but for what is under symbols, and
//          for fields of an array beside its items. With the classes of a graph, instances come back as instances, and
//          those of other classes are refused; without, as plain data of their own enumerable fields.
// CODEC-2. JSON data is itself. What JSON cannot say is an array whose first item is a tag, `["~bigint", "12"]`; an array
//          of data that looks like that is escaped.
// CODEC-3. Decoding reaches no prototype: a key such as `__proto__` becomes a field of its own.
// CODEC-4. What a class marks as sensitive is so in the plain data that comes back.
// CODEC-5. Plain objects of nothing but texts, flags and usual numbers are copied at once: most messages are such.

import { types } from 'node:util';
import { OnwardError } from '../errors/onward-error.ts';
import type { Classes } from './classes.ts';
import { classNameOf, isPlainPrototype } from './class-of.ts';
import { describeThrown, describeValue, joinPath } from './describe.ts';
import { isList, isRecord, type Json, type JsonRecord, setOwnField } from './json.ts';
import { whyNotData } from './sanitize.ts';
import { markSensitive, sensitiveFieldsOf } from './sensitive.ts';

/** Deeper data is refused: recursion stays far from the end of the stack. */
const MAX_DEPTH = 500;
/** Parts of one value, shared ones counted each time: some small values unfold without end. */
const MAX_PARTS = 5_000_000;
const TAG = '~';

/**
 * The value as JSON. Takes what JSON takes, and undefined, NaN, ±Infinity, -0, bigints, dates, maps, sets, typed
 * bytes, regular expressions and URLs.
 *
 * @param classes whose instances are kept as such. Without them, instances are kept as plain data.
 * @throws {OnwardError} ONW3045 with the path of what cannot be kept.
 */
export function encode(value: unknown, classes?: Classes): Json {
  return new Encoder(classes).encode(value, '');
}

/**
 * The value that `encode` was given.
 *
 * @param classes what instances are made of. Without them, they come back as plain data.
 * @throws {OnwardError} ONW3045 if the data is not what `encode` writes.
 */
export function decode(json: Json, classes?: Classes): unknown {
  if (typeof json !== 'object' || json === null) return json;
  if (isList(json)) {
    const isTagged = typeof json[0] === 'string' && json[0].startsWith(TAG);
    return isTagged ? decodeTagged(json, classes) : json.map((item) => decode(item, classes));
  }
  return decodeFields({}, json, classes);
}

function decodeFields(into: object, json: JsonRecord, classes: Classes | undefined): object {
  for (const [key, part] of Object.entries(json)) setOwnField(into, key, decode(part, classes));
  return into;
}

class Encoder {
  /** The objects around what is encoded; null until there is one. */
  #open: Set<object> | null = null;
  /** Undefined where instances are kept as plain data. */
  #classes: Classes | undefined;
  #parts = 0;

  constructor(classes: Classes | undefined) {
    this.#classes = classes;
  }

  encode(value: unknown, path: string): Json {
    if (++this.#parts > MAX_PARTS) throw cannotKeep(path, `part of a value of more than ${MAX_PARTS} parts`);
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'number':
        return Number.isFinite(value) && !Object.is(value, -0)
          ? value
          : ['~number', Object.is(value, -0) ? '-0' : String(value)];
      case 'undefined':
        return ['~undefined'];
      case 'bigint':
        return ['~bigint', String(value)];
      case 'object':
        return value === null ? null : this.#guarded(value, path);
      default:
        throw cannotKeep(path, describeValue(value));
    }
  }

  #guarded(value: object, path: string): Json {
    if (this.#open?.has(value)) throw cannotKeep(path, 'an object that contains itself');
    if (this.#open?.size === MAX_DEPTH) throw cannotKeep(path, `data more than ${MAX_DEPTH} levels deep`);
    const flat = this.#flat(value);
    if (flat !== undefined) return flat;
    const open = (this.#open ??= new Set());
    open.add(value);
    try {
      return this.#object(value, path);
    } catch (error) {
      if (error instanceof OnwardError && error.code === 'ONW3045') throw error;
      throw cannotKeep(path, `an object that threw ${describeThrown(error)} while it was read`, error);
    } finally {
      open.delete(value);
    }
  }

  /** CODEC-5. Undefined where there is more to it: a field that is none of these, a mark, too many fields or none. */
  #flat(value: object): JsonRecord | undefined {
    try {
      if (!isLiteral(value) || sensitiveFieldsOf(value) !== undefined) return undefined;
      const copy = { ...value };
      let parts = 0;
      for (const field in copy) {
        if (!isItself(copy[field])) return undefined;
        parts++;
      }
      if (parts === 0 || this.#parts + parts > MAX_PARTS) return undefined;
      this.#parts += parts;
      return copy;
    } catch {
      // It says so itself, with the path, when it is read again.
      return undefined;
    }
  }

  #object(value: object, path: string): Json {
    if (Array.isArray(value)) {
      this.#assertItself(value, 'Array', path);
      return this.#array(value, path);
    }
    if (types.isDate(value)) {
      this.#assertItself(value, 'Date', path);
      const time = Date.prototype.getTime.call(value);
      return ['~date', Number.isNaN(time) ? null : time];
    }
    if (types.isMap(value)) {
      this.#assertItself(value, 'Map', path);
      return ['~map', ...this.#pairs(value, path)];
    }
    if (types.isSet(value)) {
      this.#assertItself(value, 'Set', path);
      return ['~set', ...[...value].map((item: unknown, at) => this.encode(item, joinPath(path, at)))];
    }
    if (types.isUint8Array(value))
      return [Buffer.isBuffer(value) ? '~buffer' : '~bytes', Buffer.from(value).toString('base64')];
    if (types.isRegExp(value)) return ['~regexp', value.source, value.flags];
    if (value instanceof URL) return ['~url', value.href];
    const reason = whyNotData(value);
    if (reason !== undefined) throw cannotKeep(path, reason);
    const prototype = Reflect.getPrototypeOf(value);
    return this.#classes === undefined || prototype === null || isPlainPrototype(prototype)
      ? this.#fields(value, path)
      : this.#instance(value, prototype, this.#classes, path);
  }

  #instance(value: object, prototype: object, classes: Classes, path: string): Json {
    const name = classes.nameOf(prototype);
    if (name !== undefined) {
      const [fields, sensitive] = [this.#copy(value, path), sensitiveFieldsOf(value) ?? []];
      // The names of fields that are not shown are needed where the class is gone.
      return ['~class', name, fields, ...sensitive];
    }
    if (!classes.isRebuilt(prototype)) throw cannotKeep(path, classes.whyNot(prototype));
    // All that is in it is made again, too.
    this.#classes = undefined;
    try {
      return this.#fields(value, path);
    } finally {
      this.#classes = classes;
    }
  }

  /** A class of one's own that extends a built-in one comes back as the latter. */
  #assertItself(value: object, name: string, path: string): void {
    if (this.#classes === undefined) return;
    const prototype = Reflect.getPrototypeOf(value);
    const base = prototype === null ? null : Reflect.getPrototypeOf(prototype);
    if (prototype === null || base === null || isPlainPrototype(base)) return;
    throw cannotKeep(path, `an instance of ${classNameOf(prototype)}, which extends ${name}; use ${name} itself`);
  }

  #array(value: readonly unknown[], path: string): Json {
    const items = Array.from(value, (item, at) => this.encode(item, joinPath(path, at)));
    // The first item decides how an array is read back, so data that begins like a tag is put behind one.
    return typeof items[0] === 'string' && items[0].startsWith(TAG) ? ['~array', ...items] : items;
  }

  #pairs(map: ReadonlyMap<unknown, unknown>, path: string): Json[] {
    return Array.from(map, ([key, value]) => {
      const at = joinPath(path, typeof key === 'string' ? key : describeValue(key));
      return ['~array', this.encode(key, at), this.encode(value, at)];
    });
  }

  #fields(value: object, path: string): Json {
    const copy = this.#copy(value, path);
    const sensitive = sensitiveFieldsOf(value);
    return sensitive === undefined ? copy : ['~sensitive', copy, ...sensitive];
  }

  #copy(value: object, path: string): JsonRecord {
    const copy: Record<string, Json> = {};
    for (const [key, field] of Object.entries(value)) setOwnField(copy, key, this.encode(field, joinPath(path, key)));
    return copy;
  }
}

/** What is read from a literal is checked by who reads it. */
function isLiteral(value: object): value is Record<string, Json> {
  return value.constructor === Object && Reflect.getPrototypeOf(value) === Object.prototype && !Array.isArray(value);
}

/** It is in JSON what it is here. */
function isItself(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  return typeof value === 'string' || typeof value === 'boolean' || value === null;
}

function decodeTagged(json: readonly Json[], classes: Classes | undefined): unknown {
  const [tag, first, second] = json;
  const items = (): unknown[] => json.slice(1).map((item) => decode(item, classes));
  switch (tag) {
    case '~undefined':
      return undefined;
    case '~number':
      return Number(first);
    case '~bigint':
      return BigInt(readString(first));
    case '~date':
      return new Date(typeof first === 'number' ? first : Number.NaN);
    case '~map':
      return new Map(items().map(toPair));
    case '~set':
      return new Set(items());
    case '~bytes':
      return new Uint8Array(Buffer.from(readString(first), 'base64'));
    case '~buffer':
      return Buffer.from(readString(first), 'base64');
    case '~regexp':
      return new RegExp(readString(first), readString(second));
    case '~url':
      return new URL(readString(first));
    case '~array':
      return items();
    case '~class':
      return decodeInstance(readString(first), second, json.slice(3), classes);
    case '~sensitive':
      return decodeSensitive(first, json.slice(2), classes);
    default:
      throw new OnwardError('ONW3045', `a record holds a value of the unknown kind ${describeValue(tag)}`);
  }
}

function decodeInstance(
  name: string,
  fields: Json | undefined,
  sensitive: readonly Json[],
  classes: Classes | undefined,
): unknown {
  if (!isRecord(fields)) throw new OnwardError('ONW3045', `a record holds no fields of an instance of ${name}`);
  const prototype = classes?.prototypeOf(name);
  if (prototype !== undefined) return decodeFields(Object.create(prototype), fields, classes);
  const value = decodeFields({}, fields, classes);
  if (sensitive.length > 0) markSensitive(value, sensitive.map(readString));
  return value;
}

function decodeSensitive(json: Json | undefined, fields: readonly Json[], classes: Classes | undefined): unknown {
  const value = decode(json ?? null, classes);
  if (typeof value === 'object' && value !== null) markSensitive(value, fields.map(readString));
  return value;
}

function toPair(pair: unknown): readonly [unknown, unknown] {
  return Array.isArray(pair) ? [pair[0], pair[1]] : [undefined, undefined];
}

function readString(json: Json | undefined): string {
  if (typeof json === 'string') return json;
  throw new OnwardError('ONW3045', `a record holds ${describeValue(json)} where a string is expected`);
}

function cannotKeep(path: string, got: string, cause?: unknown): OnwardError {
  const where = path === '' ? 'the value' : `\`${path}\``;
  return new OnwardError('ONW3045', `${where} cannot be kept in a record: it is ${got}`, {
    issues: [{ path, expected: 'data that a record can keep', got }],
    ...(cause === undefined ? {} : { cause }),
  });
}
