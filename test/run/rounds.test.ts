// Executions of nodes are counted as a map would count them.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Rounds } from '../../src/run/rounds.ts';

const node = fc.integer({ min: 0, max: 95 });
const change = fc.oneof(
  node.map((at) => ({ at, to: 'next' as const })),
  fc.record({ at: node, to: fc.integer({ min: 0, max: 3 }) }),
);

test('ROUNDS-1: it counts as a map does, however many nodes there are', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const rounds = new Rounds();
      const expected = new Map<number, number>();
      for (const { at, to } of changes) {
        const count = to === 'next' ? (expected.get(at) ?? 0) + 1 : to;
        expected.set(at, count);
        if (to === 'next') expect(rounds.next(at)).toBe(count);
        else rounds.set(at, to);
        expect(rounds.of(at)).toBe(count);
      }
      const listed = [...expected].filter(([, count]) => count > 0).toSorted(([a], [b]) => a - b);
      expect([...rounds]).toEqual(listed);
    }),
  );
});

test('a node that was left out is executed for the first time after all', () => {
  const rounds = new Rounds();
  expect(rounds.next(31)).toBe(1);
  rounds.set(31, 0);
  expect([...rounds]).toEqual([]);
  expect(rounds.next(31)).toBe(1);
  expect(rounds.next(31)).toBe(2);
  expect([...rounds]).toEqual([[31, 2]]);
});
