// How a runtime ends: idle and close.

import { describe, expect, test } from 'vitest';
import { Handler, Job, OnRunEnd, OnSuccess, type StepContext } from 'onward';
import { ENGINES, rejectionOf, wired } from '../support/wired.ts';

class Slow {
  ends: (() => void)[] = [];
  @Job() go(): Promise<void> {
    return new Promise((resolve) => this.ends.push(resolve));
  }
  @OnSuccess('go')
  @Handler({ retry: { attempts: 2, delay: '10s', jitter: 0 } })
  after(): void {
    if (++this.tries === 1) throw new Error('again');
  }
  tries = 0;
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  const slow = () => {
    const service = new Slow();
    return { service, ...wired(open(), { Slow: service }) };
  };

  test('idle resolves when no run is open, and at once if there is none', async () => {
    const { runtime, service, start, clock } = slow();
    await runtime.idle();
    await start('Slow.go');
    let isIdle = false;
    void runtime.idle().then(() => (isIdle = true));
    await clock.advance(60_000);
    expect(isIdle).toBe(false);
    service.ends[0]?.();
    await clock.advance(9_999);
    expect(isIdle).toBe(false);
    await clock.advance(1);
    expect(isIdle).toBe(true);
  });

  test('who waits for a run hears that it is left, if a callback of it never returns', async () => {
    class Never {
      @Job() go(): void {}
      @OnRunEnd() over(): Promise<never> {
        return new Promise(() => undefined);
      }
    }
    const { runtime, start, clock } = wired(open(), { Never: new Never() });
    const run = await start('Never.go', undefined, { id: 'a' });
    await runtime.start(runtime.swarm(), { id: 'b' });
    const events = async (): Promise<void> => {
      for await (const event of run.events()) void event;
    };
    const asked = [run.value(), run.report(), events(), runtime.idle()].map((answer) => rejectionOf(answer));
    await clock.advance(0);
    const closing = runtime.close({ drainMs: 1_000 });
    await clock.advance(60_000);
    await closing;
    const empty = await runtime.run('b');
    const entry = async (): Promise<unknown> => empty?.entry();
    const late = [run.value(), events(), runtime.idle(), entry()].map((answer) => rejectionOf(answer));
    for (const refused of await Promise.all([...asked, ...late])) expect(refused).toMatchObject({ code: 'ONW3040' });
  });

  test('close waits for what is open', async () => {
    const { runtime, service, start, clock } = slow();
    const run = await start('Slow.go');
    await clock.advance(0);
    const closing = runtime.close({ drainMs: 60_000 });
    service.ends[0]?.();
    await clock.advance(10_000);
    await closing;
    expect(await run.report()).toMatchObject({ status: 'completed', counts: { completed: 2 } });
    expect(clock.waiting).toBe(0);
  });

  test('close waits for starts that came before it, also for those that the engine is not open for yet', async () => {
    const { runtime, service, start, clock } = slow();
    const starting = start('Slow.go');
    expect(runtime.openRuns()).toBe(1);
    const closing = runtime.close({ drainMs: 60_000 });
    expect(await rejectionOf(start('Slow.go'))).toMatchObject({ code: 'ONW3040' });
    const run = await starting;
    await clock.advance(0);
    expect(runtime.openRuns()).toBe(1);
    service.ends[0]?.();
    await clock.advance(10_000);
    await closing;
    expect(await run.report()).toMatchObject({ status: 'completed', counts: { completed: 2 } });
    expect(runtime.openRuns()).toBe(0);
  });

  test('close resolves after the grace period even if a run callback never returns', async () => {
    class Stuck {
      @Job() go(): void {}
      @OnRunEnd() end(): Promise<void> {
        return new Promise(() => {});
      }
    }
    const { runtime, start, clock } = wired(open(), { Stuck: new Stuck() });
    await start('Stuck.go');
    await clock.advance(0);
    let isClosed = false;
    void runtime.close({ drainMs: 1_000 }).then(() => (isClosed = true));
    await clock.advance(6_999);
    expect(isClosed).toBe(false);
    await clock.advance(1);
    expect(isClosed).toBe(true);
    expect(clock.waiting).toBe(0);
  });

