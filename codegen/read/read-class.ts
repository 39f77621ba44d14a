// Classes: their members, signatures and annotations, as data.

import type { ts } from 'ts-morph';
import type { AnnotationRecord, ClassRecord, MemberRecord, ParameterRecord } from './file-record.ts';
import { readCalls } from './read-calls.ts';
import { readType } from './read-type.ts';
import {
  NONE,
  bare,
  mapped,
  readPath,
  readPropertyName,
  readValue,
  shared,
  spanOf,
  trimmed,
  type Reading,
} from './read-value.ts';
import { span, type Span } from './span.ts';

export function readClass(reading: Reading, node: ts.ClassLikeDeclaration, isTopLevel: boolean): ClassRecord {
  const { ts } = reading;
  const extended = node.heritageClauses?.find((clause) => clause.token === ts.SyntaxKind.ExtendsKeyword)?.types[0];
  return {
    name: node.name?.text,
    at: node.name === undefined ? headOf(reading, node) : spanOf(reading, node.name),
    isTopLevel,
    isAbstract: has(reading, node, ts.SyntaxKind.AbstractKeyword),
    typeParameters: mapped(node.typeParameters, (parameter) => parameter.name.text),
    base: extended === undefined ? undefined : readType(reading, extended),
    annotations: readAnnotations(reading, node),
    members: readMembers(reading, node),
    requiredConstructorParameters: requiredParameters(reading, node),
  };
}

/** The word `class`, where there is no name to point at. */
function headOf(reading: Reading, node: ts.ClassLikeDeclaration): Span {
  const start = node.getStart(reading.source, false);
  const at = reading.source.text.indexOf('class', start);
  return at < 0 ? span(start, start + 1) : span(at, at + 'class'.length);
}

function readMembers(reading: Reading, node: ts.ClassLikeDeclaration): readonly MemberRecord[] {
  const { ts } = reading;
  const found: MemberRecord[] = [];
  const overloads = new Map<string, number>();
  for (const member of node.members) {
    if (
      ts.isMethodDeclaration(member) &&
      member.body === undefined &&
      !has(reading, member, ts.SyntaxKind.AbstractKeyword) &&
      !isOptionalAlone(reading, node, member)
    ) {
      const name = readPropertyName(ts, member.name);
      if (name !== undefined) overloads.set(name, (overloads.get(name) ?? 0) + 1);
      continue;
    }
    const read = readMember(reading, member, overloads);
    if (read !== undefined) found.push(...read);
  }
  return trimmed(found);
}

/** `later?(): void` without an implementation: a class may leave it to its instances. */
function isOptionalAlone({ ts }: Reading, node: ts.ClassLikeDeclaration, member: ts.MethodDeclaration): boolean {
  if (member.questionToken === undefined) return false;
  const name = readPropertyName(ts, member.name);
  return !node.members.some(
    (other) => other !== member && ts.isMethodDeclaration(other) && readPropertyName(ts, other.name) === name,
  );
}

function readMember(
  reading: Reading,
  member: ts.ClassElement,
  overloads: ReadonlyMap<string, number>,
): MemberRecord[] | undefined {
  const { ts } = reading;
  if (ts.isConstructorDeclaration(member)) return readParameterProperties(reading, member);
  const isMethod = ts.isMethodDeclaration(member);
  const isProperty = ts.isPropertyDeclaration(member);
  if (!isMethod && !isProperty && !ts.isGetAccessor(member) && !ts.isSetAccessor(member)) return undefined;
  const name = readPropertyName(ts, member.name);
  const { isStatic, isAbstract, visibility } = modifiersOf(reading, member);
  return [
    {
      kind: isMethod ? 'method' : isProperty ? 'property' : 'accessor',
      name: ts.isNumericLiteral(member.name) ? undefined : name,
      at: spanOf(reading, member.name),
      annotations: readAnnotations(reading, member),
      isStatic,
      isAbstract,
      visibility: ts.isPrivateIdentifier(member.name) ? 'private' : visibility,
      isGenerator: isMethod && member.asteriskToken !== undefined,
      isOptional: member.questionToken !== undefined,
      hasInitializer: isProperty && member.initializer !== undefined,
      overloads: name === undefined ? 0 : (overloads.get(name) ?? 0),
      typeParameters: isMethod ? mapped(member.typeParameters, (parameter) => parameter.name.text) : NONE,
      parameters: isMethod ? readParameters(reading, member) : NONE,
      type: member.type === undefined ? undefined : readType(reading, member.type),
      calls: isMethod ? readCalls(reading, member) : NONE,
    },
  ];
}

