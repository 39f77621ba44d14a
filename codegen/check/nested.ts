// Message classes within message classes: class-validator looks into one only if the field has both its annotations.
//
// NESTED-1. Only what is certain is reported: an annotation from another package may do the same, and an annotation that
//           says how to take the field settles the question.

import { chainOf, typePlace } from '../model/class-chain.ts';
import { filledMessage } from '../model/slots.ts';
import type { ClassPlace, Model, NodeModel, Place } from '../model/model.ts';
import type { Declared, Scope } from '../model/scope.ts';
import { classOf, type TypePlace } from '../model/type-name.ts';
import type { AnnotationRecord, FileRecord, MemberRecord, TypeRecord } from '../read/file-record.ts';
import type { Report } from '../problem.ts';

export function checkNested(scope: Scope, { services }: Model, report: Report): void {
  const nodes = services.flatMap((service) => service.nodes);
  const slots = nodes.flatMap((node) => node.slots);
  const open = slots.flatMap((slot) => (slot.fills === 'error' || slot.class === undefined ? [] : [slot.class]));
  const filled = new Set(nodes.flatMap(filledFields));
  const seen = new Set<unknown>();
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at.class === undefined || seen.has(at.class)) continue;
    seen.add(at.class);
    for (const owner of chainOf(scope, { file: at.file, class: at.class }).classes) {
      for (const member of owner.class.members) {
        const isFilled = filled.has(keyOf({ file: owner.file, at: member.at }));
        const checked = isFilled
          ? nestedIn(scope, typePlace(owner, []), member)?.class
          : checkField(scope, owner, member, report);
        if (checked !== undefined) open.push(checked);
      }
    }
  }
}

/** A field that takes a return value or the value of a join's source is validated as a nested message anyway. */
function filledFields(node: NodeModel): string[] {
  const sources = new Set(node.edges.flatMap((edge) => edge.join?.keys ?? []));
  const fields = (filledMessage(node)?.fields ?? []).filter(
    (field) => field.mark !== undefined || sources.has(field.name),
  );
  return fields.map((field) => keyOf(field.place));
}

function keyOf({ file, at }: Place): string {
  return `${file.path}:${at[0]}`;
}

/** The class in the field, if class-validator looks into it. */
function checkField(scope: Scope, owner: ClassPlace, member: MemberRecord, report: Report): Declared | undefined {
  const { file } = owner;
  if (member.kind !== 'property' || member.isStatic || member.name === undefined || isOfPackage(file)) return undefined;
  const found = nestedIn(scope, typePlace(owner, []), member);
  if (found === undefined || !hasValidators(scope, found.class)) return undefined;
  const sources = member.annotations.map((annotation) => sourceOf(file, annotation));
  const isValidated = sources.includes('class-validator ValidateNested');
  const isTyped = sources.includes('class-transformer Type');
  if (isValidated && isTyped) return found.class;
  if (sources.some((source) => !/^class-(validator|transformer) /.test(source) || SAYS_HOW.has(source)))
    return undefined;
  const { name } = found.class.declaration;
  const lists = found.isList ? '{ each: true }' : '';
  const type = `@Type(() => ${name})`;
  const text = isValidated
    ? `no data fits \`${member.name}\`: without ${type} its value never becomes ${name}; write that next to @ValidateNested(${lists})`
    : `\`${member.name}\` holds ${name}, and nothing checks its fields; write @ValidateNested(${lists})${isTyped ? '' : ` and ${type}`} before it, or @Allow() to take it unchecked`;
  report('ONW1207', { file, at: member.at }, text, { severity: 'warning' });
  return undefined;
}

const SAYS_HOW: ReadonlySet<string> = new Set([
  'class-validator Allow',
  'class-validator IsInstance',
  'class-validator Validate',
  'class-validator ValidateBy',
  'class-validator ValidatePromise',
  'class-transformer Exclude',
  'class-transformer Transform',
]);

/** `class-validator IsInt`; the name alone if it is not imported. */
function sourceOf(file: FileRecord, { path }: AnnotationRecord): string {
  const [first = '', second = ''] = path;
  const imported = file.imports.find((item) => item.local === first);
  if (imported === undefined) return first;
  return `${imported.from} ${imported.imported === '*' ? second : imported.imported}`;
}

interface Nested {
  readonly class: Declared;
  readonly isList: boolean;
}

/** The class that a field holds, by its type or by `@Type`. */
function nestedIn(scope: Scope, place: TypePlace, { type, annotations }: MemberRecord): Nested | undefined {
  const written = type === undefined ? undefined : nestedType(scope, place, type);
  if (written !== undefined) return written;
  const named = annotations.find((annotation) => sourceOf(place.file, annotation) === 'class-transformer Type');
  const [thunk] = named?.arguments ?? [];
  if (thunk?.kind !== 'function' || thunk.returns?.kind !== 'name') return undefined;
  const found = scope.declared(place.file, thunk.returns.path);
  return found?.class === undefined ? undefined : { class: found, isList: type?.kind === 'array' };
}

function nestedType(scope: Scope, place: TypePlace, type: TypeRecord): Nested | undefined {
  if (type.kind === 'array') return asList(nestedType(scope, place, type.item));
  if (type.kind === 'union') {
    const [only, ...others] = type.items.filter((item) => !isNothing(item));
    return only === undefined || others.length > 0 ? undefined : nestedType(scope, place, only);
  }
  if (type.kind !== 'name') return undefined;
  const ofClass = classOf(scope, place, type);
  if (ofClass !== undefined) return { class: ofClass, isList: false };
  const [name, ...more] = type.path;
  const [item] = type.arguments;
  const isList = (name === 'Array' || name === 'ReadonlyArray') && more.length === 0 && item !== undefined;
  return isList ? asList(nestedType(scope, place, item)) : undefined;
}

function asList(nested: Nested | undefined): Nested | undefined {
  return nested === undefined ? undefined : { ...nested, isList: true };
}

function isNothing(type: TypeRecord): boolean {
  return type.kind === 'literal' ? type.value === null : type.kind === 'keyword' && type.text === 'undefined';
}

function hasValidators(scope: Scope, { file, class: item }: Declared): boolean {
  if (item === undefined) return false;
  return chainOf(scope, { file, class: item }).classes.some((owner) =>
    owner.class.members.some((member) =>
      member.annotations.some((annotation) => sourceOf(owner.file, annotation).startsWith('class-validator ')),
    ),
  );
}

/** The declarations of a package have lost their annotations. */
function isOfPackage({ path }: FileRecord): boolean {
  return path.endsWith('.d.ts') || path.includes('/node_modules/');
}
