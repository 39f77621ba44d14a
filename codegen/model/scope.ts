// What a name in a file stands for: an annotation of ours, or a declaration somewhere.
//
// SCOPE-1. By symbol, never by name: imports, aliases, namespaces and re-exports are followed to the declaration.
// SCOPE-2. A name that leads nowhere is undefined: a global, or something only the compiler knows.
// SCOPE-3. A symbol is something that the wiring can import where it stands: by a relative path what is its own, by the
//          name that the user imports it by what is of another package or project.

import {
  ASSIGNED,
  type ClassRecord,
  type DeclarationRecord,
  type ExportRecord,
  type FileRecord,
  type ImportRecord,
} from '../read/file-record.ts';
import type { Result } from '../memory.ts';
import { OUR_NAMES } from '../read/our-names.ts';
import { PACKAGE, type Sources } from '../read/sources.ts';

export type Meaning = Annotation | Declared | Namespace;

/** Something of ours, by the name we export it under. */
interface Annotation {
  readonly kind: 'ours';
  readonly name: string;
}

export interface Declared {
  readonly kind: 'declared';
  readonly file: FileRecord;
  readonly declaration: DeclarationRecord;
  readonly class?: ClassRecord;
  /** How the wiring can import it. Absent if it cannot. */
  readonly symbol?: ImportedSymbol;
  /** Exported as a type: it exists at run time, and nobody gets at it. */
  readonly isTypeOnly?: boolean;
}

interface Namespace {
  readonly kind: 'namespace';
  /** Absent for our own package. */
  readonly file?: FileRecord;
  readonly external?: string;
}

export interface ImportedSymbol {
  /** Absolute path of a file, or a bare specifier. */
  readonly module: string;
  readonly isExternal: boolean;
  /** The exported name, `default` included. */
  readonly exported: string;
  /** What to call it: the exported name, or the declared one of a default export. */
  readonly name: string;
  /** Of what is declared in namespaces: the names below the exported one. */
  readonly members?: readonly string[];
}

export interface Scope {
  readonly sources: Sources;
  /** `a.b` as its names. */
  lookUp(file: FileRecord, path: readonly string[]): Meaning | undefined;
  declared(file: FileRecord, path: readonly string[]): Declared | undefined;
  /** The name we export an annotation under. */
  ours(file: FileRecord, path: readonly string[]): string | undefined;
  /** Whether a name comes from a package that hands nothing of ours on: most annotations are validators. */
  isForeign(file: FileRecord, path: readonly string[]): boolean;
  /** How the wiring imports a declaration of a file. */
  symbolOf(file: FileRecord, declaration: DeclarationRecord): ImportedSymbol | undefined;
}

export function scopeOf(sources: Sources): Scope {
  const { memory } = sources;
  const known: Found = new WeakMap();
  const inside: Insides = new WeakMap();
  const exported: Found = new WeakMap();
  const imports = new ImportTable(sources, (file, name, entry) =>
    new Search(sources, inside, exported).exported(file, name, entry),
  );
  const isForeign = foreignNames(sources);
  const lookUp = (file: FileRecord, path: readonly string[]): Meaning | undefined => {
    const key = path.length === 1 ? (path[0] ?? '') : path.join('.');
    return memory.recall(namesOf(known, file), key, () => {
      const found = new Search(sources, inside, exported).path(file, path);
      return found?.kind === 'declared' ? imports.settle(found, file) : found;
    });
  };
  return {
    sources,
    lookUp,
    declared: (file, path) => only('declared', lookUp(file, path)),
    ours: (file, path) => (isForeign(file, path) ? undefined : only('ours', lookUp(file, path))?.name),
    isForeign,
    symbolOf: (file, declaration) => imports.settle(declaredIn(file, declaration, undefined), file).symbol,
  };
}

/** Which names of a file are foreign, asked once a file, and before a package is searched: most annotations are. */
function foreignNames(sources: Sources): Scope['isForeign'] {
  const known = new WeakMap<FileRecord, ReadonlySet<string>>();
  return (file, [first = '']) => {
    const before = known.get(file);
    if (before !== undefined) return before.has(first);
    const found = new Set<string>();
    for (const item of file.imports) {
      if (item.local === '') continue;
      if (file.imports.find(({ local }) => local === item.local) === item && isOfOthers(sources, file, item))
        found.add(item.local);
    }
    known.set(file, found);
    return found.has(first);
  };
}

function isOfOthers(sources: Sources, file: FileRecord, { from, isRequired }: ImportRecord): boolean {
  if (from === PACKAGE || from.startsWith('.')) return false;
  // Annotations come from the main entry only.
  if (from.startsWith(`${PACKAGE}/`)) return true;
  const found = sources.resolve(from, file.path, isRequired);
  return found !== undefined && !sources.leadsToUs(found.path);
}

