// Plans and signatures, typed by a wiring: everything here must compile.

import { createRuntime, from, type EntryResult, type ScheduleHandle, type RunReport, type Runtime } from 'onward';
import { definition } from 'onward/definitions';
import { defineGraph, type Graph, type HandlerType, type JobType } from 'onward/wiring/v1';

export class Address {
  street!: string;
  city!: string;
}

export class Order {
  id!: string;
  cents!: number;
  to!: Address;
  note?: string;
  label(): string {
    return this.id;
  }
}

export class Receipt {
  id!: string;
  cents!: number;
}

export class ReceiptMail {
  receipt!: Receipt;
  template!: string;
}

export class Refusal {
  error!: Error;
  desk!: string;
}

export class Approval {
  by!: string;
}

/** No classes: what has readonly fields has them all. */
export interface Weight {
  readonly id: string;
  readonly grams: number;
}
export interface Named {
  readonly id: string;
}

export class Shop {
  async order(order: Order): Promise<Receipt> {
    return { id: order.id, cents: order.cents };
  }
  count(): number {
    return 3;
  }
  ship(receipt: Receipt): string {
    return receipt.id;
  }
  sum(text: string): number {
    return text.length;
  }
}

export class Mail {
  book(receipt: Receipt, order: Order): void {
    void [receipt, order];
  }
  thank(mail: ReceiptMail): void {
    void mail;
  }
  sorry(order: Order, error: Error): void {
    void [order, error];
  }
  refuse(refusal: Refusal): void {
    void refusal;
  }
  log(value: unknown): void {
    void value;
  }
  bell(): void {}
  done(report: RunReport): void {
    void report;
  }
  weigh(weight: Weight): void {
    void weight;
  }
  grumble(named: Named, error: Error): void {
    void [named, error];
  }
  approve(approval: Approval, order: Order): void {
    void [approval, order];
  }
  note(words: any): void {
    void words;
  }
}

export interface Services {
  readonly Shop: Shop;
  readonly Mail: Mail;
}

export interface Nodes {
  readonly 'Shop.order': JobType<Order, Shop['order']>;
  readonly 'Shop.count': JobType<undefined, Shop['count']>;
  readonly 'Shop.ship': JobType<Receipt, Shop['ship']>;
  readonly 'Shop.sum': HandlerType<string, Shop['sum']>;
  readonly 'Mail.book': HandlerType<Receipt, Mail['book'], { message: Order }>;
  readonly 'Mail.thank': HandlerType<ReceiptMail, Mail['thank'], { field: 'receipt' }>;
  readonly 'Mail.sorry': HandlerType<Order, Mail['sorry'], { error: Error }>;
  readonly 'Mail.refuse': HandlerType<Refusal, Mail['refuse'], { errorField: 'error' }>;
  readonly 'Mail.log': HandlerType<unknown, Mail['log']>;
  readonly 'Mail.bell': HandlerType<undefined, Mail['bell']>;
  readonly 'Mail.done': HandlerType<RunReport, Mail['done'], { asIs: true }>;
  readonly 'Mail.weigh': HandlerType<Weight, Mail['weigh'], { asIs: true }>;
  readonly 'Mail.grumble': HandlerType<Named, Mail['grumble'], { error: Error; asIs: true }>;
  readonly 'Mail.approve': HandlerType<Approval, Mail['approve'], { message: Order; waits: true }>;
  readonly 'Mail.note': HandlerType<any, Mail['note'], { waits: true }>;
}

export const graph: Graph<Nodes, Services> = defineGraph<Nodes, Services>({
  contract: 1,
  graphHash: 'x',
  nodes: {},
  edges: [],
});

const services: Services = { Shop: new Shop(), Mail: new Mail() };
export const runtime: Runtime<Nodes> = createRuntime(graph, { services });
export const order = { id: 'a', cents: 3, to: { street: 'x', city: 'y' } };

export async function sign(): Promise<void> {
  const bare = runtime.sign('Shop.order');
  const bound = runtime.sign('Shop.order', { cents: 3 }).bind({ note: 'x' });
  const run = await runtime.start(bare, order);
  const receipt: Receipt = await run.value();
  const entry: Receipt = await run.entry();
  await runtime.start(bound, { id: 'a', to: order.to });
  await runtime.start(bound, order, { override: { to: { city: 'z' } }, tags: ['t'] });
  await runtime.start(runtime.sign('Shop.order', order));
  await runtime.start(runtime.sign('Shop.order', { to: { city: 'z' } }), { id: 'a', cents: 3 });
  await runtime.start(runtime.sign('Shop.order', { to: { city: 'z' } }), { id: 'a', cents: 3, to: { street: 'y' } });
  await runtime.start(runtime.sign('Shop.count'));
  const text: string = await (
    await runtime.start(
      runtime.sign(
        from(() => Shop, 'ship'),
        { id: 'x' },
      ),
      { cents: 3 },
    )
  ).value();
  runtime
    .sign('Shop.order')
    .onSuccess('Mail.book')
    .onSuccess('Mail.log')
    .onSuccess('Mail.bell')
    .onSuccess('Mail.approve')
    .onSuccess(runtime.sign('Mail.thank', { template: 'vip' }))
    .onSuccess(runtime.sign('Shop.ship').onSuccess('Shop.sum'))
    .onError('Mail.sorry')
    .onError('Mail.bell')
    .onError(runtime.sign('Mail.refuse', { desk: '3' }))
    .onError(runtime.sign('Shop.order', { note: 'again' }));
  await runtime.start(runtime.sign('Shop.order').validateWith(Order), order, { override: { cents: 4 } });
  void [receipt, entry, text];
}

