// Parameters and message fields: what fills them, by mark and never by name or position. A message that comes from
// outside is filled by no edge.

import type { AnnotationRecord, FileRecord, MemberRecord } from '../read/file-record.ts';
import { annotationOf } from './annotation.ts';
import { chainOf, typePlace, type AnnotatedMethod } from './class-chain.ts';
import type { ClassPlace, FieldModel, Mark, MessageModel, NodeFacts, Slot, NodeModel } from './model.ts';
import type { Scope } from './scope.ts';
import { classOf, nameType, type TypePlace } from './type-name.ts';

const MARKS: ReadonlyMap<string | undefined, Mark> = new Map([
  ['ReturnValue', 'returnValue'],
  ['ErrorValue', 'error'],
  ['Message', 'message'],
]);

export function readSlots(scope: Scope, method: AnnotatedMethod): Slot[] {
  const { member, file, place } = method;
  const isMarked = member.parameters.some((parameter) => marksOf(scope, file, parameter.annotations).length > 0);
  const base = isMarked ? undefined : method.inheritedFrom;
  const isAfterEnd = method.annotations.some((annotation) => annotation.name === 'OnEnd');
  return member.parameters.map((parameter, index) => {
    const marks =
      base === undefined
        ? marksOf(scope, file, parameter.annotations)
        : marksOf(scope, base.file, base.member.parameters[index]?.annotations ?? []);
    const sent = sentType(scope, file, parameter.type);
    const written = sent ?? parameter.type;
    const type = nameType(scope, place, written);
    // After an end there may be no value; where there is one, it is of the class.
    const ofClass = classOf(scope, place, isAfterEnd ? withoutUndefined(written) : written);
    return {
      fills: marks[0]?.mark ?? (isOurs(scope, file, written, 'StepContext') ? 'context' : 'unmarked'),
      marks,
      index,
      place: { file, at: parameter.at },
      parameter: sent === undefined ? parameter : { ...parameter, type: sent },
      isSent: sent !== undefined,
      ...(type !== undefined && { type }),
      ...(ofClass !== undefined && { class: ofClass }),
    };
  });
}

/** The message: what is sent from outside is whole, so that only annotations make a field of it a marked one. */
export function readMessage(
  scope: Scope,
  slots: readonly Slot[],
  { waits }: Pick<NodeFacts, 'waits'>,
): MessageModel | undefined {
  const slot = slots.find((item) => item.fills === 'unmarked');
  if (slot === undefined) return undefined;
  const isReport = isOurs(scope, slot.place.file, slot.parameter.type, 'RunReport');
  if (slot.class?.class === undefined) return { slot, fields: [], isComplete: false, isReport };
  const { fields, isComplete } = fieldsOf(scope, { file: slot.class.file, class: slot.class.class });
  return { slot, fields: waits === true ? fields : withDefaultMark(fields), isComplete, isReport };
}

/** The fields of a class, the nearest class first, and whether every base class could be read. */
export function fieldsOf(scope: Scope, start: ClassPlace): Pick<MessageModel, 'fields' | 'isComplete'> {
  const chain = chainOf(scope, start);
  const fields = new Map<string, FieldModel>();
  for (const owner of chain.classes) {
    const place = typePlace(owner, []);
    for (const member of owner.class.members) {
      if (member.name === undefined || member.isStatic) continue;
      const field = readField(scope, place, member, member.name);
      // A field that is declared again keeps its annotations, as it does at run time.
      const { mark = field.mark, ...known } = fields.get(member.name) ?? field;
      const hasAnnotations = known.hasAnnotations || field.hasAnnotations;
      fields.set(member.name, { ...known, hasAnnotations, ...(mark !== undefined && { mark }) });
    }
  }
  return { fields: [...fields.values()], isComplete: chain.isComplete };
}

/** A field named `returnValue` counts as marked. */
function withDefaultMark(fields: readonly FieldModel[]): FieldModel[] {
  const isMarked = fields.some((field) => field.mark === 'returnValue');
  return fields.map((field) =>
    !isMarked && field.name === 'returnValue' && !field.isMethod && field.mark === undefined
      ? { ...field, mark: 'returnValue' }
      : field,
  );
}

function readField(scope: Scope, place: TypePlace, member: MemberRecord, name: string): FieldModel {
  const { file } = place;
  const mark = marksOf(scope, file, member.annotations).find((found) => found.mark !== 'message')?.mark;
  const ofClass = classOf(scope, place, member.type);
  const type = nameType(scope, place, member.type);
  return {
    name,
    member,
    place: { file, at: member.at },
    isRequired: isRequired(member),
    isMethod: member.kind !== 'property',
    hasAnnotations: member.annotations.length > 0,
    ...(mark !== undefined && mark !== 'message' && { mark }),
    ...(ofClass !== undefined && { class: ofClass }),
    ...(type !== undefined && { type }),
  };
}

function isRequired(member: MemberRecord): boolean {
  if (member.kind !== 'property' || member.isOptional || member.hasInitializer || member.visibility !== 'public')
    return false;
  if (member.annotations.some((annotation) => annotation.path.at(-1) === 'IsOptional')) return false;
  const { type } = member;
  return type?.kind !== 'union' || !type.items.some((item) => item.kind === 'keyword' && item.text === 'undefined');
}

function withoutUndefined(type: MemberRecord['type']): MemberRecord['type'] {
  if (type?.kind !== 'union') return type;
  const [only, ...others] = type.items.filter((item) => item.kind !== 'keyword' || item.text !== 'undefined');
  return only !== undefined && others.length === 0 ? only : type;
}

/** Every mark of a member or parameter, from the top. */
export function marksOf(
  scope: Scope,
  file: FileRecord,
  annotations: readonly AnnotationRecord[],
): Slot['marks'][number][] {
  return annotations.flatMap((record) => {
    const mark = MARKS.get(annotationOf(scope, file, record)?.name);
    return mark === undefined ? [] : [{ mark, place: { file, at: record.at } }];
  });
}

/** What `Sent` is written around. */
function sentType(scope: Scope, file: FileRecord, type: MemberRecord['type']): MemberRecord['type'] {
  const bare = withoutUndefined(type);
  return bare?.kind === 'name' && scope.ours(file, bare.path) === 'Sent' ? bare.arguments[0] : undefined;
}

// An alias may lead back to itself.
const MAX_DEPTH = 8;

/** Under our name, or under that of an alias without parameters. */
function isOurs(scope: Scope, file: FileRecord, type: MemberRecord['type'], name: string): boolean {
  let at = { file, type };
  for (let depth = 0; depth < MAX_DEPTH && at.type?.kind === 'name'; depth++) {
    if (scope.ours(at.file, at.type.path) === name) return true;
    const found = scope.declared(at.file, at.type.path);
    if (found?.declaration.kind !== 'alias') return false;
    at = { file: found.file, type: found.declaration.type };
  }
  return false;
}

/** The unmarked parameter, where edges fill it. */
export function filledMessage({ message, facts }: NodeModel): MessageModel | undefined {
  return facts.waits === true || message?.slot.isSent === true ? undefined : message;
}

/** The field of it that takes a value by its mark. */
export function markedField(node: NodeModel, mark: NonNullable<FieldModel['mark']>): FieldModel | undefined {
  return filledMessage(node)?.fields.find((field) => field.mark === mark);
}
