// When slots are, above all on the days on which clocks are changed.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCalendar } from '../../src/schedule/calendar.ts';
import { newestSlot, slotsOf, type NextSlot, zoneOf } from '../../src/schedule/wall-clock.ts';
import { patternOf, slotsByHand, wallClock, type Times } from './reference.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

async function open(pattern: string, timezone: string): Promise<NextSlot> {
  const zone = zoneOf(timezone);
  const calendar = await readCalendar(pattern, 0);
  if (zone === undefined) throw new Error(`there is no zone ${timezone}`);
  if (typeof calendar === 'string') throw new Error(calendar);
  return slotsOf(calendar, zone);
}

function* following(next: NextSlot, from: number, to: number): Generator<number> {
  for (let slot = next(from); slot !== undefined && slot <= to; slot = next(slot)) yield slot;
}

/** Every slot from the one instant to the other, as `15T23:30` in UTC. */
async function slots(pattern: string, zone: string, from: string, to: string): Promise<string> {
  const next = await open(pattern, zone);
  const found = [...following(next, Date.parse(`${from}Z`) - 1, Date.parse(`${to}Z`))];
  return found.map((slot) => new Date(slot).toISOString().slice(8, 16)).join(' ');
}

describe('D24: clocks go forward', () => {
  // Berlin: 29 March 2026, at 01:00 UTC the clock goes from 02:00 to 03:00.
  const berlin = (pattern: string) => slots(pattern, 'Europe/Berlin', '2026-03-28T12:00', '2026-03-30T06:00');

  test('a time that is left out comes at the moment of the change', async () => {
    expect(await berlin('30 2 * * *')).toBe('29T01:00 30T00:30');
    expect(await berlin('0 2 * * *')).toBe('29T01:00 30T00:00');
  });

  test('several such times are one slot', async () => {
    expect(await berlin('0,30 2 * * *')).toBe('29T01:00 30T00:00 30T00:30');
    expect(await berlin('*/20 2 * * *')).toBe('29T01:00 30T00:00 30T00:20 30T00:40');
  });

  test('and so it is when the moment of the change is a slot itself', async () => {
    expect(await berlin('30 2,3 * * *')).toBe('29T01:00 29T01:30 30T00:30 30T01:30');
    expect(await berlin('0 2,3 * * *')).toBe('29T01:00 30T00:00 30T01:00');
  });

  test('a pattern that leaves the hour open goes on in even steps', async () => {
    const night = (pattern: string) => slots(pattern, 'Europe/Berlin', '2026-03-29T00:15', '2026-03-29T01:45');
    expect(await night('*/15 * * * *')).toBe('29T00:15 29T00:30 29T00:45 29T01:00 29T01:15 29T01:30 29T01:45');
    expect(await night('30 * * * *')).toBe('29T00:30 29T01:30');
    expect(await night('30 0-23 * * *')).toBe('29T00:30 29T01:30');
  });

  test('New York', async () => {
    // 8 March 2026, 07:00 UTC: 02:00 to 03:00.
    expect(await slots('30 2 * * 0', 'America/New_York', '2026-03-01T12:00', '2026-03-16T00:00')).toBe(
      '08T07:00 15T06:30',
    );
  });

  test('Lord Howe, by half an hour', async () => {
    // 4 October 2026, 3rd 15:30 UTC: 02:00 to 02:30.
    const island = (pattern: string, from: string, to: string) => slots(pattern, 'Australia/Lord_Howe', from, to);
    expect(await island('15 2 * * *', '2026-10-02T00:00', '2026-10-05T00:00')).toBe('02T15:45 03T15:30 04T15:15');
    expect(await island('*/10 * * * *', '2026-10-03T15:10', '2026-10-03T15:50')).toBe(
      '03T15:10 03T15:20 03T15:30 03T15:40 03T15:50',
    );
  });

  test('São Paulo, where midnight was left out', async () => {
    // 4 November 2018, 03:00 UTC: 00:00 to 01:00.
    const city = (pattern: string) => slots(pattern, 'America/Sao_Paulo', '2018-11-03T00:00', '2018-11-05T12:00');
    expect(await city('0 0 * * *')).toBe('03T03:00 04T03:00 05T02:00');
    expect(await city('@daily')).toBe('03T03:00 04T03:00 05T02:00');
    expect(await city('30 0 * * *')).toBe('03T03:30 04T03:00 05T02:30');
  });

  test('Samoa, where a whole day was left out', async () => {
    // 30 December 2011 was not: on the 29th at midnight, 30th 10:00 UTC, the 31st began.
    const samoa = (pattern: string) => slots(pattern, 'Pacific/Apia', '2011-12-29T12:00', '2011-12-31T12:00');
    expect(await samoa('0 12 * * *')).toBe('29T22:00 30T10:00 30T22:00');
    expect(await samoa('0 */8 * * *')).toBe('29T18:00 30T02:00 30T10:00 30T18:00 31T02:00 31T10:00');
  });
});

