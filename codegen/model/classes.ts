// The classes that values of the graph may have: what records keep of an instance can be made one again. Found in the types
// of parameters, of return values and of the fields of the classes among them, and in what errors are declared and caught.
//
// CLASSES-1. Only what is written counts: a type that the compiler infers is not seen.
// CLASSES-2. A class with `#private` fields is left out: nothing outside of it can put them back.
// CLASSES-3. A class whose file leads to the wiring, or to a package, is imported only where a message needs it anyway.

import type { FileRecord, MemberRecord, TypeRecord, ValueRecord } from '../read/file-record.ts';
import { isDeclaration } from '../read/outputs.ts';
import { byCodeUnit } from '../project.ts';
import { chainOf } from './class-chain.ts';
import type { NodeModel } from './model.ts';
import type { Declared, ImportedSymbol, Scope } from './scope.ts';
import type { ServiceDraft } from './services.ts';

export function keptClasses(scope: Scope, drafts: readonly ServiceDraft[]): readonly ImportedSymbol[] {
  const found = new ClassSearch(scope);
  for (const { methods } of drafts) {
    for (const [node, { member, file }] of methods) {
      found.inType(file, member.type);
      for (const parameter of member.parameters) found.inType(file, parameter.type);
      found.open.push(...messageClasses(node), ...errorClasses(node));
    }
  }
  const needed = new Set(drafts.flatMap(({ methods }) => [...methods.keys()].flatMap(messageClasses)).map(keyOf));
  const cycles = new WaysBack(scope);
  const symbols = new Map<string, ImportedSymbol>();
  for (const item of found.all()) {
    const { symbol } = item;
    if (symbol === undefined || item.isTypeOnly === true || isClosed(scope, item)) continue;
    const isOwn = !symbol.isExternal && scope.sources.program.isOwn(item.file.path);
    if (!needed.has(keyOf(item)) && (!isOwn || cycles.leadsBack(item.file))) continue;
    symbols.set(symbolKey(symbol), symbol);
  }
  return [...symbols].toSorted(([a], [b]) => byCodeUnit(a, b)).map(([, symbol]) => symbol);
}

function messageClasses({ slots, message }: NodeModel): Declared[] {
  const fields = (message?.fields ?? []).flatMap((field) => (field.mark === undefined ? [] : (field.class ?? [])));
  return [...slots.flatMap((slot) => (slot.fills === 'error' ? [] : (slot.class ?? []))), ...fields];
}

function errorClasses({ facts, edges }: NodeModel): Declared[] {
  const thrown = facts.throws === 'hidden' ? [] : (facts.throws ?? []);
  return [...thrown, ...edges.flatMap(({ caught }) => caught ?? [])].flatMap(({ declared }) => declared ?? []);
}

function keyOf({ file, declaration }: Declared): string {
  return `${file.path}\0${declaration.name}`;
}

function symbolKey({ module, exported, members = [] }: ImportedSymbol): string {
  return [module, exported, ...members].join('\0');
}

