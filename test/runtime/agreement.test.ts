// A wiring that does not agree with the annotations is refused, and every difference is named.

import {
  ErrorValue,
  from,
  Handler,
  Job,
  Join,
  Message,
  OnEnd,
  OnError,
  OnRunEnd,
  OnSuccess,
  ReturnValue,
  Service,
} from 'onward';
import type { EdgeWiring, Wiring } from 'onward/wiring/v1';
import { expect, test } from 'vitest';
import { differencesOf } from '../../src/runtime/agreement.ts';
import { wiredGraph } from '../../src/runtime/wired-node.ts';
import { wire, type Parameters } from '../support/wired.ts';

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

/** The differences of a wiring that was made for other instances under the same names. */
function between(before: object, now: object, parameters: Parameters = {}): string[] {
  return differencesOf(wiredGraph(wire({ Desk: before }, parameters), new Map([['Desk', now]])));
}

/** What the mark gives is compared by place, not by type. */
type Any = unknown;

class Letter {
  @ReturnValue() receipt?: string;
  @ErrorValue() fault?: Error;
  sender!: string;
}

class Desk {
  @Job()
  pay(): string {
    return 'paid';
  }

  @OnEnd('pay')
  note(@ReturnValue() _receipt: Any, @ErrorValue() _error: Any, _order: Any, @Message() _own: Any): void {}

  @OnEnd('pay', { bind: { sender: 'us' } })
  write(_letter: Letter): void {}
}

const takesLetter: Parameters = { 'Desk.write': [Letter] };

test('marks that are where they were agree, on parameters and on fields', () => {
  expect(between(new Desk(), new Desk(), takesLetter)).toEqual([]);
});

test('parameters whose marks have changed places are named', () => {
  class Swapped extends Desk {
    @OnEnd('pay')
    override note(@ErrorValue() _e: Any, @ReturnValue() _r: Any, _order: Any, @Message() _own: Any): void {}
  }
  expect(between(new Desk(), new Swapped(), takesLetter)).toEqual([
    'Desk.note, parameter 1: the wiring says @ReturnValue(), the annotation says @ErrorValue()',
    'Desk.note, parameter 2: the wiring says @ErrorValue(), the annotation says @ReturnValue()',
  ]);
});

test('a mark that is on another parameter, is new or is gone is named', () => {
  class Moved extends Desk {
    @OnEnd('pay')
    override note(@ReturnValue() _r: Any, @ErrorValue() _e: Any, @Message() _own: Any, _order: Any): void {}
  }
  expect(between(new Desk(), new Moved(), takesLetter)).toEqual([
    'Desk.note, parameter 3: the wiring says no mark, the annotation says @Message()',
    'Desk.note, parameter 4: the wiring says @Message(), the annotation says no mark',
  ]);
  class Unmarked extends Desk {
    @OnEnd('pay')
    override note(_order: Any): void {}
  }
  expect(between(new Desk(), new Unmarked(), takesLetter)).toEqual([
    'Desk.note, parameter 1: the wiring says @ReturnValue(), the annotation says no mark',
    'Desk.note, parameter 2: the wiring says @ErrorValue(), the annotation says no mark',
    'Desk.note, parameter 4: the wiring says @Message(), the annotation says no mark',
  ]);
  class Plain {
    @Job()
    pay(_order: Any): void {}
  }
  class Marked {
    @Job()
    pay(_order: Any, @Message() _own: Any): void {}
  }
  expect(between(new Plain(), new Marked())).toEqual([
    'Desk.pay, parameter 2: the wiring says no mark, the annotation says @Message()',
  ]);
});

test('an override without annotations has the marks of the method that it overrides', () => {
  class Overriding extends Desk {
    override note(_receipt: string): void {}
  }
  class Inheriting extends Overriding {}
  expect(between(new Desk(), new Inheriting(), takesLetter)).toEqual([]);
});