function only<K extends Meaning['kind']>(
  kind: K,
  meaning: Meaning | undefined,
): Extract<Meaning, { kind: K }> | undefined {
  return isKind(kind, meaning) ? meaning : undefined;
}

function isKind<K extends Meaning['kind']>(
  kind: K,
  meaning: Meaning | undefined,
): meaning is Extract<Meaning, { kind: K }> {
  return meaning?.kind === kind;
}

type ExportedAs = (file: FileRecord, name: string, entry: string) => Meaning | undefined;

type Importable = Pick<Declared, 'isTypeOnly'> & { readonly symbol: ImportedSymbol };

/** How the wiring gets at what is declared outside of its own files. */
class ImportTable {
  readonly #sources: Sources;
  readonly #exported: ExportedAs;
  /** What entries export, by the folder of their package and by declaration. */
  readonly #symbols = new Map<string, ReadonlyMap<string, Importable>>();

  constructor(sources: Sources, exported: ExportedAs) {
    this.#sources = sources;
    this.#exported = exported;
  }

  /** The declaration with a symbol that can be imported where the wiring is. */
  settle(found: Declared, from: FileRecord): Declared {
    const { program, output } = this.#sources;
    const { symbol } = found;
    const { path } = found.file;
    if (program.isOwn(path)) return found;
    const isNamed = symbol?.isExternal === true;
    // What own files import from an installed package is imported as they do.
    if (isNamed && program.isOwn(from.path) && path.includes('/node_modules/')) return found;
    const best = this.#symbolsFor(path).get(keyOf(found));
    if (best !== undefined && (symbol !== undefined || !isInside(found.file))) {
      const members = symbol?.members === undefined ? {} : { members: symbol.members };
      return { ...found, ...best, symbol: { ...best.symbol, ...members } };
    }
    const { symbol: _, ...unnamed } = found;
    if (!isNamed) return unnamed;
    const there = this.#sources.resolve(symbol.module, from.path)?.path;
    const here = this.#sources.resolve(symbol.module, output)?.path;
    return program.isOwn(from.path) || (here !== undefined && here === there) ? found : unnamed;
  }

  #symbolsFor(path: string): ReadonlyMap<string, Importable> {
    const folder = this.#sources.packageOf(path);
    const known = this.#symbols.get(folder);
    if (known !== undefined) return known;
    const symbols = new Map<string, Importable>();
    this.#symbols.set(folder, symbols);
    for (const { specifier, path: entry } of this.#sources.program.namesFor(path)) {
      const file = this.#sources.record(entry);
      if (file === undefined) continue;
      for (const name of this.#namesOf(file, new Set())) {
        const found = this.#exported(file, name, specifier);
        if (found?.kind !== 'declared') continue;
        const before = symbols.get(keyOf(found));
        if (before !== undefined && (before.isTypeOnly !== true || found.isTypeOnly === true)) continue;
        const { isTypeOnly } = found;
        const symbol = { module: specifier, isExternal: true, exported: name, name: plainName(name, found) };
        symbols.set(keyOf(found), { symbol, ...(isTypeOnly === true && { isTypeOnly }) });
      }
    }
    return symbols;
  }

  /** Every name that a file exports, itself or for others. */
  #namesOf(file: FileRecord, seen: Set<string>): string[] {
    if (seen.has(file.path)) return [];
    seen.add(file.path);
    return file.exports.flatMap(({ exported, from }) => {
      if (exported === ASSIGNED) return [];
      if (exported !== '*') return [exported];
      const path = from === undefined || from === PACKAGE ? undefined : this.#sources.resolve(from, file.path)?.path;
      const next = path === undefined ? undefined : this.#sources.record(path);
      return next === undefined ? [] : this.#namesOf(next, seen).filter((name) => name !== 'default');
    });
  }
}

/** The outermost declaration that can be imported. */
function keyOf(found: Declared): string {
  const [outermost = found.declaration.name] = outerNames(found.file);
  return `${found.file.path}\0${outermost}`;
}

/** A namespace read as a file: what is not declared in it is looked for around it. */
interface Inside extends FileRecord {
  readonly outer: FileRecord;
  readonly around: Declared;
}

type Insides = WeakMap<DeclarationRecord, Inside>;

function isInside(file: FileRecord): file is Inside {
  return 'outer' in file;
}

/** The namespaces around what is declared there, the outermost first. */
function outerNames(file: FileRecord): string[] {
  return isInside(file) ? [...outerNames(file.outer), file.around.declaration.name] : [];
}

/** What searches for a name have found, by file: a package has hundreds of files behind one name. */
type Found = WeakMap<FileRecord, Names>;

type Names = Map<string, Result<Meaning | undefined> | Meaning | undefined>;

