// One message: unknown data in, a checked instance out. By hand (a check that makes the instance), or by class-validator
// and class-transformer; and by `runtime.safeParse`.

import 'reflect-metadata';
import { setTimeout } from 'node:timers/promises';
import { plainToInstance, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
  validateSync,
} from 'class-validator';
import { Job } from '../../dist/src/index.js';
import { node, runtimeOf, wiringOf } from '../wiring.js';

export const EMAIL = /^[^@\s]+@[^@\s]+\.[^@\s]+$/;

class Address {
  street;
  city;
  zip;
}
class Item {
  sku;
  qty;
  price;
}
class Order {
  id;
  email;
  age;
  active;
  note;
  kind;
  address;
  items;
}
class Flat {
  id;
  email;
  age;
  active;
  note;
  kind;
  qty;
  zip;
}

/** @param {Function} messageClass @param {Readonly<Record<string, readonly PropertyDecorator[]>>} fields */
function annotate(messageClass, fields) {
  for (const [name, decorators] of Object.entries(fields)) {
    for (const decorate of decorators.toReversed()) decorate(messageClass.prototype, name);
  }
}

const person = {
  id: [IsString(), Length(1, 36)],
  email: [IsString(), Matches(EMAIL)],
  age: [IsInt(), Min(0), Max(150)],
  active: [IsBoolean()],
  note: [IsOptional(), IsString()],
  kind: [IsIn(['a', 'b', 'c'])],
};
annotate(Address, {
  street: [IsString(), Length(1, 80)],
  city: [IsString(), Length(1, 40)],
  zip: [IsString(), Length(4, 10)],
});
annotate(Item, { sku: [IsString()], qty: [IsInt(), Min(1), Max(999)], price: [IsNumber(), Min(0)] });
annotate(Flat, { ...person, qty: [IsInt(), Min(1)], zip: [IsString(), Length(4, 10)] });
annotate(Order, {
  ...person,
  address: [ValidateNested(), Type(() => Address)],
  items: [IsArray(), ArrayMaxSize(100), ValidateNested({ each: true }), Type(() => Item)],
});

const isText = (value, least, most) => typeof value === 'string' && value.length >= least && value.length <= most;
const isWhole = (value, least, most) => Number.isInteger(value) && value >= least && value <= most;

/** Fills what a flat message and an order have in common. */
function personByHand(message, data) {
  const { id, email, age, active, note, kind } = data;
  if (!isText(id, 1, 36)) return false;
  if (typeof email !== 'string' || !EMAIL.test(email)) return false;
  if (!isWhole(age, 0, 150) || typeof active !== 'boolean') return false;
  if (note !== undefined && note !== null && typeof note !== 'string') return false;
  if (kind !== 'a' && kind !== 'b' && kind !== 'c') return false;
  message.id = id;
  message.email = email;
  message.age = age;
  message.active = active;
  if (note !== undefined) message.note = note;
  message.kind = kind;
  return true;
}

function flatByHand(data) {
  const message = new Flat();
  const { qty, zip } = data;
  if (!personByHand(message, data)) return undefined;
  if (!isWhole(qty, 1, Infinity) || !isText(zip, 4, 10)) return undefined;
  message.qty = qty;
  message.zip = zip;
  return message;
}

function addressByHand(data) {
  if (typeof data !== 'object' || data === null) return undefined;
  const { street, city, zip } = data;
  if (!isText(street, 1, 80) || !isText(city, 1, 40) || !isText(zip, 4, 10)) return undefined;
  const address = new Address();
  address.street = street;
  address.city = city;
  address.zip = zip;
  return address;
}

function itemByHand(data) {
  if (typeof data !== 'object' || data === null) return undefined;
  const { sku, qty, price } = data;
  if (typeof sku !== 'string' || !isWhole(qty, 1, 999)) return undefined;
  if (typeof price !== 'number' || !(price >= 0 && price < Infinity)) return undefined;
  const item = new Item();
  item.sku = sku;
  item.qty = qty;
  item.price = price;
  return item;
}

