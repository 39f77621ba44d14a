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
  | {
      readonly kind: 'symbol';
      readonly symbol: ImportedSymbol;
      readonly isValue: boolean;
      /** Of the symbol: the same as a type and as a value. */
      readonly key: string;
      /** The name that it is expected to have. */
      readonly expected: string;
    }
  | { readonly kind: 'ours'; readonly name: string; readonly isValue: boolean }
  | { readonly kind: 'global'; readonly name: string };

export class Names {
  readonly #referents: Referent[] = [];
  /** References by the symbol they stand for. */
  readonly #words = new Map<string, string>();
  readonly #symbols = { type: new Map<string, string>(), value: new Map<string, string>() };
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
    return this.#refer(this.#words, `ours ${name}`, { kind: 'ours', name, isValue });
  }

  global(name: string): string {
    return this.#refer(this.#words, `global ${name}`, { kind: 'global', name });
  }

  /** Notes every reference in a text that is printed. */
  note(text: string, used: Set<Referent>): void {
    for (let at = text.indexOf(BEGIN); at >= 0; at = text.indexOf(BEGIN, at + 1)) {
      const referent = this.#referents[numberAt(text, at + 1)];
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
      const { key, expected } = referent;
      return (before.get(key) ?? expected) !== this.#settled.get(key);
    };
  }

  #settleAll(declared: readonly string[]): void {
    const fixed = [...this.#used].flatMap((referent) => (referent.kind === 'symbol' ? [] : [referent.name]));
    const taken = new Set([...declared, ...fixed]);
    const symbols = [...this.#symbolsInUse()].map(([key, { symbol }]) => ({ key, symbol }));
    const unsettled = (): Keyed[] => symbols.filter(({ key }) => !this.#settled.has(key));
    for (let depth = 0; depth <= MAX_DEPTH && this.#settled.size < symbols.length; depth++) {
      for (const [name, item] of namesAt(unsettled(), depth)) {
        if (item === undefined || taken.has(name)) continue;
        this.#settled.set(item.key, name);
        taken.add(name);
      }
    }
    for (const { key, symbol } of unsettled().toSorted((a, b) => byCodeUnit(a.key, b.key))) {
      let name = nameAt(symbol, 1);
      while (taken.has(name)) name += '_';
      this.#settled.set(key, name);
      taken.add(name);
    }
  }

  /** The text with a name in place of each reference: the settled one, or the one that is expected. */
  resolve(text: string): string {
    let from = 0;
    let written = '';
    for (let at = text.indexOf(BEGIN); at >= 0; at = text.indexOf(BEGIN, from)) {
      const end = text.indexOf(END, at);
      if (end < 0) break;
      written += text.slice(from, at) + this.#nameOfReference(numberAt(text, at + 1));
      from = end + 1;
    }
    return from === 0 ? text : written + text.slice(from);
  }

  #nameOfReference(number: number): string {
    return (this.#written[number] ??= this.#write(this.#referents[number]));
  }

  /** Names of `onward/wiring/v1`, with whether they are values. */
  oursInUse(): [name: string, isValue: boolean][] {
    const found = [...this.#used].flatMap((referent): [string, boolean][] =>
      referent.kind === 'ours' ? [[referent.name, referent.isValue]] : [],
    );
    return found.toSorted(([a], [b]) => byCodeUnit(a, b));
  }

  inUse(): Use[] {
    return [...this.#symbolsInUse()].map(([key, use]) => ({
      ...use,
      name: this.#settled.get(key) ?? nameAt(use.symbol, 0),
    }));
  }

  #referTo(symbol: ImportedSymbol, as: 'type' | 'value'): string {
    const known = this.#known[as].get(symbol);
    if (known !== undefined) return known;
    const key = keyOf(symbol);
    const referent = { kind: 'symbol', symbol, isValue: as === 'value', key, expected: nameAt(symbol, 0) } as const;
    const isOwnName = symbol.name === symbol.exported;
    const text =
      this.#refer(this.#symbols[as], isOwnName ? key : `${key} ${symbol.name}`, referent) + membersOf(symbol);
    this.#known[as].set(symbol, text);
    return text;
  }

  #refer(references: Map<string, string>, key: string, referent: Referent): string {
    const known = references.get(key);
    if (known !== undefined) return known;
    const reference = `${BEGIN}${this.#referents.push(referent) - 1}${END}`;
    references.set(key, reference);
    return reference;
  }

  /** A symbol that is used as a type and as a value is one import. */
  #symbolsInUse(): Map<string, { readonly symbol: ImportedSymbol; readonly isValue: boolean }> {
    const found = new Map<string, { readonly symbol: ImportedSymbol; readonly isValue: boolean }>();
    for (const referent of this.#used) {
      if (referent.kind !== 'symbol') continue;
      const { symbol, isValue, key } = referent;
      found.set(key, { symbol, isValue: isValue || found.get(key)?.isValue === true });
    }
    return found;
  }

  #write(referent: Referent | undefined): string {
    if (referent === undefined) return '';
    return referent.kind === 'symbol' ? (this.#settled.get(referent.key) ?? referent.expected) : referent.name;
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

// `quote` escapes these characters, so no string of the user can be taken for a reference. They fit into a byte: with one
// that does not, V8 would take twice the memory for a text, and for what is made of it.
const BEGIN = '\u0001';
const END = '\u0002';

/** The digits that stand there. */
function numberAt(text: string, start: number): number {
  let number = 0;
  for (let at = start; ; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return number;
    number = number * 10 + digit;
  }
}

const ZERO = 48;

// Paths that differ only further up, or only in what a name cannot show (`a-b.ts` and `aB.ts`), get underscores.
const MAX_DEPTH = 32;

function membersOf({ members = [] }: ImportedSymbol): string {
  return members.map((name) => `.${name}`).join('');
}

function keyOf(symbol: ImportedSymbol): string {
  return `${symbol.module}\0${symbol.exported}`;
}

interface Keyed {
  readonly key: string;
  readonly symbol: ImportedSymbol;
}

/** Every symbol by its name; undefined for a name that several share: it goes to none of them. */
function namesAt(symbols: readonly Keyed[], depth: number): Map<string, Keyed | undefined> {
  const found = new Map<string, Keyed | undefined>();
  for (const item of symbols) {
    const name = nameAt(item.symbol, depth);
    found.set(name, found.has(name) ? undefined : item);
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
