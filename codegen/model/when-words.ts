// What a `when` asks for, in the words of its source: for lists and pictures.
//
// W1. What cannot be read is a name or three dots; nothing is longer than a line.

import { fold, type Folded } from './fold.ts';
import type { EdgeModel } from './model.ts';
import type { Scope } from './scope.ts';

const MAX_LENGTH = 80;
const MAX_DEPTH = 4;
const UNREAD = '…';

/** `"paid"`, `1 or 2`, `{ state: "paid" }`, `CardDeclined`, `isLarge`; undefined where there is nothing to read. */
export function whenWords(scope: Scope, when: Folded, form: EdgeModel['when']): string | undefined {
  const words = form === 'class' || form === 'predicate' ? namesOf(scope, when) : valueWords(scope, when, 0);
  if (words === undefined || words === UNREAD) return undefined;
  return words.length > MAX_LENGTH ? `${words.slice(0, MAX_LENGTH)}${UNREAD}` : words;
}

/** Classes and predicates go by the names they are written with. */
function namesOf(scope: Scope, when: Folded): string | undefined {
  if (when.value.kind === 'name') {
    const { value } = fold(scope, when);
    if (value.kind !== 'array') return when.value.path.join('.');
  }
  const { value } = fold(scope, when);
  if (value.kind !== 'array') return undefined;
  return value.items.map((item) => (item.kind === 'name' ? item.path.join('.') : UNREAD)).join(' or ');
}

function valueWords(scope: Scope, written: Folded, depth: number): string {
  const { file, value } = fold(scope, written);
  if (value.kind === 'literal') return JSON.stringify(value.value);
  if (value.kind === 'name') return value.path.join('.');
  if (depth === MAX_DEPTH) return UNREAD;
  if (value.kind === 'array' && depth === 0)
    return value.items.map((item) => valueWords(scope, { file, value: item }, depth + 1)).join(' or ');
  if (value.kind !== 'object') return UNREAD;
  const entries = value.entries.map(
    (entry) => `${entry.key}: ${valueWords(scope, { file, value: entry.value }, depth + 1)}`,
  );
  if (value.isOpen || value.spreads.length > 0) entries.push(UNREAD);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}
