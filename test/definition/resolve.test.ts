// What templates and conditions give.

import { describe, expect, test } from 'vitest';
import { definition } from '../../src/definition/definition.ts';
import { isMet, type Scope } from '../../src/definition/evaluate.ts';
import { parametersOf, resolve } from '../../src/definition/resolve.ts';
import { refusalOf } from './refusal.ts';

class Feed {
  constructor(readonly title: string) {}
  get loud(): string {
    return this.title.toUpperCase();
  }
}

const item = { id: 7, tags: ['a', 'b'] };
const scope: Scope = {
  parameters: { url: 'https://x.test', limit: 10, none: null, empty: '', 'odd name': { 'a"b': 1 }, dry: false },
  steps: {
    fetch: {
      ok: true,
      status: 'completed',
      code: 0,
      value: {
        items: [item],
        count: 1,
        at: new Date(0),
        big: 12n,
        link: new URL('https://y.test/'),
        all: new Map(),
        feed: new Feed('news'),
        nan: Number.NaN,
      },
    },
    broken: { ok: false, status: 'failed', code: 101 },
  },
};

const before = [
  { id: 'fetch', job: 'A.a' },
  { id: 'broken', job: 'A.b' },
  { id: 'late', job: 'A.c' },
];
const resolved = (message: unknown): unknown =>
  resolve(definition({ steps: [...before, { id: 'now', job: 'A.d', message }] }).steps[3]?.message, scope);
const value = (expression: string): unknown => resolved(`\${${expression}}`);
const met = (condition: unknown): boolean =>
  isMet(
    definition({ steps: [...before, { id: 'now', job: 'A.d', if: condition }] }).steps[3]?.condition ?? null,
    scope,
  );

describe('a message', () => {
  test('TEMPLATE-1: a string that is one reference keeps the value; inside a string it is written out', () => {
    expect(
      resolved({
        alone: '${parameters.limit}',
        spaced: '${  parameters.limit  }',
        inside: 'limit ${parameters.limit}!',
        two: '${parameters.limit}${parameters.dry}',
        around: ' ${parameters.limit}',
        list: ['${steps.fetch.value.items[0].tags[1]}', { deep: '${steps.broken.code}' }],
        plain: [1, null, true, 'text', '$', '{}', '$ {x}', ''],
      }),
    ).toEqual({
      alone: 10,
      spaced: 10,
      inside: 'limit 10!',
      two: '10false',
      around: ' 10',
      list: ['b', { deep: 101 }],
      plain: [1, null, true, 'text', '$', '{}', '$ {x}', ''],
    });
    expect(value('steps.fetch.value.items[0]')).toBe(item);
    expect(value('steps.fetch.value.feed')).toBe(Reflect.get(Object(scope.steps['fetch']?.value), 'feed'));
  });

  test('may be one value, and may be missing', () => {
    expect(resolved('${steps.fetch.value.items}')).toEqual([item]);
    expect(resolved('${parameters}')).toEqual(scope.parameters);
    expect(resolved('${steps.broken.value}')).toBeUndefined();
    expect(resolved(undefined)).toBeUndefined();
    expect(resolved(null)).toBeNull();
  });

  test('TEMPLATE-2: a backslash takes the meaning of a reference', () => {
    expect(resolved('\\${parameters.url} is ${parameters.url}, \\ and $${parameters.limit}')).toBe(
      '${parameters.url} is https://x.test, \\ and $10',
    );
    expect(resolved('\\${')).toBe('${');
    expect(resolved("${'\\\\${}'}")).toBe('\\${}');
  });

  test('RESOLVE-2: a field without a value is left out', () => {
    expect(
      resolved({ a: '${parameters.nothing.at.all}', b: '${steps.late.value}', c: '${parameters.none}' }),
    ).toStrictEqual({
      c: null,
    });
    expect(resolved(['${parameters.nothing}'])).toEqual([undefined]);
  });

  test('RESOLVE-1: is another one each time', () => {
    const { steps } = definition({ steps: [{ id: 'a', job: 'A.a', message: { list: [{ x: 1 }] } }] });
    const first = resolve(steps[0]?.message, scope);
    Object(first).list[0].x = 2;
    expect(resolve(steps[0]?.message, scope)).toEqual({ list: [{ x: 1 }] });
  });

  test('texts show lists and objects as JSON, dates as ISO 8601', () => {
    expect(
      resolved(
        "${steps.fetch.value.items} ${steps.fetch.value.at} ${steps.fetch.value.big} ${steps.fetch.value.link} ${parameters.none} ${parameters['odd name']} ${steps.fetch.value.feed}",
      ),
    ).toMatchInlineSnapshot(
      `"[{"id":7,"tags":["a","b"]}] 1970-01-01T00:00:00.000Z 12 https://y.test/ null {"a\\"b":1} {"title":"news"}"`,
    );
  });

  test('errors say which expression, and what to do', () => {
    expect(
      [
        'to ${parameters.nothing}',
        '${parameters.url > 3}',
        '${steps.fetch.value.at < steps.fetch.value.at}',
        'all ${steps.fetch.value.all}',
        'all ${steps.fetch.value}',
        'not ${steps.fetch.value.nan == 1} ${steps.fetch.value.nan}',
      ]
        .map((text) => refusalOf(() => resolved(text)))
        .join('\n'),
    ).toMatchInlineSnapshot(`
      "InvalidArgument: \`parameters.nothing\` has no value to put into a string; give it one, as in \`\${parameters.nothing || 'none'}\`
      InvalidArgument: in \`parameters.url > 3\`: expected two numbers or two strings around \`>\`, got "https://x.test" and 3
      InvalidArgument: in \`steps.fetch.value.at < steps.fetch.value.at\`: expected two numbers or two strings around \`<\`, got the date 1970-01-01T00:00:00.000Z and the date 1970-01-01T00:00:00.000Z
      InvalidArgument: \`steps.fetch.value.all\` puts a Map into a string; insert a part of it
      ONW2003: what \`steps.fetch.value\` puts into a string cannot be used
        steps.fetch.value.nan: expected a finite number, got NaN
      ONW2003: what \`steps.fetch.value.nan\` puts into a string cannot be used
        steps.fetch.value.nan: expected a finite number, got NaN"
    `);
  });

  test('values that run code when they are read are not run', () => {
    const value = {
      get own(): number {
        throw new Error('ran');
      },
    };
    const proxy = new Proxy(
      {},
      {
        getOwnPropertyDescriptor: () => {
          throw new Error('mine');
        },
      },
    );
    const odd: Scope = { parameters: { value, proxy, call: () => 1 }, steps: {} };
    const of = (message: string): string =>
      refusalOf(() => resolve(definition({ steps: [{ id: 'a', job: 'A.a', message }] }).steps[0]?.message, odd));
    expect(
      [
        '${parameters.value.own}',
        '${parameters.proxy.x}',
        '${parameters.value == parameters.proxy}',
        '${parameters.value != 1}',
        'a ${parameters.value}',
        'a ${parameters.proxy}',
        'a ${parameters.call}',
        '${parameters.call.name}',
      ]
        .map(of)
        .join('\n'),
    ).toMatchInlineSnapshot(`
      "InvalidArgument: in \`parameters.value.own\`: \`parameters.value.own\` is a getter, which would run code; return plain data
      InvalidArgument: in \`parameters.proxy.x\`: \`parameters.proxy.x\` cannot be read: the object threw; return plain data
      taken: false
      taken: true
      ONW2002: \`parameters.value.own\`: expected a plain value, got a getter, which would run code
      ONW2002: \`parameters.proxy\`: expected data that can be read, got an object that threw while it was read
      ONW2007: \`parameters.call\`: expected data, got a function
      taken: undefined"
    `);
  });
});

