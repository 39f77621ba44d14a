// What a definition is made of, and what is said of one that is wrong.

import { describe, expect, test } from 'vitest';
import { definition } from '../../src/definition/definition.ts';
import { isDefinition } from '../../src/definition/defined.ts';
import { isOnwardError } from '../../src/errors/onward-error.ts';
import { refusalOf } from './refusal.ts';

const IMPORT = {
  name: 'import',
  parameters: { limit: 10 },
  steps: [
    { id: 'fetch', job: 'Feeds.fetch', message: { url: '${parameters.url}', limit: '${parameters.limit}' } },
    {
      id: 'store',
      job: 'Feeds.store',
      if: '${steps.fetch.value.count > 0 && parameters.dry != true}',
      group: 'a',
      always: true,
      message: { items: '${steps.fetch.value.items}' },
    },
  ],
};

const refusal = (json: unknown): string => refusalOf(() => definition(json));
/** What is said of a message, or of a condition, behind two steps `a` and `b`. */
const refusalOfStep = (parts: object): string =>
  refusal({
    steps: [
      { id: 'a', job: 'A.a' },
      { id: 'b', job: 'A.b' },
      { id: 'c', job: 'A.c', ...parts },
    ],
  })
    .split('\n  ')
    .slice(1)
    .join('\n');

describe('a definition', () => {
  test('has everything that was said, and what was not said filled in', () => {
    const { steps, ...whole } = definition(IMPORT);
    expect(whole).toEqual({ name: 'import', mode: 'sequential', keepGoing: false, parameters: { limit: 10 } });
    expect(
      steps.map(({ condition, ...step }) => ({ ...step, condition: condition?.source, message: step.message?.kind })),
    ).toEqual([
      {
        id: 'fetch',
        job: 'Feeds.fetch',
        always: false,
        uses: [],
        duplicate: false,
        condition: undefined,
        message: 'record',
      },
      {
        id: 'store',
        job: 'Feeds.store',
        group: 'a',
        always: true,
        uses: [{ id: 'fetch', step: 0 }],
        duplicate: false,
        condition: 'steps.fetch.value.count > 0 && parameters.dry != true',
        message: 'record',
      },
    ]);
  });

  test('is the same from data, from text and from a file', () => {
    const text = JSON.stringify(IMPORT, null, 2);
    expect(definition(text)).toEqual(definition(IMPORT));
    expect(definition(Buffer.from(`\uFEFF${text}`))).toEqual(definition(IMPORT));
  });

  test('DEFINITION-2: is frozen in all its parts, and survives being written down', () => {
    const made = definition({ ...IMPORT, parameters: { zero: -0, list: [[{ a: null }]] } });
    expect(JSON.parse(JSON.stringify(made))).toStrictEqual(made);
    const parts: unknown[] = [made];
    for (const part of parts) {
      expect(Object.isFrozen(part)).toBe(true);
      if (typeof part === 'object' && part !== null) parts.push(...Object.values(part));
    }
  });

  test('shares nothing with the data it was made of', () => {
    const data = structuredClone(IMPORT);
    const made = definition(data);
    data.parameters.limit = 99;
    expect(made.parameters).toEqual({ limit: 10 });
    expect(Object.isFrozen(data)).toBe(false);
  });

  test('is known by who made it, not by its looks', () => {
    const made = definition(IMPORT);
    expect(isDefinition(made)).toBe(true);
    expect(definition(made)).toBe(made);
    for (const look of [{ ...made }, structuredClone(made), IMPORT, null, undefined, 'made']) {
      expect(isDefinition(look)).toBe(false);
    }
  });

  test('may have an id twice: the second is marked, and references mean the first', () => {
    const { steps } = definition({
      steps: [
        { id: 'a', job: 'A.a' },
        { id: 'a', job: 'A.b', message: '${steps.a.value}' },
        { id: 'c', job: 'A.c', if: ['${steps.a.ok}', '${steps.a.code == 0}'] },
      ],
    });
    expect(steps.map(({ duplicate, uses }) => ({ duplicate, uses }))).toEqual([
      { duplicate: false, uses: [] },
      { duplicate: true, uses: [{ id: 'a', step: 0 }] },
      { duplicate: false, uses: [{ id: 'a', step: 0 }] },
    ]);
  });

  test('names jobs that it does not know: that shows when it runs', () => {
    expect(definition({ steps: [{ id: 'a', job: 'no such job' }] }).steps[0]?.job).toBe('no such job');
  });
});

