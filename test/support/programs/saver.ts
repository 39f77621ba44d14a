// Saves a signature and a chain, and starts a swarm that stays open; in its next life all of them are found by name.

import { IsInt, IsString } from 'class-validator';
import { createRuntime, Handler, Job } from 'onward';
import { sqliteEngine, type SqliteEngineOptions } from 'onward/engines/sqlite';
import { wire } from '../wired.ts';

interface Given extends SqliteEngineOptions {
  readonly life: 1 | 2;
}

const { life, ...options }: Given = JSON.parse(process.argv[2] ?? '{}');

class Order {
  @IsString() id!: string;
  @IsInt() cents!: number;
}

class Shop {
  @Job() charge({ id, cents }: Order): Order {
    console.log(`charge ${id} ${cents}`);
    return { id, cents };
  }
  @Job() ship({ id }: Order): string {
    return `parcel ${id}`;
  }
  @Handler() thank(): void {
    console.log('thank');
  }
}

const services = { Shop: new Shop() };
const wiring = wire(services, { 'Shop.charge': [Order], 'Shop.ship': [Order] });
const runtime = createRuntime(wiring, { services, engine: sqliteEngine(options), log: false });
if (life === 1) {
  await runtime.sign('Shop.charge', { cents: 5 }).onSuccess('Shop.thank').save('small');
  await runtime.chain(['Shop.charge', 'Shop.ship']).save('selling');
  const swarm = await runtime.start(runtime.swarm(), { id: 'bees' });
  await swarm.add('Shop.ship', { id: 'first', cents: 1 });
  console.log('saved');
  setInterval(() => undefined, 1_000);
} else {
  const [small, selling] = [await runtime.signature('small'), await runtime.signature('selling')];
  if (small === undefined || selling === undefined) throw new Error('they are gone');
  await (await runtime.start(small, { id: 'a' })).report();
  console.log(await (await runtime.start(selling, { id: 'b', cents: 7 })).value());
  const swarm = await runtime.run('bees');
  await swarm?.add('Shop.ship', { id: 'second', cents: 1 });
  await swarm?.close();
  console.log(await swarm?.value());
  await runtime.close();
}