/** `constructor(readonly id: string)` declares a field. */
function readParameterProperties(reading: Reading, node: ts.ConstructorDeclaration): MemberRecord[] {
  const { ts } = reading;
  return node.parameters
    .filter((parameter) => ts.isParameterPropertyDeclaration(parameter, node))
    .map((parameter) => {
      const { name, at, annotations, isOptional, type } = readParameter(reading, parameter);
      const { isStatic, isAbstract, visibility } = modifiersOf(reading, parameter);
      return {
        kind: 'property',
        name,
        at,
        annotations,
        isStatic,
        isAbstract,
        visibility,
        isGenerator: false,
        isOptional,
        hasInitializer: parameter.initializer !== undefined,
        overloads: 0,
        typeParameters: NONE,
        parameters: NONE,
        type,
        calls: NONE,
      };
    });
}

function readParameters(reading: Reading, node: ts.MethodDeclaration): readonly ParameterRecord[] {
  // `this` is a note for the compiler; nothing is passed for it.
  const passed = node.parameters.filter(({ name }) => !reading.ts.isIdentifier(name) || name.text !== 'this');
  return mapped(passed, (parameter) => readParameter(reading, parameter));
}

function readParameter(reading: Reading, node: ts.ParameterDeclaration): ParameterRecord {
  return {
    name: reading.ts.isIdentifier(node.name) ? shared(node.name.text) : undefined,
    at: spanOf(reading, node.name),
    annotations: readAnnotations(reading, node),
    isRest: node.dotDotDotToken !== undefined,
    isOptional: node.questionToken !== undefined || node.initializer !== undefined,
    ...(node.initializer !== undefined && { hasDefault: true }),
    type: node.type === undefined ? undefined : readType(reading, node.type),
  };
}

function readAnnotations(reading: Reading, node: ts.Node): readonly AnnotationRecord[] {
  const { ts } = reading;
  if (!ts.canHaveDecorators(node)) return NONE;
  return mapped(ts.getDecorators(node), (decorator) => {
    const expression = bare(ts, decorator.expression);
    const call = ts.isCallExpression(expression) ? expression : undefined;
    const path = readPath(ts, bare(ts, call?.expression ?? expression));
    return {
      path: path ?? NONE,
      at: spanOf(reading, decorator),
      isCalled: call !== undefined,
      arguments: path === undefined ? NONE : mapped(call?.arguments, (argument) => readValue(reading, argument)),
    };
  });
}

function modifiersOf(
  { ts }: Reading,
  node: ts.Declaration,
): Pick<MemberRecord, 'isStatic' | 'isAbstract' | 'visibility'> {
  const { SyntaxKind } = ts;
  let [isStatic, isAbstract] = [false, false];
  let visibility: MemberRecord['visibility'] = 'public';
  for (const { kind } of (ts.canHaveModifiers(node) ? node.modifiers : undefined) ?? []) {
    if (kind === SyntaxKind.StaticKeyword) isStatic = true;
    if (kind === SyntaxKind.AbstractKeyword) isAbstract = true;
    if (kind === SyntaxKind.ProtectedKeyword) visibility = 'protected';
    if (kind === SyntaxKind.PrivateKeyword) visibility = 'private';
  }
  return { isStatic, isAbstract, visibility };
}

function has({ ts }: Reading, node: ts.Node, modifier: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (node.modifiers ?? []).some((found) => found.kind === modifier);
}

function requiredParameters({ ts }: Reading, node: ts.ClassLikeDeclaration): number {
  const constructor = node.members.find((member) => ts.isConstructorDeclaration(member) && member.body !== undefined);
  if (constructor === undefined || !ts.isConstructorDeclaration(constructor)) return 0;
  return constructor.parameters.filter(
    (parameter) =>
      parameter.questionToken === undefined &&
      parameter.initializer === undefined &&
      parameter.dotDotDotToken === undefined,
  ).length;
}
