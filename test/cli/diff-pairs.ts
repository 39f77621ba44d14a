// Two versions of one project: the graph that runs were started with, and the one that is deployed in the middle of them.

import { spawnSync } from 'node:child_process';
import { createRuntime, type StartOptions } from 'onward';
import { journaledEngine, virtualClock } from 'onward/testing';
import type { Graph } from '../../src/wiring/v1.ts';
import { projectOnDisk, type ProjectOnDisk } from '../codegen/project-on-disk.ts';
import type { AnyNodes, Services } from '../support/wired.ts';

/** As it was. Every step behind an edge waits for an hour, so that there is always something in flight. */
export const SHOP = `import { IsInt, IsOptional, IsString, Min } from 'class-validator';
import { Handler, Job, Join, OnError, OnSuccess, type Sent, Service } from 'onward';
void [IsOptional, Min, Service];

export class Order {
  @IsString() id!: string;
  @IsInt() cents!: number;
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
`;

/** One change of the text: what was, and what is. */
export type Edit = readonly [before: string, after: string];

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
