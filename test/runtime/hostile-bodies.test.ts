// Bodies that throw, return and promise what nobody expects. Nothing of it crashes or hangs the process, and no
// rejection is left without somebody who hears it.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Job, OnError, OnSuccess, type StepContext } from 'onward';
import { ENGINES, rejectionOf, stepsOf, wired } from '../support/wired.ts';

const unheard: unknown[] = [];
const hear = (reason: unknown): number => unheard.push(reason);
beforeAll(() => process.on('unhandledRejection', hear));
afterAll(() => process.off('unhandledRejection', hear));
afterEach(async () => {
  // Node tells of unhandled rejections after the microtasks of a turn.
  await new Promise((resolve) => setImmediate(resolve));
  expect(unheard.splice(0)).toEqual([]);
});

const refuse = (): never => {
  throw new Error('trapped');
};
const TRAPS: ProxyHandler<object> = Object.fromEntries(
  Object.getOwnPropertyNames(Reflect).map((trap) => [trap, refuse]),
);

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** An error whose fields cannot be read. */
function unreadable(...fields: readonly string[]): Error {
  const error = new Error('hidden');
  for (const field of fields) Object.defineProperty(error, field, { get: refuse, configurable: true });
  return error;
}

const thenable = (then: (ok: (value: unknown) => void, no: (reason: unknown) => void) => unknown): object => ({ then });

/** What is thrown. */
const THROWN: [name: string, make: () => unknown][] = [
  ['undefined', () => undefined],
  ['null', () => null],
  ['0', () => 0],
  ['text', () => 'no'],
  ['a symbol', () => Symbol('no')],
  ['a bigint', () => 10n],
  ['a function', () => () => 1],
  ['a class', () => Error],
  [
    'a promise that rejects',
    () => {
      const lost = Promise.reject(new Error('inner'));
      lost.catch(() => {});
      return lost;
    },
  ],
  ['a frozen error', () => Object.freeze(new Error('cold'))],
  ['an error without a prototype', () => Object.setPrototypeOf(new Error('bare'), null)],
  ['an object without a prototype', () => Object.create(null)],
  ['an error whose name throws', () => unreadable('name')],
  ['an error whose message throws', () => unreadable('message')],
  ['an error whose code throws', () => unreadable('code')],
  ['an error whose stack throws', () => unreadable('stack')],
  ['an error whose cause throws', () => unreadable('cause')],
  ['an error whose constructor throws', () => unreadable('constructor')],
  [
    'an error whose every field throws',
    () => unreadable('name', 'message', 'code', 'stack', 'cause', 'constructor', 'retryAfterMs'),
  ],
  [
    'an error that is its own cause',
    () => {
      const error = new Error('round');
      error.cause = error;
      return error;
    },
  ],
  [
    'an error with a name that is no text',
    () => Object.assign(new Error('odd'), { name: Symbol('odd'), message: 7, code: {} }),
  ],
  ['a proxy that throws on everything', () => new Proxy({}, TRAPS)],
  ['a proxy of an error that throws on everything', () => new Proxy(new Error('inner'), TRAPS)],
  ['a revoked proxy', revoked],
  [
    'a RetryableError with a wait that is no number',
    () => Object.assign(new Error('no'), { name: 'RetryableError', retryAfterMs: 'soon' }),
  ],
  [
    'a RetryableError with a negative wait',
    () => Object.assign(new Error('no'), { name: 'RetryableError', retryAfterMs: -1 }),
  ],
];

