// What fills in the formulas of definitions: loaded with the first of them, and never without one.

import type { isMet } from '../definition/evaluate.ts';
import type { resolve } from '../definition/resolve.ts';

export interface Formulas {
  readonly isMet: typeof isMet;
  readonly resolve: typeof resolve;
}

let loaded: Formulas | undefined;

/** A promise only the first time: later entries begin in the turn in which they are asked. */
export function formulas(): Formulas | Promise<Formulas> {
  return loaded ?? load();
}

async function load(): Promise<Formulas> {
  const [evaluating, resolving] = await Promise.all([
    import('../definition/evaluate.ts'),
    import('../definition/resolve.ts'),
  ]);
  loaded = { isMet: evaluating.isMet, resolve: resolving.resolve };
  return loaded;
}
