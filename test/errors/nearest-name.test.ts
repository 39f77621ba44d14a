// "Did you mean …".

import { expect, test } from 'vitest';
import { didYouMean, listed, nearestName } from '../../src/errors/nearest-name.ts';

const JOBS = ['Billing.charge', 'Billing.refund', 'Mail.send'];

test.each([
  ['Billing.chrage', 'Billing.charge'],
  ['billing.charge', 'Billing.charge'],
  ['Billing.refunds', 'Billing.refund'],
  ['mail.sent', 'Mail.send'],
])('%s is near %s', (name, expected) => expect(nearestName(name, JOBS)).toBe(expected));

test.each(['Warehouse.pack', '', 'x'.repeat(10_000), '__proto__'])('%.20s is near none', (name) =>
  expect(nearestName(name, JOBS)).toBeUndefined(),
);

test('the nearest wins, the first of equals', () => {
  expect(nearestName('cat', ['cart', 'cat', 'bat'])).toBe('cat');
  expect(nearestName('cab', ['car', 'cat'])).toBe('car');
  expect(nearestName('cab', [])).toBeUndefined();
});

test('a near name is offered as it is shown, and nothing where none is near', () => {
  expect(didYouMean('Billing.chrage', JOBS)).toBe('did you mean Billing.charge?');
  expect(didYouMean('Billing.chrage', JOBS, (name) => `'${name}'`)).toBe("did you mean 'Billing.charge'?");
  expect(didYouMean('Warehouse.pack', JOBS)).toBeUndefined();
});

test('of many known names a text has the first twenty, and how many more there are', () => {
  const names = Array.from({ length: 21 }, (_, at) => `Shop.job${at}`);
  expect(listed(names.slice(0, 20))).toBe(names.slice(0, 20).join(', '));
  expect(listed(names)).toBe(`${names.slice(0, 20).join(', ')} and 1 more`);
  expect(listed([])).toBe('');
});
