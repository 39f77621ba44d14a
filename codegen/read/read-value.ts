// Expressions in annotations and constants, as data.

import type { ts } from 'ts-morph';
import type { EntryRecord, ValueRecord } from './file-record.ts';
import { span, type Span } from './span.ts';
import type { Syntax } from './syntax.ts';

/** A file that is being read. */
export interface Reading {
  readonly ts: Syntax;
  readonly source: ts.SourceFile;
  /** How deep in a value or a type. @default 0 */
  readonly depth?: number;
}

const MAX_DEPTH = 64;
// `a.b.c` has no nesting to stop it.
const MAX_PATH = 32;

/** One step in; undefined where it is deep enough. */
export function deeper(reading: Reading): Reading | undefined {
  const { ts, source, depth = 0 } = reading;
  return depth >= MAX_DEPTH ? undefined : { ts, source, depth: depth + 1 };
}

/** Most lists of a file are empty, and a record is kept for long: they are all this one. */
export const NONE: readonly never[] = Object.freeze([]);

/** Of every item what `read` makes of it. */
export function mapped<N, R>(nodes: readonly N[] | undefined, read: (node: N) => R): readonly R[] {
  return nodes === undefined || nodes.length === 0 ? NONE : nodes.map(read);
}

/** A list of exact size: an array that grew has spare capacity. */
export function trimmed<T>(list: readonly T[]): readonly T[] {
  return list.length === 0 ? NONE : list.slice();
}

export function spanOf({ source }: Reading, node: ts.Node): Span {
  return span(node.getStart(source, false), node.end);
}

export function readValue(outer: Reading, written: ts.Expression): ValueRecord {
  const { ts } = outer;
  const node = bare(ts, written);
  const at = spanOf(outer, node);
  const reading = deeper(outer);
  if (reading === undefined) return { kind: 'other', at };
  if (ts.isStringLiteralLike(node)) return { kind: 'literal', value: node.text, at };
  if (ts.isNumericLiteral(node)) return { kind: 'literal', value: Number(node.text), at };
  if (ts.isBigIntLiteral(node)) return { kind: 'literal', value: node.text, at };
  if (node.kind === ts.SyntaxKind.TrueKeyword) return { kind: 'literal', value: true, at };
  if (node.kind === ts.SyntaxKind.FalseKeyword) return { kind: 'literal', value: false, at };
  if (node.kind === ts.SyntaxKind.NullKeyword) return { kind: 'literal', value: null, at };
  if (ts.isPrefixUnaryExpression(node)) return readNegative(reading, node, at);
  if (ts.isObjectLiteralExpression(node)) return readObject(reading, node, at);
  if (ts.isArrayLiteralExpression(node)) {
    return { kind: 'array', items: mapped(node.elements, (item) => readValue(reading, item)), at };
  }
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) {
    return readFunction(reading, node, node.body);
  }
  if (ts.isClassExpression(node)) return { kind: 'class', at };
  if (ts.isCallExpression(node)) return readCall(reading, node, at);
  const path = readPath(ts, node);
  return path === undefined ? { kind: 'other', at } : { kind: 'name', path, at };
}

const paths = new Map<string, readonly [string]>();

/** Thousands of files have the same annotations, types and constants: each name is kept once, and so is its path. */
function pathOf(name: string): readonly [string] {
  const known = paths.get(name);
  if (known !== undefined) return known;
  const path = Object.freeze([name] as const);
  paths.set(name, path);
  return path;
}

/** A name that other files are likely to have, too. */
export function shared(name: string): string {
  return pathOf(name)[0];
}

/** `a.b.c` or `a['b'].c` as its names; undefined for anything else. */
export function readPath(ts: Syntax, node: ts.Node): readonly string[] | undefined {
  const names: string[] = [];
  let at = node;
  while (names.length < MAX_PATH) {
    if (ts.isIdentifier(at)) return names.length === 0 ? pathOf(at.text) : [at.text, ...names.toReversed()];
    if (ts.isPropertyAccessExpression(at) && ts.isIdentifier(at.name)) {
      names.push(at.name.text);
      at = at.expression;
    } else if (ts.isElementAccessExpression(at) && ts.isStringLiteralLike(at.argumentExpression)) {
      names.push(at.argumentExpression.text);
      at = at.expression;
    } else if (ts.isQualifiedName(at)) {
      names.push(at.right.text);
      at = at.left;
    } else return undefined;
  }
  return undefined;
}

