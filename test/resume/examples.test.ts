// The failed run of every example: one body of it fails, a deployment repairs it, and the retry runs that body and what
// follows. Each body that a sound run calls has its turn to fail.
//
// EXAMPLES-1. The worlds of the examples are sound here, and their services are new in each life, as in a new process.
// EXAMPLES-2. In the retry a body is called once for each of its steps that is not kept, and never for one that is.

import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { describe, expect, test } from 'vitest';
import { createRuntime, type Engine, type FoundRun, type RunReport, type Runtime, type StartedRun } from 'onward';
import { definition } from 'onward/definitions';
import { sqliteEngine } from 'onward/engines/sqlite';
import { journaledEngine, virtualClock, type VirtualClock } from 'onward/testing';
import type { NodeTypes } from '../../src/api/nodes.ts';
import type { Graph } from '../../src/wiring/v1.ts';
import * as bakery from '../../examples/bakery/src/onward.gen.ts';
import { Bakery } from '../../examples/bakery/src/bakery.ts';
import { Office } from '../../examples/bakery/src/office.ts';
import * as durable from '../../examples/durable/src/onward.gen.ts';
import { Newsletter } from '../../examples/durable/src/newsletter.ts';
import * as earthquakes from '../../examples/earthquakes/src/onward.gen.ts';
import { Desk, Quarantine } from '../../examples/earthquakes/src/desk.ts';
import { Notices } from '../../examples/earthquakes/src/notices.ts';
import { REAL_FEED } from '../../examples/earthquakes/src/real-feed.ts';
import * as expenses from '../../examples/expenses/src/onward.gen.ts';
import { Claims } from '../../examples/expenses/src/claims.ts';
import * as greenhouse from '../../examples/greenhouse/src/onward.gen.ts';
import { Greenhouse } from '../../examples/greenhouse/src/greenhouse.ts';
import * as nest from '../../examples/nest/src/onward.gen.ts';
import { Gateway } from '../../examples/nest/src/gateway.ts';
import { Billing as NestBilling, Mail as NestMail } from '../../examples/nest/src/orders.ts';
import { Ended, Reports } from '../../examples/nest/src/reports.ts';
import * as observatory from '../../examples/observatory/src/onward.gen.ts';
import { Telescope } from '../../examples/observatory/src/telescope.ts';
import * as orders from '../../examples/orders/src/onward.gen.ts';
import { Billing as OrdersBilling } from '../../examples/orders/src/billing.ts';
import { Mail as OrdersMail } from '../../examples/orders/src/mail.ts';
import * as photoLab from '../../examples/photo-lab/src/onward.gen.ts';
import { Counter } from '../../examples/photo-lab/src/counter.ts';
import { Lab } from '../../examples/photo-lab/src/lab.ts';
import * as roastery from '../../examples/roastery/src/onward.gen.ts';
import { Roaster } from '../../examples/roastery/src/roaster.ts';
import { Storeroom } from '../../examples/roastery/src/storeroom.ts';
import * as shipments from '../../examples/shipments/src/onward.gen.ts';
import { Billing } from '../../examples/shipments/src/billing.ts';
import { Carriers } from '../../examples/shipments/src/carriers.ts';
import { Journal } from '../../examples/shipments/src/journal.ts';
import { Shop } from '../../examples/shipments/src/order.ts';
import { ORDERS, outside } from '../../examples/shipments/src/outside.ts';
import { Warehouse } from '../../examples/shipments/src/warehouse.ts';
import { readFileSync } from 'node:fs';
import { DRIVERS, storeFile } from '../support/sqlite.ts';

type Reporting = Pick<StartedRun, 'report'>;

/** One life of an example's process. */
interface Life {
  begin(): Promise<Reporting>;
  retry(id: string): Promise<Reporting>;
  /** What a run waits for comes from outside. */
  answer(id: string): Promise<void>;
  close(): Promise<void>;
  readonly clock: VirtualClock;
  /** The bodies that it has called. */
  readonly called: string[];
}

interface Example {
  readonly name: string;
  readonly open: (engine: Engine, broken: string | undefined) => Life;
}

const quiet = (): void => undefined;
Logger.overrideLogger(false);