describe('a definition that is wrong', () => {
  test('refers to steps that are not over when it begins', () => {
    const steps = [
      { id: 'a', job: 'S.n', group: 'x' },
      { id: 'b', job: 'S.n' },
      { id: 'c', job: 'S.n', group: 'x', if: '${steps.a.ok && steps.b.ok}' },
      { id: 'd', job: 'S.n', message: '${steps.b.value}' },
    ];
    expect(refusal({ steps })).toMatchInlineSnapshot(`
      "ONW3051: the definition cannot be used
        steps[2].if: expected a step that is over before this one begins, got "b" (steps[1]), whose group runs after it; put both into one group"
    `);
    expect(refusal({ mode: 'parallel', steps })).toMatchInlineSnapshot(`
      "ONW3051: the definition cannot be used
        steps[2].if: expected a step that is over before this one begins, got "b" (steps[1]), which runs next to it; put both into one group
        steps[3].message: expected a step that is over before this one begins, got "b" (steps[1]), which runs next to it; put both into one group"
    `);
  });

  test('is told all problems at once, with their paths', () => {
    expect(
      refusal({
        mode: 'side by side',
        keepGoing: 'yes',
        retries: 3,
        parameters: { constructor: 1, list: [1, Number.NaN] },
        steps: [
          { id: 'fetch', jop: 'Feeds.fetch', message: { url: '${parameters.url' } },
          { id: '', job: 7, if: 'steps.fetch.ok', always: 1, message: ['${steps.fech.value} or ${steps.store.value}'] },
          'store',
        ],
      }),
    ).toMatchInlineSnapshot(`
      "ONW3051: the definition cannot be used
        parameters.constructor: expected no field of this name, got one
        parameters.list[1]: expected a finite number, got NaN
        mode: expected "sequential" or "parallel", got "side by side"
        keepGoing: expected true or false, got "yes"
        retries: expected no field of this name (known are name, mode, keepGoing, parameters, steps), got one
        steps[0].job: expected the name of a job, of 1 to 200 characters, none of them a control character, and not __proto__, constructor or prototype, got nothing
        steps[0].jop: expected no field of this name (did you mean \`job\`?), got one
        steps[1].id: expected an id of 1 to 200 characters, none of them a control character, and not __proto__, constructor or prototype, got ""
        steps[1].job: expected the name of a job, of 1 to 200 characters, none of them a control character, and not __proto__, constructor or prototype, got 7
        steps[1].if: expected an expression in \${…}, true, false, or an array of those, got "steps.fetch.ok"
        steps[1].always: expected true or false, got 1
        steps[2]: expected a step: an object with \`id\` and \`job\`, got "store"
        steps[0].message.url: expected an operator or the closing \`}\`, got the end of the string at character 17
        steps[1].message[0]: expected a step that exists (did you mean "fetch"?), got "fech"
        steps[1].message[0]: expected a step that exists, got "store""
    `);
  });

  test('has its problems as data', () => {
    try {
      definition({ steps: [{ id: 'a', job: 'A.a', message: { to: ['${'] } }] });
      expect.unreachable();
    } catch (error) {
      expect(isOnwardError(error, 'ONW3051') && error.issues).toMatchInlineSnapshot(`
        [
          {
            "expected": "a value, such as \`steps.<id>.value\`, \`parameters.<name>\`, 5 or 'some string'",
            "got": "the end of the string at character 3",
            "path": "steps[0].message.to[0]",
          },
        ]
      `);
    }
  });

  test('P1: tells 50 problems and counts the others', () => {
    const lines = refusal({ steps: Array.from({ length: 100 }, () => ({ id: 'a' })) }).split('\n');
    expect(lines).toHaveLength(52);
    expect(lines.at(-1)).toBe('  … and 50 more');
  });

  test('is not an object, or is no JSON at all', () => {
    expect(
      [undefined, null, 7, [], () => 1, Promise.resolve(IMPORT), {}, { steps: [] }, { steps: {} }]
        .map(refusal)
        .join('\n'),
    ).toMatchInlineSnapshot(`
      "ONW3051: the definition cannot be used
        the definition: expected an object with \`steps\`, got nothing
      ONW3051: the definition cannot be used
        the definition: expected an object with \`steps\`, got null
      ONW3051: the definition cannot be used
        the definition: expected an object with \`steps\`, got 7
      ONW3051: the definition cannot be used
        the definition: expected an object with \`steps\`, got an array of 0 items
      ONW3051: the definition cannot be used
        the definition: expected an object with \`steps\`, got a function
      ONW3051: the definition cannot be used
        the definition: expected an object with \`steps\`, got a promise; await it first
      ONW3051: the definition cannot be used
        steps: expected an array of at least one step, got nothing
      ONW3051: the definition cannot be used
        steps: expected an array of at least one step, got an array of 0 items
      ONW3051: the definition cannot be used
        steps: expected an array of at least one step, got an object"
    `);
  });

  test('C26: is text that is not JSON', () => {
    expect(
      ['', '{"steps": [], "steps": []}', '{"steps": [],}', Buffer.from('{}', 'utf16le'), "{'steps': []}", '[]', '"{}"']
        .map(refusal)
        .join('\n'),
    ).toMatchInlineSnapshot(`
      "ONW2006: 1:1: expected a value, got the end of the JSON
      ONW2006: 1:15: the key "steps" is used twice in one object
      ONW2006: 1:13: a comma before "}" is not allowed in JSON
      ONW2006: 1:1: the JSON is UTF-16; save it as UTF-8
      ONW2006: 1:2: expected a key in double quotes, got a single quote; JSON uses double quotes
      ONW3051: the definition cannot be used
        the definition: expected an object with \`steps\`, got an array of 0 items
      ONW3051: the definition cannot be used
        the definition: expected an object with \`steps\`, got "{}""
    `);
  });

  test('C06: has numbers that JSON cannot keep', () => {
    expect(
      [
        '{"parameters": {"a": 1e999}, "steps": [{"id": "a", "job": "A.a", "message": [-1e400, 9007199254740993]}]}',
        { parameters: { a: Number.NaN, b: Infinity }, steps: [{ id: 'a', job: 'A.a', message: '${1e999 > 01}' }] },
      ]
        .map(refusal)
        .join('\n'),
    ).toMatchInlineSnapshot(`
      "ONW3051: the definition cannot be used
        parameters.a: expected a finite number, got Infinity
        steps[0].message[0]: expected a finite number, got -Infinity
        steps[0].message[1]: expected a number within ±9007199254740991 (above it digits are lost; use a string or a bigint), got 9007199254740992
      ONW3051: the definition cannot be used
        parameters.a: expected a finite number, got NaN
        parameters.b: expected a finite number, got Infinity
        steps[0].message: expected a number as JSON writes it, within ±9007199254740991, got "1e999" at character 3"
    `);
  });

  test('has data that JSON cannot hold', () => {
    const message = { at: new Date(0), all: new Map(), bytes: new Uint8Array(2), big: 12n, list: [undefined] };
    expect(refusalOfStep({ message })).toMatchInlineSnapshot(`
      "steps[2].message.at: expected data that JSON can hold, got the date 1970-01-01T00:00:00.000Z
      steps[2].message.all: expected data that JSON can hold, got a Map
      steps[2].message.bytes: expected data that JSON can hold, got a Uint8Array
      steps[2].message.big: expected data that JSON can hold, got 12n
      steps[2].message.list[0]: expected data that JSON can hold, got nothing"
    `);
  });
});

