// Runs in SQLite from one process to the next: each runtime here is a life of its own on the same file.

import { readFileSync } from 'node:fs';
import { IsDate, IsInt, IsString } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { Handler, Job, memoryEngine, OnSuccess, type Engine, type StepContext } from 'onward';
import { bullmqEngine } from 'onward/engines/bullmq';
import { sqliteEngine, sqliteHistory } from 'onward/engines/sqlite';
import { storeEngine } from 'onward/engines/store';
import { crashAtEveryCommit, killRandomly } from 'onward/testing';
import { bundled, outputOf, started } from '../support/child.ts';
import { database, DRIVERS, storeFile } from '../support/sqlite.ts';
import { rejectionOf, wired, type Parameters, type Wired } from '../support/wired.ts';

class Order {
  @IsInt() n!: number;
}
class Letter {
  @IsString() text!: string;
  @IsDate() at!: Date;
  sign(): string {
    return `${this.text}, ${this.at.toISOString()}`;
  }
}

const HOUR = 3_600_000;
const EVERYTHING = {
  date: new Date(86_400_000),
  map: new Map<unknown, unknown>([['a', new Set([1, 'two'])]]),
  big: 2n ** 80n,
  url: new URL('https://example.com/a?b=c'),
  bytes: new Uint8Array([0, 255, 7]),
  expression: /a+b/giu,
  holes: [undefined, null, -0, Number.NaN, Number.POSITIVE_INFINITY],
  text: 'a\0b \ud800 \u{1F600} \u202e',
};

class Shop {
  readonly called: string[];
  constructor(called: string[]) {
    this.called = called;
  }
  @Job() sell(order: Order, context: StepContext): number {
    this.called.push(`sell ${order.n}`);
    context.state.set('sold', order.n);
    return order.n;
  }
  @OnSuccess('sell', { after: '1h' }) remind(n: number): string {
    this.called.push('remind');
    return `sold ${n}`;
  }
  @Job() write(letter: Letter): string {
    return letter.sign();
  }
  @Job() collect(): unknown {
    return EVERYTHING;
  }
  @OnSuccess('collect', { after: '1h' }) look(found: unknown): unknown {
    this.called.push('look');
    return found;
  }
  @Job() fetch(): void {
    this.called.push('fetch');
  }
  @Job() hold(): object {
    return { close: () => undefined };
  }
  @OnSuccess('hold') @Handler() never(): void {
    this.called.push('never');
  }
}

const PARAMETERS: Parameters = {
  'Shop.sell': [Order, 'context'],
  'Shop.remind': ['any'],
  'Shop.write': [Letter],
  'Shop.look': ['any'],
};

interface Life extends Wired {
  readonly called: string[];
}

function life(engine: Engine): Life {
  const called: string[] = [];
  return { ...wired(engine, { Shop: new Shop(called) }, PARAMETERS), called };
}

/** Closes a runtime that has open runs. */
async function leave({ runtime, clock }: Life): Promise<void> {
  const closing = runtime.close({ drainMs: 1 });
  await clock.advance(1);
  await closing;
}

