// Bodies that call or spawn what is no node: what they should have written.

import { expect, test } from 'vitest';
import { Handler, Job, type StepContext } from 'onward';
import { ENGINES, rejectionOf, wired } from '../support/wired.ts';

class Stock {
  @Handler() reserve(): string {
    return 'shelf';
  }
  count(): number {
    return 1;
  }
}

class Shelf extends Stock {}

const USAGE = 'call takes a class and the name of its method';

const WRONG: readonly (readonly [given: readonly unknown[], text: string])[] = [
  [[() => Stock, 'reserve'], `${USAGE}; write the class without \`() =>\``],
  [[new Stock(), 'reserve'], `${USAGE}; the class is a Stock`],
  [['Stock.reserve'], `${USAGE}; the class is "Stock.reserve"`],
  [[Stock], 'there is no node for Stock.undefined; the class has no such method'],
  [[Stock, 'resrve'], 'there is no node for Stock.resrve; the class has no such method; did you mean Stock.reserve?'],
  [[Stock, 'sell'], 'there is no node for Stock.sell; the class has no such method'],
  [[Shelf, 'Reserve'], 'there is no node for Shelf.Reserve; the class has no such method; did you mean Shelf.reserve?'],
  [[Stock, 'count'], 'there is no node for Stock.count; annotate the method with @Job or @Handler to call it'],
];

test.each(ENGINES)('each is told, on the $engine engine', async ({ open }) => {
  const told: string[] = [];
  class Shop {
    @Job() async sell(context: StepContext): Promise<void> {
      for (const [given] of WRONG) told.push(String(await rejectionOf(Reflect.apply(context.call, context, given))));
    }
  }
  const services = { Shop: new Shop(), Stock: new Stock() };
  await wired(open(), services, { 'Shop.sell': ['context'] }).report('Shop.sell');
  expect(told).toEqual(WRONG.map(([, text]) => `OnwardError: ONW3005: ${text}`));
});
