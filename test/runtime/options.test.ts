// Options of annotations and of starts: what makes no sense is told at once, all of it.

import { createRuntime, Job, Join, memoryEngine, OnSuccess } from 'onward';
import { expect, test } from 'vitest';
import type { StartOptions } from '../../src/api/run.ts';
import { readStartOptions } from '../../src/runtime/start-options.ts';
import { rejectionOf, wire, wired } from '../support/wired.ts';

const around = { cancelGraceMs: 5, nodes: ['Billing.charge', 'Billing.refund'], now: () => 1_000 };

function problemsOf(options: object): string {
  try {
    readStartOptions(options, around);
  } catch (error) {
    return String(error);
  }
  throw new Error('it was taken');
}

test('a node tells every option that is wrong', () => {
  class Billing {
    @Job({ maxRounds: -2, maxPerRun: 1.5, concurrency: 0, tags: 'vip', retryy: 3, retry: { atempts: 2 } } as never)
    charge(): void {}
  }
  const services = { Billing: new Billing() };
  expect(thrownBy(() => createRuntime(wire(services), { services }))).toMatchObject({
    code: 'ONW3004',
    details: {
      problems: [
        'Billing.charge: expected `maxRounds` to be a whole number of at least 1, got -2',
        'Billing.charge: expected `maxPerRun` to be a whole number of at least 1, got 1.5',
        'Billing.charge: expected `concurrency` to be a whole number of at least 1, got 0',
        'Billing.charge: expected `tags` to be an array of strings that are not empty, got "vip"',
        'Billing.charge: there is no option `retryy`; did you mean `retry`?',
        'Billing.charge: there is no option `retry.atempts`; did you mean `retry.attempts`?',
      ],
    },
  });
});

test.each<[StartOptions, number, number]>([
  [{}, 0, 0],
  [{ deadline: '2s', notBefore: 500 }, 3_000, 1_500],
  [{ deadline: new Date(9_000), notBefore: new Date(4_000) }, 9_000, 4_000],
])('times count from now, dates as they are: %j', (options, deadline, notBefore) => {
  expect(readStartOptions(options, around).settings).toMatchObject({ deadline, notBefore });
});

test('a start tells every time and limit that is wrong', () => {
  const text = problemsOf({ deadline: 'soon', notBefore: new Date(Number.NaN), maxPerRun: { 'Biling.charge': 0 } });
  expect(text).toContain('expected `deadline` to be');
  expect(text).toContain('expected `notBefore` to be');
  expect(text).toContain('expected `maxPerRun` of Biling.charge to be a whole number of at least 1, or null, got 0');
  expect(text).toContain('"Biling.charge", which fits no node; did you mean Billing.charge?');
  expect(problemsOf({ deadline: 10, notBefore: 20 })).toContain('later than `notBefore`');
});

/** What a call throws at once. */
function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('it threw nothing');
}

class Mill {
  @Job()
  grind(): string {
    return 'flour';
  }

  @OnSuccess('grind', { each: true, concurrency: 0, after: 'later', recover: true } as never)
  bake(): void {}

  @Join({ flour: 'grind' }, { onMissin: 'run' } as never)
  pack(): void {}
}

test('an edge reports every option that is wrong, and one that its moment does not have', () => {
  const services = { Mill: new Mill() };
  expect(thrownBy(() => createRuntime(wire(services), { services }))).toMatchObject({
    code: 'ONW3004',
    details: {
      problems: [
        'edge Mill.grind -> Mill.bake: expected `concurrency` to be a whole number of at least 1, got 0',
        'edge Mill.grind -> Mill.bake: expected `after` to be milliseconds, or a string such as \'20s\' (ms, s, m, h or d), got "later"',
        'edge Mill.grind -> Mill.bake: there is no option `recover`; the options are when, otherwise, bind, after, critical, each, concurrency, stopAfterFailures',
        'join of Mill.pack: there is no option `onMissin`; did you mean `onMissing`?',
      ],
    },
  });
});

test('a runtime reports every option that is wrong, also of its messages', async () => {
  const services = { Shop: new Shop() };
  const wrong = { services, cancelGraceMs: -1, messages: { maxByts: 1, maxDepth: 0 }, clok: 1 };
  expect(thrownBy(() => Reflect.apply(createRuntime, undefined, [wire(services), wrong]))).toMatchObject({
    code: 'ONW3004',
    details: {
      problems: [
        'expected `cancelGraceMs` to be milliseconds, a number of at least 0, got -1',
        'there is no option `messages.maxByts`; did you mean `messages.maxBytes`?',
        'expected `messages.maxDepth` to be a whole number of at least 1, or Infinity, got 0',
        'there is no option `clok`; did you mean `clock`?',
      ],
    },
  });
  const runtime = createRuntime(wire(services), { services, messages: { maxItems: Infinity } });
  expect(await rejectionOf(runtime.close({ drainMs: -5 }))).toMatchObject({ code: 'ONW3004' });
  expect(await rejectionOf(Reflect.apply(runtime.close, runtime, [{ drainMS: 5 }]))).toMatchObject({
    details: { problems: ['there is no option `drainMS`; did you mean `drainMs`?'] },
  });
  await runtime.close({ drainMs: Infinity });
});

test('a runtime without options is told what is missing', () => {
  expect(() => Reflect.apply(createRuntime, undefined, [wire({ Mill: new Mill() })])).toThrow(
    /ONW3004: the second argument/,
  );
});

class Shop {
  @Job()
  order(): string {
    return 'ordered';
  }
}

test('a run that is over cannot be held, resumed or cut, and can be looked at', async () => {
  const { start } = wired(memoryEngine(), { Shop: new Shop() });
  const run = await start('Shop.order');
  await run.value();
  expect(await rejectionOf(run.suspend())).toMatchObject({ code: 'ONW3037' });
  expect(await rejectionOf(run.resume())).toMatchObject({ code: 'ONW3030' });
  expect(await rejectionOf(run.cancelStep(1))).toMatchObject({ code: 'ONW3030' });
  expect(await rejectionOf(run.cancelStep(7))).toMatchObject({ code: 'ONW3049' });
  expect(await run.inspect()).toMatchObject({ status: 'completed', value: 'ordered' });
});