function namesOf(found: Found, file: FileRecord): Names {
  const known = found.get(file);
  if (known !== undefined) return known;
  const names: Names = new Map();
  found.set(file, names);
  return names;
}

/** One search; it remembers where it was, for re-exports can form circles. */
class Search {
  readonly #sources: Sources;
  readonly #inside: Insides;
  readonly #known: Found;
  readonly #visited = new Set<string>();

  constructor(sources: Sources, inside: Insides, known: Found) {
    this.#sources = sources;
    this.#inside = inside;
    this.#known = known;
  }

  path(file: FileRecord, [first, ...rest]: readonly string[]): Meaning | undefined {
    let found = first === undefined ? undefined : this.#local(file, first, undefined);
    for (const name of rest) found = found === undefined ? undefined : this.#memberOf(found, name);
    return found;
  }

  /** What a package exports under a name. */
  exported(file: FileRecord, name: string, external: string): Meaning | undefined {
    return this.#exported(file, name, external);
  }

  #memberOf(found: Meaning, name: string): Meaning | undefined {
    if (found.kind === 'ours') return undefined;
    if (found.kind === 'declared') return this.#inNamespace(found, name);
    if (found.file === undefined) return { kind: 'ours', name };
    const { file, external } = found;
    const member = this.#exported(file, name, external);
    return external === undefined || member?.kind !== 'declared' ? member : outsideAs(member, external, name);
  }

  /** What a namespace exports; it may share its name with a class. */
  #inNamespace(found: Declared, name: string): Meaning | undefined {
    const inside = this.#insideOf(found);
    const item = inside?.exports.find((one) => one.exported === name);
    if (inside === undefined || item === undefined) return undefined;
    const member = this.#local(inside, item.local, undefined);
    if (member?.kind !== 'declared' || member.file !== inside || found.symbol === undefined) return member;
    return { ...member, symbol: { ...found.symbol, members: [...(found.symbol.members ?? []), name] } };
  }

  #insideOf(found: Declared): Inside | undefined {
    const { file, declaration } = found;
    const known = this.#inside.get(declaration);
    if (known !== undefined) return known;
    const bodies = file.declarations.flatMap((item) =>
      item.name === declaration.name && item.body !== undefined ? item.body : [],
    );
    if (bodies.length === 0) return undefined;
    const inside: Inside = {
      path: file.path,
      text: file.text,
      syntaxErrors: [],
      imports: bodies.flatMap((body) => body.imports),
      exports: bodies.flatMap((body) => body.exports),
      declarations: bodies.flatMap((body) => body.declarations),
      classes: bodies.flatMap((body) => body.classes),
      outer: file,
      around: declaredIn(file, declaration, undefined),
    };
    this.#inside.set(declaration, inside);
    return inside;
  }

  #local(file: FileRecord, name: string, external: string | undefined): Meaning | undefined {
    const declaration = declarationOf(file, name);
    if (declaration?.alias !== undefined) return this.#aliased(file, declaration, declaration.alias);
    if (declaration !== undefined) return declaredIn(file, declaration, external);
    const imported = file.imports.find((item) => item.local === name);
    if (imported !== undefined) return this.#imported(file, imported, external);
    return isInside(file) ? this.#local(file.outer, name, external) : undefined;
  }

  /** `import Draft = Letters.Draft`, exported by itself where what it stands for is not. */
  #aliased(file: FileRecord, declaration: DeclarationRecord, alias: readonly string[]): Meaning | undefined {
    const visit = `${file.path}\0=${alias.join('.')}`;
    if (this.#visited.has(visit)) return undefined;
    this.#visited.add(visit);
    const found = this.path(file, alias);
    if (found?.kind !== 'declared' || found.symbol !== undefined) return found;
    const { symbol } = declaredIn(file, declaration, undefined);
    return symbol === undefined ? found : { ...found, symbol };
  }

  #imported(
    file: FileRecord,
    { from, imported: name, isRequired }: Pick<ImportRecord, 'from' | 'imported' | 'isRequired'>,
    external: string | undefined,
  ): Meaning | undefined {
    if (from === PACKAGE) return name === '*' ? { kind: 'namespace' } : { kind: 'ours', name };
    const resolved = this.#sources.resolve(from, file.path, isRequired);
    const target = resolved === undefined ? undefined : this.#sources.record(resolved.path);
    if (target === undefined) return undefined;
    const isNamed = external === undefined && !from.startsWith('.') && !this.#sources.program.isOwn(target.path);
    const outside = isNamed ? from : external;
    // A module that assigns its export has no other; an import of all of it means that one.
    const isAssigned = name === '*' && target.exports.some((item) => item.exported === ASSIGNED);
    if (name === '*' && !isAssigned)
      return { kind: 'namespace', file: target, ...(outside !== undefined && { external: outside }) };
    const wanted = isAssigned ? 'default' : name;
    const found = this.#exported(target, wanted, outside);
    return isNamed && found?.kind === 'declared' ? outsideAs(found, from, wanted) : found;
  }

  /** A search that began here saw every file that it leads to: what it found holds for all who ask. */
  #exported(file: FileRecord, name: string, external: string | undefined): Meaning | undefined {
    if (this.#visited.size > 0) return this.#search(file, name, external);
    const key = external === undefined ? name : `${name}\0${external}`;
    return this.#sources.memory.recall(namesOf(this.#known, file), key, () => {
      const found = this.#search(file, name, external);
      this.#visited.clear();
      return found;
    });
  }

  #search(file: FileRecord, name: string, external: string | undefined): Meaning | undefined {
    const visit = `${file.path}\0${name}`;
    if (this.#visited.has(visit)) return undefined;
    this.#visited.add(visit);
    for (const item of file.exports) {
      if (item.exported !== name) continue;
      const found =
        item.from === undefined
          ? this.#local(file, item.local, external)
          : this.#imported(file, { from: item.from, imported: item.local }, external);
      // A file of the project is imported from where it is declared, past whatever hands it on.
      const isHidden = item.isTypeOnly === true && external !== undefined;
      return isHidden && found?.kind === 'declared' ? { ...found, isTypeOnly: true } : found;
    }
    for (const item of file.exports) {
      if (item.exported !== '*' || item.from === undefined) continue;
      if (item.from === PACKAGE) {
        if (ANNOTATIONS.has(name)) return { kind: 'ours', name };
        continue;
      }
      const found = this.#imported(file, { from: item.from, imported: name }, external);
      if (found !== undefined) return found;
    }
    return this.#inAssigned(file, name, external);
  }

  /** `export = Letters` exports what the namespace does. */
  #inAssigned(file: FileRecord, name: string, external: string | undefined): Meaning | undefined {
    const assigned = file.exports.find((item) => item.exported === ASSIGNED);
    const found = assigned === undefined ? undefined : this.#local(file, assigned.local, external);
    return found === undefined ? undefined : this.#memberOf(found, name);
  }
}

