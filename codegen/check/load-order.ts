// Classes that may not exist yet when annotations are read, which is while their file is loaded: those that `when` and
// `throws` name, and those of annotated fields, whose types a compiler writes as values with `emitDecoratorMetadata`.
//
// LOAD-ORDER-1. A list, an alias and what is imported with `import type` leave no value of a field: only a class that
//               is named itself does.
// LOAD-ORDER-2. Files form a circle, of any length, where each uses what it imports from the next one as a value: in
//               annotations, or as the base of a class, or passes on what it exports. An import or an export that is for
//               types alone is not there at run time.

import type { ClassUse, NodeModel } from '../model/model.ts';
import type { Declared, Scope } from '../model/scope.ts';
import { Table } from '../memory.ts';
import type { ClassRecord, FileRecord, MemberRecord, TypeRecord, ValueRecord } from '../read/file-record.ts';
import type { Sources } from '../read/sources.ts';
import { startOf } from '../read/span.ts';
import { isDeclaration } from '../read/outputs.ts';
import { shortestWay } from './components.ts';
import type { Report } from '../problem.ts';
import { withoutNothing, type ChainField } from './message-fields.ts';

export function checkLoadOrder(scope: Scope, { name, use }: ChainField, report: Report): void {
  const { owner, member } = use;
  const { file } = owner;
  if (!scope.sources.emitsMetadata(file.path)) return;
  const path = valueOf(member);
  if (file.imports.some(({ local, isTypeOnly }) => local === path?.[0] && isTypeOnly === true)) return;
  const found = path === undefined ? undefined : scope.declared(file, path);
  if (found?.class === undefined || found.class === owner.class) return;
  const why = whyLate(scope, owner.class, file, found);
  if (why === undefined) return;
  const item = found.declaration.name;
  const text = `\`${name}\` names ${item}, and ${why}: with emitDecoratorMetadata it is read before it exists; write the type as Late<${item}>, with \`type Late<T> = T\`, or turn that option off`;
  report('ONW1209', { file, at: member.at }, text, { severity: 'warning' });
}

/** What an annotation names itself. Within one file the compiler says it. */
export function checkNamedClasses(scope: Scope, { edges, facts }: NodeModel, report: Report): void {
  const caught = edges.flatMap((edge) => edge.caught ?? []);
  for (const use of caught) {
    reportLate(scope, use, `, or write \`when: (error) => error instanceof ${use.name}\``, report);
  }
  if (facts.throws === 'hidden') return;
  for (const use of facts.throws ?? []) reportLate(scope, use, '', report);
}

function reportLate(scope: Scope, { name, place, declared }: ClassUse, orElse: string, report: Report): void {
  const circle =
    declared === undefined || declared.file === place.file ? undefined : circleOf(scope, place.file, declared);
  if (circle === undefined) return;
  const text = `${name} is read while this file is loaded, and ${circle}, so it may not exist yet; move it to a file of its own${orElse}`;
  report('ONW1209', place, text, { severity: 'warning' });
}

function whyLate(scope: Scope, owner: ClassRecord, file: FileRecord, found: Declared): string | undefined {
  if (found.file === file) {
    return found.class !== undefined && startOf(found.class.at) > startOf(owner.at)
      ? 'it is declared after this class'
      : undefined;
  }
  return circleOf(scope, file, found);
}

function circleOf(scope: Scope, file: FileRecord, found: Declared): string | undefined {
  const back = wayBack(scope, found.file, file);
  if (back === undefined) return undefined;
  if (back.length === 2) return 'the two files import each other';
  const names = [file, ...back].map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
  return `the files import each other in a circle, ${names.join(' -> ')}`;
}

/** The names of a class that the compiler writes for an annotated field. */
function valueOf({ annotations, type }: MemberRecord): readonly string[] | undefined {
  return annotations.length === 0 ? undefined : nameOf(type);
}

function nameOf(type: TypeRecord | undefined): readonly string[] | undefined {
  const one = type === undefined ? undefined : withoutNothing(type);
  return one?.kind === 'name' && one.arguments.length === 0 ? one.path : undefined;
}

/** The files from one to the other, with both, along what they use as values; undefined without a way. */
function wayBack(scope: Scope, from: FileRecord, to: FileRecord): readonly FileRecord[] | undefined {
  return shortestWay(from, to, (file) => filesUsedBy(scope, file));
}

const USED = new Table<FileRecord, readonly FileRecord[]>();

/** The files of the program that a file has to load for its classes. */
function filesUsedBy(scope: Scope, file: FileRecord): readonly FileRecord[] {
  return USED.recall(scope.sources.memory, file, () => readFilesUsed(scope.sources, file));
}

function readFilesUsed(sources: Sources, file: FileRecord): readonly FileRecord[] {
  const emitsTypes = sources.emitsMetadata(file.path);
  const names = new Set(file.classes.flatMap((item) => valuesOf(item, emitsTypes)));
  const found = new Set<FileRecord>();
  const passedOn = file.exports.flatMap(({ from, isTypeOnly }) =>
    from === undefined || isTypeOnly === true ? [] : [{ from, isRequired: undefined }],
  );
  const used = file.imports.filter(({ local, isTypeOnly }) => isTypeOnly !== true && names.has(local));
  for (const { from, isRequired } of [...used, ...passedOn]) {
    const path = sources.resolve(from, file.path, isRequired)?.path;
    const next = path === undefined || isDeclaration(path) ? undefined : sources.record(path);
    if (next !== undefined) found.add(next);
  }
  return [...found];
}

/** The names that a class uses as values while it is declared, or in functions that its annotations are given. */
function valuesOf({ base, members }: ClassRecord, emitsTypes: boolean): string[] {
  const inMembers = members.flatMap((member) => [
    ...(emitsTypes ? typesOf(member) : []),
    ...member.annotations.flatMap(({ arguments: given }) => given.flatMap(namesIn)),
  ]);
  const inBase = base?.kind === 'name' ? base.path[0] : undefined;
  return [inBase, ...inMembers].flatMap((name) => name ?? []);
}

/** Those that the compiler writes as values. */
function typesOf(member: MemberRecord): (string | undefined)[] {
  if (member.annotations.length === 0) return [];
  return [valueOf(member)?.[0], ...member.parameters.map(({ type }) => nameOf(type)?.[0])];
}

/** `Shop` and `Declined` of `() => Shop, 'order', { when: Declined }`. */
function namesIn(value: ValueRecord): (string | undefined)[] {
  switch (value.kind) {
    case 'name':
      return [value.path[0]];
    case 'function':
      return value.returns?.kind === 'name' ? [value.returns.path[0]] : [];
    case 'array':
      return value.items.flatMap(namesIn);
    case 'object':
      return value.entries.flatMap((entry) => namesIn(entry.value));
    default:
      return [];
  }
}
