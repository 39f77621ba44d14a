// What an expression gives, for what its scope holds: following paths, comparing, and the limit on what that may cost.
//
// EVALUATE-1. `&&` and `||` give one of their values, as in JavaScript; the parts after it are not evaluated.
// EVALUATE-2. Errors are of ours, and name the expression.
// EVALUATE-3. Only own fields of objects, own items and the length of arrays are read. Nothing inherited is reached.
// EVALUATE-4. Nothing that is read runs: a getter is refused, and what a proxy throws is contained.
// EVALUATE-5. Comparisons are counted and limited: small expressions over large values can do much.

import { InvalidArgument } from '../errors/onward-error.ts';
import { joinPath } from '../values/describe.ts';
import { anySensitive, sensitiveFieldsOf, valueShown } from '../values/sensitive.ts';
import { pathsOf, type Expression, type ExpressionNode } from './expression.ts';
import { types } from 'node:util';
import { isBuiltIn } from '../values/json.ts';

const LONGEST_SHOWN = 80;

/**
 * Whether the condition holds. None always does.
 *
 * @throws {InvalidArgument} as `evaluate` does.
 */
export function isMet(condition: Expression | null, scope: Scope): boolean {
  return condition === null || Boolean(evaluate(condition, scope, new Cost()));
}

/**
 * The value of the expression, or undefined where it leads to nothing.
 *
 * @throws {InvalidArgument} if `<` and the like stand between other values than two numbers or two strings, if reading
 *   would run code, or if there is too much to compare.
 */
export function evaluate(expression: Expression, scope: Scope, cost: Cost): unknown {
  try {
    return evaluateNode(expression.root, scope, cost);
  } catch (error) {
    if (!(error instanceof InvalidArgument)) throw error;
    throw new InvalidArgument(`in \`${shownSource(expression)}\`: ${error.message}`, { cause: error });
  }
}

/** The expression as it was written, or the beginning of it. */
export function shownSource({ source }: Expression): string {
  return source.length > LONGEST_SHOWN ? `${source.slice(0, LONGEST_SHOWN)}…` : source;
}

function evaluateNode(node: ExpressionNode, scope: Scope, cost: Cost): unknown {
  switch (node.kind) {
    case 'literal':
      return node.value;
    case 'path':
      return follow(scope, node.parts);
    case 'not':
      return !evaluateNode(node.of, scope, cost);
    case 'all':
    case 'any':
      return chained(node.kind, node.of, scope, cost);
    case 'compare':
      return compared(node, scope, cost);
  }
}

type Comparing = Extract<ExpressionNode, { readonly kind: 'compare' }>;

function chained(kind: 'all' | 'any', nodes: readonly ExpressionNode[], scope: Scope, cost: Cost): unknown {
  let value: unknown = kind === 'all';
  for (const node of nodes) {
    value = evaluateNode(node, scope, cost);
    if (Boolean(value) === (kind === 'any')) return value;
  }
  return value;
}

function compared(node: Comparing, scope: Scope, cost: Cost): boolean {
  const left = evaluateNode(node.left, scope, cost);
  const right = evaluateNode(node.right, scope, cost);
  const { operator } = node;
  switch (operator) {
    case '==':
      return isSameData(left, right, cost);
    case '!=':
      return !isSameData(left, right, cost);
    default:
      return isInOrder({ node, operator, left, right }, scope, cost);
  }
}

/** Whether it reads a field that a class, or a definition, has marked as sensitive. */
export function isSecret(node: ExpressionNode, scope: Scope): boolean {
  return anySensitive() && pathsOf(node).some((path) => leadsThroughSecret(scope, path));
}

function leadsThroughSecret({ parameters, steps }: Scope, path: readonly (string | number)[]): boolean {
  let value: unknown = { parameters, steps };
  try {
    for (const part of path) {
      if (typeof value !== 'object' || value === null) return false;
      if (sensitiveFieldsOf(value)?.has(String(part)) === true) return true;
      value = Reflect.getOwnPropertyDescriptor(value, part)?.value;
    }
  } catch {
    // A proxy threw: nobody knows what it holds.
    return true;
  }
  return false;
}

interface Ordered {
  readonly node: Comparing;
  readonly operator: '<' | '<=' | '>' | '>=';
  readonly left: unknown;
  readonly right: unknown;
}

/** Strings are compared by code units, as JavaScript does, in any locale of the machine. */
function isInOrder({ node, operator, left, right }: Ordered, scope: Scope, cost: Cost): boolean {
  const areStrings = typeof left === 'string' && typeof right === 'string';
  if (areStrings) cost.compares(Math.min(left.length, right.length));
  if (!areStrings && !(typeof left === 'number' && typeof right === 'number')) {
    const [first, second] = [isSecret(node.left, scope), isSecret(node.right, scope)];
    throw new InvalidArgument(
      `expected two numbers or two strings around \`${operator}\`, got ${valueShown(left, first)} and ${valueShown(right, second)}`,
    );
  }
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}