describe('references', () => {
  test('lead to parameters, and to the outcome of steps that come before', () => {
    expect(
      [
        '${steps.a.ok}',
        '${steps.b.value[0].x}',
        "${steps['a']['value']}",
        '${parameters}',
        "${parameters['odd name'].x == 'steps.z'}",
        '\\${steps.z.value}',
      ]
        .map((message) => refusalOfStep({ message }))
        .join('\n'),
    ).toBe('\n'.repeat(5));
  });

  test('are refused when they lead elsewhere', () => {
    expect(
      refusalOfStep({
        message: {
          later: '${steps.d.value}',
          self: '${steps.c.value}',
          unknown: '${steps.aa.value}',
          part: '${steps.a.val}',
          whole: '${steps.a}',
          all: '${steps}',
          index: '${steps[0].value}',
          bare: '${a.value}',
          global: '${process.env.HOME}',
          two: '${steps.x.ok && env.y}',
        },
        if: '${this.x || steps.a.error}',
      }),
    ).toMatchInlineSnapshot(`
      "steps[2].message.later: expected a step that exists (did you mean "a"?), got "d"
      steps[2].message.self: expected a step that comes before this one, got "c", which is this step itself
      steps[2].message.unknown: expected a step that exists (did you mean "a"?), got "aa"
      steps[2].message.part: expected one of \`ok\`, \`status\`, \`code\`, \`value\` after \`steps.a\`, got "val"
      steps[2].message.whole: expected one of \`ok\`, \`status\`, \`code\`, \`value\` after \`steps.a\`, got nothing
      steps[2].message.all: expected the id of a step after \`steps\`, got \`steps\`
      steps[2].message.index: expected the id of a step after \`steps\`, got \`steps[0].value\`
      steps[2].message.bare: expected a path that begins with \`steps.<id>\` or \`parameters\`, got \`a.value\`
      steps[2].message.global: expected a path that begins with \`steps.<id>\` or \`parameters\`, got \`process.env.HOME\`
      steps[2].message.two: expected a step that exists (did you mean "a"?), got "x"
      steps[2].message.two: expected a path that begins with \`steps.<id>\` or \`parameters\`, got \`env.y\`
      steps[2].if: expected a path that begins with \`steps.<id>\` or \`parameters\`, got \`this.x\`
      steps[2].if: expected one of \`ok\`, \`status\`, \`code\`, \`value\` after \`steps.a\`, got "error""
    `);
  });
});

