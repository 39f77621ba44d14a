// Failures that nobody asks for are logged: one entry each, to any logger, on stderr by default.

import { createConsola } from 'consola';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  chained,
  createRuntime,
  Handler,
  Job,
  OnRunEnd,
  OnSuccess,
  type Logger,
  type ObserveOptions,
  type Observer,
  type RunHandle,
  type StepContext,
} from 'onward';
import { consoleObserver, logger } from 'onward/observers';
import { virtualClock } from 'onward/testing';
import { sleep } from '../support/sleep.ts';
import { Odd } from '../support/odd.ts';
import { ENGINES, rejectionOf, wire, wired, type Wired } from '../support/wired.ts';

type Entry = readonly [level: string, text: unknown, fields: unknown];

/** A logger that takes the text first, and keeps what it was given. */
function collector(): { readonly entries: Entry[]; readonly log: Logger } {
  const entries: Entry[] = [];
  const take =
    (level: string) =>
    (text: unknown, fields: unknown): void =>
      void entries.push([level, text, fields]);
  return { entries, log: { error: take('error'), warn: take('warn') } };
}

class Shop {
  @Job() order(): void {
    throw new TypeError('no \u001b[31mcard\nand no cash');
  }
  @Job() async slow(): Promise<void> {
    await Promise.resolve();
    throw new Error('too slow');
  }
  @Job() fine(): string {
    return 'fine';
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('a failed run that nobody asks for is one entry, with what failed, where and what to do', async () => {
    const { entries, log } = collector();
    const { start, clock } = wired(open(), { Shop: new Shop() }, {}, { log });
    await start('Shop.order', undefined, { id: 'order-7' });
    await clock.runAll();
    expect(entries).toEqual([
      [
        'error',
        'run order-7 of Shop.order failed at Shop.order (step 1, code 101): TypeError: no \\u{1b}[31mcard · and no cash; await its value() or report(), or choose with the option `log` where this goes',
        {
          runId: 'order-7',
          job: 'Shop.order',
          node: 'Shop.order',
          step: 1,
          code: 101,
          error: 'TypeError: no \\u{1b}[31mcard · and no cash',
        },
      ],
    ]);
  });

  const passOn = (take: (text: string) => void): Logger => ({ error: take, warn: take });
  const hook = (): void => undefined;

  test.each<[string, (show: (text: string) => void) => Observer]>([
    ['logger', (show) => logger(passOn(show))],
    ['logger of failures', (show) => logger(passOn(show), { level: 'error' })],
    ['consoleObserver', (show) => consoleObserver({ stream: { write: show } })],
    ['one that says so', (show) => ({ showsFailures: true, onError: (event) => show(`${event.type} TypeError: no`) })],
    ['several in one', (show) => chained({ onRunStart: hook }, logger(passOn(show)))],
  ])('what an observer shows is not logged as well: %s', async (_what, make) => {
    const { entries, log } = collector();
    const shown: string[] = [];
    const { runtime, start, clock } = wired(open(), { Shop: new Shop() }, {}, { log });
    runtime.observe(make((text) => shown.push(text)));
    await start('Shop.order');
    await clock.runAll();
    expect(shown.join('')).toContain('TypeError: no');
    expect(entries).toEqual([]);
  });

  test.each<[string, (show: (text: string) => void) => Observer]>([
    ['logger', (show) => logger(passOn(show))],
    ['logger of failures', (show) => logger(passOn(show), { level: 'error' })],
    ['consoleObserver', (show) => consoleObserver({ stream: { write: show } })],
    ['consoleObserver live', (show) => consoleObserver({ style: 'live', most: 1, stream: { write: show } })],
    ['one of some events', () => ({ showsFailures: true, eventTypes: ['run.ended'], onEvent: () => undefined })],
  ])(
    'a callback and an edge that failed are shown once each, by the log or by an observer: %s',
    async (_what, make) => {
      const { entries, log } = collector();
      const shown: string[] = [];
      const { runtime, start, clock } = wired(open(), { Odd: new Odd() }, {}, { log });
      runtime.observe(make((text) => shown.push(text)));
      await start('Odd.go');
      await clock.runAll();
      const all = [...shown, ...entries.map(([, text]) => String(text))].join('\n');
      for (const error of ['no answer', 'no callback']) {
        const isShown = shown.some((text) => text.includes(error));
        const isLogged = entries.some(([, text]) => String(text).includes(error));
        expect([error, isShown !== isLogged], all).toEqual([error, true]);
      }
    },
  );

  test.each<[string, Observer, ObserveOptions]>([
    ['does not say so', { onError: hook }, {}],
    ['does not hear of every failure', { showsFailures: true, onError: hook }, { nodes: 'Shop.fine' }],
    ['hears of other runs', { showsFailures: true, onError: hook }, { tags: ['night'] }],
    [
      'has thrown',
      {
        showsFailures: true,
        onRunStart: () => {
          throw new Error('full');
        },
      },
      {},
    ],
  ])('a failed run is logged if an observer %s', async (_what, observer, options) => {
    const { entries, log } = collector();
    const { runtime, start, clock } = wired(open(), { Shop: new Shop() }, {}, { log });
    runtime.observe(observer, options);
    await start('Shop.order');
    await clock.runAll();
    expect(entries.filter(([, text]) => String(text).includes('failed at Shop.order'))).toHaveLength(1);
  });

  test.each<[string, (run: RunHandle) => unknown]>([
    ['value', (run) => run.value().catch(() => undefined)],
    ['report', (run) => run.report()],
    ['entry', (run) => run.entry().catch(() => undefined)],
    ['events', (run) => run.events()[Symbol.asyncIterator]().next()],
  ])('a run that somebody asks for its %s is heard, also in the turn in which it ends', async (_what, ask) => {
    const { entries, log } = collector();
    const { start, clock } = wired(open(), { Shop: new Shop() }, {}, { log });
    for (const job of ['Shop.order', 'Shop.slow']) {
      const run = await start(job);
      void ask(run);
      await clock.runAll();
    }
    expect(entries).toEqual([]);
  });

  test('a run is heard through another handle, and by its results and outcomes', async () => {
    const { entries, log } = collector();
    const { start, runtime, clock } = wired(open(), { Shop: new Shop() }, {}, { log });
    await start('Shop.slow', undefined, { id: 'a' });
    const found = await runtime.run('a');
    void found?.results();
    await start('Shop.slow', undefined, { id: 'b' });
    const other = await runtime.run('b');
    void other?.outcomes()[Symbol.asyncIterator]().next();
    await clock.runAll();
    expect(entries).toEqual([]);
  });

  test('who looks at a run, steers it or asks a turn too late has not heard of its failure', async () => {
    const { entries, log } = collector();
    const { start, clock } = wired(open(), { Shop: new Shop() }, {}, { log });
    const run = await start('Shop.slow', undefined, { suspended: true });
    await run.inspect();
    await run.resume();
    await clock.runAll();
    expect((await run.report()).status).toBe('failed');
    expect(entries).toHaveLength(1);
  });

  test('runs that complete or are cancelled are no failures', async () => {
    const { entries, log } = collector();
    const { start, clock } = wired(open(), { Shop: new Shop() }, {}, { log });
    await start('Shop.fine');
    await (await start('Shop.slow', undefined, { suspended: true })).cancel();
    await clock.runAll();
    expect(entries).toEqual([]);
  });

  test('the entry names the step that the run failed with: the child, the callback, the entry of a plan', async () => {
    class Press {
      @Job() async parent(context: StepContext): Promise<void> {
        await context.spawn(Press, 'child');
      }
      @Handler() child(): void {
        throw new Error('torn');
      }
      @Job() sell(): void {}
      @OnSuccess('sell') send(): void {
        throw new Error('no stamps');
      }
    }
    const { entries, log } = collector();
    const app = wired(open(), { Press: new Press() }, { 'Press.parent': ['context'] }, { log });
    await app.start('Press.parent');
    await app.clock.runAll();
    await app.start('Press.sell');
    await app.clock.runAll();
    await app.runtime.start(app.runtime.sequence([{ job: 'Press.parent' }, { job: 'Press.sell' }]));
    await app.clock.runAll();
    expect(entries.map(([, , fields]) => fields)).toMatchObject([
      { job: 'Press.parent', node: 'Press.child', error: 'Error: torn' },
      { job: 'Press.sell', node: 'Press.send', error: 'Error: no stamps' },
      { job: 'sequence', node: 'Press.child', error: 'Error: torn' },
    ]);
  });

  test('a run that its deadline has stopped says so', async () => {
    class Hanging {
      @Job() go(): Promise<void> {
        return new Promise(() => undefined);
      }
    }
    const { entries, log } = collector();
    const { start, clock } = wired(open(), { Hanging: new Hanging() }, {}, { log });
    await start('Hanging.go', undefined, { id: 'late', deadline: '1s' });
    await clock.runAll();
    expect(entries).toMatchObject([
      [
        'error',
        expect.stringContaining('run late of Hanging.go failed'),
        { code: 204, error: expect.stringContaining('ONW3047') },
      ],
    ]);
  });

  test('each entry of `callbackFailures` is one entry of the log, also if somebody waits for the run', async () => {
    class Fragile {
      @Job() go(): string {
        return 'done';
      }
      @OnSuccess('go', { critical: false }) thank(): void {
        throw new Error('no stamps');
      }
      @OnSuccess('go', {
        when: () => {
          throw new Error('odd');
        },
      })
      odd(): void {}
      @OnRunEnd('go') count(): void {
        throw new RangeError('lost count');
      }
    }
    const { entries, log } = collector();
    const { report } = wired(open(), { Fragile: new Fragile() }, {}, { log });
    const { callbackFailures, status, runId } = await report('Fragile.go');
    expect(status).toBe('completed');
    expect(entries.map(([, , fields]) => fields)).toEqual(
      [
        { node: 'Fragile.go', step: 1, edge: 'Fragile.go>success>Fragile.odd', code: 101, error: 'Error: odd' },
        {
          node: 'Fragile.thank',
          step: 2,
          edge: 'Fragile.go>success>Fragile.thank',
          code: 101,
          error: 'Error: no stamps',
        },
        {
          node: 'Fragile.count',
          step: 3,
          edge: 'Fragile.go>runEnd>Fragile.count',
          code: 103,
          error: 'RangeError: lost count',
        },
      ].map((fields) => ({ runId, job: 'Fragile.go', ...fields })),
    );
    expect(entries).toHaveLength(callbackFailures.length);
    const texts = entries.map(([, text]) => String(text).replaceAll(runId, 'r1'));
    expect(texts.slice(0, 2)).toEqual([
      "the edge Fragile.go>success>Fragile.odd behind Fragile.go of run r1 of Fragile.go failed (step 1, code 101): Error: odd; `callbackFailures` of the run's report lists it",
      "callback Fragile.thank of run r1 of Fragile.go failed (step 2, code 101): Error: no stamps; `callbackFailures` of the run's report lists it",
    ]);
  });

  test('an abort listener that throws, and a child that is asked for too late, are warnings', async () => {
    class Careless {
      @Job({ timeout: 10 }) stop({ signal }: StepContext): Promise<void> {
        signal.addEventListener('abort', () => {
          throw new Error('listener');
        });
        return new Promise(() => undefined);
      }
      @Job() leak(context: StepContext): void {
        void sleep(app.clock, 10).then(() => void context.spawn(Careless, 'child'));
        void sleep(app.clock, 10).then(() => context.call(Careless, 'child').catch(() => undefined));
      }
      @Handler() child(): void {}
    }
    const { entries, log } = collector();
    const parameters = { 'Careless.stop': ['context'], 'Careless.leak': ['context'] } as const;
    const app: Wired = wired(open(), { Careless: new Careless() }, parameters, { log });
    for (const job of ['Careless.stop', 'Careless.leak']) {
      const run = await app.start(job);
      void run.report();
      await app.clock.runAll();
    }
    expect(entries.map(([level, , fields]) => [level, fields])).toMatchObject([
      ['warn', { node: 'Careless.stop', error: 'Error: listener' }],
      [
        'warn',
        {
          node: 'Careless.leak',
          error: expect.stringContaining('ONW3038: Careless.leak cannot spawn a node any more'),
        },
      ],
    ]);
  });

  test('a schedule only waits: its runs that fail are logged, and so are slots that do not start', async () => {
    const { entries, log } = collector();
    const { runtime, clock } = wired(open(), { Shop: new Shop() }, {}, { log });
    const schedule = await runtime.schedule('Shop.order', '0 0 * * * *', { name: 'hourly' });
    // Somebody else has taken the id of the second slot.
    await runtime.start('Shop.fine', undefined, { id: 'hourly@2026-01-01T02:00:00.000Z' });
    await clock.advance(2 * 3_600_000);
    await schedule.stop();
    expect(entries).toMatchObject([
      ['error', expect.stringContaining('run hourly@2026-01-01T01:00:00.000Z of Shop.order failed'), { code: 101 }],
      [
        'error',
        expect.stringMatching(
          /^the slot 2026-01-01T02:00:00\.000Z of the schedule of Shop\.order did not start: OnwardError: ONW3033/,
        ),
        { job: 'Shop.order', slot: '2026-01-01T02:00:00.000Z' },
      ],
    ]);
  });

  test('an observer that fails is logged once; a run that has an observer of its own is heard', async () => {
    const { entries, log } = collector();
    const { runtime, start, clock } = wired(open(), { Shop: new Shop() }, {}, { log });
    class Broken {
      onRunEnd(): void {
        throw new Error('no \u001b[2J disk');
      }
    }
    runtime.observe(new Broken());
    await start('Shop.fine');
    await start('Shop.fine');
    await start('Shop.order', undefined, { observers: [{ onRunEnd: () => undefined }] });
    await (await start('Shop.slow')).observe({ onRunEnd: () => undefined });
    await clock.runAll();
    expect(entries).toMatchObject([
      [
        'warn',
        expect.stringMatching(/^ONW3062: Broken failed .*: Error: no \\u\{1b\}\[2J disk$/),
        { code: 'ONW3062', observer: 'Broken' },
      ],
    ]);
  });

  test('`false` logs nothing, and a logger that throws or rejects changes nothing', async () => {
    const broken: Logger = {
      error: () => {
        throw new Error('disk full');
      },
      warn: () => Promise.reject(new Error('disk full')),
    };
    const rejecting: Logger = { error: () => Promise.reject(new Error('disk full')), warn: () => undefined };
    const unhandled: unknown[] = [];
    const listen = (reason: unknown): number => unhandled.push(reason);
    process.on('unhandledRejection', listen);
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    for (const log of [false, broken, rejecting] as const) {
      const { start, runtime, clock } = wired(open(), { Shop: new Shop() }, {}, { log });
      await start('Shop.order');
      await clock.runAll();
      await runtime.idle();
    }
    await turn();
    process.off('unhandledRejection', listen);
    expect(write).not.toHaveBeenCalled();
    expect(unhandled).toEqual([]);
    write.mockRestore();
  });
});

describe('by default', () => {
  let written: string[] = [];
  beforeEach(() => {
    written = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  });
  afterEach(() => void vi.restoreAllMocks());

  test('each failure is one line on stderr', async () => {
    const services = { Shop: new Shop() };
    const runtime = createRuntime(wire(services), { services });
    await runtime.start('Shop.order', undefined, { id: 'order-7' });
    await runtime.start('Shop.slow', undefined, { id: 'order-8' });
    await runtime.idle();
    await turn();
    expect(written.map((line) => line.split('; await')[0])).toEqual([
      'onward: run order-7 of Shop.order failed at Shop.order (step 1, code 101): TypeError: no \\u{1b}[31mcard · and no cash',
      'onward: run order-8 of Shop.slow failed at Shop.slow (step 1, code 101): Error: too slow',
    ]);
    expect(written.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
  });
});

describe('the loggers of the field', () => {
  async function failWith(log: Logger): Promise<void> {
    const services = { Shop: new Shop() };
    const clock = virtualClock();
    const runtime = createRuntime(wire(services), { services, clock, log });
    await runtime.start('Shop.slow', undefined, { id: 'order-8' });
    await clock.runAll();
  }
  const text = expect.stringMatching(/^run order-8 of Shop\.slow failed/);
  const fields = { runId: 'order-8', job: 'Shop.slow', node: 'Shop.slow', code: 101, error: 'Error: too slow' };

  test('pino: text and fields', async () => {
    const lines: string[] = [];
    await failWith(pino({}, { write: (line: string) => void lines.push(line) }));
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([{ level: 50, msg: text, ...fields }]);
  });

  test('consola: text and fields', async () => {
    const logged: unknown[] = [];
    await failWith(createConsola({ reporters: [{ log: ({ type, args }) => void logged.push([type, ...args]) }] }));
    expect(logged).toMatchObject([['error', text, fields]]);
  });

  test('console: text and fields', async () => {
    const error = vi.spyOn(console, 'error').mockReturnValue(undefined);
    await failWith(console);
    expect(error.mock.calls).toMatchObject([[text, fields]]);
    error.mockRestore();
  });

  test("Nest's Logger, whose methods take a message and more", async () => {
    const logged: unknown[] = [];
    class NestLogger {
      log(message: string, ...more: unknown[]): void {
        logged.push(['log', message, ...more]);
      }
      error(message: string, ...more: unknown[]): void {
        logged.push(['error', message, ...more]);
      }
      warn(message: string, ...more: unknown[]): void {
        logged.push(['warn', message, ...more]);
      }
    }
    await failWith(new NestLogger());
    expect(logged).toMatchObject([['error', text, fields]]);
  });

  test('winston has levels by name, and takes the text first', async () => {
    const logged: unknown[] = [];
    const winston = {
      levels: { error: 0, warn: 1, info: 2 },
      error: (message: string, more: object): void => void logged.push([message, more]),
      warn: (): void => undefined,
    };
    await failWith(winston);
    expect(logged).toMatchObject([[text, fields]]);
  });

  test.each([[true], ['console'], [{}], [{ error: () => undefined }], [null]])('%o is refused', async (log) => {
    const services = { Shop: new Shop() };
    const make = async (): Promise<unknown> => createRuntime(wire(services), { services, ...{ log: log as false } });
    expect(String(await rejectionOf(make()))).toContain(
      'expected `log` to be a logger with the methods `error` and `warn`, such as console, or false',
    );
  });
});
