// What tells two starts with one id apart, and two calls of one node: a hash of the target and the message.
//
// FINGERPRINT-1. It stands for the message as it was when the fingerprint was made, whatever becomes of the message.
// FINGERPRINT-2. It does not depend on the order of fields.
// FINGERPRINT-3. The text is made when somebody reads it: in memory nobody does, unless an id comes a second time.

import { encode } from './codec.ts';
import type { Json } from './json.ts';

const LENGTH = 22;

/** What a fingerprint is known by. */
export interface Fingerprint {
  readonly text: string;
}

/** @throws {OnwardError} ONW3045 if the message cannot be kept in a record. */
export function fingerprintOf(target: string, message: unknown): Fingerprint {
  return new MadeOfMessage(target, message);
}

class MadeOfMessage implements Fingerprint {
  readonly #target: string;
  readonly #message: Json;
  #text: string | undefined = undefined;

  constructor(target: string, message: unknown) {
    this.#target = target;
    this.#message = encode(message);
  }

  get text(): string {
    return (this.#text ??= hashOf([this.#target, this.#message]));
  }
}

/** The same that only those can make of a message who know the salt: what is not salted could be found by trying. */
export function salted(fingerprint: string, salt: string): string {
  const hmac = process.getBuiltinModule('node:crypto').createHmac('sha256', salt);
  return hmac.update(fingerprint).digest('base64url').slice(0, LENGTH);
}

function hashOf(json: Json): string {
  const text = JSON.stringify(json, (_key, value: unknown) => sorted(value));
  // An import of the module would load all of it with our own import, and most processes never ask for a hash.
  return process.getBuiltinModule('node:crypto').hash('sha256', text, 'base64url').slice(0, LENGTH);
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  // A field that is undefined counts as missing in every message.
  const fields = Object.entries(value).filter(([, field]) => !isUndefined(field));
  return Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isUndefined(json: unknown): boolean {
  return Array.isArray(json) && json.length === 1 && json[0] === '~undefined';
}
