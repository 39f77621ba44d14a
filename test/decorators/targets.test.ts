// A target whose class is named without an arrow, as code without a check of types may have it: refused where it stands.

import { expect, test } from 'vitest';
import { from, Join, OnError, OnRunEnd, OnRunError, OnRunSuccess, OnSuccess } from 'onward';

class Billing {
  charge(): void {}
}

class Mail {}

/** What the compiler's output does with an annotation of `Mail.send`. */
function applied(annotation: (...given: never[]) => unknown, ...given: readonly unknown[]): void {
  const decorator: unknown = Reflect.apply(annotation, undefined, given);
  if (typeof decorator !== 'function') throw new TypeError('expected a decorator');
  Reflect.apply(decorator, undefined, [Mail.prototype, 'send', {}]);
}

test.each([
  ['OnSuccess', OnSuccess, [Billing, 'charge']],
  ['OnError', OnError, [Billing, 'charge']],
  ['OnRunEnd', OnRunEnd, [Billing, 'charge']],
  ['Join', Join, [{ receipt: Reflect.apply(from, undefined, [Billing, 'charge']) }]],
] as const)('@%s', (name, annotation, given) => {
  const text = `ONW1131: @${name} on Mail.send cannot read the class of its target; write it as \`() => Billing\``;
  expect(() => applied(annotation, ...given)).toThrow(text);
});

test.each([
  ['OnSuccess', OnSuccess, [undefined, 'charge']],
  ['OnRunSuccess', OnRunSuccess, [undefined, 'charge']],
  ['OnRunError', OnRunError, [undefined, 'charge', {}]],
  ['OnRunEnd', OnRunEnd, [undefined, 'charge']],
  ['Join', Join, [{ receipt: Reflect.apply(from, undefined, [undefined, 'charge']) }]],
] as const)('@%s of a class that is not there yet, where files import each other', (name, annotation, given) => {
  const text = `ONW1131: @${name} on Mail.send has a class that is not loaded yet, as where files import each other; write it as \`() => TheClass\``;
  expect(() => applied(annotation, ...given)).toThrow(text);
});

test('a class without a name', () => {
  expect(() => applied(OnSuccess, class {}, 'charge')).toThrow(
    'ONW1131: @OnSuccess on Mail.send cannot read the class of its target; write it as `() => TheClass`',
  );
});

test('functions of every other kind give a class', () => {
  expect(() => applied(OnSuccess, () => Billing, 'charge')).not.toThrow();
  expect(() => applied(OnSuccess, () => undefined, 'charge')).not.toThrow();
  const written = function (): typeof Billing {
    return Billing;
  };
  expect(() => applied(OnSuccess, written, 'charge')).not.toThrow();
});
