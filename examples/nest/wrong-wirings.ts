// Nine wrong wirings, each with a decorator or a bus of Nest and with Onward: what the compiler says of both.
//
//     npm ci && npm run build && npx tsx examples/nest/wrong-wirings.ts

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

interface Case {
  readonly mistake: string;
  readonly nest: string;
  readonly onward: string;
}

/** What all cases share. */
const SHOP = `
import { Command, type CommandBus } from '@nestjs/cqrs';
import type { EventEmitter2 } from '@nestjs/event-emitter';
import type { Queue } from 'bullmq';
import { Job, type RuntimeOf } from 'onward';
import type { Graph, JobType } from 'onward/wiring/v1';

export class Order { id!: string; cents!: number; }
export class Receipt { id!: string; paid!: number; }
export class Billing {
  @Job() charge(order: Order): Receipt { return { id: order.id, paid: order.cents }; }
}
interface Nodes { readonly 'Billing.charge': JobType<Order, Billing['charge']>; }
export declare const onward: RuntimeOf<Graph<Nodes, { readonly Billing: Billing }>>;

export class ChargeOrder extends Command<Receipt> { constructor(readonly order: Order) { super(); } }
export class RefundOrder extends Command<void> { constructor(readonly reason: string) { super(); } }
export class OrderCharged { constructor(readonly receipt: Receipt) {} }
export class OrderDeclined { constructor(readonly order: Order) {} }
export declare const commands: CommandBus;
export declare const emitter: EventEmitter2;
export declare const orders: Queue;
`;

const CASES: readonly Case[] = [
  {
    mistake: 'the name of what is listened to is misspelt',
    nest: `export class Mail { @OnEvent('order.chraged') thank(receipt: Receipt) { void receipt; } }`,
    onward: `export class Mail { @OnSuccess(() => Billing, 'chrage') thank(receipt: Receipt) { void receipt; } }`,
  },
  {
    mistake: 'the listener takes another type than what it gets',
    nest: `export class Mail { @OnEvent('order.charged') thank(receipt: string) { void receipt; } }`,
    onward: `export class Mail { @OnSuccess(() => Billing, 'charge') thank(receipt: string) { void receipt; } }`,
  },
  {
    mistake: 'what is sent is not what anybody takes',
    nest: `emitter.emit('order.charged', 42);`,
    onward: `void onward.start('Billing.charge', 42);`,
  },
  {
    mistake: 'the name of the job is misspelt',
    nest: `void orders.add('chrage', { id: 'o1', cents: 500 });`,
    onward: `void onward.start('Billing.chrage', { id: 'o1', cents: 500 });`,
  },
  {
    mistake: 'a field of the job has another type',
    nest: `void orders.add('charge', { id: 'o1', cents: '500' });`,
    onward: `void onward.start('Billing.charge', { id: 'o1', cents: '500' });`,
  },
  {
    mistake: 'the result is taken for something else',
    nest: `export const receipt: Promise<string> = commands.execute(new ChargeOrder({ id: 'o1', cents: 500 }));`,
    onward: `export const receipt: Promise<string> = onward.start('Billing.charge', { id: 'o1', cents: 500 }).then((run) => run.value());`,
  },
  {
    mistake: 'a handler stands at the failure and takes what a success gives',
    nest: `@EventsHandler(OrderDeclined) export class Sorry { handle({ receipt }: OrderCharged) { void receipt; } }`,
    onward: `export class Sorry { @OnError(() => Billing, 'charge') write(receipt: Receipt) { void receipt; } }`,
  },
  {
    mistake: 'a handler of one thing is registered for another',
    nest: `@CommandHandler(ChargeOrder) export class Refunds implements ICommandHandler<RefundOrder> { async execute({ reason }: RefundOrder) { void reason; } }`,
    onward: `export class Refunds { @Join({ receipt: from(() => Billing, 'charge') }) pay(message: { receipt: Order }) { void message; } }`,
  },
  {
    mistake: 'who is called at the end takes the result for certain',
    nest: `export class Watch extends WorkerHost { async process() {} @OnWorkerEvent('completed') ended(receipt: Receipt) { void receipt; } }`,
    onward: `export class Watch { @OnEnd(() => Billing, 'charge') ended(receipt: Receipt) { void receipt; } }`,
  },
];

const IMPORTS = {
  nest: `
import { CommandHandler, EventsHandler, type ICommandHandler } from '@nestjs/cqrs';
import { OnEvent } from '@nestjs/event-emitter';
import { OnWorkerEvent, WorkerHost } from '@nestjs/bullmq';
`,
  onward: `
import { from, Join, OnEnd, OnError, OnSuccess } from 'onward';
`,
} as const;
const OURS = `
import { Billing, ChargeOrder, commands, emitter, onward, Order, OrderCharged, OrderDeclined, orders, Receipt, RefundOrder } from './shop.js';
`;

const COMPILER_OPTIONS = {
  target: 'es2022',
  module: 'nodenext',
  types: ['node'],
  strict: true,
  noEmit: true,
  experimentalDecorators: true,
  skipLibCheck: true,
};

export interface Outcome {
  readonly mistake: string;
  /** What the compiler says; undefined if it compiles. */
  readonly nest: string | undefined;
  readonly onward: string | undefined;
}

/** Compiles every case, strictly, in a folder below the repository, which is removed again. */
export function compileWrongWirings(): Outcome[] {
  const cache = fileURLToPath(new URL('../../.cache/', import.meta.url));
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'wrong-wirings-'));
  try {
    const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
    write('tsconfig.json', JSON.stringify({ compilerOptions: COMPILER_OPTIONS, include: ['*.ts'] }));
    write('shop.ts', SHOP);
    for (const [at, wrong] of CASES.entries()) {
      for (const side of ['nest', 'onward'] as const) write(`${side}-${at}.ts`, IMPORTS[side] + OURS + wrong[side]);
    }
    const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
    const { stdout } = spawnSync(process.execPath, [compiler, '-p', folder], { cwd: folder, encoding: 'utf8' });
    const saidOf = (file: string): string | undefined =>
      new RegExp(`^${file}\\.ts\\(.*?\\): error (.*)$`, 'm').exec(stdout)?.[1];
    const elsewhere = stdout.split('\n').filter((line) => line.includes('error') && !/^(nest|onward)-\d/.test(line));
    if (elsewhere.length > 0) throw new Error(`the cases themselves do not compile:\n${elsewhere.join('\n')}`);
    return CASES.map(({ mistake }, at) => ({ mistake, nest: saidOf(`nest-${at}`), onward: saidOf(`onward-${at}`) }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As docs/beside-nest.md has it. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const shown = (text: string | undefined): string => (text === undefined ? 'compiles' : 'does not compile');
  const rows = outcomes.map(({ mistake, nest, onward }) => `| ${mistake} | ${shown(nest)} | ${shown(onward)} |`);
  return ['| mistake | Nest | Onward |', '|---|---|---|', ...rows].join('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const outcomes = compileWrongWirings();
  console.log(tableOf(outcomes));
  for (const { mistake, onward } of outcomes) console.log(`\n${mistake}\n  ${onward ?? 'compiles'}`);
}
