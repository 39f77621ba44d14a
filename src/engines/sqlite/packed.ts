// The live records of a run that stand in its own row: with few of them, an event changes one row in place of three.
//
// PACKED-1. A live record is in the row or in the table, never in both.
// PACKED-2. The row holds a bounded number of characters. What has no room there goes to the table.
// PACKED-3. While nothing of the run has gone to the table, nothing is looked for there.
// PACKED-4. A column that cannot be what was written is kept as one record, which nobody can read.
// PACKED-5. Each record in a text has its lengths ahead of it, as it may hold any character.

/** More would make long rows of runs with many live steps, and each event rewrites the row of its run. */
const MOST_CHARACTERS = 1_500;
/** A step that no run has: it stands for lengths that make no sense, and is not JSON: the next read reports it. */
const DAMAGED = 's/?';
/** Ahead of the records of a run some of which may be in the table. */
const SPILLED = '+';
/** Stands for the length of a text that is not there: the record is removed. */
const REMOVED = '-';

/** A record, or its removal, among others in one text. */
export function packed(key: string, text: string | null): string {
  return text === null ? `${key.length} ${REMOVED}\n${key}` : `${key.length} ${text.length}\n${key}${text}`;
}

/** Takes each record out of a text of many. False: what was not taken cannot be what was written. */
export function unpack(text: string, from: number, take: (key: string, text: string | null) => void): boolean {
  for (let at = from; at < text.length;) {
    const end = text.indexOf('\n', at);
    const [ofKey, ofText] = text.slice(at, end).split(' ', 2);
    const start = end + 1 + Number(ofKey ?? Number.NaN);
    const next = ofText === REMOVED ? start : start + Number(ofText ?? Number.NaN);
    if (end < at || !(start > end && next >= start && next <= text.length)) return false;
    take(text.slice(end + 1, start), ofText === REMOVED ? null : text.slice(start, next));
    at = next;
  }
  return true;
}

export class PackedRecords {
  readonly texts = new Map<string, string>();
  #isSpilled: boolean;
  #isChanged = false;
  #characters = 0;

  /** @param column what `changedColumn` has given. */
  constructor(column = '') {
    this.#isSpilled = column.startsWith(SPILLED);
    const from = this.#isSpilled ? SPILLED.length : 0;
    const isWhole = unpack(column, from, (key, text) => this.#put(key, text ?? DAMAGED));
    if (!isWhole) this.#put(DAMAGED, column);
    this.#isChanged = false;
  }

  /** Some of the run's live records may be in the table. */
  get isSpilled(): boolean {
    return this.#isSpilled;
  }

  /** A record that is in the row: any, where the row cannot be what was written. */
  get(key: string): string | undefined {
    return this.texts.get(key) ?? this.texts.get(DAMAGED);
  }

  /** Takes a record, or its removal. False: it is for the table. */
  set(key: string, text: string | null): boolean {
    const before = this.texts.get(key);
    if (before !== undefined) this.#drop(key, before);
    if (text === null) return before !== undefined || !this.#isSpilled;
    const hasRoom = this.#characters + key.length + text.length <= MOST_CHARACTERS;
    // What is in the table is written there again: it would be in both.
    if (hasRoom && (before !== undefined || !this.#isSpilled)) this.#put(key, text);
    else this.#spill();
    return this.texts.has(key);
  }

  /** All of it, with lengths ahead of what may hold any character; null if that is as it was the last time. */
  changedColumn(): string | null {
    if (!this.#isChanged) return null;
    this.#isChanged = false;
    let column = this.#isSpilled ? SPILLED : '';
    for (const [key, text] of this.texts) column += packed(key, text);
    return column;
  }

  #spill(): void {
    this.#isChanged ||= !this.#isSpilled;
    this.#isSpilled = true;
  }

  #put(key: string, text: string): void {
    this.#isChanged = true;
    this.texts.set(key, text);
    this.#characters += key.length + text.length;
  }

  #drop(key: string, text: string): void {
    this.#isChanged = true;
    this.texts.delete(key);
    this.#characters -= key.length + text.length;
  }
}
