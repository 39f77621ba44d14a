// How long a finished run stays known, and what its id does then.

import { describe, expect, test } from 'vitest';
import { Handler, Job, memoryEngine, OnError, OnSuccess, StepTimeout } from 'onward';
import { ENGINES, stepsOf, wired } from '../support/wired.ts';

class Bank {
  calls = 0;
  @Job() charge(): number {
    return (this.calls += 5);
  }
  @OnSuccess('charge')
  @Handler({ waits: true })
  confirm(_by: unknown): void {}
}
class Till {
  calls = 0;
  @Job() charge(): number {
    return (this.calls += 5);
  }
}

describe('the memory engine', () => {
  test('a webhook that comes twice joins its run while the run is kept, and after that starts another one', async () => {
    const { start, clock, runtime } = wired(memoryEngine({ keepRuns: 3 }), { Till: new Till() });
    const deliver = async (id: string): Promise<unknown> => (await start('Till.charge', undefined, { id })).value();
    expect([await deliver('payment'), await deliver('payment')]).toEqual([5, 5]);
    for (const id of ['a', 'b']) await deliver(id);
    expect(await deliver('payment')).toBe(5);
    await deliver('c');
    expect(await runtime.run('payment')).toBeUndefined();
    expect(await deliver('payment')).toBe(25);
    await clock.runAll();
  });

  test('by default a thousand of them are kept', async () => {
    const { start, runtime } = wired(memoryEngine(), { Till: new Till() });
    for (let at = 0; at <= 1_000; at++) await (await start('Till.charge', undefined, { id: `n${at}` })).report();
    expect(await runtime.run('n0')).toBeUndefined();
    expect((await runtime.run('n1'))?.id).toBe('n1');
  });

  test('`keepRuns: 0` forgets a run when it ends', async () => {
    const { start, runtime } = wired(memoryEngine({ keepRuns: 0 }), { Till: new Till() });
    const run = await start('Till.charge', undefined, { id: 'x' });
    expect(await run.value()).toBe(5);
    expect(await runtime.run('x')).toBeUndefined();
    expect((await runtime.runs()).runs).toEqual([]);
  });

  test('`keepFor` forgets by age, counted from the end of the run', async () => {
    const { start, runtime, clock } = wired(memoryEngine({ keepFor: '1h' }), { Till: new Till() });
    await start('Till.charge', undefined, { id: 'x' });
    await clock.advance(3_599_999);
    await start('Till.charge', undefined, { id: 'y' });
    expect((await runtime.run('x'))?.id).toBe('x');
    await clock.advance(1);
    expect(await runtime.run('x')).toBeUndefined();
    expect((await runtime.runs()).runs.map(({ id }) => id)).toEqual(['y']);
    expect(await (await start('Till.charge', undefined, { id: 'x' })).value()).toBe(15);
  });

  test('options that make no sense are refused', () => {
    expect(() => memoryEngine({ keepRuns: -1, keepFor: 0 })).toThrow(
      /ONW3004.*`keepRuns` to be a whole number of at least 0.*`keepFor` to be more than 0/,
    );
  });

  test('close cancels at once what only waits: for a message, for a time that is too far away, to be resumed', async () => {
    const { start, runtime, clock } = wired(memoryEngine(), { Bank: new Bank() });
    const runs = [
      await start('Bank.charge'),
      await start('Bank.charge', undefined, { notBefore: '1d' }),
      await start('Bank.charge', undefined, { notBefore: '5s' }),
    ];
    await clock.advance(0);
    const began = clock.now();
    const closing = runtime.close({ drainMs: 60_000 });
    await clock.advance(5_000);
    await closing;
    const reports = await Promise.all(runs.map((run) => run.report()));
    expect(reports.map(({ status, endedAt }) => [status, endedAt - began])).toEqual([
      ['cancelled', 0],
      ['cancelled', 0],
      ['cancelled', 5_000],
    ]);
    expect(reports[0]?.cancelReason).toMatch(/the runtime was closed/);
    expect(clock.waiting).toBe(0);
  });
});

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('an error callback for `StepTimeout` takes what ran out of time, and nothing else', async () => {
    class Slow {
      @Job({ timeout: '1s' }) wait(): Promise<void> {
        return new Promise(() => {});
      }
      @OnError('wait', { when: StepTimeout }) late(): void {}
      @OnError('wait', { otherwise: true }) other(): void {}
      @Job() fail(): never {
        throw new Error('no');
      }
      @OnError('fail', { when: StepTimeout }) failedLate(): void {}
      @OnError('fail', { otherwise: true }) failed(): void {}
    }
    const { report } = wired(open(), { Slow: new Slow() });
    const late = await report('Slow.wait');
    expect(stepsOf(late)).toEqual(['Slow.wait failed 204', 'Slow.late completed 0']);
    expect(late.error).toBeInstanceOf(StepTimeout);
    expect(late.error).toMatchObject({ name: 'StepTimeout', code: 'ONW3041' });
    expect(stepsOf(await report('Slow.fail'))).toEqual(['Slow.fail failed 101', 'Slow.failed completed 0']);
  });

  test('a wait for a message that runs out of time is a `StepTimeout` too', async () => {
    class Ask {
      @Job() ask(): void {}
      @OnSuccess('ask')
      @Handler({ waits: true, timeout: '1d' })
      answer(_text: unknown): void {}
      @OnError('answer', { when: StepTimeout }) remind(): void {}
    }
    const { report } = wired(open(), { Ask: new Ask() });
    expect(stepsOf(await report('Ask.ask'))).toEqual([
      'Ask.ask completed 0',
      'Ask.answer failed 204',
      'Ask.remind completed 0',
    ]);
  });
});
