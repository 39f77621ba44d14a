// Whether a written type may be a promise, whose value the wiring cannot write: `Loaded<string>`, `string | Promise<string>`.
//
// PROMISE-TYPE-1. In doubt it may be one: the wiring then asks the compiler, `Returned<Billing['charge']>`.

import type { TypeRecord } from '../read/file-record.ts';
import { chainOf } from './class-chain.ts';
import type { Declared, Scope } from './scope.ts';
import { awaitedRecord, type TypePlace } from './type-name.ts';

// No real chain of names is longer.
const MAX_DEPTH = 16;

/** Of what is left when the promises around it are taken away. */
export function mayBePromise(scope: Scope, place: TypePlace, type: TypeRecord | undefined): boolean {
  return isOpen(scope, place, awaitedRecord(type), 0);
}

function isOpen(scope: Scope, place: TypePlace, type: TypeRecord | undefined, depth: number): boolean {
  if (type === undefined || depth === MAX_DEPTH) return true;
  switch (type.kind) {
    case 'keyword':
    case 'literal':
    case 'array':
      return false;
    case 'union':
    case 'intersection':
      return type.items.some((item) => isOpen(scope, place, item, depth + 1));
    case 'other':
      return type.fields === undefined || type.fields.includes('then');
    case 'name': {
      // What a type parameter stands for is written without the names that it goes by.
      if (place.given?.has(type.path[0] ?? '') === true) return false;
      const found = scope.declared(place.file, type.path);
      if (found === undefined) return /^Promise(Like)?$/.test(type.path.join('.'));
      return isDeclaredOpen(scope, found, depth);
    }
  }
}

function isDeclaredOpen(scope: Scope, found: Declared, depth: number): boolean {
  const { file, declaration, class: item } = found;
  const { kind, type } = declaration;
  if (kind === 'alias' || kind === 'interface') {
    // No field is known of an interface that extends another.
    const isExtending = kind === 'interface' && type?.kind === 'other' && type.fields?.length === 0;
    return isExtending || isOpen(scope, { file, parameters: [] }, type, depth + 1);
  }
  if (item === undefined) return false;
  const { classes, isComplete } = chainOf(scope, { file, class: item });
  if (classes.some((owner) => owner.class.members.some((member) => member.name === 'then'))) return true;
  const last = classes.at(-1);
  return !isComplete && isOpen(scope, { file: last?.file ?? file, parameters: [] }, last?.class.base, depth + 1);
}
