// Circles and what spreads, against the slow way to find them.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { circles, shortestWay } from '../../codegen/check/components.ts';

const graphs = fc
  .nat({ max: 9 })
  .chain((last) =>
    fc.array(fc.array(fc.nat({ max: last }), { maxLength: 3 }), { minLength: last + 1, maxLength: last + 1 }),
  );

/** Every node that a way of at least one edge leads to. */
function reachable(graph: readonly (readonly number[])[], from: number): Set<number> {
  const found = new Set(graph[from]);
  for (const node of found) for (const next of graph[node] ?? []) found.add(next);
  return found;
}

it('nodes are in one circle when each leads to the other, and in none when they do not lead to themselves', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const nodes = graph.map((_, at) => at);
      const found = circles(nodes, (node) => graph[node] ?? []);
      const expected = new Set<string>();
      for (const node of nodes) {
        const tied = nodes.filter((other) => reachable(graph, node).has(other) && reachable(graph, other).has(node));
        if (tied.length > 0) expected.add(tied.join());
      }
      expect(new Set(found.map((circle) => circle.join()))).toEqual(expected);
      expect(found.length).toBe(expected.size);
    }),
  );
});

it('the way from a node to a node is there when there is one, goes along edges, and none is shorter', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const next = (node: number): readonly number[] => graph[node] ?? [];
      for (const to of graph.keys()) {
        const way = shortestWay(0, to, next);
        expect(way !== undefined).toBe(reachable(graph, 0).has(to));
        if (way === undefined) continue;
        expect([way[0], way.at(-1)]).toEqual([0, to]);
        for (const [at, node] of way.slice(1).entries()) expect(next(way[at] ?? -1)).toContain(node);
        let layer = new Set([0]);
        let edges = 0;
        do {
          layer = new Set([...layer].flatMap(next));
          edges++;
        } while (!layer.has(to));
        expect(way.length - 1).toBe(edges);
      }
    }),
  );
});

it('a chain longer than the stack of the program is gone along to its end', () => {
  const nodes = Array.from({ length: 200_000 }, (_, at) => at);
  expect(circles(nodes, (node) => (node + 1 < nodes.length ? [node + 1] : []))).toEqual([]);
  const [circle, ...others] = circles(nodes, (node) => [(node + 1) % nodes.length]);
  expect([circle?.length, others.length]).toEqual([200_000, 0]);
  expect(shortestWay(0, 0, (node) => [(node + 1) % nodes.length])?.length).toBe(200_001);
});