describe('D24: clocks go back', () => {
  // Berlin: 25 October 2026, at 01:00 UTC the clock goes from 03:00 to 02:00.
  const berlin = (pattern: string) => slots(pattern, 'Europe/Berlin', '2026-10-24T22:00', '2026-10-26T06:00');

  test('a time that comes twice is a slot the first time', async () => {
    expect(await berlin('30 2 * * *')).toBe('25T00:30 26T01:30');
    expect(await berlin('0 2 * * *')).toBe('25T00:00 26T01:00');
    expect(await berlin('0 3 * * *')).toBe('25T02:00 26T02:00');
    expect(await berlin('0 */6 * * *')).toBe('24T22:00 25T05:00 25T11:00 25T17:00 25T23:00 26T05:00');
  });

  test('several such times too', async () => {
    expect(await berlin('*/20 2 * * *')).toBe('25T00:00 25T00:20 25T00:40 26T01:00 26T01:20 26T01:40');
  });

  test('one that is asked in between has had its slot', async () => {
    expect(await slots('30 2 * * *', 'Europe/Berlin', '2026-10-25T01:10', '2026-10-26T06:00')).toBe('26T01:30');
  });

  test('a pattern that leaves the hour open goes on in even steps', async () => {
    const night = (pattern: string) => slots(pattern, 'Europe/Berlin', '2026-10-25T00:30', '2026-10-25T02:00');
    expect(await night('*/15 * * * *')).toBe('25T00:30 25T00:45 25T01:00 25T01:15 25T01:30 25T01:45 25T02:00');
    expect(await night('30 * * * *')).toBe('25T00:30 25T01:30');
    expect(await night('@hourly')).toBe('25T01:00 25T02:00');
    expect(await night('0 30 * * * *')).toBe('25T00:30 25T01:30');
  });

  test('New York', async () => {
    // 1 November 2026, 06:00 UTC: 02:00 to 01:00.
    const city = (pattern: string) => slots(pattern, 'America/New_York', '2026-11-01T05:00', '2026-11-01T08:00');
    expect(await city('30 1 * * *')).toBe('01T05:30');
    expect(await city('30 * * * *')).toBe('01T05:30 01T06:30 01T07:30');
  });

  test('Lord Howe, by half an hour', async () => {
    // 5 April 2026, 4th 15:00 UTC: 02:00 to 01:30.
    const island = (pattern: string) => slots(pattern, 'Australia/Lord_Howe', '2026-04-04T14:00', '2026-04-04T16:30');
    expect(await island('45 1 * * *')).toBe('04T14:45');
    expect(await island('0 2 * * *')).toBe('04T15:30');
    expect(await island('*/30 * * * *')).toBe('04T14:00 04T14:30 04T15:00 04T15:30 04T16:00 04T16:30');
  });

  test('São Paulo, where the day before began its last hour again', async () => {
    // 18 February 2018, 02:00 UTC: 00:00 to 23:00 on the 17th.
    const city = (pattern: string) => slots(pattern, 'America/Sao_Paulo', '2018-02-17T00:00', '2018-02-19T12:00');
    expect(await city('30 23 * * *')).toBe('17T01:30 18T01:30 19T02:30');
    expect(await city('0 0 * * *')).toBe('17T02:00 18T03:00 19T03:00');
  });
});

test('in UTC every day is like any other', async () => {
  expect(await slots('30 2 * * *', 'UTC', '2026-03-28T00:00', '2026-03-30T12:00')).toBe('28T02:30 29T02:30 30T02:30');
});

test('days of a week or a month', async () => {
  expect(await slots('0 6 * * MON-FRI', 'Europe/Berlin', '2026-01-02T00:00', '2026-01-06T12:00')).toBe(
    '02T05:00 05T05:00 06T05:00',
  );
  expect(await slots('0 6 L * *', 'UTC', '2026-02-01T00:00', '2026-04-01T00:00')).toBe('28T06:00 31T06:00');
  const leap = await open('0 0 29 2 *', 'Asia/Tokyo');
  expect(new Date(leap(Date.UTC(2026, 0)) ?? 0).toISOString()).toBe('2028-02-28T15:00:00.000Z');
});

