// The payloads of a run of the journaled engine, as strings, by the references that the core passes on.

import { decode, encode } from '../../values/codec.ts';
import { jsonToThrown, thrownToJson } from '../../values/serialized-error.ts';
import type { Payload } from '../../records/task.ts';
import type { Json } from '../../values/json.ts';
import type { ItemsRef, SourcesRef } from '../../records/outbox.ts';
import { RECORDS } from '../../records/keys.ts';
import type { Ref } from '../../run/step-data.ts';
import { CoreFailure } from '../../run/failure.ts';

/** Payloads go with the event that names them, and are kept only if it is applied. */
export type Texts = ReadonlyMap<string, string>;

export class Payloads {
  readonly #texts = new Map<string, string>();
  readonly #recordOf: (key: string) => Json | undefined;
  /** The items of one array are asked for one after another: it is read once. */
  #lastArray: { readonly key: string; readonly items: Json } | undefined;

  /** @param recordOf gives the record of what arrived at a join. */
  constructor(recordOf: (key: string) => Json | undefined) {
    this.#recordOf = recordOf;
  }

  /** Keeps payloads that `payloadText` made. */
  keep(texts: Texts): void {
    for (const [key, text] of texts) this.#texts.set(key, text);
  }

  /** What a reference stands for, or one item of it. Failures of the core stand for themselves. */
  load(ref: Ref, item = -1): unknown {
    if (ref === undefined || ref === null) return undefined;
    if (typeof ref === 'string') return item < 0 ? this.#value(ref) : this.#item(ref, item);
    const coreFailure = CoreFailure.revive(ref);
    if (coreFailure !== undefined) return coreFailure;
    if (isItems(ref)) return Array.from({ length: ref.size }, (_, at) => this.#itemOf(`${ref.items}${at}`));
    if (isSources(ref)) return ref.sources.map((key) => this.load(this.#recordOf(key)));
    return undefined;
  }

  #itemOf(key: string): unknown {
    const elsewhere = this.#recordOf(RECORDS.item.key(key));
    return elsewhere === undefined ? this.#value(key) : this.load(elsewhere);
  }

  #value(key: string): unknown {
    const text = this.#texts.get(key);
    return text === undefined ? undefined : payloadOf(JSON.parse(text));
  }

  #item(key: string, item: number): unknown {
    if (this.#lastArray?.key !== key) {
      const kept: KeptPayload = JSON.parse(this.#texts.get(key) ?? '{}');
      this.#lastArray = { key, items: kept.value ?? null };
    }
    const { items } = this.#lastArray ?? { items: null };
    if (isPlainArray(items)) return decode(items[item] ?? null);
    const all = decode(items);
    return Array.isArray(all) ? all[item] : undefined;
  }
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
export function keeperOf(runId: string, texts: Map<string, string>): (name: string, value: unknown) => string {
  return (name, value) => {
    const key = `${runId}~${name}`;
    texts.set(key, payloadText({ value }));
    return key;
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
