// What processes that share a store send each other, as text.
//
// SAID-1. What is said of runs is sealed as a whole, as texts of the store are. Only ids of runs that somebody listens to go in clear.
// SAID-2. What comes may be of another version, sealed with another key, or sent by somebody else: it is read with care.

import { OnwardError } from '../../errors/onward-error.ts';
import { isRecord } from '../../values/json.ts';
import type { RunEvent } from '../../run/run-event.ts';
import type { Sealing } from './store-engine-options.ts';

export type Said =
  /** Who listens is to say so. */
  | { readonly asks: true }
  /** It listens to these topics. */
  | { readonly hears: readonly string[] }
  /** `data`: what the body emitted that the first of them is of, as text. */
  | { readonly events: readonly RunEvent[]; readonly data?: string };

/** What a sealed text begins with, and the name of its key. */
const SEALED = /^~([^:]*):/;

/** As it is sent about a topic. */
export function saidText(said: Said, topic: string, sealing: Sealing | undefined): string {
  const text = JSON.stringify(said);
  return 'events' in said && sealing !== undefined ? sealing.seal(text, placeOf(topic)) : text;
}

/** @throws {OnwardError} ONW4008 if no given key opens it. @throws if it is nothing that this version says. */
export function readSaid(text: string, topic: string, sealing: Sealing | undefined): Said {
  const said: unknown = JSON.parse(opened(text, topic, sealing));
  if (!isSaid(said)) throw new Error('it has another form than this version of Onward gives it');
  return said;
}

function opened(text: string, topic: string, sealing: Sealing | undefined): string {
  if (sealing !== undefined) return sealing.unseal(text, placeOf(topic));
  const key = SEALED.exec(text)?.[1];
  if (key === undefined) return text;
  const problem = `it was written with the key ${key}, and this process has no \`encryption\`; give it the keys of the others`;
  throw new OnwardError('ONW4008', problem, { details: { key } });
}

function isSaid(said: unknown): said is Said {
  if (!isRecord(said)) return false;
  const { asks, hears, events, data } = said;
  if (events === undefined) return asks === true || areStrings(hears);
  return Array.isArray(events) && events.every(isEvent) && (data === undefined || typeof data === 'string');
}

function isEvent(event: unknown): boolean {
  if (!isRecord(event)) return false;
  const { type, runId, seq, tags } = event;
  return typeof type === 'string' && typeof runId === 'string' && Number.isSafeInteger(seq) && areStrings(tags);
}

function areStrings(list: unknown): boolean {
  return Array.isArray(list) && list.every((item) => typeof item === 'string');
}

function placeOf(topic: string): string {
  return `${topic}\nsaid`;
}
