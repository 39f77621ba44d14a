// What sensitive fields hold is in no text about a message that is refused: interpreted and compiled messages alike.

import 'reflect-metadata';
import { inspect } from 'node:util';
import { Expose, Transform, Type } from 'class-transformer';
import {
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { beforeAll, describe, expect, test } from 'vitest';
import { Sensitive, type Issue } from 'onward';
import { OnwardError } from '../../src/errors/onward-error.ts';
import { createParser, loadCompiler } from '../../src/message/parser.ts';
import { Refusal } from '../../src/message/refusal.ts';
import type { MessageClass } from '../../src/wiring/v1.ts';

beforeAll(loadCompiler);

class Card {
  @IsString() holder!: string;
  @Sensitive() @IsString() @Length(16, 16, { message: '$value is too short' }) number!: string;
}
class GiftCard extends Card {
  @Sensitive() @IsOptional() @IsInt() pin?: number;
}
class Visa extends Card {
  @IsOptional() @IsString() bank?: string;
}
class Note {
  @IsString() @MaxLength(3, { message: ({ value }) => `${String(value).slice(0, 7)}… is long` }) text!: string;
}
class Order {
  @IsInt() qty = 1;
  @IsOptional() @Sensitive() @Expose({ name: 'pass' }) @IsString() @MaxLength(3) password?: string;
  @IsOptional() @ValidateNested() @Type(() => GiftCard) card?: GiftCard;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => GiftCard) cards?: GiftCard[];
  @IsOptional() @Sensitive() @ValidateNested() @Type(() => Note) note?: Note;
  @IsOptional() @Sensitive() @IsArray() @IsInt({ each: true }) codes?: number[];
  @IsOptional() @Sensitive() @Type(() => Date) born?: Date;
  @IsOptional() @Sensitive() @IsObject() tokens?: object;
}
class Chosen {
  @IsOptional()
  @ValidateNested()
  @Type(() => Card, { discriminator: { property: 'kind', subTypes: [{ name: 'visa', value: Visa }] } })
  card?: Card;
  @IsOptional() @Sensitive() @ValidateNested({ each: true }) @Type(() => Note) notes?: Map<string, Note>;
  @IsOptional()
  @ValidateNested()
  @Type((given) => (Reflect.get(given?.object ?? {}, 'isNote') ? Note : GiftCard))
  any?: object;
  @IsOptional() isNote?: boolean;
}
class Parsing {
  @Sensitive() @Transform(({ value }): unknown => JSON.parse(value)) @IsObject() secret!: object;
}
class Fussy {
  @Sensitive() @IsIn(['a'], { message: ({ value }) => value.parts.join() }) secret!: string;
}

const SECRET = /hunter2|4111|ann-key/;
const HUGE = Number('4111411141114111411');

