// Definitions that want to do harm: each is refused with a code of ours, or does none. Quickly, either way.

import { describe, expect, test } from 'vitest';
import { definition } from '../../src/definition/definition.ts';
import { isMet, type Scope } from '../../src/definition/evaluate.ts';
import { resolve } from '../../src/definition/resolve.ts';
import { refusalOf } from './refusal.ts';

const refusal = (json: unknown): string => refusalOf(() => definition(json));
const firstLines = (json: unknown): string => refusal(json).split('\n').slice(0, 2).join('\n').slice(0, 300);
const withMessage = (message: unknown): object => ({ steps: [{ id: 'a', job: 'A.a', message }] });
const scope: Scope = { parameters: { x: { y: 1 }, list: [1, 2], text: 'abc' }, steps: {} };

/** What a text gives in a scope that has what a curious expression would look for. */
function value(text: string): unknown {
  return resolve(definition(withMessage(text)).steps[0]?.message, scope);
}

describe('names that lead to prototypes', () => {
  const names = ['__proto__', 'constructor', 'prototype'];
  const positions: Readonly<Record<string, (name: string) => string>> = {
    'a field': (name) => `{"${name}": {}, "steps": [{"id": "a", "job": "A.a"}]}`,
    'a parameter': (name) => `{"parameters": {"${name}": {}}, "steps": [{"id": "a", "job": "A.a"}]}`,
    'a part of a parameter': (name) => `{"parameters": {"x": [{"${name}": 1}]}, "steps": [{"id": "a", "job": "A.a"}]}`,
    'an id': (name) => `{"steps": [{"id": "${name}", "job": "A.a"}]}`,
    'a job': (name) => `{"steps": [{"id": "a", "job": "${name}"}]}`,
    'a group': (name) => `{"steps": [{"id": "a", "job": "A.a", "group": "${name}"}]}`,
    'a name': (name) => `{"name": "${name}", "steps": [{"id": "a", "job": "A.a"}]}`,
    'a field of a step': (name) => `{"steps": [{"id": "a", "job": "A.a", "${name}": 1}]}`,
    'a field of a message': (name) => `{"steps": [{"id": "a", "job": "A.a", "message": {"${name}": 1}}]}`,
    'a field deep in a message': (name) => `{"steps": [{"id": "a", "job": "A.a", "message": [{"x": {"${name}": 1}}]}]}`,
    'a part of a path': (name) => `{"steps": [{"id": "a", "job": "A.a", "message": "\${parameters.${name}.x}"}]}`,
    'a key of a path': (name) => `{"steps": [{"id": "a", "job": "A.a", "message": "\${parameters['${name}']}"}]}`,
    'a step of a path': (name) => `{"steps": [{"id": "a", "job": "A.a", "if": "\${steps.${name}.ok}"}]}`,
    'the begin of a path': (name) => `{"steps": [{"id": "a", "job": "A.a", "if": "\${${name}}"}]}`,
    'an escaped part of a path': (name) =>
      `{"steps": [{"id": "a", "job": "A.a", "message": "\${parameters['${name.replace('o', '\\u006f')}']}"}]}`,
  };

  test.each(Object.entries(positions))('as %s are refused', (_, textWith) => {
    for (const name of names) {
      const text = textWith(name);
      expect(refusal(text)).toMatch(/^ONW3051: .*\n {2}.*: expected /);
      expect(refusal(JSON.parse(text))).toMatch(/^ONW3051: /);
    }
    expect(Reflect.get({}, 'x')).toBeUndefined();
  });

  test('names that objects inherit are ordinary names, and lead to nothing that is inherited', () => {
    for (const name of [
      'toString',
      'valueOf',
      'hasOwnProperty',
      '__defineGetter__',
      '__lookupGetter__',
      'then',
      'toJSON',
    ]) {
      const made = definition({
        parameters: { [name]: 1 },
        steps: [
          { id: name, job: name, group: name, message: { [name]: `\${parameters.${name}}` } },
          { id: 'b', job: 'A.b', message: { own: `\${steps.${name}.value}`, not: `\${parameters.x.${name}}` } },
        ],
      });
      const own = resolve(made.steps[0]?.message, { parameters: made.parameters, steps: {} });
      expect(Object.entries(Object(own))).toEqual([[name, 1]]);
      expect(made.steps[1]?.uses).toEqual([{ id: name, step: 0 }]);
      expect(resolve(made.steps[1]?.message, scope)).toEqual({});
    }
  });

  test('a path reads only what an object owns', () => {
    expect(
      [
        'parameters.toString',
        'parameters.x.hasOwnProperty',
        'parameters.list.map',
        'parameters.text.at',
        'parameters.text[0]',
        'parameters.x.y.toFixed',
      ].map((path) => value(`\${${path}}`)),
    ).toEqual(Array.from({ length: 6 }));
    expect(value('${parameters.list.length}')).toBe(2);
  });
});

