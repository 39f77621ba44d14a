// Whether two records of one file say the same, wherever it stands in the text: an edit within a body moves what is below it
// and changes nothing that is linked.
//
// SAME-RECORD-1. Of the text itself counts what is ever searched for words: declared functions and variables, and decorators
//                that are no plain names.

import type { AnnotationRecord, ClassRecord, DeclarationRecord, FileRecord } from './file-record.ts';
import { textAt, type Span } from './span.ts';

/** Where each place of the first record is in the second one; undefined if they say something else. */
export function movedPlaces(from: FileRecord, to: FileRecord): ReadonlyMap<Span, Span> | undefined {
  const places = new Map<Span, Span>();
  const { text: _from, path: _path, ...before } = from;
  const { text: _to, path: _same, ...after } = to;
  if (!isSame(before, after, places)) return undefined;
  const [old, now] = [searchedIn(from), searchedIn(to)];
  return old.length === now.length && old.every((text, at) => text === now[at]) ? places : undefined;
}

function isSame(from: unknown, to: unknown, places: Map<Span, Span>): boolean {
  if (from === to) return true;
  if (typeof from !== 'object' || typeof to !== 'object' || from === null || to === null) return false;
  const [old, now] = [Object.entries(from), Object.entries(to)];
  if (old.length !== now.length || Array.isArray(from) !== Array.isArray(to)) return false;
  return old.every(([key, value], at) => {
    const [otherKey, other] = now[at] ?? [];
    if (key !== otherKey) return false;
    if (key !== 'at' || typeof value !== 'number' || typeof other !== 'number') return isSame(value, other, places);
    places.set(value, other);
    return true;
  });
}

function searchedIn({ text, declarations, classes }: FileRecord): string[] {
  return [...declarations.flatMap(spansIn), ...classes.flatMap(annotationSpans)].map((at) => textAt(text, at));
}

function spansIn({ at, body }: DeclarationRecord): Span[] {
  return [
    ...(at === undefined ? [] : [at]),
    ...(body?.declarations.flatMap(spansIn) ?? []),
    ...(body?.classes.flatMap(annotationSpans) ?? []),
  ];
}

function annotationSpans({ annotations, members }: ClassRecord): Span[] {
  const all: readonly AnnotationRecord[] = [
    ...annotations,
    ...members.flatMap((member) => [
      ...member.annotations,
      ...member.parameters.flatMap((parameter) => parameter.annotations),
    ]),
  ];
  return all.flatMap(({ path, at }) => (path.length === 0 ? [at] : []));
}
