// Every validator that class-validator exports, with values that fit and values that do not, beside class-validator itself
// and beside the interpreter: compiled messages judge alike.

import 'reflect-metadata';
import * as library from 'class-validator';
import { beforeAll, describe, expect, it, test } from 'vitest';

import { describeClass } from '../../src/message/class-info.ts';
import { compile } from '../../src/message/compiled/compile.ts';
import { isOwnRule } from '../../src/message/compiled/own-validators.ts';
import { CODED_RULES } from '../../src/message/compiled/rule-code.ts';
import { interpret } from '../../src/message/interpreter.ts';
import { createParser, loadCompiler } from '../../src/message/parser.ts';
import { Refusal } from '../../src/message/refusal.ts';
import { DEFAULT_LIMITS } from '../../src/values/sanitize.ts';

beforeAll(loadCompiler);

/** The decorator by its name, its arguments, and values of which at least one fits. */
const TABLE: readonly (readonly [string, readonly unknown[], readonly unknown[]])[] = [
  ['ArrayContains', [['a']], [['a', 'b']]],
  ['ArrayMaxSize', [2], [[1, 2]]],
  ['ArrayMinSize', [2], [[1, 2]]],
  ['ArrayNotContains', [['z']], [['a']]],
  ['ArrayNotEmpty', [], [[1]]],
  [
    'ArrayUnique',
    [],
    [
      [1, 2],
      [1, 1],
    ],
  ],
  ['Contains', ['b'], ['abc']],
  ['Equals', ['x'], ['x']],
  ['Equals', [-1], [-1]],
  ['IsAlpha', [], ['abc']],
  ['IsAlphanumeric', [], ['abc1']],
  ['IsArray', [], [[]]],
  ['IsAscii', [], ['abc']],
  ['IsBIC', [], ['DEUTDEFF']],
  ['IsBase32', [], ['MZXW6YQ=']],
  ['IsBase58', [], ['4Fcj4ooZqEiHyH']],
  ['IsBase64', [], ['Zm9v']],
  ['IsBoolean', [], [true, false]],
  ['IsBooleanString', [], ['true']],
  ['IsBtcAddress', [], ['1MUz4VMYui5qY1mxUiG8BQ1Luv6tqkvaiL']],
  ['IsByteLength', [1, 3], ['abc', 'öö']],
  ['IsCreditCard', [], ['375556917985515']],
  ['IsCurrency', [], ['$10.50']],
  ['IsDataURI', [], ['data:image/gif;base64,R0lGODlhAQABAAAAACw=']],
  ['IsDate', [], [new Date(0)]],
  ['IsDateString', [], ['2026-11-21']],
  ['IsDecimal', [], ['0.5']],
  ['IsDefined', [], [0, '']],
  ['IsDivisibleBy', [3], [9]],
  ['IsEAN', [], ['9421023610112']],
  ['IsEmail', [], ['a@b.co']],
  ['IsEmpty', [], ['', null]],
  ['IsEnum', [{ Red: 'red', Zero: 0, 0: 'Zero' }], ['red', 0]],
  ['IsEthereumAddress', [], [`0x${'0'.repeat(40)}`]],
  ['IsFQDN', [], ['example.com']],
  ['IsFirebasePushId', [], ['-M-Jh_1KAH5rYJF_7-kY']],
  ['IsFullWidth', [], ['ひらがな']],
  ['IsHSL', [], ['hsl(360,0%,0%)']],
  ['IsHalfWidth', [], ['abc']],
  ['IsHash', ['md5'], ['d94f3f016ae679c3008de268209132f2']],
  ['IsHexColor', [], ['#ff0034']],
  ['IsHexadecimal', [], ['ff']],
  ['IsIBAN', [], ['DE89370400440532013000']],
  ['IsIP', [], ['127.0.0.1']],
  ['IsISBN', [], ['9783836221191']],
  ['IsISIN', [], ['AU0000XVGZA3']],
  ['IsISO31661Alpha2', [], ['DE']],
  ['IsISO31661Alpha3', [], ['DEU']],
  ['IsISO31661Numeric', [], ['276']],
  ['IsISO4217CurrencyCode', [], ['EUR']],
  ['IsISO6391', [], ['de']],
  ['IsISO8601', [], ['2026-11-21T10:00:00Z']],
  ['IsISRC', [], ['USAT29900609']],
  ['IsISSN', [], ['0378-5955']],
  ['IsIdentityCard', ['ES'], ['99999999R']],
  ['IsIn', [['a', 1, null]], ['a', 1, null]],
  ['IsInstance', [Date], [new Date(0)]],
  ['IsInt', [], [0, -5]],
  ['IsJSON', [], ['{"a":1}']],
  [
    'IsJWT',
    [],
    ['eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJsb2dnZWRJbkFzIjoiYWRtaW4ifQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c'],
  ],
  ['IsLatLong', [], ['27.6945,85.2947']],
  ['IsLatitude', [], [27.6945, '27.6945']],
  ['IsLocale', [], ['de_DE']],
  ['IsLongitude', [], [85.2947, '85.2947']],
  ['IsLowercase', [], ['abc']],
  ['IsMACAddress', [], ['FF:FF:FF:FF:FF:FF']],
  ['IsMagnetURI', [], ['magnet:?xt=urn:btih:06E2A9683BF4DA92C73A661AC56F0ECC9C63C5B4']],
  ['IsMilitaryTime', [], ['23:59']],
  ['IsMimeType', [], ['application/json']],
  ['IsMobilePhone', ['de-DE'], ['+4915123456789']],
  ['IsMongoId', [], ['507f1f77bcf86cd799439011']],
  ['IsMultibyte', [], ['ひ']],
  ['IsNegative', [], [-1]],
  ['IsNotEmpty', [], [0, 'a']],
  ['IsNotEmptyObject', [], [{ a: 1 }]],
  ['IsNotIn', [['z']], ['a']],
  ['IsNumber', [], [1.5]],
  ['IsNumber', [{ maxDecimalPlaces: 1 }], [1.5, 1.25]],
  ['IsNumberString', [], ['12']],
  ['IsObject', [], [{}, new Map()]],
  ['IsOctal', [], ['076']],
  ['IsPassportNumber', ['DE'], ['C01X00T47']],
  ['IsPhoneNumber', ['DE'], ['+4915123456789']],
  ['IsPort', [], ['8080']],
  ['IsPositive', [], [1]],
  ['IsPostalCode', ['DE'], ['12345']],
  ['IsRFC3339', [], ['2026-11-21T10:00:00Z']],
  ['IsRgbColor', [], ['rgb(1,2,3)']],
  ['IsSemVer', [], ['1.2.3']],
  ['IsString', [], ['', 'a']],
  ['IsStrongPassword', [], ['aB3$aB3$aB3$']],
  ['IsSurrogatePair', [], ['a😀']],
  ['IsTaxId', ['de-DE'], ['26954371827']],
  ['IsTimeZone', [], ['Europe/Berlin']],
  ['IsUUID', [], ['0b0d7c1e-6a4b-4f6b-9c0e-2b8f0c7f5a11']],
  ['IsUppercase', [], ['ABC']],
  ['IsUrl', [], ['https://example.com']],
  ['IsVariableWidth', [], ['aひ']],
  ['Length', [2, 3], ['ab', '😀b', 'é\uFE0Fa']],
  ['Length', [2], ['ab', '😀']],
  ['Matches', [/^[a-z]+$/], ['abc']],
  ['Matches', ['^[a-z]+$', 'i'], ['ABC']],
  ['Max', [5], [5, 6]],
  ['MaxDate', [new Date(5)], [new Date(5), new Date(6)]],
  ['MaxLength', [2], ['ab', '😀😀', 'abc']],
  ['Min', [5], [5, 4]],
  ['MinDate', [new Date(5)], [new Date(5), new Date(4)]],
  ['MinLength', [2], ['ab', '😀', 'e\uFE0F']],
  ['NotContains', ['z'], ['abc']],
  ['NotEquals', ['z'], ['a']],
];

