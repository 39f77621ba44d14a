// Step keys: safe to hand to others, and different for different steps.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashFraction, stepKey } from '../../src/run/step-key.ts';

const anyText = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 });
const oddText = fc.oneof(
  anyText,
  fc.string({ unit: fc.constantFrom('_', 'x', '~', '.', '0', '5', 'f', '-', 'A'), minLength: 1, maxLength: 12 }),
);

/** Reads a part of a key back. */
function unescaped(part: string): string {
  const bare = part.startsWith('x__') ? part.slice(3) : part;
  return bare.replace(/_([0-9a-f]{4})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

describe('step keys', () => {
  test('usual ids and names stay readable', () => {
    expect(stepKey('order-7', 'Billing.charge', 1)).toBe('order-7~Billing.charge.1');
    expect(stepKey('7', 'Bücher.leih', 12)).toBe('x__7~B_00fccher.leih.12');
  });

  test('STEP-KEY-1: they start with a letter and use a small alphabet, for every id and name', () => {
    fc.assert(
      fc.property(oddText, oddText, fc.integer({ min: 1 }), (runId, node, round) => {
        expect(stepKey(runId, node, round)).toMatch(/^[A-Za-z][A-Za-z0-9._~-]*$/);
      }),
      { numRuns: 1_000 },
    );
  });

  test('STEP-KEY-2: they can be read back, so that different steps have different keys', () => {
    fc.assert(
      fc.property(oddText, oddText, fc.integer({ min: 1 }), (runId, node, round) => {
        const [run = '', rest = ''] = stepKey(runId, node, round).split('~');
        const dot = rest.lastIndexOf('.');
        expect([unescaped(run), unescaped(rest.slice(0, dot)), Number(rest.slice(dot + 1))]).toEqual([
          runId,
          node,
          round,
        ]);
      }),
      { numRuns: 1_000 },
    );
  });

  test('STEP-KEY-2: ids that look escaped differ from those that are', () => {
    const ids = ['a b', 'a_0020b', 'x__a', 'a', '_', '__', 'x___', 'x__005f', '\ud800', '\ufffd'];
    expect(new Set(ids.map((id) => stepKey(id, 'S.n', 1))).size).toBe(ids.length);
  });
});

describe('the fraction of a key', () => {
  test('depends on key and number alone and lies in [-1, 1)', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 0, max: 1_000 }), (key, number) => {
        const fraction = hashFraction(key, number);
        expect(fraction).toBe(hashFraction(key, number));
        expect(fraction >= -1 && fraction < 1).toBe(true);
      }),
    );
  });

  test('is spread: a thousand steps do not wait for the same moment', () => {
    const fractions = Array.from({ length: 1_000 }, (_, at) => hashFraction(`run${at}~S.n.1`, 1));
    const tenths = new Map<number, number>();
    for (const fraction of fractions)
      tenths.set(Math.floor(fraction * 5), (tenths.get(Math.floor(fraction * 5)) ?? 0) + 1);
    for (const [, count] of tenths) expect(count).toBeGreaterThan(60);
    expect(tenths.size).toBe(10);
  });
});