describe('expressions', () => {
  test('say where they are wrong, and what to write instead', () => {
    expect(
      [
        '${}',
        '${',
        'costs ${ 5',
        '${1 +}',
        '${parameters.a + 1}',
        '${parameters.a - 1}',
        '${f(1)}',
        '${parameters.list.map(x)}',
        '${parameters.a === 1}',
        '${parameters.a = 1}',
        '${parameters.a & 1}',
        '${parameters.a and 1}',
        '${parameters.a ? 1 : 2}',
        '${parameters?.a}',
        '${steps.my-step.value}',
        '${1 < 2 < 3}',
        '${(1}',
        '${1)}',
        "${'abc}",
        '${"a\\x"}',
        '${parameters.0}',
        '${parameters[-1]}',
        '${parameters[a]}',
        '${parameters[0}',
        '${.5}',
        '${01}',
        '${1.}',
        '${5x}',
        '${`a`}',
        '${{}}',
        '${"😀" == }',
      ]
        .map((text) => `${text} → ${refusalOfStep({ message: text }).replace(/^steps\[2\]\.message: /, '')}`)
        .join('\n'),
    ).toMatchInlineSnapshot(`
      "\${} → expected a value, such as \`steps.<id>.value\`, \`parameters.<name>\`, 5 or 'some string', got "}" at character 3
      \${ → expected a value, such as \`steps.<id>.value\`, \`parameters.<name>\`, 5 or 'some string', got the end of the string at character 3
      costs \${ 5 → expected an operator or the closing \`}\`, got the end of the string at character 11
      \${1 +} → expected no arithmetic, got "+" at character 5
      \${parameters.a + 1} → expected no arithmetic, got "+" at character 16
      \${parameters.a - 1} → expected no arithmetic, got "-" at character 16
      \${f(1)} → expected no call: there are no functions, got "(" at character 4
      \${parameters.list.map(x)} → expected no call: there are no functions, got "(" at character 22
      \${parameters.a === 1} → expected \`==\` or \`!=\`, which compare strictly here, got "===" at character 16
      \${parameters.a = 1} → expected \`==\` to compare, got "=" at character 16
      \${parameters.a & 1} → expected \`&&\`, got "&" at character 16
      \${parameters.a and 1} → expected \`&&\`, got "and" at character 16
      \${parameters.a ? 1 : 2} → expected no choice by \`?\`; \`a || b\` gives b where a is empty, got "?" at character 16
      \${parameters?.a} → expected \`.\`: a missing part gives nothing, without an error, got "?." at character 13
      \${steps.my-step.value} → expected no arithmetic; a name that has a \`-\` in it stands in brackets, as in \`steps['my-step']\`, got "-" at character 11
      \${1 < 2 < 3} → expected two values to compare, not three; use parentheses, got "<" at character 9
      \${(1} → expected an operator or \`)\`, got "}" at character 5
      \${1)} → expected an operator or the closing \`}\`, got ")" at character 4
      \${'abc} → expected a string that ends with the quote it begins with, got "'" at character 3
      \${"a\\x"} → expected one of \\ ' " n r t after a backslash, got "x" at character 6
      \${parameters.0} → expected a name; other keys stand in brackets, as in [0] or ['odd name'], got "0" at character 14
      \${parameters[-1]} → expected a position such as 0, or a string in quotes, got "-" at character 14
      \${parameters[a]} → expected a position such as 0, or a string in quotes, got "a" at character 14
      \${parameters[0} → expected \`]\`, got "}" at character 15
      \${.5} → expected a value, such as \`steps.<id>.value\`, \`parameters.<name>\`, 5 or 'some string', got "." at character 3
      \${01} → expected a number as JSON writes it, within ±9007199254740991, got "01" at character 3
      \${1.} → expected a number as JSON writes it, within ±9007199254740991, got "1" at character 3
      \${5x} → expected an operator or the closing \`}\`, got "x" at character 4
      \${\`a\`} → expected a value, such as \`steps.<id>.value\`, \`parameters.<name>\`, 5 or 'some string', got "\`" at character 3
      \${{}} → expected a value, such as \`steps.<id>.value\`, \`parameters.<name>\`, 5 or 'some string', got "{" at character 3
      \${"😀" == } → expected a value, such as \`steps.<id>.value\`, \`parameters.<name>\`, 5 or 'some string', got "}" at character 10"
    `);
  });

  test('a condition is one expression, a boolean, or a list of those', () => {
    expect(['${steps.a.ok}', true, ['${steps.a.ok}', false]].map((json) => refusalOfStep({ if: json }))).toEqual([
      '',
      '',
      '',
    ]);
    expect(
      ['steps.a.ok', '', null, 1, [], [[true]], {}, '${steps.a.ok} and ${steps.b.ok}', ' ${steps.a.ok}', ['yes', '${']]
        .map((json) => `${JSON.stringify(json)} → ${refusalOfStep({ if: json })}`)
        .join('\n'),
    ).toMatchInlineSnapshot(`
      ""steps.a.ok" → steps[2].if: expected an expression in \${…}, true, false, or an array of those, got "steps.a.ok"
      "" → steps[2].if: expected an expression in \${…}, true, false, or an array of those, got ""
      null → steps[2].if: expected an expression in \${…}, true, false, or an array of those, got null
      1 → steps[2].if: expected an expression in \${…}, true, false, or an array of those, got 1
      [] → steps[2].if: expected an expression in \${…}, true, false, or an array of those, got an array of 0 items
      [[true]] → steps[2].if[0]: expected an expression in \${…}, or true or false, got an array of 1 item
      {} → steps[2].if: expected an expression in \${…}, true, false, or an array of those, got an object
      "\${steps.a.ok} and \${steps.b.ok}" → steps[2].if: expected one expression in \${…}, got a string with more in it
      " \${steps.a.ok}" → steps[2].if: expected an expression in \${…}, true, false, or an array of those, got " \${steps.a.ok}"
      ["yes","\${"] → steps[2].if[0]: expected an expression in \${…}, or true or false, got "yes"
      steps[2].if[1]: expected an expression in \${…}, or true or false, got "\${""
    `);
  });
});
