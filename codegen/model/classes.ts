// The classes that values of the graph may have: what records keep of an instance can be made one again. Found in the types
// of parameters, of return values and of the fields of the classes among them, and in what errors are declared and caught.
//
// CLASSES-1. Only what is written counts: a type that the compiler infers is not seen.
// CLASSES-2. A class with `#private` fields is left out: nothing outside of it can put them back.
// CLASSES-3. A class whose file leads to the wiring, or to a package, is imported only where a message needs it anyway.

import { Table, type Memory } from '../memory.ts';
import type { ClassRecord, FileRecord, MemberRecord, TypeRecord, ValueRecord } from '../read/file-record.ts';
import { isDeclaration } from '../read/outputs.ts';
import { chainOf } from './class-chain.ts';
import type { NodeModel, ReachedClass, ServiceModel } from './model.ts';
import type { Declared, ImportedSymbol, Scope } from './scope.ts';
import type { ServiceDraft } from './services.ts';

/** Every class that values may have, including those that records cannot restore. */
export function reachedClasses(scope: Scope, drafts: readonly ServiceDraft[]): readonly ReachedClass[] {
  return [
    ...reachedBy(
      scope,
      drafts.map((draft) => namedBy(scope, draft)),
    ),
  ];
}

/** What was found last, in the order it was found in, and sorted. */
interface Found {
  readonly named: readonly Named[];
  readonly met: readonly ImportedSymbol[];
  readonly sorted: readonly ImportedSymbol[];
  readonly cycles: WaysBack;
}

const FOUND = new WeakMap<Memory, Found>();

/**
 * By module and name; the same list as long as it has the same classes.
 *
 * @param touched the services of which something may be another than when they were looked at last.
 */
export function keptClasses(
  scope: Scope,
  drafts: readonly ServiceDraft[],
  touched: ReadonlySet<ServiceModel>,
): readonly ImportedSymbol[] {
  const { memory, program } = scope.sources;
  const isStale = (named: Named): boolean => touched.has(named.service);
  const named = drafts.map((draft) =>
    memory.recall(NAMED.of(memory), draft.service, () => namedBy(scope, draft), isStale),
  );
  const before = FOUND.get(memory);
  const cycles = before?.cycles ?? new WaysBack(scope);
  const isAsBefore = cycles.refresh() && before !== undefined && isEvery(named, before.named, isSameNamed);
  if (isAsBefore) {
    FOUND.set(memory, { ...before, named });
    return before.sorted;
  }
  // Most classes can be imported anyway.
  let needed: ReadonlySet<ClassRecord | undefined> | undefined;
  const isNeeded = (item: Declared): boolean => (needed ??= neededBy(named)).has(item.class);
  const met: ImportedSymbol[] = [];
  for (const { declared: item, isClosed } of reachedBy(scope, named)) {
    const { symbol } = item;
    if (symbol === undefined || item.isTypeOnly === true || isClosed) continue;
    const isOwn = !symbol.isExternal && program.isOwn(item.file.path);
    if ((isOwn && !cycles.leadsBack(item.file)) || isNeeded(item)) met.push(symbol);
  }
  const isSame = before !== undefined && isEvery(met, before.met, isEqual);
  const sorted = isSame ? before.sorted : sortedByKey(met);
  FOUND.set(memory, { named, met, sorted, cycles });
  return sorted;
}

function isEvery<T>(items: readonly T[], others: readonly T[], isSame: (item: T, other: T) => boolean): boolean {
  return (
    items.length === others.length &&
    items.every((item, at) => {
      const other = others[at];
      return other !== undefined && (item === other || isSame(item, other));
    })
  );
}

function isEqual(symbol: ImportedSymbol, other: ImportedSymbol): boolean {
  return keyOf(symbol) === keyOf(other);
}

/** Whether what can be reached from both is imported alike. What is not kept with a service is not known. */
function isSameNamed({ reached, messages }: Named, other: Named): boolean {
  return (
    reached !== undefined &&
    other.reached !== undefined &&
    isEvery(reached, other.reached, isSameReached) &&
    isEvery(messages, other.messages, isSameDeclared)
  );
}

function isSameReached({ declared, isClosed }: ReachedClass, other: ReachedClass): boolean {
  return isClosed === other.isClosed && isSameDeclared(declared, other.declared);
}

function isSameDeclared({ file, symbol, isTypeOnly }: Declared, other: Declared): boolean {
  return (
    file.path === other.file.path &&
    isTypeOnly === other.isTypeOnly &&
    symbol !== undefined &&
    other.symbol !== undefined &&
    isEqual(symbol, other.symbol)
  );
}

