// A runtime for tests: virtual time, bodies that are replaced, faults in chosen nodes.

import { describe, expect, test } from 'vitest';
import { Handler, Job, memoryEngine, OnError, OnSuccess } from 'onward';
import { createTestRuntime, virtualClock } from 'onward/testing';
import { stepsOf, wire } from '../support/wired.ts';

class Receipt {
  cents = 0;
}
class Billing {
  readonly #calls: string[] = [];
  get calls(): readonly string[] {
    return this.#calls;
  }
  @Job({ retry: { attempts: 3, delay: '1h', factor: 1, jitter: 0 }, timeout: '10s' })
  charge(): Receipt {
    this.#calls.push('charge');
    return { cents: 300 };
  }
  @OnSuccess('charge', { after: '3d' }) remind(receipt: Receipt): number {
    this.#calls.push('remind');
    return receipt.cents;
  }
  @OnError('charge')
  @Handler({ name: 'sorry' })
  apologise(): void {
    this.#calls.push('sorry');
  }
}

/** As the generator writes it where a node has a name of its own. */
function opened(options: object = {}) {
  const service = new Billing();
  const services = { Billing: service };
  const wiring = wire(services);
  const { 'Billing.apologise': named, ...nodes } = wiring.nodes;
  const graph = {
    ...wiring,
    nodes: { ...nodes, ...(named && { 'Billing.sorry': { ...named, method: 'apologise' } }) },
    edges: wiring.edges.map((edge) => (edge.to === 'Billing.apologise' ? { ...edge, to: 'Billing.sorry' } : edge)),
  };
  const runtime = createTestRuntime(graph, { services, ...options });
  return { runtime, calls: service.calls };
}

const stepsAfter = async (options: object): Promise<string[]> => {
  const { runtime } = opened(options);
  const run = await runtime.start('Billing.charge');
  await runtime.settle();
  return stepsOf(await run.report());
};

describe('time', () => {
  test('moves by strings and by milliseconds, and only when the test says so', async () => {
    const { runtime, calls } = opened();
    const began = runtime.clock.now();
    await runtime.start('Billing.charge');
    await runtime.advance('2d');
    expect(calls).toEqual(['charge']);
    await runtime.advance(24 * 3_600_000);
    expect(calls).toEqual(['charge', 'remind']);
    expect(runtime.clock.now() - began).toBe(3 * 24 * 3_600_000);
    await expect(runtime.advance(Object('soon').valueOf())).rejects.toThrow(/ONW3004.*expected a time/);
  });

  test('is that of a clock that is given', async () => {
    const clock = virtualClock(0);
    const { runtime } = opened({ clock });
    expect(runtime.clock).toBe(clock);
  });
});

describe('faults', () => {
  test('`fail`: the first attempts fail, and the method is not called', async () => {
    const { runtime, calls } = opened({ faults: { 'Billing.charge': { fail: 2 } } });
    const run = await runtime.start('Billing.charge');
    await runtime.settle();
    const report = await run.report();
    expect([report.status, report.steps[0]?.attempts.length, calls]).toEqual(['completed', 3, ['charge', 'remind']]);
    expect(String(report.steps[0]?.attempts[0]?.error)).toBe('Error: Billing.charge fails, as the test says');
  });

  test('`fail` with an error: retries and routes are those of that error', async () => {
    const error = new TypeError('no network');
    const { runtime } = opened({ faults: { 'Billing.charge': { fail: 3, error } } });
    const run = await runtime.start('Billing.charge');
    await runtime.settle();
    const report = await run.report();
    expect(report.error).toBe(error);
    expect(stepsOf(report)).toEqual(['Billing.charge failed 101', 'Billing.sorry completed 0']);
  });

  test('`slow`: the method is called later, and its timeout counts', async () => {
    expect(await stepsAfter({ faults: { 'Billing.charge': { slow: '5s' } } })).toEqual([
      'Billing.charge completed 0',
      'Billing.remind completed 0',
    ]);
    expect(await stepsAfter({ faults: { 'Billing.charge': { slow: '1m' } } })).toEqual([
      'Billing.charge failed 204',
      'Billing.sorry completed 0',
    ]);
  });

  test('`never`: the body does not answer', async () => {
    expect(await stepsAfter({ faults: { 'Billing.charge': 'never' } })).toEqual([
      'Billing.charge failed 204',
      'Billing.sorry completed 0',
    ]);
  });
});

