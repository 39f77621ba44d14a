// Bad days of a process that has runs in a file: it is told to stop, runs out of memory, or wakes up to a thousand timers.

import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { createRuntime, Job } from 'onward';
import { sqliteEngine } from 'onward/engines/sqlite';
import { virtualClock } from 'onward/testing';
import { bundled, outputOf, started } from '../support/child.ts';
import { database, DRIVERS, storeFile } from '../support/sqlite.ts';
import { wire } from '../support/wired.ts';

interface Ended {
  readonly code: number | null;
  readonly output: string;
  /** How long it lived after the last signal, in milliseconds. */
  readonly afterMs: number;
}

/** Starts the first life, and sends so many SIGTERMs once it is under way. */
async function signalled(given: object, signals: number): Promise<Ended> {
  const child = started(program, { ...given, life: 1 });
  let output = '';
  let sentAt = 0;
  let sent = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (!output.includes('under way')) return;
    // The next one when the first one was heard.
    if (sent === 0 || (sent < signals && output.includes('ONW3040'))) {
      sent++;
      sentAt = performance.now();
      child.kill('SIGTERM');
    }
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output, afterMs: performance.now() - sentAt };
}

function bodiesOf(file: string): string[] {
  return readFileSync(`${file}.bodies`, 'utf8').trim().split('\n');
}

let program: string;

beforeAll(async () => {
  program = await bundled('bad-day');
}, 300_000);

const ITEMS = Array.from({ length: 12 }, (_, at) => at);

describe.each(DRIVERS)('%s', { timeout: 300_000 }, (driver) => {
  test('D21: told to stop, it takes no new runs at once, ends what is open, and exits with 0', async () => {
    const file = storeFile();
    const { code, output } = await signalled({ file, driver }, 1);
    expect([code, output]).toEqual([0, 'under way\nONW3040\nclosed\n']);
    expect(bodiesOf(file)).toEqual(ITEMS.flatMap((item) => [`1 begin ${item}`, `1 end ${item}`]));
  });

  test('D21: told twice, it exits at once with 130, and the next process loses nothing', async () => {
    const file = storeFile();
    const { code, output, afterMs } = await signalled({ file, driver }, 2);
    expect([code, output.includes('closed')]).toEqual([130, false]);
    expect(afterMs).toBeLessThan(2_000);
    const before = bodiesOf(file);
    expect(before.at(-1)).not.toBe('1 end 11');
    expect(await outputOf(started(program, { file, driver, life: 2 }))).toBe('completed 13\n');
    // What was under way is called again, what had ended is not.
    const ends = bodiesOf(file).filter((line) => line.includes('end'));
    const endedTwice = ends.length - new Set(ends.map((line) => line.slice(2))).size;
    expect(new Set(ends.map((line) => line.slice(2))).size).toBe(ITEMS.length);
    expect(endedTwice).toBeLessThanOrEqual(1);
  });

  test('D22: out of memory, it dies; the file is whole, and the next process goes on', async () => {
    const file = storeFile();
    const env = { ...process.env, NODE_OPTIONS: '--max-old-space-size=64' };
    const given = { file, driver, hoards: true };
    const child = started(program, { ...given, life: 1 }, { env, stdio: ['ignore', 'ignore', 'ignore'] });
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    expect(code).not.toBe(0);
    expect(bodiesOf(file).at(-1)).toBe('1 begin 2');
    const db = database(file);
    expect(db.prepare('PRAGMA integrity_check').get()).toMatchObject({ integrity_check: 'ok' });
    db.close();
    expect(await outputOf(started(program, { ...given, life: 2 }))).toBe('completed 13\n');
    expect(bodiesOf(file).slice(5)).toEqual(ITEMS.slice(2).flatMap((item) => [`2 begin ${item}`, `2 end ${item}`]));
  });

  test('D23: a thousand timers that are due at once: so many at a time, and a start comes between them', async () => {
    const TIMERS = 1_000;
    const file = storeFile();
    let begun = 0;
    class Shop {
      @Job() ring(): void {
        begun++;
      }
      @Job() order(): number {
        return begun;
      }
    }
    const services = { Shop: new Shop() };
    const open = (clock = virtualClock()) => {
      const engine = sqliteEngine({ file, driver, synchronous: 'normal' });
      return { clock, runtime: createRuntime(wire(services), { services, engine, clock, log: false }) };
    };
    const first = open();
    const options = { notBefore: '1h' } as const;
    await Promise.all(Array.from({ length: TIMERS }, () => first.runtime.start('Shop.ring', undefined, options)));
    await first.runtime.close({ drainMs: 0 });

    const { runtime, clock } = open();
    await clock.advance(7_200_000);
    void runtime.work();
    let most = 0;
    let before = 0;
    const order = await runtime.start('Shop.order');
    const isBegun = (): boolean => begun === TIMERS;
    for (const until = Date.now() + 60_000; !isBegun() && Date.now() < until; before = begun) {
      await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, begun - before);
    }
    expect(begun).toBe(TIMERS);
    expect(most).toBeLessThanOrEqual(256);
    expect(await order.value()).toBeLessThan(TIMERS);
    await runtime.close();
  });
});
