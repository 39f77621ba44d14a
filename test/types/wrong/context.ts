// Wrong uses of a context: each `wrong:` line stands above one statement, which must have exactly one error.

import type { StepContext } from 'onward';
import { Bus } from '../right/context.js';
import { Office, type Tally } from '../right/moments.js';

export const uses = async (context: StepContext<Tally>): Promise<unknown> => {
  const trip = { bus: 'a', seats: 3 };
  // wrong: Argument of type '"drvie"' is not assignable to parameter of type '"
  await context.spawn(Bus, 'drvie', trip);
  // wrong: Argument of type '"drvie"' is not assignable to parameter of type '"
  await context.call(Bus, 'drvie', trip);
  // wrong: Expected 3-4 arguments, but got 2
  await context.spawn(Bus, 'drive');
  // wrong: Type 'string' is not assignable to type 'number'
  await context.spawn(Bus, 'drive', { bus: 'a', seats: '3' });
  // wrong: Object literal may only specify known properties, but 'seat' does not exist
  await context.spawn(Bus, 'drive', { bus: 'a', seat: 3 });
  // wrong: Argument of type '{ bus: string; }' is not assignable to parameter of type
  await context.call(Office, 'book', { bus: 'a' });
  // wrong: Argument of type '{ bus: string; seats: number; }' is not assignable to parameter of type 'undefined'
  await context.call(Bus, 'park', trip);
  // wrong: Object literal may only specify known properties, but 'dely' does not exist
  await context.spawn(Bus, 'drive', trip, { dely: '20s' });
  // wrong: Type '"20 moons"' is not assignable to type
  await context.spawn(Bus, 'drive', trip, { delay: '20 moons' });
  // wrong: Object literal may only specify known properties, and 'detached' does not exist
  await context.call(Bus, 'drive', trip, { detached: true });
  // wrong: Type 'number' is not assignable to type 'string'
  const text: string = await context.call(Bus, 'drive', trip);
  // wrong: Argument of type '{ bus: string; seats: number; }' is not assignable to parameter of type 'ServiceOf<unknown>'
  await context.spawn(trip, 'park', undefined);
  // wrong: Argument of type '"solld"' is not assignable to parameter of type '"
  context.state.get('solld');
  // wrong: Argument of type 'string' is not assignable to parameter of type 'number'
  context.state.set('sold', 'many');
  // wrong: Argument of type '"closed"' is not assignable to parameter of type '"
  context.state.set('state', 'closed');
  // wrong: Argument of type '"stops"' is not assignable to parameter of type '"
  context.state.add('stops', 1);
  // wrong: Argument of type '"sold"' is not assignable to parameter of type '"stops"'
  context.state.append('sold', 1);
  // wrong: Argument of type 'number' is not assignable to parameter of type 'string'
  context.state.append('stops', 1);
  // wrong: Type 'number | undefined' is not assignable to type 'string'
  const sold: string = context.state.get('sold');
  // wrong: Argument of type 'string' is not assignable to parameter of type 'number'
  context.progress('half');
  return [text, sold];
};
