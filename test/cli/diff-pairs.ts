// Two versions of one project: the graph that runs were started with, and the one that is deployed in the middle of them.

import { spawnSync } from 'node:child_process';
import { createRuntime, type StartOptions } from 'onward';
import { journaledEngine, virtualClock } from 'onward/testing';
import type { Graph } from '../../src/wiring/v1.ts';
import { projectOnDisk, type ProjectOnDisk } from '../codegen/project-on-disk.ts';
import type { AnyNodes, Services } from '../support/wired.ts';

/** As it was. Every step behind an edge waits for an hour, so that there is always something in flight. */
export const SHOP = `import { IsInt, IsOptional, IsString, Min } from 'class-validator';
import { Handler, Job, Join, OnError, OnSuccess, ReturnValue, Schedule, type Sent, Service } from 'onward';
void [IsOptional, Min, Schedule, Service];

export class Order {
  @IsString() id!: string;
  @IsInt() cents!: number; @IsOptional() @IsString() note?: string;
}

export class Approval {
  @IsString() by!: string;
}

export class Parts {
  weight!: number;
  label!: string;
}

export class BankError extends Error {}

export class Shop {
  @Job({ retry: { attempts: 3 } })
  charge(order: Order): Order {
    if (order.cents > 1_000) throw new BankError('declined');
    return order;
  }

  @OnSuccess('charge', { after: '1h' })
  @Handler()
  pack(order: Order): number {
    return order.cents;
  }

  @OnError('charge', { when: BankError })
  @Handler()
  apologise(order: Order): void {
    void order;
  }

  @Job()
  quote(order: Order): number {
    return order.cents;
  }

  @OnSuccess('quote')
  @Handler({ waits: true })
  approve(approval: Sent<Approval>): string {
    return approval.by;
  }

  @Job()
  split(order: Order): Order {
    return order;
  }

  @OnSuccess('split')
  @Handler()
  weigh(order: Order): number {
    return order.cents;
  }

  @OnSuccess('split', { after: '1h' })
  @Handler()
  print(order: Order): string {
    return order.id;
  }

  @Join({ weight: 'weigh', label: 'print' })
  @Handler()
  ship(parts: Parts): string {
    return parts.label + String(parts.weight);
  }
}

export class Note {
  @ReturnValue() order!: Order;
  @IsString() tone!: string;
}

export class Cloth {
  cut?: number;
  dyed?: number;
}

export class First {
  one?: number;
  two?: number;
}

export class Slip {
  @IsString() id!: string;
}

export class ShopFloor {
  @Job()
  list(order: Order): Order[] {
    return [order, order];
  }

  @OnSuccess('list', { each: true, concurrency: 1, after: '1h' })
  @Handler()
  wrap(order: Order): number {
    return order.cents;
  }

  @Job({ retry: { attempts: 2, delay: '1h', jitter: 0 } })
  pay(order: Order): Order {
    throw new BankError(order.id);
  }

  @OnError('pay', { recover: true })
  @Handler()
  rescue(order: Order): Order {
    return order;
  }

  @Job()
  sell(order: Order): Order {
    return order;
  }

  @OnSuccess('sell', { critical: false, after: '1h' })
  @Handler()
  gift(): void {
    throw new Error('there are none left');
  }

  @OnSuccess('sell', { bind: { tone: 'kind' }, after: '1h' })
  @Handler()
  write(note: Note): string {
    if (note.tone !== 'kind') throw new Error(note.tone);
    return note.order.id;
  }

  @Job()
  stamp(order: Order): Slip {
    return { id: order.id };
  }

  @Job()
  press(order: Order): Slip {
    return { id: order.id };
  }

  @OnSuccess('stamp', { after: '1h' })
  @OnSuccess('press', { bind: { id: 'b' }, after: '1h' })
  @Handler()
  stick(slip: Slip): string {
    return slip.id;
  }

  @Job()
  weave(order: Order): number {
    return order.cents;
  }

  @OnSuccess('weave')
  @Handler()
  cut(cents: number): number {
    return cents;
  }

  @OnSuccess('weave', { after: '1h', critical: false })
  @Handler()
  dye(cents: number): number {
    throw new Error(String(cents));
  }

  @Join({ cut: 'cut', dyed: 'dye' })
  @Handler()
  sew(cloth: Cloth): number {
    return cloth.cut ?? 0;
  }

  @Job()
  race(order: Order): number {
    return order.cents;
  }

  @OnSuccess('race', { after: '1h' })
  @Handler()
  one(cents: number): number {
    return cents;
  }

  @OnSuccess('race', { after: '2h' })
  @Handler()
  two(cents: number): number {
    return cents;
  }

  @Join({ one: 'one', two: 'two' }, { mode: 'any' })
  @Handler()
  cheer(first: First): number {
    return first.one ?? first.two ?? 0;
  }

  @Job()
  fill(order: Order): Order[] {
    return [order, order];
  }

  @OnSuccess('fill', { after: '1h' })
  @Handler({ tags: ['eu'] })
  stack(orders: Order[]): number {
    return orders.length;
  }

  @Job()
  tidy(): void {}

  @Job()
  polish(order: Order): Order {
    return order;
  }

  @OnSuccess('polish')
  @OnSuccess('rub', { after: '1h' })
  @Handler({ maxRounds: 3 })
  rub(): void {}
}
`;