/** Values of every kind; most validators accept few of them. */
const POOL: readonly unknown[] = [
  null,
  '',
  'a',
  'z',
  'not it',
  '12',
  '👍🏽',
  '\uFE0F',
  0,
  -0,
  1,
  2.5,
  -7,
  9_007_199_254_740_991,
  true,
  false,
  5n,
  [],
  ['z'],
  [[]],
  {},
  { a: null },
  new Date(3),
  new Set(['a']),
];

function classWith(name: string, given: readonly unknown[], options?: library.ValidationOptions): new () => object {
  class Checked {
    declare value: unknown;
  }
  const decorator: unknown = Reflect.get(library, name);
  if (typeof decorator !== 'function') throw new Error(`class-validator exports no ${name}`);
  const decorate: unknown = Reflect.apply(decorator, undefined, options === undefined ? given : [...given, options]);
  if (typeof decorate === 'function') decorate(Checked.prototype, 'value');
  return Checked;
}

/** What the interpreter and the compiled reader say, and whether class-validator has errors. */
function verdicts(messageClass: new () => object, value: unknown): readonly [string, string, boolean] {
  const parse = createParser().of(messageClass);
  void parse(1);
  void parse(1);
  const settings = { limits: DEFAULT_LIMITS, timeout: undefined };
  const said = (parsed: unknown): string => (parsed instanceof Refusal ? parsed.error.message : 'accepted');
  const accepted = library.validateSync(Object.assign(new messageClass(), { value })).length === 0;
  return [said(interpret(messageClass, { value }, {}, settings)), said(parse({ value })), accepted];
}

