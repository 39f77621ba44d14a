// The names that the wiring imports, collected from what is printed: none is missing, none is unused.
//
// A name depends on all the others, so a text holds references until `resolve` replaces them; until all are settled, by the
// names that symbols have where they are declared.
//
// NAMES-1. A name depends on the set of symbols alone, never on the order they are met in.
// NAMES-2. Names that collide get their folder as a prefix, `MailReceipt`, as far up as it takes. There are no counters.
// NAMES-3. Every symbol gets a name, however its class and its files are called.
// NAMES-4. What is declared in namespaces is named below the outermost one, `Letters.Draft`, which is what is imported.
// NAMES-5. Two texts are equal exactly if their references mean the same symbols.

import { byCodeUnit } from '../project.ts';
import type { ImportedSymbol } from '../model/scope.ts';
import { isTypeName, wordsOf } from '../quote.ts';

/** One symbol in use. */
export interface Use {
  readonly symbol: ImportedSymbol;
  readonly name: string;
  readonly isValue: boolean;
}

/** What a reference in a text stands for. */
export type Referent =
  | { readonly kind: 'symbol'; readonly symbol: ImportedSymbol; readonly isValue: boolean }
  | { readonly kind: 'ours'; readonly name: string; readonly isValue: boolean }
  | { readonly kind: 'global'; readonly name: string };

export class Names {
  readonly #referents: Referent[] = [];
  readonly #references = new Map<string, string>();
  /** Of symbols that were met before, as types and as values. */
  readonly #known = { type: new WeakMap<ImportedSymbol, string>(), value: new WeakMap<ImportedSymbol, string>() };
  /** What stands in the place of each reference, by its number. */
  #written: (string | undefined)[] = [];
  #used: readonly Referent[] = [];
  #settled = new Map<string, string>();

  /** A class that exists at run time. */
  value(symbol: ImportedSymbol): string {
    return this.#referTo(symbol, 'value');
  }

  type(symbol: ImportedSymbol): string {
    return this.#referTo(symbol, 'type');
  }

  /** A type, or a value, of `onward/wiring/v1`. */
  ours(name: string, isValue = false): string {
    return this.#refer(`ours ${name}`, { kind: 'ours', name, isValue });
  }

  global(name: string): string {
    return this.#refer(`global ${name}`, { kind: 'global', name });
  }

  /** Notes every reference in a text that is printed. */
  note(text: string, used: Set<Referent>): void {
    for (let at = text.indexOf(BEGIN); at >= 0; at = text.indexOf(BEGIN, at + 1)) {
      const referent = this.#referents[Number.parseInt(text.slice(at + 1, at + 1 + MAX_DIGITS), 10)];
      if (referent !== undefined) used.add(referent);
    }
  }

  /** Fixes the names of everything in use; returns whether a name is another than it was, or was expected to be. */
  settle(declared: readonly string[], used: Iterable<Referent>): (referent: Referent) => boolean {
    const before = this.#settled;
    this.#used = [...used];
    this.#settled = new Map();
    this.#written = [];
    this.#settleAll(declared);
    return (referent) => {
      if (referent.kind !== 'symbol') return false;
      const key = keyOf(referent.symbol);
      return (before.get(key) ?? nameAt(referent.symbol, 0)) !== this.#settled.get(key);
    };
  }

