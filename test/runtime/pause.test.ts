// Nodes that begin nothing for a while: `runtime.pause` and `runtime.resume`.

import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { Handler, Job, OnCancel, OnSuccess } from 'onward';
import { sleep } from '../support/sleep.ts';
import { ENGINES, rejectionOf, stepsOf, wired, type Wired } from '../support/wired.ts';

class Bank {
  readonly calls: string[] = [];
  @Job() order(): void {
    this.calls.push('order');
  }
  @OnSuccess('order')
  @Handler({ concurrency: 1 })
  charge(): void {
    this.calls.push('charge');
  }
  @OnSuccess('order') mail(): void {
    this.calls.push('mail');
  }
  @OnCancel('charge') undo(): void {
    this.calls.push('undo');
  }
  @Job() audit(): void {
    this.calls.push('audit');
  }
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  const bank = (): Wired & { readonly calls: string[] } => {
    const service = new Bank();
    return { ...wired(open(), { Bank: service }), calls: service.calls };
  };

  test('a paused node begins no body until it is resumed; others go on', async () => {
    const { runtime, start, clock, calls } = bank();
    await runtime.pause('Bank.charge');
    const run = await start('Bank.order');
    await clock.advance(3_600_000);
    expect(calls).toEqual(['order', 'mail']);
    expect((await run.inspect()).status).toBe('running');
    await runtime.resume('Bank.charge');
    await clock.runAll();
    expect(calls).toEqual(['order', 'mail', 'charge']);
    expect((await run.report()).status).toBe('completed');
  });

  test('bodies that are under way finish, and what follows them waits', async () => {
    const done: string[] = [];
    class Line {
      @Job() async one(): Promise<void> {
        await sleep(app.clock, 100);
        done.push('one');
      }
      @OnSuccess('one') two(): void {
        done.push('two');
      }
    }
    const app: Wired = wired(open(), { Line: new Line() });
    const run = await app.start('Line.one');
    await app.clock.advance(50);
    await app.runtime.pause();
    await app.clock.advance(1_000);
    expect(done).toEqual(['one']);
    await app.runtime.resume();
    await app.clock.runAll();
    expect(done).toEqual(['one', 'two']);
    expect(stepsOf(await run.report())).toEqual(['Line.one completed 0', 'Line.two completed 0']);
  });

  test('patterns pause several nodes, and are resumed one by one or all at once', async () => {
    const { runtime, start, clock, calls } = bank();
    await runtime.pause(['Bank.charge', 'Bank.a*']);
    await start('Bank.order');
    await start('Bank.audit');
    await clock.advance(0);
    expect(calls.toSorted()).toEqual(['mail', 'order']);
    await runtime.resume('Bank.a*');
    await clock.advance(0);
    expect(calls.at(-1)).toBe('audit');
    await runtime.resume();
    await clock.advance(0);
    expect(calls.at(-1)).toBe('charge');
  });

  test('a run is cancelled, and its deadline passes, while a node of it is paused', async () => {
    const { runtime, start, clock, calls } = bank();
    await runtime.pause('Bank.charge');
    const cancelled = await start('Bank.order');
    const late = await start('Bank.order', undefined, { deadline: '1m' });
    await clock.advance(0);
    await cancelled.cancel('too slow');
    await clock.advance(60_000);
    expect((await cancelled.report()).status).toBe('cancelled');
    expect(await late.report()).toMatchObject({ status: 'failed', code: 204 });
    await runtime.resume();
    await clock.runAll();
    expect(calls).not.toContain('charge');
  });

  test('a pattern that fits no node is refused, with the nearest one', async () => {
    const { runtime } = bank();
    const refused = await rejectionOf(runtime.pause(['Bank.chrage', 'Shop.*']));
    expect(refused).toMatchObject({ code: 'ONW3004' });
    expect(String(refused)).toContain('did you mean Bank.charge?');
    expect(String(refused)).toContain('Shop.*');
    expect(await rejectionOf(runtime.resume('Bank.chrage'))).toMatchObject({ code: 'ONW3004' });
  });

  test.each([null, 5, {}, ['Bank.charge', 5]])('what names no nodes is refused: %j', async (odd) => {
    const { runtime } = bank();
    for (const method of [runtime.pause, runtime.resume]) {
      const refused = await rejectionOf(Promise.resolve(Reflect.apply(method, runtime, [odd])));
      expect(String(refused)).toContain(
        'ONW3004: this names no nodes: expected nodes to be an array of strings, or one string',
      );
    }
    expect(await runtime.pausedNodes()).toEqual([]);
  });

  test('a node that another pattern holds is not resumed in silence', async () => {
    const { runtime } = bank();
    await runtime.pause('Bank.*');
    const refused = await rejectionOf(runtime.resume('Bank.charge'));
    expect(String(refused)).toContain(
      'ONW3004: a pause is taken back by the pattern that it was given with: "Bank.charge" is paused by "Bank.*"',
    );
    await runtime.pause('Bank.charge');
    await runtime.resume('Bank.charge');
    expect(await runtime.pausedNodes()).toEqual(['Bank.*']);
    await runtime.resume('Bank.*');
    // Nothing holds it: there is nothing to say.
    await runtime.resume('Bank.charge');
    expect(await runtime.pausedNodes()).toEqual([]);
  });

  test('a console shows what is paused', async () => {
    const { runtime } = bank();
    await runtime.pause('Bank.charge');
    await runtime.pause('Bank.charge');
    expect(inspect(runtime)).toBe('Runtime { 2 jobs, 5 nodes, paused: Bank.charge }');
  });
});
