// The commands about runs in Redis, by its address alone.

import { IsString } from 'class-validator';
import { expect, test } from 'vitest';
import { Handler, Job, OnSuccess, Sensitive, type Runtime, type Sent, type StepContext } from 'onward';
import type { BullmqEngineOptions } from 'onward/engines/bullmq';
import { withoutPassword } from '../../codegen/cli/redis-address.ts';
import { casesOnRedis } from '../support/cases-on-redis.ts';
import { folderBelowRepository } from '../support/folders.ts';
import { describeWithRedis } from '../support/redis.ts';
import { wire, type AnyNodes, type Parameters, type Services } from '../support/wired.ts';
import { onward, ROOT } from './built-command.ts';

class Approval {
  @IsString() by!: string;
}
class Card {
  @Sensitive() @IsString() number!: string;
}

class Shop {
  failures = 1;
  @Job() order(): string {
    if (this.failures-- > 0) throw new Error('once');
    return 'ordered';
  }
  @Job() ask(): string {
    return 'asked';
  }
  @OnSuccess('ask') @Handler({ waits: true }) approve(approval: Sent<Approval>): string {
    return approval.by;
  }
  @Job() ring(): void {}
  @OnSuccess('ring') @Handler({ waits: true }) answer(): string {
    return 'answered';
  }
  @Job() async hang(context: StepContext): Promise<void> {
    await new Promise((_, reject) => {
      context.signal.addEventListener('abort', () => reject(context.signal.reason));
    });
  }
}

class Till {
  @Job() pay(card: Card): string {
    return card.number.slice(-4);
  }
}

class Kiosk {
  @Job() sell(): void {}
}

const PARAMETERS: Parameters = { 'Shop.approve': [Approval], 'Shop.hang': ['context'], 'Till.pay': [Card] };
const KEY = { current: 'main', keys: { main: '5a'.repeat(32) } };

