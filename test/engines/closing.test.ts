// How a runtime with a durable store closes: what is under way may finish, what waits is left to the next process.

import { rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Job, OnSuccess, type StepContext } from 'onward';
import { sqliteEngine } from 'onward/engines/sqlite';
import { DRIVERS, storeFile } from '../support/sqlite.ts';
import { rejectionOf, wired, type Wired } from '../support/wired.ts';

class Works {
  ends: (() => void)[] = [];
  signals: AbortSignal[] = [];
  @Job() quick(): number {
    return 1;
  }
  @OnSuccess('quick', { after: '1h' }) remind(): void {}
  @Job() slow(context: StepContext): Promise<number> {
    this.signals.push(context.signal);
    return new Promise((resolve) => this.ends.push(() => resolve(7)));
  }
  @OnSuccess('slow') next(n: number): number {
    return n + 1;
  }
}

interface Life extends Wired {
  readonly works: Works;
}

const HOUR = 3_600_000;

describe.each(DRIVERS)('%s', (driver) => {
  function life(file: string, keepFor: number = HOUR): Life {
    const works = new Works();
    const engine = sqliteEngine({ file, driver, keepFor });
    return { ...wired(engine, { Works: works }, { 'Works.slow': ['context'] }), works };
  }

  test('CLOSING-1: runs that only wait hold nobody up', async () => {
    const first = life(storeFile());
    await first.start('Works.quick');
    await first.clock.advance(1);
    // The clock stands still: a wait would never end.
    await first.runtime.close();
    expect(first.clock.waiting).toBe(0);
  });

  test('what is under way may finish, with what it leads to', async () => {
    const file = storeFile();
    const first = life(file);
    const run = await first.start('Works.slow', undefined, { id: 'a' });
    await first.clock.advance(1);
    const closing = first.runtime.close();
    first.works.ends[0]?.();
    await closing;
    expect(first.works.signals[0]?.aborted).toBe(false);
    expect(run.id).toBe('a');
    const second = life(file);
    expect(await (await second.runtime.run('a'))?.report()).toMatchObject({
      status: 'completed',
      counts: { completed: 2 },
    });
    await second.runtime.close();
  });

  test('CLOSING-2: signals of bodies abort when the time is over, and nothing of that is an outcome', async () => {
    const file = storeFile();
    const first = life(file);
    await first.start('Works.slow', undefined, { id: 'a' });
    await first.clock.advance(1);
    const closing = first.runtime.close({ drainMs: 50 });
    await first.clock.advance(49);
    expect(first.works.signals[0]?.aborted).toBe(false);
    await first.clock.advance(1);
    await closing;
    expect(first.works.signals[0]?.reason).toMatchObject({ code: 'ONW3040' });
    first.works.ends[0]?.();
    const second = life(file);
    void second.runtime.work();
    await second.clock.advance(1);
    expect(second.works.ends).toHaveLength(1);
    second.works.ends[0]?.();
    await second.clock.runAll();
    expect(await (await second.runtime.run('a'))?.report()).toMatchObject({ status: 'completed' });
    await second.runtime.close();
  });

  test('CLOSING-4: who waits for a run that is left open hears that, before the close and after it', async () => {
    const first = life(storeFile());
    const run = await first.start('Works.quick', undefined, { id: 'a' });
    await first.clock.advance(1);
    const events = async (): Promise<void> => {
      for await (const event of run.events()) void event;
    };
    const asked = [run.value(), run.report(), events(), first.runtime.idle()].map((answer) => rejectionOf(answer));
    await first.clock.advance(1);
    await first.runtime.close();
    const late = [run.value(), run.inspect(), events(), first.runtime.runs()].map((answer) => rejectionOf(answer));
    for (const refused of await Promise.all([...asked, ...late])) expect(refused).toMatchObject({ code: 'ONW3040' });
    expect(String(await asked[0])).toContain('the run a is open: it goes on when its store is opened again');
    // Its entry is over.
    expect(await run.entry()).toBe(1);
  });

  test('CLOSING-2: on a file that is gone it ends in bounded time, says what is lost, and gives the file free', async () => {
    const file = storeFile();
    const first = life(file);
    await first.start('Works.slow', undefined, { id: 'a' });
    await first.clock.advance(1);
    rmSync(file);
    first.works.ends[0]?.();
    const refused = rejectionOf(first.runtime.close());
    await first.clock.advance(20_000);
    expect(await refused).toMatchObject({ code: 'ONW3070', cause: { code: 'ONW4007' } });
    expect(String(await refused)).toContain('bodies whose outcome is not are called again at the next start');
    const second = life(file);
    expect((await second.runtime.runs()).runs).toEqual([]);
    await second.runtime.close();
  });

  describe('a file that is gone when it closes', () => {
    /** A runtime that works, and whose file takes no outcome any more. */
    const working = async () => {
      const file = storeFile();
      const { runtime, clock, works, start } = life(file);
      let isFlushed = false;
      runtime.observe({ onEvent: () => undefined, close: () => void (isFlushed = true) });
      await start('Works.slow');
      await clock.advance(1);
      return {
        runtime,
        isFlushed: () => isFlushed,
        goes: async () => {
          rmSync(file);
          works.ends[0]?.();
          await clock.advance(1);
        },
        later: () => clock.advance(20_000),
      };
    };

    test('who closes it hears that; who works is done, and observers are closed', async () => {
      const { runtime, isFlushed, goes, later } = await working();
      const over = runtime.work({ signals: false });
      await goes();
      const refused = rejectionOf(runtime.close());
      await later();
      expect(await refused).toMatchObject({ code: 'ONW3070' });
      expect(await over).toBeUndefined();
      expect(isFlushed()).toBe(true);
    });

    test('who works hears that, if a signal has closed it', async () => {
      const { runtime, isFlushed, goes, later } = await working();
      const before = process.listeners('SIGTERM');
      const refused = rejectionOf(runtime.work());
      await expect.poll(() => process.listeners('SIGTERM').length).toBe(before.length + 1);
      const heard = process.listeners('SIGTERM').find((listener) => !before.includes(listener));
      await goes();
      heard?.('SIGTERM');
      await later();
      expect(await refused).toMatchObject({ code: 'ONW3070' });
      expect(isFlushed()).toBe(true);
      expect(process.listeners('SIGTERM')).toEqual(before);
    });
  });

  test('a handle of a run that was removed says so', async () => {
    const first = life(storeFile(), 1_000);
    const run = await first.start('Works.slow', undefined, { id: 'a' });
    await first.clock.advance(1);
    first.works.ends[0]?.();
    await first.clock.runAll();
    expect(await run.value()).toBe(7);
    await first.clock.advance(61_000);
    const other = await first.start('Works.slow');
    await first.clock.advance(1);
    first.works.ends[1]?.();
    await first.clock.runAll();
    await other.value();
    expect(await first.runtime.run('a')).toBeUndefined();
    expect(await rejectionOf(run.report())).toMatchObject({ code: 'ONW3072', details: { runId: 'a' } });
    await first.runtime.close();
  });
});