test('overrides stand in the place of methods, with the message and what the marks ask for', async () => {
  const { runtime, calls } = opened({
    overrides: {
      'Billing.charge': () => ({ cents: 5 }),
      'Billing.remind': (receipt: Receipt) => receipt.cents * 2,
    },
  });
  const run = await runtime.start('Billing.charge');
  await runtime.settle();
  expect((await run.report()).steps.map(({ returnValue }) => returnValue)).toEqual([{ cents: 5 }, 10]);
  expect(calls).toEqual([]);
});

test('the recorder has every event', async () => {
  const { runtime } = opened({ faults: { 'Billing.charge': { fail: 1 } } });
  await runtime.start('Billing.charge');
  await runtime.settle();
  runtime.recorder.assertCalled('step.retrying', 1);
  runtime.recorder.assertCalled('run.ended', 1);
});

test('with a seed, runs end the same while deliveries are lost, late and doubled', async () => {
  for (const seed of [1, 2, 3]) {
    expect(await stepsAfter({ seed, faults: { 'Billing.charge': { fail: 1 } } })).toEqual([
      'Billing.charge completed 0',
      'Billing.remind completed 0',
    ]);
  }
});

test('names of nodes and options that make no sense are refused, all at once', () => {
  const wrong = {
    overrides: { 'Billing.chrage': () => 1, 'Billing.remind': 7 },
    faults: { 'Billing.charge': { fails: 2 }, 'Billing.sory': 'never' },
    clock: 'real',
    seed: 'x',
  };
  expect(() => opened(wrong)).toThrow(
    /ONW3004.*`clock`.*`seed`.*did you mean Billing.charge\?.*`overrides` of Billing.remind to be a function.*did you mean Billing.sorry\?.*did you mean `fail`\?/,
  );
  expect(() => opened({ engine: memoryEngine() })).not.toThrow();
});

test('what stands in the place of the graph, the options or one of them is refused, and not spelt out', () => {
  const made = (...given: unknown[]): unknown => Reflect.apply(createTestRuntime, undefined, given);
  const graph = wire({ Billing: new Billing() });
  expect(() => made()).toThrow(/ONW3001: the first argument of createTestRuntime is not a wiring/);
  for (const options of [undefined, null, 'services'])
    expect(() => made(graph, options)).toThrow(/ONW3004: the second argument of createTestRuntime is missing/);
  for (const name of ['overrides', 'faults'])
    for (const value of ['never', null, () => 1, [() => 1]])
      expect(() => opened({ [name]: value })).toThrow(
        new RegExp(`ONW3004: the options of createTestRuntime are not valid: expected \`${name}\` to be an object by`),
      );
  expect(() => opened({ observers: {} })).toThrow(/ONW3004.*expected `observers` to be an array, got an object/);
  expect(() => opened({ observers: [5] })).toThrow(/ONW3060: observers\[0\]: expected an observer/);
});

test('what would have no effect is refused: an engine beside a seed, `resolve`, an error for no attempt', () => {
  expect(() => opened({ faults: { 'Billing.charge': { error: new Error('x') } } })).toThrow(
    /ONW3004.*faults of Billing.charge: expected `fail` beside `error`/,
  );
  expect(() => opened({ seed: 1, engine: memoryEngine() })).toThrow(/ONW3004.*either `seed` or `engine`, not both/);
  expect(() => opened({ services: undefined, resolve: () => new Billing() })).toThrow(
    /ONW3004.*`services` in the place of `resolve`/,
  );
});

test('services may be what a class computes', async () => {
  class All {
    readonly #billing = new Billing();
    get Billing(): Billing {
      return this.#billing;
    }
  }
  expect(await stepsAfter({ services: new All(), faults: { 'Billing.charge': 'never' } })).toEqual([
    'Billing.charge failed 204',
    'Billing.sorry completed 0',
  ]);
});
