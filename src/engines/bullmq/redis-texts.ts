// What a Redis store sends to its scripts, and what they answer, as texts.

import { areaOf, AREAS } from '../../records/keys.ts';
import type { RunChange, StoredRun, StoredSummary } from '../store/store.ts';

type Texts = RunChange['writes'];

/** So many changes are written by one script, and about so many characters: other clients of the server wait meanwhile. */
const MOST_CHANGES = 32;
const MOST_CHARACTERS = 256 * 1_024;

/** Changes as the script takes them: those of one script at a time. */
export function changeScripts(changes: readonly RunChange[]): (readonly (string | number)[])[] {
  const scripts: (string | number)[][] = [];
  let script: (string | number)[] = [];
  let [count, characters] = [0, 0];
  for (const change of changes) {
    if (count === 0 || count === MOST_CHANGES || characters > MOST_CHARACTERS) {
      scripts.push((script = []));
      [count, characters] = [0, 0];
    }
    count++;
    characters += addChange(script, change);
  }
  return scripts;
}

/** Puts a change behind others. @returns how many characters its texts have. */
function addChange(script: (string | number)[], change: RunChange): number {
  const { runId, expected, summary, writes, payloads, timers, isSummaryKnown = false } = change;
  const start = script.push(0);
  const standing = !summary.isOpen ? 'over' : summary.waitsIn !== undefined ? 'waiting' : 'pending';
  script.push(expected, runId, standing, summary.endedAt);
  const ofHead: (readonly [string, string])[] = [['#v', String(expected + 1)]];
  if (!isSummaryKnown) ofHead.push(['#s', JSON.stringify(textOf(summary))]);
  let characters = 0;
  for (const area of AREAS) {
    const texts = writes.filter(([key]) => areaOf(key) === area);
    characters += addTexts(script, area === 'live' ? [...ofHead, ...texts] : texts);
  }
  characters += addTexts(script, payloads);
  for (const { key, at, event } of timers) script.push(key, at ?? '', event);
  script[start - 1] = script.length - start;
  return characters;
}

/** What is set and what is removed, each behind its length. */
function addTexts(script: (string | number)[], texts: Texts): number {
  const removed: string[] = [];
  const start = script.push(0);
  let characters = 0;
  // The last one of a name counts.
  for (const [name, text] of new Map(texts)) {
    if (text === null) removed.push(name);
    else {
      script.push(name, text);
      characters += text.length;
    }
  }
  script[start - 1] = script.length - start;
  script.push(removed.length, ...removed);
  return characters;
}

/** Only the summary's own fields are stored. */
function textOf({ job, fingerprint, tags, status, isOpen, waitsIn, createdAt, endedAt }: StoredSummary): StoredSummary {
  return { job, fingerprint, tags, status, isOpen, waitsIn, createdAt, endedAt };
}

/** A pattern of Redis for all names that begin so; empty for all there are. */
export function patternOf(prefix: string): string {
  return prefix === '' ? '' : `${prefix.replaceAll(/[\\*?[\]]/g, String.raw`\$&`)}*`;
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