describe('expressions', () => {
  test('EVALUATE-1: && and || give one of their values', () => {
    expect(value("parameters.nothing || 'none'")).toBe('none');
    expect(value('parameters.empty || parameters.none || 0')).toBe(0);
    expect(value('parameters.url && parameters.limit')).toBe(10);
    expect(value('parameters.none && parameters.url < 1')).toBeNull();
    expect(value('true || parameters.url < 1')).toBe(true);
  });

  test('bind as everybody expects', () => {
    expect(value('false && false || true')).toBe(true);
    expect(value('true || false && false')).toBe(true);
    expect(value('!true || true')).toBe(true);
    expect(value('!(true || true)')).toBe(false);
    expect(value('(1 < 2) == true')).toBe(true);
    expect(value('!1 == false')).toBe(true);
  });

  test('literals are numbers, texts in either quotes, true, false and null', () => {
    expect(['-1.5e2', '0', "'it\\'s'", '"a\\\\\\n\\t}"', 'true', 'false', 'null'].map(value)).toEqual([
      -150,
      0,
      "it's",
      'a\\\n\t}',
      true,
      false,
      null,
    ]);
    expect(value("'${' == '$' || 1")).toBe(1);
  });

  test('== compares data by value, and converts nothing', () => {
    const same = [
      '1 == 1.0',
      '\'a\' == "a"',
      'null == null',
      'parameters.nothing == null',
      'steps.fetch.value.items == steps.fetch.value.items',
      'steps.fetch.value.nan == steps.fetch.value.nan',
      'parameters == parameters',
    ];
    const different = [
      "1 == '1'",
      '0 == false',
      "'' == null",
      '0 == null',
      'steps.fetch.value == parameters',
      'steps.fetch.value.at == 0',
      'steps.fetch.value.big == 12',
    ];
    expect(same.filter((text) => value(text) !== true || value(text.replace('==', '!=')) !== false)).toEqual([]);
    expect(different.filter((text) => value(text) !== false || value(text.replace('==', '!=')) !== true)).toEqual([]);
  });

  test('== looks into lists and objects, whatever their class', () => {
    const compare = (a: unknown, b: unknown): unknown =>
      resolve(
        definition({ steps: [{ id: 'a', job: 'A.a', message: '${parameters.a == parameters.b}' }] }).steps[0]?.message,
        {
          parameters: { a, b },
          steps: {},
        },
      );
    expect(compare({ a: [1, { b: 2 }], c: undefined }, { a: [1, { b: 2 }] })).toBe(true);
    expect(compare(new Feed('x'), { title: 'x' })).toBe(true);
    expect(compare(new Date(5), new Date(5))).toBe(true);
    expect(compare({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true);
    expect(compare([1, undefined], [1, null])).toBe(true);
    expect(compare([1, undefined], [1])).toBe(false);
    expect(compare([1, 2], [2, 1])).toBe(false);
    expect(compare([], {})).toBe(false);
    expect(compare({ a: 1 }, { b: 1 })).toBe(false);
    expect(compare(new Date(5), new Date(6))).toBe(false);
    expect(compare(new Map(), new Map())).toBe(false);
    expect(compare({ toString: 1 }, { toString: 1 })).toBe(true);
    expect(compare({ toString: 1 }, {})).toBe(false);
  });

  test('< compares two numbers or two texts', () => {
    expect(['1 < 2', '2 <= 2', "'a' < 'b'", "'Z' < 'a'", '2 > 1', '2 >= 3', "'a' >= 'a'"].map(value)).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
      true,
    ]);
  });
});