const CASES: readonly (readonly [what: string, of: MessageClass, data: unknown, issue: string])[] = [
  ['a field', Order, { pass: 'hunter2' }, 'pass: shorter than or equal to 3 characters, got [redacted] (a string)'],
  ['another kind', Order, { pass: 4111 }, 'a string, shorter than or equal to 3 characters, got [redacted] (a number)'],
  ['the text of a rule', Order, { card: { holder: 'a', number: '4111' } }, 'card.number: [redacted] is too short'],
  [
    'a base class',
    Order,
    { card: { holder: 'a', number: '4'.repeat(16), pin: '4111' } },
    'card.pin: an integer number',
  ],
  ['items', Order, { cards: [{ holder: 1, number: '4111' }] }, 'cards[0].number: [redacted] is too short'],
  ['in the place of an object', Order, { card: '4111 1111' }, 'card: an object, got [redacted] (a string)'],
  ['in the place of a list', Order, { cards: '4111 1111' }, 'cards: an array'],
  ['in the place of a message', GiftCard, 'hunter2', ': an object, got [redacted] (a string)'],
  ['a name with a typo', Order, { passwrod: 'hunter2' }, 'passwrod: no field of this name, got [redacted] (a string)'],
  ['a field below', Order, { note: { text: 'hunter2' } }, 'note.text: [redact… is long, got [redacted] (a string)'],
  ['a name below', Order, { note: { text: 'a', hunter2: 1 } }, 'note["[redacted]"]: no field of this name'],
  ['an item', Order, { codes: [1, '4111'] }, 'codes[1]: an integer number, got [redacted] (a string)'],
  ['a date', Order, { born: '4111-hunter2' }, 'born: a date'],
  ['a number too large', Order, { pass: HUGE }, 'pass: a number within'],
  ['a number too large, in a list', Order, { codes: [HUGE] }, 'codes[0]: a number within'],
  ['a name of what is no data', Order, { tokens: { hunter2: () => 1 } }, 'tokens["[redacted]"]: data, got a function'],
  ['a number below a name', Order, { tokens: { hunter2: HUGE } }, 'tokens["[redacted]"]: a number within'],
  ['by a tag', Chosen, { card: { kind: 'visa', holder: 'a', number: '4111' } }, 'card.number: [redacted] is too short'],
  ['a key of a map', Chosen, { notes: new Map([['ann-key', { text: 'hunter2' }]]) }, 'notes["[redacted]"].text'],
  [
    'a class that code chooses',
    Chosen,
    { any: { holder: 'a', number: '4111' } },
    'any.number: [redacted] is too short',
  ],
  ['below such a class', Chosen, { any: { holder: 'a', number: HUGE } }, 'any["[redacted]"]: a number within'],
  ['what asks a secret for more', Fussy, { secret: 'hunter2' }, 'secret: another value, got [redacted] (a string)'],
];

/** The answers to the same data: interpreted first, then compiled, where the class can be. */
async function answers(messageClass: MessageClass, data: unknown): Promise<unknown[]> {
  const parse = createParser().of(messageClass);
  const found: unknown[] = [];
  for (let at = 0; at < 4; at++) {
    try {
      found.push(await parse(data));
    } catch (error) {
      found.push(error);
    }
  }
  return found;
}

const lineOf = ({ path, expected, got }: Issue): string => `${path}: ${expected}, got ${got}`;

describe('no text shows what sensitive fields hold', () => {
  test.each(CASES)('%s', async (_, messageClass, data, issue) => {
    const [first, ...others] = await answers(messageClass, data);
    if (!(first instanceof Refusal)) throw new TypeError('it is accepted');
    expect(first.issues.map(lineOf).join('\n')).toContain(issue);
    for (const refusal of [first, ...others]) {
      if (!(refusal instanceof Refusal)) throw new TypeError('it is accepted');
      expect(refusal.issues).toEqual(first.issues);
      const { error } = refusal;
      for (const text of [error.message, JSON.stringify([refusal, error]), inspect([refusal, error], { depth: 20 })])
        expect(text).not.toMatch(SECRET);
    }
  });

  test('what is missing, and what is not sensitive, is said as ever', async () => {
    const [refusal] = await answers(Order, { qty: 'two', card: { holder: 4 } });
    expect(refusal instanceof Refusal && refusal.issues.map(lineOf)).toEqual([
      'qty: an integer number, got "two"',
      'card.holder: a string, got 4',
      'card.number: a string, $value is too short, got nothing',
    ]);
  });

  test('what code of the user throws about one loses its words, not its frames', async () => {
    for (const error of await answers(Parsing, { secret: 'hunter2' })) {
      if (!(error instanceof OnwardError)) throw new TypeError('it is accepted');
      expect(error.message).toContain('the @Transform of Parsing.secret threw SyntaxError: [redacted]');
      expect(inspect(error)).not.toMatch(SECRET);
      expect(error.cause instanceof Error && error.cause.stack).toMatch(/secrets\.test/);
    }
  });
});
