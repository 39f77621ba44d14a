// Classes: their members, signatures and annotations, as data.

import type { ts } from 'ts-morph';
import type { AnnotationRecord, ClassRecord, MemberRecord, ParameterRecord } from './file-record.ts';
import { readCalls } from './read-calls.ts';
import { readType } from './read-type.ts';
import { bare, readPath, readPropertyName, readValue, spanOf, type Reading } from './read-value.ts';

export function readClass(reading: Reading, node: ts.ClassLikeDeclaration, isTopLevel: boolean): ClassRecord {
  const { ts } = reading;
  const extended = node.heritageClauses?.find((clause) => clause.token === ts.SyntaxKind.ExtendsKeyword)?.types[0];
  return {
    ...(node.name !== undefined && { name: node.name.text }),
    at: node.name === undefined ? headOf(reading, node) : spanOf(reading, node.name),
    isTopLevel,
    isAbstract: has(reading, node, ts.SyntaxKind.AbstractKeyword),
    typeParameters: (node.typeParameters ?? []).map((parameter) => parameter.name.text),
    ...(extended !== undefined && { base: readType(reading, extended) }),
    annotations: readAnnotations(reading, node),
    members: readMembers(reading, node),
    requiredConstructorParameters: requiredParameters(reading, node),
  };
}

/** The word `class`, where there is no name to point at. */
function headOf(reading: Reading, node: ts.ClassLikeDeclaration): readonly [number, number] {
  const start = node.getStart(reading.source, false);
  const at = reading.source.text.indexOf('class', start);
  return at < 0 ? [start, start + 1] : [at, at + 'class'.length];
}

function readMembers(reading: Reading, node: ts.ClassLikeDeclaration): MemberRecord[] {
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
  return found;
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
  return [
    {
      ...modifiersOf(reading, member),
      kind: isMethod ? 'method' : isProperty ? 'property' : 'accessor',
      ...(name !== undefined && !ts.isNumericLiteral(member.name) && { name }),
      ...(ts.isPrivateIdentifier(member.name) && { visibility: 'private' }),
      at: spanOf(reading, member.name),
      isGenerator: isMethod && member.asteriskToken !== undefined,
      isOptional: member.questionToken !== undefined,
      hasInitializer: isProperty && member.initializer !== undefined,
      overloads: name === undefined ? 0 : (overloads.get(name) ?? 0),
      typeParameters: isMethod ? (member.typeParameters ?? []).map((parameter) => parameter.name.text) : [],
      parameters: isMethod ? readParameters(reading, member) : [],
      ...typeFacts(reading, member),
    },
  ];
}

/** The written type, or what there is in its place; and what the body calls. */
function typeFacts(
  reading: Reading,
  member: ts.MethodDeclaration | ts.PropertyDeclaration | ts.AccessorDeclaration,
): Pick<MemberRecord, 'type' | 'calls'> {
  const calls = reading.ts.isMethodDeclaration(member) ? readCalls(reading, member) : [];
  return {
    ...(member.type !== undefined && { type: readType(reading, member.type) }),
    ...(calls.length > 0 && { calls }),
  };
}

/** `constructor(readonly id: string)` declares a field. */
function readParameterProperties(reading: Reading, node: ts.ConstructorDeclaration): MemberRecord[] {
  const { ts } = reading;
  return node.parameters
    .filter((parameter) => ts.isParameterPropertyDeclaration(parameter, node))
    .map((parameter) => ({
      ...modifiersOf(reading, parameter),
      ...readParameter(reading, parameter),
      kind: 'property',
      isGenerator: false,
      hasInitializer: parameter.initializer !== undefined,
      overloads: 0,
      typeParameters: [],
      parameters: [],
    }));
}

function readParameters(reading: Reading, node: ts.MethodDeclaration): ParameterRecord[] {
  // `this` is a note for the compiler; nothing is passed for it.
  const passed = node.parameters.filter(({ name }) => !reading.ts.isIdentifier(name) || name.text !== 'this');
  return passed.map((parameter) => readParameter(reading, parameter));
}

function readParameter(reading: Reading, node: ts.ParameterDeclaration): ParameterRecord {
  return {
    ...(reading.ts.isIdentifier(node.name) && { name: node.name.text }),
    at: spanOf(reading, node.name),
    annotations: readAnnotations(reading, node),
    isRest: node.dotDotDotToken !== undefined,
    isOptional: node.questionToken !== undefined || node.initializer !== undefined,
    ...(node.type !== undefined && { type: readType(reading, node.type) }),
  };
}

function readAnnotations(reading: Reading, node: ts.HasDecorators): AnnotationRecord[] {
  const { ts } = reading;
  return (ts.getDecorators(node) ?? []).map((decorator) => {
    const expression = bare(ts, decorator.expression);
    const call = ts.isCallExpression(expression) ? expression : undefined;
    const path = readPath(ts, bare(ts, call?.expression ?? expression));
    const given = path === undefined ? [] : (call?.arguments ?? []);
    return {
      path: path ?? [],
      at: spanOf(reading, decorator),
      isCalled: call !== undefined,
      arguments: given.map((argument) => readValue(reading, argument)),
    };
  });
}

function modifiersOf(
  reading: Reading,
  node: ts.Declaration,
): Pick<MemberRecord, 'isStatic' | 'isAbstract' | 'visibility' | 'annotations'> {
  const { ts } = reading;
  const isPrivate = has(reading, node, ts.SyntaxKind.PrivateKeyword);
  const isProtected = has(reading, node, ts.SyntaxKind.ProtectedKeyword);
  return {
    isStatic: has(reading, node, ts.SyntaxKind.StaticKeyword),
    isAbstract: has(reading, node, ts.SyntaxKind.AbstractKeyword),
    visibility: isPrivate ? 'private' : isProtected ? 'protected' : 'public',
    annotations: ts.canHaveDecorators(node) ? readAnnotations(reading, node) : [],
  };
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
