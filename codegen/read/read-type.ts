// Written types, as data.
//
// READ-TYPE-1. Deeper than anybody writes by hand is `other`: what reads the record need not fear for its stack.

import type { ts } from 'ts-morph';
import type { TypeRecord } from './file-record.ts';
import { deeper, mapped, readPath, readPropertyName, spanOf, type Reading } from './read-value.ts';
import type { Span } from './span.ts';

export function readType(outer: Reading, node: ts.TypeNode): TypeRecord {
  const { ts } = outer;
  const at = spanOf(outer, node);
  const reading = deeper(outer);
  if (reading === undefined) return { kind: 'other', at };
  const keyword = ts.typeKeywords.get(node.kind);
  if (keyword !== undefined) return { kind: 'keyword', text: keyword, at };
  if (ts.isParenthesizedTypeNode(node)) return readType(reading, node.type);
  if (ts.isTypeReferenceNode(node)) return readName(reading, node.typeName, node.typeArguments, at);
  if (ts.isExpressionWithTypeArguments(node)) return readName(reading, node.expression, node.typeArguments, at);
  if (ts.isArrayTypeNode(node))
    return { kind: 'array', isReadonly: false, item: readType(reading, node.elementType), at };
  if (ts.isTypeOperatorNode(node)) return readOperator(reading, node, at);
  if (ts.isUnionTypeNode(node)) return { kind: 'union', items: node.types.map((item) => readType(reading, item)), at };
  if (ts.isIntersectionTypeNode(node)) {
    return { kind: 'intersection', items: node.types.map((item) => readType(reading, item)), at };
  }
  if (ts.isLiteralTypeNode(node)) return readLiteral(reading, node, at);
  if (ts.isTypeLiteralNode(node)) return readMembers(reading, node.members, at);
  return withParts(reading, node, at);
}

/** A tuple, and whatever else has types within. */
function withParts(reading: Reading, node: ts.TypeNode, at: Span): TypeRecord {
  const parts: TypeRecord[] = [];
  reading.ts.forEachChild(node, (child) => {
    if (reading.ts.isTypeNode(child)) parts.push(readType(reading, child));
  });
  return { kind: 'other', ...(parts.length > 0 && { parts }), at };
}

/** What is in the braces of a type or an interface. */
export function readMembers(reading: Reading, members: readonly ts.TypeElement[], at: Span): TypeRecord {
  const { ts } = reading;
  const required = members.filter((member) => member.questionToken === undefined);
  const fields = required.flatMap(({ name }) => (name === undefined ? [] : (readPropertyName(ts, name) ?? [])));
  const parts = members.flatMap((member) =>
    ts.isPropertySignature(member) && member.type !== undefined ? [readType(reading, member.type)] : [],
  );
  return { kind: 'other', fields, ...(parts.length > 0 && { parts }), at };
}

function readName(reading: Reading, name: ts.Node, given: readonly ts.TypeNode[] | undefined, at: Span): TypeRecord {
  const path = readPath(reading.ts, name);
  if (path === undefined) return { kind: 'other', at };
  return { kind: 'name', path, arguments: mapped(given, (item) => readType(reading, item)), at };
}

function readOperator(reading: Reading, node: ts.TypeOperatorNode, at: Span): TypeRecord {
  const { ts } = reading;
  const isReadonly = node.operator === ts.SyntaxKind.ReadonlyKeyword && ts.isArrayTypeNode(node.type);
  if (!isReadonly) return withParts(reading, node, at);
  return { kind: 'array', isReadonly, item: readType(reading, node.type.elementType), at };
}

function readLiteral({ ts }: Reading, node: ts.LiteralTypeNode, at: Span): TypeRecord {
  const { literal } = node;
  if (ts.isStringLiteral(literal)) return { kind: 'literal', value: literal.text, at };
  // A number too large for its type has no literal to write it with.
  if (ts.isNumericLiteral(literal) && Number.isFinite(Number(literal.text)))
    return { kind: 'literal', value: Number(literal.text), at };
  if (literal.kind === ts.SyntaxKind.TrueKeyword) return { kind: 'literal', value: true, at };
  if (literal.kind === ts.SyntaxKind.FalseKeyword) return { kind: 'literal', value: false, at };
  if (literal.kind === ts.SyntaxKind.NullKeyword) return { kind: 'literal', value: null, at };
  return { kind: 'other', at };
}
