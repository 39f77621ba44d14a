// Whether instances of a class have `#private` fields, which only its constructor can make.
//
// PRIVATE-FIELDS-1. Only the text of a class shows them. A name in it may be part of a string, a comment or an inner class,
//     so the JavaScript parser decides: a class that uses a private name without declaring it does not compile.
// PRIVATE-FIELDS-2. A build that compiles them to a `WeakMap` leaves no trace of them.

import { Script } from 'node:vm';
import type { KeptClass } from './classes.ts';

const NAME = /#[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/gu;

/** A private name such as `#sum` of the class or of one that it extends; undefined if there is none. */
export function privateFieldOf({ prototype }: KeptClass): string | undefined {
  for (let at: object | null = prototype; at !== null; at = Reflect.getPrototypeOf(at)) {
    const maker: unknown = Object.hasOwn(at, 'constructor') ? Reflect.get(at, 'constructor') : undefined;
    const found = typeof maker === 'function' ? declaredIn(Function.prototype.toString.call(maker)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function declaredIn(text: string): string | undefined {
  if (!text.startsWith('class') || !compiles(text, '')) return undefined;
  const names = new Set(text.match(NAME));
  return [...names].find((name) => compiles(text, `static { ${name} in this; }`) && !isStatic(text, name));
}

/** @param more a member that is added at its end. */
function compiles(text: string, more: string): boolean {
  try {
    void new Script(`(${text.slice(0, -1)}\n;${more}})`);
    return true;
  } catch {
    return false;
  }
}

/** The class itself has those. */
function isStatic(text: string, name: string): boolean {
  const declared = new RegExp(
    `\\bstatic\\s+(?:(?:async|get|set|accessor)\\s+)?\\*?\\s*${name.replaceAll('$', '\\$')}(?![\\p{ID_Continue}$])`,
    'u',
  );
  return declared.test(text);
}
