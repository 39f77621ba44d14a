// Which finished steps a run keeps, whatever the order in which they end.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileGraph } from '../../src/graph/compile.ts';
import { NO_RETRY } from '../../src/graph/retry-policy.ts';
import { historySlot, type History } from '../../src/run/view.ts';
import { Run } from '../../src/run/state.ts';
import { Step } from '../../src/run/step.ts';
import type { FinalStatus } from '../../src/run/status.ts';

/** Which steps are left when steps with these ends have ended one by one. */
function keptOf(ends: readonly FinalStatus[], history: History): number[] {
  const graph = compileGraph({ nodes: [{ name: 'S.n', retry: NO_RETRY }], edges: [] });
  const [node] = graph.nodes;
  if (node === undefined) throw new Error('one node');
  const limits = { tags: [], stepLimit: 1_000_000, maxPerRun: [], cancelGraceMs: 0, deadline: 0, notBefore: 0 };
  const run = new Run('r', graph, 'S.n', limits);
  const slots = new Map<number, number>();
  for (const [at, status] of ends.entries()) {
    const step = new Step(run, node, at + 1);
    step.status = status;
    run.counts[status]++;
    const slot = historySlot(step, history);
    if (slot !== undefined) slots.set(slot, step.id);
  }
  return [...slots.values()].sort((a, b) => a - b);
}

const anyEnds = fc.array(fc.constantFrom<FinalStatus>('completed', 'failed', 'skipped', 'cancelled'), {
  maxLength: 60,
});
const idsOf = (ends: readonly FinalStatus[], failed: boolean): number[] =>
  ends.flatMap((end, at) => ((end === 'failed') === failed ? [at + 1] : []));

describe('what a history keeps', () => {
  test('`all` keeps every step', () => {
    fc.assert(
      fc.property(anyEnds, (ends) => {
        expect(keptOf(ends, 'all')).toEqual(ends.map((_end, at) => at + 1));
      }),
    );
  });

  test('`failures` keeps the failed ones', () => {
    fc.assert(
      fc.property(anyEnds, (ends) => {
        expect(keptOf(ends, 'failures')).toEqual(idsOf(ends, true));
      }),
    );
  });

  test('a number keeps the last so many of the others, and all failed ones', () => {
    fc.assert(
      fc.property(anyEnds, fc.integer({ min: 0, max: 10 }), (ends, history) => {
        const others = idsOf(ends, false);
        const expected = [...idsOf(ends, true), ...others.slice(Math.max(0, others.length - history))].sort(
          (a, b) => a - b,
        );
        expect(keptOf(ends, history)).toEqual(expected);
      }),
    );
  });

  test('VIEW-2: of very many failures the first thousand are kept', () => {
    const kept = keptOf(
      Array.from({ length: 1_005 }, () => 'failed' as const),
      10,
    );
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([1_000, 1, 1_000]);
  });
});
