// Builders of plans that are used wrongly, as callers without types do: every problem at once, in texts that help.

import { describe, expect, test } from 'vitest';
import { isOnwardError } from 'onward';
import { called, Money, thrownBy, Till, till } from '../support/till.ts';
import { ENGINES, rejectionOf } from '../support/wired.ts';

const PROMISE = Promise.resolve(1);

describe('at once', () => {
  test('every wrong option of a plan and of its entries is told, with the nearest name', () => {
    const { runtime } = till();
    const entries = [
      { job: 'Till.open', allways: true, if: 'yes', group: '' },
      null,
      { job: 'Till.open', always: 1, group: 5, if: [true, 'no', null] },
      'Till.open',
    ];
    const options = { keepgoing: true, keepGoing: 'yes', concurrency: 2 };
    expect(thrownBy(() => called(runtime, 'sequence', entries, options))).toMatchInlineSnapshot(
      `"OnwardError: ONW3004: the sequence is not valid: entries[0]: there is no option \`allways\`; did you mean \`always\`?; entries[0]: expected \`if\` to be true, false or a predicate, or an array of them, got "yes"; entries[0]: expected \`group\` to be a string that is not empty, got ""; expected entries[1] to be an object, got null; entries[2]: expected \`always\` to be true or false, got 1; entries[2]: expected \`group\` to be a string that is not empty, got 5; entries[2]: expected \`if\` to be true, false or a predicate, or an array of them, got an array of 3 items; expected entries[3] to be an object, got "Till.open"; there is no option \`keepgoing\`; did you mean \`keepGoing\`?; expected \`keepGoing\` to be true or false, got "yes"; there is no option \`concurrency\`; the options are keepGoing, onSuccess, onFailure"`,
    );
    expect(thrownBy(() => called(runtime, 'parallel', [undefined], null))).toMatchInlineSnapshot(
      `"OnwardError: ONW3004: the parallel plan is not valid: expected entries[0] to be an object, got nothing; expected the options to be an object, got null"`,
    );
  });

  test('options, jobs and callbacks are told together, in plans and in chains', () => {
    const { runtime } = till();
    const entries = [{ job: 'Till.opn', allways: true }, null, { job: 'Till.pay' }, { job: 'Till.ring' }];
    const options = { keepgoing: true, onSuccess: 'Till.rng', onFailure: 5 };
    for (const kind of ['sequence', 'parallel']) {
      const text = thrownBy(() => called(runtime, kind, entries, options));
      expect(text).toMatch(
        /ONW3004: the (sequence|parallel plan) is not valid: entries\[0\]: there is no option `allways`/,
      );
      for (const problem of [
        'expected entries[1] to be an object, got null',
        'there is no option `keepgoing`; did you mean `keepGoing`?',
        'entries[0]: there is no job "Till.opn"; did you mean Till.open?',
        'entries[3]: Till.ring is a handler and starts nothing',
        'there is no node "Till.rng"; did you mean Till.ring?',
        'expected the id of a node or a signature, got 5',
      ])
        expect(text).toContain(problem);
      expect(text.match(/entries\[1\]/g)).toHaveLength(1);
      expect(text).not.toContain('entries[2]');
    }
    const late = runtime.sign('Till.pay').validateWith(Money);
    const wrong = (): unknown =>
      called(runtime, 'chain', ['Till.opn', late], { keepGoing: true, onFailure: 'Till.rng' });
    expect(thrownBy(wrong)).toMatchInlineSnapshot(
      `"OnwardError: ONW3004: the chain is not valid: there is no option \`keepGoing\`; the options are onSuccess, onFailure; links[0]: there is no job "Till.opn"; did you mean Till.open?; links[1]: Till.pay is a later link: its message is made in the run and checked by its own class; leave \`validateWith\` out; there is no node "Till.rng"; did you mean Till.ring?"`,
    );
  });

  test('entries that are no list', () => {
    const { runtime } = till();
    for (const entries of [undefined, null, 5, 'Till.open', { job: 'Till.open' }, PROMISE, new Set(['Till.open'])]) {
      for (const kind of ['sequence', 'parallel', 'chain']) {
        expect(thrownBy(() => called(runtime, kind, entries))).toMatch(
          /^OnwardError: ONW3004: expected the (entries|links) of a/,
        );
      }
    }
    expect(thrownBy(() => called(runtime, 'sequence', PROMISE))).toMatchInlineSnapshot(
      `"OnwardError: ONW3004: expected the entries of a sequence to be an array, got a promise"`,
    );
    expect(thrownBy(() => called(runtime, 'chain', 'Till.open'))).toMatchInlineSnapshot(
      `"OnwardError: ONW3004: expected the links of a chain to be an array, got "Till.open""`,
    );
  });

  test('every wrong option of a swarm', () => {
    const { runtime } = till();
    const options = { concurrency: 0, stopAfterFailures: 1.5, maxSteps: '10', keepGoing: true };
    expect(thrownBy(() => called(runtime, 'swarm', options))).toMatchInlineSnapshot(
      `"OnwardError: ONW3004: the swarm is not valid: expected \`concurrency\` to be a whole number of at least 1, got 0; expected \`stopAfterFailures\` to be a whole number of at least 1, got 1.5; expected \`maxSteps\` to be a whole number of at least 1, got "10"; there is no option \`keepGoing\`; the options are concurrency, stopAfterFailures, maxSteps, onSuccess, onFailure"`,
    );
    for (const wrong of [null, 5, 'five', [], PROMISE]) {
      expect(thrownBy(() => called(runtime, 'swarm', wrong))).toMatch(/^OnwardError: ONW3004/);
    }
  });

  test('every wrong option of a chain, and a chain that is too short', () => {
    const { runtime } = till();
    expect(thrownBy(() => called(runtime, 'chain', ['Till.open'], { keepGoing: true }))).toMatchInlineSnapshot(
      `"OnwardError: ONW3004: the chain is not valid: expected a chain to have two links or more, got 1; there is no option \`keepGoing\`; the options are onSuccess, onFailure"`,
    );
  });

  test('jobs that are none: unknown, misspelt, handlers, and no names at all', () => {
    const { runtime } = till();
    const plan = (job: unknown): string => thrownBy(() => called(runtime, 'sequence', [{ job }]));
    expect(plan('Till.pya')).toMatchInlineSnapshot(
      `"OnwardError: ONW3005: entries[0]: there is no job "Till.pya"; did you mean Till.pay?"`,
    );
    expect(plan('Till.ring')).toMatchInlineSnapshot(
      `"OnwardError: ONW3005: entries[0]: Till.ring is a handler and starts nothing; annotate it with @Job, or name it as a callback"`,
    );
    expect(plan('zzz')).toMatchInlineSnapshot(
      `"OnwardError: ONW3005: entries[0]: there is no job "zzz"; the jobs are Till.pay, Till.open"`,
    );
    expect(plan(undefined)).toMatchInlineSnapshot(
      `"OnwardError: ONW3004: entries[0]: expected the id of a node or a signature, got nothing"`,
    );
    for (const job of [null, 5, {}, [], PROMISE, Till, new Till(), '', '__proto__', 'constructor']) {
      expect(plan(job)).toMatch(/^OnwardError: ONW300[45]/);
    }
    expect(thrownBy(() => called(runtime.swarm(), 'add', 'Till.pya', {}))).toMatch(/did you mean Till\.pay\?/);
    expect(thrownBy(() => called(runtime, 'chain', ['Till.open', 'Till.ring']))).toMatch(/^OnwardError: ONW3005/);
  });

  test('a signature in use takes nothing more', () => {
    const { runtime } = till();
    const signed = runtime.sign('Till.pay');
    runtime.sequence([{ job: signed, message: { cents: 1, currency: 'EUR' } }]);
    expect(thrownBy(() => signed.bind({ cents: 2 }))).toMatchInlineSnapshot(
      `"OnwardError: ONW3052: the signature of Till.pay was started, saved, or put into a plan, and can no longer be bound to anything; sign the node again"`,
    );
    expect(thrownBy(() => signed.onSuccess('Till.ring'))).toMatchInlineSnapshot(
      `"OnwardError: ONW3052: the signature of Till.pay was started, saved, or put into a plan, and can no longer get a callback; sign the node again"`,
    );
    expect(thrownBy(() => signed.validateWith(Money))).toMatchInlineSnapshot(
      `"OnwardError: ONW3052: the signature of Till.pay was started, saved, or put into a plan, and can no longer be validated by another class; sign the node again"`,
    );
  });
});