test('a mark that has moved to another field is named, and so is one that is new', () => {
  class Other {
    @ErrorValue() receipt!: string;
    @ReturnValue() sender!: string;
    fault!: Error;
  }
  class Bare {
    sender!: string;
  }
  const wiring = wire({ Desk: new Desk() }, takesLetter);
  const after = (message: typeof Other | typeof Bare): string[] => {
    const { 'Desk.write': write, ...others } = wiring.nodes;
    if (write === undefined) throw new Error('the wiring has no such node');
    const nodes = { ...others, 'Desk.write': { ...write, message } };
    return differencesOf(wiredGraph({ ...wiring, nodes }, new Map([['Desk', new Desk()]])));
  };
  expect(after(Other)).toEqual([
    'Desk.write, Other: the wiring puts the return value into `receipt`, the annotation into `sender`',
    'Desk.write, Other: the wiring puts the error into `fault`, the annotation into `receipt`',
  ]);
  expect(after(Bare)).toEqual([
    'Desk.write, Bare: the wiring puts the return value into `receipt`, the annotation into no field',
    'Desk.write, Bare: the wiring puts the error into `fault`, the annotation into no field',
  ]);
  const edges = wiring.edges.map((edge) => (edge.to === 'Desk.write' ? { ...edge, field: 'sender' } : edge));
  expect(differencesOf(wiredGraph({ ...wiring, edges }, new Map([['Desk', new Desk()]])))).toEqual([
    'edge Desk.pay -> Desk.write: the wiring puts the return value into `sender`, the annotation into `receipt`',
  ]);
});

test('no method of a service runs when marks are compared', () => {
  let calls = 0;
  class Counting extends Desk {
    override note(): void {
      calls += 1;
    }
  }
  expect(between(new Desk(), new Counting(), takesLetter)).toEqual([]);
  expect(calls).toBe(0);
});

@Service({ name: 'till' })
class Till {
  @Job()
  pay(): void {}
}
@Service({ name: 'fast-till' })
class FastTill extends Till {}
class Double extends Till {}

/** The differences of a wiring that was made for services of other names. */
function namesOf(
  services: Readonly<Record<string, object>>,
  namedServices: readonly string[] = [],
  instances: Readonly<Record<string, object>> = services,
): string[] {
  return differencesOf(wiredGraph({ ...wire(services), namedServices }, new Map(Object.entries(instances))));
}

test('a service that @Service calls otherwise is named', () => {
  expect(namesOf({ till: new Till() }, ['till'])).toEqual([]);
  expect(namesOf({ Till: new Till() })).toEqual(['Till: the wiring calls the service Till, its @Service says till']);
  expect(namesOf({ counter: new Till() }, ['counter'])).toEqual([
    'counter: the wiring calls the service counter, its @Service says till',
  ]);
});

test('a service that has lost its name is named where the wiring knows that it had one', () => {
  const desk = new Desk();
  expect(namesOf({ front: desk })).toEqual([]);
  expect(namesOf({ front: desk }, ['front'])).toEqual([
    'front: the wiring has this name from @Service, its class has no such name any more',
  ]);
});

test('an instance of a subclass may stand in for a service, whatever its own name is', () => {
  const till = new Till();
  expect(namesOf({ till }, ['till'], { till: new Double() })).toEqual([]);
  const names = ['till', 'fast-till'];
  const wiredAs = { till, 'fast-till': till };
  expect(namesOf(wiredAs, names, { till: new FastTill(), 'fast-till': new FastTill() })).toEqual([]);
});

test('two services that have swapped their names are both named', () => {
  @Service({ name: 'b' })
  class One {
    @Job()
    go(): void {}
  }
  @Service({ name: 'a' })
  class Two {
    @Job()
    go(): void {}
  }
  expect(namesOf({ a: new One(), b: new Two() }, ['a', 'b'])).toEqual([
    'a: the wiring calls the service a, its @Service says b',
    'b: the wiring calls the service b, its @Service says a',
  ]);
});
