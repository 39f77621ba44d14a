// Arguments that JavaScript gives and no method would read, and variables that are not set: each is refused.

import { describe, expect, test } from 'vitest';
import { Handler, Job, OnSuccess, type Sent } from 'onward';
import { called, Money, thrownBy, till } from '../support/till.ts';
import { ENGINES, rejectionOf, wired, type Wired } from '../support/wired.ts';

class Desk {
  @Job() submit(): string {
    return 'submitted';
  }
  @OnSuccess('submit')
  @Handler({ waits: true })
  approve(money: Sent<Money>): number {
    return money.cents;
  }
}

const MONEY = { cents: 1, currency: 'EUR' };

async function refused(target: object, method: string, ...given: readonly unknown[]): Promise<string> {
  return String(await rejectionOf(Promise.resolve(called(target, method, ...given))));
}

describe('more arguments than a method takes, at once', () => {
  test.each([
    ['sequence', [[{ job: 'Till.open' }], {}, { keepGoing: true }]],
    ['parallel', [[{ job: 'Till.open' }], {}, { keepGoing: true }]],
    ['chain', [['Till.open', 'Till.pay'], {}, {}]],
    ['chain', ['Till.open', 'Till.open', 'Till.pay']],
    ['sign', ['Till.pay', { cents: 1 }, { currency: 'EUR' }]],
  ] as const)('%s', (method, given) => {
    const text = thrownBy(() => called(till().runtime, method, ...given));
    expect(text).toMatch(
      new RegExp(`^OnwardError: ONW3004: ${method} takes .*; got ${given.length} arguments: leave the others out$`),
    );
  });

  test('options of an entry do not stand behind the message of `add`', () => {
    const swarm = till().runtime.swarm();
    expect(thrownBy(() => called(swarm, 'add', 'Till.pay', MONEY, { group: 'a' }))).toMatchInlineSnapshot(
      `"OnwardError: ONW3004: add takes a job and its message; got 3 arguments: leave the others out"`,
    );
  });

  test('a signature takes one callback and one object of fields at a time', () => {
    const { runtime } = till();
    const signed = runtime.sign('Till.pay');
    expect(thrownBy(() => called(signed, 'onSuccess', 'Till.pay', MONEY))).toMatchInlineSnapshot(
      `"OnwardError: ONW3004: onSuccess takes one callback: sign it to bind fields; got 2 arguments: leave the others out"`,
    );
    expect(thrownBy(() => called(signed, 'onError', 'Till.ring', 'Till.open'))).toMatch(/onError takes one callback/);
    expect(thrownBy(() => called(signed, 'bind', { cents: 1 }, { currency: 'EUR' }))).toMatch(/bind takes/);
  });
});

describe.each(ENGINES)('$engine engine', ({ open }) => {
  const desk = (): Wired => wired(open(), { Desk: new Desk() }, { 'Desk.approve': [Money] });

  test('more arguments than a method of the runtime takes', async () => {
    const { runtime } = desk();
    expect(await refused(runtime, 'pause', 'Desk.submit', 'Desk.approve')).toMatchInlineSnapshot(
      `"OnwardError: ONW3004: pause takes one pattern, or an array of them; got 2 arguments: leave the others out"`,
    );
    expect(await refused(runtime, 'resume', 'Desk.submit', 'Desk.approve')).toMatch(/resume takes one pattern/);
    expect(await refused(runtime, 'runs', { job: 'Desk.submit' }, { limit: 1 })).toMatch(/runs takes a query/);
    expect(await refused(runtime, 'cancelAll', {}, 'late', {})).toMatch(/cancelAll takes a query and a reason/);
    expect(await refused(runtime, 'retry', 'a', {}, { from: 1 })).toMatch(/retry takes/);
    expect(await refused(runtime, 'schedule', 'Desk.submit', '@daily', {}, { timezone: 'Europe/Berlin' })).toMatch(
      /schedule takes/,
    );
    expect(await runtime.pausedNodes()).toEqual([]);
  });

  test('more arguments than a method of a run takes', async () => {
    const { start, runtime } = desk();
    const run = await start('Desk.submit');
    expect(await refused(run, 'send', 'Desk.approve', MONEY, { id: 'a' }, 5)).toMatch(/send takes/);
    expect(await refused(run, 'cancel', 'late', { force: true })).toMatch(/cancel takes a reason/);
    expect(await refused(run, 'cancelStep', 2, 'late', 5)).toMatch(/cancelStep takes a step and a reason/);
    const swarm = await runtime.start(runtime.swarm());
    expect(await refused(swarm, 'add', 'Desk.submit', undefined, { always: true })).toMatch(/add takes a job/);
    await swarm.close();
    expect(await swarm.results()).toEqual([]);
    expect((await run.inspect()).status).toBe('running');
  });

  test('a variable that is not set is no way to say all nodes, or all runs', async () => {
    const { runtime, start } = desk();
    const run = await start('Desk.submit');
    expect(await refused(runtime, 'pause', undefined)).toMatchInlineSnapshot(
      `"OnwardError: ONW3004: pause was given undefined; leave the argument out to pause all nodes"`,
    );
    expect(await runtime.pausedNodes()).toEqual([]);
    await runtime.pause();
    expect(await refused(runtime, 'resume', undefined)).toMatchInlineSnapshot(
      `"OnwardError: ONW3004: resume was given undefined; leave the argument out to resume all nodes"`,
    );
    expect(await runtime.pausedNodes()).toEqual(['*']);
    await runtime.resume();
    expect(await refused(runtime, 'cancelAll', undefined, 'late')).toMatchInlineSnapshot(
      `"OnwardError: ONW3004: cancelAll was given undefined; leave the argument out to cancel every open run, or give {} ahead of a reason"`,
    );
    expect(await refused(runtime, 'cancelAll', { job: undefined, tag: 'a' })).toMatchInlineSnapshot(
      `"OnwardError: ONW3004: nothing was cancelled: \`job\` is undefined, and leaves no run out; leave it out if that is meant"`,
    );
    expect((await run.inspect()).status).toBe('running');
    expect(await runtime.cancelAll()).toBe(1);
  });

  test('`cancelAll` is not given what it would ignore: it cancels all open runs that fit', async () => {
    const { runtime, start } = desk();
    const run = await start('Desk.submit');
    expect(await refused(runtime, 'cancelAll', { limit: 1, status: 'suspended' })).toMatchInlineSnapshot(
      `"OnwardError: ONW3004: nothing was cancelled: there is no option \`limit\`; the options are job, node, tag, id, text, olderThan, newerThan; there is no option \`status\`; the options are job, node, tag, id, text, olderThan, newerThan"`,
    );
    expect((await run.inspect()).status).toBe('running');
  });

  test('a reason is a string, not options', async () => {
    const { runtime, start } = desk();
    const run = await start('Desk.submit');
    expect(await refused(run, 'cancel', { reason: 'late' })).toMatchInlineSnapshot(
      `"OnwardError: ONW3004: nothing was cancelled: expected the reason to be a string, got an object"`,
    );
    expect(await refused(run, 'cancelStep', 2, { reason: 'late' })).toMatch(/expected the reason to be a string/);
    expect(await refused(runtime, 'cancelAll', {}, 5)).toMatch(/expected the reason to be a string, got 5/);
    expect((await run.inspect()).status).toBe('running');
    await run.cancel('late');
    expect((await run.inspect()).cancelReason).toBe('late');
  });
});