describe.each(ENGINES)('at the start: $engine engine', ({ open }) => {
  test('all messages are checked, each issue has its place, and nothing is stored', async () => {
    const { runtime } = till(open());
    const entries = [
      { job: 'Till.pay', message: { cents: 1, currency: 'EUR' } },
      { job: 'Till.pay', message: { cents: 'many', currency: 5 } },
      { job: 'Till.pay', message: { cents: 1, currency: 'EUR', tip: 3 } },
      { job: 'Till.pay' },
      { job: 'Till.pay', message: PROMISE },
    ];
    for (const kind of ['sequence', 'parallel'] as const) {
      const refused = await rejectionOf(runtime.start(runtime[kind](entries), { id: 'dinner' }));
      expect(refused).toMatchObject({ code: 'ONW2003' });
      expect(isOnwardError(refused) && refused.issues.map(({ path }) => path)).toEqual([
        'entries[1].message.cents',
        'entries[1].message.currency',
        'entries[2].message.tip',
        'entries[3].message',
        'entries[4].message',
      ]);
      expect(await runtime.run('dinner')).toBeUndefined();
    }
    const refused = await rejectionOf(runtime.start(runtime.parallel(entries)));
    expect(String(refused)).toMatchInlineSnapshot(`
      "OnwardError: ONW2003: 4 messages of the plan cannot be used:
        entries[1] (Till.pay): ONW2003: the message does not fit Money
        cents: expected an integer number, got "many"
        currency: expected a string, got 5
        entries[2] (Till.pay): ONW2003: the message does not fit Money
        tip: expected no field of this name, got 3
        entries[3] (Till.pay): ONW2001: a message of class Money is an object with its fields; got nothing
        entries[4] (Till.pay): ONW2001: a message of class Money is an object with its fields; got a promise"
    `);
  });

  test('of one wrong message the place is told as well, also in a swarm', async () => {
    const { runtime } = till(open());
    const swarm = runtime.swarm().add('Till.open').add('Till.pay', { cents: 1 });
    const refused = await rejectionOf(runtime.start(swarm));
    expect(String(refused)).toMatchInlineSnapshot(`
      "OnwardError: ONW2003: a message of the plan cannot be used:
        entries[1] (Till.pay): ONW2003: the message does not fit Money
        currency: expected a string, got nothing"
    `);
    expect(refused).toMatchObject({ issues: [{ path: 'entries[1].message.currency' }] });
  });

  test('a chain and a signature take the message of the start; other plans take options there', async () => {
    const { runtime } = till(open());
    const chain = runtime.chain(['Till.pay', 'Till.open']);
    expect(await rejectionOf(runtime.start(chain, { cents: 1 }))).toMatchObject({
      code: 'ONW2003',
      issues: [{ path: 'currency' }],
    });
    const refused: Promise<unknown> = Reflect.apply(runtime.start, runtime, [
      runtime.sequence([{ job: 'Till.open' }]),
      { cents: 1 },
    ]);
    expect(String(await rejectionOf(refused))).toMatchInlineSnapshot(
      `"OnwardError: ONW3004: the options of start are not valid: there is no option \`cents\`; the options are id, tags, stepLimit, maxPerRun, deadline, notBefore, suspended, observers, history, resume, fingerprint, onGraphChange"`,
    );
  });

  test('what is no plan at all is refused', async () => {
    const { runtime } = till(open());
    for (const what of [undefined, null, 5, {}, [], PROMISE, Till, { kind: 'sequence' }, [{ job: 'Till.open' }]]) {
      const refused: Promise<unknown> = Reflect.apply(runtime.start, runtime, [what]);
      expect(String(await rejectionOf(refused))).toMatch(/^OnwardError: ONW300[45]/);
    }
    const unread: Promise<unknown> = Reflect.apply(runtime.start, runtime, [{ steps: [{ id: 'a', job: 'Till.pay' }] }]);
    expect(String(await rejectionOf(unread))).toBe(
      'OnwardError: ONW3005: expected the id of a job, a signature, a plan or a definition, got an object; read it with `definition` of onward/definitions',
    );
    expect(String(await rejectionOf(runtime.start(runtime.sign('Till.ring'))))).toMatchInlineSnapshot(
      `"OnwardError: ONW3005: Till.ring is a handler and starts nothing; annotate it with @Job, or name it as a callback"`,
    );
  });

  test('options of the start are checked before messages, and an override is for signatures and chains', async () => {
    const { runtime } = till(open());
    const plan = runtime.sequence([{ job: 'Till.pay', message: { cents: 1, currency: 'EUR' } }]);
    for (const options of [null, 5, 'id', { suspended: 1 }, { idd: 'x' }]) {
      const refused: Promise<unknown> = Reflect.apply(runtime.start, runtime, [plan, options]);
      expect(await rejectionOf(refused), JSON.stringify(options)).toMatchObject({ code: 'ONW3004' });
    }
    const refused: Promise<unknown> = Reflect.apply(runtime.start, runtime, [plan, { override: { cents: 2 } }]);
    expect(await rejectionOf(refused)).toMatchObject({ code: 'ONW3004' });
  });

  test('a value that is asked for in the wrong way is told', async () => {
    const { runtime, clock } = till(open());
    const run = await runtime.start(runtime.swarm());
    await run.close();
    await clock.runAll();
    for (const given of [[], [undefined], [null], [{}], ['Till.ring'], ['Till.pay', { cents: 1 }]]) {
      expect(String(await rejectionOf(Promise.resolve(called(run, 'add', ...given))))).toMatch(
        /^OnwardError: ONW(300[45]|2003)/,
      );
    }
    expect(String(await rejectionOf(run.add('Till.open')))).toMatchInlineSnapshot(
      `"OnwardError: ONW3053: nothing can be added to the swarm any more: it was closed, has stopped or is over; start another one"`,
    );
    const other = await runtime.start('Till.open', undefined, { id: 'other' });
    await clock.runAll();
    expect(String(await rejectionOf(Promise.resolve(called(other, 'add', 'Till.open'))))).toMatchInlineSnapshot(
      `"OnwardError: ONW3053: run other is not a swarm, or was closed before it began: nothing can be added to it; start the job by itself"`,
    );
  });
});
