// Runs in loggers of others.

import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { ConsoleLogger } from '@nestjs/common';
import { createConsola, type ConsolaReporter } from 'consola';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { Job, TerminalError, type StepContext } from 'onward';
import { logger, type Logger, type LogLevel, type LoggerOptions } from 'onward/observers';
import { ENGINES, wired } from '../support/wired.ts';
import { shop, UNPRINTABLE } from './shop.ts';

interface Entry {
  readonly level: string;
  readonly given: readonly unknown[];
}

const LEVELS = ['error', 'warn', 'info', 'debug'] as const;

/** A logger that keeps what it is given. */
function keeping(names: readonly string[] = LEVELS, more: object = {}): { entries: Entry[]; target: Logger } {
  const entries: Entry[] = [];
  const target = { error: () => {}, warn: () => {}, ...more };
  for (const level of names) {
    Object.assign(target, { [level]: (...given: unknown[]) => void entries.push({ level, given }) });
  }
  return { entries, target };
}

function linesOf(entries: readonly Entry[]): string[] {
  return entries.map(({ level, given }) => `${level} ${String(given[0])}`);
}

async function logged(options: LoggerOptions = {}, open = ENGINES[0].open): Promise<Entry[]> {
  const { entries, target } = keeping();
  const { runtime, report } = shop(open);
  runtime.observe(logger(target, options));
  await report('Shop.order', undefined, { id: 'o1', tags: ['vip'] });
  return entries;
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('runs are info, steps debug, retries warn and failures error, with fields for programs', async () => {
    const entries = await logged({}, open);
    const lines = linesOf(entries);
    expect(lines[0]).toBe('info run o1 of Shop.order started');
    expect(lines).toContain('debug Shop.order completed in 0 ms');
    expect(lines).toContain('warn Shop.charge failed and is tried again: Error: nobody answers');
    expect(lines).toContain('error Shop.pick failed in 0 ms: Declined: no plates left');
    expect(lines).toContain('debug Shop.pick is at 0.5 (cup)');
    expect(lines.at(-1)).toMatch(/^error run o1 of Shop.order failed in 300 ms/);
    // A class that sets no name of its own goes by the one it has.
    const failure = entries.find(({ given }) => String(given[0]).startsWith('Shop.pick failed'));
    expect(failure?.given[1]).toMatchObject({ error: { name: 'Declined', message: 'no plates left' } });
    const retry = entries.find(({ level }) => level === 'warn');
    expect(retry?.given[1]).toMatchObject({
      type: 'step.retrying',
      runId: 'o1',
      tags: ['vip'],
      node: 'Shop.charge',
      attempt: 1,
      code: 101,
      error: { name: 'Error', message: 'nobody answers' },
    });
    expect(JSON.parse(JSON.stringify(entries))).toHaveLength(entries.length);
  });

  test.each<[LogLevel, string[]]>([
    ['info', ['info', 'warn', 'error']],
    ['warn', ['warn', 'error']],
    ['error', ['error']],
  ])('level %s leaves out what is below, and says each thing once', async (level, levels) => {
    const entries = await logged({ level }, open);
    expect(new Set(entries.map((entry) => entry.level))).toEqual(new Set(levels));
    const all = linesOf(await logged({}, open)).filter((line) => !line.startsWith('debug'));
    expect(linesOf(entries)).toEqual(all.filter((line) => levels.includes(line.split(' ')[0] ?? '')));
  });
});

test('an error whose class extends one of Onward goes by its own class, in the text and in the fields', async () => {
  class CardDeclined extends TerminalError {}
  class Till {
    @Job() charge(): void {
      throw new CardDeclined('no money');
    }
  }
  const { entries, target } = keeping();
  const { runtime, start } = wired(ENGINES[0].open(), { Till: new Till() });
  runtime.observe(logger(target));
  await (await start('Till.charge')).report();
  const failure = entries.find(({ given }) => String(given[0]).startsWith('Till.charge failed'));
  expect(failure?.given).toMatchObject([
    expect.stringContaining('CardDeclined: no money'),
    { error: { name: 'CardDeclined', message: 'no money' } },
  ]);
});

test('an attempt whose error calls itself critical is an error, at the level error, too', async () => {
  class Van {
    tries = 0;
    @Job({ retry: { attempts: 2, delay: 1, jitter: 0 } }) drive(): void {
      if (++this.tries < 2) throw Object.assign(new Error('the van is on fire'), { severity: 'critical' });
    }
  }
  const { entries, target } = keeping();
  const { runtime, report } = wired(ENGINES[0].open(), { Van: new Van() });
  runtime.observe(logger(target, { level: 'error' }));
  await report('Van.drive');
  expect(linesOf(entries)).toEqual(['error Van.drive failed and is tried again: Error: the van is on fire']);
});

