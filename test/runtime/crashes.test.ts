// A crash at any time: the records are enough to go on from, whatever phase the run was in (R23, R47, R48).

import { describe, expect, test } from 'vitest';
import { Handler, Job, Join, OnCancel, OnEnd, OnError, OnRunEnd, OnStart, OnSuccess, type StepContext } from 'onward';
import { journaledEngine } from 'onward/testing';
import { sleep } from '../support/sleep.ts';
import { stepsOf, wired, type Wired } from '../support/wired.ts';

/** Every body takes time, so that there is something to crash in. */
class Press {
  app: Wired | undefined;
  async take(ms: number): Promise<void> {
    if (this.app !== undefined) await sleep(this.app.clock, ms);
  }
  @Job({ retry: { attempts: 2, delay: 30, jitter: 0 } }) async print(context: StepContext): Promise<number[]> {
    await context.spawn(Press, 'cut');
    const width = await context.call(Press, 'measure');
    await this.take(20);
    context.state.add('printed', 1);
    if (context.step.attempt === 1) throw new Error('ink');
    return [width, width + 1];
  }
  @Handler() async cut(): Promise<void> {
    await this.take(45);
  }
  @Handler() async measure(): Promise<number> {
    await this.take(10);
    return 7;
  }
  @OnStart('print') async unlock(): Promise<void> {
    await this.take(10);
  }
  @OnEnd('print') async lock(): Promise<void> {
    await this.take(10);
  }
  @OnSuccess('print', { each: true, concurrency: 1 }) async fold(
    page: number,
    { state }: StepContext,
  ): Promise<number> {
    await this.take(10);
    state.append('folded', page);
    return page;
  }
  @OnSuccess('print', { after: 25 }) async post(): Promise<void> {
    await this.take(10);
    throw new Error('closed');
  }
  @OnError('post', { recover: true }) async keep(): Promise<void> {
    await this.take(10);
  }
  @OnCancel('fold') async tidy(): Promise<void> {
    await this.take(10);
  }
  @Join({ pages: 'fold', posted: 'post' }) async file(_parts: object): Promise<void> {
    await this.take(10);
  }
  @OnRunEnd('print') async bill(): Promise<void> {
    await this.take(10);
  }
}

const PARAMETERS = { 'Press.print': ['context'], 'Press.fold': ['any', 'context'] } as const;

/** Plays the run with things done to it at their times. */
async function played(
  doings: (wiredPress: Wired, engine: ReturnType<typeof journaledEngine>) => [number, () => unknown][],
) {
  const press = new Press();
  const engine = journaledEngine();
  const app = wired(engine, { Press: press }, PARAMETERS);
  press.app = app;
  const run = await app.start('Press.print', undefined, { id: 'r1' });
  let at = 0;
  for (const [time, act] of doings(app, engine)) {
    await app.clock.advance(time - at);
    at = time;
    await act();
  }
  await app.clock.runAll();
  return run.report();
}

/** What is the same whenever it was done. */
function essence(report: Awaited<ReturnType<typeof played>>): unknown {
  const { status, value, state, counts } = report;
  return { status, value, state, counts, steps: stepsOf(report).sort() };
}

describe('journaled engine', () => {
  test('a crash at any millisecond changes nothing of how the run ends', async () => {
    const whole = await played(() => []);
    expect(essence(whole)).toMatchObject({
      status: 'completed',
      state: { printed: 1, folded: [7, 8] },
      counts: { completed: 11, failed: 0 },
    });
    const length = whole.endedAt - whole.startedAt;
    for (let at = 0; at <= length; at++) {
      const report = await played((_app, engine) => [[at, () => engine.restart()]]);
      expect(essence(report), `crash after ${at} ms`).toEqual(essence(whole));
    }
  });

  test('three crashes in a row change nothing either', async () => {
    const whole = essence(await played(() => []));
    for (let at = 1; at <= 120; at += 7) {
      const report = await played((_app, engine) => [
        [at, () => engine.restart()],
        [at + 3, () => engine.restart()],
        [at + 20, () => engine.restart()],
      ]);
      expect(essence(report), `crashes from ${at} ms on`).toEqual(whole);
    }
  });

  test('a run that is suspended, crashes and is resumed at any time goes on to the same end', async () => {
    const whole = essence(await played(() => []));
    for (let at = 1; at <= 130; at += 3) {
      const report = await played((app, engine) => [
        [at, async () => (await app.runtime.run('r1'))?.suspend()],
        [at + 10, () => engine.restart()],
        [at + 100, async () => (await app.runtime.run('r1'))?.resume()],
      ]);
      expect(essence(report), `suspended after ${at} ms`).toEqual(whole);
    }
  });

  test('a run that is cancelled at any time ends as cancelled, with nothing left live, also over a crash', async () => {
    for (let at = 1; at <= 120; at += 3) {
      const report = await played((app, engine) => [
        [at, async () => (await app.runtime.run('r1'))?.cancel()],
        [at + 5, () => engine.restart()],
      ]);
      expect(report.status, `cancelled after ${at} ms`).toBe('cancelled');
      expect(report.steps.filter(({ status }) => status === 'running' || status === 'pending')).toEqual([]);
      expect(report.steps.at(-1)).toMatchObject({ node: 'Press.bill', status: 'completed' });
    }
  });
});
