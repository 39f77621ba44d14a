// Clients of runs in Redis: processes with the generated graph and the messages, and without the services.

import { spawn, type ChildProcess } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { IsInt, IsString } from 'class-validator';
import { expect, test } from 'vitest';
import { Handler, Job, memoryEngine, OnCancel, OnSuccess, type Runtime, type Sent, type StepContext } from 'onward';
import { createClient, type Client, type ClientOptions } from 'onward/client';
import { definition } from 'onward/definitions';
import { bullmqEngine, type BullmqEngineOptions } from 'onward/engines/bullmq';
import { sqliteEngine } from 'onward/engines/sqlite';
import { virtualClock } from 'onward/testing';
import { projectOnDisk } from '../codegen/project-on-disk.ts';
import { casesOnRedis } from '../support/cases-on-redis.ts';
import { outputOf, up } from '../support/child.ts';
import { temporaryFolder } from '../support/folders.ts';
import { describeWithRedis } from '../support/redis.ts';
import { wire, type AnyNodes, type Parameters } from '../support/wired.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

class Order {
  @IsInt() n!: number;
}
class Approval {
  @IsString() by!: string;
}

class Desk {
  readonly called: string[] = [];
  @Job({ expose: true, concurrency: 1 }) file(order: Order): number {
    this.called.push('file');
    return order.n;
  }
  @OnSuccess('file', { after: '10ms', when: (n: number) => n > 1 }) announce(n: number): string {
    this.called.push('announce');
    return `announced ${n}`;
  }
  @Job({ retry: { attempts: 3, delay: '1ms', jitter: 0 }, tags: ['gold'] }) ask(order: Order): number {
    this.called.push('ask');
    return order.n;
  }
  @OnSuccess('ask') @Handler({ waits: true }) approve(approval: Sent<Approval>): string {
    this.called.push('approve');
    return approval.by;
  }
  @Job() async wait(_order: Order, context: StepContext): Promise<void> {
    this.called.push('wait');
    await new Promise((_, reject) => {
      context.signal.addEventListener('abort', () => reject(context.signal.reason));
    });
  }
  @OnCancel('wait') tidy(): void {
    this.called.push('tidy');
  }
  @Job() fails(order: Order): number {
    this.called.push('fails');
    if (this.called.filter((each) => each === 'fails').length === 1) throw new Error('once');
    return order.n;
  }
}

const PARAMETERS: Parameters = {
  'Desk.file': [Order],
  'Desk.ask': [Order],
  'Desk.approve': [Approval],
  'Desk.wait': [Order, 'context'],
  'Desk.fails': [Order],
};

