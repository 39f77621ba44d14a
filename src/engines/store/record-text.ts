// A record as it is written, and as data.
//
// RECORD-TEXT-1. The data is read from the text once. All readers share it, and none changes it: the core decides on
//     records and never changes one.

import type { RecordsRead } from '../../records/records.ts';
import type { Json } from '../../values/json.ts';

export class RecordText {
  readonly text: string;
  #json: Json | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** The border to the store: what we wrote is JSON. */
  get json(): Json {
    this.#json ??= JSON.parse(this.text) as Json;
    return this.#json;
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
