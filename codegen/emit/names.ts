// The names that the wiring imports, collected from what is printed: none is missing, none is unused.
//
// I1. A name depends on the set of symbols alone, never on the order they are met in.
// I2. Names that collide are prefixed with their folder, `MailReceipt`, as far up as it takes. There are no counters.
// I3. Every symbol gets a name, whatever its class and its files are called.

import { byCodeUnit } from '../project.ts';
import type { ImportedSymbol } from '../model/scope.ts';
import { isTypeName, wordsOf } from '../quote.ts';

/** One symbol in use. */
export interface Use {
  readonly symbol: ImportedSymbol;
  readonly name: string;
  readonly isValue: boolean;
}

export class Names {
  readonly #symbols = new Map<string, { readonly symbol: ImportedSymbol; isValue: boolean }>();
  readonly #ours = new Map<string, boolean>();
  readonly #globals = new Set<string>();
  readonly #settled: Map<string, string>;

  constructor(settled = new Map<string, string>()) {
    this.#settled = settled;
  }

  /** The same names for what may not be printed: nothing is imported for that. */
  trial(): Names {
    return new Names(this.#settled);
  }

  /** A class that exists at run time. */
  value(symbol: ImportedSymbol): string {
    return this.#use(symbol, true);
  }

  type(symbol: ImportedSymbol): string {
    return this.#use(symbol, false);
  }

  /** A type of `onward/wiring/v1`. */
  ours(name: string, isValue = false): string {
    this.#ours.set(name, isValue);
    return name;
  }

  global(name: string): string {
    this.#globals.add(name);
    return name;
  }

  /** Fixes the names of everything used so far. */
  settle(declared: readonly string[]): void {
    const taken = new Set([...declared, ...this.#ours.keys(), ...this.#globals]);
    const symbols = [...this.#symbols.values()].map((use) => use.symbol);
    const unsettled = (): ImportedSymbol[] => symbols.filter((symbol) => !this.#settled.has(keyOf(symbol)));
    for (let depth = 0; depth <= MAX_DEPTH && this.#settled.size < symbols.length; depth++) {
      const rest = unsettled();
      for (const [name, group] of groupBy(rest, (symbol) => nameAt(symbol, depth))) {
        const [only, ...others] = group;
        if (only === undefined || others.length > 0 || taken.has(name)) continue;
        // A name that two share at this depth stays free for neither.
        this.#settled.set(keyOf(only), name);
        taken.add(name);
      }
    }
    for (const symbol of unsettled().toSorted((a, b) => byCodeUnit(keyOf(a), keyOf(b)))) {
      let name = nameAt(symbol, 1);
      while (taken.has(name)) name += '_';
      this.#settled.set(keyOf(symbol), name);
      taken.add(name);
    }
  }

  /** Names of `onward/wiring/v1`, with whether they are values. */
  oursInUse(): [name: string, isValue: boolean][] {
    return [...this.#ours].toSorted(([a], [b]) => byCodeUnit(a, b));
  }

  inUse(): Use[] {
    return [...this.#symbols].map(([key, { symbol, isValue }]) => ({
      symbol,
      isValue,
      name: this.#settled.get(key) ?? symbol.name,
    }));
  }

  #use(symbol: ImportedSymbol, isValue: boolean): string {
    const key = keyOf(symbol);
    const known = this.#symbols.get(key);
    if (known === undefined) this.#symbols.set(key, { symbol, isValue });
    else known.isValue ||= isValue;
    return this.#settled.get(key) ?? symbol.name;
  }
}

// Paths that differ further up only, or in nothing that a name can show (`a-b.ts` and `aB.ts`), get underscores.
const MAX_DEPTH = 32;

function keyOf(symbol: ImportedSymbol): string {
  return `${symbol.module}\0${symbol.exported}`;
}

/** The name with `depth` segments of its path before it. */
function nameAt(symbol: ImportedSymbol, depth: number): string {
  const own = isTypeName(symbol.name) ? symbol.name : 'Class';
  if (depth === 0) return own;
  const path = symbol.module
    .replace(/\.[cm]?tsx?$/, '')
    .split('/')
    .filter((part) => part !== '');
  const file = path.at(-1) ?? '';
  const folders = symbol.isExternal ? path : path.slice(0, -1);
  // The file's own name tells more apart once the folder has not.
  const segments = depth === 1 ? folders.slice(-1) : [...folders.slice(-(depth - 1)), file];
  return segments.map(pascalCase).join('') + own;
}

function pascalCase(segment: string): string {
  const words = wordsOf(segment);
  const text = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return /^\p{ID_Start}/u.test(text) || text === '' ? text : `_${text}`;
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
