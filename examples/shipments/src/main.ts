// Five orders: one is shipped, one is invoiced because the bank is silent, and three cannot be shipped.

import { ORDERS, outside } from './outside.ts';
import { ship } from './ship.ts';

const world = outside();
const { journal, letters } = await ship(ORDERS, world);
console.log([...journal, '', ...letters, '', ...world.printed].join('\n'));
