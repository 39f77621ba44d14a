// Signatures that are put together wrongly, as callers without types do.

import { expect, test } from 'vitest';
import { from, Job, memoryEngine } from 'onward';
import { called, Money, thrownBy, Till, till } from '../support/till.ts';
import { rejectionOf, wired } from '../support/wired.ts';

const PROMISE = Promise.resolve(1);

test('signing what is no node, and binding what is no record', () => {
  const { runtime } = till();
  const signed = (node: unknown, bound?: unknown): string => thrownBy(() => called(runtime, 'sign', node, bound));
  expect(signed('Till.pya')).toMatchInlineSnapshot(
    `"OnwardError: ONW3005: there is no node "Till.pya"; did you mean Till.pay?"`,
  );
  expect(signed(from(() => Till, 'open').service)).toMatchInlineSnapshot(
    `"OnwardError: ONW3005: expected the id of a node, or \`from(() => Billing, 'charge')\`, got a function"`,
  );
  expect(signed({ service: () => Till, method: 'pya' })).toMatchInlineSnapshot(
    `"OnwardError: ONW3005: there is no node for Till.pya; the class has no such method; did you mean Till.pay?"`,
  );
  expect(signed({ service: () => Money, method: 'pay' })).toMatchInlineSnapshot(
    `"OnwardError: ONW3005: there is no node for Money.pay; the class has no such method"`,
  );
  expect(signed('Till.pay', 'bound')).toMatchInlineSnapshot(
    `"OnwardError: ONW3004: expected what is bound to Till.pay to be an object of fields, got "bound""`,
  );
  expect(signed('Till.book', { value: 1 })).toMatchInlineSnapshot(
    `"OnwardError: ONW3004: \`value\` of Till.book is filled by what it is a callback of and cannot be bound; leave it out"`,
  );
  for (const node of [undefined, null, 5, [], {}, PROMISE, '', '__proto__', 'toString', { service: 5 }]) {
    expect(signed(node)).toMatch(/^OnwardError: ONW3005/);
  }
  for (const bound of [null, 5, 'text', [], true, PROMISE, new Date(), new Map(), () => ({})]) {
    expect(signed('Till.pay', bound)).toMatch(/^OnwardError: ONW3004/);
  }
});

test('a class to validate with that is none', () => {
  const { runtime } = till();
  const validated = (given: unknown): string => thrownBy(() => called(runtime.sign('Till.pay'), 'validateWith', given));
  expect(validated('Money')).toMatchInlineSnapshot(
    `"OnwardError: ONW3004: expected \`validateWith\` of Till.pay to be given a message class, got "Money""`,
  );
  for (const given of [undefined, null, {}, new Money(), () => Money]) {
    expect(validated(given)).toMatch(/^OnwardError: ONW3004/);
  }
  const late = runtime.sign('Till.pay').validateWith(Money);
  expect(thrownBy(() => called(runtime, 'chain', ['Till.open', late]))).toMatchInlineSnapshot(
    `"OnwardError: ONW3004: links[1]: Till.pay is a later link: its message is made in the run and checked by its own class; leave \`validateWith\` out"`,
  );
});

test('callbacks that are none', () => {
  const { runtime } = till();
  for (const method of ['onSuccess', 'onError']) {
    expect(thrownBy(() => called(runtime.sign('Till.open'), method, 'Till.rign'))).toMatch(/did you mean Till\.ring\?/);
    for (const callback of [undefined, null, () => {}, {}, [], PROMISE, runtime.sequence([])]) {
      expect(thrownBy(() => called(runtime.sign('Till.open'), method, callback))).toMatch(/^OnwardError: ONW3004/);
    }
  }
  expect(thrownBy(() => called(runtime.sign('Till.open'), 'onSuccess', () => {}))).toMatchInlineSnapshot(
    `"OnwardError: ONW3004: expected the id of a node or a signature, got a function"`,
  );
  expect(thrownBy(() => called(runtime, 'sequence', [], { onSuccess: () => {} }))).toMatchInlineSnapshot(
    `"OnwardError: ONW3004: expected the id of a node or a signature, got a function"`,
  );
  expect(thrownBy(() => called(runtime, 'swarm', { onFailure: 'Till.rign' }))).toMatchInlineSnapshot(
    `"OnwardError: ONW3005: there is no node "Till.rign"; did you mean Till.ring?"`,
  );
});

