// A run that cannot be read is left (ONW4005): nothing of it keeps the others waiting.

import { IsString } from 'class-validator';
import { describe, expect, test, vi } from 'vitest';
import { Handler, isOnwardError, Job, OnSuccess, type StepContext } from 'onward';
import { EncryptedStore } from '../../src/engines/store/encrypted-store.ts';
import { MapStore } from '../../src/engines/store/map-store.ts';
import { StoreEngine } from '../../src/engines/store/store-engine.ts';
import { ByHand, jobOf, settled, SharedStore } from '../support/by-hand.ts';
import { rejectionOf, wired } from '../support/wired.ts';

const HOUR = 3_600_000;

class Load {
  @IsString() load!: string;
}

/** Bodies that end when they are told to. */
class Yard {
  readonly begun: string[] = [];
  readonly stopped: string[] = [];
  readonly end: (() => void)[] = [];
  @Job() async haul({ load }: Load): Promise<string> {
    this.begun.push(load);
    await new Promise<void>((resolve) => this.end.push(resolve));
    return load;
  }
  @Job({ concurrency: 1 }) async ask({ load }: Load, context: StepContext): Promise<void> {
    this.begun.push(load);
    context.signal.addEventListener('abort', () => this.stopped.push(load));
    await new Promise<void>((resolve) => this.end.push(resolve));
    await context.spawn(Yard, 'weigh');
  }
  @Handler() weigh(): number {
    return 7;
  }
  @Job() order(load: Load): Load {
    return load;
  }
  @OnSuccess('order', { after: '1h' }) later({ load }: Load): void {
    this.begun.push(load);
  }
}

const PARAMETERS = {
  'Yard.haul': [Load],
  'Yard.ask': [Load, 'context'],
  'Yard.order': [Load],
  'Yard.later': [Load],
} as const;

function damaged(text: string | undefined): string | undefined {
  return text?.includes('bad') === true ? '{"value' : text;
}

test('its later jobs end, and call no body', async () => {
  class Damaged extends SharedStore {
    override payloads(runId: string, names: readonly string[]): readonly (string | undefined)[] {
      return super.payloads(runId, names).map((text) => damaged(text));
    }
  }
  const store = new Damaged();
  const processOn = () => {
    const [sharing, yard] = [new ByHand(), new Yard()];
    return { sharing, yard, ...wired(new StoreEngine(store, { sharing }), { Yard: yard }, PARAMETERS) };
  };
  const [one, other] = [processOn(), processOn()];
  const entries = ['bad', 'gravel'].map((load) => ({ job: 'Yard.haul', message: { load } }));
  await one.runtime.start(one.runtime.parallel(entries), { id: 'run' });
  await other.runtime.runs();
  const ended = vi.fn<() => void>();
  for (const [at, task] of one.sharing.tasks.entries()) {
    void other.sharing.perform(task, jobOf(`job ${at}`)).then(() => ended());
    await settled();
  }
  expect(other.yard.begun).toEqual([]);
  expect(ended).toHaveBeenCalledTimes(2);
});

test('those who wait for it hear why, also those who come later', async () => {
  class Damaged extends MapStore {
    override payloads(runId: string, names: readonly string[]): readonly (string | undefined)[] {
      return super.payloads(runId, names).map((text) => damaged(text));
    }
  }
  const { runtime, start } = wired(new StoreEngine(new Damaged()), { Yard: new Yard() }, PARAMETERS);
  await runtime.pause(['Yard.haul']);
  // Longer ones are read again.
  const run = await start('Yard.haul', { load: `bad${'x'.repeat(20_000)}` }, { id: 'one' });
  const events = async (): Promise<void> => {
    for await (const event of run.events()) void event;
  };
  const waits = () => [run.value(), run.entry(), run.report(), events()].map((wait) => rejectionOf(wait));
  const first = waits();
  await settled();
  await runtime.resume();
  for (const refused of await Promise.all([...first, ...waits()]))
    expect(refused).toMatchObject({ code: 'ONW4005', details: { runId: 'one' } });
  // It is left, and nobody waits for its end.
  await runtime.idle();
  expect(runtime.openRuns()).toBe(0);
});

