// What a store engine has decided, read and written: for tests to see that a run of any length costs the same.

import type { Decision } from '../../records/decide.ts';
import { kindOf, RECORDS } from '../../records/keys.ts';

export interface StoreStatistics {
  events: number;
  duplicates: number;
  /** The most records that one event read, and the most characters that one event wrote of those that events read. */
  mostRead: number;
  mostWritten: number;
}

export function noStatistics(): StoreStatistics {
  return { events: 0, duplicates: 0, mostRead: 0, mostWritten: 0 };
}

/** Counts an event. @param read how many records it read. */
export function count(statistics: StoreStatistics, read: number, { outcome, writes }: Decision): void {
  statistics.events++;
  if (outcome === 'duplicate') statistics.duplicates++;
  statistics.mostRead = Math.max(statistics.mostRead, read);
  let written = 0;
  for (const [key, , text] of writes) {
    const kind = kindOf(key);
    // Entries are written with their plan.
    if (text !== null && kind?.isWrittenOnly !== true && kind !== RECORDS.entry) written += text.length;
  }
  statistics.mostWritten = Math.max(statistics.mostWritten, written);
}
