// Values of classes, from one process to the next: each life here is a runtime of its own on what the one before has left.

import { IsInt, Min, ValidateNested } from 'class-validator';
import { Type } from 'class-transformer';
import { describe, expect, test } from 'vitest';
import { ErrorValue, Handler, Job, Message, OnError, OnSuccess, Sensitive, type Engine, type Logger } from 'onward';
import { sqliteEngine, type SqliteDriver } from 'onward/engines/sqlite';
import { journaledEngine } from 'onward/testing';
import type { NamedClasses } from '../../src/values/classes.ts';
import { DRIVERS, storeFile } from '../support/sqlite.ts';
import { rejectionOf, wired, type Parameters, type Wired } from '../support/wired.ts';

class Line {
  @IsInt() @Min(1) n!: number;
  get doubled(): number {
    return this.n * 2;
  }
}
class Order {
  @ValidateNested({ each: true }) @Type(() => Line) lines!: Line[];
}
class Receipt {
  private constructor(
    readonly lines: readonly Line[],
    readonly by: Map<string, Line>,
  ) {}
  static of(lines: readonly Line[]): Receipt {
    return new Receipt(lines, new Map(lines.map((line) => [`#${line.n}`, line])));
  }
  total(): number {
    return [...this.by.values()].reduce((sum, { n }) => sum + n, 0);
  }
}
class Declined extends Error {
  constructor(readonly line: Line) {
    super('declined');
  }
}
class Lost extends Declined {}
class Odd {
  a = 1;
}

class Shop {
  readonly seen: unknown[] = [];
  @Job() sell({ lines }: Order): Receipt {
    return Receipt.of(lines);
  }
  @OnSuccess('sell') tell(receipt: Receipt): number {
    this.seen.push(receipt instanceof Receipt, receipt.total(), receipt.lines[0]?.doubled);
    return receipt.total();
  }
  @Job() fail({ lines: [line] }: Order): void {
    if (line !== undefined) throw new Lost(line);
  }
  @OnError('fail') sorry(@ErrorValue() error: unknown, @Message() order: Order): void {
    const isDeclined = error instanceof Declined && error.line instanceof Line;
    this.seen.push(isDeclined, error instanceof Error && error.constructor.name, order.lines[0]?.doubled);
  }
  @OnError('fail', { when: Lost }) lost(): void {
    this.seen.push('lost');
  }
  @Job() odd(): object {
    return { deep: [new Odd()] };
  }
  @OnSuccess('odd') @Handler() never(): void {
    this.seen.push('never');
  }
}

const PARAMETERS: Parameters = {
  'Shop.sell': [Order],
  'Shop.tell': ['any'],
  'Shop.fail': [Order],
  'Shop.sorry': ['any', Order],
};
const CLASSES = { Line, Order, Receipt, Declined };

const HELD = ['Shop.tell', 'Shop.sorry', 'Shop.lost'];

interface Life extends Wired {
  readonly seen: unknown[];
}

function life(engine: Engine, classes: NamedClasses = CLASSES, log: Logger | false = false): Life {
  const shop = new Shop();
  return { ...wired(engine, { Shop: shop }, PARAMETERS, { classes, log }), seen: shop.seen };
}

/** One life after the other; callbacks begin in the second one only. */
interface Lives {
  readonly first: Life;
  /** Ends the first one. */
  next(): Promise<Life>;
}

function onMaps(): Lives {
  const engine = journaledEngine();
  const only = life(engine);
  return {
    first: only,
    next: async () => {
      engine.restart();
      await only.runtime.resume();
      return only;
    },
  };
}

function onFile(driver: SqliteDriver): Lives {
  const file = storeFile();
  const open = (): Life => life(sqliteEngine({ file, driver }));
  const first = open();
  return {
    first,
    next: async () => {
      const closing = first.runtime.close({ drainMs: 0 });
      await first.clock.advance(1);
      await closing;
      const next = open();
      void next.runtime.work();
      return next;
    },
  };
}

const STORES: readonly (readonly [name: string, lives: () => Lives])[] = [
  ['maps', onMaps],
  ...DRIVERS.map((driver) => [`SQLite by ${driver}`, () => onFile(driver)] as const),
];