test('payloads are logged only if `messages` asks for them', async () => {
  expect(JSON.stringify(await logged())).not.toMatch(/"(message|value|data)":\[?"(cup|paid)/);
  const entries = await logged({ messages: true });
  expect(entries.map(({ given }) => given[1])).toContainEqual(
    expect.objectContaining({ type: 'step.completed', node: 'Shop.charge', value: 'paid' }),
  );
});

test('pino gets its fields first; console, consola and winston the text first; Nest has `log` for `info`', async () => {
  const of = async (names: readonly string[], more: object = {}, order: LoggerOptions = {}): Promise<unknown[]> => {
    const { entries, target } = keeping(names, more);
    const { runtime, report } = shop();
    runtime.observe(logger(target, { level: 'info', ...order }));
    await report('Shop.order', undefined, { id: 'o1' });
    return [entries[0]?.level, ...(entries[0]?.given.map((part) => typeof part) ?? [])];
  };
  expect(await of(LEVELS, { levels: { values: { 30: 'info' } } })).toEqual(['info', 'object', 'string']);
  expect(await of(LEVELS)).toEqual(['info', 'string', 'object']);
  expect(await of(LEVELS, { levels: { error: 0, info: 2 } })).toEqual(['info', 'string', 'object']);
  expect(await of(['error', 'warn', 'log', 'debug'])).toEqual(['log', 'string', 'object']);
  // `order` knows better.
  expect(await of(LEVELS, {}, { order: 'fields' })).toEqual(['info', 'object', 'string']);
  expect(await of(LEVELS, { levels: { values: {} } }, { order: 'text' })).toEqual(['info', 'string', 'object']);
});

describe('the real ones', () => {
  async function lines(of: (write: (line: string) => void) => Logger): Promise<string[]> {
    const written: string[] = [];
    const { runtime, report } = shop();
    runtime.observe(
      logger(
        of((line) => void written.push(line)),
        { level: 'warn' },
      ),
    );
    await report('Shop.order', undefined, { id: 'o1' });
    return written;
  }
  const tried = 'Shop.charge failed and is tried again: Error: nobody answers';

  test('pino', async () => {
    const entries = (await lines((write) => pino({ base: null }, { write }))).map((line): unknown => JSON.parse(line));
    const fields = { runId: 'o1', node: 'Shop.charge', attempt: 1 };
    expect(entries).toContainEqual(expect.objectContaining({ level: 40, msg: tried, ...fields }));
  });

  test('consola', async () => {
    const reporter = (write: (line: string) => void): ConsolaReporter => ({
      log: ({ type, args: [text, { node }] }) => write(`${type} ${text} ${node}`),
    });
    expect(await lines((write) => createConsola({ reporters: [reporter(write)] }))).toContain(
      `warn ${tried} Shop.charge`,
    );
  });

  test('the logger of Nest', async () => {
    class Kept extends ConsoleLogger {
      readonly write: (line: string) => void;
      constructor(write: (line: string) => void) {
        super('Onward', { colors: false });
        this.write = write;
      }
      protected override printMessages(...[messages, context, level, , , fields]: readonly unknown[]): void {
        this.write(JSON.stringify([level, context, messages, fields]));
      }
    }
    const written = await lines((write) => new Kept(write));
    const entry = written.find((line) => line.includes(tried));
    expect(JSON.parse(entry ?? '[]')).toMatchObject(['warn', 'Onward', [tried], { node: 'Shop.charge', runId: 'o1' }]);
  });

  test('console', async () => {
    const written = await lines((write) => {
      const stream = new Writable({ write: (chunk, _, done) => (write(String(chunk)), done()) });
      return new Console(stream);
    });
    expect(written.join('')).toContain(`${tried} {`);
  });
});

test('a logger that throws or rejects, or lacks a level, changes nothing', async () => {
  const { runtime, report } = shop();
  runtime.observe(
    logger({ error: () => Promise.reject(new Error('away')), warn: () => Reflect.ownKeys(Object(null)) }),
  );
  runtime.observe(
    logger({
      error() {
        throw new Error('full');
      },
      warn() {
        throw new Error('full');
      },
    }),
  );
  expect((await report('Shop.order')).counts.failed).toBeGreaterThan(0);
});

test('hostile ids and texts stay printable, on one line', async () => {
  class Odd {
    @Job() go(context: StepContext): never {
      context.emit('a\u0007\nb');
      throw new Error('\u001B[2J\r\n\u202Egone');
    }
  }
  const { entries, target } = keeping();
  const { runtime, report } = wired(ENGINES[0].open(), { Odd: new Odd() }, { 'Odd.go': ['context'] });
  runtime.observe(logger(target));
  await report('Odd.go', undefined, { id: 'x\u202Ey' });
  for (const line of linesOf(entries)) expect(line).not.toMatch(UNPRINTABLE);
});

test('what is no logger, and options that make no sense, are refused', () => {
  expect(() => logger(Object({ info: () => {} }))).toThrow(/ONW3004.*methods `error` and `warn`/);
  expect(() => logger(console, Object({ level: 'trace', message: true }))).toThrow(
    /ONW3004.*`level` to be 'debug' or 'info' or 'warn' or 'error'.*did you mean `messages`\?/,
  );
});

test('with the level info a run that is suspended and goes on is logged, and nothing of its steps', async () => {
  const { entries, target } = keeping();
  const { runtime, start, clock } = shop();
  runtime.observe(logger(target, { level: 'info' }));
  const run = await start('Shop.order', undefined, { id: 'o1' });
  await run.suspend();
  await clock.advance(10);
  await run.resume();
  await clock.runAll();
  const ofRuns = linesOf(entries).filter((line) => line.startsWith('info'));
  expect(ofRuns).toEqual(['info run o1 of Shop.order started', 'info run o1 suspended', 'info run o1 resumed']);
});
