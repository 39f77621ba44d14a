// The payloads of a run, as text, by the references that the core passes on.

import { decode, encode } from '../../values/codec.ts';
import { jsonToThrown, thrownToJson } from '../../values/serialized-error.ts';
import type { Payload } from '../../records/task.ts';
import type { Json } from '../../values/json.ts';
import type { ItemsRef, SourcesRef } from '../../records/outbox.ts';
import { RECORDS } from '../../records/keys.ts';
import type { Ref } from '../../run/step-data.ts';
import { CoreFailure } from '../../run/failure.ts';
import { all, chain } from './now-or-later.ts';
import type { RecentPayloads } from './recent-payloads.ts';
import type { MaybePromise, Store } from './store.ts';

/** Payloads go with the event that names them, and are kept only if it is applied. */
export type Texts = ReadonlyMap<string, string>;

export class Payloads {
  readonly #store: Store;
  readonly #runId: string;
  readonly #recent: RecentPayloads;
  /** The items of one array are asked for one after another: it is read once. */
  #lastArray: { readonly name: string; readonly items: Json } | undefined;

  constructor(store: Store, runId: string, recent: RecentPayloads) {
    this.#store = store;
    this.#runId = runId;
    this.#recent = recent;
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
        return text === undefined ? undefined : JSON.parse(text);
      }),
    );
  }

  #text(name: string): MaybePromise<string | undefined> {
    const recent = this.#recent.find(this.#runId, name);
    if (recent !== undefined) return recent;
    return chain(this.#store.payloads(this.#runId, [name]), ([text]) => text);
  }

  #value(name: string): MaybePromise<unknown> {
    return chain(this.#text(name), (text) => (text === undefined ? undefined : payloadOf(JSON.parse(text))));
  }

  #item(name: string, item: number): MaybePromise<unknown> {
    const last = this.#lastArray;
    if (last?.name === name) return itemOf(last.items, item);
    return chain(this.#text(name), (text) => {
      const kept: KeptPayload = JSON.parse(text ?? '{}');
      const items = kept.value ?? null;
      this.#lastArray = { name, items };
      return itemOf(items, item);
    });
  }
}

function itemOf(items: Json, item: number): unknown {
  if (isPlainArray(items)) return decode(items[item] ?? null);
  const decoded = decode(items);
  return Array.isArray(decoded) ? decoded[item] : undefined;
}

interface KeptPayload {
  readonly value?: Json;
  readonly error?: Json;
  readonly errorField?: string;
}

/** @throws {OnwardError} ONW3045 if the value cannot be kept. */
export function payloadText(payload: Payload): string {
  return JSON.stringify({
    ...payload,
    ...('value' in payload && { value: encode(payload.value) }),
    ...('error' in payload && { error: thrownToJson(payload.error) }),
  });
}

/** Keeps values of a run among texts that go with an event. */
export function keeperOf(texts: Map<string, string>): (name: string, value: unknown) => string {
  return (name, value) => {
    texts.set(name, payloadText({ value }));
    return name;
  };
}

/** What `payloadText` was given. */
function payloadOf({ value, error, errorField }: KeptPayload): unknown {
  if (error === undefined) return decode(value ?? null);
  if (errorField === undefined) return jsonToThrown(error);
  return Object.assign(Object(decode(value ?? null)), { [errorField]: jsonToThrown(error) });
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