/** One change of the text: what was, and what is. */
export type Edit = readonly [before: string, after: string];

/** The last step of the shop is gone. */
export const REMOVED: Edit = [
  "  @OnSuccess('charge', { after: '1h' })\n  @Handler()\n  pack(order: Order): number {\n    return order.cents;\n  }\n",
  '',
];

export function edited(edits: readonly Edit[]): string {
  let text = SHOP;
  for (const [before, after] of edits) {
    if (!text.includes(before)) throw new Error(`the source has no ${before}`);
    text = text.replace(before, () => after);
  }
  return text;
}

/** A repository whose last commit has the shop as it was, and whose work tree has it as it is. */
export function repository(edits: readonly Edit[]): ProjectOnDisk {
  const project = projectOnDisk({ 'src/shop.ts': SHOP, '.gitignore': 'node_modules\\n' });
  git(project, 'init', '--quiet', '--initial-branch', 'main');
  git(project, 'add', '.');
  commit(project, 'as it was');
  project.write('src/shop.ts', edited(edits));
  return project;
}

export function commit(project: ProjectOnDisk, message: string): void {
  git(
    project,
    '-c',
    'user.name=a',
    '-c',
    'user.email=a@example.org',
    'commit',
    '--quiet',
    '--all',
    '--message',
    message,
  );
}

export function git({ folder }: ProjectOnDisk, ...words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('git', ['-C', folder, ...words], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

/** What a run does before the deployment, and what it does after it, until nothing is left. */
export interface Flight {
  readonly job?: string;
  readonly cents?: number;
  readonly options?: StartOptions;
}

/** How the steps of a run end that was started with the old version and goes on with the new one. */
export async function flown(edits: readonly Edit[], { job = 'Shop.charge', ...flight }: Flight): Promise<string[]> {
  const clock = virtualClock();
  const engine = journaledEngine();
  const before = await load(SHOP);
  const first = createRuntime(before.graph, { services: before.services, clock, engine, log: false });
  const run = await first.start(job, { id: 'a', cents: flight.cents ?? 5 }, flight.options ?? {});
  await clock.advance(1_000);
  const after = await load(edited(edits));
  const second = createRuntime(after.graph, { services: after.services, clock, engine, log: false });
  engine.restart();
  await clock.advance(1_000);
  const found = await second.run(run.id);
  await clock.advance(3 * 3_600_000);
  const { steps, status } = (await found?.inspect()) ?? { steps: [], status: 'unknown' };
  return [...steps.map(({ node, code }) => `${node} ${code}`), status];
}

interface Loaded {
  readonly graph: Graph<AnyNodes, Services>;
  readonly services: Services;
}

async function load(text: string): Promise<Loaded> {
  const project = projectOnDisk({ 'src/shop.ts': text });
  const { code, err } = await project.onward('generate');
  if (code !== 0) throw new Error(err);
  const { graph }: { readonly graph: Loaded['graph'] } = await import(
    /* @vite-ignore */ `${project.folder}/src/onward.gen.ts`
  );
  const module: Readonly<Record<string, new () => object>> = await import(
    /* @vite-ignore */ `${project.folder}/src/shop.ts`
  );
  const services = Object.entries(module).filter(([name]) => /^(Shop|Store)/.test(name));
  return { graph, services: Object.fromEntries(services.map(([name, Service]) => [name, new Service()])) };
}
