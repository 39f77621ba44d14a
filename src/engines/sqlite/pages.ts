// Pages of what is in two places: in the table of records, and ahead of it in the row of a run or in its last changes.
//
// PAGES-1. Both are read as one list by key: where a page begins is a key, and holds whatever is moved from one place to the
//     other between two pages.
// PAGES-2. What is ahead of the table counts, whatever the table has; null: it was removed.

/** A record, or a payload, by its key as SQL has it. */
export type Entry = readonly [key: string, text: string];

export interface PagePlace {
  /** Begins the keys that are looked for. */
  readonly start: string;
  /** The last key of the page before; empty ahead of the first one. */
  readonly after: string;
  readonly limit: number;
}

/** @param found what the table has behind `after`, by key; one more than the limit if there are more. */
export function pageOf(
  found: readonly Entry[],
  ahead: ReadonlyMap<string, string | null>,
  { start, after, limit }: PagePlace,
): { readonly entries: readonly Entry[]; readonly next?: string } {
  const hasMore = found.length > limit;
  const [end = ''] = found.at(-1) ?? [];
  const isHere = (key: string): boolean =>
    key.startsWith(start) && isBehind(key, after) && !(hasMore && isBehind(key, end));
  const all = found.filter(([key]) => !ahead.has(key));
  for (const [key, text] of ahead) if (text !== null && isHere(key)) all.push([key, text]);
  if (ahead.size > 0) all.sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  const entries = all.slice(0, limit);
  if (all.length > limit) return { entries, next: entries.at(-1)?.[0] ?? '' };
  return hasMore ? { entries, next: end } : { entries };
}

/** In the order of the table, which is that of bytes. */
function isBehind(key: string, other: string): boolean {
  return Buffer.compare(Buffer.from(key), Buffer.from(other)) > 0;
}