describe('a condition', () => {
  test('holds when its value is not empty', () => {
    expect(
      ['${steps.fetch.ok}', '${parameters.limit}', true, "${'a'}", '${parameters}'].filter(
        (json) => met(json) !== true,
      ),
    ).toEqual([]);
    expect(
      ['${steps.broken.ok}', '${parameters.empty}', '${parameters.nothing}', '${0}', false].filter(
        (json) => met(json) !== false,
      ),
    ).toEqual([]);
    expect(isMet(null, scope)).toBe(true);
  });

  test('of a list holds when all do; those behind the first that does not are not looked at', () => {
    expect(met(['${steps.fetch.ok}', true, "${steps.broken.status == 'failed'}"])).toBe(true);
    expect(met(['${steps.fetch.ok || steps.fetch.ok}', false])).toBe(false);
    expect(met(['${steps.broken.ok}', '${parameters.url < 1}'])).toBe(false);
    expect(refusalOf(() => met(['${steps.fetch.ok}', '${parameters.url < 1}']))).toMatchInlineSnapshot(
      `"InvalidArgument: in \`(steps.fetch.ok) && (parameters.url < 1)\`: expected two numbers or two strings around \`<\`, got "https://x.test" and 1"`,
    );
  });
});

describe('parameters', () => {
  const made = definition({ parameters: { limit: 10, filter: { a: 1 } }, steps: [{ id: 'a', job: 'A.a' }] });

  test('that are given stand in the place of defaults', () => {
    expect(parametersOf(made)).toEqual({ limit: 10, filter: { a: 1 } });
    expect(parametersOf(made, { filter: { b: 2 }, url: 'x', limit: undefined })).toEqual({
      limit: 10,
      filter: { b: 2 },
      url: 'x',
    });
    expect(parametersOf(made, JSON.parse('{"toString": 1}'))).toEqual({ limit: 10, filter: { a: 1 }, toString: 1 });
  });

  test('are refused when they are no plain data', () => {
    expect(
      [
        null,
        5,
        [1],
        new Map(),
        JSON.parse('{"__proto__": {"x": 1}, "constructor": 1}'),
        { a: Number.NaN },
        { a: () => 1 },
        Promise.resolve({}),
      ]
        .map((given) => refusalOf(() => parametersOf(made, given)))
        .join('\n'),
    ).toMatchInlineSnapshot(`
      "ONW3004: what the start gives cannot be used
        parameters: expected an object of parameters, got null
      ONW3004: what the start gives cannot be used
        parameters: expected an object of parameters, got 5
      ONW3004: what the start gives cannot be used
        parameters: expected an object of parameters, got an array of 1 item
      ONW3004: what the start gives cannot be used
        parameters: expected an object of parameters, got a Map
      ONW3004: what the start gives cannot be used
        parameters.__proto__: expected no field of this name, got one
        parameters.constructor: expected no field of this name, got one
      ONW3004: what the start gives cannot be used
        parameters.a: expected a finite number, got NaN
      ONW2007: \`parameters.a\`: expected data, got a function
      ONW2007: \`parameters\`: expected data, got a promise; await it first"
    `);
  });
});
