// Random ways to start a run, and what comes from outside: small choices, made into legal ones afterwards.

import fc from 'fast-check';
import { SINGLE } from './start-plan.ts';
import type { DrawnEntry, DrawnOutside, DrawnSigned, DrawnStart } from './legal-start.ts';

/** Mostly the first one. */
export function seldom<T, U>(usual: T, other: fc.Arbitrary<U>, weight = 8): fc.Arbitrary<T | U> {
  return fc.oneof({ arbitrary: fc.constant(usual), weight }, { arbitrary: other, weight: 1 });
}

export const some = fc.nat({ max: 30 });

/** A node with callbacks of callbacks, so many deep. */
function signed(depth: number): fc.Arbitrary<DrawnSigned> {
  const callbacks =
    depth === 0 ? fc.constant([]) : seldom([], fc.array(signed(depth - 1), { minLength: 1, maxLength: 2 }), 4);
  return fc.record({ node: some, binds: seldom(true, fc.constant(false), 4), success: callbacks, error: callbacks });
}

const entry: fc.Arbitrary<DrawnEntry> = fc
  .tuple(
    signed(2),
    fc.record({
      group: fc.constantFrom(null, null, 0, 1),
      always: seldom(false, fc.constant(true), 3),
      condition: seldom(
        null,
        fc.oneof(
          fc.record({ is: fc.boolean() }),
          fc.record({ answers: fc.constantFrom(true, false, 'throws' as const) }),
        ),
        3,
      ),
    }),
  )
  .map(([signed, rest]) => ({ ...signed, ...rest }));

const callback = seldom(null, signed(2), 2);

/** As often one job as anything else. */
export const drawnStart: fc.Arbitrary<DrawnStart> = seldom(
  { ...SINGLE, entries: [], onSuccess: null, onFailure: null },
  fc.record({
    kind: fc.constantFrom('single', 'sequence', 'sequence', 'parallel', 'chain', 'swarm', 'swarm'),
    entries: fc.array(entry, { minLength: 1, maxLength: 4, size: 'max' }),
    keepGoing: seldom(false, fc.constant(true), 2),
    concurrency: fc.option(fc.integer({ min: 1, max: 3 })),
    stopAfterFailures: fc.option(fc.integer({ min: 1, max: 2 })),
    isOpen: fc.boolean(),
    maxSteps: seldom(null, fc.nat({ max: 2 }), 2),
    onSuccess: callback,
    onFailure: callback,
  }),
  1,
);

export const drawnOutside: fc.Arbitrary<DrawnOutside> = fc.record({
  adds: fc.array(fc.record({ at: fc.integer({ min: 1, max: 50_000 }), signed: signed(1) }), { maxLength: 3 }),
  closeAt: fc.integer({ min: 1, max: 60_000 }),
  sends: fc.array(fc.record({ at: fc.integer({ min: 1, max: 60_000 }), node: some, id: fc.nat({ max: 6 }) }), {
    maxLength: 6,
    size: 'max',
  }),
});
