// `runtime.safeParse`: unknown data in, a message or what is wrong with it out.

import { Type } from 'class-transformer';
import { IsInt, IsString, Min, registerDecorator, ValidateBy, ValidateNested } from 'class-validator';
import { beforeAll, describe, expect, test } from 'vitest';
import { Handler, Job } from 'onward';
import { loadCompiler } from '../../src/message/parser.ts';
import { ENGINES, wired } from '../support/wired.ts';

class Line {
  @IsString() sku!: string;
  @IsInt() @Min(1) qty!: number;
}
class Order {
  @IsString() id!: string;
  @ValidateNested({ each: true }) @Type(() => Line) lines!: Line[];
}
class Account {
  @ValidateBy({ name: 'isFree', async: true, validator: { validate: (name) => Promise.resolve(name === 'ann') } })
  name!: string;
}
class Broken {
  @IsInt() n!: number;
}
registerDecorator({
  name: 'broken',
  target: Broken,
  propertyName: 'n',
  validator: {
    validate: () => {
      throw new TypeError('boom');
    },
  },
});

class Shop {
  @Job() order(order: Order): string {
    return order.id;
  }
  @Job() open(account: Account): string {
    return account.name;
  }
  @Job() fail(broken: Broken): number {
    return broken.n;
  }
  @Job() tick(): void {}
  @Handler() sweep(order: Order): void {
    void order;
  }
}
const PARAMETERS = {
  'Shop.order': [Order],
  'Shop.open': [Account],
  'Shop.fail': [Broken],
  'Shop.sweep': [Order],
} as const;

beforeAll(loadCompiler);

describe.each(ENGINES)('$engine engine', ({ open }) => {
  const shop = (): ReturnType<typeof wired>['runtime'] => wired(open(), { Shop: new Shop() }, PARAMETERS).runtime;
  const fitting = { id: 'a', lines: [{ sku: 's', qty: 1 }] };

  test('data that fits is a message of the class', async () => {
    const runtime = shop();
    for (let time = 0; time < 4; time += 1) {
      const parsed = await runtime.safeParse('Shop.order', fitting);
      expect(parsed).toEqual({ success: true, data: fitting });
      if (parsed.success) expect(parsed.data).toBeInstanceOf(Order);
    }
  });

  test('data that does not fit is answered, with what parse would have thrown', async () => {
    const runtime = shop();
    for (const data of [
      { id: 1, lines: [{ sku: 's', qty: 0 }], more: 1 },
      null,
      { id: () => 1 },
      { id: 'a', lines: {} },
    ]) {
      const thrown: unknown = await runtime.parse('Shop.order', data).catch((error: unknown) => error);
      for (let time = 0; time < 4; time += 1) {
        const parsed = await runtime.safeParse('Shop.order', data);
        if (parsed.success) expect.fail('it fits');
        expect(parsed.error).toEqual(thrown);
        expect(parsed.error.message).toBe(String(Reflect.get(Object(thrown), 'message')));
        expect(parsed).toMatchObject({ code: parsed.error.code, issues: parsed.error.issues });
        expect(parsed.issues.length).toBeGreaterThan(0);
      }
    }
  });

  test('it is a promise only where validators are asynchronous', async () => {
    const runtime = shop();
    expect(runtime.safeParse('Shop.order', fitting)).not.toBeInstanceOf(Promise);
    expect(runtime.safeParse('Shop.open', { name: 'ann' })).toBeInstanceOf(Promise);
    expect(await runtime.safeParse('Shop.open', { name: 'ann' })).toEqual({ success: true, data: { name: 'ann' } });
    expect(await runtime.safeParse('Shop.open', { name: 'bob' })).toMatchObject({ success: false, code: 'ONW2003' });
  });

  test('what is wrong with the class or with the call is thrown', () => {
    const runtime = shop();
    expect(() => runtime.safeParse('Shop.fail', { n: 1 })).toThrow(
      'ONW2010: a validator of Broken.n threw TypeError: boom',
    );
    expect(() => runtime.safeParse('Shop.ordr', {})).toThrow('ONW3005');
    expect(() => runtime.safeParse('Shop.sweep', fitting)).toThrow('ONW3005');
    expect(() => runtime.safeParse('Shop.tick', {})).toThrow('ONW3004');
    expect(runtime.safeParse('Shop.tick', undefined)).toEqual({ success: true, data: undefined });
  });
});
