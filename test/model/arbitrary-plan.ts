// Random plans that shrink: numbers are drawn first, and made into a legal plan afterwards.
//
// A1. What is drawn is a list of small choices; a smaller draw is a smaller plan.
// A2. Watchers, and what may belong to one, are nodes without success edges: flow behind a watcher is refused at build.

import fc from 'fast-check';
import { TAGS, type Control, type GraphPlan, type Operation, type Turn, type When } from './graph-plan.ts';
import { drawnOutside, drawnStart, seldom, some } from './arbitrary-start.ts';
import {
  legalControls,
  legalEdges,
  legalNode,
  waitingNodes,
  withoutTwins,
  type DrawnEdge,
  type DrawnNode,
  type Shape,
} from './legal-plan.ts';
import { legalOutside, legalStart } from './legal-start.ts';

const tag = fc.constantFrom(...TAGS);
const when: fc.Arbitrary<When | null> = seldom(
  null,
  fc.oneof(
    { arbitrary: tag.map((is) => ({ is })), weight: 8 },
    { arbitrary: fc.constant({ throws: true } as const), weight: 1 },
  ),
  2,
);

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({
    do: fc.constant('spawn' as const),
    node: some,
    detached: seldom(false, fc.constant(true), 3),
    delay: seldom(0, fc.integer({ min: 1, max: 9_000 }), 3),
  }),
  fc.record({ do: fc.constant('call' as const), node: some, fresh: fc.boolean(), catches: fc.boolean() }),
  fc.record({ do: fc.constant('wait' as const) }),
  fc.record({ do: fc.constant('add' as const), amount: fc.integer({ min: 1, max: 9 }) }),
);

const turn: fc.Arbitrary<Turn> = fc.record({
  operations: seldom(
    [],
    fc.array(fc.oneof({ arbitrary: operation, weight: 14 }, fc.constant({ do: 'exit' as const })), {
      minLength: 1,
      maxLength: 3,
    }),
    2,
  ),
  fails: fc.oneof({ arbitrary: fc.constant(0), weight: 7 }, fc.constantFrom(1, 2, 9)),
  fault: fc.constantFrom('plain', 'plain', 'plain', 'terminal', 'argument', 'after'),
  tag,
  items: seldom(-1, fc.nat({ max: 5 }), 3),
});

const node: fc.Arbitrary<DrawnNode> = fc.record({
  retry: seldom(
    { attempts: 1, delay: 0, factor: 1, maxDelay: 0 },
    fc.record({
      attempts: fc.integer({ min: 2, max: 3 }),
      delay: fc.integer({ min: 1, max: 5_000 }),
      factor: fc.integer({ min: 1, max: 3 }),
      maxDelay: fc.integer({ min: 500, max: 9_000 }),
    }),
    2,
  ),
  timeout: seldom(0, fc.integer({ min: 4_000, max: 30_000 }), 8),
  wait: seldom(0, fc.integer({ min: 8_000, max: 60_000 }), 4),
  tag: seldom(null, tag, 20),
  maxRounds: seldom(null, fc.integer({ min: 1, max: 3 }), 8),
  maxPerRun: seldom(null, fc.integer({ min: 1, max: 3 }), 12),
  obeys: fc.boolean(),
  turns: fc.array(turn, { minLength: 1, maxLength: 3 }),
});

const between = { from: some, to: some, back: seldom(false, fc.constant(true), 10) };
const after = seldom(0, fc.integer({ min: 1, max: 20_000 }), 8);
const critical = seldom(false, fc.constant(true), 5);
const uncritical = seldom(true, fc.constant(false), 7);
const each = fc.record({
  concurrency: fc.integer({ min: 1, max: 3 }),
  stopAfterFailures: seldom(null, fc.integer({ min: 1, max: 3 }), 2),
});

const edge: fc.Arbitrary<DrawnEdge> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      ...between,
      on: fc.constant('success' as const),
      when,
      otherwise: seldom(false, fc.constant(true), 8),
      each: seldom(null, each, 3),
      bind: fc.boolean(),
      after,
      critical: uncritical,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      ...between,
      on: fc.constant('error' as const),
      when,
      otherwise: seldom(false, fc.constant(true), 8),
      recover: fc.boolean(),
      after,
      critical,
    }),
  },
  { weight: 5, arbitrary: fc.record({ ...between, on: fc.constantFrom('start', 'end', 'cancel'), critical }) },
  {
    weight: 2,
    arbitrary: fc.record({
      ...between,
      on: fc.constantFrom('runSuccess', 'runError', 'runEnd'),
      critical,
      any: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      ...between,
      on: fc.constant('join' as const),
      sources: fc.uniqueArray(some, { minLength: 1, maxLength: 3 }),
      mode: seldom('all' as const, fc.constant('any' as const), 2),
      onMissing: fc.constantFrom('skip', 'run'),
      cancelRest: fc.boolean(),
      bind: fc.boolean(),
      critical: uncritical,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      ...between,
      on: fc.constant('join' as const),
      sources: fc.uniqueArray(some, { minLength: 2, maxLength: 3 }),
      mode: fc.constant('any' as const),
      onMissing: fc.constant('skip' as const),
      cancelRest: fc.constant(true),
      bind: fc.boolean(),
      critical: uncritical,
    }),
  },
);

const control: fc.Arbitrary<Control> = fc.oneof(
  fc.record({ at: fc.integer({ min: 1, max: 70_000 }), do: fc.constantFrom('cancel', 'suspend', 'resume') }),
  fc.record({ at: fc.integer({ min: 1, max: 50_000 }), do: fc.constant('cancelStep' as const), node: some }),
);

/** Plans whose runs end. */
export const planArbitrary: fc.Arbitrary<GraphPlan> = fc
  .record({
    flow: fc.array(node, { minLength: 1, maxLength: 6, size: 'max' }),
    leaves: fc.array(node, { minLength: 1, maxLength: 3, size: 'max' }),
    edges: fc.array(edge, { maxLength: 14, size: 'max' }),
    run: fc.record({
      tags: fc.subarray([...TAGS]),
      stepLimit: fc.constantFrom(70, 70, 70, 70, 20, 7),
      maxPerRun: seldom(null, fc.record({ node: some, limit: fc.option(fc.integer({ min: 1, max: 3 })) }), 8),
      deadline: seldom(0, fc.integer({ min: 5_000, max: 80_000 }), 12),
    }),
    controls: seldom([], fc.array(control, { minLength: 1, maxLength: 3 }), 2),
    start: drawnStart,
    outside: drawnOutside,
  })
  .map(({ flow, leaves, edges, run, controls, start, outside }) => {
    const waiting = waitingNodes(flow);
    const shape: Shape = { flow: flow.length, all: flow.length + leaves.length, waiting };
    const legal = legalEdges(edges, shape);
    const nodes = [...flow, ...leaves].map((drawn, at) => legalNode(drawn, at, { shape, edges: legal }));
    const unlike = withoutTwins(legal, nodes);
    const begun = legalStart(start, { shape, nodes, edges: unlike });
    return {
      start: begun,
      nodes,
      edges: unlike,
      run: { ...run, maxPerRun: run.maxPerRun === null ? [] : [[run.maxPerRun.node % shape.all, run.maxPerRun.limit]] },
      controls: legalControls([...controls, ...legalOutside(outside, begun, { shape, nodes, edges: unlike })], shape),
    };
  });