export async function plan(): Promise<void> {
  const run = await runtime.start(
    runtime.sequence(
      [
        { job: 'Shop.order', message: order, group: 'a' },
        { job: 'Shop.count', if: ({ previous }) => previous?.ok, always: true },
        { job: runtime.sign('Shop.ship', { id: 'x' }), message: { cents: 3 } },
        { job: runtime.sign('Shop.order', order), if: [true, async () => true] },
      ],
      { keepGoing: true, onSuccess: 'Mail.done', onFailure: runtime.sign('Mail.bell') },
    ),
    { id: 'p', history: 'all' },
  );
  const [receipt, count, text, again]: [Receipt, number, string, Receipt] = await run.value();
  const [first] = await run.results();
  if (first.status === 'completed') void first.value.cents;
  else if (first.status === 'failed') void first.error;
  for await (const { index, job, status } of run.outcomes()) void [index, job, status];
  await runtime.start(runtime.parallel([{ job: 'Shop.count' }, { job: 'Shop.count' }], { onFailure: 'Mail.log' }));
  await runtime.start(runtime.parallel([]));
  void [receipt, count, text, again];
}

export async function chain(): Promise<void> {
  const run = await runtime.start(runtime.chain(['Shop.order', 'Shop.ship']), order, { tags: ['t'] });
  const text: string = await run.value();
  const [first, second] = await run.results();
  if (first.status === 'completed') void first.value.cents;
  if (second.status === 'completed') void second.value.length;
  const bound = runtime.sign('Shop.order', { cents: 3 });
  await runtime.start(runtime.chain([bound, 'Shop.ship'], { onFailure: 'Mail.done' }), { id: 'a', to: order.to });
  await runtime.start(runtime.chain(['Shop.count', 'Shop.count']));
  void text;
}

export async function swarm(): Promise<void> {
  const waiting = runtime.swarm<'Shop.order' | 'Shop.count'>({ concurrency: 5, stopAfterFailures: 3, maxSteps: 20 });
  waiting
    .add('Shop.order', order)
    .add('Shop.count')
    .add(runtime.sign('Shop.order', { cents: 3 }), { id: 'a', to: order.to });
  const run = await runtime.start(waiting, { id: 's' });
  await run.add('Shop.count');
  await run.close();
  const values: (Receipt | number)[] = await run.value();
  const results: EntryResult<Receipt | number>[] = await run.results();
  await runtime.start(runtime.swarm({ onFailure: 'Mail.done' }).close());
  void [values, results];
}

export async function send(id: string): Promise<void> {
  const run = await runtime.start('Shop.order', order);
  await run.send('Mail.approve', { by: 'x' });
  await run.send('Mail.approve', { by: 'x' }, { id: 's1' });
  await run.send('Mail.note', { words: 'x' });
  const found = await runtime.run(id);
  await found?.send('Mail.approve', { by: 'x' });
  await found?.add('Shop.count');
  void (await found?.results());
  // Its plan may be any: nothing is known of its value, also not that it is an array.
  const report = await found?.report();
  const value: undefined extends NonNullable<typeof report>['value'] ? 'any value' : never = 'any value';
  const whole: unknown[] extends NonNullable<typeof report>['value'] ? 'any value' : never = 'any value';
  const text: string extends NonNullable<typeof report>['value'] ? 'any value' : never = 'any value';
  void [value, whole, text];
}

export async function fromJson(json: unknown): Promise<void> {
  const run = await runtime.start(definition(json), { limit: 3 }, { id: 'd' });
  const { fetched } = await run.value();
  for (const { name, status } of await run.results()) void [name, status];
  await runtime.start(definition('{}'));
  void fetched;
}

export async function schedule(): Promise<void> {
  const daily: ScheduleHandle = await runtime.schedule('Shop.count', '0 6 * * *');
  await runtime.schedule('Shop.count', '0 6 * * *', { overlap: 'queue', timezone: 'Europe/Berlin', name: 'count' });
  await runtime.schedule('Shop.order', '@hourly', { message: order, overlap: 3 });
  const next: Date | null = daily.next();
  await daily.stop();
  void next;
}
