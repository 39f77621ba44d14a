// A schedule on a clock that the test moves.

import { describe, expect, test } from 'vitest';
import { openSchedule } from '../../src/schedule/schedule.ts';
import { recordedHost } from './recorded-host.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const utc = { timezone: 'UTC' } as const;

describe('slots', () => {
  test('each is a run, whose id says which', async () => {
    const host = recordedHost();
    const daily = await openSchedule('0 6 * * *', { timezone: 'Europe/Berlin' }, host);
    expect(daily).toMatchObject({ name: 'Reports.daily 0 6 * * *', timezone: 'Europe/Berlin' });
    expect(daily.next()).toEqual(new Date('2026-01-01T05:00Z'));
    await host.time.advance(2 * DAY_MS);
    expect(host.ids).toEqual([
      'Reports.daily 0 6 * * *@2026-01-01T05:00:00.000Z',
      'Reports.daily 0 6 * * *@2026-01-02T05:00:00.000Z',
    ]);
    expect(daily.next()).toEqual(new Date('2026-01-03T05:00Z'));
  });

  test('a name of its own, and blanks, do not change with how the pattern is written', async () => {
    const named = await openSchedule(' 0\t6  * * * ', { ...utc, name: 'morning' }, recordedHost());
    expect(named.name).toBe('morning');
    const unnamed = await openSchedule(' 0\t6  * * * ', utc, recordedHost());
    expect(unnamed.name).toBe('Reports.daily 0 6 * * *');
  });

  test('two processes ask for the same run', async () => {
    const [one, other] = [recordedHost(), recordedHost({ startAt: Date.UTC(2026, 0, 1, 5) })];
    await openSchedule('0 6 * * *', utc, one);
    await openSchedule('0 6 * * *', utc, other);
    await one.time.advance(DAY_MS);
    await other.time.advance(DAY_MS);
    expect(other.ids).toEqual(one.ids);
  });

  test('the first is the first after it was opened', async () => {
    const host = recordedHost({ startAt: Date.UTC(2026, 0, 1, 6) });
    const daily = await openSchedule('0 6 * * *', utc, host);
    expect(daily.next()).toEqual(new Date('2026-01-02T06:00Z'));
    await host.time.advance(HOUR_MS);
    expect(host.ids).toEqual([]);
  });

  test('by default it goes by the clock of the machine', async () => {
    const daily = await openSchedule('0 6 * * *', {}, recordedHost());
    expect(daily.timezone).toBe(new Intl.DateTimeFormat().resolvedOptions().timeZone);
  });

  test('one that is years away is waited for', async () => {
    const host = recordedHost();
    const leap = await openSchedule('0 0 29 2 *', utc, host);
    expect(leap.next()).toEqual(new Date('2028-02-29T00:00Z'));
    await host.time.advance(40 * DAY_MS); // more than a timer of Node can wait
    expect(host.ids).toEqual([]);
    expect(host.time.waiting).toBe(1);
  });

  test('D24: each comes once on the days on which clocks are changed', async () => {
    const spring = recordedHost({ startAt: Date.UTC(2026, 2, 28, 12) });
    await openSchedule('30 2 * * *', { timezone: 'Europe/Berlin', name: 'night' }, spring);
    await spring.time.advance(2 * DAY_MS);
    expect(spring.ids).toEqual(['night@2026-03-29T01:00:00.000Z', 'night@2026-03-30T00:30:00.000Z']);

    const autumn = recordedHost({ startAt: Date.UTC(2026, 9, 24, 12) });
    await openSchedule('30 2 * * *', { timezone: 'Europe/Berlin', name: 'night' }, autumn);
    await autumn.time.advance(2 * DAY_MS);
    expect(autumn.ids).toEqual(['night@2026-10-25T00:30:00.000Z', 'night@2026-10-26T01:30:00.000Z']);
  });

  test('D24: every quarter of an hour goes on in even steps on those days', async () => {
    for (const [month, day] of [
      [2, 29],
      [9, 25],
    ] as const) {
      const host = recordedHost({ startAt: Date.UTC(2026, month, day) });
      await openSchedule('*/15 * * * *', { timezone: 'Europe/Berlin', name: 'often' }, host);
      await host.time.advance(4 * HOUR_MS);
      const slots = host.ids.map((id) => Date.parse(id.split('@')[1] ?? ''));
      expect(slots).toEqual(slots.map((_, at) => Date.UTC(2026, month, day) + (at + 1) * 15 * MINUTE_MS));
      expect(slots).toHaveLength(16);
    }
  });
});

