// The nodes that a body calls and spawns by a written name; and which of these calls the compiler infers the return type of
// the body from.
//
// READ-CALLS-1. Found by trying: with TypeScript 5.9, 6.0 and 7.0 a call anywhere in a returned expression counts, whatever
//               is made of it there, and so does one in a variable without a type that is named in it. Not one below
//               `void`, and in a variable not one below `as`.
// READ-CALLS-2. A function within the body may have a type of its own: the return type of the body does not depend on the
//               calls in it.

import type { ts } from 'ts-morph';
import type { Syntax } from './syntax.ts';
import type { CallRecord } from './file-record.ts';
import { startOf } from './span.ts';
import { NONE, namesIn, readPath, spanOf, type Reading } from './read-value.ts';

/** Every node that a body calls or spawns by a written name, also within its functions; in the order of the text. */
export function readCalls(reading: Reading, { type, body }: ts.MethodDeclaration): readonly CallRecord[] {
  if (body === undefined || !/\b(call|spawn)\s*\(/.test(reading.source.text.slice(body.pos, body.end))) return NONE;
  const returned = type === undefined ? returnedCalls(reading, body) : undefined;
  const found: CallRecord[] = [];
  const open: ts.Node[] = [body];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const call = readCall(reading, node);
    if (call !== undefined) found.push(returned?.has(node) === true ? { ...call, isReturned: true } : call);
    reading.ts.forEachChild(node, (child) => void open.push(child));
  }
  return found.toSorted((a, b) => startOf(a.at) - startOf(b.at));
}

/** What is found in the statements of a body. */
interface Body {
  readonly returned: ts.Expression[];
  /** Variables without a type by their names; undefined for a name that is there twice. */
  readonly variables: Map<string, ts.Expression | undefined>;
}

function returnedCalls(reading: Reading, block: ts.Block): ReadonlySet<ts.Node> {
  const { returned, variables } = readBody(reading.ts, block);
  const found = new Set<ts.Node>();
  const open: { readonly node: ts.Node; readonly isVariable: boolean }[] = [];
  for (const node of returned) open.push({ node, isVariable: false });
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, isVariable } = next;
    if (readCall(reading, node)?.how === 'call') found.add(node);
    const variable = reading.ts.isIdentifier(node) ? variables.get(node.text) : undefined;
    if (variable !== undefined && reading.ts.isIdentifier(node)) {
      variables.delete(node.text);
      open.push({ node: variable, isVariable: true });
    }
    for (const part of typedParts(reading.ts, node, isVariable)) open.push({ node: part, isVariable });
  }
  return found;
}

function readBody(ts: Syntax, body: ts.Block): Body {
  const found: Body = { returned: [], variables: new Map() };
  const open: ts.Node[] = [body];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (ts.isReturnStatement(node) && node.expression !== undefined) found.returned.push(node.expression);
    if (ts.isVariableDeclaration(node)) {
      const value = node.type === undefined ? node.initializer : undefined;
      for (const name of namesIn(ts, node.name)) {
        found.variables.set(name, found.variables.has(name) ? undefined : value);
      }
    }
    open.push(...childrenOf(ts, node));
  }
  return found;
}

/** The parts of an expression that its type is inferred from. */
function typedParts(ts: Syntax, node: ts.Node, isVariable: boolean): readonly ts.Node[] {
  if (ts.isVoidExpression(node) || isOwnScope(ts, node)) return [];
  if (isVariable && (ts.isAsExpression(node) || ts.isTypeAssertionExpression(node))) return [];
  // The name of a property is no variable.
  if (ts.isPropertyAccessExpression(node)) return [node.expression];
  if (ts.isPropertyAssignment(node)) return [node.initializer];
  return childrenOf(ts, node);
}

function childrenOf(ts: Syntax, node: ts.Node): readonly ts.Node[] {
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => {
    if (!isOwnScope(ts, child) && !ts.isTypeNode(child)) children.push(child);
  });
  return children;
}

/** It returns for itself. */
function isOwnScope(ts: Syntax, node: ts.Node): boolean {
  return ts.isFunctionLike(node) || ts.isClassLike(node);
}

/** `context.call(Billing, 'charge', …)`, `call(Billing, 'charge', …)` */
function readCall(reading: Reading, node: ts.Node): CallRecord | undefined {
  const { ts } = reading;
  if (!ts.isCallExpression(node)) return undefined;
  const written = readPath(ts, node.expression);
  const [service, method] = node.arguments;
  const how = written?.at(-1);
  if (written === undefined || written.length > 2 || (how !== 'call' && how !== 'spawn')) return undefined;
  const path = service === undefined ? undefined : readPath(ts, service);
  if (path === undefined || method === undefined || !ts.isStringLiteralLike(method)) return undefined;
  const context = written.length === 2 ? (written[0] ?? '') : '';
  return { context, how, service: path, method: method.text, at: spanOf(reading, node) };
}