describe.each(ENGINES)('$engine engine', ({ engine, open }) => {
  describe.each(THROWN)('a body that throws %s', (_name, make) => {
    test.each(['throws it', 'rejects with it'])('%s', async (how) => {
      let caught = 0;
      class Hostile {
        @Job({ retry: { attempts: 2, delay: 1 } }) go(): unknown {
          if (how === 'throws it') throw make();
          return Promise.reject(make());
        }
        @OnError('go', { when: (error) => error.message === 'trapped' }) never(): void {}
        @OnError('go', { when: RangeError }) range(): void {}
        @OnError('go') always(): void {
          caught++;
        }
      }
      const { start, clock } = wired(open(), { Hostile: new Hostile() });
      const run = await start('Hostile.go');
      await clock.runAll();
      const report = await run.report();
      expect(report.status).toBe('failed');
      expect(report.steps[0]).toMatchObject({ status: 'failed', code: 101 });
      expect(report.steps[0]?.attempts).toHaveLength(2);
      expect(caught).toBe(1);
      await run.value().then(refuse, () => undefined);
    });

    test('is told to observers, and to readers of events', async () => {
      class Hostile {
        @Job({ retry: { attempts: 2, delay: 1 } }) go(): unknown {
          throw make();
        }
        @OnError('go') tell(): unknown {
          throw make();
        }
      }
      const log: string[] = [];
      const keep = (text: string): unknown => log.push(text);
      const logged = { log: { error: () => {}, warn: keep } };
      const { runtime, start, clock } = wired(open(), { Hostile: new Hostile() }, {}, logged);
      const told: string[] = [];
      runtime.observe({ onEvent: (event) => void (JSON.stringify(event), told.push(event.type)) });
      const run = await start('Hostile.go');
      await clock.runAll();
      expect((await run.report()).status).toBe('failed');
      const read: string[] = [];
      for await (const event of run.events()) {
        JSON.stringify(event);
        read.push(event.type);
      }
      for (const types of [told, read])
        expect(types.filter((type) => type.endsWith('ed') || type.endsWith('ing'))).toEqual([
          'run.started',
          'step.started',
          'step.retrying',
          'step.started',
          'step.failed',
          'callback.failed',
          'step.failed',
          'run.ended',
        ]);
      expect(log).toEqual([]);
    });
  });

  test.each([
    [
      'resolves and rejects',
      thenable((ok, no) => {
        ok(1);
        no(new Error('late'));
      }),
      1,
    ],
    [
      'resolves twice',
      thenable((ok) => {
        ok(1);
        ok(2);
      }),
      1,
    ],
    [
      'throws after it resolved',
      thenable((ok) => {
        ok(1);
        refuse();
      }),
      1,
    ],
    ['resolves to another one', thenable((ok) => ok(thenable((inner) => inner('inner')))), 'inner'],
    ['is a function', Object.assign(() => 1, { then: (ok: (value: unknown) => void) => ok('called') }), 'called'],
    ['has a `then` that is no function', { then: 7 }, { then: 7 }],
  ])('a thenable that %s counts once', async (_name, value, expected) => {
    class Hostile {
      @Job() go(): unknown {
        return value;
      }
      @OnSuccess('go') next(): void {}
    }
    const report = await wired(open(), { Hostile: new Hostile() }).report('Hostile.go');
    expect(report.value).toEqual(expected);
    expect(stepsOf(report)).toEqual(['Hostile.go completed 0', 'Hostile.next completed 0']);
  });

  test.each([
    ['whose `then` is a getter that throws', () => Object.defineProperty({}, 'then', { get: refuse })],
    ['whose `then` throws', () => thenable(refuse)],
    ['that rejects with undefined', () => Promise.reject(undefined)],
    ['that resolves to one that rejects', () => thenable((ok) => ok(Promise.reject(new Error('trapped'))))],
    ['that is a proxy which throws on everything', () => new Proxy({}, TRAPS)],
    ['that is a revoked proxy', revoked],
  ])('a returned value %s fails the step', async (_name, make) => {
    class Hostile {
      @Job() go(): unknown {
        return make();
      }
    }
    expect(stepsOf(await wired(open(), { Hostile: new Hostile() }).report('Hostile.go'))).toEqual([
      'Hostile.go failed 101',
    ]);
  });

  test.each(['times out', 'is cancelled', 'is closed'])('a body that never settles, in a run that %s', async (how) => {
    class Hanging {
      @Job(how === 'times out' ? { timeout: '1s' } : {}) go(): Promise<void> {
        return new Promise(() => {});
      }
    }
    const { runtime, start, clock } = wired(open(), { Hanging: new Hanging() });
    const run = await start('Hanging.go');
    await clock.advance(0);
    if (how === 'is cancelled') await run.cancel();
    const closing = how === 'is closed' ? runtime.close({ drainMs: 1_000 }) : undefined;
    await clock.runAll();
    await closing;
    expect((await run.report()).status).toBe(how === 'times out' ? 'failed' : 'cancelled');
    expect(clock.waiting).toBe(0);
  });

  test('a thenable that never settles, and one that settles after its time', async () => {
    const late: ((value: unknown) => void)[] = [];
    class Hanging {
      @Job({ timeout: 10, retry: { attempts: 2, delay: 1 } }) go(): unknown {
        return thenable((ok) => late.push(ok));
      }
    }
    const { start, clock } = wired(open(), { Hanging: new Hanging() });
    const run = await start('Hanging.go');
    await clock.runAll();
    expect(stepsOf(await run.report())).toEqual(['Hanging.go failed 204']);
    for (const settle of late) settle('late');
    await clock.advance(0);
    expect(stepsOf(await run.report())).toEqual(['Hanging.go failed 204']);
  });

  test('endless recursion in a body is an error of that body', async () => {
    class Deep {
      @Job() go(): number {
        return this.go() + 1;
      }
      @OnError('go') tell(): void {}
    }
    const report = await wired(open(), { Deep: new Deep() }).report('Deep.go');
    expect(stepsOf(report)).toEqual(['Deep.go failed 103', 'Deep.tell completed 0']);
  });

  test('a body that returns a function', async () => {
    const got: unknown[] = [];
    class Odd {
      @Job() go(): unknown {
        return () => 1;
      }
      @OnSuccess('go') next(value: unknown): void {
        got.push(typeof value);
      }
    }
    const report = await wired(open(), { Odd: new Odd() }).report('Odd.go');
    // A function lives in this process only: what keeps records cannot keep it, and says so where it was made.
    if (engine === 'memory') expect(got).toEqual(['function']);
    else expect(report).toMatchObject({ status: 'failed', error: { code: 'ONW3045' }, failures: [{ code: 107 }] });
  });

  test('a predicate, a `retry.when` and a `bind` that throw proxies', async () => {
    const throwProxy = (): never => {
      throw new Proxy({}, TRAPS);
    };
    class Hostile {
      @Job({ retry: { attempts: 2, when: throwProxy } }) go(): void {
        throw new Error('no');
      }
      @OnError('go', { when: throwProxy }) never(): void {}
      @OnError(() => Hostile, 'go', { bind: throwProxy }) bound(message: unknown): void {
        void message;
      }
      @OnError('go') always(): void {}
    }
    const report = await wired(open(), { Hostile: new Hostile() }).report('Hostile.go');
    expect(stepsOf(report)).toEqual([
      'Hostile.go failed 101',
      'Hostile.bound failed 101',
      'Hostile.always completed 0',
    ]);
    expect(report.callbackFailures.map(({ edge }) => edge)).toEqual([
      'Hostile.go>error>Hostile.never',
      'Hostile.go>error>Hostile.bound',
    ]);
  });

  test('a body that aborts, freezes and forges what it is given', async () => {
    class Forger {
      @Job() go(context: StepContext): string {
        Object.freeze(context);
        for (const field of ['runId', 'step', 'signal', 'tags']) Reflect.set(context, field, 'forged');
        return `${context.signal.aborted} ${context.step.attempt}`;
      }
    }
    const report = await wired(open(), { Forger: new Forger() }, { 'Forger.go': ['context'] }).report('Forger.go');
    expect(report).toMatchObject({ status: 'completed', value: 'false 1' });
  });

  test('a hundred thousand bodies that return at once do not grow the stack', async () => {
    let left = engine === 'memory' ? 100_000 : 2_000;
    class Loop {
      @OnSuccess('go', { when: () => --left > 0 })
      @Job()
      go(): void {}
    }
    const report = await wired(open(), { Loop: new Loop() }).report('Loop.go', undefined, { history: 0 });
    expect(report).toMatchObject({ status: 'completed', truncated: true });
    expect(await rejectionOf(Promise.reject(left))).toBe(0);
  });
});
