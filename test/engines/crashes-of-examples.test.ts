// The applications of the examples on SQLite, with a crash before and after their commits, and with a disk that is full or
// read-only at them: every run ends as it does in memory. With SOAK at every commit, else at some of the long ones.

import { readFileSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRuntime, memoryEngine, type Engine, type RunReport, type Runtime } from 'onward';
import { definition } from 'onward/definitions';
import { breakDiskAtEveryCommit, crashAtEveryCommit, virtualClock, type VirtualClock } from 'onward/testing';
import type { Graph } from 'onward/wiring/v1';
import type { NodeTypes } from '../../src/api/nodes.ts';
import { Bakery } from '../../examples/bakery/src/bakery.ts';
import { Office } from '../../examples/bakery/src/office.ts';
import { graph as bakery } from '../../examples/bakery/src/onward.gen.ts';
import { Newsletter } from '../../examples/durable/src/newsletter.ts';
import { graph as newsletter } from '../../examples/durable/src/onward.gen.ts';
import { Desk, Quarantine } from '../../examples/earthquakes/src/desk.ts';
import { Notices } from '../../examples/earthquakes/src/notices.ts';
import { graph as earthquakes } from '../../examples/earthquakes/src/onward.gen.ts';
import { REAL_FEED } from '../../examples/earthquakes/src/real-feed.ts';
import { Claims } from '../../examples/expenses/src/claims.ts';
import { graph as expenses } from '../../examples/expenses/src/onward.gen.ts';
import { Greenhouse } from '../../examples/greenhouse/src/greenhouse.ts';
import { graph as greenhouse } from '../../examples/greenhouse/src/onward.gen.ts';
import { Gateway } from '../../examples/nest/src/gateway.ts';
import { Billing as NestBilling, Mail as NestMail } from '../../examples/nest/src/orders.ts';
import { graph as nest } from '../../examples/nest/src/onward.gen.ts';
import { Ended, Reports } from '../../examples/nest/src/reports.ts';
import { graph as observatory } from '../../examples/observatory/src/onward.gen.ts';
import { Telescope } from '../../examples/observatory/src/telescope.ts';
import { Billing as OrderBilling, CardDeclined } from '../../examples/orders/src/billing.ts';
import { Mail as OrderMail } from '../../examples/orders/src/mail.ts';
import { graph as orders } from '../../examples/orders/src/onward.gen.ts';
import { Counter } from '../../examples/photo-lab/src/counter.ts';
import { Lab } from '../../examples/photo-lab/src/lab.ts';
import { graph as photoLab } from '../../examples/photo-lab/src/onward.gen.ts';
import { graph as roastery } from '../../examples/roastery/src/onward.gen.ts';
import { DrumJammed, Roaster } from '../../examples/roastery/src/roaster.ts';
import { Storeroom } from '../../examples/roastery/src/storeroom.ts';
import { Billing } from '../../examples/shipments/src/billing.ts';
import { Carriers } from '../../examples/shipments/src/carriers.ts';
import { Journal } from '../../examples/shipments/src/journal.ts';
import { graph as shipments } from '../../examples/shipments/src/onward.gen.ts';
import { Shop } from '../../examples/shipments/src/order.ts';
import { ORDERS, outside } from '../../examples/shipments/src/outside.ts';
import { Warehouse } from '../../examples/shipments/src/warehouse.ts';
import { isOnwardError } from '../../src/errors/onward-error.ts';

const IS_SOAK = process.env['SOAK'] !== undefined;

type Play = (engine: Engine, died?: AbortSignal) => Promise<unknown>;

interface Example<Nodes extends NodeTypes<Nodes>, Services> {
  readonly graph: Graph<Nodes, Services>;
  /** Made anew in each life: a process that dies remembers nothing. */
  readonly services: (clock: VirtualClock) => Services;
  /** Starts runs under ids, or finds them as an earlier life has left them, and does what is done from outside. */
  readonly begin: (runtime: Runtime<Nodes>, clock: VirtualClock) => Promise<readonly string[]>;
}

/** What is the same whenever the process died: everything but times, attempts, and the order in which steps were made. */
function essence(report: RunReport): unknown {
  const { status, value, state, steps, callbackFailures } = report;
  const lines = steps.map((step) => JSON.stringify([step.node, step.status, step.code]));
  return { status, value, state, steps: lines.toSorted(), callbackFailures: callbackFailures.length };
}

function played<Nodes extends NodeTypes<Nodes>, Services>({ graph, services, begin }: Example<Nodes, Services>): Play {
  return async (engine, died) => {
    const clock = virtualClock();
    const runtime = createRuntime(graph, { services: services(clock), clock, engine, log: false });
    const ids = await begin(runtime, clock);
    const ended = { are: false };
    const reports = Promise.all(
      ids.map(async (id) => {
        const report = await (await runtime.run(id))?.report();
        return report === undefined ? 'lost' : essence(report);
      }),
    ).finally(() => (ended.are = true));
    const goesOn = (): boolean => !ended.are && died?.aborted !== true;
    while (goesOn()) await clock.runAll();
    await runtime.close();
    return reports;
  };
}

