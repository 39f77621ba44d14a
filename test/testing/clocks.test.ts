// The clock of tests, which moves when told, and the clock of the machine.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { virtualClock } from 'onward/testing';
import { systemClock } from '../../src/execute/clock.ts';

describe('the virtual clock', () => {
  test('stands still until it is advanced, and calls timers in order of their times', async () => {
    const clock = virtualClock(1_000);
    const calls: [string, number][] = [];
    const note = (name: string) => (): number => calls.push([name, clock.now()]);
    clock.after(30, note('c'));
    clock.after(10, note('a'));
    clock.after(10, note('b'));
    clock.after(31, note('d'));
    await clock.advance(9);
    expect([calls, clock.now(), clock.waiting]).toEqual([[], 1_009, 4]);
    await clock.advance(21);
    expect(calls).toEqual([
      ['a', 1_010],
      ['b', 1_010],
      ['c', 1_030],
    ]);
    expect([clock.now(), clock.coarse(), clock.waiting]).toEqual([1_030, 1_030, 1]);
  });

  test('lets what a timer starts go on before the next one, timers that it sets included', async () => {
    const clock = virtualClock(0);
    const calls: number[] = [];
    const again = (): void => {
      void Promise.resolve().then(() => {
        calls.push(clock.now());
        if (calls.length < 4) clock.after(5, again);
      });
    };
    clock.after(5, again);
    await clock.advance(100);
    expect(calls).toEqual([5, 10, 15, 20]);
    expect(clock.now()).toBe(100);
  });

  test('starts at a time: what is none is refused, and not found later in every date', () => {
    for (const startAt of [Number.NaN, Number.POSITIVE_INFINITY, '2026-01-01', new Date(0), null]) {
      const made = (): unknown => Reflect.apply(virtualClock, undefined, [startAt]);
      expect(made, String(startAt)).toThrow(/ONW3004: expected the time at which the clock starts, .*, got /);
    }
  });

  test('never goes back, also if it is advanced from two places at once', async () => {
    const clock = virtualClock(0);
    clock.after(500, () => void clock.advance(5_000));
    await clock.advance(1_000);
    expect(clock.now()).toBe(5_500);
    await Promise.all([clock.advance(200), clock.advance(100)]);
    expect(clock.now()).toBe(5_700);
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('is not advanced by %d ms', async (ms) => {
    const clock = virtualClock(0);
    await expect(clock.advance(ms)).rejects.toThrow('ONW3004: expected a time to advance the clock by');
    expect(clock.now()).toBe(0);
  });

  test('a timer after an infinite time waits and is never called', async () => {
    const clock = virtualClock(0);
    let calls = 0;
    clock.after(Number.POSITIVE_INFINITY, () => calls++);
    clock.after(5, () => undefined);
    await clock.runAll();
    expect([calls, clock.now(), clock.waiting]).toEqual([0, 5, 1]);
  });

  test('a cancelled timer is not called; cancelling late or twice does no harm', async () => {
    const clock = virtualClock();
    let calls = 0;
    const cancel = clock.after(5, () => calls++);
    cancel();
    cancel();
    const fired = clock.after(5, () => calls++);
    await clock.runAll();
    fired();
    expect([calls, clock.waiting]).toEqual([1, 0]);
  });

  test('runAll goes from timer to timer, and stops what goes round for ever', async () => {
    const clock = virtualClock(0);
    clock.after(86_400_000, () => undefined);
    await clock.runAll();
    expect(clock.now()).toBe(86_400_000);
    const forever = (): void => void clock.after(1, forever);
    forever();
    await expect(clock.runAll(100)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: more than 100 timers came due: something sets them for ever]`,
    );
  });
});

describe('the clock of the machine', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_000 }));
  afterEach(() => void vi.useRealTimers());

  test('waits longer than one timer of Node can: 2^31 ms and more do not fire at once', () => {
    const clock = systemClock();
    const days = 60 * 86_400_000;
    let fired = 0;
    clock.after(days, () => fired++);
    vi.advanceTimersByTime(days - 1);
    expect(fired).toBe(0);
    vi.advanceTimersByTime(1);
    expect(fired).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([2 ** 31 - 1, 2 ** 31, 2 ** 32])('waits %d ms exactly', (ms) => {
    let fired = 0;
    systemClock().after(ms, () => fired++);
    vi.advanceTimersByTime(ms - 1);
    expect(fired).toBe(0);
    vi.advanceTimersByTime(1);
    expect(fired).toBe(1);
  });

  test('a long wait can be cancelled in any of its pieces; waiting for ever is never over', () => {
    const clock = systemClock();
    let fired = 0;
    const cancel = clock.after(3 * 2 ** 31, () => fired++);
    vi.advanceTimersByTime(2 ** 31 + 5);
    cancel();
    const cancelEndless = clock.after(Number.POSITIVE_INFINITY, () => fired++);
    vi.advanceTimersByTime(2 ** 34);
    expect([fired, vi.getTimerCount()]).toEqual([0, 1]);
    cancelEndless();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a time that has passed fires in the next turn', () => {
    let fired = 0;
    systemClock().after(-5, () => fired++);
    expect(fired).toBe(0);
    vi.advanceTimersByTime(1);
    expect(fired).toBe(1);
  });

  test('the coarse time is that of the turn of the event loop', () => {
    const clock = systemClock();
    expect(clock.coarse()).toBe(1_000);
    vi.setSystemTime(2_000);
    expect([clock.coarse(), clock.now()]).toEqual([1_000, 2_000]);
    vi.runAllTimers();
    expect(clock.coarse()).toBeGreaterThanOrEqual(2_000);
  });
});