  test('close cancels what is not over in time', async () => {
    const { runtime, start, clock } = slow();
    const run = await start('Slow.go');
    await clock.advance(0);
    const closing = runtime.close({ drainMs: 1_000 });
    await clock.advance(999);
    let isClosed = false;
    void closing.then(() => (isClosed = true));
    await clock.advance(1);
    expect(isClosed).toBe(false);
    await clock.advance(5_000);
    await closing;
    expect(await run.report()).toMatchObject({ status: 'cancelled', cancelReason: 'the runtime was closed' });
    expect(clock.waiting).toBe(0);
  });

  test('closing twice is once, and an idle runtime closes at once', async () => {
    const { runtime, clock } = slow();
    await Promise.all([runtime.close(), runtime.close({ drainMs: 5 })]);
    await runtime.close();
    expect(clock.waiting).toBe(0);
  });

  test('an open run is found by the id that was made up for it, whichever of the others are over', async () => {
    const { runtime, service, start, clock } = slow();
    const runs = [await start('Slow.go'), await start('Slow.go'), await start('Slow.go')];
    await clock.advance(0);
    const found = async (): Promise<readonly boolean[]> =>
      Promise.all(runs.map(async ({ id }) => (await runtime.run(id)) !== undefined));
    expect(await found()).toEqual([true, true, true]);
    runs.push(await start('Slow.go'));
    await clock.advance(0);
    service.ends[0]?.();
    service.ends[3]?.();
    await clock.advance(60_000);
    expect((await found()).slice(1, 3)).toEqual([true, true]);
    for (const end of service.ends) end();
    await clock.runAll();
    await runtime.idle();
    expect((await runs[2]?.report())?.status).toBe('completed');
  });

  test('ONW3040: nothing is started after close; what was started can still be read', async () => {
    const { runtime, service, start, clock } = slow();
    const run = await start('Slow.go', undefined, { id: 'mine' });
    await clock.advance(0);
    service.ends[0]?.();
    const closing = runtime.close();
    const refused = await rejectionOf(start('Slow.go'));
    expect(refused).toMatchObject({ code: 'ONW3040' });
    expect(String(refused)).toMatchInlineSnapshot(`"OnwardError: ONW3040: the runtime is closed; create another one"`);
    await clock.runAll();
    await closing;
    expect((await run.report()).status).toBe('completed');
    expect((await (await runtime.run('mine'))?.report())?.status).toBe('completed');
  });

  test('while open runs end, a body may start nodes of its own run, and no other runs', async () => {
    class Late {
      refused: unknown;
      go: () => void = () => undefined;
      seen: string[] = [];
      @Job() async work({ spawn }: StepContext): Promise<void> {
        await new Promise<void>((go) => (this.go = go));
        this.refused = await rejectionOf(runtime.start('Late.other'));
        await spawn(Late, 'child', undefined);
      }
      @Handler() child(): void {
        this.seen.push('child');
      }
      @Job() other(): void {
        this.seen.push('other');
      }
    }
    const late = new Late();
    const { runtime, start, clock } = wired(open(), { Late: late }, { 'Late.work': ['context'] });
    const run = await start('Late.work');
    await clock.advance(0);
    const closing = runtime.close();
    late.go();
    await clock.runAll();
    await closing;
    expect(late.refused).toMatchObject({ code: 'ONW3040' });
    expect([late.seen, (await run.report()).status]).toEqual([['child'], 'completed']);
  });

  test('ONW3040: a start that is overtaken by close leaves no run behind', async () => {
    const { runtime, service, start, clock } = slow();
    const starting = start('Slow.go').then(
      () => 'started',
      (error: { code: string }) => error.code,
    );
    const closing = runtime.close({ drainMs: 0 });
    // Either it was in time and is drained, or it is refused.
    const outcome = await starting;
    expect(['started', 'ONW3040']).toContain(outcome);
    for (const end of service.ends) end();
    await clock.runAll();
    await closing;
    expect((await runtime.runs({ status: ['running', 'suspended'] })).runs).toEqual([]);
    expect(await rejectionOf(start('Slow.go'))).toMatchObject({ code: 'ONW3040' });
  });

  test.each([-1, Number.NaN, '1s'])('ONW3004: `drainMs` of %s', async (drainMs) => {
    const { runtime, start } = slow();
    expect(await rejectionOf(runtime.close({ drainMs: drainMs as number }))).toMatchObject({ code: 'ONW3004' });
    await start('Slow.go');
  });
});