describe('S-D12: a slot that comes while a run is under way', () => {
  // Every ten minutes, for an hour.
  const hour = async (overlap: 'skip' | 'queue' | number | undefined, lastsMin: number) => {
    const host = recordedHost({ lasts: () => lastsMin * MINUTE_MS });
    await openSchedule('*/10 * * * *', { ...utc, ...(overlap === undefined ? {} : { overlap }) }, host);
    await host.time.advance(HOUR_MS);
    return host;
  };

  test('skip: is left out', async () => {
    const host = await hour('skip', 15);
    expect(host.runs()).toEqual(['00:10 00:10 00:25', '00:30 00:30 00:45', '00:50 00:50']);
    expect(host.most).toBe(1);
  });

  test('is left out by default', async () => {
    expect((await hour(undefined, 15)).runs()).toEqual((await hour('skip', 15)).runs());
  });

  test('queue: one waits, under its own id, and starts when the run is over', async () => {
    const host = await hour('queue', 15);
    expect(host.runs()).toEqual(['00:10 00:10 00:25', '00:20 00:25 00:40', '00:30 00:40 00:55', '00:40 00:55']);
    expect(host.most).toBe(1);
  });

  test('queue: only one waits, the first; further ones are left out', async () => {
    const host = await hour('queue', 35);
    expect(host.runs()).toEqual(['00:10 00:10 00:45', '00:20 00:45']);
    await host.time.advance(HOUR_MS);
    expect(host.runs().slice(1, 3)).toEqual(['00:20 00:45 01:20', '00:50 01:20 01:55']);
    expect(host.most).toBe(1);
  });

  test('a number: so many at once, further ones are left out', async () => {
    const host = await hour(2, 25);
    expect(host.runs()).toEqual(['00:10 00:10 00:35', '00:20 00:20 00:45', '00:40 00:40', '00:50 00:50']);
    expect(host.most).toBe(2);
  });

  test('10: ten at once', async () => {
    const host = recordedHost({ lasts: () => 100 * HOUR_MS });
    await openSchedule('* * * * *', { ...utc, overlap: 10 }, host);
    await host.time.advance(HOUR_MS);
    expect(host.ids).toHaveLength(10);
    expect(host.most).toBe(10);
  });

  test('a run that ends as a slot comes makes room for it, whichever is first', async () => {
    expect((await hour('queue', 10)).ids).toHaveLength(6);
  });

  test('a run that fails is over, too', async () => {
    const host = recordedHost();
    let started = 0;
    const start = async (): Promise<{ over: Promise<unknown> }> => {
      started++;
      return { over: Promise.reject(new Error('out of paper')) };
    };
    await openSchedule('*/10 * * * *', utc, { ...host, start });
    await host.time.advance(HOUR_MS);
    expect(started).toBe(6);
    expect(host.faults).toEqual([]);
  });
});

