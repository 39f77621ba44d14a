// Copies of valid messages.

import { expect, test } from 'vitest';
import { copyOf, mergeOver } from '../../src/message/copy.ts';

class Line {
  qty = 0;
}

class Order {
  #touched = 0;
  id = '';
  lines: Line[] = [];
  touch(): number {
    return ++this.#touched;
  }
}

test('a copy is another object of the same class, equal in all its data, and its private fields work', () => {
  const order = Object.assign(new Order(), { id: 'a', lines: [Object.assign(new Line(), { qty: 2 })] });
  const copy = copyOf(order);
  expect(copy).toEqual(order);
  expect(copy).not.toBe(order);
  expect(copy.lines[0]).toBeInstanceOf(Line);
  expect(copy.lines[0]).not.toBe(order.lines[0]);
  expect(copy.touch()).toBe(1);
});

test('dates, maps, sets and bytes are copied, anything else is shared', () => {
  const shared = Symbol('shared');
  const value = {
    at: new Date(5),
    map: new Map([['a', [1]]]),
    set: new Set([1]),
    bytes: new Uint8Array([1, 2]),
    shared,
  };
  const copy = copyOf(value);
  expect(copy).toEqual(value);
  expect(copy.at).not.toBe(value.at);
  expect(copy.map.get('a')).not.toBe(value.map.get('a'));
  copy.bytes[0] = 9;
  expect(value.bytes[0]).toBe(1);
});

test('records are laid over each other field by field, anything else is replaced', () => {
  expect(mergeOver({ a: { b: 1, c: 2 }, list: [1, 2] }, { a: { c: 3 }, list: [9] })).toEqual({
    a: { b: 1, c: 3 },
    list: [9],
  });
  expect(mergeOver({ a: 1 }, undefined)).toEqual({ a: 1 });
  expect(mergeOver(7, { a: 1 })).toEqual({ a: 1 });
  const laid: unknown = mergeOver({}, JSON.parse('{ "__proto__": { "polluted": true } }'));
  expect(Object.getPrototypeOf(laid)).toBe(Object.prototype);
});
