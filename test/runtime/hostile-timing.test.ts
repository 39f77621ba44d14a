// User code that acts at the worst moment: while its message is made, or after its attempt has ended.

import { IsInt, IsString, ValidateBy } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { createRuntime, Job, memoryEngine, OnSuccess, ReturnValue, type RunHandle } from 'onward';
import { journaledEngine } from 'onward/testing';
import { ENGINES, wire, wired } from '../support/wired.ts';

const IsLate = (): PropertyDecorator =>
  ValidateBy({ name: 'isLate', async: true, validator: { validate: () => Promise.reject(new Error('late')) } });
const IsNever = (): PropertyDecorator =>
  ValidateBy({ name: 'isNever', async: true, validator: { validate: () => new Promise(() => {}) } });

class Slow {
  @IsString() @IsLate() text!: string;
}
class Strict {
  @IsInt() number!: number;
}
class Endless {
  @IsNever() text!: string;
}

describe.each(ENGINES)('$engine engine', ({ engine, open }) => {
  test('a refusal that nobody asks for any more is not left unhandled', async () => {
    const unhandled: unknown[] = [];
    const listen = (reason: unknown): number => unhandled.push(reason);
    process.on('unhandledRejection', listen);
    class Shop {
      @Job() sell(): { text: string; number: string } {
        return { text: 'bad', number: 'no' };
      }
      @OnSuccess('sell') next(slow: Slow, @ReturnValue() strict: unknown): void {
        void [slow, strict];
      }
    }
    const report = await wired(open(), { Shop: new Shop() }, { 'Shop.next': [Slow, Strict] }).report('Shop.sell');
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', listen);
    expect(report.steps.map(({ node, code }) => [node, code])).toEqual([
      ['Shop.sell', 0],
      ['Shop.next', 107],
    ]);
    expect(unhandled).toEqual([]);
  });

  test('validators that take their time take it from the attempt', async () => {
    class Shop {
      @Job() sell(): { text: string } {
        return { text: 'x' };
      }
      @OnSuccess('sell') next(endless: unknown): void {
        void endless;
      }
    }
    const timed = new Shop();
    Reflect.getMetadata('onward:node', timed, 'next').options = { timeout: '2s' };
    const { start, clock } = wired(open(), { Shop: timed }, { 'Shop.next': [Endless] });
    const run = await start('Shop.sell');
    await clock.advance(2_000);
    expect((await run.report()).steps.map(({ node, code }) => [node, code])).toEqual([
      ['Shop.sell', 0],
      ['Shop.next', 204],
    ]);
  });

  test('a run cancelled by a `bind` of its own calls no further body', async () => {
    let handle: RunHandle | undefined;
    let called = 0;
    class Shop {
      @Job() async sell(): Promise<number> {
        await Promise.resolve();
        return 1;
      }
      next(): void {
        called++;
      }
    }
    const cancel = (): object => {
      void handle?.cancel('enough');
      return {};
    };
    const descriptor = { value: Shop.prototype.next };
    Reflect.apply(OnSuccess('sell', { bind: cancel }), undefined, [Shop.prototype, 'next', descriptor]);
    const { start } = wired(open(), { Shop: new Shop() }, { 'Shop.next': ['any'] });
    handle = await start('Shop.sell');
    expect((await handle.report()).status).toBe('cancelled');
    // On records the cancel is another event: the body may have been called when it arrives.
    expect(called).toBe(engine === 'memory' ? 0 : 1);
  });
});

test('dates in a pattern are compared by their time, lists by all their items', async () => {
  const taken: string[] = [];
  class Shop {
    @Job() sell(): { at: Date; list: number[] } {
      return { at: new Date(5), list: [1, 2] };
    }
    @OnSuccess('sell', { when: { at: new Date(5) } as never }) same(): void {
      taken.push('same');
    }
    @OnSuccess('sell', { when: { at: new Date(1) } as never }) other(): void {
      taken.push('other');
    }
    @OnSuccess('sell', { when: { list: [1] } as never }) part(): void {
      taken.push('part');
    }
  }
  await wired(memoryEngine(), { Shop: new Shop() }).report('Shop.sell');
  expect(taken).toEqual(['same']);
});

test('an engine serves one runtime', () => {
  class Shop {
    @Job() sell(): void {}
  }
  const services = { Shop: new Shop() };
  const engine = memoryEngine();
  createRuntime(wire(services), { services, engine });
  expect(() => createRuntime(wire(services), { services, engine })).toThrowErrorMatchingInlineSnapshot(
    `[OnwardError: ONW3004: this engine belongs to another runtime; give each runtime an engine of its own]`,
  );
});

test('a body that ends after its timeout cannot overtake it on a store', async () => {
  for (let seed = 1; seed < 40; seed++) {
    class Shop {
      @Job({ timeout: '1s' }) sell(): Promise<number> {
        return new Promise((resolve) => setImmediate(() => resolve(1)));
      }
    }
    const { start, clock } = wired(journaledEngine({ reorder: true, duplicate: 0.3, seed }), { Shop: new Shop() });
    const run = await start('Shop.sell');
    await clock.runAll();
    expect(['completed', 'failed']).toContain((await run.report()).status);
  }
});