test('a signature that is its own callback is refused', () => {
  const { runtime } = till();
  const signed = runtime.sign('Till.open');
  expect(thrownBy(() => signed.onSuccess(signed))).toMatch(/^OnwardError: ONW3004/);
  const [one, other] = [runtime.sign('Till.open'), runtime.sign('Till.open')];
  one.onSuccess(other);
  expect(thrownBy(() => other.onError(one))).toMatch(/^OnwardError: ONW3004/);
});

test('a builder of another runtime is refused', async () => {
  const { runtime } = till();
  class Other {
    @Job() foreign(): void {}
  }
  const other = wired(memoryEngine(), { Other: new Other() }).runtime;
  expect(thrownBy(() => runtime.sign('Till.open').onSuccess(other.sign('Other.foreign')))).toMatch(
    /^OnwardError: ONW300[45]/,
  );
  expect(String(await rejectionOf(runtime.start(other.sequence([{ job: 'Other.foreign' }]))))).toMatch(
    /^OnwardError: ONW300[45]/,
  );
  expect(String(await rejectionOf(runtime.start(other.sign('Other.foreign'))))).toMatch(/^OnwardError: ONW300[45]/);
});

test('a callback that is validated otherwise is refused where it is added', () => {
  const { runtime } = till();
  const stricter = runtime.sign('Till.pay').validateWith(Money);
  expect(thrownBy(() => runtime.sign('Till.open').onError(stricter))).toMatchInlineSnapshot(
    `"OnwardError: ONW3004: Till.pay is a callback: its message is made in the run and checked by its own class; leave \`validateWith\` out"`,
  );
  expect(thrownBy(() => called(runtime, 'sequence', [{ job: 'Till.open' }], { onSuccess: stricter }))).toContain(
    'leave `validateWith` out',
  );
  const later = runtime.sign('Till.pay');
  const signed = runtime.sign('Till.open').onError(later);
  later.validateWith(Money);
  expect(thrownBy(() => runtime.sequence([{ job: signed }]))).toContain('leave `validateWith` out');
});

test('what is bound may not contain itself', () => {
  const { runtime } = till();
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  expect(thrownBy(() => called(runtime.sign('Till.pay'), 'bind', circle))).toMatchInlineSnapshot(
    `"OnwardError: ONW2005: the data contains itself, or is nested more than 500 deep; give the fields that are needed, or an id"`,
  );
});

test('callbacks that are shared are counted as often as they are used', () => {
  const { runtime } = till();
  let signed = runtime.sign('Till.open');
  for (let level = 0; level < 40; level++) signed = runtime.sign('Till.open').onError(signed).onError(signed);
  expect(thrownBy(() => runtime.sequence([{ job: signed }]))).toMatch(
    /^OnwardError: ONW3004: entries.0.: callbacks of signatures are more than 10000 in all, at Till\.open/,
  );
});

test('arguments that a start does not take are refused', async () => {
  const { runtime } = till();
  const plan = runtime.sequence([{ job: 'Till.open' }]);
  const start = (...given: readonly unknown[]): Promise<unknown> =>
    rejectionOf(Promise.resolve(Reflect.apply(runtime.start, runtime, given)));
  expect(String(await start(plan, undefined, { id: 'mine' }))).toMatchInlineSnapshot(
    `"OnwardError: ONW3004: sequence takes options right behind it, and no message; got 2 arguments: leave the others out"`,
  );
  expect(String(await start(runtime.sign('Till.open'), undefined, {}, {}))).toMatchInlineSnapshot(
    `"OnwardError: ONW3004: Till.open takes a message, then options; got 3 arguments: leave the others out"`,
  );
});
