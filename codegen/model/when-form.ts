// Which form a `when` has, told from the way it is written.

import { fold, type Folded } from './fold.ts';
import type { EdgeModel } from './model.ts';
import type { Scope } from './scope.ts';

type Form = NonNullable<EdgeModel['when']>;

export function formOfWhen(scope: Scope, when: Folded, on: EdgeModel['on']): Form {
  const { file, value } = fold(scope, when);
  switch (value.kind) {
    case 'literal':
      return 'value';
    case 'object':
      return 'pattern';
    case 'function':
      return 'predicate';
    case 'class':
      return 'class';
    case 'array':
      return on === 'error' ? 'class' : 'value';
    case 'name':
      return formOfName(scope, { file, value }, value.path, on);
    case 'call':
    case 'other':
      // Most likely a call that makes a predicate.
      return 'predicate';
  }
}

function formOfName(scope: Scope, { file }: Folded, path: readonly string[], on: EdgeModel['on']): Form {
  const [first = ''] = path;
  if (path.length === 1 && (first === 'NaN' || first === 'Infinity')) return 'value';
  const found = scope.declared(file, path);
  if (found?.declaration.kind === 'class') return 'class';
  if (found?.declaration.kind === 'function') return 'predicate';
  if (scope.declared(file, path.slice(0, 1))?.declaration.kind === 'enum') return 'value';
  // Only the name is left to go by: classes are written with a capital letter.
  const last = path.at(-1) ?? '';
  return on === 'error' && /^\p{Lu}/u.test(last) && !/^\p{Lu}[\p{Lu}\d_]+$/u.test(last) ? 'class' : 'predicate';
}
