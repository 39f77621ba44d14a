// The part of JSON Schema (draft 2020-12) that our own schemas use, and what it says about data.
//
// K1. Every keyword of `JsonSchema` means here what the standard says. One that is not in it is not understood.
// K2. `title` is what stands behind "expected", so each schema that can refuse something has one.

import type { Json } from '../run/json.ts';
import { describeValue, joinPath } from '../message/describe.ts';
import { nearestName } from '../errors/nearest-name.ts';
import { isList, isRecord } from './json-kinds.ts';
import type { Problems } from './problems.ts';

/** What kind of value JSON has, in the words of JSON Schema. */
export type JsonType = 'object' | 'array' | 'string' | 'boolean' | 'number' | 'null';

/** A schema in the keywords that are understood. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: Json;
  readonly type?: JsonType | readonly JsonType[];
  readonly enum?: readonly (string | number | boolean | null)[];
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly items?: JsonSchema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly propertyNames?: JsonSchema;
  readonly additionalProperties?: false;
}

const patterns = new Map<string, RegExp>();

/** Adds everything in which the data does not fit the schema to the problems. */
export function checkSchema(schema: JsonSchema, value: Json, path: string, problems: Problems): void {
  if (!fits(schema, value)) {
    problems.add(path, () => ({ expected: expectedBy(schema), got: describeValue(value) }));
  } else if (isList(value)) {
    checkItems(schema, value, path, problems);
  } else if (isRecord(value)) {
    checkFields(schema, value, path, problems);
  }
}

/** Whether the value itself fits, its parts aside. */
function fits({ type, enum: allowed, pattern, maxLength, minItems }: JsonSchema, value: Json): boolean {
  if (type !== undefined && !(typeof type === 'string' ? [type] : type).includes(typeOf(value))) return false;
  if (allowed !== undefined && !allowed.some((one) => one === value)) return false;
  if (typeof value === 'string') {
    if (pattern !== undefined && !compiled(pattern).test(value)) return false;
    return maxLength === undefined || value.length <= maxLength || [...value].length <= maxLength;
  }
  return minItems === undefined || !isList(value) || value.length >= minItems;
}

function checkItems({ items }: JsonSchema, value: readonly Json[], path: string, problems: Problems): void {
  if (items === undefined) return;
  for (const [at, item] of value.entries()) checkSchema(items, item, joinPath(path, at), problems);
}

function checkFields(schema: JsonSchema, value: { readonly [key: string]: Json }, path: string, problems: Problems) {
  const { required = [], properties = {}, propertyNames, additionalProperties } = schema;
  for (const name of required) {
    if (Object.hasOwn(value, name)) continue;
    const missing = Object.hasOwn(properties, name) ? properties[name] : undefined;
    problems.add(joinPath(path, name), () => ({ expected: expectedBy(missing ?? {}), got: 'nothing' }));
  }
  for (const [name, part] of Object.entries(value)) {
    const at = joinPath(path, name);
    const schemaOfPart = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (propertyNames !== undefined && !fits(propertyNames, name)) {
      problems.add(at, () => ({ expected: expectedBy(propertyNames), got: describeValue(name) }));
    }
    if (schemaOfPart !== undefined) checkSchema(schemaOfPart, part, at, problems);
    else if (additionalProperties === false) problems.add(at, () => unknownField(name, Object.keys(properties)));
  }
}

function unknownField(name: string, known: readonly string[]): { expected: string; got: string } {
  const nearest = nearestName(name, known);
  const hint = nearest === undefined ? `known are ${known.join(', ')}` : `did you mean \`${nearest}\`?`;
  return { expected: `no field of this name (${hint})`, got: 'one' };
}

function expectedBy({ title, type, enum: allowed }: JsonSchema): string {
  if (title !== undefined) return title;
  if (allowed !== undefined) return allowed.map((one) => JSON.stringify(one)).join(' or ');
  if (type === undefined) return 'a value';
  return typeof type === 'string' ? `a value of type ${type}` : `a value of type ${type.join(' or ')}`;
}

function typeOf(value: Json): JsonType {
  if (value === null) return 'null';
  if (typeof value === 'object') return isList(value) ? 'array' : 'object';
  if (typeof value === 'string') return 'string';
  return typeof value === 'number' ? 'number' : 'boolean';
}

/** As the standard wants it: in Unicode mode, and found anywhere in the text. */
function compiled(pattern: string): RegExp {
  let known = patterns.get(pattern);
  if (known === undefined) patterns.set(pattern, (known = new RegExp(pattern, 'u')));
  return known;
}