describeWithRedis('a client', () => {
  const cases = casesOnRedis();
  const engine = () => bullmqEngine(cases.options({ recoverAfter: '1.5s' }));
  const opened = (desk: Desk, more: Partial<BullmqEngineOptions> = {}): Runtime<AnyNodes> =>
    cases.opened(wire({ Desk: desk }, PARAMETERS), { Desk: desk }, { recoverAfter: '1.5s', ...more });

  async function worker(): Promise<{ readonly runtime: Runtime<AnyNodes>; readonly desk: Desk }> {
    const desk = new Desk();
    const runtime = opened(desk);
    void runtime.work();
    await runtime.runs({ limit: 1 });
    return { runtime, desk };
  }

  async function client(more: Partial<ClientOptions> = {}): Promise<Client<AnyNodes>> {
    const graph = wire({ Desk: new Desk() }, PARAMETERS);
    return cases.closing(await createClient(graph, { engine: engine(), log: false, ...more }));
  }

  test('it starts, waits, and reads what others have performed, as options and conditions of the annotations say', async () => {
    const { desk } = await worker();
    const asking = await client();
    const run = await asking.start('Desk.file', { n: 2 }, { id: 'file-2' });
    expect(await run.value()).toBe(2);
    const report = await run.report();
    expect(report.steps.map(({ node, status }) => `${node} ${status}`)).toEqual([
      'Desk.file completed',
      'Desk.announce completed',
    ]);
    expect(desk.called).toEqual(['file', 'announce']);
    expect((await asking.runs()).runs.map(({ id, status }) => [id, status])).toEqual([['file-2', 'completed']]);
    expect((await (await asking.run('file-2'))?.inspect())?.job).toBe('Desk.file');
  });

  test('its runs have the graph of the workers: `onGraphChange` has nothing to say', async () => {
    await worker();
    const asking = await client();
    const run = await asking.start('Desk.ask', { n: 1 }, { tags: ['gold'], onGraphChange: 'raise' });
    await expect.poll(async () => (await asking.waiting()).map(({ node }) => node)).toEqual(['Desk.approve']);
    await Reflect.apply(run.send, run, ['Desk.approve', { by: 'ann' }]);
    expect((await run.report()).status).toBe('completed');
  });

  test('what it knows of options counts: a tag that a run lacks, and attempts', async () => {
    await worker();
    const asking = await client();
    const run = await asking.start('Desk.ask', { n: 1 });
    expect((await run.report()).steps.map(({ code }) => code)).toEqual([105]);
  });

  test('it cancels and retries, and callbacks of that are performed by a worker', async () => {
    const { desk } = await worker();
    const asking = await client();
    const run = await asking.start('Desk.wait', { n: 1 });
    await expect.poll(() => desk.called).toEqual(['wait']);
    await run.cancel('enough');
    expect((await run.report()).status).toBe('cancelled');
    expect(desk.called).toEqual(['wait', 'tidy']);

    const failing = await asking.start('Desk.fails', { n: 7 }, { id: 'failing' });
    await expect(failing.value()).rejects.toThrow('once');
    await failing.report();
    expect(await (await asking.retry('failing')).value()).toBe(7);
  });

  test('messages are checked before anything is stored', async () => {
    await worker();
    const asking = await client();
    await expect(asking.start('Desk.file', { n: 'x' })).rejects.toMatchObject({ code: 'ONW2003' });
    await expect(asking.start('Desk.fil', { n: 1 })).rejects.toMatchObject({ code: 'ONW3005' });
    expect((await asking.runs()).runs).toEqual([]);
  });

  test('plans, signatures and definitions are those of the graph', async () => {
    await worker();
    const asking = await client();
    const plan = asking.sequence([{ job: 'Desk.file', message: { n: 1 } }]);
    expect(await (await asking.start(plan)).value()).toEqual([1]);
    await asking.sign('Desk.file', { n: 3 }).save('three');
    const steps = (job: string) => definition({ steps: [{ id: 'one', job, message: { n: 5 } }] });
    expect(await (await asking.start(steps('Desk.file'))).value()).toEqual({ one: 5 });
    // It is not exposed.
    await expect((await asking.start(steps('Desk.fails'))).value()).rejects.toMatchObject({ code: 'ONW3050' });
  });

  test('it performs nothing, also while nobody works', async () => {
    const { runtime } = await worker();
    await runtime.close({ drainMs: 0 });
    const asking = await client();
    const run = await asking.start('Desk.file', { n: 2 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await run.inspect()).steps.map(({ status, attempts }) => [status, attempts.length])).toEqual([
      ['running', 0],
    ]);
    const working = asking as unknown as Runtime<AnyNodes>;
    for (const refused of [working.work(), working.schedule('Desk.file', '* * * * *'), working.openSchedules()])
      await expect(refused).rejects.toMatchObject({ code: 'ONW3003' });
  });

  test('where nobody works, that is said once, a while after a start', async () => {
    const { runtime } = await worker();
    const said: string[] = [];
    const clock = virtualClock();
    const log = { error: () => undefined, warn: (text: string) => void said.push(text) };
    const asking = await client({ clock, log });
    await asking.start('Desk.file', { n: 1 });
    await clock.advance(5_000);
    await new Promise((resolve) => setTimeout(resolve, 100));
    // There was a worker, and for a minute that is taken for granted.
    expect(said).toEqual([]);
    await runtime.close({ drainMs: 0 });
    await clock.advance(60_000);
    for (let start = 0; start < 2; start++) {
      await asking.start('Desk.file', { n: 2 });
      await clock.advance(5_000);
      await expect.poll(() => said.length).toBe(1);
    }
    expect(said[0]).toBe(
      `no process works on the queue "${cases.queue}": what is started waits until one calls \`runtime.work()\`, with the same \`queue\` and \`prefix\``,
    );
  });

  test('its tasks go to the queues of the workers', async () => {
    await opened(new Desk(), { queues: { 'Desk.ask': 'asking' } }).runs({ limit: 1 });
    const asking = await client();
    await asking.start('Desk.ask', { n: 1 }, { tags: ['gold'] });
    expect(await cases.redis().llen(`{onward}:${cases.queue}.asking:wait`)).toBe(1);
  });

  test('without a process that has the services it says so, and holds no connection', async () => {
    const redis = cases.redis();
    const connections = async (): Promise<number> =>
      String(await redis.client('LIST'))
        .trim()
        .split('\n').length;
    await expect.poll(connections).toBe(1);
    await expect(client()).rejects.toThrow(/^ONW4013: no process that has the services has opened the store/);
    await expect.poll(connections).toBe(1);
    const { runtime } = await worker();
    await runtime.close();
    // The same engine can be used once there was one.
    await client();
  });

  test('of many versions the last fifty are known', async () => {
    const graphs = wire({ Desk: new Desk() }, PARAMETERS);
    for (let version = 0; version < 52; version++) {
      const services = { Desk: new Desk() };
      const graph = { ...wire(services, PARAMETERS), graphHash: `v${version}` };
      const runtime = cases.opened(graph, services);
      await runtime.runs({ limit: 1 });
      await runtime.close({ drainMs: 0 });
    }
    const asked = (graphHash: string) => createClient({ ...graphs, graphHash }, { engine: engine() });
    await expect(asked('v1')).rejects.toMatchObject({ code: 'ONW4013' });
    const [, last] = [await asked('v2'), await asked('v51')].map((each) => cases.closing(each));
    expect(inspect(last)).toMatch(/^Client \{ \d+ jobs, \d+ nodes \}$/);
  });

  test('options are checked, and engines whose runs belong to one process are refused', async () => {
    const graph = wire({ Desk: new Desk() }, PARAMETERS);
    const given = (options: unknown) => createClient(graph, options as ClientOptions);
    await expect(given({ services: {}, engine: engine() })).rejects.toThrow(/services/);
    await expect(given({})).rejects.toThrow(/expected `engine` to be that of the processes with the services/);
    await expect(given(undefined)).rejects.toMatchObject({ code: 'ONW3004' });
    for (const engine of [memoryEngine(), sqliteEngine({ file: join(temporaryFolder('client'), 'onward.db') })])
      await expect(given({ engine })).rejects.toThrow(/the runs of this engine belong to one process/);
    await expect(createClient({} as typeof graph, { engine: engine() })).rejects.toMatchObject({ code: 'ONW3001' });
    const away = bullmqEngine({ connection: 'redis://127.0.0.1:1', answerWithin: '200ms' });
    await expect(given({ engine: away })).rejects.toMatchObject({ code: 'ONW4010' });
  });

  test('two processes: the client has the generated graph, and the file of the services throws where it is loaded', async () => {
    const project = projectOnDisk({
      'src/messages.ts': MESSAGES,
      'src/shop.ts': SHOP,
      'src/worker.ts': WORKER,
      'src/client.ts': CLIENT,
    });
    symlinkSync(root, join(project.folder, 'node_modules/onward'), 'dir');
    expect(await project.onward('generate')).toMatchObject({ code: 0, err: '' });
    const start = (name: string): ChildProcess => {
      const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
      const env = { ...process.env, ROLE: name, REDIS: cases.server.address, QUEUE: cases.queue };
      return spawn(process.execPath, ['--import', loader, `src/${name}.ts`], { cwd: project.folder, env });
    };
    const working = start('worker');
    await up(working);
    const asking = start('client');
    let complaints = '';
    asking.stderr?.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
    const said = await outputOf(asking);
    working.kill();
    expect(complaints).toBe('');
    expect(JSON.parse(said)).toEqual({
      value: { $: 'Receipt', total: 42 },
      isReceipt: true,
      status: 'completed',
      events: ['run.started', 'step.completed', 'step.completed', 'run.ended'],
      listed: ['order-1'],
      approved: 'ann',
    });
  });
});

