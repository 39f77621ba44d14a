// The hash of a graph: it differs where a run that is under way would go on otherwise, and nowhere else.

import { describe, expect, test } from 'vitest';
import { compileGraph } from '../../src/graph/compile.ts';
import type { GraphDescription } from '../../src/graph/graph.ts';
import { graphFacts, graphHash } from '../../src/graph/graph-hash.ts';
import { NO_RETRY } from '../../src/graph/retry-policy.ts';

const SHOP: GraphDescription = {
  nodes: [{ name: 'Shop.order', retry: { ...NO_RETRY, attempts: 2 } }, { name: 'Shop.pay' }, { name: 'Shop.send' }],
  edges: [
    { from: 'Shop.order', to: 'Shop.pay', moment: 'success', terms: { when: 'card' }, conditional: true },
    { from: 'Shop.order', to: 'Shop.pay', moment: 'error' },
    { from: 'Shop.order', to: 'Shop.send', moment: 'success', arrival: { join: 'join>Shop.send', source: 'order' } },
    { from: 'Shop.pay', to: 'Shop.send', moment: 'success', arrival: { join: 'join>Shop.send', source: 'paid' } },
  ],
  joins: [{ id: 'join>Shop.send', to: 'Shop.send', mode: 'all', onMissing: 'skip' }],
};
const [order, pay, send] = SHOP.nodes as [never, never, never];
const [onCard, onError, ...arrivals] = SHOP.edges as [never, never, never, never];
const [join] = SHOP.joins as [never];

const withNode = (options: object): GraphDescription => ({
  ...SHOP,
  nodes: [Object.assign({}, order, options), pay, send],
});
const withEdge = (options: object): GraphDescription => ({
  ...SHOP,
  edges: [Object.assign({}, onCard, options), onError, ...arrivals],
});

describe('a graph has another hash', () => {
  test.each<[string, GraphDescription]>([
    ['with another node', { ...SHOP, nodes: [...SHOP.nodes, { name: 'Shop.bill' }] }],
    ['without an edge', { ...SHOP, edges: [onCard, ...arrivals] }],
    ['with an edge to another node', withEdge({ to: 'Shop.send' })],
    ['with an edge at another moment', withEdge({ moment: 'end' })],
    ['with another value of `when`', withEdge({ terms: { when: 'cash' } })],
    ['with a `when` that is a function', withEdge({ terms: { when: () => true } })],
    ['with other bound fields', withEdge({ terms: { when: 'card', bind: { amount: 1 } } })],
    ['with an edge that takes what no other takes', withEdge({ otherwise: true })],
    [
      'with a callback that recovers',
      { ...SHOP, edges: [onCard, Object.assign({}, onError, { recover: true }), ...arrivals] },
    ],
    ['with an edge for each item', withEdge({ each: { concurrency: 1, stopAfterFailures: 1 } })],
    ['with an edge whose failure fails nothing', withEdge({ critical: false })],
    ['with more attempts', withNode({ retry: { ...NO_RETRY, attempts: 3 } })],
    ['with a tag', withNode({ tags: ['eu'] })],
    ['with another wiring, as with a message of another class', { ...SHOP, wiring: 'other' }],
    ['with a limit', withNode({ maxPerRun: 2 })],
    ['with a node that waits', withNode({ waits: true })],
    ['with another join', { ...SHOP, joins: [Object.assign({}, join, { mode: 'any' })] }],
    [
      'with sources of other names',
      {
        ...SHOP,
        edges: [
          onCard,
          onError,
          arrivals[0],
          Object.assign({}, arrivals[1], { arrival: { join: 'join>Shop.send', source: 'due' } }),
        ],
      },
    ],
  ])('%s', (_, changed) => {
    expect(graphHash(changed)).not.toBe(graphHash(SHOP));
  });
});

describe('a graph has the same hash', () => {
  test.each<[string, GraphDescription]>([
    ['in another order', { nodes: [send, pay, order], edges: SHOP.edges.toReversed(), joins: [join] }],
    [
      'with other delays, time limits and concurrency',
      withNode({ concurrency: 3, waitMs: 5, retry: { ...NO_RETRY, attempts: 2, delayMs: 9 } }),
    ],
    ['with an edge that waits', withEdge({ afterMs: 5_000 })],
    ['with fields in another order', withEdge({ terms: { bind: undefined, when: 'card' } })],
    ['with a limit that allows any number', withNode({ maxRounds: Number.POSITIVE_INFINITY })],
  ])('%s', (_, same) => {
    expect(graphHash(same)).toBe(graphHash(SHOP));
  });

  test('with another function in the place of one', () => {
    const one = withEdge({ terms: { when: () => true } });
    expect(graphHash(withEdge({ terms: { when: (value: unknown) => value === 1 } }))).toBe(graphHash(one));
  });
});

test('what cannot be written as text is compared by name', () => {
  const circle: { self?: unknown } = {};
  circle.self = circle;
  expect(graphHash(withEdge({ terms: { when: circle } }))).toMatch(/^[\da-f]{16}$/);
});

test('facts have the ids of the compiled edges', () => {
  const { edges, joins } = compileGraph(SHOP);
  const { edges: facts, joins: ofJoins } = graphFacts(SHOP);
  expect([...Object.keys(facts), ...Object.keys(ofJoins)].toSorted()).toEqual(edges.map(({ id }) => id).toSorted());
  expect(joins).toHaveLength(1);
});
