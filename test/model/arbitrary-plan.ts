// Random plans that shrink: numbers are drawn first, and made into a legal plan afterwards.
//
// A1. What is drawn is a list of small choices; a smaller draw is a smaller plan.
// A2. Watchers, and what may belong to one, are nodes without success edges: flow behind a watcher is refused at build.

import fc from 'fast-check';
import {
  TAGS,
  type Control,
  type EdgePlan,
  type GraphPlan,
  type NodePlan,
  type Operation,
  type SuccessEdge,
  type Turn,
  type When,
} from './graph-plan.ts';

/** Mostly the first one. */
function seldom<T, U>(usual: T, other: fc.Arbitrary<U>, weight = 8): fc.Arbitrary<T | U> {
  return fc.oneof({ arbitrary: fc.constant(usual), weight }, { arbitrary: other, weight: 1 });
}

const some = fc.nat({ max: 30 });
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

const node: fc.Arbitrary<NodePlan> = fc.record({
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
  tag: seldom(null, tag, 20),
  maxRounds: seldom(null, fc.integer({ min: 1, max: 3 }), 8),
  maxPerRun: seldom(null, fc.integer({ min: 1, max: 3 }), 12),
  obeys: fc.boolean(),
  turns: fc.array(turn, { minLength: 1, maxLength: 3 }),
});

interface Drawn {
  readonly from: number;
  readonly to: number;
  readonly back: boolean;
}
const between = { from: some, to: some, back: seldom(false, fc.constant(true), 10) };
const after = seldom(0, fc.integer({ min: 1, max: 20_000 }), 8);
const critical = seldom(false, fc.constant(true), 5);
const uncritical = seldom(true, fc.constant(false), 7);
const each = fc.record({
  concurrency: fc.integer({ min: 1, max: 3 }),
  stopAfterFailures: seldom(null, fc.integer({ min: 1, max: 3 }), 2),
});

type DrawnEdge =
  | (Drawn & Omit<SuccessEdge, 'from' | 'to'>)
  | (Drawn & Omit<Extract<EdgePlan, { on: 'error' }>, 'from' | 'to'>)
  | (Drawn & { readonly on: 'start' | 'end' | 'cancel'; readonly critical: boolean })
  | (Drawn & { readonly on: 'runSuccess' | 'runError' | 'runEnd'; readonly critical: boolean; readonly any: boolean })
  | (Drawn & Omit<Extract<EdgePlan, { on: 'join' }>, 'to'>);

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
  })
  .map(({ flow, leaves, edges, run, controls }) => {
    const shape: Shape = { flow: flow.length, all: flow.length + leaves.length };
    const legal = legalEdges(edges, shape);
    const nodes = [...flow, ...leaves].map((drawn, at) => legalNode(drawn, at, { shape, edges: legal }));
    return {
      nodes,
      edges: withoutTwins(legal, nodes),
      run: { ...run, maxPerRun: run.maxPerRun === null ? [] : [[run.maxPerRun.node % shape.all, run.maxPerRun.limit]] },
      controls: legalControls(controls, shape),
    };
  });

interface Shape {
  /** So many nodes may carry the run on; the others are ends. */
  readonly flow: number;
  readonly all: number;
}

/** A node behind `from`, so that nothing goes round; none is behind the last one. */
function behind(from: number, drawn: number, { all }: Shape): number | undefined {
  return from + 1 >= all ? undefined : from + 1 + (drawn % (all - from - 1));
}

function leafOf(drawn: number, { flow, all }: Shape): number {
  return flow + (drawn % (all - flow));
}

/**
 * Children come from further behind; ends do neither exit nor leave anything to the run. What an `each` watches mostly
 * returns arrays.
 */
function legalNode(
  drawn: NodePlan,
  at: number,
  { shape, edges }: { shape: Shape; edges: readonly EdgePlan[] },
): NodePlan {
  const isLeaf = at >= shape.flow;
  const legal = (operation: Operation): Operation[] => {
    if (operation.do === 'exit' || operation.do === 'add') return isLeaf ? [] : [operation];
    if (operation.do === 'wait') return [operation];
    const node = behind(at, operation.node, shape);
    if (node === undefined) return [];
    return [operation.do === 'spawn' && isLeaf ? { ...operation, node, detached: false } : { ...operation, node }];
  };
  const isOfItems = edges.some((edge) => edge.on === 'success' && edge.each !== null && edge.from === at);
  const turns = drawn.turns.map((turn) => ({
    ...turn,
    // A job that fails ends most runs before they begin.
    fails: at === 0 && turn.tag !== 'c' ? 0 : turn.fails,
    operations: turn.operations.flatMap(legal),
    items: isOfItems && turn.items < 0 && turn.tag !== 'c' ? turn.fails + 2 : turn.items,
  }));
  return { ...drawn, turns: turns.map((turn) => ({ ...turn, items: Math.min(5, turn.items) })) };
}