describe.each(DRIVERS)('%s', (driver) => {
  const engineOf = (file: string): Engine => sqliteEngine({ file, driver });

  test('what ended in one life is there in the next, and is not called again', async () => {
    const file = storeFile();
    const first = life(engineOf(file));
    const before = await first.report('Shop.sell', { n: 3 }, { id: 'one', tags: ['blue'] });
    await first.runtime.close();
    const second = life(engineOf(file));
    const after = await (await second.start('Shop.sell', { n: 3 }, { id: 'one' })).report();
    expect(after).toEqual(before);
    expect(after).toMatchObject({ status: 'completed', state: { sold: 3 }, counts: { completed: 2 } });
    expect(second.called).toEqual([]);
    expect((await second.runtime.runs({ tag: 'blue' })).runs.map(({ id }) => id)).toEqual(['one']);
    await second.runtime.close();
  });

  test('D13: the same id with another message is refused in the next life as well', async () => {
    const file = storeFile();
    const first = life(engineOf(file));
    await first.report('Shop.sell', { n: 3 }, { id: 'one' });
    await first.runtime.close();
    const second = life(engineOf(file));
    expect(await rejectionOf(second.start('Shop.sell', { n: 4 }, { id: 'one' }))).toMatchObject({ code: 'ONW3033' });
    await second.runtime.close();
  });

  test('D11: a run that completed has nothing to retry; from one of its steps it runs again', async () => {
    const file = storeFile();
    const first = life(engineOf(file));
    await first.report('Shop.sell', { n: 2 }, { id: 'a' });
    await first.runtime.close();
    const second = life(engineOf(file));
    expect(await rejectionOf(second.runtime.retry('a'))).toMatchObject({ code: 'ONW3031' });
    expect(second.called).toEqual([]);
    await second.runtime.retry('a', { from: 'Shop.remind' });
    await second.clock.runAll();
    expect(second.called).toEqual(['remind']);
    await second.runtime.close();
  });

  test('D12: to resume a run that there is not is to start it', async () => {
    const file = storeFile();
    const first = life(engineOf(file));
    expect((await first.report('Shop.sell', { n: 2 }, { id: 'a', resume: true })).status).toBe('completed');
    expect(first.called).toEqual(['sell 2', 'remind']);
    await first.runtime.close();
    const second = life(engineOf(file));
    expect((await second.report('Shop.sell', { n: 2 }, { id: 'a', resume: true })).status).toBe('completed');
    expect(second.called).toEqual([]);
    await second.runtime.close();
  });

  test('a wait goes on in the next life, which begins nothing before its first start', async () => {
    const file = storeFile();
    const first = life(engineOf(file));
    await first.start('Shop.sell', { n: 3 }, { id: 'one' });
    await first.clock.advance(HOUR / 2);
    await leave(first);
    expect(first.called).toEqual(['sell 3']);
    const second = life(engineOf(file));
    await second.clock.advance(2 * HOUR);
    expect(second.called).toEqual([]);
    await second.start('Shop.fetch');
    await second.clock.runAll();
    expect(second.called.toSorted()).toEqual(['fetch', 'remind']);
    expect(await (await second.runtime.run('one'))?.value()).toBe(3);
    await second.runtime.close();
  });

  test('what came due meanwhile is called once, also if somebody observes all runs', async () => {
    const file = storeFile();
    const first = life(engineOf(file));
    await first.start('Shop.sell', { n: 3 }, { id: 'one' });
    await first.clock.advance(HOUR / 2);
    await leave(first);
    const second = life(engineOf(file));
    second.runtime.observe({ name: 'all', onRunEnd: () => undefined }, { scope: 'all' });
    await second.clock.advance(2 * HOUR);
    await second.start('Shop.fetch');
    await second.clock.runAll();
    expect(second.called.toSorted()).toEqual(['fetch', 'remind']);
    await second.runtime.close();
  });

  test('a slot of a schedule starts once, however many lives come to it', async () => {
    const file = storeFile();
    const called: string[] = [];
    for (let at = 0; at < 3; at++) {
      const app = life(engineOf(file));
      await app.runtime.schedule('Shop.fetch', '0 6 * * *', { name: 'daily', timezone: 'UTC' });
      await app.clock.advance(2 * 24 * HOUR);
      called.push(...app.called);
      await app.runtime.close();
    }
    expect(called).toEqual(['fetch', 'fetch']);
  });

  test('whatever commit its process dies at, a slot of a schedule is one run, which ends', async () => {
    const play = async (engine: Engine): Promise<readonly string[]> => {
      const { runtime, clock, start } = life(engine);
      // What starts runs is loaded with the first one: no hour passes meanwhile.
      await (await start('Shop.fetch', undefined, { id: 'by hand' })).value();
      await runtime.schedule('Shop.fetch', '0 6 * * *', { name: 'daily', timezone: 'UTC' });
      for (let hour = 0; hour < 48; hour++) await clock.advance(HOUR);
      const { runs } = await runtime.runs();
      await runtime.close();
      return runs.map(({ id, status }) => `${id} ${status}`).toSorted();
    };
    const slots = await play(memoryEngine());
    expect(slots.map((line) => line.replace(/@\S+T/, '@'))).toEqual([
      'by hand completed',
      'daily@06:00:00.000Z completed',
      'daily@06:00:00.000Z completed',
    ]);
    const points = await crashAtEveryCommit(play, { driver });
    expect(points.length).toBeGreaterThan(5);
    for (const { commit, side, result } of points) expect(result, `a crash ${side} commit ${commit}`).toEqual(slots);
  });

  test('C10, C11: values come back as what they were', async () => {
    const file = storeFile();
    const first = life(engineOf(file));
    await first.start('Shop.collect', undefined, { id: 'one' });
    await first.clock.advance(1);
    await leave(first);
    const second = life(engineOf(file));
    const run = await second.start('Shop.collect', undefined, { id: 'one' });
    await second.clock.runAll();
    const { steps } = await run.report();
    expect(steps.map(({ returnValue }) => returnValue)).toEqual([EVERYTHING, EVERYTHING]);
    expect(Object.is(Object(steps[1]?.returnValue).holes[2], -0)).toBe(true);
    await second.runtime.close();
  });

  test('C10: a message is an instance of its class, in every life', async () => {
    const app = life(engineOf(storeFile()));
    const message = { text: 'dear', at: new Date(0) };
    expect((await app.report('Shop.write', message)).value).toBe('dear, 1970-01-01T00:00:00.000Z');
    await app.runtime.close();
  });

  test('C25: what cannot be kept fails the step that returned it', async () => {
    const app = life(engineOf(storeFile()));
    const report = await app.report('Shop.hold', undefined, { id: 'one' });
    expect(report.steps.map(({ node, code }) => [node, code])).toEqual([['Shop.hold', 107]]);
    expect(String(report.failures[0]?.error)).toContain('ONW3045');
    expect(app.called).toEqual([]);
    await app.runtime.close();
  });

  test('E06: while another program has the file locked, starts are refused, and then they are not', async () => {
    const file = storeFile();
    const app = life(engineOf(file));
    await app.start('Shop.sell', { n: 1 }, { id: 'one' });
    const other = database(file, driver);
    other.exec('BEGIN IMMEDIATE');
    const refused = await rejectionOf(app.start('Shop.sell', { n: 2 }, { id: 'two' }));
    expect(refused).toMatchObject({ code: 'ONW4006' });
    expect(String(refused)).toContain('another program has it locked (end that one)');
    other.exec('ROLLBACK');
    other.close();
    await app.clock.advance(10_000);
    expect((await app.report('Shop.sell', { n: 2 }, { id: 'two' })).status).toBe('completed');
    expect((await (await app.runtime.run('one'))?.report())?.status).toBe('completed');
    await app.runtime.close();
  });

  test('runs that are over are removed after `keepFor`, open ones never', async () => {
    const file = storeFile();
    const app = life(sqliteEngine({ file, driver, keepFor: '2h' }));
    const ids = async (): Promise<readonly string[]> => (await app.runtime.runs()).runs.map(({ id }) => id);
    await app.start('Shop.sell', { n: 1 }, { id: 'open', notBefore: 10 * HOUR });
    for (let at = 0; at < 120; at++) await app.start('Shop.fetch', undefined, { id: `early ${at}` });
    await app.clock.advance(HOUR);
    await app.start('Shop.fetch', undefined, { id: 'late' });
    await app.clock.advance(HOUR);
    expect(await ids()).toHaveLength(100);
    await app.clock.advance(1);
    await app.start('Shop.fetch', undefined, { id: 'last' });
    await app.clock.advance(1);
    expect(await ids()).toEqual(['last', 'late', 'open']);
    await leave(app);
    const db = database(file, driver);
    // Each run has a first change, and the run that is over has others behind it.
    expect(
      db.prepare('SELECT count(*) AS runs FROM change WHERE -before IN (SELECT no FROM run)').get()?.['runs'],
    ).toBe(3);
    expect(db.prepare('SELECT count(DISTINCT run) AS runs FROM record').get()?.['runs']).toBe(0);
    db.close();
  });

  test('E02: a runtime whose file is in use refuses what it is asked', async () => {
    const file = storeFile();
    const first = life(engineOf(file));
    await first.start('Shop.fetch');
    const second = await rejectionOf(Promise.resolve().then(() => life(engineOf(file)).start('Shop.fetch')));
    expect(second).toMatchObject({ code: 'ONW4003' });
    await first.runtime.close();
  });

  test('a body that kills its process fails after some deaths, and what runs beside it does not', async () => {
    const program = await bundled('poison');
    const file = storeFile();
    const { kills, output } = await killRandomly({ start: () => started(program, { file, driver }), kills: 0 });
    expect(output).toContain('bomb failed 205 ONW3071\nquiet completed 0\n');
    const lives = readFileSync(`${file}.lives`, 'utf8').trim().split('\n');
    // The first call, one for each death that counts, and the last try of a lost attempt.
    expect([kills, lives.length]).toEqual([5, 5]);
  });

  test('D06: a body that ends its process is called again by the next one, with the same key', async () => {
    const program = await bundled('exits');
    const file = storeFile();
    const outputs = [];
    for (let at = 0; at < 3; at++) outputs.push(await outputOf(started(program, { file, driver })));
    expect(outputs).toEqual(['one~Counter.count.1\n', 'one~Counter.count.1\ncounted\n', 'counted\n']);
  });
});

