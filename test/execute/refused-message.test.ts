// A message that does not fit, behind an edge: why is kept as data, and its error is made where it is read.

import 'reflect-metadata';
import { IsInt } from 'class-validator';
import { expect, test } from 'vitest';

import { RefusedMessage, thrownOf } from '../../src/execute/errors.ts';
import { execute } from '../../src/execute/execute.ts';
import { prepare } from '../../src/execute/prepare.ts';
import { createParser } from '../../src/message/parser.ts';
import { OnwardError } from '../../src/errors/onward-error.ts';
import { attemptOf, shopOf, WritingHost } from './host.ts';

class Order {
  @IsInt() qty!: number;
}

const app = { ...shopOf(() => undefined, { message: Order, takes: undefined }), parser: createParser() };

test.each([
  ['an attempt', execute],
  ['a preparation', prepare],
])('%s is told of it as data, and nothing is thrown that has cost a stack', async (_, perform) => {
  const host = new WritingHost();
  await perform(app, { ...attemptOf(app), targetMessage: { qty: 'x' } }, host);
  const [failed] = host.failures;
  expect(RefusedMessage.is(failed)).toBe(true);
  expect(Object(failed).stack).toBeUndefined();
  const error = thrownOf(Object(failed));
  expect(error).toBeInstanceOf(OnwardError);
  expect(error).toMatchObject({
    code: 'ONW2003',
    issues: [{ path: 'qty', expected: 'an integer number', got: '"x"' }],
  });
  expect(thrownOf(Object(failed))).toBe(error);
});

test('a refusal that a body throws itself is what it threw', () => {
  const refused = createParser().of(Order)({ qty: 'x' });
  expect(thrownOf(refused)).toBe(refused);
});
