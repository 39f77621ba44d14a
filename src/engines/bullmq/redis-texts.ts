// What a Redis store sends to its scripts, and what they answer, as texts.

import type { RunChange, StoredRun, StoredSummary } from '../store/store.ts';

/** Only the summary's own fields are stored. */
export function textOf({
  job,
  fingerprint,
  tags,
  status,
  isOpen,
  waitsIn,
  createdAt,
  endedAt,
}: StoredSummary): StoredSummary {
  return { job, fingerprint, tags, status, isOpen, waitsIn, createdAt, endedAt };
}

/** What is set and what is removed, as the script takes it. The last one of a name counts. */
export function listed(texts: RunChange['writes']): (string | number)[] {
  const last = [...new Map(texts)];
  const set = last.flatMap(([name, text]) => (text === null ? [] : [name, text]));
  const removed = last.flatMap(([name, text]) => (text === null ? [name] : []));
  return [set.length, ...set, removed.length, ...removed];
}

export function storedOf(runId: string, version: unknown, summary: unknown, cursor: unknown): StoredRun | undefined {
  if (typeof summary !== 'string') return undefined;
  const known: Omit<StoredSummary, 'fingerprint' | 'waitsIn'> & Partial<StoredSummary> = JSON.parse(summary);
  const { fingerprint, waitsIn } = known;
  return { ...known, fingerprint, waitsIn, runId, version: Number(version), cursor: String(cursor) };
}

/** What the script has put together: the bytes of the id, the id, the name of the timer. */
export function timerIn(member: string): { readonly runId: string; readonly key: string } {
  const end = member.indexOf(':');
  const bytes = Buffer.from(member.slice(end + 1));
  const length = Number(member.slice(0, end));
  return { runId: bytes.subarray(0, length).toString(), key: bytes.subarray(length).toString() };
}

export function listIn(answer: unknown): readonly unknown[] {
  return Array.isArray(answer) ? answer : [];
}

export function textsIn(answer: unknown): (string | undefined)[] {
  return listIn(answer).map((text) => (typeof text === 'string' ? text : undefined));
}

export function pairsIn(answer: unknown): [string, string][] {
  const texts = textsIn(answer);
  const pairs: [string, string][] = [];
  for (let at = 0; at < texts.length; at += 2) pairs.push([texts[at] ?? '', texts[at + 1] ?? '']);
  return pairs;
}
