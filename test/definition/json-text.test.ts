import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJsonText } from '../../src/definition/json-text.ts';

function refusal(text: string | Uint8Array): string {
  try {
    return `taken: ${JSON.stringify(parseJsonText(text))}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe('C26: JSON text', () => {
  test('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(0, 2), (text, indent) => {
        const spaced = JSON.stringify(JSON.parse(text), null, indent);
        expect(parseJsonText(spaced, { maxDepth: 1000 })).toEqual(JSON.parse(spaced));
      }),
    );
    expect(parseJsonText('"\\u00e9\\ud83d\\ude00\\/\\\\ é😀"')).toBe('é😀/\\ é😀');
  });

  test('refuses what JSON.parse refuses, always with a line and a column', () => {
    const alphabet = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      'u',
      '0',
      '1',
      '-',
      '.',
      'e',
      'true',
      'null',
      ' ',
      '\n',
      "'",
    );
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        const answer = refusal(text);
        if (answer.includes('is used twice')) return;
        expect(answer).toMatch(valid ? /^taken: / : /^ONW2006: \d+:\d+: /);
      }),
      { numRuns: 2000 },
    );
  });

  test('a byte order mark is passed over', () => {
    expect(parseJsonText('\uFEFF{"a":1}')).toEqual({ a: 1 });
    expect(parseJsonText(Buffer.from('\uFEFF{"a":"é"}'))).toEqual({ a: 'é' });
  });

  test('texts say the line, the column and what is wrong', () => {
    expect(
      [
        '{"a":1,"a":2}',
        '{"a":1,}',
        '[1,2,]',
        "{'a':1}",
        '{a:1}',
        '{"a":1',
        '{"a" 1}',
        '[1 2]',
        '{"a":1}}',
        '',
        'NaN',
        '01',
        '"abc',
        '"a\nb"',
        '"\\x"',
        '{\n  "é😀": 1,\r\n  "b": tru\n}',
        '{ "a": undefined }',
      ].map((text) => `${JSON.stringify(text)} → ${refusal(text)}`),
    ).toMatchInlineSnapshot(`
      [
        ""{\\"a\\":1,\\"a\\":2}" → ONW2006: 1:8: the key "a" is used twice in one object",
        ""{\\"a\\":1,}" → ONW2006: 1:7: a comma before "}" is not allowed in JSON",
        ""[1,2,]" → ONW2006: 1:5: a comma before "]" is not allowed in JSON",
        ""{'a':1}" → ONW2006: 1:2: expected a key in double quotes, got a single quote; JSON uses double quotes",
        ""{a:1}" → ONW2006: 1:2: expected a key in double quotes, got "a"",
        ""{\\"a\\":1" → ONW2006: 1:7: expected "," or "}", got the end of the JSON",
        ""{\\"a\\" 1}" → ONW2006: 1:6: expected ":", got "1"",
        ""[1 2]" → ONW2006: 1:4: expected "," or "]", got "2"",
        ""{\\"a\\":1}}" → ONW2006: 1:8: expected the end of the JSON, got "}"",
        """ → ONW2006: 1:1: expected a value, got the end of the JSON",
        ""NaN" → ONW2006: 1:1: expected a value, got "NaN"",
        ""01" → ONW2006: 1:1: expected a value, got "01"",
        ""\\"abc" → ONW2006: 1:1: a string has no closing quote",
        ""\\"a\\nb\\"" → ONW2006: 1:3: a line break or control character in a string must be escaped, as in "\\n"",
        ""\\"\\\\x\\"" → ONW2006: 1:2: a backslash before "x" is not an escape that JSON knows",
        ""{\\n  \\"é😀\\": 1,\\r\\n  \\"b\\": tru\\n}" → ONW2006: 3:8: expected a value, got "tru"",
        ""{ \\"a\\": undefined }" → ONW2006: 1:8: expected a value, got "undefined"",
      ]
    `);
  });

  test('UTF-16 and other encodings are named', () => {
    expect(refusal(Buffer.from('\uFEFF{"a":1}', 'utf16le'))).toMatchInlineSnapshot(
      `"ONW2006: 1:1: the JSON is UTF-16; save it as UTF-8"`,
    );
    expect(refusal(Buffer.from('{"a":1}', 'utf16le'))).toMatchInlineSnapshot(
      `"ONW2006: 1:1: the JSON is UTF-16; save it as UTF-8"`,
    );
    expect(refusal(Buffer.from('{"a":1}', 'utf16le').toString('utf8'))).toMatchInlineSnapshot(
      `"ONW2006: 1:2: the JSON has NUL characters: save it as UTF-8, not UTF-16"`,
    );
    expect(refusal(Buffer.from([0x22, 0xe9, 0x22]))).toMatchInlineSnapshot(
      `"ONW2006: 1:1: the JSON is not UTF-8; save it as UTF-8"`,
    );
  });

  test('size and depth are limited before anything is built', () => {
    expect(refusal('['.repeat(1_000_000))).toMatchInlineSnapshot(`"ONW2004: 1:33: expected at most 32 levels"`);
    expect(refusal(`"${'x'.repeat(2_000_000)}"`)).toMatchInlineSnapshot(
      `"ONW2004: the JSON has 2000002 bytes; at most 1048576 are read"`,
    );
  });

  test('a key named __proto__ is a key', () => {
    const data = parseJsonText('{"__proto__":{"polluted":true}}');
    expect(Object.keys(Object(data))).toEqual(['__proto__']);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});
