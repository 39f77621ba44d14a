// Durations as people write them, and the waits between attempts.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { durationMs } from '../../src/graph/duration.ts';
import { backoffMs, NO_RETRY } from '../../src/graph/retry-policy.ts';

describe('durations', () => {
  test.each([
    [0, 0],
    [1.5, 1.5],
    ['200ms', 200],
    ['20s', 20_000],
    ['1.5s', 1_500],
    ['5m', 300_000],
    ['3h', 10_800_000],
    ['3d', 259_200_000],
  ])('%j is %d ms', (duration, ms) => expect(durationMs(duration)).toBe(ms));

  test.each([
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '',
    '5',
    's',
    '-5s',
    '5 s',
    '5S',
    '1e3s',
    '5w',
    '5ss',
    ' 5s',
    '.5s',
    `${'9'.repeat(400)}d`,
    null,
    undefined,
    {},
    true,
  ])('%j is none', (duration) => expect(durationMs(duration)).toBeUndefined());
});

describe('back-off', () => {
  const policy = fc.record({
    attempts: fc.integer({ min: 1, max: 50 }),
    delayMs: fc.integer({ min: 0, max: 10_000 }),
    factor: fc.double({ min: 1, max: 10, noNaN: true }),
    maxDelayMs: fc.integer({ min: 0, max: 3_600_000 }),
    jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  });

  test('is never negative, never longer than the longest plus its jitter, and always a whole number', () => {
    const fraction = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(policy, fc.integer({ min: 1, max: 2_000 }), fraction, (given, attempt, drawn) => {
        const ms = backoffMs(given, attempt, drawn);
        expect(Number.isSafeInteger(ms)).toBe(true);
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThanOrEqual(Math.round(given.maxDelayMs * (1 + given.jitter)));
      }),
    );
  });

  test('does not shrink from attempt to attempt without jitter', () => {
    fc.assert(
      fc.property(policy, fc.integer({ min: 1, max: 100 }), (given, attempt) => {
        expect(backoffMs({ ...given, jitter: 0 }, attempt + 1, 1)).toBeGreaterThanOrEqual(
          backoffMs({ ...given, jitter: 0 }, attempt, 1),
        );
      }),
    );
  });

  test('one attempt is the default, and what a policy leaves out', () => {
    expect(NO_RETRY).toEqual({ attempts: 1, delayMs: 1_000, factor: 2, maxDelayMs: 300_000, jitter: 0.2 });
  });
});