function sortedByKey(symbols: readonly ImportedSymbol[]): readonly ImportedSymbol[] {
  const byKey = new Map(symbols.map((symbol) => [keyOf(symbol), symbol]));
  // By code units, as without a function of our own.
  return [...byKey.keys()].sort().flatMap((key) => byKey.get(key) ?? []);
}

function keyOf({ module, exported, members }: ImportedSymbol): string {
  const own = `${module}\0${exported}`;
  return members === undefined ? own : `${own}\0${members.join('\0')}`;
}

/** The classes that are written in the signatures of a service's methods, and those of its errors. */
interface Named {
  readonly service: ServiceModel;
  readonly all: readonly Declared[];
  /** Those that a message needs to be built. */
  readonly messages: readonly Declared[];
  /** The classes reached from them; undefined if they are too many to keep with each service. */
  readonly reached?: readonly ReachedClass[];
}

function neededBy(named: readonly Named[]): ReadonlySet<ClassRecord | undefined> {
  const needed = new Set<ClassRecord | undefined>();
  for (const { messages } of named) for (const item of messages) needed.add(item.class);
  return needed;
}

const NAMED = new Table<ServiceModel, Named>();

function namedBy(scope: Scope, { service, methods }: ServiceDraft): Named {
  const all: Declared[] = [];
  const messages: Declared[] = [];
  const types = new TypeSearch(scope, all);
  for (const [node, { member, file }] of methods) {
    types.follow(file, member.type);
    for (const parameter of member.parameters) types.follow(file, parameter.type);
    messages.push(...messageClasses(node));
    all.push(...errorClasses(node));
  }
  all.push(...messages);
  const reached = scope.sources.memory.isTracking ? reachedFrom(scope, [all], MAX_REACHED) : undefined;
  return { service, all, messages, ...(reached !== undefined && { reached }) };
}

const MAX_REACHED = 64;

function messageClasses({ slots, message }: NodeModel): Declared[] {
  const fields = (message?.fields ?? []).flatMap((field) => (field.mark === undefined ? [] : (field.class ?? [])));
  return [...slots.flatMap((slot) => (slot.fills === 'error' ? [] : (slot.class ?? []))), ...fields];
}

function errorClasses({ facts, edges }: NodeModel): Declared[] {
  const thrown = facts.throws === 'hidden' ? [] : (facts.throws ?? []);
  return [...thrown, ...edges.flatMap(({ caught }) => caught ?? [])].flatMap(({ declared }) => declared ?? []);
}

/** The classes that any service reaches, each once. */
function reachedBy(scope: Scope, named: readonly Named[]): Iterable<ReachedClass> {
  const found = new Map<ClassRecord | undefined, ReachedClass>();
  const add = (item: ReachedClass): void => {
    if (!found.has(item.declared.class)) found.set(item.declared.class, item);
  };
  const others: (readonly Declared[])[] = [];
  for (const { all, reached } of named) {
    if (reached === undefined) others.push(all);
    else for (const item of reached) add(item);
  }
  for (const item of reachedFrom(scope, others) ?? []) add(item);
  return found.values();
}

/** The named classes and those in their fields, each once; undefined if there are more than `most`. */
function reachedFrom(
  scope: Scope,
  named: readonly (readonly Declared[])[],
  most = Infinity,
): ReachedClass[] | undefined {
  const { memory } = scope.sources;
  const seen = new Set<ClassRecord>();
  const open = [...named];
  const classes: ReachedClass[] = [];
  // A loop over a list also visits what is added on the way.
  for (const items of open) {
    for (const declared of items) {
      const { file, class: item } = declared;
      if (item === undefined || seen.has(item)) continue;
      seen.add(item);
      if (seen.size > most) return undefined;
      const held = HELD.recall(memory, item, () => readHeld(scope, file, item));
      if (held.classes.length > 0) open.push(held.classes);
      classes.push({ declared, isClosed: held.isClosed });
    }
  }
  return classes;
}

/** What a class says by itself, whatever name leads to it. */
interface Held {
  /** Those of its fields, also where it inherits them. */
  readonly classes: readonly Declared[];
  /** It, or a class that it extends, keeps fields to itself. */
  readonly isClosed: boolean;
}

const HELD = new Table<ClassRecord, Held>();

function readHeld(scope: Scope, start: FileRecord, first: ClassRecord): Held {
  const chain = chainOf(scope, { file: start, class: first }).classes;
  const classes: Declared[] = [];
  const types = new TypeSearch(scope, classes);
  for (const { file, class: item } of chain) {
    // What a package has in its classes is its own affair, and may be without an end.
    if (!isOwnFile(scope, file)) break;
    if (item.base?.kind === 'name') for (const given of item.base.arguments) types.follow(file, given);
    for (const member of item.members) {
      if (member.kind !== 'property' || member.isStatic) continue;
      types.follow(file, member.type);
      followAnnotations(scope, file, member, classes);
    }
  }
  return { classes, isClosed: chain.some((owner) => owner.class.members.some(isHidden)) };
}