  #settleAll(declared: readonly string[]): void {
    const fixed = [...this.#used].flatMap((referent) => (referent.kind === 'symbol' ? [] : [referent.name]));
    const taken = new Set([...declared, ...fixed]);
    const symbols = [...this.#symbolsInUse().values()].map((use) => use.symbol);
    const unsettled = (): ImportedSymbol[] => symbols.filter((symbol) => !this.#settled.has(keyOf(symbol)));
    for (let depth = 0; depth <= MAX_DEPTH && this.#settled.size < symbols.length; depth++) {
      for (const [name, symbol] of namesAt(unsettled(), depth)) {
        if (symbol === undefined || taken.has(name)) continue;
        this.#settled.set(keyOf(symbol), name);
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

  /** The text with a name in place of each reference: the settled one, or the one that is expected. */
  resolve(text: string): string {
    if (!text.includes(BEGIN)) return text;
    return text.replace(REFERENCE, (_, at) => (this.#written[Number(at)] ??= this.#write(this.#referents[Number(at)])));
  }

  /** Names of `onward/wiring/v1`, with whether they are values. */
  oursInUse(): [name: string, isValue: boolean][] {
    const found = [...this.#used].flatMap((referent): [string, boolean][] =>
      referent.kind === 'ours' ? [[referent.name, referent.isValue]] : [],
    );
    return found.toSorted(([a], [b]) => byCodeUnit(a, b));
  }

  inUse(): Use[] {
    return [...this.#symbolsInUse().values()].map((use) => ({ ...use, name: this.#nameOf(use.symbol) }));
  }

  #referTo(symbol: ImportedSymbol, as: 'type' | 'value'): string {
    const known = this.#known[as].get(symbol);
    if (known !== undefined) return known;
    const key = `${as} ${keyOf(symbol)} ${symbol.name}`;
    const text = this.#refer(key, { kind: 'symbol', symbol, isValue: as === 'value' }) + membersOf(symbol);
    this.#known[as].set(symbol, text);
    return text;
  }

  #refer(key: string, referent: Referent): string {
    const known = this.#references.get(key);
    if (known !== undefined) return known;
    const reference = `${BEGIN}${this.#referents.push(referent) - 1}${END}`;
    this.#references.set(key, reference);
    return reference;
  }

  /** A symbol that is used as a type and as a value is one import. */
  #symbolsInUse(): Map<string, { readonly symbol: ImportedSymbol; readonly isValue: boolean }> {
    const found = new Map<string, { readonly symbol: ImportedSymbol; readonly isValue: boolean }>();
    for (const referent of this.#used) {
      if (referent.kind !== 'symbol') continue;
      const { symbol, isValue } = referent;
      const key = keyOf(symbol);
      found.set(key, { symbol, isValue: isValue || found.get(key)?.isValue === true });
    }
    return found;
  }

  #write(referent: Referent | undefined): string {
    if (referent === undefined) return '';
    return referent.kind === 'symbol' ? this.#nameOf(referent.symbol) : referent.name;
  }

  #nameOf(symbol: ImportedSymbol): string {
    return this.#settled.get(keyOf(symbol)) ?? nameAt(symbol, 0);
  }
}

/** What is in use, by how many sections of the wiring. */
export class Uses {
  readonly #counts = new Map<Referent, number>();
  /** Whether what was counted was in use before. */
  readonly #before = new Map<Referent, boolean>();

  add(used: Iterable<Referent>): void {
    for (const referent of used) this.#count(referent, 1);
  }

  remove(used: Iterable<Referent>): void {
    for (const referent of used) this.#count(referent, -1);
  }

  /** Whether something else is in use than when this was asked last. */
  takeChange(): boolean {
    const isChanged = [...this.#before].some(([referent, isUsed]) => isUsed !== this.#counts.has(referent));
    this.#before.clear();
    return isChanged;
  }

  all(): Iterable<Referent> {
    return this.#counts.keys();
  }

  #count(referent: Referent, by: number): void {
    const before = this.#counts.get(referent) ?? 0;
    if (!this.#before.has(referent)) this.#before.set(referent, before > 0);
    if (before + by > 0) this.#counts.set(referent, before + by);
    else this.#counts.delete(referent);
  }
}

// Private use: `quote` escapes these characters, so no string of the user can be taken for a reference.
const BEGIN = '\uE000';
const END = '\uE001';
const MAX_DIGITS = 9;
const REFERENCE = /\uE000(\d+)\uE001/g;

// Paths that differ only further up, or only in what a name cannot show (`a-b.ts` and `aB.ts`), get underscores.
const MAX_DEPTH = 32;

function membersOf({ members = [] }: ImportedSymbol): string {
  return members.map((name) => `.${name}`).join('');
}

function keyOf(symbol: ImportedSymbol): string {
  return `${symbol.module}\0${symbol.exported}`;
}

/** Every symbol by its name; undefined for a name that several share: it goes to none of them. */
function namesAt(symbols: readonly ImportedSymbol[], depth: number): Map<string, ImportedSymbol | undefined> {
  const found = new Map<string, ImportedSymbol | undefined>();
  for (const symbol of symbols) {
    const name = nameAt(symbol, depth);
    found.set(name, found.has(name) ? undefined : symbol);
  }
  return found;
}

/** The name with `depth` segments of its path before it. */
function nameAt(symbol: ImportedSymbol, depth: number): string {
  const own = isTypeName(symbol.name) ? symbol.name : 'Class';
  if (depth === 0) return own;
  const path = symbol.module
    .replace(/(?:\.d)?\.[cm]?tsx?$/, '')
    .split('/')
    .filter((part) => part !== '');
  const file = path.at(-1) ?? '';
  const folders = symbol.isExternal ? path : path.slice(0, -1);
  // The name of the file too, if the folder is not enough.
  const segments = depth === 1 ? folders.slice(-1) : [...folders.slice(-(depth - 1)), file];
  return segments.map(pascalCase).join('') + own;
}

function pascalCase(segment: string): string {
  const words = wordsOf(segment);
  const text = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return /^\p{ID_Start}/u.test(text) || text === '' ? text : `_${text}`;
}
