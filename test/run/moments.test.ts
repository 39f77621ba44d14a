// The moments around a body, and who waits for whom: R1, R2, R5, R20, R52, R53.

import { IsString } from 'class-validator';
import { describe, expect, test } from 'vitest';
import {
  ErrorValue,
  Handler,
  Job,
  Join,
  Message,
  OnEnd,
  OnError,
  OnStart,
  OnSuccess,
  ReturnValue,
  type StepContext,
} from 'onward';
import { sleep } from '../support/sleep.ts';
import { storyOf } from '../support/story.ts';
import { ENGINES, stepsOf, wired, type Wired } from '../support/wired.ts';

class Order {
  @IsString() id!: string;
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('R1: start callbacks one by one, the body, its children, end callbacks side by side, then what it causes', async () => {
    const log: string[] = [];
    class Shop {
      @Job() async sell(context: StepContext): Promise<string> {
        log.push('sell');
        await context.spawn(Shop, 'wrap');
        return 'receipt';
      }
      @Handler() async wrap(): Promise<void> {
        await sleep(app.clock, 10);
        log.push('wrapped');
      }
      @OnStart('sell') async unlock(): Promise<void> {
        log.push('unlock');
        await sleep(app.clock, 10);
        log.push('unlocked');
      }
      @OnStart('sell') light(): void {
        log.push('light');
      }
      @OnEnd('sell') async lock(): Promise<void> {
        log.push('lock');
        await sleep(app.clock, 10);
        log.push('locked');
      }
      @OnEnd('sell') dim(): void {
        log.push('dim');
      }
      @OnSuccess('sell') post(): void {
        log.push('post');
      }
      @Join({ receipt: 'sell' }) file({ receipt }: { receipt: string }): void {
        log.push(`file ${receipt}`);
      }
      @OnSuccess('sell') ship(): void {
        log.push('ship');
      }
    }
    const app: Wired = wired(open(), { Shop: new Shop() }, { 'Shop.sell': ['context'] });
    const run = await app.start('Shop.sell');
    await app.clock.runAll();
    expect(log).toEqual([
      ...['unlock', 'unlocked', 'light'],
      ...['sell', 'wrapped'],
      ...['lock', 'dim', 'locked'],
      ...['post', 'file receipt', 'ship'],
    ]);
    const told = (await storyOf(run)).filter((line) => line.startsWith('step.completed'));
    expect(told.slice(-4), 'the step is over before what it causes begins').toEqual([
      'step.completed Shop.sell',
      'step.completed Shop.post',
      'step.completed Shop.file',
      'step.completed Shop.ship',
    ]);
    expect((await run.report()).status).toBe('completed');
  });

  test('R2: error callbacks begin at once, beside each other and beside children that still run; then end callbacks', async () => {
    const log: string[] = [];
    class Shop {
      @Job() async sell(context: StepContext): Promise<string> {
        await context.spawn(Shop, 'wrap');
        throw new Error('sold out');
      }
      @Handler() async wrap(): Promise<void> {
        log.push('wrap');
        await sleep(app.clock, 100);
        log.push('wrapped');
      }
      @OnError('sell') async tell(): Promise<void> {
        log.push('tell');
        await sleep(app.clock, 10);
        log.push('told');
      }
      @OnError('sell') note(): void {
        log.push('note');
      }
      @OnEnd('sell') lock(): void {
        log.push('lock');
      }
      @OnSuccess('sell') post(): void {
        log.push('post');
      }
    }
    const app: Wired = wired(open(), { Shop: new Shop() }, { 'Shop.sell': ['context'] });
    const report = await app.report('Shop.sell');
    expect(log).toEqual(['wrap', 'tell', 'note', 'told', 'wrapped', 'lock']);
    expect(stepsOf(report)).toEqual([
      'Shop.sell failed 101',
      'Shop.wrap completed 0',
      'Shop.tell completed 0',
      'Shop.note completed 0',
      'Shop.lock completed 0',
    ]);
  });

