// The records of files, kept as text for the next process, which does not parse a file with the same bytes again.
//
// KEPT-RECORDS-1. A record is valid for the bytes that it was read from, by their digest, and for no others.
// KEPT-RECORDS-2. A record that JSON would change is not kept: its file is read again.

import type { FileRecord } from './file-record.ts';

/** Without its text, which the caller has already read. */
export type Said = Omit<FileRecord, 'text'>;

/** By path. */
export type KeptRecords = ReadonlyMap<string, { readonly digest: string; readonly said: Said }>;

/** Numbers so large that they may be infinite, which is null in JSON. */
const INFINITE = /[\da-f_]{256}|[\d.]e\+?[\d_]{3}/i;

/** @param digestOf gives the digest of the bytes of a file. */
export function packRecords(records: Iterable<FileRecord>, digestOf: (path: string) => string | undefined): string {
  const kept: [digest: string, said: Said][] = [];
  for (const { text, ...said } of records) {
    const digest = digestOf(said.path);
    if (digest !== undefined && !INFINITE.test(text)) kept.push([digest, said]);
  }
  return JSON.stringify(kept);
}

/** @param text exactly what `packRecords` returned. */
export function unpackRecords(text: string): KeptRecords {
  return new Map(packed(text).map(([digest, said]) => [said.path, { digest, said }]));
}

/** The text is our own, so its shape is not checked. */
function packed(text: string): readonly (readonly [digest: string, said: Said])[] {
  return JSON.parse(text) as [string, Said][];
}
