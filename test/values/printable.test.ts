// What reaches error texts, logs and terminals from outside: ids, reasons, names.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RetryableError, TerminalError } from 'onward';
import { describeThrown, describeValue, inBackticks, printable, quoted } from '../../src/values/describe.ts';

test.each([
  ['a colour', 'red \u001B[31malert', 'red \\u{1b}[31malert'],
  ['a title of the terminal', '\u001B]0;owned\u0007', '\\u{1b}]0;owned\\u{7}'],
  ['a control of the second block', 'a\u009B2Jb', 'a\\u{9b}2Jb'],
  ['a line break', 'one\r\ntwo', 'one\\u{d}\\u{a}two'],
  ['a backspace', 'ok\b\bno', 'ok\\u{8}\\u{8}no'],
  ['a reading direction', 'invoice\u202Egpj.exe', 'invoice\\u{202e}gpj.exe'],
  ['an isolate', '\u2066admin\u2069', '\\u{2066}admin\\u{2069}'],
  ['nothing that can be seen', 'Billing\u200B.charge\uFEFF', 'Billing\\u{200b}.charge\\u{feff}'],
  ['a tag', 'a\u{E0041}b', 'a\\u{e0041}b'],
  ['half a character', 'a\uD800b\uDC00', 'a\\u{d800}b\\u{dc00}'],
  ['a separator of lines', 'a\u2028b\u2029c', 'a\\u{2028}b\\u{2029}c'],
])('%s is escaped', (_, text, expected) => {
  expect(printable(text)).toBe(expected);
  expect(inBackticks(text)).toBe(`\`${expected}\``);
});

test.each(['Billing.charge', 'größe', '注文', 'שלום', '🧾 paid', 'e\u0301', 'C:\\temp', '"quoted"', ''])(
  '%s stays as it is',
  (text) => expect(printable(text)).toBe(text),
);

class Order {}
class User {}
class Upload {}

test.each([
  [new URL('https://example.com'), 'a URL'],
  [new Uint8Array(), 'a Uint8Array'],
  [new User(), 'a User'],
  [new Upload(), 'an Upload'],
  [new Order(), 'an Order'],
  [new Map(), 'a Map'],
])('an instance is named with the article that is spoken', (value, words) => {
  expect(describeValue(value)).toBe(words);
});

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

test('nothing unprintable is left of any string, and escaping it again changes nothing', () => {
  const holds = (text: string): boolean => {
    const shown = printable(text);
    return !UNPRINTABLE.test(shown) && printable(shown) === shown && !UNPRINTABLE.test(quoted(text));
  };
  fc.assert(fc.property(fc.string({ unit: 'binary' }), holds));
});

test('a thrown error is printable, too', () => {
  expect(describeThrown(new Error('card \u001B[2K declined\n at the bank'))).toBe(
    'Error: card \\u{1b}[2K declined · at the bank',
  );
});

test('an error goes by its class, unless that has given it a name', () => {
  class CardDeclined extends TerminalError {}
  class Busy extends RetryableError {}
  class Odd extends Error {
    override readonly name = 'Strange';
  }
  const errors = [
    new CardDeclined('no'),
    new Busy('wait', { retryAfterMs: 1 }),
    new TerminalError('no'),
    new Odd('no'),
  ];
  expect(errors.map(describeThrown)).toEqual(['CardDeclined: no', 'Busy: wait', 'TerminalError: no', 'Strange: no']);
});
