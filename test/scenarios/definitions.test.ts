// The scenarios of runs that come as JSON: S-P2 to S-P6 and S-P8, generated and run.

import { describe, expect, test } from 'vitest';
import { definition } from 'onward/definitions';
import { ENGINES, rejectionOf } from '../support/wired.ts';
import { eventsOf, generated } from './generated.ts';

const project = await generated('definitions');

describe.each(ENGINES)('$engine engine', ({ open }) => {
  /** Plays a definition and tells how each of its steps ended. */
  async function codesOf(given: object, options?: { readonly tags: readonly string[] }): Promise<Played> {
    const { runtime, clock, notes } = project.open(open());
    const run = await runtime.start(definition(JSON.stringify(given)), {}, options);
    await clock.runAll();
    const codes = (await run.results()).map(({ code }) => code);
    const ends = (await eventsOf(run)).flatMap((event) => (event.type === 'entry.ended' ? [event] : []));
    const [ended, names] = [ends.map(({ entry }) => entry), ends.map(({ name }) => name)];
    return { codes, ended, names, lines: notes.lines, seen: notes.seen, report: await run.report() };
  }
  interface Played {
    readonly codes: readonly number[];
    readonly ended: readonly number[];
    readonly names: readonly (string | undefined)[];
    readonly lines: readonly string[];
    readonly seen: readonly unknown[];
    readonly report: { readonly status: string; readonly failures: readonly { readonly id: number }[] };
  }
  const step = (id: string, how: string, more: object = {}): object => ({
    id,
    job: 'Demo.run',
    message: { how },
    ...more,
  });

  test('S-P2: [throws, plain, forced, plain] are 101, 100, 0 and 100, told in order; step 1 has failed', async () => {
    const steps = [step('a', 'other'), step('b', 'well'), step('c', 'well', { always: true }), step('d', 'well')];
    const { codes, ended, names, report } = await codesOf({ steps });
    expect([codes, ended, names]).toEqual([
      [101, 100, 0, 100],
      [0, 1, 2, 3],
      ['a', 'b', 'c', 'd'],
    ]);
    expect([report.status, report.failures.map(({ id }) => id)]).toEqual(['failed', [1]]);
  });

  test('S-P3: an argument is 103, an assertion 106, a message that does not fit 107, and the body is not called', async () => {
    const steps = [
      step('a', 'argument'),
      step('b', 'assertion'),
      step('c', 'nonsense'),
      { id: 'd', job: 'Demo.charge', message: { cents: 'many' } },
      { id: 'e', job: 'Demo.charge' },
    ];
    const { codes, lines } = await codesOf({ steps, keepGoing: true });
    expect(codes).toEqual([103, 106, 107, 107, 107]);
    expect(lines).toEqual(['run argument', 'run assertion']);
  });

  test('S-P3: a message for a job that takes none is 107, and not dropped; one that has no value is none', async () => {
    const steps = [
      { id: 'a', job: 'Demo.price', message: { cents: 3 } },
      { id: 'b', job: 'Demo.price', message: '${parameters.none}' },
      { id: 'c', job: 'Demo.price' },
    ];
    const { codes, report } = await codesOf({ steps, keepGoing: true });
    expect(codes).toEqual([107, 0, 0]);
    expect(report.failures).toMatchObject([
      { error: { message: 'ONW3004: Demo.price takes no message, got an object; leave it out' } },
    ]);
  });

  test('S-P4: an unknown job is 102, and so is one that is not exposed or written otherwise; those after it run if they may', async () => {
    const steps = [
      { id: 'a', job: 'Demo.fly' },
      { id: 'b', job: 'demo.RUN', message: { how: 'well' } },
      { id: 'c', job: 'Demo.hidden' },
      { id: 'd', job: '__proto__.toString' },
      step('e', 'well'),
    ];
    const { codes, lines, report } = await codesOf({ steps, keepGoing: true });
    expect([codes, lines, report.status]).toEqual([[102, 102, 102, 102, 0], ['run well'], 'failed']);
    expect((await codesOf({ steps: [...steps.slice(0, 1), step('e', 'well')] })).codes).toEqual([102, 100]);
  });

  test('S-P5: of two steps with one id the second has 104, and the first is meant', async () => {
    const steps = [
      { id: 'a', job: 'Demo.price' },
      { id: 'a', job: 'Demo.charge', message: { cents: 1 } },
      { id: 'b', job: 'Demo.charge', message: { cents: '${steps.a.value.cents}' } },
    ];
    const { codes, lines } = await codesOf({ steps, keepGoing: true });
    expect([codes, lines]).toEqual([[0, 104, 0], ['charged 250 undefined']]);
  });

  test('S-P6: tags that the run lacks are 105; more than it needs is enough', async () => {
    const steps = [{ id: 'a', job: 'Demo.admin' }];
    expect((await codesOf({ steps })).codes).toEqual([105]);
    expect((await codesOf({ steps }, { tags: ['day', 'admin'] })).codes).toEqual([0]);
  });

  test('S-P8: a condition that does not hold is 110, the next step runs, the run is a success; a list needs all', async () => {
    const steps = [
      { id: 'price', job: 'Demo.price' },
      step('a', 'other', { if: '${steps.price.value.cents > 1000}' }),
      step('b', 'other', { if: [true, '${steps.price.ok}', '${steps.a.ok}'] }),
      step('c', 'well', { if: ['${steps.price.ok}', "${steps.a.status == 'skipped'}"] }),
    ];
    const { codes, lines, report } = await codesOf({ steps });
    expect([codes, lines]).toEqual([[0, 110, 110, 0], ['run well']]);
    expect([report.status, report.failures]).toEqual(['completed', []]);
  });

  test('P8: results and parameters keep their type when alone, and are text in a text', async () => {
    const { runtime, clock, notes } = project.open(open());
    const plan = {
      parameters: { list: [1, { two: 2 }], name: 'unknown' },
      steps: [
        { id: 'price', job: 'Demo.price' },
        {
          id: 'list',
          job: 'Demo.list',
          message: {
            items: ['${parameters.list}', '${steps.price.value}'],
            title: '${parameters.name}: ${steps.price.value.cents}',
          },
        },
      ],
    };
    const run = await runtime.start(definition(plan), { name: 'Ada' });
    await clock.runAll();
    expect(notes.seen).toEqual([{ items: [[1, { two: 2 }], { cents: 250 }], title: 'Ada: 250' }]);
    expect(await run.value()).toEqual({ price: { cents: 250 }, list: undefined });
  });

  test('P8: parameters and the id are those of the turn of the call, and so is the fingerprint', async () => {
    const { runtime, clock, notes } = project.open(open());
    const message = { items: '${parameters.list}', title: '${parameters.name}' };
    const plan = definition({ steps: [{ id: 'list', job: 'Demo.list', message }] });
    const given = { list: [{ a: 1 }], name: 'Ada' };
    const options = { id: '' };
    for (const id of ['once', 'again']) {
      given.list = [{ a: 1 }];
      options.id = id;
      const started = runtime.start(plan, given, options);
      given.list.push({ a: 2 });
      Object.assign(given.list[0] ?? {}, { a: 3 });
      options.id = 'later';
      const run = await started;
      await clock.runAll();
      expect(run.id).toBe(id);
      expect(notes.seen.at(-1)).toEqual({ items: [{ a: 1 }], title: 'Ada' });
    }
    const same = runtime.start(plan, { list: [{ a: 1 }], name: 'Ada' }, { id: 'once' });
    expect((await same).id).toBe('once');
    const other = runtime.start(plan, { list: [{ a: 2 }], name: 'Ada' }, { id: 'once' });
    expect(await rejectionOf(other)).toMatchObject({ code: 'ONW3033' });
  });

  test('P8: steps side by side, and groups, as in plans', async () => {
    const steps = [step('a', 'other', { group: 'x' }), step('b', 'well', { group: 'x' }), step('c', 'well')];
    expect((await codesOf({ mode: 'parallel', steps })).codes).toEqual([101, 100, 0]);
  });

  test('P8: what is no definition is refused before there is a run', async () => {
    const { runtime } = project.open(open());
    for (const given of [
      '{',
      '{}',
      { steps: [] },
      { steps: [{ id: '__proto__', job: 'Demo.price' }] },
      null,
      [],
      'Demo.price',
    ]) {
      expect(() => definition(given), JSON.stringify(given)).toThrow(/^ONW(2006|3051|200\d)/);
    }
    const plan = definition({ parameters: { n: 1 }, steps: [{ id: 'a', job: 'Demo.price' }] });
    for (const wrong of [5, 'n', null, [1]]) {
      const refused: Promise<unknown> = Reflect.apply(runtime.start, runtime, [plan, wrong, { id: 'refused' }]);
      expect(await rejectionOf(refused), JSON.stringify(wrong)).toMatchObject({ code: expect.stringMatching(/^ONW/) });
    }
    expect(await runtime.run('refused')).toBeUndefined();
  });
});