describeWithRedis('the address of a Redis', () => {
  const cases = casesOnRedis();
  const opened = (services: Services, more: Partial<BullmqEngineOptions> = {}): Runtime<AnyNodes> =>
    cases.opened(wire(services, PARAMETERS), services, more);
  const address = (): string => `${cases.server.address}?queue=${cases.queue}`;

  test('is enough to list, read, retry, suspend, resume, cancel and send', async () => {
    const cwd = folderBelowRepository('redis-address');
    const command = (...words: string[]) => onward([...words, '--engine', address()], { cwd });
    const open = (): Runtime<AnyNodes> => opened({ Shop: new Shop() }, { recoverAfter: '1.5s' });

    expect(await command('runs')).toMatchObject({ code: 0, err: 'there are no such runs\n' });
    const starting = open();
    const hanging = await starting.start('Shop.hang', undefined, { id: 'hanging' });

    // Nobody works: what is asked for is decided, and takes effect later.
    expect(await command('cancel', 'hanging')).toMatchObject({
      code: 0,
      out: '✓ hanging is being cancelled: it is over once what is under way has stopped\n',
      err: 'no process works on these runs now: it takes effect when one does\n',
    });
    expect((await command('inspect', 'hanging')).out).toMatch(/Shop\.hang/);
    const worker = open();
    void worker.work();
    expect((await hanging.report()).status).toBe('cancelled');

    const order = await starting.start('Shop.order', undefined, { id: 'order' });
    await expect(order.value()).rejects.toThrow('once');
    await order.report();
    expect((await command('runs', '--status', 'failed')).out).toMatch(/^✗ order +Shop\.order +failed/);
    expect(await command('retry', 'order')).toMatchObject({ code: 0, err: '', out: '✓ order runs again\n' });
    await expect.poll(async () => (await (await starting.run('order'))?.inspect())?.status).toBe('completed');

    await starting.start('Shop.ring', undefined, { id: 'ring' });
    await expect.poll(async () => (await command('runs', '--id', 'ring')).out).toContain('waits for Shop.answer');
    expect((await command('suspend', 'ring')).out).toBe('✓ ring suspended\n');
    expect((await command('inspect', 'ring')).err).toContain(`onward resume ring --engine ${address()}`);
    expect((await command('resume', 'ring')).out).toBe('✓ ring goes on\n');
    expect(await command('send', 'ring', 'Shop.answer')).toMatchObject({ code: 0, err: '' });
    await expect.poll(async () => (await (await starting.run('ring'))?.inspect())?.status).toBe('completed');

    await starting.start('Shop.ask', undefined, { id: 'ask' });
    const refused = await command('send', 'ask', 'Shop.approve', '--message', '{ "by": "ann" }');
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.err).toContain('takes a message of the class "Approval"');
    for (const name of ['cancel', 'inspect'])
      expect(await command(name, 'none')).toMatchObject({ code: 1, err: expect.stringContaining('ONW3035') });
    const json = JSON.parse((await command('inspect', 'order', '--json', '--values')).out);
    expect(json.run.steps.every((step: object) => !('returnValue' in step))).toBe(true);

    const none = await command('send', 'ask', 'Till.pay', '--message', '{ "number": "1" }');
    expect(none).toMatchObject({ code: 1, err: expect.stringContaining('ONW3055: Till.pay waits for no message') });

    await starting.close({ drainMs: 0 });
    await worker.close({ drainMs: 0 });
    // What is refused takes effect never.
    const over = await command('suspend', 'order');
    expect(over).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/^✗ order ONW3037: [^\n]+\n$/) });
  }, 120_000);

  test('is enough to pause nodes in all processes, and to see what holds a run', async () => {
    const cwd = folderBelowRepository('redis-pause');
    const command = (...words: string[]) => onward([...words, '--engine', address()], { cwd });
    const [starting, working] = [opened({ Shop: new Shop() }), opened({ Shop: new Shop() })];
    const hanging = await starting.start('Shop.hang', undefined, { id: 'hanging' });
    void working.work();
    expect(await command('pause', 'Shop.ask')).toMatchObject({ code: 0, out: '‖ Shop.ask\n', err: '' });
    expect(await command('pause')).toMatchObject({ code: 0, out: '‖ Shop.ask\n', err: '' });
    const asked = await starting.start('Shop.ask', undefined, { id: 'asked' });
    const seen = await command('inspect', 'asked');
    expect(seen).toMatchObject({ code: 0, err: '' });
    expect(seen.out).toMatch(/Shop\.ask +running {2}waits: its node is paused/);
    expect(JSON.parse((await command('inspect', 'asked', '--json')).out)).toMatchObject({
      run: { steps: [{ node: 'Shop.ask', status: 'running', heldBy: 'pause' }] },
    });
    await expect.poll(async () => (await hanging.inspect()).steps[0]?.status).toBe('running');
    expect((await command('inspect', 'hanging')).out).not.toContain('waits');
    const wrong = await command('pause', 'Shop.asc');
    expect(wrong).toMatchObject({ code: 1, out: '' });
    expect(wrong.err).toContain('ONW3004');
    expect(await command('unpause', 'Shop.ask')).toMatchObject({ code: 0, err: 'nothing is paused any more\n' });
    await expect.poll(async () => (await asked.inspect()).steps[0]?.status, { timeout: 10_000 }).toBe('completed');
    await starting.cancelAll();
  });

  test('takes the graph of a run where the one that was described last would change the run or lacks its nodes', async () => {
    const engineAt = ['--engine', address()];
    const old = opened({ Shop: new Shop() });
    const changes = [undefined, 'raise', 'reset'] as const;
    for (const onGraphChange of changes)
      await old.start('Shop.ring', undefined, { id: `with ${onGraphChange}`, ...(onGraphChange && { onGraphChange }) });
    void old.work();
    const statusOf = async (id: string) => (await (await old.run(id))?.inspect())?.status;
    for (const onGraphChange of changes)
      await expect
        .poll(async () => (await (await old.run(`with ${onGraphChange}`))?.inspect())?.steps.map(({ node }) => node))
        .toEqual(['Shop.ring', 'Shop.answer']);
    const next = opened({ Kiosk: new Kiosk() });
    await next.runs();
    await next.close({ drainMs: 0 });
    const all = await onward(['suspend', '--job', 'Shop.*', ...engineAt], { cwd: ROOT });
    expect(all).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^(✓ with \w+ suspended\n){3}$/) });
    for (const onGraphChange of changes) {
      const id = `with ${onGraphChange}`;
      expect(await statusOf(id)).toBe('suspended');
      expect(await onward(['resume', id, ...engineAt], { cwd: ROOT })).toMatchObject({ code: 0, err: '' });
      expect(await onward(['send', id, 'Shop.answer', ...engineAt], { cwd: ROOT })).toMatchObject({ code: 0, err: '' });
      await expect.poll(() => statusOf(id)).toBe('completed');
    }
  }, 120_000);

  test('of encrypted runs says that a key is missing, and changes nothing', async () => {
    // The queue that is meant where none is named.
    const runtime = opened({ Till: new Till() }, { encryption: KEY, queue: 'onward' });
    const run = await runtime.start('Till.pay', { number: '4000 1234' }, { id: 'paid', suspended: true });
    for (const words of [
      ['inspect', 'paid'],
      ['cancel', 'paid'],
    ]) {
      const said = await onward([...words, '--engine', cases.server.address], { cwd: ROOT });
      expect(said).toMatchObject({ code: 1, out: '' });
      expect(said.err).toContain('ONW4008');
    }
    expect((await run.inspect()).status).toBe('suspended');
  });

  test('where nobody has told a graph runs can be read, and are not changed', async () => {
    const runtime = opened({ Shop: new Shop() });
    await runtime.start('Shop.ask', undefined, { id: 'ask', suspended: true });
    await runtime.close({ drainMs: 0 });
    const engineAt = ['--engine', address()];
    await cases.redis().del(`{onward}:${cases.queue}:runs:graphs`);
    expect((await onward(['inspect', 'ask', ...engineAt], { cwd: ROOT })).out).toContain('Shop.ask');
    const refused = await onward(['cancel', 'ask', ...engineAt], { cwd: ROOT });
    expect(refused.code).toBe(1);
    expect(refused.err).toContain(
      `ONW4013: no process that has the services has opened the queue "${cases.queue}" yet`,
    );
  });
});