test('its bodies are stopped, and give their slots back', async () => {
  class Damaged extends MapStore {
    override payloads(runId: string, names: readonly string[]): readonly (string | undefined)[] {
      return super.payloads(runId, names).map((text) => damaged(text));
    }
  }
  const yard = new Yard();
  const { runtime, start } = wired(new StoreEngine(new Damaged()), { Yard: yard }, PARAMETERS);
  await runtime.pause(['Yard.haul']);
  await runtime.start(
    runtime.parallel([
      { job: 'Yard.ask', message: { load: 'first' } },
      // Longer ones are read again.
      { job: 'Yard.haul', message: { load: `bad${'x'.repeat(20_000)}` } },
    ]),
    { id: 'one' },
  );
  await settled();
  await start('Yard.ask', { load: 'next' }, { id: 'two' });
  await settled();
  expect(yard.begun).toEqual(['first']);
  await runtime.resume();
  await settled();
  expect([yard.begun, yard.stopped]).toEqual([['first', 'next'], ['first']]);
});

test('its timers hold up none of the others, however many are due', async () => {
  const store = new MapStore();
  const life = () => {
    const yard = new Yard();
    return { yard, ...wired(new StoreEngine(store), { Yard: yard }, PARAMETERS) };
  };
  const first = life();
  // More than are handed out at a time.
  const ids = ['broken', ...Array.from({ length: 300 }, (_, at) => `run ${at}`)];
  for (const id of ids) await first.start('Yard.order', { load: id }, { id });
  await settled();
  const load = store.load.bind(store);
  store.load = (runId, keys) => {
    const loaded = load(runId, keys);
    if (runId !== 'broken') return loaded;
    return { ...loaded, records: new Map([...loaded.records.keys()].map((key) => [key, '{"seq'])) };
  };
  const next = life();
  void next.runtime.work();
  await next.clock.advance(HOUR + 1);
  await settled();
  await next.clock.advance(HOUR);
  await settled();
  expect(next.yard.begun.toSorted()).toEqual(ids.slice(1).toSorted());
});

describe('a run whose key is gone', () => {
  const KEYS = { old: 'a'.repeat(64), new: 'b'.repeat(64) };

  /** Two runs wait for an hour; the texts of the first are under the old key. */
  async function waiting() {
    const store = new MapStore();
    const life = (keys: Record<string, string>, current: string) => {
      const [yard, error] = [new Yard(), vi.fn<(text: string, fields: unknown) => void>()];
      const engine = new StoreEngine(new EncryptedStore(store, { current, keys }));
      const log = { error, warn: () => undefined };
      return { yard, error, ...wired(engine, { Yard: yard }, PARAMETERS, { log }) };
    };
    await life({ old: KEYS.old }, 'old').start('Yard.order', { load: 'gold' }, { id: 'gold' });
    await life(KEYS, 'new').start('Yard.order', { load: 'iron' }, { id: 'iron' });
    await settled();
    return { store, life };
  }

  const LEFT = [
    expect.stringContaining('ONW4008: there are texts of run gold in the store map that were written with the key old'),
    { code: 'ONW4008', runId: 'gold' },
  ];

  test('holds up none of the others, is named once, and goes on when the key is back', async () => {
    const { life } = await waiting();
    const late = life({ new: KEYS.new }, 'new');
    void late.runtime.work();
    await settled();
    await late.clock.advance(HOUR + 1);
    await settled();
    await late.clock.advance(HOUR);
    await settled();
    expect(late.yard.begun).toEqual(['iron']);
    expect(late.error.mock.calls).toEqual([LEFT]);
    expect(
      (await late.runtime.runs()).runs.map(({ id, error }) => [id, isOnwardError(error) ? error.code : error]),
    ).toEqual([
      ['iron', undefined],
      ['gold', 'ONW4008'],
    ]);
    const back = life(KEYS, 'new');
    void back.runtime.work();
    await back.clock.advance(HOUR + 1);
    await settled();
    expect(back.yard.begun).toEqual(['gold']);
  });

  test('is over and asked for: nothing is open, and nobody waits for that', async () => {
    const store = new MapStore();
    const life = (keys: Record<string, string>, current: string) =>
      wired(new StoreEngine(new EncryptedStore(store, { current, keys })), { Yard: new Yard() }, PARAMETERS);
    const first = life({ old: KEYS.old }, 'old');
    await first.runtime.pause(['Yard.haul']);
    const run = await first.start('Yard.haul', { load: 'gold' }, { id: 'gold' });
    await run.cancel();
    await run.report();
    const late = life({ new: KEYS.new }, 'new');
    await expect(late.start('Yard.haul', { load: 'gold' }, { id: 'gold' })).rejects.toThrow('ONW4008');
    expect(late.runtime.openRuns()).toBe(0);
    await late.runtime.idle();
  });

  test('is named to those who start its id again, and every other start is taken', async () => {
    const { life } = await waiting();
    const late = life({ new: KEYS.new }, 'new');
    await expect(late.start('Yard.order', { load: 'gold' }, { id: 'gold' })).rejects.toThrow('ONW4008');
    await late.start('Yard.haul', { load: 'tin' });
    await settled();
    expect(late.yard.begun).toEqual(['tin']);
    expect(late.error.mock.calls).toEqual([LEFT]);
  });
});

