// Schedules as the runtime opens them.

import { IsInt } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { Job, memoryEngine } from 'onward';
import { rejectionOf, wired, type Wired } from '../support/wired.ts';

class Report {
  @IsInt() day!: number;
}

interface Desk {
  readonly app: Wired;
  readonly days: number[];
}

/** What a first start loads is there: time goes on without it. */
async function desk(): Promise<Desk> {
  const days: number[] = [];
  class Desks {
    @Job() write({ day }: Report): void {
      days.push(day);
    }
    @Job() ring(): void {}
  }
  const app = wired(memoryEngine(), { Desks: new Desks() }, { 'Desks.write': [Report] });
  await (await app.runtime.start('Desks.ring')).report();
  return { app, days };
}

const DAILY = '0 6 * * *';
const DAY_MS = 86_400_000;

/** A schedule as callers without types ask for it. */
function scheduled({ runtime }: Wired, ...given: readonly unknown[]): Promise<unknown> {
  return Promise.resolve(Reflect.apply(runtime.schedule, runtime, given));
}

describe('a schedule', () => {
  test('starts every slot with the message that it was opened with', async () => {
    const { app, days } = await desk();
    const message = { day: 1 };
    const schedule = await app.runtime.schedule('Desks.write', DAILY, { message, timezone: 'UTC' });
    message.day = 2;
    await app.clock.advance(2 * DAY_MS);
    expect(days).toEqual([1, 1]);
    await schedule.stop();
    await app.clock.advance(2 * DAY_MS);
    expect(days).toHaveLength(2);
  });

  test('ends with its runtime: after `close` no slot starts', async () => {
    const { app, days } = await desk();
    const schedule = await app.runtime.schedule('Desks.write', DAILY, { message: { day: 1 }, timezone: 'UTC' });
    await app.clock.advance(DAY_MS);
    await app.runtime.close();
    expect([days, schedule.next(), app.clock.waiting]).toEqual([[1], null, 0]);
    await app.clock.advance(DAY_MS);
    expect(days).toEqual([1]);
  });

  test('that is wrong in its message, its pattern and its options is told all of it at once', async () => {
    const { app } = await desk();
    const wrong = { message: { day: 'one' }, overlap: 'never', timezon: 'UTC' };
    const refused = await rejectionOf(scheduled(app, 'Desks.write', '0 6 * *', wrong));
    expect(refused).toMatchObject({ code: 'ONW3054', issues: [{ path: 'day' }] });
    expect(String(refused)).toMatchInlineSnapshot(`
      "OnwardError: ONW3054: the schedule of Desks.write is not valid: expected \`overlap\` to be 'skip', 'queue' or a whole number of at least 1, got "never"; there is no option \`timezon\`; did you mean \`timezone\`?; expected the pattern to be five fields (minute hour day month weekday), six with seconds ahead, or a name such as @daily, got "0 6 * *"; the message does not fit Report
        day: expected an integer number, got "one""
    `);
    const message = await rejectionOf(scheduled(app, 'Desks.write', DAILY, { message: { day: 'one' } }));
    expect(message).toMatchObject({ code: 'ONW2003', issues: [{ path: 'day' }] });
    expect(await rejectionOf(scheduled(app, 'Desks.wriet', '0 6 * *'))).toMatchObject({ code: 'ONW3005' });
  });

  test('that is opened while the runtime closes is refused, and starts nothing', async () => {
    const { app, days } = await desk();
    const opening = rejectionOf(app.runtime.schedule('Desks.write', DAILY, { message: { day: 1 }, timezone: 'UTC' }));
    await app.runtime.close();
    expect(await opening).toMatchObject({ code: 'ONW3040' });
    await app.clock.advance(2 * DAY_MS);
    expect(days).toEqual([]);
  });

  test('takes an id and an object of options', async () => {
    const { app } = await desk();
    expect(String(await rejectionOf(scheduled(app, 'Desks.ring', DAILY, 'skip')))).toMatchInlineSnapshot(
      `"OnwardError: ONW3054: the schedule of Desks.ring is not valid: expected the options to be an object, got "skip""`,
    );
    expect(String(await rejectionOf(scheduled(app, 'Desks.ring', DAILY, null)))).toMatchInlineSnapshot(
      `"OnwardError: ONW3054: the schedule of Desks.ring is not valid: expected the options to be an object, got null"`,
    );
    expect(String(await rejectionOf(scheduled(app, app.runtime.sign('Desks.ring'), DAILY)))).toMatchInlineSnapshot(
      `"OnwardError: ONW3005: expected the id of a job, got a SignedNode; the jobs are Desks.write, Desks.ring"`,
    );
    await app.runtime.close();
  });
});
