// Copies unknown data into plain, safe data, before any user code sees it.
//
// SANITIZE-1. Iterative: no depth of the data overflows the stack, and the first limit that is passed ends the copy.
// SANITIZE-2. Nothing of the data runs: own getters are refused, traps of proxies are contained. Only where `runsLiterals`
//             says so, getters of plain objects and arrays run, each once: what they give counts as the value.
// SANITIZE-3. The copy shares nothing changeable with the data. Shared references become copies, cycles are refused.
// SANITIZE-4. Instances of classes are read by their own enumerable fields. A field that is undefined counts as missing.
// SANITIZE-5. Objects that are not data, though they may look like it, are refused with what to pass instead.

import { types } from 'node:util';
import { OnwardError } from '../errors/onward-error.ts';
import type { ErrorCode } from '../errors/codes.ts';
import { describeValue, joinPath } from './describe.ts';
import { handlePromise } from './promises.ts';
import { DANGEROUS_NAMES, setOwnField } from './json.ts';
import type { Issues } from './issues.ts';
import { keyShown, valueShown } from './sensitive.ts';

const ANY_SURROGATE = /[\uD800-\uDFFF]/;
const LONE_SURROGATE = /\p{Surrogate}/u;

const SKIP = Symbol('skip');

/**
 * Copies an object that is made of fields.
 *
 * @throws {OnwardError} ONW2002 if the data runs code when it is read, ONW2004 past a limit, ONW2005 on a cycle,
 *   ONW2007 on what is not data, ONW2008 on half a character.
 */
export function sanitize(root: object, options: SanitizeOptions): Sanitized {
  return contained(new Sanitizer(options), (walk) => walk.object(root));
}

/**
 * Copies a value of any kind.
 *
 * @throws {OnwardError} as `sanitize` does.
 */
export function sanitizeValue(root: unknown, options: Omit<SanitizeOptions, 'without'>): unknown {
  return contained(new Sanitizer({ ...options, without: new Set() }), (walk) => walk.value(root));
}

function contained<T>(walk: Sanitizer, run: (walk: Sanitizer) => T): T {
  try {
    return run(walk);
  } catch (error) {
    if (error instanceof OnwardError && walk.raised === error) throw error;
    throw walk.refusal('ONW2002', 'data that can be read', 'an object that threw while it was read', error);
  }
}

class Sanitizer {
  /** Our own refusal: a proxy may throw one, too. */
  raised: OnwardError | undefined;
  readonly #options: SanitizeOptions;
  readonly #frames: Frame[] = [];
  readonly #open = new Set<object>();
  readonly #classes = new Map<object, unknown>();
  #nodes = 0;
  #bytes = 0;

  constructor(options: SanitizeOptions) {
    this.#options = options;
  }

  object(root: object): Sanitized {
    const copy = this.#enterObject(root);
    this.#drain();
    return { copy, classes: this.#classes };
  }

  value(root: unknown): unknown {
    const copy = this.#take(root);
    this.#drain();
    return copy;
  }

  #drain(): void {
    for (let frame = this.#frames.at(-1); frame !== undefined; frame = this.#frames.at(-1)) {
      if (frame.at === frame.size) {
        this.#frames.pop();
        this.#open.delete(frame.source);
        continue;
      }
      const at = frame.at++;
      const value = frame.read(at);
      if (value === SKIP) continue;
      const part = this.#take(value);
      frame.write(at, part);
    }
  }

  refusal(code: ErrorCode, expected: string, got: string, cause?: unknown): OnwardError {
    const path = this.#path();
    const where = path === '' ? 'the message' : `\`${path}\``;
    this.raised = new OnwardError(code, `${where}: expected ${expected}, got ${got}`, {
      issues: [{ path, expected, got }],
      ...(cause === undefined ? {} : { cause }),
    });
    return this.raised;
  }

  #path(): string {
    const labels = this.#labels();
    const secret = this.#options.secretFrom?.(labels) ?? labels.length;
    return labels.reduce<string>((path, label, at) => joinPath(path, keyShown(label, at >= secret)), this.#options.at);
  }

