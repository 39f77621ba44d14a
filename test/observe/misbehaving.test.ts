// Observers that do what they should not: the run is the same as without them, and each failure is reported once and
// counted. Observers of runs side by side hear of their own run only.

import { describe, expect, test } from 'vitest';
import { Handler, Job, OnError, OnSuccess, type Observer, type RunEvent } from 'onward';
import { metrics } from 'onward/observers';
import { sleep } from '../support/sleep.ts';
import { ENGINES, wired, type Wired } from '../support/wired.ts';

interface Told {
  readonly bodies: string[];
  readonly log: string[];
  readonly counted: string[];
  readonly report: unknown;
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  function shop(): { readonly app: Wired; readonly bodies: string[]; readonly log: string[] } {
    const bodies: string[] = [];
    const log: string[] = [];
    class Shop {
      tries = 0;
      @Job() order(): string[] {
        bodies.push('order');
        return ['cup', 'plate'];
      }
      @OnSuccess('order', { each: true }) async pick(item: string): Promise<string> {
        await sleep(app.clock, 20);
        bodies.push(`pick ${item}`);
        return item;
      }
      @OnSuccess('order')
      @Handler({ retry: { attempts: 2, delay: 10, jitter: 0 } })
      charge(): number {
        bodies.push('charge');
        if (++this.tries === 1) throw new Error('busy');
        return 300;
      }
      @OnSuccess('charge') print(): never {
        bodies.push('print');
        throw new Error('no paper');
      }
      @OnError('print') sorry(): void {
        bodies.push('sorry');
      }
    }
    const warn = (text: string): void => void log.push(text);
    const app: Wired = wired(open(), { Shop: new Shop() }, {}, { log: { error: () => {}, warn } });
    return { app, bodies, log };
  }

  async function told(misbehaving: (app: Wired) => Observer | undefined): Promise<Told> {
    const { app, bodies, log } = shop();
    const failures = metrics();
    app.runtime.observe(failures);
    const observer = misbehaving(app);
    if (observer !== undefined) app.runtime.observe(observer, { limit: 100 });
    const run = await app.start('Shop.order', undefined, { id: 'r' });
    await app.clock.runAll();
    const { status, code, value, steps } = await run.report();
    const ends = steps.map(({ node, status: ended, code: why, returnValue }) => [node, ended, why, returnValue]);
    const counted = failures.text().match(/^onward_observer_failures_total.*$/gm) ?? [];
    return { bodies, log, counted, report: [status, code, value, ends] };
  }

  test('slow, throwing, mutating, hanging and self-removing ones change neither the result nor the order of a run', async () => {
    const alone = await told(() => undefined);
    expect(alone.bodies).toHaveLength(7);
    const fail = (): never => {
      throw new Error('no');
    };
    const slow = await told((app) => ({ name: 'slow', onEvent: () => sleep(app.clock, 5) }));
    const throwing = await told(() => ({ name: 'throwing', onEvent: fail, onStepEnd: fail, onRunStart: fail }));
    const mutating = await told(() => ({
      name: 'mutating',
      onEvent(event: RunEvent) {
        Reflect.set(event, 'node', 'Shop.other');
        if ('value' in event && Array.isArray(event.value)) event.value.push('pot');
      },
    }));
    const hanging = await told(() => ({ name: 'hanging', onStepStart: () => new Promise<void>(() => {}) }));
    const removing = await told((app) => {
      let remove = (): void => undefined;
      const heard: string[] = [];
      queueMicrotask(() => {
        remove = app.runtime.observe({
          onEvent: ({ type }) => {
            heard.push(type);
            remove();
            expect(heard).toHaveLength(1);
          },
        });
      });
      return undefined;
    });
    for (const { bodies, report } of [slow, throwing, mutating, hanging, removing]) {
      expect(report).toEqual(alone.report);
      expect(bodies.toSorted()).toEqual(alone.bodies.toSorted());
    }
    // Who waits for nothing keeps the order to the step; who is waited for keeps that of each path.
    for (const { bodies } of [throwing, mutating, removing]) expect(bodies).toEqual(alone.bodies);
    for (const { bodies } of [slow, hanging]) {
      const path = bodies.filter((body) => !body.startsWith('pick'));
      expect(path).toEqual(['order', 'charge', 'charge', 'print', 'sorry']);
    }
    expect([alone.log, slow.log, removing.log]).toEqual([[], [], []]);
    expect(throwing.log).toEqual([expect.stringMatching(/^ONW3062: throwing failed at run\.started of run r/)]);
    expect(mutating.log).toEqual([expect.stringMatching(/^ONW3062: mutating failed at step\.completed of run r/)]);
    expect(hanging.log.filter((text) => text.includes('took longer'))).toHaveLength(1);
    expect(throwing.counted[0]).toMatch(/observer="throwing",code="ONW3062"\} \d\d$/);
    // The values of the job and of the run.
    expect(mutating.counted).toEqual([expect.stringMatching(/observer="mutating",code="ONW3062"\} 2$/)]);
    expect(hanging.counted).toEqual([expect.stringMatching(/observer="hanging",code="ONW3061"\} [3-6]$/)]);
  });

  test('observers of runs side by side hear of their own run only, and those of the runtime can tell them apart', async () => {
    const { app } = shop();
    const ids = ['a', 'b', 'c'];
    const own = ids.map((): string[] => []);
    const all = new Map<string, number[]>();
    app.runtime.observe({
      onEvent: ({ runId, seq, type }) =>
        void (type !== 'step.attempt' && all.set(runId, [...(all.get(runId) ?? []), seq])),
    });
    const hearing = (at: number): Observer => ({ onEvent: ({ runId }) => void own[at]?.push(runId) });
    await Promise.all(ids.map((id, at) => app.start('Shop.order', undefined, { id, observers: [hearing(at)] })));
    await app.clock.runAll();
    expect(own.map((heard) => [...new Set(heard)])).toEqual([['a'], ['b'], ['c']]);
    for (const seqs of all.values()) expect(seqs).toEqual(seqs.map((_, at) => at + 1));
    expect([...all.keys()]).toEqual(ids);
  });
});
