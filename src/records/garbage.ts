// What nothing of a run refers to any more: payloads of steps that the history has dropped, their attempts, and values
// that joins and groups have passed on.
//
// GARBAGE-1. What a record names is kept, and what a value that is kept names. A string that only looks like a name keeps
//     too much, never too little.
// GARBAGE-2. What has arrived at a join is kept until the join has fired with it, whether anything names it or not.

import { isList, isRecord, type Json } from '../values/json.ts';
import { kindOf, RECORDS } from './keys.ts';

export interface Garbage {
  readonly records: readonly string[];
  readonly payloads: readonly string[];
}

/** @param records all of the run. @param payloads the names of all of its payloads. */
export function garbageOf(records: ReadonlyMap<string, Json>, payloads: Iterable<string>): Garbage {
  const used = new Used();
  const steps = new Set<number>();
  for (const [key, json] of records) {
    const kind = kindOf(key);
    if (kind === RECORDS.attempt || kind === RECORDS.arrival || kind === RECORDS.item || kind === RECORDS.state)
      continue;
    used.add(json);
    if (kind === RECORDS.step) steps.add(RECORDS.step.parse(key)[0]);
    if (kind === RECORDS.history && isRecord(json) && typeof json['id'] === 'number') steps.add(json['id']);
    if (kind === RECORDS.group) used.addGroup(RECORDS.group.parse(key)[0]);
  }
  const unused: string[] = [];
  const judge = (of: { readonly letter: string }, isKept: (key: string) => boolean): void => {
    for (const [key, json] of records) {
      if (kindOf(key)?.letter !== of.letter) continue;
      if (isKept(key)) used.add(json);
      else unused.push(key);
    }
  };
  // In this order: what arrived at a join may be the values of a group.
  judge(RECORDS.arrival, (key) => used.has(key) || isToCome(records, key));
  judge(RECORDS.attempt, (key) => steps.has(RECORDS.attempt.parse(key)[0]));
  judge(RECORDS.item, (key) => used.has(RECORDS.item.parse(key)[0]));
  return { records: unused, payloads: [...payloads].filter((name) => !used.has(name)) };
}

/** Names that are found in records: of payloads, of records, and of the values of groups. */
class Used {
  readonly #names = new Set<string>();
  readonly #groups = new Set<string>();

  add(json: Json): void {
    if (typeof json === 'string') this.#names.add(json);
    else if (isList(json)) for (const part of json) this.add(part);
    else if (isRecord(json)) {
      if (typeof json['items'] === 'string') this.#groups.add(json['items']);
      for (const part of Object.values(json)) this.add(part);
    }
  }

  addGroup(key: string): void {
    this.#groups.add(`g${key}.`);
  }

  has(name: string): boolean {
    return this.#names.has(name) || this.#groups.has(name.slice(0, name.lastIndexOf('.') + 1));
  }
}

/** Its join has not fired with it. */
function isToCome(records: ReadonlyMap<string, Json>, key: string): boolean {
  const [join, , number] = RECORDS.arrival.parse(key);
  const state = records.get(RECORDS.join.key(join));
  const fired = isRecord(state) && typeof state['fired'] === 'number' ? state['fired'] : 0;
  return number > fired;
}
