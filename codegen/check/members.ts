// Annotated members that cannot be nodes, classes that the wiring cannot import, and annotations without parentheses.

import { annotationOf, meaningOf } from '../model/annotation.ts';
import { methodAnnotations } from '../model/class-chain.ts';
import type { ClassPlace, Model, NodeModel, Place, ServiceModel } from '../model/model.ts';
import { marksOf } from '../model/slots.ts';
import type { Scope } from '../model/scope.ts';
import type { FileRecord, MemberRecord, AnnotationRecord, ClassRecord } from '../read/file-record.ts';
import type { Findings, Part } from '../findings.ts';
import { Table } from '../memory.ts';
import type { Report } from '../problem.ts';

// `await` would call a `then`, JSON a `toJSON`; the others are names that JavaScript itself uses.
const RESERVED = new Set(['then', 'toJSON', 'constructor', 'prototype', '__proto__']);

/** What goes on fields; all but the last on parameters, too. */
const FIELD_MARKS: ReadonlySet<string> = new Set(['ReturnValue', 'ErrorValue', 'Sensitive']);

/** What depends on services that may be anywhere. */
interface OpenQuestions {
  /** With annotations: reported if no service is one of them or extends it. */
  readonly annotated: readonly ClassRecord[];
  /** Marks of methods without an annotation: reported if no service inherits one. */
  readonly marked: readonly { readonly member: MemberRecord; readonly place: Place }[];
}

const FILES = new Table<FileRecord, Part<OpenQuestions>>();

export function checkMembers(scope: Scope, { services }: Model, findings: Findings): void {
  let called: ReadonlySet<MemberRecord> | undefined;
  const isCalled = (member: MemberRecord): boolean => {
    called ??= new Set(services.flatMap((service) => service.nodes.map((node) => node.member)));
    return called.has(member);
  };
  const inChains = new Set(services.flatMap((service) => service.chain.map((found) => found.class)));
  for (const file of scope.sources.selected()) {
    const { annotated, marked } = findings.part(FILES, file, (report) => checkFile(scope, file, report));
    for (const item of annotated) {
      if (!inChains.has(item)) checkClass(scope, { file, class: item }, findings.report);
    }
    for (const { member, place } of marked) {
      if (isCalled(member)) continue;
      const text = `the mark has nothing to take: \`${member.name ?? 'the method'}\` has no annotation; add @OnSuccess or @OnError`;
      findings.report('ONW1107', place, text);
    }
  }
}

function checkFile(scope: Scope, file: FileRecord, report: Report): OpenQuestions {
  checkParentheses(scope, file, report);
  for (const member of file.classes.flatMap(({ members }) => members)) checkFieldMarks(scope, file, member, report);
  const isAnnotated = (member: MemberRecord): boolean => methodAnnotations(scope, file, member).length > 0;
  const annotated = file.classes.filter(({ members }) => members.some(isAnnotated));
  for (const item of annotated) {
    const owner: ClassPlace = { file, class: item };
    for (const member of item.members.filter(isAnnotated)) checkMember(scope, owner, member, report);
  }
  // A class that extends the abstract one may have the annotations.
  const others = file.classes.flatMap(({ isAbstract, members }) => (isAbstract ? [] : members));
  const marked = others
    .filter((member) => !isAnnotated(member))
    .flatMap((member) =>
      member.parameters
        .flatMap((parameter) => marksOf(scope, file, parameter.annotations))
        .map(({ place }) => ({ member, place })),
    );
  return { annotated, marked };
}

export function checkOverride(scope: Scope, node: NodeModel, report: Report): void {
  const { member, place, service } = node;
  if (place.file !== service.file || methodAnnotations(scope, place.file, member).length > 0) return;
  const text = `${node.id} overrides an annotated method and inherits its annotations; repeat them here to change them`;
  report('ONW1126', place, text, { severity: 'info' });
}

/** Marks of fields on what is no field of an instance. */
function checkFieldMarks(
  scope: Scope,
  file: FileRecord,
  { kind, isStatic, ...member }: MemberRecord,
  report: Report,
): void {
  const ours = (annotations: readonly AnnotationRecord[]) =>
    annotations
      .flatMap((record) => annotationOf(scope, file, record) ?? [])
      .filter(({ name }) => FIELD_MARKS.has(name));
  for (const { name, record } of ours(member.annotations)) {
    const place: Place = { file, at: record.at };
    const shown = member.name === undefined ? 'this field' : `\`${member.name}\``;
    if (kind === 'method')
      report('ONW1123', place, `@${name}() is on the method ${shown}; put it on a field of the message class`);
    else if (isStatic)
      report('ONW1121', place, `${shown} is static; messages have fields of instances only: remove \`static\``);
  }
  for (const { name, record } of ours(member.parameters.flatMap(({ annotations }) => annotations))) {
    if (name !== 'Sensitive') continue;
    const text = '@Sensitive() goes on a field of a message class: mark the fields of what this parameter takes';
    report('ONW1123', { file, at: record.at }, text);
  }
}