const MESSAGES = `import { IsInt, IsString } from 'class-validator';
export class Order { @IsInt() n!: number; }
export class Approval { @IsString() by!: string; }
export class Receipt { constructor(readonly total: number) {} }
`;
const SHOP = `import { Handler, Job, OnSuccess, type Sent } from 'onward';
import { Approval, Order, Receipt } from './messages.js';
if (process.env.ROLE === 'client') throw new Error('the services were loaded');
export class Shop {
  @Job() sell(order: Order): Receipt { return new Receipt(order.n * 2); }
  @OnSuccess('sell') @Handler({ waits: true }) approve(approval: Sent<Approval>): string { return approval.by; }
}
`;
const WORKER = `import { createRuntime } from 'onward';
import { bullmqEngine } from 'onward/engines/bullmq';
import { graph } from './onward.gen.js';
import { Shop } from './shop.js';
const engine = bullmqEngine({ connection: process.env.REDIS!, queue: process.env.QUEUE! });
const runtime = createRuntime(graph, { services: { Shop: new Shop() }, engine });
await runtime.runs({ limit: 1 });
console.log('up');
await runtime.work();
`;
const CLIENT = `import { createClient } from 'onward/client';
import { bullmqEngine } from 'onward/engines/bullmq';
import { Receipt } from './messages.js';
import { graph } from './onward.gen.js';
const engine = bullmqEngine({ connection: process.env.REDIS!, queue: process.env.QUEUE! });
const client = await createClient(graph, { engine });
const run = await client.start('Shop.sell', { n: 21 }, { id: 'order-1' });
const events: string[] = [];
const watching = (async () => {
  for await (const { type } of run.events()) if (/^run|completed$/.test(type)) events.push(type);
})();
while ((await client.waiting()).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
await run.send('Shop.approve', { by: 'ann' });
const value: Receipt = await run.value();
const { status, steps } = await run.report();
await watching;
const listed = (await client.runs()).runs.map(({ id }) => id);
console.log(JSON.stringify({
  value: { $: value.constructor.name, ...value }, isReceipt: value instanceof Receipt, status, events, listed,
  approved: steps.at(-1)?.returnValue,
}));
await client.close();
`;