const PATH =
  "expected `file` to be the path of a file such as 'onward.db', and no address (memoryEngine() keeps runs in memory)";

test.each([':memory:', 'file:onward.db', 'file::memory:?cache=shared'])(
  '%s is not taken for the name of a file',
  (file) => {
    expect(() => sqliteEngine({ file })).toThrow(`the options of sqliteEngine are not valid: ${PATH}, got "${file}"`);
    expect(() => sqliteHistory({ file })).toThrow(`the options of sqliteHistory are not valid: ${PATH}, got "${file}"`);
  },
);

test('options that are wrong are refused, all at once', () => {
  const given: object = { file: '', drivr: 'node', synchronous: 'off' };
  expect(() => Reflect.apply(sqliteEngine, undefined, [given])).toThrowErrorMatchingInlineSnapshot(
    `[OnwardError: ONW3004: the options of sqliteEngine are not valid: expected \`file\` to be the path of a file such as 'onward.db', and no address (memoryEngine() keeps runs in memory), got ""; there is no option \`drivr\`; did you mean \`driver\`?; expected \`synchronous\` to be 'full' or 'normal', got "off"]`,
  );
});

test.each([
  [sqliteEngine, `${PATH}, got nothing`],
  [
    bullmqEngine,
    "expected `connection` to be a URL such as 'redis://127.0.0.1:6379', options of ioredis, or `{ cluster: [{ host, port }] }`, got nothing",
  ],
  [storeEngine, 'expected `store` to be a store, got nothing'],
])('%o: what an engine cannot be without is asked for', (engine, text) => {
  expect(() => Reflect.apply(engine, undefined, [{}])).toThrow(
    `ONW3004: the options of ${engine.name} are not valid: ${text}`,
  );
  expect(() => Reflect.apply(engine, undefined, [])).toThrow(
    `ONW3004: the options of ${engine.name} are not valid: expected the options to be an object, got nothing`,
  );
});

test.runIf(!DRIVERS.includes('node'))('the driver that this Node lacks is refused with what to do', async () => {
  const app = (): Promise<unknown> => life(sqliteEngine({ file: storeFile(), driver: 'node' })).start('Shop.fetch');
  const refused = await rejectionOf(Promise.resolve().then(app));
  expect(String(refused)).toContain(
    `ONW6010: this Node (${process.version}) has no node:sqlite; use Node 22.13 or later, or the driver 'libsql'`,
  );
});