describe.each(STORES)('on %s', (_name, lives) => {
  test('S-M9: a callback that begins in the next life gets instances, as deep as they lie, and begins once', async () => {
    const { first, next } = lives();
    await first.runtime.pause(HELD);
    await first.start('Shop.sell', { lines: [{ n: 2 }, { n: 3 }] }, { id: 'a' });
    await first.clock.advance(1);
    expect(first.seen).toEqual([]);
    const second = await next();
    await second.clock.runAll();
    expect(second.seen).toEqual([true, 5, 4]);
    const value = await (await second.runtime.run('a'))?.value();
    expect(value).toBeInstanceOf(Receipt);
    await second.runtime.close();
  });

  test('S-M9: an error callback that begins in the next life: instanceof holds, `when` fits, the message is whole', async () => {
    const { first, next } = lives();
    await first.runtime.pause(HELD);
    await first.start('Shop.fail', { lines: [{ n: 4 }] }, { id: 'b' });
    await first.clock.advance(1);
    const second = await next();
    await second.clock.runAll();
    // Its own class is not named: it is an instance of the one that it extends.
    expect(second.seen).toEqual([true, 'Declined', 8, 'lost']);
    const failure = await rejectionOf((await second.runtime.run('b'))?.value() ?? Promise.resolve());
    expect(failure).toBeInstanceOf(Declined);
    await second.runtime.close();
  });

  test('C25: an instance that could not come back fails the step that returned it, not its callback', async () => {
    const { first } = lives();
    const report = await first.report('Shop.odd');
    expect(report.steps).toMatchObject([{ node: 'Shop.odd', status: 'failed', code: 107 }]);
    expect(String(report.error)).toContain('`deep[0]` cannot be kept in a record: it is an instance of Odd');
    expect(first.seen).toEqual([]);
    await first.runtime.close();
  });
});

test('a class that a deployment takes away: its values are plain data from then on, and a line says so', async () => {
  const file = storeFile();
  const lines: string[] = [];
  const monday = life(sqliteEngine({ file }));
  expect(await monday.report('Shop.sell', { lines: [{ n: 1 }] }, { id: 'a' })).toMatchObject({ status: 'completed' });
  await monday.runtime.close();
  const log = { error: () => undefined, warn: (line: unknown) => lines.push(String(line)) };
  const tuesday = life(sqliteEngine({ file }), {}, log);
  const value = await (await tuesday.runtime.run('a'))?.value();
  expect(value).toStrictEqual({ lines: [{ n: 1 }], by: new Map([['#1', { n: 1 }]]) });
  await tuesday.runtime.close();
  expect(lines.filter((line) => line.includes('Receipt'))).toHaveLength(1);
  expect(lines.join('\n')).toContain('come back as plain data');
});

class Secret {
  @Sensitive() code!: string;
}
class Envelope {
  @Type(() => Secret) @ValidateNested() secret!: Secret;
}
class Post {
  @Job() send(envelope: Envelope): string {
    return envelope.secret.code;
  }
  @Job() draw(): unknown {
    return 1;
  }
}

test.each([
  ['a class within a message', { 'Post.send': [Envelope] } satisfies Parameters, {}, 'Secret.code'],
  ['the class of a value', {}, { Secret }, 'Secret.code'],
])('E10: without a key, a sensitive field of %s is refused', (_name, parameters, classes, named) => {
  const open = (): unknown => wired(sqliteEngine({ file: storeFile() }), { Post: new Post() }, parameters, { classes });
  expect(open).toThrow(`ONW4009: ${named} would be readable`);
});

class Hidden {
  #n = 1;
  get(): number {
    return this.#n;
  }
}

test('CLASSES-5: a class with `#private` fields is refused in the option `classes`', () => {
  const open = (): unknown => life(sqliteEngine({ file: storeFile() }), { Hidden });
  expect(open).toThrow(
    'ONW3004: the option `classes` is not valid: instances of "Hidden" cannot be kept: the class has `#n`',
  );
});
