// Classes that options name: the errors of `when` and of `throws`.

import { fold, type Folded } from './fold.ts';
import type { ClassUse } from './model.ts';
import type { Scope } from './scope.ts';

/** A class, or a list of classes; undefined if it is something else, or cannot be read. */
export function classUses(scope: Scope, written: Folded): ClassUse[] | undefined {
  return listed(scope, written, (item) => classUse(scope, item));
}

/** One thing, or a list of them: a list in a list is none, for it may hold itself. */
export function listed<T>(scope: Scope, written: Folded, read: (item: Folded) => T | undefined): T[] | undefined {
  const { file, value } = fold(scope, written);
  const items = value.kind === 'array' ? value.items.map((item) => ({ file, value: item })) : [written];
  const found = items.flatMap((item) => read(item) ?? []);
  return found.length === items.length ? found : undefined;
}

function classUse(scope: Scope, written: Folded): ClassUse | undefined {
  const { file, value } = fold(scope, written);
  if (value.kind !== 'name') return undefined;
  const declared = scope.declared(file, value.path);
  const place = { file: written.file, at: written.value.at };
  return { place, name: value.path.join('.'), ...(declared !== undefined && { declared }) };
}