  #labels(): Labels {
    return this.#frames.filter(({ at }) => at > 0).map((frame) => frame.label(frame.at - 1));
  }

  /** A value in words. */
  #shown(value: unknown): string {
    return valueShown(value, this.#options.secretFrom?.(this.#labels()) !== undefined);
  }

  #take(value: unknown): unknown {
    this.#count(1, 8);
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'number':
        this.#checkNumber(value);
        return value;
      case 'function':
      case 'symbol':
        throw this.refusal('ONW2007', 'data', describeValue(value));
      case 'object':
        return value === null ? null : this.#enter(value);
      default:
        return value;
    }
  }

  #text(value: string): string {
    this.#count(0, Buffer.byteLength(value));
    if (ANY_SURROGATE.test(value) && LONE_SURROGATE.test(value)) {
      throw this.refusal('ONW2008', 'whole characters', 'a string with half a character (a lone surrogate)');
    }
    return value;
  }

  #checkNumber(value: number): void {
    if (Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return;
    const expected = Number.isFinite(value)
      ? 'a number within ±9007199254740991 (above it digits are lost; use a string or a bigint)'
      : 'a finite number';
    this.#options.issues.add(this.#path(), () => ({ expected, got: this.#shown(value) }));
  }

  #enter(value: object): unknown {
    if (this.#open.has(value)) throw this.refusal('ONW2005', 'data without cycles', 'an object that contains itself');
    if (types.isDate(value)) return this.#date(value);
    if (types.isUint8Array(value)) return this.#bytesOf(value);
    if (types.isRegExp(value)) return new RegExp(value.source, value.flags);
    if (value instanceof URL && !types.isProxy(value)) return new URL(this.#text(value.href));
    if (Array.isArray(value)) return this.#enterArray(value);
    if (types.isMap(value)) return this.#enterMap(value);
    if (types.isSet(value)) return this.#enterSet(value);
    const reason = whyNotData(value);
    if (reason !== undefined) throw this.refusal('ONW2007', 'data', reason);
    return this.#enterObject(value);
  }

  #date(value: Date): Date {
    const time = Date.prototype.getTime.call(value);
    if (Number.isNaN(time)) {
      this.#options.issues.add(this.#path(), () => ({ expected: 'a valid date', got: 'an invalid date' }));
    }
    return new Date(time);
  }

  #bytesOf(value: Uint8Array): Uint8Array {
    this.#count(0, value.byteLength);
    return Buffer.isBuffer(value) ? Buffer.from(value) : new Uint8Array(value);
  }

  #enterArray(source: readonly unknown[]): unknown[] {
    const size = Number(Reflect.getOwnPropertyDescriptor(source, 'length')?.value ?? 0);
    this.#limit(size, this.#options.limits.maxItems, 'items');
    const copy: unknown[] = Array.from({ length: size });
    const isLiteral = Reflect.getPrototypeOf(source) === Array.prototype;
    this.#push(source, size, {
      label: (at) => at,
      read: (at) => this.#own(source, String(at), isLiteral),
      write: (at, value) => {
        copy[at] = value;
      },
    });
    return copy;
  }

  #enterMap(source: ReadonlyMap<unknown, unknown>): Map<unknown, unknown> {
    const entries: (readonly [unknown, unknown])[] = [];
    Map.prototype.forEach.call(source, (value, key) => entries.push([key, value]));
    this.#limit(entries.length, this.#options.limits.maxItems, 'items');
    const copy = new Map<unknown, unknown>();
    this.#push(source, entries.length, {
      label: (at) => labelOf(entries[at]?.[0]),
      read: (at) => {
        this.#mapKey(entries[at]?.[0]);
        return entries[at]?.[1];
      },
      write: (at, value) => copy.set(entries[at]?.[0], value),
    });
    return copy;
  }

  #mapKey(key: unknown): void {
    if (typeof key === 'string') this.#text(key);
    else if ((typeof key === 'object' && key !== null) || typeof key === 'function' || typeof key === 'symbol') {
      throw this.refusal('ONW2007', 'a map key that is a string, a number, a bigint or a boolean', this.#shown(key));
    }
  }

  #enterSet(source: ReadonlySet<unknown>): Set<unknown> {
    const items: unknown[] = [];
    Set.prototype.forEach.call(source, (value) => items.push(value));
    this.#limit(items.length, this.#options.limits.maxItems, 'items');
    const copy = new Set<unknown>();
    this.#push(source, items.length, {
      label: (at) => at,
      read: (at) => items[at],
      write: (_, value) => copy.add(value),
    });
    return copy;
  }

  #enterObject(source: object): object {
    const keys = Object.keys(source);
    this.#limit(keys.length, this.#options.limits.maxKeys, 'fields');
    const copy: Record<string, unknown> = {};
    const prototype = Reflect.getPrototypeOf(source);
    if (prototype !== null && prototype !== Object.prototype) {
      this.#classes.set(copy, Reflect.getOwnPropertyDescriptor(prototype, 'constructor')?.value);
    }
    const isLiteral = prototype === Object.prototype;
    const without = this.#frames.length === 0 ? this.#options.without : undefined;
    this.#push(source, keys.length, {
      label: (at) => keys[at] ?? '',
      read: (at) => {
        const key = keys[at] ?? '';
        if (without?.has(key) === true) return SKIP;
        const value = this.#own(source, key, isLiteral);
        return value === undefined || !this.#allowsKey(key) ? SKIP : value;
      },
      write: (at, value) => {
        const key = keys[at] ?? '';
        // A name that all objects have, such as `toString`: assigning might meet a setter or a frozen prototype.
        if (key in copy) setOwnField(copy, key, value);
        else copy[key] = value;
      },
    });
    return copy;
  }

  #allowsKey(key: string): boolean {
    this.#text(key);
    if (!DANGEROUS_NAMES.has(key)) return true;
    this.#options.issues.add(this.#path(), () => ({ expected: 'no field of this name', got: 'one' }));
    return false;
  }

  /** The value of an own field. What a getter throws is contained, as what a proxy throws is. */
  #own(source: object, key: string, isLiteral: boolean): unknown {
    if (isLiteral && this.#options.runsLiterals === true) return Reflect.get(source, key);
    const descriptor = Reflect.getOwnPropertyDescriptor(source, key);
    if (descriptor?.get !== undefined || descriptor?.set !== undefined) {
      throw this.refusal('ONW2002', 'a plain value', 'a getter, which would run code');
    }
    return descriptor?.value;
  }

  #push(source: object, size: number, parts: Omit<Frame, 'source' | 'size' | 'at'>): void {
    this.#limit(this.#frames.length + 1, this.#options.limits.maxDepth, 'levels');
    this.#open.add(source);
    this.#frames.push({ source, size, at: 0, ...parts });
  }

  #count(nodes: number, bytes: number): void {
    this.#nodes += nodes;
    this.#bytes += bytes;
    this.#limit(this.#nodes, this.#options.limits.maxNodes, 'values in all');
    this.#limit(this.#bytes, this.#options.limits.maxBytes, 'bytes in all');
  }

  #limit(size: number, most: number, unit: string): void {
    if (size > most) throw this.refusal('ONW2004', `at most ${most} ${unit}`, `${size} or more`);
  }
}

