// Crashes in the middle of everything: a journaled engine that forgets all but its records goes on as if nothing had
// happened, in the middle of calls, spawns, items, callbacks, waits and suspensions.

import { expect, test } from 'vitest';
import {
  Handler,
  Job,
  memoryEngine,
  OnEnd,
  OnError,
  OnRunEnd,
  OnStart,
  OnSuccess,
  type Engine,
  type RunReport,
  type StepContext,
} from 'onward';
import { journaledEngine, seededRandom } from 'onward/testing';
import { sleep } from '../support/sleep.ts';
import { wired, type Wired } from '../support/wired.ts';

interface Totals {
  doubled: number;
  values: number[];
}

/** A job that does everything which takes time, and takes it. */
function factoryOn(engine: Engine): Wired {
  const wait = (ms: number): Promise<void> => sleep(made.clock, ms);
  class Works {
    @Job({ retry: { attempts: 2, delay: 5, jitter: 0 } }) async make(context: StepContext<Totals>): Promise<number[]> {
      await wait(3);
      const first = await context.call(Works, 'double', 4);
      await context.spawn(Works, 'polish', 1);
      await context.spawn(Works, 'polish', 2, { detached: true, delay: 7 });
      await wait(3);
      const second = await context.call(Works, 'double', 5);
      if (context.step.attempt === 1) throw new Error('again');
      context.state.append('values', first, second);
      return [first, second, 12];
    }
    @OnStart('make') prepare(): Promise<void> {
      return wait(2);
    }
    @OnEnd('make') clean(): Promise<void> {
      return wait(2);
    }
    @Handler() async double(half: number, context: StepContext<Totals>): Promise<number> {
      await wait(4);
      context.state.add('doubled', 1);
      return (await context.call(Works, 'check', half)) * 2;
    }
    @Handler() async check(value: number): Promise<number> {
      await wait(1);
      return value;
    }
    @Handler() async polish(number: number): Promise<number> {
      await wait(20);
      return number;
    }
    @OnSuccess('make', { each: true, concurrency: 2 }) async pack(value: number): Promise<number> {
      await wait(value);
      if (value === 12) throw new Error('too large');
      return value;
    }
    @OnError('pack', { recover: true }) async split(): Promise<number> {
      await wait(2);
      return 6;
    }
    @OnSuccess('polish', { after: 4 }) ship(): Promise<void> {
      return wait(3);
    }
    @OnRunEnd() close(): Promise<void> {
      return wait(3);
    }
  }
  const parameters = {
    'Works.make': ['context'],
    'Works.double': ['any', 'context'],
    'Works.check': ['any'],
    'Works.polish': ['any'],
  } as const;
  const made = wired(engine, { Works: new Works() }, parameters);
  return made;
}

/** Which of two like children was made first is nobody's business. */
function essenceOf({ status, value, state, counts, steps }: RunReport): unknown {
  const lines = steps.map(
    ({ node, code, returnValue, attempts }) => `${node} ${code} ${JSON.stringify(returnValue)} ${attempts.length}`,
  );
  return { status, value, state, counts, steps: lines.toSorted() };
}

test('whenever it crashes, whatever is lost, delivered twice or suspended: the run ends the same', async () => {
  const expected = essenceOf(await factoryOn(memoryEngine()).report('Works.make'));
  for (let seed = 1; seed <= 30; seed++) {
    const random = seededRandom(seed);
    const faults = { duplicate: seed % 3 === 0 ? 0.3 : 0, lose: seed % 4 === 0 ? 0.3 : 0, reorder: seed % 5 === 0 };
    const engine = journaledEngine({ seed, ...faults });
    const { start, clock } = factoryOn(engine);
    const run = await start('Works.make');
    for (let at = 0; at < 60; at++) {
      await clock.advance(Math.floor(random() * 4));
      const what = random();
      if ((await run.inspect()).endedAt > 0) break;
      if (what < 0.12) engine.restart();
      else if (what < 0.2) await run.suspend().catch(() => undefined);
      else if (what < 0.5) await run.resume().catch(() => undefined);
    }
    if ((await run.inspect()).status === 'suspended') await run.resume();
    await clock.runAll();
    expect(essenceOf(await run.report()), `seed ${seed}`).toEqual(expected);
  }
});
