// What is given to plans: later changes reach nobody, whatever its keys are called, and whoever shares it.

import { IsInt, IsString, ValidateNested } from 'class-validator';
import { Type } from 'class-transformer';
import { describe, expect, test } from 'vitest';
import { Handler, Job, ReturnValue, type PlanEntry } from 'onward';
import { ENGINES, rejectionOf, wired, type AnyNodes, type Wired } from '../support/wired.ts';

class Part {
  @IsInt() n!: number;
}
class Order {
  @ValidateNested() @Type(() => Part) part!: Part;
  @IsString({ each: true }) notes!: string[];
}
class Reply {
  @ReturnValue() value!: unknown;
  @ValidateNested() @Type(() => Part) part!: Part;
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  function shop(): { readonly app: Wired; readonly seen: unknown[] } {
    const seen: unknown[] = [];
    class Shop {
      @Job() take(order: Order): string {
        seen.push(order);
        return 'taken';
      }
      @Job() free(part: Part): object {
        seen.push(part.n);
        return { a: 1 };
      }
      @Handler() reply(reply: Reply): void {
        seen.push(reply);
        // Nobody else sees what a body does to its message.
        reply.part.n = 99;
      }
      @Handler() told(report: unknown): void {
        seen.push(report);
      }
    }
    const app = wired(
      open(),
      { Shop: new Shop() },
      { 'Shop.take': [Order], 'Shop.free': [Part], 'Shop.reply': [Reply], 'Shop.told': ['any'] },
    );
    return { app, seen };
  }

  test('messages of entries can change after the start', async () => {
    const { app, seen } = shop();
    const { runtime, clock } = app;
    const message = { part: { n: 1 }, notes: ['a'] };
    const entries = [
      { job: 'Shop.take', message },
      { job: 'Shop.take', message, if: true },
    ];
    const started = runtime.start(runtime.sequence(entries));
    message.part.n = 2;
    message.notes.push('b');
    await started;
    message.part.n = 3;
    await clock.runAll();
    expect(seen).toEqual([
      { part: { n: 1 }, notes: ['a'] },
      { part: { n: 1 }, notes: ['a'] },
    ]);
  });

  test('the list of entries, their conditions and the options can change once the plan is made', async () => {
    const { app, seen } = shop();
    const { runtime, clock } = app;
    const condition = [true];
    const entries: PlanEntry<AnyNodes, string>[] = [
      { job: 'Shop.free', message: { n: 1 } },
      { job: 'Shop.free', message: { n: 2 }, if: condition },
    ];
    const options = { keepGoing: false };
    const plan = runtime.sequence(entries, options);
    entries.push({ job: 'Shop.free', message: { n: 3 } });
    condition.push(false);
    options.keepGoing = true;
    await runtime.start(plan);
    await clock.runAll();
    expect(seen).toEqual([1, 2]);
  });

  test('what is bound can change after the start: that of the start and of callbacks that come later', async () => {
    const { app, seen } = shop();
    const { runtime, clock } = app;
    const bound = { part: { n: 1 }, notes: ['a'] };
    const reply = { part: { n: 5 } };
    const signed = runtime.sign('Shop.take', bound).onSuccess(runtime.sign('Shop.reply', reply));
    const started = runtime.start(signed);
    bound.part.n = 2;
    bound.notes.push('b');
    const run = await started;
    reply.part.n = 7;
    await clock.runAll();
    expect(seen).toEqual([
      { part: { n: 1 }, notes: ['a'] },
      { value: 'taken', part: { n: 99 } },
    ]);
    expect((await run.report()).steps[1]?.message).toMatchObject({ part: { n: 5 } });
  });

  test('a signature that is used many times is the same each time, whatever bodies do to their messages', async () => {
    const { app, seen } = shop();
    const { runtime, clock } = app;
    const signed = runtime.sign('Shop.free', { n: 1 }).onSuccess(runtime.sign('Shop.reply', { part: { n: 5 } }));
    const run = await runtime.start(runtime.sequence([{ job: signed }, { job: signed }]));
    await clock.runAll();
    const replies = (await run.report()).steps.filter(({ node }) => node === 'Shop.reply');
    expect(replies.map(({ message }) => message)).toMatchObject([{ part: { n: 5 } }, { part: { n: 5 } }]);
    expect(seen).toHaveLength(4);
  });

  test('binding further fields leaves what was given as it is', async () => {
    const { app } = shop();
    const { runtime } = app;
    const given = { part: { n: 1 } };
    runtime
      .sign('Shop.take', given)
      .bind({ notes: ['x'] })
      .bind({ part: { n: 2 } });
    expect(given).toEqual({ part: { n: 1 } });
    const frozen = Object.freeze({ part: Object.freeze({ n: 1 }), notes: Object.freeze(['x']) });
    expect(runtime.sign('Shop.take', frozen).bind({ part: { n: 2 } }).node).toBe('Shop.take');
  });

  test('keys that stand for the prototype change no object, in messages, bound data and overrides', async () => {
    const { app, seen } = shop();
    const { runtime, clock } = app;
    const evil: object = JSON.parse(
      '{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}',
    );
    const told = runtime.sign('Shop.told', evil).bind(evil);
    const run = await runtime.start(runtime.sign('Shop.free').onSuccess(told), { n: 1 });
    await clock.runAll();
    await run.report();
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect([seen[1], Object.getPrototypeOf(seen[1])]).toEqual([{ a: 1, ...evil }, Object.prototype]);
    for (const given of [evil, { n: 1, ...evil }]) {
      const refused = await rejectionOf(runtime.start(runtime.sign('Shop.free', given), given, { override: given }));
      expect(refused).toMatchObject({ code: expect.stringMatching(/^ONW200/) });
    }
    const refused = await rejectionOf(
      runtime.start(runtime.sequence([{ job: 'Shop.take', message: { part: { n: 1 }, notes: [], ...evil } }])),
    );
    expect(refused).toMatchObject({ code: expect.stringMatching(/^ONW200/) });
    for (const name of ['__proto__', 'constructor', 'hasOwnProperty']) {
      const entry: object = JSON.parse(`{ "job": "Shop.free", "message": { "n": 1 }, "${name}": {} }`);
      expect(() => Reflect.apply(runtime.sequence, runtime, [[entry]])).toThrow('ONW3004');
    }
  });

  test('getters that throw, and data with no prototype', async () => {
    const { app, seen } = shop();
    const { runtime, clock } = app;
    const bare = Object.assign(Object.create(null), { part: Object.assign(Object.create(null), { n: 1 }), notes: [] });
    await runtime.start(runtime.sign('Shop.take', bare));
    await clock.runAll();
    expect(seen).toEqual([{ part: { n: 1 }, notes: [] }]);
    const bomb = {
      get part(): never {
        throw new Error('boom');
      },
    };
    expect(await rejectionOf((async () => runtime.start(runtime.sign('Shop.take', bomb)))())).toBeInstanceOf(Error);
    expect(
      await rejectionOf((async () => runtime.start(runtime.sequence([{ job: 'Shop.take', message: bomb }])))()),
    ).toBeInstanceOf(Error);
    await clock.runAll();
    await runtime.idle();
  });
});
