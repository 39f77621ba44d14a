// The compiled graph: edges by moment, ids, and which nodes may repeat.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileGraph } from '../../src/graph/compile.ts';
import type { CompiledGraph, EdgeDescription } from '../../src/graph/graph.ts';
import { NO_RETRY } from '../../src/graph/retry-policy.ts';

const edge = (from: string, to: string, more: Partial<EdgeDescription> = {}): EdgeDescription => ({
  from,
  to,
  moment: 'success',
  conditional: false,
  otherwise: false,
  ...more,
});
const graphOf = (names: readonly string[], edges: readonly EdgeDescription[]): CompiledGraph =>
  compileGraph({ nodes: names.map((name) => ({ name, retry: NO_RETRY })), edges });
const repeating = (graph: CompiledGraph): string[] =>
  graph.nodes.filter(({ repeats }) => repeats).map(({ name }) => name);

/** Walks of at most so many steps, two at most. */
function walkTo(from: string, goal: string, edges: readonly EdgeDescription[], left: number): number {
  let ways = from === goal ? 1 : 0;
  if (left === 0) return ways;
  for (const next of edges) {
    if (next.from === from && ways < 2) ways += walkTo(next.to, goal, edges, left - 1);
  }
  return Math.min(2, ways);
}

describe('edges', () => {
  test('are kept by moment, in declared order, with ids that later edges do not change', () => {
    const graph = graphOf(
      ['a', 'b', 'c'],
      [
        edge('a', 'c'),
        edge('a', 'b', { moment: 'error' }),
        edge('a', 'b', { conditional: true }),
        edge('a', 'c', { otherwise: true }),
      ],
    );
    const a = graph.nodeOf.get('a');
    expect(a?.success.map(({ id }) => id)).toEqual(['a>success>c', 'a>success>b', 'a>success>c#2']);
    expect(a?.error.map(({ id, role }) => [id, role])).toEqual([['a>error>b', 'bracket']]);
    expect(a?.success.map(({ conditional, otherwise }) => [conditional, otherwise])).toEqual([
      [false, false],
      [true, false],
      [true, true],
    ]);
    expect([a?.plain, graph.nodeOf.get('b')?.plain]).toEqual([false, true]);
    expect(graph.edges.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(graph.edgeOf.get('a>success>c#2')?.to.name).toBe('c');
  });

  test('name nodes that exist', () => {
    expect(() => graphOf(['a'], [edge('a', 'b')])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: a>success>b names the node b, which is not there]`,
    );
  });
});

describe('joins', () => {
  const joined = (from: readonly string[], more: readonly EdgeDescription[] = []): CompiledGraph =>
    compileGraph({
      nodes: ['a', 'b', 'c', 'd'].map((name) => ({ name })),
      edges: [...from.map((name, at) => edge(name, 'd', { arrival: { join: 'join>d', source: `s${at}` } })), ...more],
      joins: [{ id: 'join>d', to: 'd', mode: 'all', onMissing: 'skip' }],
    });

  test('stand among the success edges of their sources, and make steps by an edge of their own', () => {
    const graph = joined(['b', 'c']);
    const [join] = graph.joins;
    expect(join?.sources.map(({ name, from }) => [name, from.name])).toEqual([
      ['s0', 'b'],
      ['s1', 'c'],
    ]);
    expect(
      graph.nodeOf.get('c')?.success.map(({ id, arrival }) => [id, arrival?.join === join, arrival?.source]),
    ).toEqual([['c>join>d', true, 1]]);
    expect(graph.edgeOf.get('join>d')).toMatchObject({ moment: 'join', from: null, role: 'flow' });
  });

  test('a join repeats if one of its sources does, or if another way leads there', () => {
    const tree = [edge('a', 'b'), edge('a', 'c')];
    expect(repeating(joined(['b', 'c'], tree))).toEqual([]);
    expect(repeating(joined(['b', 'c'], [...tree, edge('c', 'b')]))).toEqual(['b', 'd']);
    expect(repeating(joined(['b', 'c'], [...tree, edge('a', 'd')]))).toEqual(['d']);
  });

  test('an unknown join is refused', () => {
    const lost = edge('a', 'b', { arrival: { join: 'nowhere', source: 'x' } });
    expect(() => graphOf(['a', 'b'], [lost])).toThrow('there is no join nowhere');
  });
});

test('moments of runs belong to no node', () => {
  const graph = graphOf(['a', 'b'], [edge('*', 'b', { moment: 'runEnd' }), edge('a', 'b', { moment: 'runError' })]);
  expect(graph.run.runEnd.map(({ id, from }) => [id, from])).toEqual([['*>runEnd>b', null]]);
  expect(graph.run.runError.map(({ id, from }) => [id, from?.name])).toEqual([['a>runError>b', 'a']]);
});

describe('nodes that may repeat', () => {
  test('items of an array, counted nodes, and all nodes where bodies start children', () => {
    const each = { concurrency: 2, stopAfterFailures: 9 };
    expect(repeating(graphOf(['a', 'b', 'c'], [edge('a', 'b', { each }), edge('b', 'c')]))).toEqual(['b', 'c']);
    const nodes = [{ name: 'a' }, { name: 'b', maxRounds: 3 }];
    expect(repeating(compileGraph({ nodes, edges: [edge('a', 'b')] }))).toEqual(['b']);
    expect(repeating(compileGraph({ nodes: [{ name: 'a' }], edges: [], spawns: true }))).toEqual(['a']);
  });

  test('a chain and a fan do not', () => {
    expect(
      repeating(graphOf(['a', 'b', 'c', 'd'], [edge('a', 'b'), edge('a', 'c'), edge('c', 'd', { moment: 'error' })])),
    ).toEqual([]);
  });

  test('two ways in, and what lies behind them', () => {
    expect(
      repeating(graphOf(['a', 'b', 'c', 'd'], [edge('a', 'b'), edge('a', 'c'), edge('b', 'c'), edge('c', 'd')])),
    ).toEqual(['c', 'd']);
    expect(repeating(graphOf(['a', 'b'], [edge('a', 'b'), edge('a', 'b', { moment: 'error' })]))).toEqual(['b']);
  });

  test('a loop, and what lies behind it', () => {
    expect(repeating(graphOf(['a', 'b', 'c'], [edge('a', 'b'), edge('b', 'b'), edge('b', 'c')]))).toEqual(['b', 'c']);
    expect(repeating(graphOf(['a'], [edge('a', 'a')]))).toEqual(['a']);
  });

  test('every node that can be reached in two ways is marked, and no node of a graph with one way to each', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const anyEdge = fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names), fc.boolean());
    fc.assert(
      fc.property(fc.array(anyEdge, { maxLength: 8 }), (drawn) => {
        const edges = drawn.map(([from, to, isError]) => edge(from, to, { moment: isError ? 'error' : 'success' }));
        const graph = graphOf(names, edges);
        for (const node of graph.nodes) {
          // A run has one entry, whichever it is: no start may lead to a node in two ways unless it is marked.
          const most = Math.max(...names.map((entry) => walkTo(entry, node.name, edges, names.length * 2)));
          if (most > 1) expect([node.name, node.repeats]).toEqual([node.name, true]);
          const waysIn = edges.filter(({ to }) => to === node.name).length;
          if (waysIn === 0) expect([node.name, node.repeats]).toEqual([node.name, false]);
        }
      }),
      { numRuns: 500 },
    );
  });
});