/** A value may share its name with a type; what exists at run time counts. */
function declarationOf(file: FileRecord, name: string): DeclarationRecord | undefined {
  const found = file.declarations.filter((item) => item.name === name);
  return found.find((item) => item.kind === 'class') ?? found.find((item) => item.value !== undefined) ?? found[0];
}

/** What a package exports is imported from where the user imports it, whatever files it is made of. */
function outsideAs(found: Declared, module: string, exported: string): Declared {
  return { ...found, symbol: { module, isExternal: true, exported, name: plainName(exported, found) } };
}

function plainName(exported: string, { declaration }: Declared): string {
  return exported === 'default' ? declaration.name : exported;
}

const ANNOTATIONS: ReadonlySet<string> = new Set(OUR_NAMES);

/** The meaning of a declaration of a file, or of a namespace in it. */
function declaredIn(file: FileRecord, declaration: DeclarationRecord, external: string | undefined): Declared {
  const { name } = declaration;
  const ofClass =
    declaration.kind === 'class'
      ? file.classes.find((item) => (item.name ?? 'default') === name && (item.isTopLevel || isInside(file)))
      : undefined;
  const exports = external === undefined ? file.exports.filter((item) => isExportOf(item, declaration)) : [];
  const exported = exports.find((item) => item.isTypeOnly !== true) ?? exports[0];
  const symbol = exported === undefined ? undefined : ownSymbol(file, name, exported.exported);
  return {
    kind: 'declared',
    file,
    declaration,
    ...(ofClass !== undefined && { class: ofClass }),
    ...(exported?.isTypeOnly === true && { isTypeOnly: true }),
    ...(symbol !== undefined && { symbol }),
  };
}

function ownSymbol(file: FileRecord, name: string, exported: string): ImportedSymbol | undefined {
  if (!isInside(file))
    return { module: file.path, isExternal: false, exported, name: exported === 'default' ? name : exported };
  const { symbol } = file.around;
  return symbol === undefined ? undefined : { ...symbol, members: [...(symbol.members ?? []), exported] };
}

/** A type and a value of one name are exported one by one, unless by name. */
function isExportOf(item: ExportRecord, { name, kind }: DeclarationRecord): boolean {
  if (item.local !== name || item.from !== undefined) return false;
  return item.kind === undefined || item.kind === kind || (isType(item.kind) && isType(kind));
}

/** Whether it has a meaning in a type. */
export function isType(kind: DeclarationRecord['kind']): boolean {
  return kind === 'class' || kind === 'interface' || kind === 'alias' || kind === 'enum';
}