describe('each validator of class-validator', () => {
  it.each(TABLE)('%s(%j): the same verdict on every value', (name, given, fitting) => {
    const messageClass = classWith(name, given);
    expect(typeof compile(messageClass, {})).toBe('object');
    const accepted = new Set<boolean>();
    for (const value of [...fitting, ...POOL]) {
      const [interpreted, compiled, theirs] = verdicts(messageClass, value);
      expect(compiled).toBe(interpreted);
      expect(compiled === 'accepted', `${name} on ${String(value)}`).toBe(theirs);
      accepted.add(theirs);
    }
    expect(accepted).toEqual(new Set([true, false]));
  });

  it.each(TABLE.filter(([name]) => name !== 'IsInstance'))(
    '%s(%j) with `each`: the same on every item',
    (name, given, fitting) => {
      const items = [...fitting.map((value) => [value, value]), ...POOL.map((value) => [fitting[0], value])];
      const args = name === 'ArrayUnique' ? [(item: unknown) => item] : given;
      // Arguments that may be left out come before the options.
      const full =
        Reflect.get(library, name).length > args.length + 1
          ? [...args, ...OPEN].slice(0, Reflect.get(library, name).length - 1)
          : args;
      const messageClass = classWith(name, full, { each: true });
      for (const value of items) {
        const [interpreted, compiled, theirs] = verdicts(messageClass, value);
        expect(compiled).toBe(interpreted);
        expect(compiled === 'accepted', `${name} on ${String(value)}`).toBe(theirs);
      }
    },
  );
});

const OPEN = [undefined, undefined, undefined];

test('the table has every validator that the library exports', () => {
  const exported = Object.entries(library)
    .filter(
      ([name, value]) =>
        typeof value === 'function' && /^(Is|Array|Min|Max|Not|Equals|Contains|Length|Matches)/.test(name),
    )
    .map(([name]) => name)
    .filter((name) => name !== 'IsOptional');
  expect(exported.filter((name) => !TABLE.some(([known]) => known === name))).toEqual([]);
  expect(exported.length).toBeGreaterThan(90);
});

test('all but those that call code of the user’s are known as the library’s own, in the installed version', () => {
  const rules = TABLE.flatMap(([name, given]) =>
    describeClass(classWith(name, given)).fields.flatMap((field) => field.rules),
  );
  expect(rules.filter((rule) => !isOwnRule(rule)).map(({ name }) => name)).toEqual(['arrayUnique']);
  const names = new Set(rules.map(({ name }) => name ?? ''));
  expect(CODED_RULES.filter((name) => !names.has(name))).toEqual([]);
});

test('a validator of the user’s under a name of the library’s is the user’s', () => {
  class Named {
    declare value: unknown;
  }
  let calls = 0;
  const validate = (): boolean => (calls += 1) > 0;
  library.registerDecorator({ name: 'isInt', target: Named, propertyName: 'value', validator: { validate } });
  const described = describeClass(Named).fields[0]?.rules[0];
  expect(described !== undefined && isOwnRule(described)).toBe(false);
  expect(verdicts(Named, 'x')).toEqual(['accepted', 'accepted', true]);
  expect(calls).toBe(3);
});