test.each([
  ['que=typo', 'there is no parameter `que`; did you mean `queue`?'],
  ['family=4&dbb=2', 'there is no parameter `dbb`; did you mean `db`?'],
  ['colour=red', 'there is no parameter `colour`; there are `queue` and `prefix`, and options of ioredis'],
])('an address with %s is refused', async (parameters, text) => {
  const refused = await onward(['runs', '--engine', `redis://127.0.0.1:1?${parameters}`], { cwd: ROOT });
  expect(refused).toMatchObject({ code: 2, out: '', err: expect.stringContaining(text) });
});

test('an address that leads nowhere, or to something else, is refused without its password', async () => {
  const away = await onward(['runs', '--engine', 'redis://:secret@127.0.0.1:1'], { cwd: ROOT });
  expect(away).toMatchObject({ code: 1, out: '' });
  expect(away.err).toMatch(/^error ONW4010: Redis at 127\.0\.0\.1:1/);
  const other = await onward(['runs', '--engine', 'postgres://ann:secret@host/db'], { cwd: ROOT });
  expect(other).toMatchObject({ code: 2, out: '' });
  expect(other.err).toContain('ONW6030: --engine has an address that begins with "postgres"');
  expect(away.err + other.err).not.toContain('secret');
});

test.each([
  ['redis://ann:secret@host:1?queue=shop', 'redis://ann:…@host:1?queue=shop'],
  ['redis://:sec@ret@host', 'redis://:…@host'],
  ['redis://host?db=1&password=secret&queue=a@b', 'redis://host?db=1&password=…&queue=a@b'],
  ['redis://host:1?queue=a@b', 'redis://host:1?queue=a@b'],
  ['./onward.db', './onward.db'],
])('%s is shown without its password', (address, shown) => {
  expect(withoutPassword(address)).toBe(shown);
});