const changes = [
  ['Europe/Berlin', '2026-03-29T01:00Z'],
  ['Europe/Berlin', '2026-10-25T01:00Z'],
  ['America/New_York', '2026-03-08T07:00Z'],
  ['America/New_York', '2026-11-01T06:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T15:30Z'],
  ['Australia/Lord_Howe', '2026-04-04T15:00Z'],
  ['America/Sao_Paulo', '2018-11-04T03:00Z'],
  ['America/Sao_Paulo', '2018-02-18T02:00Z'],
  ['Antarctica/Troll', '2026-03-29T01:00Z'], // by two hours
  ['Antarctica/Troll', '2026-10-25T01:00Z'],
  ['Africa/Cairo', '2026-04-23T22:00Z'],
  ['Pacific/Apia', '2011-12-30T10:00Z'], // by a day
  ['UTC', '2026-03-29T01:00Z'],
] as const;

const minutes = fc.uniqueArray(fc.nat(59), { minLength: 1, maxLength: 4 });
const hours = fc.uniqueArray(fc.oneof(fc.nat(3), fc.nat(23)), { minLength: 1, maxLength: 4 });
const times: fc.Arbitrary<Times> = fc.record({ minutes, hours: fc.option(hours, { nil: undefined }) });

test('they are what one finds who looks at the clock in every minute', async () => {
  await fc.assert(
    fc.asyncProperty(times, fc.constantFrom(...changes), fc.integer({ min: -180, max: 180 }), async (...drawn) => {
      const [pattern, [zone, change], startsMin] = drawn;
      const from = Date.parse(change) + startsMin * 60_000;
      const to = from + 30 * HOUR_MS;
      const next = await open(patternOf(pattern), zone);
      expect([...following(next, from, to)]).toEqual(slotsByHand(pattern, zone, from, to));
    }),
    { numRuns: 150 },
  );
});

test('WALL-CLOCK-4: over years they are strictly increasing, and none comes twice', async () => {
  const zones = changes.map(([zone]) => zone);
  const years = fc.integer({ min: 1995, max: 2035 });
  await fc.assert(
    fc.asyncProperty(times, fc.constantFrom(...zones), years, async (pattern, zone, year) => {
      const next = await open(patternOf(pattern), zone);
      let slot = Date.UTC(year, 0);
      for (let count = 0; count < 1_000; count++) {
        const following = next(slot) ?? 0;
        expect(following).toBeGreaterThan(slot);
        slot = following;
      }
    }),
    { numRuns: 10 },
  );
});

test('a daily time has one slot on each day of the wall clock, over years', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(59), fc.nat(23), fc.constantFrom(...changes), async (minute, hour, [zone]) => {
      const next = await open(`${minute} ${hour} * * *`, zone);
      const shown = wallClock(zone);
      const found = [...following(next, Date.UTC(2012, 0, 2), Date.UTC(2016, 0, 2))];
      const days = found.map((slot) => Math.floor(shown(slot) / DAY_MS));
      expect(days).toEqual(days.map((_, at) => (days[0] ?? 0) + at));
      expect(days.length).toBeGreaterThan(4 * 365);
    }),
    { numRuns: 15 },
  );
});

describe('the newest slot', () => {
  test('is found among many with few questions', async () => {
    const next = await open('* * * * * *', 'Europe/Berlin');
    let asked = 0;
    const counted: NextSlot = (after) => {
      asked++;
      return next(after);
    };
    const from = Date.UTC(2026, 0, 1);
    expect(newestSlot(counted, from, from + 365 * DAY_MS + 999)).toBe(from + 365 * DAY_MS);
    expect(asked).toBeLessThan(60);
  });

  test('is the last of all slots up to now', async () => {
    await fc.assert(
      fc.asyncProperty(
        times,
        fc.constantFrom(...changes),
        fc.nat(48 * 60),
        async (pattern, [zone, change], lateMin) => {
          const next = await open(patternOf(pattern), zone);
          const slot = next(Date.parse(change) - 24 * HOUR_MS) ?? 0;
          const now = slot + lateMin * 60_000;
          expect(newestSlot(next, slot, now)).toBe([slot, ...following(next, slot, now)].at(-1));
        },
      ),
      { numRuns: 100 },
    );
  });
});
