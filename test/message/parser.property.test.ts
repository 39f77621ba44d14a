// Any JSON against a family of message classes: an instance that class-validator accepts, or a refusal with paths.

import 'reflect-metadata';
import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  MaxLength,
  Min,
  ValidateNested,
  validateSync,
} from 'class-validator';
import { describe, expect, test } from 'vitest';
import { OnwardError } from '../../src/errors/onward-error.ts';
import { createParser, loadCompiler } from '../../src/message/parser.ts';

const FIELDS = ['a', 'b', 'count', 'größe', 'item'] as const;
const KINDS = [
  'string',
  'short',
  'int',
  'positive',
  'number',
  'boolean',
  'choice',
  'texts',
  'small',
  'nested',
  'many',
] as const;

interface FieldPlan {
  readonly name: (typeof FIELDS)[number];
  readonly kind: (typeof KINDS)[number];
  readonly optional: boolean;
}
interface ClassPlan {
  readonly fields: readonly FieldPlan[];
  readonly inner: readonly FieldPlan[];
}

type MadeClass = new () => object;

function makeClass(fields: readonly FieldPlan[], inner: MadeClass | undefined): MadeClass {
  class Made {}
  for (const field of fields) {
    for (const decorate of decoratorsOf(field, inner)) decorate(Made.prototype, field.name);
  }
  return Made;
}

function decoratorsOf({ kind, optional }: FieldPlan, inner: MadeClass | undefined): readonly PropertyDecorator[] {
  const nested = inner ?? class Empty {};
  const rules: Record<FieldPlan['kind'], readonly PropertyDecorator[]> = {
    string: [IsString()],
    short: [IsString(), MaxLength(3)],
    int: [IsInt()],
    positive: [IsInt(), Min(1)],
    number: [IsNumber()],
    boolean: [IsBoolean()],
    choice: [IsIn(['x', 'y', 1, null])],
    texts: [IsArray(), IsString({ each: true })],
    small: [IsArray(), ArrayMaxSize(2)],
    nested: inner === undefined ? [IsInt()] : [ValidateNested(), Type(() => nested)],
    many: inner === undefined ? [IsArray()] : [IsArray(), ValidateNested({ each: true }), Type(() => nested)],
  };
  return optional ? [...rules[kind], IsOptional()] : rules[kind];
}

const fieldPlan: fc.Arbitrary<FieldPlan> = fc.record({
  name: fc.constantFrom(...FIELDS),
  kind: fc.constantFrom(...KINDS),
  optional: fc.boolean(),
});
const fieldPlans = fc.uniqueArray(fieldPlan, { selector: (field) => field.name, minLength: 1, maxLength: 4 });
const classPlan: fc.Arbitrary<ClassPlan> = fc.record({ fields: fieldPlans, inner: fieldPlans });

/** Values that often fit: without them, nearly everything is refused. */
function valueFor(field: FieldPlan, inner: readonly FieldPlan[] | undefined): fc.Arbitrary<unknown> {
  const nested = (): fc.Arbitrary<unknown> => (inner === undefined ? fc.integer() : dataFor(inner, undefined));
  const fitting: Record<FieldPlan['kind'], () => fc.Arbitrary<unknown>> = {
    string: () => fc.string(),
    short: () => fc.string({ maxLength: 3 }),
    int: () => fc.integer(),
    positive: () => fc.nat(),
    number: () => fc.double({ noNaN: true, min: -1e9, max: 1e9 }),
    boolean: () => fc.boolean(),
    choice: () => fc.constantFrom('x', 'y', 1, null),
    texts: () => fc.array(fc.string(), { maxLength: 3 }),
    small: () => fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 2 }),
    nested,
    many: () => fc.array(nested(), { maxLength: 3 }),
  };
  return fc.oneof(
    { weight: 12, arbitrary: fitting[field.kind]() },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  );
}

function dataFor(fields: readonly FieldPlan[], inner: readonly FieldPlan[] | undefined): fc.Arbitrary<unknown> {
  const entries = fields.map((field) =>
    fc.option(valueFor(field, inner), { freq: 15, nil: undefined }).map((value) => [field.name, value] as const),
  );
  return fc.tuple(...entries).map((pairs) => Object.fromEntries(pairs.filter(([, value]) => value !== undefined)));
}