function checkMember(scope: Scope, { file }: ClassPlace, member: MemberRecord, report: Report): void {
  const place: Place = { file, at: member.at };
  const { name } = member;
  const shown = name === undefined ? 'this method' : `\`${name}\``;
  const names = methodAnnotations(scope, file, member).map((annotation) => annotation.name);
  if (member.kind !== 'method') report('ONW1123', place, `${shown} is not a method; annotate a method that has a body`);
  else if (member.isOptional) report('ONW1123', place, `${shown} is optional; a node always exists: remove the \`?\``);
  if (member.isStatic)
    report('ONW1121', place, `${shown} is static; nodes are methods of an instance: remove \`static\``);
  if (member.visibility !== 'public') {
    report('ONW1120', place, `${shown} is ${member.visibility}; the wiring has to call it: make it public`);
  }
  if (member.isGenerator) {
    report('ONW1122', place, `${shown} is a generator; return an array or a promise of one instead`);
  }
  if (member.isAbstract)
    report('ONW1125', place, `${shown} is abstract; annotate the method of the class that implements it`);
  if (member.overloads > 0) {
    report(
      'ONW1124',
      place,
      `${shown} has ${member.overloads} overloads; a node has one signature: write it as a union`,
    );
  }
  if (name === undefined && member.visibility === 'public') {
    report('ONW1128', place, 'a method with a computed name cannot be named in a target; write the name out');
  }
  if (name !== undefined && RESERVED.has(name)) {
    report('ONW1129', place, `\`${name}\` has a special meaning in JavaScript; rename the method`);
  }
  const kinds = names.filter((found) => found === 'Job' || found === 'Handler');
  if (kinds.length > 1) {
    report(
      'ONW1113',
      place,
      `${shown} is annotated with ${kinds.map((kind) => `@${kind}`).join(' and ')}; keep one of them`,
    );
  }
}

/** A class with annotations that is no service, nor the base of one. */
function checkClass(scope: Scope, { file, class: item }: ClassPlace, report: Report): void {
  const place: Place = { file, at: item.at };
  if (item.name === undefined || !item.isTopLevel) {
    const shown = item.name === undefined ? 'a class without a name' : `${item.name} is not at the top of its file and`;
    report('ONW1127', place, `${shown} cannot be imported; declare it as \`export class …\` at the top of a file`);
    return;
  }
  // Of a package the other users may extend it.
  const { program } = scope.sources;
  if (item.isAbstract && (program.isOwn(file.path) || program.isListed(file.path))) {
    report('ONW1125', place, `${item.name} is abstract and nothing extends it; its annotations have no effect`);
  }
}

export function checkImportable(scope: Scope, service: ServiceModel, report: Report): void {
  const { place } = service;
  const { name = '' } = service.class;
  if (service.symbol === undefined) {
    const text = scope.sources.program.isOwn(place.file.path)
      ? `${name} is not exported; the wiring has to import it: write \`export class ${name}\``
      : `${name} cannot be imported where the wiring is: it belongs to another project, and no name that is imported there leads to it; export it from the entry of its package`;
    report('ONW1206', place, text);
  }
  if (service.class.typeParameters.length > 0) {
    report(
      'ONW1130',
      place,
      `${name} is generic; the wiring cannot know its types: extend it with a class that gives them`,
    );
  }
}

/** How each annotation is written, with example arguments where it takes some. */
const WRITTEN: ReadonlyMap<string, string> = new Map([
  ...['Service', 'Job', 'Handler', 'OnRunSuccess', 'OnRunError', 'OnRunEnd'].map((name) => [name, '()'] as const),
  ...['ReturnValue', 'ErrorValue', 'Message', 'Sensitive'].map((name) => [name, '()'] as const),
  ...['OnStart', 'OnSuccess', 'OnError', 'OnEnd', 'OnCancel'].map(
    (name) => [name, "(() => Billing, 'charge')"] as const,
  ),
  ['Schedule', "('0 6 * * *')"],
  ['Join', "({ receipt: from(() => Billing, 'charge') })"],
]);

function checkParentheses(scope: Scope, file: FileRecord, report: Report): void {
  for (const annotation of file.classes.flatMap(annotationsIn)) {
    checkOne(scope, file, annotation, report);
    checkHidden(scope, file, annotation, report);
  }
}

/** What may be one of ours and cannot be read is never passed over. */
function checkHidden(scope: Scope, file: FileRecord, record: AnnotationRecord, report: Report): void {
  const meaning = meaningOf(scope, file, record);
  if (meaning.kind !== 'hidden') return;
  report('ONW1119', { file, at: record.at }, meaning.text, meaning.isSure ? {} : { severity: 'warning' });
}

function annotationsIn({ annotations, members }: ClassRecord): readonly AnnotationRecord[] {
  const inMembers = members.flatMap((member) => [
    ...member.annotations,
    ...member.parameters.flatMap((parameter) => parameter.annotations),
  ]);
  return [...annotations, ...inMembers];
}

function checkOne(scope: Scope, file: FileRecord, written: AnnotationRecord, report: Report): void {
  const { name: own = '', record } = annotationOf(scope, file, written) ?? {};
  const { path, at } = written;
  if (record === undefined || record.isCalled) return;
  const parentheses = WRITTEN.get(own);
  if (parentheses === undefined) return;
  const name = `@${path.join('.')}`;
  const says = own === 'Schedule' ? 'say when' : 'say what it watches';
  const what = parentheses === '()' ? `write ${name}()` : `${says}, as in ${name}${parentheses}`;
  report('ONW1118', { file, at }, `${name} has no parentheses, so it annotates nothing; ${what}`);
}
