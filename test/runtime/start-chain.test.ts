// `maxStarted`: a callback that starts its own job again through the runtime does not go on for ever.

import { describe, expect, test } from 'vitest';
import { createRuntime, Job, OnSuccess, type Runtime } from 'onward';
import { virtualClock } from 'onward/testing';
import { ENGINES, rejectionOf, wire, type AnyNodes } from '../support/wired.ts';

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('the run beyond is refused with ONW3036, over awaits, and the body that asked fails with it', async () => {
    let begun = 0;
    const started: Promise<unknown>[] = [];
    class Echo {
      @Job() call(): void {
        begun++;
      }
      @OnSuccess('call')
      async again(): Promise<void> {
        await Promise.resolve();
        const again = runtime.start('Echo.call');
        started.push(again);
        await again;
      }
    }
    const clock = virtualClock();
    const services = { Echo: new Echo() };
    const options = { services, clock, engine: open(), maxStarted: 5, log: false as const };
    const runtime: Runtime<AnyNodes> = createRuntime(wire(services), options);
    await runtime.start('Echo.call');
    await clock.runAll();
    expect(begun).toBe(5);
    const last = await rejectionOf(started.at(-1) ?? Promise.resolve());
    expect(last).toMatchObject({ code: 'ONW3036', details: { job: 'Echo.call', maxStarted: 5 } });
  });

  test('runs that are started side by side, or one after another by the same body, are no chain', async () => {
    let begun = 0;
    class Batch {
      @Job()
      async go(): Promise<void> {
        for (let at = 0; at < 20; at++) await runtime.start('Batch.item');
      }
      @Job() item(): void {
        begun++;
      }
    }
    const clock = virtualClock();
    const services = { Batch: new Batch() };
    const options = { services, clock, engine: open(), maxStarted: 2, log: false as const };
    const runtime: Runtime<AnyNodes> = createRuntime(wire(services), options);
    const run = await runtime.start('Batch.go');
    await clock.runAll();
    expect([(await run.report()).status, begun]).toEqual(['completed', 20]);
  });
});