/** Values that may be compared, and pieces of strings. */
const MOST_COMPARED = 200_000;
/** Characters of a string that count as one value. */
const CHARACTERS_PER_VALUE = 64;

/** Counts what the expressions of one message compare, and limits it. */
export class Cost {
  #compared = 0;

  /** @throws {InvalidArgument} when there is too much to compare. */
  compares(characters = 0): void {
    this.#compared += 1 + Math.floor(characters / CHARACTERS_PER_VALUE);
    if (this.#compared > MOST_COMPARED) {
      throw new InvalidArgument(
        `the expressions compare more than ${MOST_COMPARED} values; compare parts that are smaller`,
      );
    }
  }
}

/** What a step came to, as expressions see it. */
export interface StepFacts {
  readonly ok: boolean;
  readonly status: string;
  readonly code: number;
  readonly value?: unknown;
}

/** What expressions may look at. A step that is not in it is missing. */
export interface Scope {
  readonly parameters: Readonly<Record<string, unknown>>;
  /** By id: those that the step `uses` are enough. */
  readonly steps: Readonly<Record<string, StepFacts>>;
}

/**
 * What a path leads to; undefined where a part of it is missing.
 *
 * @throws {InvalidArgument} if reading a part would run code.
 */
function follow({ parameters, steps }: Scope, path: readonly (string | number)[]): unknown {
  let value: unknown = { parameters, steps };
  for (const [at, part] of path.entries()) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = ownValue(value, part, () => `\`${path.slice(0, at + 1).reduce<string>(joinPath, '')}\``);
  }
  return value;
}

/**
 * The value of an own field, or undefined.
 *
 * @throws {InvalidArgument} if the field is a getter, or a proxy throws; `where` says which field it is.
 */
function ownValue(object: object, key: string | number, where: () => string): unknown {
  const descriptor = descriptorOf(object, key, where);
  if (descriptor?.get === undefined && descriptor?.set === undefined) return descriptor?.value;
  throw new InvalidArgument(`${where()} is a getter, which would run code; return plain data`);
}

function descriptorOf(object: object, key: string | number, where: () => string): PropertyDescriptor | undefined {
  try {
    return Reflect.getOwnPropertyDescriptor(object, key);
  } catch (cause) {
    throw new InvalidArgument(`${where()} cannot be read: the object threw; return plain data`, { cause });
  }
}

type Pair = readonly [left: unknown, right: unknown];

/**
 * Compares by value: arrays item by item, objects by their own fields and not by class, dates by their time.
 * Missing and null are the same, in fields and items too; nothing else is converted. Maps, sets and the like are equal to themselves only.
 *
 * @throws {InvalidArgument} when there is too much to compare.
 */
function isSameData(left: unknown, right: unknown, cost: Cost): boolean {
  const open: Pair[] = [[left, right]];
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const [one, other] = pair;
    cost.compares(typeof one === 'string' && typeof other === 'string' ? Math.min(one.length, other.length) : 0);
    if (isSameValue(one ?? null, other ?? null)) continue;
    const parts = pairsOf(one, other, cost);
    if (parts === undefined) return false;
    for (const part of parts) open.push(part);
  }
  return true;
}

function isSameValue(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one === 'number' && typeof other === 'number') return Number.isNaN(one) && Number.isNaN(other);
  return types.isDate(one) && types.isDate(other) && isSameValue(timeOf(one), timeOf(other));
}

function timeOf(date: Date): number {
  return Date.prototype.getTime.call(date);
}

/** What must be the same in two values that are made of parts; undefined if they differ already. */
function pairsOf(one: unknown, other: unknown, cost: Cost): Pair[] | undefined {
  if (!isMadeOfParts(one) || !isMadeOfParts(other)) return undefined;
  const left = fieldsOf(one, cost);
  const right = fieldsOf(other, cost);
  if (left.size !== right.size || lengthOf(one) !== lengthOf(other)) return undefined;
  const pairs: Pair[] = [];
  for (const [name, value] of left) {
    if (!right.has(name)) return undefined;
    pairs.push([value, right.get(name)]);
  }
  return pairs;
}

function isMadeOfParts(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !types.isProxy(value) && !isBuiltIn(value);
}

/** The fields, or items, that are not empty. */
function fieldsOf(object: object, cost: Cost): Map<string, unknown> {
  const fields = new Map<string, unknown>();
  for (const name of Object.keys(object)) {
    cost.compares();
    const value = ownValue(object, name, () => `\`${name}\` of a value that is compared`);
    if (value !== undefined && value !== null) fields.set(name, value);
  }
  return fields;
}

/** The length of an array; an array is never the same as an object. */
function lengthOf(object: object): number {
  return Array.isArray(object) ? object.length : -1;
}
