// The payloads of a run, as text, by the references that the core passes on.

import { OnwardError } from '../../../errors/onward-error.ts';
import type { Classes } from '../../../values/classes.ts';
import { decode, encode } from '../../../values/codec.ts';
import { jsonToThrown, thrownToJson } from '../../../values/serialized-error.ts';
import type { Payload } from '../../../records/task.ts';
import { describeThrown } from '../../../values/describe.ts';
import { isRecord, type Json } from '../../../values/json.ts';
import { isObject } from '../../../values/option-rules.ts';
import type { ItemsRef, SourcesRef } from '../../../records/outbox.ts';
import { RECORDS } from '../../../records/keys.ts';
import type { Ref } from '../../../run/step-data.ts';
import type { SavedTexts } from '../../saved-texts.ts';
import { CoreFailure } from '../../../run/failure.ts';
import { onRecordsOf, readJson } from './damage.ts';
import { all, chain } from '../now-or-later.ts';
import type { RecentPayloads } from './recent-payloads.ts';
import type { MaybePromise, Store } from '../store.ts';

/** Payloads go with the event that names them, and are kept only if it is applied. */
export type Texts = ReadonlyMap<string, string>;

/** Where payloads are kept, and how. */
export interface PayloadPlace {
  readonly store: Store;
  readonly recent: RecentPayloads;
  /** A runtime that opens the engine again may know other classes. */
  readonly keeping: () => Keeping;
}

export class Payloads {
  /** How values are kept. */
  readonly keeping: () => Keeping;
  readonly #store: Store;
  readonly #runId: string;
  readonly #recent: RecentPayloads;
  /** The items of one array are asked for one after another: it is read once. */
  #lastArray: { readonly name: string; readonly items: Json } | undefined;

  constructor(runId: string, { store, recent, keeping }: PayloadPlace) {
    this.#store = store;
    this.#runId = runId;
    this.#recent = recent;
    this.keeping = keeping;
  }

  /** What a reference stands for, or one item of it. Failures of the core stand for themselves. */
  load(ref: Ref, item = -1): MaybePromise<unknown> {
    if (ref === undefined || ref === null) return undefined;
    if (typeof ref === 'string') return item < 0 ? this.#value(ref) : this.#item(ref, item);
    const coreFailure = CoreFailure.revive(ref);
    if (coreFailure !== undefined) return coreFailure;
    if (isItems(ref)) return this.#items(ref);
    if (isSources(ref)) return this.#sources(ref);
    return undefined;
  }

  /** Several, in their order. */
  loadAll(refs: readonly Ref[]): MaybePromise<unknown[]> {
    return all(refs.map((ref) => this.load(ref)));
  }

  #items({ items, size }: ItemsRef): MaybePromise<unknown[]> {
    const names = Array.from({ length: size }, (_, at) => `${items}${at}`);
    const keys = names.map((name) => RECORDS.item.key(name));
    return chain(this.#refsIn(keys), (elsewhere) =>
      this.loadAll(names.map((name, at) => (elsewhere[at] === undefined ? name : elsewhere[at]))),
    );
  }

  #sources({ sources }: SourcesRef): MaybePromise<unknown[]> {
    return chain(this.#refsIn(sources), (refs) => this.loadAll(refs));
  }

  /** The references that records hold; undefined where there is no such record. */
  #refsIn(keys: readonly string[]): MaybePromise<Ref[]> {
    return chain(this.#store.load(this.#runId, keys), ({ records }) =>
      keys.map((key): Ref => {
        const text = records.get(key);
        return text === undefined ? undefined : readJson(text, this.#runId, key);
      }),
    );
  }

  #text(name: string): MaybePromise<string | undefined> {
    const recent = this.#recent.find(this.#runId, name);
    if (recent !== undefined) return recent;
    return chain(this.#store.payloads(this.#runId, [name]), ([text]) => text);
  }

  #value(name: string): MaybePromise<unknown> {
    return chain(this.#text(name), (text) =>
      text === undefined
        ? undefined
        : onRecordsOf(this.#runId, () => payloadOf(readJson(text, this.#runId, name), this.keeping().classes)),
    );
  }

  #item(name: string, item: number): MaybePromise<unknown> {
    const last = this.#lastArray;
    if (last?.name === name) return itemOf(last.items, item, this.keeping().classes);
    return chain(this.#text(name), (text) => {
      const kept: KeptPayload = readJson(text ?? '{}', this.#runId, name);
      const items = kept.value ?? null;
      this.#lastArray = { name, items };
      return itemOf(items, item, this.keeping().classes);
    });
  }
}

