// Classes that options name: the errors of `when` and of `throws`.

import { fold, type Folded } from './fold.ts';
import type { ClassUse } from './model.ts';
import type { Scope } from './scope.ts';

/** A class, or a list of classes; undefined if it is something else, or cannot be read. */
export function classUses(scope: Scope, written: Folded): ClassUse[] | undefined {
  const { file, value } = fold(scope, written);
  if (value.kind === 'name') {
    const declared = scope.declared(file, value.path);
    const place = { file: written.file, at: written.value.at };
    return [{ place, name: value.path.join('.'), ...(declared !== undefined && { declared }) }];
  }
  if (value.kind !== 'array') return undefined;
  const items = value.items.map((item) => classUses(scope, { file, value: item }));
  return items.every((item) => item !== undefined) ? items.flat() : undefined;
}