function orderByHand(data) {
  const message = new Order();
  if (!personByHand(message, data)) return undefined;
  const address = addressByHand(data.address);
  if (address === undefined || !Array.isArray(data.items) || data.items.length > 100) return undefined;
  const items = [];
  for (const given of data.items) {
    const item = itemByHand(given);
    if (item === undefined) return undefined;
    items.push(item);
  }
  message.address = address;
  message.items = items;
  return message;
}

const flat = (at) => ({
  id: 'ord-1234',
  email: 'a.b@example.com',
  age: 42 + at,
  active: true,
  note: 'hi',
  kind: 'b',
  qty: 2,
  zip: '12345',
});
const order = (at) => {
  const { qty, zip, ...rest } = flat(at);
  return {
    ...rest,
    address: { street: 'Main 1', city: 'Town', zip },
    items: [
      { sku: 's1', qty: 1, price: 2.5 },
      { sku: 's2', qty: qty * 10, price: 0 },
      { sku: 's3', qty: 3, price: 99 },
    ],
  };
};
const badFlat = (at) => ({ ...flat(at), age: -5, kind: 'z', zip: 'x', qty: 0 });
const badOrder = (at) => {
  const data = { ...order(at), age: -5, kind: 'z' };
  data.address.zip = 'x';
  data.items[1].qty = 0;
  return data;
};

class Desk {
  /** @param {Order} message */
  async order(message) {
    return message.id;
  }
  /** @param {Flat} message */
  async flat(message) {
    return message.id;
  }
}
Job()(Desk.prototype, 'order');
Job()(Desk.prototype, 'flat');

const graph = wiringOf(
  'messages',
  [
    node('Desk.order', 'job', (desk, message) => desk.order(message), Order),
    node('Desk.flat', 'job', (desk, message) => desk.flat(message), Flat),
  ],
  [],
);

export const kinds = {
  order: { messageClass: Order, byHand: orderByHand, good: order, bad: badOrder },
  flat: { messageClass: Flat, byHand: flatByHand, good: flat, bad: badFlat },
};
const KEPT = 16;

export const runtimeOfMessages = () => runtimeOf(graph, { Desk: new Desk() }, true);

const CALLS = 200;
/** The interpreter takes at least twice as long, compiled code at most a third. */
const MOST_US = 2;

/**
 * Waits until the class of a message is compiled. The compiler is loaded when a class has had a few messages, which takes
 * turns of the event loop; a busy machine takes its time.
 *
 * @param {() => unknown} read reads one message
 */
export async function compiled(read) {
  for (let tries = 0; tries < 500; tries++) {
    const before = process.cpuUsage();
    for (let call = 0; call < CALLS; call++) read();
    const { user, system } = process.cpuUsage(before);
    if ((user + system) / CALLS < MOST_US) return;
    await setTimeout(20);
  }
  throw new Error('the class was not compiled');
}

/**
 * @param {{ kind: 'order' | 'flat', isValid: boolean, against: 'hand' | 'library' }} variant
 * @returns {import('../measure.js').Workload}
 */
export function message({ kind, isValid, against }) {
  const { messageClass, byHand, good, bad } = kinds[kind];
  const runtime = runtimeOfMessages();
  const data = Array.from({ length: KEPT }, (_, at) => (isValid ? good : bad)(at));
  // A result that nobody keeps, V8 does not make.
  const results = Array.from({ length: KEPT });
  const missing = (runs, parse) => {
    let wrong = 0;
    for (let run = 0; run < runs; run++) if (parse(data[run % KEPT], run % KEPT) !== isValid) wrong++;
    return Promise.resolve(wrong);
  };
  const hand = (given, at) => (results[at] = byHand(given)) !== undefined;
  const library = (given, at) => {
    const made = plainToInstance(messageClass, given);
    results[at] = made;
    return validateSync(made).length === 0;
  };
  const onward = (given, at) => (results[at] = runtime.safeParse(`Desk.${kind}`, given)).success;
  let warm;
  return {
    stepsPerRun: 1,
    byHand: (runs) => missing(runs, against === 'hand' ? hand : library),
    onward: (runs) => (warm ??= compiled(() => onward(data[0], 0))).then(() => missing(runs, onward)),
  };
}