/** The name of a property that can be read without running anything. */
export function readPropertyName(ts: Syntax, name: ts.PropertyName): string | undefined {
  if (ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name)) return shared(name.text);
  if (ts.isComputedPropertyName(name) && ts.isStringLiteralLike(name.expression)) return name.expression.text;
  return undefined;
}

/** Without parentheses, `as`, `satisfies` and `!`. */
export function bare(ts: Syntax, written: ts.Expression): ts.Expression {
  let node = written;
  while (
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node)
  ) {
    node = node.expression;
  }
  return node;
}

/** A function with what it returns, where that is all it does. */
export function readFunction(
  reading: Reading,
  node: ts.SignatureDeclaration,
  body: ts.ConciseBody | undefined,
): ValueRecord {
  const returned = body === undefined ? undefined : returnedBy(reading.ts, body);
  const parameters = mapped(node.parameters, ({ name, initializer, dotDotDotToken }) => ({
    names: namesIn(reading.ts, name),
    ...(initializer !== undefined && dotDotDotToken === undefined && { default: readValue(reading, initializer) }),
  }));
  const returns = returned === undefined ? {} : { returns: readValue(reading, returned) };
  const { ts } = reading;
  const isAsync =
    ts.canHaveModifiers(node) && node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword) === true;
  return { kind: 'function', parameters, at: spanOf(reading, node), ...returns, ...(isAsync && { isAsync }) };
}

/** Every name that a pattern declares. */
export function namesIn(ts: Syntax, name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? namesIn(ts, element.name) : []));
}

function readCall(reading: Reading, node: ts.CallExpression, at: Span): ValueRecord {
  const path = readPath(reading.ts, bare(reading.ts, node.expression));
  if (path === undefined) return { kind: 'other', at };
  // It gives its argument back.
  const [only, ...others] = node.arguments;
  if (path.join('.') === 'Object.freeze' && only !== undefined && others.length === 0) return readValue(reading, only);
  return { kind: 'call', path, arguments: mapped(node.arguments, (item) => readValue(reading, item)), at };
}

function readNegative({ ts }: Reading, node: ts.PrefixUnaryExpression, at: Span): ValueRecord {
  const isNegative = node.operator === ts.SyntaxKind.MinusToken && ts.isNumericLiteral(node.operand);
  return isNegative ? { kind: 'literal', value: -Number(node.operand.text), at } : { kind: 'other', at };
}

function readObject(reading: Reading, node: ts.ObjectLiteralExpression, at: Span): ValueRecord {
  const entries: EntryRecord[] = [];
  const spreads: ValueRecord[] = [];
  let isOpen = false;
  for (const property of node.properties) {
    if (reading.ts.isSpreadAssignment(property)) {
      spreads.push(readValue(reading, property.expression));
      continue;
    }
    const entry = readEntry(reading, property);
    if (entry === undefined) isOpen = true;
    else entries.push(entry);
  }
  return { kind: 'object', entries: trimmed(entries), spreads: trimmed(spreads), isOpen, at };
}

function readEntry(reading: Reading, property: ts.ObjectLiteralElementLike): EntryRecord | undefined {
  const { ts } = reading;
  if (ts.isSpreadAssignment(property)) return undefined;
  const key = readPropertyName(ts, property.name);
  if (key === undefined) return undefined;
  const at = spanOf(reading, property.name);
  if (ts.isPropertyAssignment(property)) return { key, at, value: readValue(reading, property.initializer) };
  if (ts.isShorthandPropertyAssignment(property)) return { key, at, value: { kind: 'name', path: [key], at } };
  if (ts.isMethodDeclaration(property)) return { key, at, value: readFunction(reading, property, property.body) };
  return { key, at, value: { kind: 'other', at } };
}

/** What `() => X` or `() => { return X; }` gives. */
function returnedBy(ts: Syntax, body: ts.ConciseBody): ts.Expression | undefined {
  if (!ts.isBlock(body)) return body;
  const [only, ...more] = body.statements;
  return only !== undefined && more.length === 0 && ts.isReturnStatement(only) ? only.expression : undefined;
}
