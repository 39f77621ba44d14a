// Whether instances of a class have `#private` fields, which only its constructor can make.
//
// PRIVATE-FIELDS-1. Nothing but the text of a class says so. A name that stands in it may be in a string, in a comment or in
//     a class within, so JavaScript is asked: a class in which a name is used that it does not declare does not compile.
// PRIVATE-FIELDS-2. A build that lowers them, to a `WeakMap`, leaves nothing to see.

import { Script } from 'node:vm';
import type { KeptClass } from './classes.ts';

const NAME = /#[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/gu;

/** One that the class or a class that it extends declares, as `#sum`; undefined if there is none. */
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
