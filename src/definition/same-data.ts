// Whether two values are the same data. No value runs, and none takes for ever: the cost is counted.

import { types } from 'node:util';
import type { Cost } from './cost.ts';
import { isBuiltIn } from '../message/built-in.ts';
import { ownValue } from './own-value.ts';

type Pair = readonly [left: unknown, right: unknown];

/**
 * Compares by value: lists item by item, objects by their own fields whatever their class, dates by their time.
 * Missing and null are the same, in fields and items too; nothing else is converted. Maps, sets and the like are equal to themselves only.
 *
 * @throws {InvalidArgument} when there is too much to compare.
 */
export function isSameData(left: unknown, right: unknown, cost: Cost): boolean {
  const open: Pair[] = [[left, right]];
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const [one, other] = pair;
    cost.compares(typeof one === 'string' && typeof other === 'string' ? Math.min(one.length, other.length) : 0);
    if (isSameValue(one ?? null, other ?? null)) continue;
    const parts = partsOf(one, other, cost);
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
function partsOf(one: unknown, other: unknown, cost: Cost): Pair[] | undefined {
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

/** How long a list is; a list is never the same as an object. */
function lengthOf(object: object): number {
  return Array.isArray(object) ? object.length : -1;
}