const anyJson = fc.jsonValue({ maxDepth: 5 });
const dirty = fc.constantFrom('__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'zz');

function outcome(run: () => unknown): { readonly built: unknown } | { readonly error: OnwardError } {
  try {
    return { built: run() };
  } catch (error) {
    if (error instanceof OnwardError) return { error };
    throw error;
  }
}

describe('any data against any class', () => {
  const parser = createParser();
  const prototypes = [Object.prototype, Array.prototype, Function.prototype].map(
    (prototype) => [prototype, Reflect.ownKeys(prototype)] as const,
  );
  const cases = classPlan.chain((plan) =>
    fc.tuple(
      fc.constant(plan),
      fc.oneof({ weight: 4, arbitrary: dataFor(plan.fields, plan.inner) }, { weight: 1, arbitrary: anyJson }),
      fc.option(dirty),
    ),
  );

  test('gives an instance that class-validator accepts, or a refusal with paths', () => {
    let built = 0;
    fc.assert(
      fc.property(cases, ([plan, data, extraKey]) => {
        const inner = makeClass(plan.inner, undefined);
        const made = makeClass(plan.fields, inner);
        const given: unknown = JSON.parse(JSON.stringify(data));
        if (extraKey !== null && typeof given === 'object' && given !== null)
          Object.defineProperty(given, extraKey, { value: { polluted: 1 }, enumerable: true });
        const before = structuredClone(given);
        const result = outcome(() => parser.build(made, given));
        expect(isDeepStrictEqual(given, before) || extraKey !== null).toBe(true);
        if ('error' in result) {
          expect(['ONW2001', 'ONW2003', 'ONW2004', 'ONW2008']).toContain(result.error.code);
          if (result.error.code === 'ONW2003') {
            expect(result.error.issues.length).toBeGreaterThan(0);
            for (const issue of result.error.issues)
              expect(result.error.message).toContain(`  ${issue.path}: expected `);
          }
          return;
        }
        built += 1;
        expect(result.built).toBeInstanceOf(made);
        expect(extraKey).toBeNull();
        expect(validateSync(Object(result.built), { forbidUnknownValues: false })).toEqual([]);
        expect(isDeepStrictEqual(JSON.parse(JSON.stringify(result.built)), given)).toBe(true);
      }),
      { numRuns: 1000 },
    );
    expect(built).toBeGreaterThan(50);
    for (const [prototype, keys] of prototypes) expect(Reflect.ownKeys(prototype)).toEqual(keys);
  });

  test('the verdict on clean data of the right containers is class-validator’s', () => {
    const flat = fieldPlans.filter((fields) => fields.every((field) => !['nested', 'many'].includes(field.kind)));
    fc.assert(
      fc.property(
        flat.chain((fields) => fc.tuple(fc.constant(fields), dataFor(fields, undefined))),
        ([fields, data]) => {
          const made = makeClass(fields, undefined);
          const plain = Object(JSON.parse(JSON.stringify(data)));
          const theirs = validateSync(Object.assign(new made(), plain), { forbidUnknownValues: false }).length === 0;
          const ours = outcome(() => parser.build(made, plain));
          const limited = 'error' in ours && ours.error.code === 'ONW2008';
          const lost =
            'error' in ours && /finite number|digits are lost|no field of this name/.test(ours.error.message);
          if (!limited && !lost && !('error' in ours && /an array/.test(ours.error.message)))
            expect('built' in ours).toBe(theirs);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

class Part {
  @IsString() name!: string;
  @IsInt() @Min(1) count!: number;
}
class Delivery {
  @ValidateNested({ each: true }) @Type(() => Part) parts!: Part[];
}

test('a message of 1 MiB is judged quickly, fitting or not', async () => {
  await loadCompiler();
  const parser = createParser();
  const messages = [
    { parts: Array.from({ length: 9_999 }, (_, at) => ({ name: `${'x'.repeat(60)}${at}`, count: 1 })) },
    { parts: Array.from({ length: 9_999 }, (_, at) => ({ name: at, count: 'x', unknown: 1, other: 2 })) },
    { parts: [], text: 'x'.repeat(1_048_000) },
    { parts: [], lists: Array.from({ length: 5 }, () => Array.from({ length: 9_000 }, () => Number.NaN)) },
  ];
  for (const message of messages) {
    // CPU time, in milliseconds: the machine may be busy with other things. The best of up to twenty, past what warms up.
    let best = Infinity;
    for (let run = 0; run < 20 && best >= 150; run++) {
      const start = process.cpuUsage();
      outcome(() => parser.build(Delivery, message));
      best = Math.min(best, process.cpuUsage(start).user / 1_000);
    }
    expect(best).toBeLessThan(150);
  }
});
