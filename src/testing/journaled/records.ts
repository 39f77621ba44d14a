// The records of one run as strings: they are serialised when written, and parsed at every read.

import type { Json } from '../../values/json.ts';
import { isLiveRecord, kindOf, RECORDS, type RecordKind } from '../../records/keys.ts';

export class JournaledRecords {
  readonly #texts = new Map<string, string>();

  /** A record of the type it was written as. */
  get<T = Json>(key: string): T | undefined {
    const text = this.#texts.get(key);
    return text === undefined ? undefined : JSON.parse(text);
  }

  /** The records of a kind, as far as they have such parts. */
  ofKind<T, P extends readonly (string | number)[]>(
    kind: RecordKind<P>,
    fits: (parts: P) => boolean = () => true,
  ): T[] {
    return [...this.#texts.keys()].flatMap((key) =>
      kindOf(key)?.letter === kind.letter && fits(kind.parse(key)) ? (this.get<T>(key) ?? []) : [],
    );
  }

  those(keys: Iterable<string>): ReadonlyMap<string, Json> {
    const found = new Map<string, Json>();
    for (const key of keys) {
      const json = this.get(key);
      if (json !== undefined) found.set(key, json);
    }
    return found;
  }

  /** @returns how many characters were written of the records that events read. */
  write(writes: readonly (readonly [string, Json | null])[]): number {
    let written = 0;
    for (const [key, json] of writes) {
      const kind = kindOf(key);
      if (json === null && kind?.isWrittenOnly !== true) {
        this.#texts.delete(key);
        continue;
      }
      const text = JSON.stringify(json);
      this.#texts.set(key, text);
      // Entries are written with their plan.
      if (kind?.isWrittenOnly !== true && kind !== RECORDS.entry) written += text.length;
    }
    return written;
  }

  /** The run's own records and those of everything live. */
  live(): ReadonlyMap<string, Json> {
    return this.those([...this.#texts.keys()].filter(isLiveRecord));
  }
}