/** An earlier life has done it already, and the run has ended, or it waits no more. */
async function unlessOver(doing: Promise<unknown> | undefined): Promise<void> {
  try {
    await doing;
  } catch (error) {
    if (!isOnwardError(error, 'ONW3030')) throw error;
  }
}

const quiet = (): void => undefined;
const drum = {
  turn(name: string): 'fine' | 'smoke' {
    if (name === 'Sidamo') throw new DrumJammed('a pebble');
    return 'fine';
  },
};

/** Clouds that stay: in a life that has forgotten them they would come once more. */
class Overcast extends Set<string> {
  override delete(name: string): boolean {
    return this.has(name);
  }
}

const EXAMPLES: Readonly<Record<string, Play>> = {
  bakery: played({
    graph: bakery,
    services: (clock) => ({
      Bakery: new Bakery(clock, quiet, { van: 1, burns: 'rolls' }),
      Office: new Office(quiet),
    }),
    begin: async (runtime) => {
      const callbacks = { onSuccess: 'Office.praise', onFailure: 'Office.complain' } as const;
      const night = runtime.sequence(
        [
          { job: 'Bakery.mix', message: { kind: 'rye', kilos: 30 } },
          { job: 'Bakery.bake', message: { kind: 'loaves', minutes: 55 } },
          { job: 'Bakery.deliver', message: { shop: 'the market' } },
          { job: 'Bakery.sweep', always: true },
        ],
        callbacks,
      );
      const feast = runtime.parallel(
        [
          { job: 'Bakery.bake', message: { kind: 'rolls', minutes: 20 }, group: 'small' },
          { job: 'Bakery.bake', message: { kind: 'pretzels', minutes: 15 }, group: 'small' },
          { job: 'Bakery.bake', message: { kind: 'cakes', minutes: 40 }, group: 'stone' },
        ],
        { ...callbacks, keepGoing: true },
      );
      await runtime.start(night, { id: 'night' });
      await runtime.start(feast, { id: 'feast' });
      return ['night', 'feast'];
    },
  }),
  durable: played({
    graph: newsletter,
    services: () => ({ Newsletter: new Newsletter({ post: async (_key, letter) => letter }) }),
    begin: async (runtime) => {
      await runtime.start('Newsletter.readers', { number: 1 }, { id: 'issue' });
      return ['issue'];
    },
  }),
  earthquakes: played({
    graph: earthquakes,
    services: () => ({
      Desk: new Desk(),
      Quarantine: new Quarantine(),
      Notices: new Notices((_, attempt) => attempt === 1),
    }),
    begin: async (runtime) => {
      const { features }: { readonly features: readonly { readonly id: string }[] } = JSON.parse(
        readFileSync(REAL_FEED, 'utf8'),
      );
      const ids: string[] = [];
      for (const { id, ...feature } of features.slice(0, 3)) {
        await runtime.start('Desk.receive', await runtime.parse('Desk.receive', { id, ...feature }), { id });
        ids.push(id);
      }
      return ids;
    },
  }),
  expenses: played({
    graph: expenses,
    services: () => ({ Claims: new Claims(quiet) }),
    begin: async (runtime, clock) => {
      await runtime.start('Claims.submit', { who: 'Ada', what: 'stamps', cents: 1_240 }, { id: 'stamps' });
      const ferry = await runtime.start(
        'Claims.submit',
        { who: 'Bela', what: 'the ferry', cents: 18_900 },
        { id: 'ferry' },
      );
      await clock.advance(1_000);
      await unlessOver(ferry.send('Claims.boss', { granted: true, by: 'Dr Orban' }, { id: 'form-7' }));
      return ['stamps', 'ferry'];
    },
  }),
  greenhouse: played({
    graph: greenhouse,
    services: () => ({ Greenhouse: new Greenhouse({ tomatoes: { moisture: 22, degrees: 24 } }, quiet) }),
    begin: async (runtime) => {
      const path = new URL('../../examples/greenhouse/morning.json', import.meta.url);
      for (const bed of ['tomatoes', 'basil'])
        await runtime.start(definition(readFileSync(path)), { bed }, { id: bed });
      return ['tomatoes', 'basil'];
    },
  }),
  nest: played({
    graph: nest,
    services: () => ({
      Billing: new NestBilling(new Gateway()),
      Mail: new NestMail(),
      Reports: new Reports(new Ended()),
    }),
    begin: async (runtime) => {
      await runtime.start('Billing.charge', { id: 'a', cents: 500 }, { id: 'a' });
      await runtime.start('Billing.charge', { id: 'b', cents: 500_000 }, { id: 'b' });
      await runtime.start('Reports.daily', undefined, { id: 'c' });
      return ['a', 'b', 'c'];
    },
  }),
  observatory: played({
    graph: observatory,
    services: (clock) => ({ Telescope: new Telescope(clock, new Overcast(['Orion'])) }),
    begin: async (runtime) => {
      const dumbbell = { name: 'Dumbbell', minutes: 20 };
      await runtime.start('Telescope.observe', { targets: [{ name: 'Andromeda', minutes: 40 }] }, { id: 'clear' });
      await runtime.start(
        'Telescope.observe',
        { targets: [{ name: 'Orion', minutes: 30 }, dumbbell] },
        { id: 'clouds' },
      );
      return ['clear', 'clouds'];
    },
  }),
  orders: played({
    graph: orders,
    services: () => {
      let calls = 0;
      const gateway = {
        async charge(cents: number): Promise<string> {
          if (++calls === 1) throw new Error('the line to the bank is busy');
          if (cents === 666) throw new CardDeclined('the card was declined');
          return `R-${cents}`;
        },
      };
      return { Billing: new OrderBilling(gateway), Mail: new OrderMail() };
    },
    begin: async (runtime) => {
      const ids = [4_200, 250_000, 666].map((cents) => `order-${cents}`);
      for (const orderId of ids)
        await runtime.start('Billing.charge', { orderId, cents: Number(orderId.slice(6)) }, { id: orderId });
      return ids;
    },
  }),
  'photo-lab': played({
    graph: photoLab,
    services: () => ({ Counter: new Counter(quiet), Lab: new Lab(quiet) }),
    begin: async (runtime) => {
      const film = await runtime.start(
        runtime.chain(['Lab.develop', 'Lab.scan', 'Lab.bind']),
        { roll: 'harbour', frames: 24 },
        { id: 'film', suspended: true },
      );
      await unlessOver(film.resume());
      const framed = runtime
        .sign('Lab.print', { paper: 'matt' })
        .bind({ frame: { wood: 'oak' } })
        .onSuccess(runtime.sign('Counter.ready', { by: 'text message' }))
        .onError(runtime.sign('Counter.sorry', { vouchers: 2 }));
      const frame = { wood: 'none', border: 3 } as const;
      await runtime.start(framed, { file: 'moon-1', frame }, { id: 'moon' });
      const box = runtime.swarm<'Lab.print'>({ concurrency: 1, stopAfterFailures: 2, onFailure: 'Counter.count' });
      const plain = runtime.sign('Lab.print', { frame: { wood: 'none', border: 0 } });
      for (const file of ['harbour-1', 'moon-2', 'harbour-2']) box.add(plain, { file });
      await runtime.start(box.close(), { id: 'box' });
      return ['film', 'moon', 'box'];
    },
  }),
  roastery: played({
    graph: roastery,
    services: () => ({ Roaster: new Roaster(quiet, drum), Storeroom: new Storeroom(quiet) }),
    begin: async (runtime) => {
      for (const lot of [
        { name: 'Mogiana', gain: 20, moisture: 9.1 },
        { name: 'Sidamo', gain: 12, moisture: 11 },
      ])
        await runtime.start('Roaster.load', lot, { id: lot.name });
      return ['Mogiana', 'Sidamo'];
    },
  }),
  shipments: played({
    graph: shipments,
    services: () => {
      const { gateway, line, stock, print } = outside();
      return {
        Billing: new Billing(gateway),
        Carriers: new Carriers(line),
        Journal: new Journal(),
        Shop: new Shop(),
        Warehouse: new Warehouse(stock, print),
      };
    },
    begin: async (runtime) => {
      const some = IS_SOAK ? ORDERS : ORDERS.slice(0, 2);
      for (const order of some) await runtime.start('Shop.order', order, { id: order.id });
      return some.map(({ id }) => id);
    },
  }),
};

beforeAll(() => Logger.overrideLogger(false));
afterAll(() => Logger.overrideLogger(['error']));

test.each(Object.entries(EXAMPLES))(
  '%s: whatever commit it dies at, every run ends as it does in memory',
  async (name, play) => {
    const whole = await play(memoryEngine());
    expect(JSON.stringify(whole)).toContain('"status":"completed"');
    const points = await crashAtEveryCommit(play, { every: IS_SOAK || name !== 'shipments' ? 1 : 13 });
    expect(points.length).toBeGreaterThan(1);
    for (const { commit, side, result } of points) expect(result, `a crash ${side} commit ${commit}`).toEqual(whole);
  },
);

test.each(Object.entries(EXAMPLES))(
  '%s: whatever commit the disk is full or read-only at, every run ends as it does in memory',
  async (_, play) => {
    const whole = await play(memoryEngine());
    const points = await breakDiskAtEveryCommit(play, { every: IS_SOAK ? 1 : 7 });
    expect(new Set(points.map(({ fault }) => fault))).toEqual(new Set(['full', 'read-only']));
    for (const { commit, fault, result } of points) expect(result, `${fault} at commit ${commit}`).toEqual(whole);
  },
);