function example<Nodes extends NodeTypes<Nodes>, Services extends object>(
  name: string,
  graph: Graph<Nodes, Services>,
  servicesOf: (clock: VirtualClock) => Services,
  begin: (runtime: Runtime<Nodes>, clock: VirtualClock) => Promise<Reporting>,
  answer: (run: FoundRun<Nodes>) => Promise<void> = async () => undefined,
): Example {
  return {
    name,
    open(engine, broken) {
      const clock = virtualClock();
      const called: string[] = [];
      const services = servicesOf(clock);
      for (const [service, instance] of Object.entries(services)) watch(service, instance, { called, broken });
      const runtime = createRuntime(graph, { services, clock, engine, log: false });
      return {
        clock,
        called,
        begin: () => begin(runtime, clock),
        retry: (id) => runtime.retry(id),
        async answer(id) {
          const run = await runtime.run(id);
          // One that is over takes nothing more.
          if (run !== undefined) await answer(run).catch(quiet);
        },
        async close() {
          const closing = runtime.close({ drainMs: 1 });
          await clock.advance(1);
          await closing;
        },
      };
    },
  };
}

/** Each body says that it is called, and the broken one fails. */
function watch(
  service: string,
  instance: object,
  { called, broken }: { readonly called: string[]; readonly broken: string | undefined },
): void {
  for (const method of Object.getOwnPropertyNames(Reflect.getPrototypeOf(instance) ?? {})) {
    const body: unknown = Reflect.get(instance, method);
    if (method === 'constructor' || typeof body !== 'function') continue;
    const value = (...given: unknown[]): unknown => {
      called.push(`${service}.${method}`);
      if (broken === `${service}.${method}`) throw new Error('broken');
      return Reflect.apply(body, instance, given);
    };
    Object.defineProperty(instance, method, { value });
  }
}

const EXAMPLES: readonly Example[] = [
  example(
    'bakery',
    bakery.graph,
    (clock) => ({ Bakery: new Bakery(clock, quiet, {}), Office: new Office(quiet) }),
    (runtime) =>
      runtime.start(
        runtime.sequence(
          [
            { job: 'Bakery.mix', message: { kind: 'rye', kilos: 30 } },
            { job: 'Bakery.bake', message: { kind: 'loaves', minutes: 55 } },
            { job: 'Bakery.deliver', message: { shop: 'the market' } },
            { job: 'Bakery.sweep', always: true },
          ],
          { onSuccess: 'Office.praise', onFailure: 'Office.complain' },
        ),
        { id: 'a' },
      ),
  ),
  example(
    'durable',
    durable.graph,
    () => ({ Newsletter: new Newsletter({ post: async (_key, letter) => letter }) }),
    (runtime) => runtime.start('Newsletter.readers', { number: 1 }, { id: 'a' }),
  ),
  example(
    'earthquakes',
    earthquakes.graph,
    () => ({ Desk: new Desk(), Quarantine: new Quarantine(), Notices: new Notices(() => false) }),
    async (runtime) => {
      const { features }: { features: unknown[] } = JSON.parse(readFileSync(REAL_FEED, 'utf8'));
      return runtime.start('Desk.receive', await runtime.parse('Desk.receive', features[0]), { id: 'a' });
    },
  ),
  example(
    'expenses',
    expenses.graph,
    () => ({ Claims: new Claims(quiet) }),
    async (runtime, clock) => {
      const run = await runtime.start('Claims.submit', { who: 'Bela', what: 'the ferry', cents: 18_900 }, { id: 'a' });
      await clock.advance(1);
      return run;
    },
    // The same id counts once.
    (run) => run.send('Claims.boss', { granted: true, by: 'Dr Orban' }, { id: 'form-7' }),
  ),
  example(
    'greenhouse',
    greenhouse.graph,
    () => ({ Greenhouse: new Greenhouse({ tomatoes: { moisture: 22, degrees: 29 } }, quiet) }),
    (runtime) => {
      const morning = readFileSync(new URL('../../examples/greenhouse/morning.json', import.meta.url));
      return runtime.start(definition(morning), { bed: 'tomatoes' }, { id: 'a' });
    },
  ),
  example(
    'nest',
    nest.graph,
    () => ({
      Billing: new NestBilling(Object.assign(Object.create(Gateway.prototype), { charge: async () => 'R-1' })),
      Mail: new NestMail(),
      Reports: new Reports(new Ended()),
    }),
    (runtime) => runtime.start('Billing.charge', { id: 'o', cents: 5 }, { id: 'a' }),
  ),
  example(
    'observatory',
    observatory.graph,
    (clock) => ({ Telescope: new Telescope(clock, new Set()) }),
    (runtime) => runtime.start('Telescope.observe', { targets: [{ name: 'Andromeda', minutes: 40 }] }, { id: 'a' }),
  ),
  example(
    'orders',
    orders.graph,
    () => ({ Billing: new OrdersBilling({ charge: async () => 'R-1' }), Mail: new OrdersMail() }),
    (runtime) => runtime.start('Billing.charge', { orderId: 'o', cents: 250_000 }, { id: 'a' }),
  ),
  example(
    'photo-lab',
    photoLab.graph,
    () => ({ Counter: new Counter(quiet), Lab: new Lab(quiet) }),
    (runtime) =>
      runtime.start(
        runtime.chain(['Lab.develop', 'Lab.scan', 'Lab.bind']),
        { roll: 'harbour', frames: 24 },
        { id: 'a' },
      ),
  ),
  example(
    'roastery',
    roastery.graph,
    () => ({ Roaster: new Roaster(quiet, { turn: () => 'fine' }), Storeroom: new Storeroom(quiet) }),
    (runtime) => runtime.start('Roaster.load', { name: 'Yirgacheffe', gain: 12, moisture: 10.8 }, { id: 'a' }),
  ),
  example(
    'shipments',
    shipments.graph,
    () => {
      const { gateway, line, stock, print } = outside();
      return {
        Billing: new Billing(gateway),
        Carriers: new Carriers({ ...line, book: quiet }),
        Journal: new Journal(),
        Shop: new Shop(),
        Warehouse: new Warehouse(stock, print),
      };
    },
    (runtime) => {
      const [order] = ORDERS;
      if (order === undefined) throw new Error('there are no orders');
      return runtime.start('Shop.order', order, { id: 'a' });
    },
  ),
];