function itemOf(items: Json, item: number, classes: Classes): unknown {
  if (isPlainArray(items)) return decode(items[item] ?? null, classes);
  const decoded = decode(items, classes);
  return Array.isArray(decoded) ? decoded[item] : undefined;
}

interface KeptPayload {
  readonly value?: Json;
  readonly error?: Json;
  readonly errorField?: string;
}

/** How values become text. */
export interface Keeping {
  readonly classes: Classes;
  /** The most that one value or message takes, in bytes. */
  readonly maxBytes: number;
}

/** @throws {OnwardError} ONW3045 if the value cannot be kept, ONW2021 if it is too large. */
export function payloadText(
  payload: Payload,
  { classes, maxBytes }: Omit<Keeping, 'classes'> & { readonly classes: Classes | undefined },
): string {
  const value = 'value' in payload ? { value: encode(payload.value, classes) } : {};
  if (!('error' in payload)) return fitting(JSON.stringify({ ...payload, ...value }), maxBytes);
  const error = thrownToJson(payload.error, classes);
  const text = JSON.stringify({ ...payload, ...value, error });
  if (isWithin(text, maxBytes)) return text;
  // What was thrown is never lost for what hangs on it.
  return fitting(JSON.stringify({ ...payload, ...value, error: withoutFields(error) }), maxBytes);
}

function fitting(text: string, maxBytes: number): string {
  if (isWithin(text, maxBytes)) return text;
  const bytes = Buffer.byteLength(text);
  const expected = `at most ${maxBytes} bytes as text`;
  const said = `the value takes ${bytes} bytes as text, and this store keeps ${expected}; keep it elsewhere and return where it is, or raise \`maxPayloadBytes\``;
  throw new OnwardError('ONW2021', said, { issues: [{ path: '', expected, got: `${bytes} bytes` }] });
}

/** Refuses texts that are too large, as payloads are. */
export function savedWithin(saved: SavedTexts, maxBytes = Number.POSITIVE_INFINITY): SavedTexts {
  return {
    get: (key) => saved.get(key),
    keys: () => saved.keys(),
    set: (key, text) => saved.set(key, text === null ? null : fitting(text, maxBytes)),
  };
}

/** A character takes three bytes at most: few texts are counted. */
function isWithin(text: string, maxBytes: number): boolean {
  return text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes;
}

function withoutFields(error: Json): Json {
  if (!isRecord(error)) return error;
  const { name = 'Error', message = '', stack = '', class: known = null, classes = [] } = error;
  return { name, message, stack, ...(known !== null && { class: known }), classes };
}

/**
 * Keeps what comes from outside among texts that go with an event. A message is kept as its data: it may wait for a long
 * time, and what reads it then, perhaps with another class of that name, makes and checks its own instance.
 */
export function keeperOf(texts: Map<string, string>, keeping: Keeping): (name: string, value: unknown) => string {
  return (name, value) => {
    const prototype = isObject(value) ? Reflect.getPrototypeOf(value) : null;
    const isMessage = prototype !== null && keeping.classes.isRebuilt(prototype);
    texts.set(name, payloadText({ value }, isMessage ? { ...keeping, classes: undefined } : keeping));
    return name;
  };
}

/** What comes of it, or the error that something cannot be kept. */
export function tried<Outcome>(keep: () => Outcome): Outcome | Error {
  try {
    return keep();
  } catch (error) {
    return error instanceof Error ? error : new Error(describeThrown(error));
  }
}

/** What `payloadText` was given. */
function payloadOf({ value, error, errorField }: KeptPayload, classes: Classes): unknown {
  if (error === undefined) return decode(value ?? null, classes);
  if (errorField === undefined) return jsonToThrown(error, classes);
  return Object.assign(Object(decode(value ?? null, classes)), { [errorField]: jsonToThrown(error, classes) });
}

function isItems(ref: Ref): ref is ItemsRef {
  return typeof ref === 'object' && ref !== null && 'items' in ref && 'size' in ref;
}

function isSources(ref: Ref): ref is SourcesRef {
  return typeof ref === 'object' && ref !== null && 'sources' in ref;
}

/** An array that is encoded as itself. */
function isPlainArray(json: Json): json is readonly Json[] {
  return Array.isArray(json) && !(typeof json[0] === 'string' && json[0].startsWith('~'));
}
