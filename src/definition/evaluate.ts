// What an expression gives, for what its scope holds. Pure.
//
// E1. `&&` and `||` give one of their values, as in JavaScript; the parts behind it are not looked at.
// E2. Errors are of ours, and name the expression.

import { InvalidArgument } from '../errors/onward-error.ts';
import { describeValue } from '../message/describe.ts';
import { Cost } from './cost.ts';
import type { Comparison, Expression, ExpressionNode } from './expression.ts';
import { isSameData } from './same-data.ts';
import { follow, type Scope } from './scope.ts';

const LONGEST_TOLD = 80;

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
 * @throws {InvalidArgument} if `<` and the like stand between other values than two numbers or two texts, if reading
 *   would run code, or if there is too much to compare.
 */
export function evaluate(expression: Expression, scope: Scope, cost: Cost): unknown {
  try {
    return valueOf(expression.root, scope, cost);
  } catch (error) {
    if (!(error instanceof InvalidArgument)) throw error;
    throw new InvalidArgument(`in \`${told(expression)}\`: ${error.message}`, { cause: error });
  }
}

/** The expression as it was written, or the beginning of it. */
export function told({ source }: Expression): string {
  return source.length > LONGEST_TOLD ? `${source.slice(0, LONGEST_TOLD)}…` : source;
}

function valueOf(node: ExpressionNode, scope: Scope, cost: Cost): unknown {
  switch (node.kind) {
    case 'literal':
      return node.value;
    case 'path':
      return follow(scope, node.parts);
    case 'not':
      return !valueOf(node.of, scope, cost);
    case 'all':
    case 'any':
      return chained(node.kind, node.of, scope, cost);
    case 'compare':
      return compared(node.operator, valueOf(node.left, scope, cost), valueOf(node.right, scope, cost), cost);
  }
}

function chained(kind: 'all' | 'any', nodes: readonly ExpressionNode[], scope: Scope, cost: Cost): unknown {
  let value: unknown = kind === 'all';
  for (const node of nodes) {
    value = valueOf(node, scope, cost);
    if (Boolean(value) === (kind === 'any')) return value;
  }
  return value;
}

function compared(operator: Comparison, left: unknown, right: unknown, cost: Cost): boolean {
  switch (operator) {
    case '==':
      return isSameData(left, right, cost);
    case '!=':
      return !isSameData(left, right, cost);
    default:
      return isInOrder(operator, left, right, cost);
  }
}

/** Texts are compared unit by unit, as JavaScript does, whatever the language of the machine. */
function isInOrder(operator: '<' | '<=' | '>' | '>=', left: unknown, right: unknown, cost: Cost): boolean {
  const bothTexts = typeof left === 'string' && typeof right === 'string';
  if (bothTexts) cost.compares(Math.min(left.length, right.length));
  if (!bothTexts && !(typeof left === 'number' && typeof right === 'number')) {
    throw new InvalidArgument(
      `expected two numbers or two texts beside \`${operator}\`, got ${describeValue(left)} and ${describeValue(right)}`,
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