async function over({ clock, answer }: Life, run: Reporting): Promise<RunReport> {
  await clock.advance(1);
  await answer('a');
  await clock.runAll();
  return run.report();
}

/** Nodes and how their steps ended, one line a step. */
const stepsIn = ({ steps }: RunReport): string[] =>
  steps.map(({ node, status, code }) => `${node} ${status} ${code === 208 ? 0 : code}`).toSorted();

/** Engines of two lives, one after the other. */
type Lives = () => () => Engine;

const onMaps: Lives = () => {
  const engine = journaledEngine();
  return () => engine;
};

/** @returns whether the run failed, and was repaired. */
async function isRepaired({ open }: Example, node: string, expected: RunReport, lives: Lives): Promise<boolean> {
  const next = lives();
  const broken = open(next(), node);
  const before = await over(broken, await broken.begin());
  await broken.close();
  // A callback that watches, such as a cleanup, does not fail its run.
  if (before.status !== 'failed') return false;
  const repaired = open(next(), undefined);
  const report = await over(repaired, await repaired.retry('a'));
  await repaired.close();
  expect([node, report.status, stepsIn(report)]).toEqual([node, 'completed', stepsIn(expected)]);
  const isCalled = ({ code }: RunReport['steps'][number]): boolean => code !== 208 && code !== 100 && code !== 110;
  const called = report.steps.filter(isCalled).map((step) => step.node);
  expect([node, repaired.called.toSorted()]).toEqual([node, called.toSorted()]);
  return true;
}

describe.each(EXAMPLES)('$name', (given) => {
  test('whichever body fails, the retry runs it and what follows, and nothing else', async () => {
    const sound = given.open(journaledEngine(), undefined);
    const expected = await over(sound, await sound.begin());
    expect(expected.status).toBe('completed');
    const nodes = [...new Set(expected.steps.map((step) => step.node))];
    const failing: string[] = [];
    for (const node of nodes) if (await isRepaired(given, node, expected, onMaps)) failing.push(node);
    const last = failing.at(-1) ?? '';
    expect(nodes).toContain(last);
    for (const driver of DRIVERS) {
      const onSqlite: Lives = () => {
        const file = storeFile();
        return () => sqliteEngine({ file, driver });
      };
      expect(await isRepaired(given, last, expected, onSqlite)).toBe(true);
    }
  });
});
