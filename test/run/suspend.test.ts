// Holding a run and letting it go on: R40, R41.

import { describe, expect, test } from 'vitest';
import { Job, OnCancel, OnRunEnd, OnStart, OnSuccess, type StepContext } from 'onward';
import { sleep } from '../support/sleep.ts';
import { eventsOf, storyOf } from '../support/story.ts';
import { ENGINES, rejectionOf, stepsOf, wired, type Wired } from '../support/wired.ts';

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('R40: live bodies finish, what they cause is made and waits; resume lets it go on in order of creation', async () => {
    const log: string[] = [];
    class Shop {
      @Job() async sell(): Promise<void> {
        await sleep(app.clock, 100);
        log.push('sold');
      }
      @OnSuccess('sell') pack(): void {
        log.push('pack');
      }
      @OnSuccess('sell') post(): void {
        log.push('post');
      }
      @OnSuccess('sell') bill(): void {
        log.push('bill');
      }
    }
    const app: Wired = wired(open(), { Shop: new Shop() });
    const run = await app.start('Shop.sell');
    const story = storyOf(run);
    await app.clock.advance(10);
    await run.suspend();
    expect((await run.inspect()).status).toBe('suspended');
    await app.clock.advance(10_000);
    expect(log).toEqual(['sold']);
    const held = await run.inspect();
    expect(stepsOf({ ...held, status: 'completed' })).toEqual([
      'Shop.sell completed 0',
      'Shop.pack pending 202',
      'Shop.post pending 202',
      'Shop.bill pending 202',
    ]);
    await run.resume();
    await app.clock.runAll();
    expect(log).toEqual(['sold', 'pack', 'post', 'bill']);
    expect(await run.report()).toMatchObject({ status: 'completed', endedAt: held.startedAt + 10_010 });
    expect((await story).filter((line) => line.startsWith('run.'))).toEqual([
      'run.started',
      'run.suspended',
      'run.resumed',
      'run.ended',
    ]);
  });

  test('R40: the start callbacks and the end of a held run wait as well', async () => {
    const log: string[] = [];
    class Shop {
      @Job() sell(): void {
        log.push('sell');
      }
      @OnStart('sell') async unlock(): Promise<void> {
        await sleep(app.clock, 100);
        log.push('unlocked');
      }
    }
    const app: Wired = wired(open(), { Shop: new Shop() });
    const run = await app.start('Shop.sell');
    await app.clock.advance(10);
    await run.suspend();
    await app.clock.advance(1_000);
    expect(log).toEqual(['unlocked']);
    await run.resume();
    await app.clock.runAll();
    expect(log).toEqual(['unlocked', 'sell']);
    expect((await run.report()).status).toBe('completed');
  });

  test('R40: a run is over only after it is resumed, also if nothing of it is live', async () => {
    class Shop {
      @Job() sell(): Promise<void> {
        return sleep(app.clock, 100);
      }
    }
    const app: Wired = wired(open(), { Shop: new Shop() });
    const run = await app.start('Shop.sell');
    await app.clock.advance(1);
    await run.suspend();
    await app.clock.advance(1_000);
    expect(await run.inspect()).toMatchObject({ status: 'suspended', endedAt: 0, counts: { completed: 1 } });
    await run.resume();
    await app.clock.runAll();
    expect((await run.report()).status).toBe('completed');
  });

  test('R40: a back-off that comes due is held until the run goes on', async () => {
    const at: number[] = [];
    class Shop {
      @Job({ retry: { attempts: 3, delay: 100, factor: 1, jitter: 0 } }) sell(): void {
        at.push(app.clock.now() - began);
        if (at.length < 3) throw new Error('sold out');
      }
    }
    const app: Wired = wired(open(), { Shop: new Shop() });
    const began = app.clock.now();
    const run = await app.start('Shop.sell');
    await app.clock.advance(10);
    await run.suspend();
    await app.clock.advance(990);
    await run.resume();
    await app.clock.runAll();
    expect(at).toEqual([0, 1_000, 1_100]);
    expect((await run.report()).status).toBe('completed');
  });

  test('R40: suspending twice is once; resuming what is not suspended does nothing', async () => {
    class Shop {
      @Job() sell(): Promise<void> {
        return sleep(app.clock, 100);
      }
    }
    const app: Wired = wired(open(), { Shop: new Shop() });
    const run = await app.start('Shop.sell');
    const heard = eventsOf(run);
    await run.resume();
    await run.suspend();
    await run.suspend();
    await run.resume();
    await run.resume();
    await app.clock.runAll();
    const told = (await heard).map(({ type }) => type).filter((type) => type.startsWith('run.'));
    expect(told).toEqual(['run.started', 'run.suspended', 'run.resumed', 'run.ended']);
  });

  test('R40: resuming a run whose end callbacks run does nothing', async () => {
    class Shop {
      @Job() sell(): void {}
      @OnRunEnd() tidy(): Promise<void> {
        return sleep(app.clock, 100);
      }
    }
    const app: Wired = wired(open(), { Shop: new Shop() });
    const run = await app.start('Shop.sell');
    await app.clock.advance(50);
    await run.resume();
    await run.resume();
    await app.clock.runAll();
    expect((await run.report()).status).toBe('completed');
    expect(await rejectionOf(run.resume())).toMatchObject({ code: 'ONW3030' });
  });

  test('R40: a cancel of a suspended run works at once', async () => {
    const log: string[] = [];
    class Shop {
      @Job() sell(): Promise<void> {
        return sleep(app.clock, 10);
      }
      @OnSuccess('sell') post(): void {
        log.push('post');
      }
      @OnCancel('post') stop(): void {
        log.push('stop');
      }
    }
    const app: Wired = wired(open(), { Shop: new Shop() });
    const run = await app.start('Shop.sell');
    await run.suspend();
    await app.clock.advance(100);
    await run.cancel('enough');
    await app.clock.runAll();
    const report = await run.report();
    expect(report).toMatchObject({ status: 'cancelled', cancelReason: 'enough', endedAt: report.startedAt + 100 });
    expect(stepsOf(report)).toEqual(['Shop.sell completed 0', 'Shop.post cancelled 203']);
    expect(log, 'nothing of the held step had begun').toEqual([]);
  });

  test('R41: a run that is over or is being cancelled cannot be suspended: ONW3037', async () => {
    class Shop {
      @Job() sell(): Promise<void> {
        return sleep(app.clock, 100);
      }
    }
    const app: Wired = wired(open(), { Shop: new Shop() });
    const over = await app.start('Shop.sell', undefined, { id: 'over' });
    await app.clock.runAll();
    const cancelling = await app.start('Shop.sell', undefined, { id: 'cancelling' });
    await app.clock.advance(1);
    await cancelling.cancel();
    for (const run of [over, cancelling]) {
      expect(await rejectionOf(run.suspend())).toMatchObject({ code: 'ONW3037', details: { runId: run.id } });
    }
    expect(String(await rejectionOf(over.suspend()))).toMatchInlineSnapshot(
      `"OnwardError: ONW3037: run over cannot be suspended any more: it is over"`,
    );
    expect(String(await rejectionOf(cancelling.suspend()))).toMatchInlineSnapshot(
      `"OnwardError: ONW3037: run cancelling cannot be suspended any more: it is being cancelled or ends early"`,
    );
    expect(await rejectionOf(over.resume())).toMatchObject({ code: 'ONW3030' });
    await app.clock.runAll();
  });

  test('R41: a run that ends early cannot be suspended', async () => {
    class Shop {
      @Job() sell(context: StepContext): void {
        context.exit('left');
      }
      @OnStart('sell') unlock(): void {}
      @OnSuccess('unlock') async lock(): Promise<void> {
        await sleep(app.clock, 100);
      }
    }
    const app: Wired = wired(open(), { Shop: new Shop() }, { 'Shop.sell': ['context'] });
    const run = await app.start('Shop.sell');
    await app.clock.advance(10);
    expect(await rejectionOf(run.suspend())).toMatchObject({ code: 'ONW3037' });
    await app.clock.runAll();
    expect(await run.value()).toBe('left');
  });
});
