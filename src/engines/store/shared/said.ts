// What processes that share a store send each other, as text.
//
// SAID-1. A message about runs is sealed as a whole, like texts of the store. In clear are only ids of runs with listeners.
// SAID-2. A message may come from another version, be sealed with another key, or be foreign: it is checked as it is read.
// SAID-3. Versions work side by side while they are replaced: a field may be added, and none changes its meaning.

import { OnwardError } from '../../../errors/onward-error.ts';
import { isRecord } from '../../../values/json.ts';
import type { RunEvent } from '../../../run/run-event.ts';
import type { Sealing } from '../store-engine-options.ts';

export type Said =
  /** Asks the processes that listen to announce it. */
  | { readonly asks: true }
  /** Announces the topics that a process listens to. */
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

/** @throws {OnwardError} ONW4008 if no given key opens it. @throws if this version does not know its form. */
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