describe('data that does something when it is read', () => {
  test('is refused, and nothing of it runs', () => {
    let runs = 0;
    const getter = {
      get id(): string {
        runs += 1;
        return 'a';
      },
      job: 'A.a',
    };
    const throwing = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('mine');
        },
      },
    );
    const cycle: Record<string, unknown> = {};
    cycle['again'] = { cycle };
    expect(
      [
        { steps: [getter] },
        throwing,
        withMessage(throwing),
        withMessage(cycle),
        withMessage({ toString: () => 'x' }),
        withMessage(Symbol('x')),
        withMessage(Promise.resolve(1)),
        withMessage({ half: '\uD83D' }),
      ]
        .map(firstLines)
        .join('\n'),
    ).toMatchInlineSnapshot(`
      "ONW2002: \`steps[0].id\`: expected a plain value, got a getter, which would run code
      ONW2002: the message: expected data that can be read, got an object that threw while it was read
      ONW2002: \`steps[0].message\`: expected data that can be read, got an object that threw while it was read
      ONW2005: \`steps[0].message.again.cycle\`: expected data without cycles, got an object that contains itself
      ONW2007: \`steps[0].message.toString\`: expected data, got a function
      ONW2007: \`steps[0].message\`: expected data, got a symbol
      ONW2007: \`steps[0].message\`: expected data, got a promise; await it first
      ONW2008: \`steps[0].message.half\`: expected whole characters, got a string with half a character (a lone surrogate)"
    `);
    expect(runs).toBe(0);
  });

  test('instances and objects without a prototype are read as their own fields', () => {
    class Plan {
      steps = [Object.assign(Object.create(null), { id: 'a', job: 'A.a' })];
      get name(): string {
        throw new Error('not own');
      }
    }
    expect(definition(new Plan())).toEqual(definition({ steps: [{ id: 'a', job: 'A.a' }] }));
  });
});

