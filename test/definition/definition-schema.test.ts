// The schema is what editors take it for: ajv, which knows the whole standard, finds the same data right and wrong.

import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { definitionSchema, checkSchema, type JsonSchema } from '../../src/definition/schema.ts';
import { Problems } from '../../src/values/issues.ts';
import type { Json } from '../../src/values/json.ts';

// A field is one of the object itself, not `toString` of every object.
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, ownProperties: true });

/** Where we find something wrong. */
function ours(schema: JsonSchema, json: Json): string[] {
  const problems = new Problems();
  checkSchema(schema, json, '', problems);
  return problems.refusal('ONW3051', 'x').issues.map(({ path }) => path);
}

const agrees = (schema: JsonSchema, valid: (json: Json) => boolean, json: Json): void => {
  expect(ours(schema, json).length === 0).toBe(valid(json));
};

test('the schema is valid in strict mode, and is frozen data', () => {
  expect(ajv.validateSchema(definitionSchema)).toBe(true);
  expect(JSON.parse(JSON.stringify(definitionSchema))).toEqual(definitionSchema);
  expect(Object.isFrozen(definitionSchema.properties)).toBe(true);
});

const name = fc.oneof(
  { weight: 10, arbitrary: fc.constantFrom('a', 'Feeds.fetch', 'toString', 'x'.repeat(200), '😀'.repeat(150)) },
  fc.constantFrom('', '__proto__', 'constructor', 'a\nb', 'x'.repeat(201)),
  fc.string(),
);
const noise = fc.oneof(fc.constant(null), fc.boolean(), fc.integer(), name, fc.constant([]), fc.constant({}));
const mostly = (right: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 30, arbitrary: right }, { weight: 1, arbitrary: noise });
const anyCondition = mostly(fc.oneof(fc.boolean(), fc.constantFrom('${steps.a.ok}', '${', '${\n}', 'yes')));
const anyStep = mostly(
  fc.record(
    {
      id: mostly(name),
      job: mostly(name),
      message: fc.jsonValue(),
      if: fc.oneof(anyCondition, fc.array(anyCondition, { maxLength: 3 })),
      group: mostly(name),
      always: mostly(fc.boolean()),
    },
    { requiredKeys: ['id', 'job'] },
  ),
);
const anyDefinition = mostly(
  fc.record(
    {
      name: mostly(name),
      mode: mostly(fc.constantFrom('sequential', 'parallel')),
      keepGoing: mostly(fc.boolean()),
      parameters: mostly(fc.dictionary(name, fc.jsonValue())),
      steps: mostly(fc.array(anyStep, { maxLength: 3 })),
    },
    { requiredKeys: ['steps'] },
  ),
);

/** As it comes through JSON text: `__proto__` is a field of its own, -0 is 0. */
const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value));

test('definitions are right or wrong for both', () => {
  const valid = ajv.compile(definitionSchema);
  let right = 0;
  fc.assert(
    fc.property(anyDefinition.map(asJson), (json) => {
      agrees(definitionSchema, valid, json);
      right += Number(valid(json));
    }),
    { numRuns: 3000 },
  );
  expect(right).toBeGreaterThan(100);
});

test('both find as much at the same places', () => {
  const valid = ajv.compile(definitionSchema);
  const wrong = {
    mode: 'x',
    keepGoing: 1,
    more: 1,
    parameters: { 'a\nb': 1 },
    steps: [{ id: '' }, 7, { id: 'a', job: 'b', if: [1], group: null }],
  };
  valid(wrong);
  const places = new Set(
    (valid.errors ?? []).map(({ instancePath, params }) => {
      const last = params['missingProperty'] ?? params['additionalProperty'] ?? params['propertyName'];
      return last === undefined ? instancePath : `${instancePath}/${last}`;
    }),
  );
  const asPointer = (path: string): string =>
    `/${path
      .replace('["a\\nb"]', '.a\nb')
      .replaceAll(/\[(\d+)\]/g, '/$1')
      .replaceAll('.', '/')}`;
  const found = new Set(ours(definitionSchema, wrong).map(asPointer));
  // Where the name of a field is wrong, ajv says so of the object, too.
  places.delete('/parameters');
  expect(found).toEqual(places);
});

const types = fc.constantFrom('object', 'array', 'string', 'boolean', 'number', 'null');
const leaf = fc.constantFrom('', 'a', 'ab', 'abc', '😀', 'x\ny', 0, 1, true, false, null);
const anySchema = fc.letrec<{ schema: JsonSchema }>((tie) => ({
  schema: fc.record(
    {
      title: fc.constant('something'),
      type: fc.oneof(types, fc.uniqueArray(types, { minLength: 1, maxLength: 3 })),
      enum: fc.uniqueArray(leaf, { minLength: 1, maxLength: 4 }),
      pattern: fc.constantFrom('a', '^a', 'b$', '^.$', '^\\P{Cc}*$', '^(?!ab$)'),
      maxLength: fc.nat({ max: 3 }),
      minItems: fc.nat({ max: 3 }),
      items: tie('schema'),
      required: fc.uniqueArray(fc.constantFrom('a', 'b', 'toString'), { maxLength: 2 }),
      properties: fc.dictionary(fc.constantFrom('a', 'b', 'toString'), tie('schema'), {
        maxKeys: 2,
        noNullPrototype: true,
      }),
      propertyNames: fc.record(
        { pattern: fc.constantFrom('^a', 'b', '^.$'), maxLength: fc.nat({ max: 2 }) },
        { requiredKeys: [] },
      ),
      additionalProperties: fc.constant(false as const),
    },
    { requiredKeys: [], noNullPrototype: true },
  ),
})).schema;
const anyData = fc.letrec<{ data: Json }>((tie) => ({
  data: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('data'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'ab', 'toString'), tie('data'), { maxKeys: 3 }),
  ),
})).data;

test('SCHEMA-1: every keyword means what it means to ajv', () => {
  const loose = new Ajv2020({ strict: false, ownProperties: true });
  fc.assert(
    fc.property(anySchema, fc.array(anyData.map(asJson), { minLength: 5, maxLength: 10 }), (schema, all) => {
      const valid = loose.compile(schema);
      for (const json of all) agrees(schema, valid, json);
    }),
    { numRuns: 100 },
  );
});
