// A record as it is written, and as data.
//
// RECORD-TEXT-1. The data is read from the text once. All readers share it, and none changes it: the core decides on
//     records and never changes one.

import type { RecordsRead } from '../../../records/records.ts';
import { readJson } from './damage.ts';
import type { Json } from '../../../values/json.ts';

export class RecordText {
  readonly text: string;
  readonly #runId: string;
  readonly #key: string;
  #json: Json | undefined;

  /** @param json the same as data, where that is at hand: nothing is read then. */
  constructor(text: string, runId: string, key: string, json?: Json | null) {
    this.text = text;
    this.#json = json ?? undefined;
    this.#runId = runId;
    this.#key = key;
  }

  /** @throws {OnwardError} ONW4005 if it is not what was written. */
  get json(): Json {
    if (this.#json !== undefined) return this.#json;
    const read: Json = readJson(this.text, this.#runId, this.#key);
    this.#json = read;
    return read;
  }
}

/** Records by key, as the core reads them. */
export class Records extends Map<string, Json> implements RecordsRead {
  readonly #texts: ReadonlyMap<string, RecordText>;

  constructor(texts: ReadonlyMap<string, RecordText>) {
    super();
    this.#texts = texts;
    for (const [key, record] of texts) this.set(key, record.json);
  }

  textOf(key: string): string | undefined {
    return this.#texts.get(key)?.text;
  }
}