test('what an earlier process has left is looked for again, if the store cannot be read at first', async () => {
  const store = new MapStore();
  const first = wired(new StoreEngine(store), { Yard: new Yard() }, PARAMETERS);
  await first.start('Yard.haul', { load: 'sand' }, { id: 'run' });
  const yard = new Yard();
  const error = vi.fn<(text: string) => void>();
  const next = wired(new StoreEngine(store), { Yard: yard }, PARAMETERS, { log: { error, warn: () => undefined } });
  const runs = store.runs.bind(store);
  let failures = 0;
  store.runs = (query) => {
    if (++failures <= 2) throw new Error('the disk is tired');
    return runs(query);
  };
  void next.runtime.work();
  await settled();
  for (let tries = 0; tries < 3; tries++) {
    await next.clock.advance(1_000);
    await settled();
  }
  expect(yard.begun).toEqual(['sand']);
  expect(error.mock.calls.map(([text]) => text)).toEqual([
    expect.stringMatching(/^ONW3070: the store map .*the disk is tired/),
  ]);
});

test('a run that another process goes on with under a key that this one lacks holds up none of the others', async () => {
  const store = new SharedStore();
  const processOn = (current: string, keys: Record<string, string>) => {
    const [sharing, yard, error] = [new ByHand(), new Yard(), vi.fn<(text: string) => void>()];
    const engine = new StoreEngine(new EncryptedStore(store, { current, keys }), { sharing });
    const log = { error, warn: () => undefined };
    return { sharing, yard, error, ...wired(engine, { Yard: yard }, PARAMETERS, { log }) };
  };
  const [old, next] = ['a'.repeat(64), 'b'.repeat(64)];
  const one = processOn('old', { old });
  const other = processOn('new', { old, new: next });
  const entries = ['sand', 'gravel'].map((load) => ({ job: 'Yard.haul', message: { load } }));
  const run = await one.runtime.start(one.runtime.parallel(entries), { id: 'run' });
  const waited = rejectionOf(run.report());
  await other.runtime.runs();
  const [first, second] = one.sharing.tasks.splice(0);
  // Its job is for those who have the key.
  const given = rejectionOf(one.sharing.perform(first, jobOf('first')));
  void other.sharing.perform(second, jobOf('second'));
  await settled();
  other.yard.end[0]?.();
  await settled();
  one.yard.end[0]?.();
  await settled();
  for (const refused of [given, waited]) expect(await refused).toMatchObject({ code: 'ONW4008' });
  await one.start('Yard.haul', { load: 'tin' });
  expect(one.error.mock.calls.map(([text]) => text)).toEqual([
    expect.stringContaining('ONW4008: there are texts of run run'),
  ]);
});

test('what was taken up before the store could not be read is told of once', async () => {
  const store = new MapStore();
  const first = wired(new StoreEngine(store), { Yard: new Yard() }, PARAMETERS);
  for (const id of ['a', 'b', 'c']) await first.start('Yard.haul', { load: id }, { id });
  const payloads = store.payloads.bind(store);
  let failures = 0;
  store.payloads = (runId, names) => {
    if (runId === 'c' && ++failures <= 2) throw new Error('the disk is tired');
    return payloads(runId, names);
  };
  const next = wired(new StoreEngine(store), { Yard: new Yard() }, PARAMETERS);
  const told: string[] = [];
  next.runtime.observe({ onEvent: ({ type, runId }) => void (type === 'run.started' && told.push(runId)) });
  void next.runtime.work();
  for (let tries = 0; tries < 4; tries++) {
    await settled();
    await next.clock.advance(1_000);
  }
  expect(failures).toBeGreaterThan(1);
  expect(told).toEqual(['a', 'b', 'c']);
});