function isHidden({ name, visibility, isStatic }: MemberRecord): boolean {
  return !isStatic && name === undefined && visibility === 'private';
}

function isOwnFile({ sources: { program } }: Scope, { path }: FileRecord): boolean {
  return !isDeclaration(path) && program.isOwn(path);
}

/** Follows types from name to name, to the classes in them. */
class TypeSearch {
  readonly #scope: Scope;
  readonly #found: Declared[];
  readonly #seen = new Set<TypeRecord>();

  constructor(scope: Scope, found: Declared[]) {
    this.#scope = scope;
    this.#found = found;
  }

  follow(file: FileRecord, type: TypeRecord | undefined): void {
    if (type === undefined || type.kind === 'keyword') return;
    const open: { readonly file: FileRecord; readonly type: TypeRecord }[] = [{ file, type }];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const { file: within, type: one } = at;
      if (this.#seen.has(one)) continue;
      this.#seen.add(one);
      for (const part of partsOf(one)) if (part.kind !== 'keyword') open.push({ file: within, type: part });
      if (one.kind !== 'name' || this.#scope.isForeign(within, one.path)) continue;
      const named = this.#scope.declared(within, one.path);
      if (named?.class !== undefined) this.#found.push(named);
      else if (named?.declaration.type !== undefined && isOwnFile(this.#scope, named.file))
        open.push({ file: named.file, type: named.declaration.type });
    }
  }
}

/** `@Type(() => Line)`, and what a discriminator chooses from. */
function followAnnotations(scope: Scope, file: FileRecord, { annotations }: MemberRecord, found: Declared[]): void {
  for (const { path, arguments: given } of annotations) {
    if (path.at(-1) !== 'Type') continue;
    const open: ValueRecord[] = [...given];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (at.kind === 'function' && at.returns !== undefined) open.push(at.returns);
      if (at.kind === 'object') open.push(...at.entries.map(({ value }) => value));
      if (at.kind === 'array') open.push(...at.items);
      if (at.kind !== 'name' || scope.isForeign(file, at.path)) continue;
      const named = scope.declared(file, at.path);
      if (named?.class !== undefined) found.push(named);
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

/** Which files come to the wiring by what they import from their own program. */
class WaysBack {
  readonly #scope: Scope;
  /** By path. */
  readonly #known = new Map<string, boolean>();
  readonly #imports = new Map<string, readonly string[]>();
  #at = 0;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /** Starts over if the imports of a file have changed. Returns whether none have. */
  refresh(): boolean {
    const { sources } = this.#scope;
    let isSame = true;
    for (const path of sources.memory.changedSince(this.#at)) {
      const before = this.#imports.get(path);
      const file = before === undefined ? undefined : sources.record(path);
      if (before === undefined) continue;
      this.#imports.delete(path);
      isSame &&= file !== undefined && this.#importsOf(file).join('\0') === before.join('\0');
    }
    if (!isSame) this.#known.clear();
    this.#at = sources.memory.now;
    return isSame;
  }

  leadsBack(file: FileRecord): boolean {
    const known = this.#known.get(file.path);
    if (known !== undefined) return known;
    const seen = new Set([file.path]);
    const open = [file];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const path of this.#importsOf(at)) {
        if (path === this.#scope.sources.output) return this.#settle(file, true);
        const before = this.#known.get(path);
        if (before === true) return this.#settle(file, true);
        const next = before === false || seen.has(path) ? undefined : this.#scope.sources.record(path);
        if (next === undefined) continue;
        seen.add(path);
        open.push(next);
      }
    }
    // None of those that were seen on the way leads there.
    for (const each of seen) this.#known.set(each, false);
    return false;
  }

  #settle({ path }: FileRecord, answer: boolean): boolean {
    this.#known.set(path, answer);
    return answer;
  }

  #importsOf(file: FileRecord): readonly string[] {
    const known = this.#imports.get(file.path) ?? importsOf(this.#scope, file);
    this.#imports.set(file.path, known);
    return known;
  }
}

/** The files of the program that a file needs at run time. */
export function importsOf({ sources }: Scope, { path, imports, exports }: FileRecord): readonly string[] {
  const found = new Set<string>();
  for (const { from, isTypeOnly, ...other } of [...imports, ...exports]) {
    if (isTypeOnly === true || from === undefined) continue;
    const isRequired = 'isRequired' in other && other.isRequired === true;
    // By the file it resolves to, never by its text: a tsconfig may give its own names to files of the program.
    const next = sources.resolve(from, path, isRequired);
    if (next !== undefined && !next.isExternal && !isDeclaration(next.path)) found.add(next.path);
  }
  return [...found];
}