function labelOf(key: unknown): string | number {
  if (typeof key === 'number') return key;
  return typeof key === 'string' ? key : describeValue(key);
}

/** Data that is safe to work with. */
export interface Sanitized {
  readonly copy: object;
  /** The class that an object of the copy was an instance of, where it was one. */
  readonly classes: ReadonlyMap<object, unknown>;
}

/** The names and positions that lead to a part of the data, as they are. */
export type Labels = readonly (string | number)[];

/** How to copy the data. */
export interface SanitizeOptions {
  readonly limits: MessageLimits;
  /** Takes what is wrong with single values; the copy goes on after them. */
  readonly issues: Issues;
  /** Where the data is in the whole message, for paths. */
  readonly at: string;
  /** Fields of the outermost object that are left out. */
  readonly without: ReadonlySet<string>;
  /** From which label on no text shows what is there; undefined if all is shown. */
  readonly secretFrom?: (labels: Labels) => number | undefined;
  /** Getters of plain objects and arrays run; those of instances never do. @default false */
  readonly runsLiterals?: boolean;
}

/** A container that is being copied: its parts are read and written by position. */
export interface Frame {
  readonly source: object;
  readonly size: number;
  readonly label: (at: number) => string | number;
  readonly read: (at: number) => unknown;
  readonly write: (at: number, value: unknown) => void;
  at: number;
}

/** What the object is if it is not data, such as `a promise; await it first`. Undefined for data. */
export function whyNotData(value: object): string | undefined {
  if (types.isPromise(value) || hasMethod(value, 'then')) {
    // It is refused here, and nobody else takes its rejection.
    handlePromise(value);
    return 'a promise; await it first';
  }
  if (types.isNativeError(value) || value instanceof Error) return 'an error; pass what it says instead';
  if (hasMethod(value, 'pipe') || hasMethod(value, 'getReader')) return 'a stream; read it first';
  if (hasMethod(value, 'emit') && hasMethod(value, 'on')) return 'an event emitter';
  if (types.isBoxedPrimitive(value)) return 'a boxed primitive; use the primitive itself';
  if (types.isWeakMap(value) || types.isWeakSet(value)) return 'a weak collection';
  if (types.isAnyArrayBuffer(value) || ArrayBuffer.isView(value)) return 'a buffer that is not a Uint8Array';
  // Built-in classes keep their content out of sight and carry a tag; reading fields of one would lose everything.
  if (isTagged(value) && Object.keys(value).length === 0) return 'an object that keeps its content to itself';
  return undefined;
}

/** Looks a method up without running a getter. */
function hasMethod(value: object, name: string): boolean {
  return typeof inherited(value, name)?.value === 'function';
}

function isTagged(value: object): boolean {
  return inherited(value, Symbol.toStringTag) !== undefined;
}

function inherited(value: object, key: PropertyKey): PropertyDescriptor | undefined {
  for (let at: object | null = value; at !== null; at = Reflect.getPrototypeOf(at)) {
    const found = Reflect.getOwnPropertyDescriptor(at, key);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The limits of one message. */
export interface MessageLimits {
  /** Size of all keys and values as UTF-8, roughly as JSON would write them. @default 1_048_576 */
  readonly maxBytes: number;
  /** Objects and arrays inside each other. @default 32 */
  readonly maxDepth: number;
  /** Values of any kind, all levels together. @default 50_000 */
  readonly maxNodes: number;
  /** Fields of one object. @default 1_000 */
  readonly maxKeys: number;
  /** Items of one array, map or set. @default 10_000 */
  readonly maxItems: number;
}

/** The limits where nothing else is said. */
export const DEFAULT_LIMITS: MessageLimits = {
  maxBytes: 1_048_576,
  maxDepth: 32,
  maxNodes: 50_000,
  maxKeys: 1_000,
  maxItems: 10_000,
};
