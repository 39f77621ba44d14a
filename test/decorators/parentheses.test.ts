// Annotations without parentheses, and with options that are none: refused when the file is loaded, before anybody misses
// what they should have said.

import { expect, test } from 'vitest';
import { Handler, Job, Join, Message, OnCancel, OnEnd, OnError, OnRunEnd } from '../../src/index.ts';
import {
  OnRunError,
  OnRunSuccess,
  OnStart,
  OnSuccess,
  ReturnValue,
  ErrorValue,
  Schedule,
  Sensitive,
  Service,
} from '../../src/index.ts';

class Mail {}

/** What the compiler's output does with `@annotation` before a method, a parameter or a class. */
function decorated(annotation: unknown, ...given: readonly unknown[]): unknown {
  if (typeof annotation !== 'function') throw new TypeError('expected an annotation');
  try {
    return Reflect.apply(annotation, undefined, given);
  } catch (error) {
    return error;
  }
}

test.each([
  ['Job', Job],
  ['Handler', Handler],
  ['OnStart', OnStart],
  ['OnSuccess', OnSuccess],
  ['OnError', OnError],
  ['OnEnd', OnEnd],
  ['OnCancel', OnCancel],
  ['OnRunSuccess', OnRunSuccess],
  ['OnRunError', OnRunError],
  ['OnRunEnd', OnRunEnd],
  ['Join', Join],
  ['ReturnValue', ReturnValue],
  ['ErrorValue', ErrorValue],
  ['Message', Message],
])('@%s', (name, annotation) => {
  const text = `ONW1118: @${name} on Mail.send has no parentheses; write @${name}(…)`;
  for (const third of [{ value: () => undefined }, 0, undefined]) {
    expect(decorated(annotation, Mail.prototype, 'send', third)).toMatchObject({ code: 'ONW1118', message: text });
  }
  const standard = decorated(annotation, () => undefined, { kind: 'method', name: 'send' });
  expect(standard).toMatchObject({ code: 'ONW1118' });
});

test('@Service', () => {
  expect(decorated(Service, Mail)).toMatchObject({
    code: 'ONW1118',
    message: 'ONW1118: @Service has no parentheses; write @Service(…)',
  });
});

test('options that are given are no classes', () => {
  expect(Job(undefined)).toBeTypeOf('function');
  expect(Job({ name: 'send' })).toBeTypeOf('function');
  expect(OnRunEnd({ critical: true })).toBeTypeOf('function');
  expect(OnRunEnd(() => Mail, 'send' as never)).toBeTypeOf('function');
  expect(Service({ name: 'mail' })).toBeTypeOf('function');
});

test.each([
  ['Job', () => decorated(Job, 'place'), '"place"'],
  ['Job', () => decorated(Job, null), 'null'],
  ['Handler', () => decorated(Handler, 5), '5'],
  ['OnSuccess', () => decorated(OnSuccess, 'place', () => true), 'a function'],
  ['OnError', () => decorated(OnError, () => Mail, 'send', ['a']), 'an array of 1 item'],
  ['OnRunEnd', () => decorated(OnRunEnd, 5), '5'],
  ['Join', () => decorated(Join, { a: 'send' }, 7), '7'],
  ['Schedule', () => decorated(Schedule, '0 6 * * *', 'Europe/Berlin'), '"Europe/Berlin"'],
  ['Service', () => decorated(Service, 'mail'), '"mail"'],
])('options of @%s that are no object', (name, call, got) => {
  const text = `ONW3004: expected the options of @${name} to be an object, got ${got}; write them by their names`;
  expect(call()).toMatchObject({ code: 'ONW3004', message: expect.stringContaining(text) });
});

test('an option of @Service that there is not', () => {
  expect(decorated(Service, { nam: 'mail' })).toMatchObject({
    message: 'ONW3004: the options of @Service are not valid: there is no option `nam`; did you mean `name`?',
  });
});

test.each([
  ['Sensitive', Sensitive()],
  ['ReturnValue', ReturnValue()],
  ['ErrorValue', ErrorValue()],
])('@%s() is refused on a static field and on a method', (name, annotation) => {
  const onStatic = decorated(annotation, Mail, 'count', undefined);
  expect(onStatic).toMatchObject({
    code: 'ONW1121',
    message: expect.stringContaining(`@${name}: Mail.count is static`),
  });
  const onMethod = decorated(annotation, Mail.prototype, 'send', { value: () => undefined });
  const text = `@${name}() is on the method Mail.send; put it on a field of the message class that the method takes`;
  expect(onMethod).toMatchObject({ code: 'ONW1123', message: expect.stringContaining(text) });
  // An accessor has a descriptor, too.
  expect(decorated(annotation, Mail.prototype, 'size', { get: () => 1 })).toBeUndefined();
});

test('@Sensitive() is refused on a parameter', () => {
  const text = '@Sensitive() is on a parameter of Mail.send; put it on a field of the message class';
  expect(decorated(Sensitive(), Mail.prototype, 'send', 0)).toMatchObject({
    code: 'ONW1123',
    message: expect.stringContaining(text),
  });
});
