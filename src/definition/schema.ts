// The form of a definition, as a JSON Schema (draft 2020-12), which editors may use too, and the part of JSON Schema that
// our own schemas need.
//
// SCHEMA-1. Every keyword of `JsonSchema` means here what the standard says. Other keywords are not supported.
// SCHEMA-2. `title` follows "expected" in messages, so each schema that can refuse something has one.

import { DANGEROUS_NAMES, deepFrozen, type Json, isList, isRecord } from '../values/json.ts';
import { describeValue, inBackticks, joinPath } from '../values/describe.ts';
import { didYouMean } from '../errors/nearest-name.ts';
import type { Problems } from '../values/issues.ts';

const NAME = `^(?!(?:${[...DANGEROUS_NAMES].join('|')})$)\\P{Cc}+$`;
const LONGEST_NAME = 200;
const EXPRESSION = '^\\$\\{[\\s\\S]*\\}$';

function named(what: string): JsonSchema {
  const title = `${what} of 1 to ${LONGEST_NAME} characters, none of them a control character, and not __proto__, constructor or prototype`;
  return { title, type: 'string', pattern: NAME, maxLength: LONGEST_NAME };
}

const condition: JsonSchema = {
  title: 'an expression in ${…}, or true or false',
  type: ['string', 'boolean'],
  pattern: EXPRESSION,
};

const step: JsonSchema = {
  title: 'a step: an object with `id` and `job`',
  type: 'object',
  required: ['id', 'job'],
  additionalProperties: false,
  properties: {
    id: { ...named('an id'), description: 'What later steps call this one, as in ${steps.<id>.value}.' },
    job: {
      ...named('the name of a job,'),
      description: 'The job to run, as Service.method. Upper and lower case count.',
    },
    message: {
      description:
        'The message of the job. A string that is one ${…} becomes the value itself; inside a longer string the value is written out. \\${ stands for the characters ${.',
    },
    if: {
      title: 'an expression in ${…}, true, false, or an array of those',
      description: 'Whether the step runs. Of an array, all must hold. If not, the step is skipped with code 110.',
      type: ['string', 'boolean', 'array'],
      pattern: EXPRESSION,
      minItems: 1,
      items: condition,
    },
    group: { ...named('a group'), description: 'Steps of one group run one after another, wherever they stand.' },
    always: {
      title: 'true or false',
      description: 'Whether the step runs even though an earlier one failed.',
      type: 'boolean',
      default: false,
    },
  },
};

/**
 * The JSON Schema of a definition, draft 2020-12. Source of the form: https://json-schema.org/draft/2020-12.
 * It describes the form only: `definition` checks whether references lead to earlier steps.
 */
export const definitionSchema: JsonSchema = deepFrozen({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'an object with `steps`',
  description: 'Steps over jobs, started as one run by Onward.',
  type: 'object',
  required: ['steps'],
  additionalProperties: false,
  properties: {
    name: { ...named('a name'), description: 'What people call the definition.' },
    mode: {
      title: '"sequential" or "parallel"',
      description: 'Whether each step waits for the one before it.',
      enum: ['sequential', 'parallel'],
      default: 'sequential',
    },
    keepGoing: {
      title: 'true or false',
      description: 'Whether steps run even though an earlier one failed.',
      type: 'boolean',
      default: false,
    },
    parameters: {
      title: 'an object of parameters',
      description: 'Values that expressions find under `parameters`. What the start gives replaces them.',
      type: 'object',
      propertyNames: named('a parameter'),
      default: {},
    },
    steps: {
      title: 'an array of at least one step',
      description: 'The steps, in order.',
      type: 'array',
      minItems: 1,
      items: step,
    },
  },
});

/** The kinds of values in JSON, in the words of JSON Schema. */
export type JsonType = 'object' | 'array' | 'string' | 'boolean' | 'number' | 'null';

/** A schema in the supported keywords. */
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
  const hint = didYouMean(name, known, inBackticks) ?? `known are ${known.join(', ')}`;
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

/** As the standard says: in Unicode mode, and found anywhere in the string. */
function compiled(pattern: string): RegExp {
  let known = patterns.get(pattern);
  if (known === undefined) patterns.set(pattern, (known = new RegExp(pattern, 'u')));
  return known;
}