/** Follows types from name to name. */
class ClassSearch {
  readonly open: Declared[] = [];
  readonly #scope: Scope;
  readonly #seenTypes = new Set<TypeRecord>();

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /** Every class that is found, with those that its fields hold. */
  all(): Declared[] {
    const seen = new Set<unknown>();
    const classes: Declared[] = [];
    for (let at = this.open.pop(); at !== undefined; at = this.open.pop()) {
      if (at.class === undefined || seen.has(at.class)) continue;
      seen.add(at.class);
      classes.push(at);
      // What a package has in its classes is its own affair, and may be without an end.
      if (!this.#isOwn(at.file)) continue;
      for (const { file, class: item } of chainOf(this.#scope, { file: at.file, class: at.class }).classes) {
        if (!this.#isOwn(file)) break;
        if (item.base?.kind === 'name') for (const given of item.base.arguments) this.inType(file, given);
        for (const member of item.members) {
          if (member.kind !== 'property' || member.isStatic) continue;
          this.inType(file, member.type);
          this.#inAnnotations(file, member);
        }
      }
    }
    return classes;
  }

  #isOwn({ path }: FileRecord): boolean {
    return !isDeclaration(path) && this.#scope.sources.program.isOwn(path);
  }

  inType(file: FileRecord, type: TypeRecord | undefined): void {
    const open = type === undefined ? [] : [{ file, type }];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (this.#seenTypes.has(at.type)) continue;
      this.#seenTypes.add(at.type);
      const within = at.file;
      open.push(...partsOf(at.type).map((part) => ({ file: within, type: part })));
      if (at.type.kind !== 'name' || this.#scope.isForeign(within, at.type.path)) continue;
      const named = this.#scope.declared(within, at.type.path);
      if (named?.class !== undefined) this.open.push(named);
      else if (named?.declaration.type !== undefined && this.#isOwn(named.file))
        open.push({ file: named.file, type: named.declaration.type });
    }
  }

  /** `@Type(() => Line)`, and what a discriminator chooses from. */
  #inAnnotations(file: FileRecord, { annotations }: MemberRecord): void {
    for (const { path, arguments: given } of annotations) {
      if (path.at(-1) !== 'Type') continue;
      const open: ValueRecord[] = [...given];
      for (let at = open.pop(); at !== undefined; at = open.pop()) {
        if (at.kind === 'function' && at.returns !== undefined) open.push(at.returns);
        if (at.kind === 'object') open.push(...at.entries.map(({ value }) => value));
        if (at.kind === 'array') open.push(...at.items);
        if (at.kind !== 'name' || this.#scope.isForeign(file, at.path)) continue;
        const named = this.#scope.declared(file, at.path);
        if (named?.class !== undefined) this.open.push(named);
      }
    }
  }
}

function partsOf(type: TypeRecord): readonly TypeRecord[] {
  switch (type.kind) {
    case 'name':
      return type.arguments;
    case 'array':
      return [type.item];
    case 'union':
    case 'intersection':
      return type.items;
    case 'other':
      return type.parts ?? [];
    default:
      return [];
  }
}

/** It, or a class that it extends, keeps fields to itself. */
function isClosed(scope: Scope, { file, class: item }: Declared): boolean {
  if (item === undefined) return true;
  return chainOf(scope, { file, class: item }).classes.some((owner) =>
    owner.class.members.some(
      ({ kind, name, visibility, isStatic }) =>
        kind !== 'method' && !isStatic && name === undefined && visibility === 'private',
    ),
  );
}

/** Which files come to the wiring by what they import from their own program. */
class WaysBack {
  readonly #scope: Scope;
  readonly #known = new Map<FileRecord, boolean>();

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  leadsBack(file: FileRecord): boolean {
    const known = this.#known.get(file);
    if (known !== undefined) return known;
    const seen = new Set([file]);
    const open = [file];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const path of this.#importsOf(at)) {
        if (path === this.#scope.sources.output) return this.#settle(file, true);
        const next = this.#scope.sources.record(path);
        const before = next === undefined ? false : this.#known.get(next);
        if (before === true) return this.#settle(file, true);
        if (next === undefined || before === false || seen.has(next)) continue;
        seen.add(next);
        open.push(next);
      }
    }
    // None of those that were seen on the way leads there.
    for (const each of seen) this.#known.set(each, false);
    return false;
  }

  #settle(file: FileRecord, answer: boolean): boolean {
    this.#known.set(file, answer);
    return answer;
  }

  *#importsOf({ path, imports, exports }: FileRecord): Iterable<string> {
    const { sources } = this.#scope;
    for (const { from, isTypeOnly, ...other } of [...imports, ...exports]) {
      if (isTypeOnly === true || from === undefined || !/^[.#]/.test(from)) continue;
      const isRequired = 'isRequired' in other && other.isRequired === true;
      const found = sources.resolve(from, path, isRequired)?.path;
      if (found !== undefined && !isDeclaration(found)) yield found;
    }
  }
}
