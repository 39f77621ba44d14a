// The world outside the warehouse, with its faults: a bank, three carriers, shelves and a printer.

import { CardDeclined, GatewayDown } from './billing.ts';
import type { Order } from './order.ts';
import type { Outside } from './ship.ts';

export const ORDERS: readonly Order[] = [
  { id: 'order-1', town: 'Bath', cents: 4_200, lines: [line('teapot', 1), line('cup', 4), line('spoon', 4)] },
  { id: 'order-2', town: 'Leeds', cents: 900, lines: [line('cup', 1)] }, // nobody answers at the bank
  { id: 'order-3', town: 'Bath', cents: 8_000, lines: [line('teapot', 2)] }, // the card is declined
  { id: 'order-4', town: 'Leeds', cents: 300, lines: [line('spoon', 2), line('plate', 1)] }, // no plates left
  { id: 'order-5', town: 'Ely', cents: 100, lines: [line('spoon', 1)] }, // the printer is out of paper
];

export function outside(): Outside & { readonly asked: string[]; readonly printed: string[] } {
  const asked: string[] = [];
  const printed: string[] = [];
  let isLineBusy = true;
  return {
    asked,
    printed,
    gateway: {
      async charge({ id }, key) {
        if (id === 'order-2') throw new GatewayDown('nobody answers');
        if (id === 'order-3') throw new CardDeclined('the card was declined');
        return `receipt of ${key}`;
      },
    },
    line: {
      price(carrier, town) {
        asked.push(`${carrier} to ${town}`);
        return carrier === 'rail' ? 300 : town.length * 70;
      },
      book() {
        if (isLineBusy) {
          isLineBusy = false;
          throw new Error('the line is busy');
        }
      },
    },
    stock: new Map([
      ['teapot', { shelf: 'A1', grams: 800, count: 5 }],
      ['cup', { shelf: 'A2', grams: 150, count: 40 }],
      ['spoon', { shelf: 'B1', grams: 30, count: 40 }],
      ['plate', { shelf: 'B2', grams: 400, count: 0 }],
    ]),
    print(text) {
      if (text.startsWith('order-5')) throw new Error('the printer is out of paper');
      printed.push(text);
    },
  };
}

function line(sku: string, quantity: number): Order['lines'][number] {
  return { sku, quantity };
}