describe('a clock that is set, and a machine that slept', () => {
  test('D23: of the slots that were missed the newest comes, once', async () => {
    const host = recordedHost();
    const daily = await openSchedule('*/10 * * * *', utc, host);
    await host.time.advance(5 * MINUTE_MS);
    host.setClock(3 * HOUR_MS);
    await host.time.advance(MINUTE_MS);
    expect(host.runs()).toEqual(['03:00 03:06 03:06']);
    expect(daily.next()).toEqual(new Date('2026-01-01T03:10Z'));
    await host.time.advance(4 * MINUTE_MS);
    expect(host.runs()).toHaveLength(2);
  });

  test('D23: a week of seconds is one run', async () => {
    const host = recordedHost();
    await openSchedule('* * * * * *', utc, host);
    await host.time.advance(500);
    host.setClock(7 * DAY_MS);
    await host.time.advance(500);
    expect(host.ids).toEqual(['Reports.daily * * * * * *@2026-01-08T00:00:01.000Z']);
  });

  test('the run comes within a minute of waking up, however long the wait was meant to be', async () => {
    const host = recordedHost({ startAt: Date.UTC(2026, 0, 1, 22) });
    await openSchedule('0 6 * * *', utc, host);
    host.setClock(9 * HOUR_MS);
    await host.time.advance(MINUTE_MS);
    expect(host.runs()).toEqual(['06:00 07:01 07:01']);
  });

  test('SCHEDULE-1: after the clock went back no slot comes twice', async () => {
    const host = recordedHost();
    const daily = await openSchedule('*/10 * * * *', utc, host);
    await host.time.advance(35 * MINUTE_MS);
    host.setClock(-30 * MINUTE_MS);
    await host.time.advance(HOUR_MS);
    expect(host.ids.map((id) => id.slice(-13, -8))).toEqual(['00:10', '00:20', '00:30', '00:40', '00:50', '01:00']);
    expect(host.runs()[3]).toBe('00:40 00:40 00:40');
    expect(daily.next()).toEqual(new Date('2026-01-01T01:10Z'));
  });

  test('a timer that is early starts nothing', async () => {
    const host = recordedHost();
    await openSchedule('*/10 * * * *', utc, host);
    host.setClock(-5);
    await host.time.advance(10 * MINUTE_MS + 4);
    expect(host.ids).toEqual([]);
    await host.time.advance(1);
    expect(host.ids).toHaveLength(1);
  });
});

describe('a start that is refused', () => {
  test('is told, and the schedule goes on', async () => {
    const refuse = (slot: Date): unknown => (slot.getUTCMinutes() === 20 ? new Error('disk full') : undefined);
    const host = recordedHost({ refuse });
    await openSchedule('*/10 * * * *', utc, host);
    await host.time.advance(30 * MINUTE_MS);
    expect(host.faults).toEqual(['00:20 Error: disk full']);
    expect(host.runs().map((run) => run.slice(0, 5))).toEqual(['00:10', '00:30']);
  });

  test('lets the one that waits begin', async () => {
    const host = recordedHost();
    const refused = new Promise<never>((_, reject) => host.time.after(25 * MINUTE_MS, () => reject(new Error('late'))));
    const slots: string[] = [];
    const start = (id: string, slot: Date): ReturnType<typeof host.start> => {
      slots.push(id.slice(-13, -8));
      return slots.length === 1 ? refused : host.start(id, slot);
    };
    await openSchedule('*/10 * * * *', { ...utc, overlap: 'queue' }, { ...host, start });
    await host.time.advance(28 * MINUTE_MS);
    expect(slots).toEqual(['00:10', '00:20']);
    expect(host.faults).toEqual(['00:10 Error: late']);
    expect(host.runs()).toEqual(['00:20 00:25 00:25']);
  });
});

describe('stop', () => {
  test('no further slot; a run under way goes on, and what waits for it is forgotten', async () => {
    const host = recordedHost({ lasts: () => 25 * MINUTE_MS });
    const daily = await openSchedule('*/10 * * * *', { ...utc, overlap: 'queue' }, host);
    await host.time.advance(20 * MINUTE_MS);
    await daily.stop();
    expect(daily.next()).toBeNull();
    await host.time.advance(HOUR_MS);
    expect(host.runs()).toEqual(['00:10 00:10 00:35']);
    expect(host.time.waiting).toBe(0);
  });

  test('twice is as good as once', async () => {
    const host = recordedHost();
    const daily = await openSchedule('*/10 * * * *', utc, host);
    await Promise.all([daily.stop(), daily.stop()]);
    await daily.stop();
    await host.time.advance(HOUR_MS);
    expect(host.ids).toEqual([]);
  });

  test('SCHEDULE-3: waits for a start that is under way', async () => {
    const host = recordedHost();
    const said: string[] = [];
    const start = async (): Promise<{ over: Promise<unknown> }> => {
      await new Promise<void>((resolve) => host.time.after(2 * MINUTE_MS, resolve));
      said.push('started');
      return { over: new Promise(() => undefined) };
    };
    const daily = await openSchedule('*/10 * * * *', utc, { ...host, start });
    await host.time.advance(10 * MINUTE_MS);
    const stopped = daily.stop().then(() => said.push('stopped'));
    await host.time.advance(MINUTE_MS);
    expect(said).toEqual([]);
    await host.time.advance(MINUTE_MS);
    await stopped;
    expect(said).toEqual(['started', 'stopped']);
  });
});