  test('R5: an end callback sees the return value while its step still counts as running', async () => {
    const seen: unknown[] = [];
    class Shop {
      @Job() sell(): string {
        return 'receipt';
      }
      @OnEnd('sell') async lock(
        context: StepContext,
        @ReturnValue() value: string | undefined,
        @ErrorValue() error: unknown,
      ): Promise<void> {
        const run = await app.runtime.run(context.runId);
        const steps = (await run?.inspect())?.steps ?? [];
        seen.push(value, error, ...steps.map(({ node, status }) => `${node} ${status}`));
      }
    }
    const app: Wired = wired(open(), { Shop: new Shop() }, { 'Shop.lock': ['context', 'any', 'any'] });
    await app.report('Shop.sell');
    expect(seen).toEqual(['receipt', undefined, 'Shop.sell running', 'Shop.lock running']);
  });

  test('R5: an end callback sees the error of a step that failed, and the step’s own message', async () => {
    const seen: unknown[] = [];
    class Shop {
      @Job() sell(_order: Order): string {
        throw new Error('sold out');
      }
      @OnEnd('sell') lock(
        order: Order,
        @ReturnValue() value: string | undefined,
        @ErrorValue() error: Error | undefined,
      ): void {
        seen.push(order, value, error?.message);
      }
    }
    await wired(open(), { Shop: new Shop() }, { 'Shop.sell': [Order] }).report('Shop.sell', { id: 'o1' });
    expect(seen).toEqual([{ id: 'o1' }, undefined, 'sold out']);
  });

  test('R20: start callbacks run once, before the first attempt; end callbacks once, after the last', async () => {
    const log: string[] = [];
    class Shop {
      @Job({ retry: { attempts: 3, delay: '1s' } }) sell(context: StepContext): void {
        log.push(`sell ${context.step.attempt}`);
        throw new Error('sold out');
      }
      @OnStart('sell') unlock(): void {
        log.push('unlock');
      }
      @OnError('sell') tell(): void {
        log.push('tell');
      }
      @OnEnd('sell') lock(): void {
        log.push('lock');
      }
    }
    await wired(open(), { Shop: new Shop() }, { 'Shop.sell': ['context'] }).report('Shop.sell');
    expect(log).toEqual(['unlock', 'sell 1', 'sell 2', 'sell 3', 'tell', 'lock']);
  });

  test('R52: a callback that takes marks only has no message of its own: what watches it gets none', async () => {
    const seen: unknown[] = [];
    class Shop {
      @Job() sell(_order: Order): string {
        return 'receipt';
      }
      @OnSuccess('sell') pack(@ReturnValue() _receipt: string, @Message() order: Order): void {
        seen.push(order);
      }
      @OnStart('pack') fold(@Message() order: unknown): void {
        seen.push(order);
      }
      @OnEnd('pack') glue(order: unknown): void {
        seen.push(order);
      }
    }
    const app = wired(open(), { Shop: new Shop() }, { 'Shop.sell': [Order] });
    const report = await app.report('Shop.sell', { id: 'o1' });
    expect(seen).toEqual([undefined, { id: 'o1' }, undefined]);
    expect(report.status).toBe('completed');
  });

  test('R53: what a start callback causes is flow of the run: its step does not wait for it, the run does', async () => {
    const log: string[] = [];
    class Shop {
      @Job() sell(): string {
        log.push('sell');
        return 'receipt';
      }
      @OnStart('sell') unlock(): string {
        return 'key';
      }
      @OnSuccess('unlock') async clean(key: string): Promise<void> {
        await sleep(app.clock, 1_000);
        log.push(`cleaned with ${key}`);
        throw new Error('no soap');
      }
      @OnSuccess('sell') post(): void {
        log.push('post');
      }
    }
    const app: Wired = wired(open(), { Shop: new Shop() });
    const run = await app.start('Shop.sell');
    expect(await run.entry()).toBe('receipt');
    await app.clock.runAll();
    expect(log).toEqual(['sell', 'post', 'cleaned with key']);
    const report = await run.report();
    expect(report.status, 'as flow it fails the run').toBe('failed');
    expect(report.callbackFailures).toEqual([]);
    expect(report.steps.find(({ node }) => node === 'Shop.clean')?.parent).toBeNull();
  });
});
