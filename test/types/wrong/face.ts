// Wrong uses of the runtime: each `wrong:` line stands above one statement, which must have exactly one error.

import { createRuntime } from 'onward';
import { Depot, graph, Parcel } from '../right/face.js';

const runtime = createRuntime(graph, { services: { Depot: new Depot() } });
export const uses = async (): Promise<unknown> => {
  // wrong: Property 'Depot' is missing
  createRuntime(graph, { services: {} });
  // wrong: Argument of type '"Depot.sned"' is not assignable to parameter of type
  await runtime.start('Depot.sned', { id: 'a', grams: 3 });
  // wrong: Argument of type '"Depot.stamp"' is not assignable to parameter of type
  await runtime.start('Depot.stamp', { code: 'x' });
  // wrong: Argument of type '{ id: string; }' is not assignable to parameter of type
  await runtime.start('Depot.send', { id: 'a' });
  // wrong: Type 'string' is not assignable to type 'number'
  await runtime.start('Depot.send', { id: 'a', grams: '3' });
  // wrong: Object literal may only specify known properties, but 'gramms' does not exist
  await runtime.start('Depot.send', { id: 'a', grams: 3, gramms: 4 });
  // wrong: Expected 2-3 arguments, but got 1
  await runtime.start('Depot.send');
  // wrong: Object literal may only specify known properties, and 'idd' does not exist
  await runtime.start('Depot.send', { id: 'a', grams: 3 }, { idd: 'x' });
  // wrong: Type '{ code: string; }' is not assignable to type 'number'
  const wrong: number = await (await runtime.start('Depot.send', { id: 'a', grams: 3 })).value();
  // wrong: Type 'Parcel' is not assignable to type 'string'
  const text: string = await runtime.parse('Depot.send', new Parcel());
  const safely = await runtime.safeParse('Depot.send', new Parcel());
  // wrong: Property 'data' does not exist on type 'RefusedData'
  const parcel: Parcel = safely.success ? safely.data : safely.data;
  return [wrong, text, parcel];
};