/** Edges mostly leave nodes that earlier ones have reached. */
function legalEdges(drawn: readonly DrawnEdge[], shape: Shape): EdgePlan[] {
  const reached = [0];
  return drawn.flatMap((edge) => {
    const from = reached[edge.from % reached.length] ?? 0;
    const sources =
      'sources' in edge ? { sources: edge.sources.map((source) => reached[source % reached.length] ?? 0) } : {};
    const legal = legalEdge({ ...edge, ...sources, from }, shape);
    if (legal === undefined) return [];
    if (!reached.includes(legal.to)) reached.push(legal.to);
    return [legal];
  });
}

function legalEdge(drawn: DrawnEdge, shape: Shape): EdgePlan | undefined {
  const { from: drawnFrom, to: drawnTo, back, ...rest } = drawn;
  if (rest.on === 'runSuccess' || rest.on === 'runError' || rest.on === 'runEnd') {
    const { any, ...edge } = rest;
    return { ...edge, from: any ? null : drawnFrom % 4 === 0 ? drawnFrom % shape.all : 0, to: leafOf(drawnTo, shape) };
  }
  if (rest.on === 'join') {
    const sources = [...new Set(rest.sources.map((source) => source % shape.flow))].sort((a, b) => a - b);
    const to = back ? drawnTo % shape.all : behind(Math.max(...sources), drawnTo, shape);
    return to === undefined ? undefined : { ...rest, sources, to };
  }
  if (rest.on === 'success') {
    const from = drawnFrom % shape.flow;
    const to = back ? drawnTo % shape.all : behind(from, drawnTo, shape);
    if (to === undefined) return undefined;
    return {
      ...rest,
      from,
      to,
      otherwise: rest.otherwise && rest.when === null,
      bind: rest.bind && rest.each === null,
    };
  }
  const between = { from: drawnFrom % shape.all, to: drawnTo, back };
  return legalMoment(rest.on === 'error' ? { ...rest, ...between } : { ...rest, on: rest.on, ...between }, shape);
}

type DrawnMoment = Extract<DrawnEdge, { readonly on: 'error' | 'start' | 'end' | 'cancel' }>;

function legalMoment({ back, ...drawn }: DrawnMoment, shape: Shape): EdgePlan | undefined {
  const { from } = drawn;
  if (drawn.on === 'cancel') return { ...drawn, on: drawn.on, to: leafOf(drawn.to, shape) };
  if (drawn.on !== 'error') {
    const to = behind(from, drawn.to, shape);
    return to === undefined ? undefined : { ...drawn, on: drawn.on, to };
  }
  // One that leads back handles its own errors.
  const to = back ? from : behind(from, drawn.to, shape);
  return to === undefined ? undefined : { ...drawn, to, otherwise: drawn.otherwise && drawn.when === null };
}

/** Twins would end at the same time, and `bind` lies over records only. */
function withoutTwins(edges: readonly EdgePlan[], nodes: readonly NodePlan[]): EdgePlan[] {
  const seen = new Set<string>();
  const legal: EdgePlan[] = [];
  for (const edge of edges) {
    const twin = edge.on === 'join' ? `join${edge.to}${edge.sources.join()}` : `${edge.on}${edge.from}>${edge.to}`;
    if (seen.has(twin) && !(edge.on === 'success' && edge.bind)) continue;
    seen.add(twin);
    legal.push(edge);
  }
  const mayBeArray = (from: number): boolean =>
    nodes[from]?.turns.some(({ items }) => items >= 0) === true ||
    legal.some((edge) => edge.on === 'error' && edge.recover && edge.from === from);
  return legal.map((edge) =>
    edge.on === 'success' && edge.bind && mayBeArray(edge.from) ? { ...edge, bind: false } : edge,
  );
}

/** What is suspended is resumed in the end. */
function legalControls(drawn: readonly Control[], { all }: Shape): Control[] {
  const controls = drawn
    .map((control) => (control.do === 'cancelStep' ? { ...control, node: control.node % all } : control))
    .sort((a, b) => a.at - b.at);
  const last = controls.at(-1)?.at ?? 0;
  return controls.some((control) => control.do === 'suspend')
    ? [...controls, { at: last + 17_001, do: 'resume' }]
    : controls;
}
