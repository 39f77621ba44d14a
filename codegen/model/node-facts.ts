// The options of a node that the graph is checked by, as far as they can be read.

import { classUses } from './class-use.ts';
import { entryOf, fold, isUndefined, type Folded } from './fold.ts';
import type { NodeFacts } from './model.ts';
import type { Scope } from './scope.ts';

export function readFacts(scope: Scope, options: Folded | undefined): NodeFacts {
  if (options === undefined) return { exhaustive: false, waits: false };
  const read = (key: string): Folded | 'hidden' | undefined => {
    const found = entryOf(scope, options, key);
    return found === undefined || found === 'hidden' || !isUndefined(found.value) ? found : undefined;
  };
  const maxRounds = numberOf(scope, read('maxRounds'));
  const maxPerRun = numberOf(scope, read('maxPerRun'));
  const throws = read('throws');
  return {
    exhaustive: isTrue(scope, read('exhaustive')),
    waits: isSet(scope, read('waits')),
    ...(maxRounds !== undefined && { maxRounds }),
    ...(maxPerRun !== undefined && { maxPerRun }),
    ...(throws !== undefined && { throws: throws === 'hidden' ? throws : (classUses(scope, throws) ?? 'hidden') }),
  };
}

function numberOf(scope: Scope, option: Folded | 'hidden' | undefined): number | 'hidden' | undefined {
  if (option === undefined || option === 'hidden') return option;
  const { value } = fold(scope, option);
  return value.kind === 'literal' && typeof value.value === 'number' ? value.value : 'hidden';
}

function isTrue(scope: Scope, option: Folded | 'hidden' | undefined): boolean {
  return isSet(scope, option) === true;
}

function isSet(scope: Scope, option: Folded | 'hidden' | undefined): boolean | 'hidden' {
  if (option === undefined || option === 'hidden') return option ?? false;
  const { value } = fold(scope, option);
  return value.kind === 'literal' ? value.value === true : 'hidden';
}
