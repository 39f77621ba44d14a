// Schedules that are annotated: `@Schedule` beside `@Job`.

import { IsString } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { createRuntime, Job, memoryEngine, Schedule } from 'onward';
import { projectOnDisk } from '../codegen/project-on-disk.ts';
import { rejectionOf, wire, wired } from '../support/wired.ts';

const HOUR_MS = 3_600_000;

class Letter {
  @IsString() to!: string;
}

describe('openSchedules', () => {
  class Desk {
    readonly sent: string[] = [];

    @Job()
    @Schedule('0 6 * * *', { timezone: 'UTC', message: { to: 'ann' } })
    @Schedule('0 18 * * *', { timezone: 'UTC', message: { to: 'bob' }, name: 'evening' })
    send({ to }: Letter): void {
      this.sent.push(to);
    }

    @Schedule('@hourly', { timezone: 'UTC', overlap: 2 })
    @Job()
    ring(): void {}
  }

  test('opens every one, each with its message, and once', async () => {
    const desk = new Desk();
    const { runtime, clock } = wired(memoryEngine(), { Desk: desk }, { 'Desk.send': [Letter] });
    // What a first start loads is there: time goes on without it.
    await (await runtime.start('Desk.ring')).report();
    const [open, again] = await Promise.all([runtime.openSchedules(), runtime.openSchedules()]);
    expect(again).toBe(open);
    expect(open.map(({ name }) => name)).toEqual(['Desk.send 0 6 * * *', 'evening', 'Desk.ring @hourly']);
    await clock.advance(24 * HOUR_MS);
    expect(desk.sent).toEqual(['ann', 'bob']);
    const { runs } = await runtime.runs({ job: 'Desk.send' });
    expect(runs.map(({ id }) => id)).toEqual([
      'evening@2026-01-01T18:00:00.000Z',
      'Desk.send 0 6 * * *@2026-01-01T06:00:00.000Z',
    ]);
    await runtime.close();
    expect(clock.waiting).toBe(0);
  });

  test('opens nothing that was not asked for', async () => {
    const desk = new Desk();
    const { clock } = wired(memoryEngine(), { Desk: desk }, { 'Desk.send': [Letter] });
    await clock.advance(24 * HOUR_MS);
    expect([desk.sent, clock.waiting]).toEqual([[], 0]);
  });

  test('gives none for a graph without any, and is refused after `close`', async () => {
    class Plain {
      @Job() ring(): void {}
    }
    const { runtime } = wired(memoryEngine(), { Plain: new Plain() });
    expect(await runtime.openSchedules()).toEqual([]);
    await runtime.close();
    expect(await rejectionOf(runtime.openSchedules())).toMatchObject({ code: 'ONW3040' });
  });

  test('all that is wrong is reported at once, and then none is open', async () => {
    class Faulty {
      @Job() @Schedule('0 25 * * *') one(): void {}
      @Job() @Schedule('@daily', { timezone: 'Europe/Nowhere' }) two(): void {}
      @Job() @Schedule('@daily', { message: { to: 'x' } }) three(letter: Letter): void {
        letter.to = '';
      }
      @Job() @Schedule('@weekly') @Schedule('@weekly') four(): void {}
      @Job() @Schedule('@hourly') five(): void {}
    }
    class Strict {
      @IsString() to!: string;
      @IsString() from!: string;
    }
    const { runtime, clock } = wired(memoryEngine(), { Faulty: new Faulty() }, { 'Faulty.three': [Strict] });
    const refused = await rejectionOf(runtime.openSchedules());
    expect(refused).toMatchObject({ code: 'ONW3054' });
    expect(String(refused)).toMatchInlineSnapshot(`
      "OnwardError: ONW3054: annotated schedules are not valid
        ONW3054: the schedule of Faulty.one is not valid: expected the pattern to be five fields (minute hour day month weekday), six with seconds ahead, or a name such as @daily, got "0 25 * * *" (Invalid value for hour: 25)
        ONW3054: the schedule of Faulty.two is not valid: expected \`timezone\` to be the name of a time zone such as 'Europe/Berlin', got "Europe/Nowhere"
        the message of the schedule of Faulty.three: ONW2003: the message does not fit Strict
            from: expected a string, got nothing
        two are called "Faulty.four @weekly"; give one of them another \`name\`"
    `);
    expect(clock.waiting).toBe(0);
    expect(await rejectionOf(runtime.openSchedules())).toMatchObject({ code: 'ONW3054' });
  });
});

test('a wiring with other schedules than the annotations is refused', () => {
  class Desk {
    @Job() @Schedule('@daily') ring(): void {}
  }
  const services = { Desk: new Desk() };
  const { nodes, ...graph } = wire(services);
  const { schedules: _, ...ring } = { schedules: [], ...nodes['Desk.ring'] };
  const make = (schedules: readonly string[] | undefined): unknown =>
    createRuntime({ ...graph, nodes: { 'Desk.ring': { ...ring, schedules } } as never }, { services });
  expect(() => make(['@hourly'])).toThrowErrorMatchingInlineSnapshot(`
    [OnwardError: ONW3002: the wiring is stale, run \`npx onward generate\`:
      Desk.ring: the wiring has the schedules '@hourly', the annotations have '@daily']
  `);
  expect(() => make(undefined)).toThrow('ONW3002');
  expect(() => make(['@daily', '@daily'])).toThrow('ONW3002');
});

test('`onward list` shows them, and JSON has them', async () => {
  const project = projectOnDisk({
    'src/desk.ts': `import { Job, OnSuccess, Schedule } from 'onward';
export class Desk {
  @Job()
  @Schedule('0 6 * * *', { timezone: 'Europe/Berlin' })
  @Schedule('@hourly')
  ring(): void {}
  @OnSuccess('ring') note(): void {}
}
`,
  });
  expect((await project.onward('list')).out).toMatchInlineSnapshot(`
    "Desk.ring  job
      at 0 6 * * * (Europe/Berlin)
      at @hourly
    Desk.note  handler
      on success of Desk.ring
    "
  `);
  expect(JSON.parse((await project.onward('list', '--json')).out)).toMatchObject({
    nodes: [
      { id: 'Desk.ring', schedules: [{ pattern: '0 6 * * *', timezone: 'Europe/Berlin' }, { pattern: '@hourly' }] },
      { id: 'Desk.note' },
    ],
  });
});
