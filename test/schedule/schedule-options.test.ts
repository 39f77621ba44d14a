// What a schedule refuses, and what it says.

import { afterEach, describe, expect, test, vi } from 'vitest';
import { OnwardError } from '../../src/errors/onward-error.ts';
import { openSchedule, type ScheduleHost } from '../../src/schedule/schedule.ts';
import { recordedHost } from './recorded-host.ts';

/** Callers without types give what they like. */
async function refusal(pattern: unknown, options: unknown = {}, around: Partial<ScheduleHost> = {}): Promise<string> {
  const host = { ...recordedHost(), ...around };
  try {
    await Reflect.apply(openSchedule, undefined, [pattern, options, host]);
    return 'accepted';
  } catch (error) {
    if (!(error instanceof OnwardError)) throw error;
    return error.message.replaceAll('; ', ';\n');
  }
}

function misfit(got: string): string {
  const expected = 'five fields (minute hour day month weekday), six with seconds ahead, or a name such as @daily';
  return `ONW3054: the schedule of Reports.daily is not valid: expected the pattern to be ${expected}, ${got}`;
}

test('everything that is wrong is told at once', async () => {
  const options = { overlap: 0, timezone: 'Europe/Berlim', name: '', overlp: 'skip' };
  expect(await refusal('99 * * * *', options)).toMatchInlineSnapshot(`
    "ONW3054: the schedule of Reports.daily is not valid: expected \`overlap\` to be 'skip', 'queue' or a whole number of at least 1, got 0;
    expected \`name\` to be a string of 1 to 480 characters, without control characters and half characters, got "";
    there is no option \`overlp\`;
    did you mean \`overlap\`?;
    expected \`timezone\` to be the name of a time zone such as 'Europe/Berlin', got "Europe/Berlim";
    expected the pattern to be five fields (minute hour day month weekday), six with seconds ahead, or a name such as @daily, got "99 * * * *" (Invalid value for minute: 99)"
  `);
});

describe('the pattern', () => {
  test.each([
    ['', 'got ""'],
    ['   ', 'got "   "'],
    ['* * * *', 'got "* * * *"'],
    ['0 0 0 1 1 * 2030', 'got "0 0 0 1 1 * 2030"'], // a year
    ['2026-05-05T00:00:00', 'got "2026-05-05T00:00:00"'],
    ['hello', 'got "hello"'],
    [undefined, 'got nothing'],
    [600, 'got 600'],
  ])('%j', async (pattern, got) => {
    expect(await refusal(pattern)).toBe(misfit(got));
  });

  test('one without end', async () => {
    expect(await refusal('* '.repeat(5_000))).toBe(misfit('got a string of 10000 characters'));
    expect(await refusal(`${'0,'.repeat(200)}0 * * * *`)).toBe(misfit('got a string of 409 characters'));
  });

  test.each([
    ['0 0 32 1 *', 'day'],
    ['0 0 1 13 *', 'month'],
    ['0 0 1 0 *', 'month'],
  ])('%j, by the field, without the number that the parser has for it', async (pattern, field) => {
    expect(await refusal(pattern)).toBe(misfit(`got "${pattern}" (Invalid value for ${field})`));
  });

  test.each(['99 * * * *', '* 24 * * *', '* * 32 * *', '*/0 * * * *', 'a * * * *', '5-1 * * * *', '@never', '@reboot'])(
    '%j, with what the parser says',
    async (pattern) => {
      expect(await refusal(pattern)).toMatch(/^ONW3054: .* got ".*" \(.+\)$/);
    },
  );

  test.each(['0 0 30 2 *', '0 0 31 4 *', '0 0 31 2,4,6,9,11 *'])('%j never comes', async (pattern) => {
    expect(await refusal(pattern)).toBe(
      `ONW3054: the schedule of Reports.daily is not valid: the pattern "${pattern}" never comes: no date fits it`,
    );
  });

  test.each(['0 6 * * *', '*/5 * * * * *', '0 6 * * MON-FRI', '0 0 L * *', '0 0 * * FRI#2', '@daily', '@hourly'])(
    '%j is one',
    async (pattern) => {
      expect(await refusal(pattern)).toBe('accepted');
    },
  );
});

describe('the options', () => {
  test.each(['none', 0, -1, 1.5, Number.NaN, Infinity, '2', null, true, {}])('overlap %j', async (overlap) => {
    expect(await refusal('@daily', { overlap })).toMatch(
      /: expected `overlap` to be 'skip', 'queue' or a whole number of at least 1, got [^;]+$/,
    );
  });

  test.each(['Mars/Phobos', '', '+02:00', null, 2, {}])('timezone %j', async (timezone) => {
    expect(await refusal('@daily', { timezone })).toMatch(
      /: expected `timezone` to be the name of a time zone such as 'Europe\/Berlin', got [^;]+$/,
    );
  });

  test.each([[''], ['x'.repeat(481)], [null], [7]])('name %#', async (name) => {
    expect(await refusal('@daily', { name })).toMatch(
      /: expected `name` to be a string of 1 to 480 characters, without control characters and half characters, got [^;]+$/,
    );
  });

  test.each([[null], [[]], ['skip'], [7]])('%j instead of an object', async (options) => {
    expect(await refusal('@daily', options)).toMatch(/: expected the options to be an object, got [^;]+$/);
  });

  test('those that the host reads itself are known', async () => {
    const host = { otherOptions: ['message'] };
    expect(await refusal('@daily', { message: {} }, host)).toBe('accepted');
    expect(await refusal('@daily', { mesage: {} }, host)).toMatch(
      /: there is no option `mesage`;\sdid you mean `message`\?$/,
    );
  });

  test('undefined is none', async () => {
    expect(await refusal('@daily', undefined)).toBe('accepted');
    expect(await refusal('@daily', { overlap: undefined, timezone: undefined, name: undefined })).toBe('accepted');
  });
});

describe('without croner', () => {
  afterEach(() => vi.doUnmock('croner'));

  test('ONW6010: the text says how to install it', async () => {
    vi.doMock('croner', () => {
      throw new Error("Cannot find package 'croner'");
    });
    expect(await refusal('@daily')).toMatchInlineSnapshot(`
      "ONW6010: schedules need croner;
      install it with \`npm i croner\`"
    `);
  });
});
