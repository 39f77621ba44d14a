// A wiring that does not agree with the annotations is refused, and every difference is named.

import { from, Handler, Job, Join, OnError, OnRunEnd, OnSuccess } from 'onward';
import type { EdgeWiring, Wiring } from 'onward/wiring/v1';
import { expect, test } from 'vitest';
import { differencesOf } from '../../src/runtime/agreement.ts';
import { wiredGraph } from '../../src/runtime/wired-node.ts';
import { wire } from '../support/wired.ts';

class Stock {
  @OnSuccess(() => Orders, 'place', { each: true })
  reserve(item: number): number {
    return item;
  }
}

class Orders {
  @Job()
  place(): number[] {
    return [1];
  }

  @OnError('place', { recover: true })
  fallBack(): number[] {
    return [];
  }

  @Handler()
  @Join({ reserved: from(() => Stock, 'reserve'), placed: 'place' })
  pack(): void {}

  @OnRunEnd('place')
  close(): void {}

  @OnRunEnd()
  count(): void {}
}

const services = { Orders: new Orders(), Stock: new Stock() };
const instances = new Map<string, object>(Object.entries(services));

/** The differences after a change of the edges to one node. */
function after(to: string, change: (edge: EdgeWiring) => EdgeWiring | undefined): string[] {
  const wiring = wire(services);
  const edges = wiring.edges.flatMap((edge) => (edge.to === to ? (change(edge) ?? []) : edge));
  return differencesOf(wiredGraph({ ...wiring, edges }, instances));
}

function without(edge: EdgeWiring, option: 'each' | 'recover'): EdgeWiring {
  const { each, recover, ...rest } = edge;
  if (option === 'recover') return { ...rest, ...(each === true && { each }) };
  return { ...rest, ...(recover === true && { recover }) };
}

test('what was just wired agrees', () => {
  expect(differencesOf(wiredGraph(wire(services), instances))).toEqual([]);
});

test('`each` and `recover` are compared', () => {
  expect(after('Stock.reserve', (edge) => without(edge, 'each'))).toEqual([
    'edge Orders.place -> Stock.reserve: `each` differs',
  ]);
  expect(after('Orders.fallBack', (edge) => without(edge, 'recover'))).toEqual([
    'edge Orders.place -> Orders.fallBack: `recover` differs',
  ]);
});

test('another moment and another target are named', () => {
  expect(after('Orders.fallBack', (edge) => ({ ...edge, on: 'end' }))).toEqual([
    'edge Orders.place -> Orders.fallBack: the wiring says on end, the annotation says on error',
  ]);
  expect(after('Orders.fallBack', (edge) => ({ ...edge, from: 'Orders.pack' }))).toEqual([
    'edge Orders.pack -> Orders.fallBack: the annotation names another target',
  ]);
});

test('a callback of one job and a callback of any run are two things', () => {
  expect(after('Orders.close', (edge) => ({ ...edge, from: '*' }))).toEqual([
    'edge * -> Orders.close: the annotation names another target',
  ]);
  expect(after('Orders.count', (edge) => ({ ...edge, from: 'Orders.place' }))).toEqual([
    'edge Orders.place -> Orders.count: the annotation names another target',
  ]);
});

test('every source of a join is compared, by field, class and method', () => {
  expect(after('Orders.pack', (edge) => (edge.source === 'placed' ? undefined : edge))).toEqual([
    'join of Orders.pack: the wiring does not know the source `placed`',
  ]);
  expect(after('Orders.pack', (edge) => ({ ...edge, from: 'Orders.place' }))).toEqual([
    'join of Orders.pack: the source `reserved` is another one',
  ]);
  expect(after('Orders.pack', (edge) => ({ ...edge, bind: 'function' }))).toEqual([
    'join of Orders.pack: `bind` differs',
  ]);
});

test('an edge from a node that the wiring has not is no crash', () => {
  const told = after('Orders.fallBack', (edge) => ({ ...edge, from: 'Orders.gone' }));
  expect(told).toContain('edge Orders.gone -> Orders.fallBack: the wiring has no node Orders.gone');
});

test('a class of another name is the same class, and one of the same name is not', () => {
  const other = { Stock: class Stock extends Object {} }.Stock;
  const wiring: Wiring = wire(services);
  class Renamed extends Stock {}
  expect(differencesOf(wiredGraph(wiring, new Map([...instances, ['Stock', new Renamed()]])))).toEqual([]);
  expect(differencesOf(wiredGraph(wiring, new Map([...instances, ['Stock', new other()]])))).not.toEqual([]);
});