describe('size', () => {
  const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);

  test('is limited in every direction', () => {
    let deepest: unknown = 1;
    for (let level = 0; level < 100_000; level += 1) deepest = { deepest };
    expect(
      [
        withMessage(nested(40)),
        withMessage(deepest),
        `{"steps": ${'['.repeat(100_000)}`,
        withMessage('x'.repeat(5_000_000)),
        JSON.stringify(withMessage('x'.repeat(5_000_000))),
        withMessage(Array.from({ length: 10_001 }, () => 1)),
        { steps: Array.from({ length: 10_001 }, (_, at) => ({ id: `s${at}`, job: 'A.a' })) },
        { steps: Array.from({ length: 50 }, () => Array.from({ length: 5000 }, () => 1)) },
        withMessage(`\${${'('.repeat(33)}1${')'.repeat(33)}}`),
        withMessage(`\${${'!'.repeat(100_000)}true}`),
        withMessage(`\${${'1 || '.repeat(1000)}1}`),
        withMessage(`\${'${'x'.repeat(5000)}'}`),
        withMessage(`\${parameters${'.a'.repeat(3000)}}`),
      ]
        .map(firstLines)
        .join('\n'),
    ).toMatchInlineSnapshot(`
      "ONW2004: \`steps[0].message[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]\`: expected at most 32 levels, got 33 or more
      ONW2004: \`steps[0].message.deepest.deepest.deepest.deepest.deepest.deepest.deepest.deepest.deepest.deepest.deepest.deepest.deepest.deepest.deepest.deepest.deepest.deepest.deepest.deepest.deepest.deepest.deepest.deepest.deepest.deepest.deepest.deepest.deepest\`: expected at most 32 levels, got 33 or m
      ONW2004: 1:42: expected at most 32 levels
      ONW2004: \`steps[0].message\`: expected at most 4194304 bytes in all, got 5000069 or more
      ONW2004: the JSON has 5000047 bytes; at most 4194304 are read
      ONW2004: \`steps[0].message\`: expected at most 10000 items, got 10001 or more
      ONW2004: \`steps\`: expected at most 10000 items, got 10001 or more
      ONW2004: \`steps[39][4958]\`: expected at most 200000 values in all, got 200001 or more
      ONW3051: the definition cannot be used
        steps[0].message: expected at most 32 parentheses and \`!\` inside each other, got "1" at character 36
      ONW3051: the definition cannot be used
        steps[0].message: expected at most 32 parentheses and \`!\` inside each other, got "!" at character 36
      ONW3051: the definition cannot be used
        steps[0].message: expected an expression of at most 4096 characters, got "1" at character 4103
      ONW3051: the definition cannot be used
        steps[0].message: expected an expression of at most 4096 characters, got the end of the string at character 5006
      ONW3051: the definition cannot be used
        steps[0].message: expected an expression of at most 4096 characters, got "a" at character 4100"
    `);
  });

  test('the largest expressions that are taken can be looked at', () => {
    expect(value(`\${${'!'.repeat(32)}true}`)).toBe(true);
    expect(value(`\${${'(1 && '.repeat(32)}7${')'.repeat(32)}}`)).toBe(7);
    expect(value(`\${${'false||'.repeat(580)}8}`)).toBe(8);
    expect(value(`\${parameters${'.a'.repeat(2000)}}`)).toBeUndefined();
  });

  test('DEFINITION-3: ten thousand steps take ten times as long as a thousand', () => {
    const plan = (length: number): object => ({
      steps: Array.from({ length }, (_, at) => ({
        id: `s${at}`,
        job: 'A.a',
        if: at === 0 ? true : `\${steps.s${at - 1}.ok}`,
        message: {
          before: at === 0 ? null : `\${steps.s${at - 1}.value}`,
          first: at === 0 ? 0 : 'from ${steps.s0.value}',
        },
      })),
    });
    const timeOf = (length: number): number => {
      const json = plan(length);
      const start = performance.now();
      expect(definition(json).steps).toHaveLength(length);
      return performance.now() - start;
    };
    timeOf(1000);
    expect(timeOf(10_000)).toBeLessThan(40 * Math.max(timeOf(1000), 5));
  });

  test('many wrong references to many steps take no time either', () => {
    const steps = Array.from({ length: 2000 }, (_, at) => ({
      id: `${'s'.repeat(60)}${at}`,
      job: 'A.a',
      message: Array.from({ length: 20 }, () => `\${steps.${'s'.repeat(61)}.value}`),
    }));
    const start = performance.now();
    expect(refusal({ steps })).toContain('… and 39950 more');
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe('small definitions over large values', () => {
  const large = 'x'.repeat(900_000);
  const lists = Array.from({ length: 9000 }, (_, at) => [at, at]);
  const resolved = (message: unknown, parameters: Scope['parameters']): string =>
    refusalOf(() => resolve(definition(withMessage(message)).steps[0]?.message, { parameters, steps: {} }));
  /** Forty small objects that unfold to 2 ** 40. */
  const unfolding = Array.from({ length: 40 }).reduce<unknown>((inner) => [inner, inner], 1);

  test('cannot make endless text', () => {
    const twice = Array.from({ length: 1000 }, () => 'and ${parameters.large}');
    expect(resolved(twice, { large })).toMatchInlineSnapshot(
      `"ONW2004: the strings of the message have more than 1048576 characters, with what \`parameters.large\` inserts; pass the value alone, or a part of it"`,
    );
    expect(resolved('${parameters.large}'.repeat(2000), { large })).toMatch(/^ONW2004: /);
    expect(resolved('- ${parameters.unfolding}', { unfolding })).toMatch(/^ONW2004: /);
    expect(
      resolved(
        Array.from({ length: 1000 }, () => '${parameters.large}'),
        { large: 'kept' },
      ),
    ).toMatch(/^taken/);
  });

  test('cannot compare without end', () => {
    const compare = Array.from({ length: 1000 }, () => '${parameters.a == parameters.b}');
    expect(resolved(compare, { a: lists, b: structuredClone(lists) })).toMatchInlineSnapshot(
      `"InvalidArgument: in \`parameters.a == parameters.b\`: the expressions compare more than 200000 values; compare parts that are smaller"`,
    );
    expect(resolved(compare, { a: large, b: `${large.slice(1)}y` })).toMatch(/^InvalidArgument: /);
    expect(resolved(compare, { a: unfolding, b: structuredClone(unfolding) })).toMatch(/^InvalidArgument: /);
    const cycle: unknown[] = [];
    cycle.push(cycle);
    const other: unknown[] = [];
    other.push(other);
    expect(resolved(compare, { a: cycle, b: other })).toMatch(/^InvalidArgument: /);
    const condition = definition({ steps: [{ id: 'a', job: 'A.a', if: '${parameters.a == parameters.b}' }] }).steps[0];
    expect(
      refusalOf(() => isMet(condition?.condition ?? null, { parameters: { a: cycle, b: other }, steps: {} })),
    ).toMatch(/^InvalidArgument: /);
  });
});
