// What a name in a file stands for: an annotation of ours, or a declaration somewhere.
//
// N1. By symbol, never by name: imports, aliases, namespaces and re-exports are followed to the declaration.
// N2. A name that leads nowhere is undefined: a global, or something only the compiler knows.

import type { ClassRecord, DeclarationRecord, ExportRecord, FileRecord } from '../read/file-record.ts';
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
  /** How the wiring can import it. Absent if it is not exported. */
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
}

export interface Scope {
  readonly sources: Sources;
  /** `a.b` as its names. */
  lookUp(file: FileRecord, path: readonly string[]): Meaning | undefined;
  declared(file: FileRecord, path: readonly string[]): Declared | undefined;
  /** The name we export an annotation under. */
  ours(file: FileRecord, path: readonly string[]): string | undefined;
}

export function scopeOf(sources: Sources): Scope {
  const known = new Map<FileRecord, Map<string, Meaning | undefined>>();
  const lookUp = (file: FileRecord, path: readonly string[]): Meaning | undefined => {
    const names = known.get(file) ?? new Map<string, Meaning | undefined>();
    known.set(file, names);
    const key = path.join('.');
    if (!names.has(key)) names.set(key, new Search(sources).path(file, path));
    return names.get(key);
  };
  return {
    sources,
    lookUp,
    declared: (file, path) => only('declared', lookUp(file, path)),
    ours: (file, path) => only('ours', lookUp(file, path))?.name,
  };
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

/** One search; it remembers where it was, for re-exports can form circles. */
class Search {
  readonly #sources: Sources;
  readonly #visited = new Set<string>();

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  path(file: FileRecord, [first, ...rest]: readonly string[]): Meaning | undefined {
    let found = first === undefined ? undefined : this.#local(file, first, undefined);
    for (const name of rest) {
      if (found?.kind !== 'namespace') return undefined;
      found = found.file === undefined ? { kind: 'ours', name } : this.#member(found.file, name, found.external);
    }
    return found;
  }

  #member(file: FileRecord, name: string, external: string | undefined): Meaning | undefined {
    const found = this.#exported(file, name, external);
    return external === undefined || found?.kind !== 'declared' ? found : outsideAs(found, external, name);
  }

  #local(file: FileRecord, name: string, external: string | undefined): Meaning | undefined {
    const declaration = declarationOf(file, name);
    if (declaration !== undefined) return declaredIn(file, declaration, external);
    const imported = file.imports.find((item) => item.local === name);
    return imported === undefined ? undefined : this.#imported(file, imported.from, imported.imported, external);
  }

  #imported(file: FileRecord, from: string, name: string, external: string | undefined): Meaning | undefined {
    if (from === PACKAGE) return name === '*' ? { kind: 'namespace' } : { kind: 'ours', name };
    const resolved = this.#sources.resolve(from, file.path);
    const target = resolved === undefined ? undefined : this.#sources.record(resolved.path);
    if (target === undefined) return undefined;
    const outside = external ?? (resolved?.isExternal === true ? from : undefined);
    if (name === '*') return { kind: 'namespace', file: target, ...(outside !== undefined && { external: outside }) };
    const found = this.#exported(target, name, outside);
    if (outside === undefined || external !== undefined || found?.kind !== 'declared') return found;
    return outsideAs(found, outside, name);
  }

  #exported(file: FileRecord, name: string, external: string | undefined): Meaning | undefined {
    const visit = `${file.path}\0${name}`;
    if (this.#visited.has(visit)) return undefined;
    this.#visited.add(visit);
    for (const item of file.exports) {
      if (item.exported !== name) continue;
      const found =
        item.from === undefined
          ? this.#local(file, item.local, external)
          : this.#imported(file, item.from, item.local, external);
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
      const found = this.#imported(file, item.from, name, external);
      if (found !== undefined) return found;
    }
    return undefined;
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

/** The meaning of a declaration at the top of a file. */
export function declaredIn(file: FileRecord, declaration: DeclarationRecord, external: string | undefined): Declared {
  const { name } = declaration;
  const ofClass =
    declaration.kind === 'class'
      ? file.classes.find((item) => (item.name ?? 'default') === name && item.isTopLevel)
      : undefined;
  const exports = external === undefined ? file.exports.filter((item) => isExportOf(item, declaration)) : [];
  const exported = exports.find((item) => item.isTypeOnly !== true) ?? exports[0];
  return {
    kind: 'declared',
    file,
    declaration,
    ...(ofClass !== undefined && { class: ofClass }),
    ...(exported?.isTypeOnly === true && { isTypeOnly: true }),
    ...(exported !== undefined && {
      symbol: {
        module: file.path,
        isExternal: false,
        exported: exported.exported,
        name: exported.exported === 'default' ? name : exported.exported,
      },
    }),
  };
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
