// What is told of a run: order, numbers, late listeners, limits of the history.

import { describe, expect, test } from 'vitest';
import { Handler, Job, OnError, OnSuccess, type RunEvent } from 'onward';
import { eventsOf, plain } from '../support/story.ts';
import { ENGINES, stepsOf, wired } from '../support/wired.ts';

class Shop {
  @Job({ retry: { attempts: 2, delay: '1s', jitter: 0 } }) async sell(): Promise<string> {
    if (++this.tries === 1) throw new Error('busy');
    return 'paid';
  }
  tries = 0;
  @OnSuccess('sell', { when: 'paid' })
  pack(): void {
    throw new Error('no box');
  }
  @OnError('pack') tell(): void {
    throw new Error('no network');
  }
  @OnSuccess('sell', { when: 'open' })
  @Handler()
  remind(): void {}
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('events are numbered without gaps, and tell everything in order', async () => {
    const { start, clock } = wired(open(), { Shop: new Shop() });
    const run = await start('Shop.sell', undefined, { id: 'r' });
    const listening = eventsOf(run);
    await clock.runAll();
    const events = await listening;
    expect(
      events.map((event) => [event.seq, event.type, 'node' in event ? event.node : 'job' in event ? event.job : '']),
    ).toEqual([
      [1, 'run.started', 'Shop.sell'],
      [2, 'step.started', 'Shop.sell'],
      [3, 'step.retrying', 'Shop.sell'],
      [4, 'step.completed', 'Shop.sell'],
      [5, 'step.started', 'Shop.pack'],
      [6, 'step.started', 'Shop.tell'],
      [7, 'step.failed', 'Shop.tell'],
      [8, 'callback.failed', 'Shop.tell'],
      [9, 'step.failed', 'Shop.pack'],
      [10, 'run.ended', 'Shop.sell'],
    ]);
    expect(events[2]).toMatchObject({
      attempt: 1,
      code: 101,
      error: { message: 'busy' },
      key: 'r~Shop.sell.1',
      step: 1,
      runId: 'r',
    });
    expect(events[3]).toMatchObject({ attempt: 2, code: 0, value: 'paid' });
    expect(events.at(-1)).toMatchObject({ status: 'failed' });
  });

  test('one who asks while the last event is already forgotten is told a gap for it', async () => {
    let letGo = (): void => {};
    class Fork {
      @Job() go(): void {}
      @OnSuccess('go') quick(): void {}
      @OnSuccess('go') slow(): Promise<void> {
        return new Promise((resolve) => {
          letGo = resolve;
        });
      }
    }
    const { start, clock } = wired(open(), { Fork: new Fork() });
    const run = await start('Fork.go', undefined, { history: 0 });
    await clock.advance(0);
    const listening = eventsOf(run);
    await clock.advance(0);
    letGo();
    expect((await listening).map(({ seq, type }) => [seq, type])).toEqual([
      [1, 'run.started'],
      [4, 'gap'],
      [5, 'step.started'],
      [6, 'gap'],
      [7, 'step.completed'],
      [8, 'run.ended'],
    ]);
  });

  test('one who asks late, or between, is told the same', async () => {
    const { start, clock } = wired(open(), { Shop: new Shop() });
    const run = await start('Shop.sell');
    const early = eventsOf(run);
    await clock.advance(500);
    const between = eventsOf(run);
    await clock.runAll();
    const late = await eventsOf(run);
    expect(plain(await early)).toEqual(plain(late));
    expect(plain(await between)).toEqual(plain(late));
  });

  test('reads that wait together have the events in the order of the reads, and end with the run', async () => {
    const { start, clock } = wired(open(), { Shop: new Shop() });
    const run = await start('Shop.sell');
    const events = run.events()[Symbol.asyncIterator]();
    const reads = Array.from({ length: 12 }, () => events.next());
    await clock.runAll();
    const read = await Promise.all(reads);
    expect(read.map(({ value }) => value?.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, undefined, undefined]);
    expect(read.map(({ done }) => done === true)).toEqual([...Array<boolean>(10).fill(false), true, true]);
  });

  test('two runs never mix', async () => {
    const { start, clock } = wired(open(), { Shop: new Shop() });
    const runs = [await start('Shop.sell'), await start('Shop.sell')];
    const listening = runs.map(eventsOf);
    await clock.runAll();
    for (const [at, events] of (await Promise.all(listening)).entries()) {
      expect(new Set(events.map(({ runId }) => runId))).toEqual(new Set([runs[at]?.id]));
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index + 1));
    }
  });

  test('breaking out of the loop ends the listening, not the run', async () => {
    const { start, clock } = wired(open(), { Shop: new Shop() });
    const run = await start('Shop.sell');
    const seen: string[] = [];
    for await (const { type } of run.events()) {
      seen.push(type);
      if (seen.length === 2) break;
    }
    await clock.runAll();
    expect(seen).toEqual(['run.started', 'step.started']);
    expect((await run.report()).status).toBe('failed');
  });

  class Loop {
    left = 30;
    @OnSuccess('turn', { when: 'on' })
    @Job()
    turn(): string {
      return --this.left > 0 ? 'on' : 'off';
    }
    @OnSuccess('turn', { when: 'off' }) fail(): void {
      throw new Error('at the end');
    }
  }

  test.each([
    ['all', 31, false],
    [10, 11, true],
    [1, 2, true],
    [0, 1, true],
    ['failures', 1, true],
  ] as const)(
    'history %s keeps the last steps and the failed ones; counts stay exact',
    async (history, kept, truncated) => {
      const { report } = wired(open(), { Loop: new Loop() });
      const result = await report('Loop.turn', undefined, { history });
      expect(result.steps).toHaveLength(kept);
      expect(result).toMatchObject({ truncated, status: 'failed', counts: { completed: 30, failed: 1 } });
      expect(stepsOf(result).at(-1)).toBe('Loop.fail failed 101');
      expect(result.value).toBe('on');
    },
  );

  test('what the history no longer holds is told as a gap', async () => {
    const { start, clock } = wired(open(), { Loop: new Loop() });
    const run = await start('Loop.turn', undefined, { history: 2 });
    await clock.runAll();
    const events = await eventsOf(run);
    expect(events[0]).toMatchObject({ type: 'run.started', seq: 1 });
    expect(events[1]?.type).toBe('gap');
    expect(events.slice(2).map(({ type }) => type)).toContain('step.completed');
    expect(events.at(-1)).toMatchObject({ type: 'run.ended' });
    const seqs = events.slice(1).map(({ seq }) => seq);
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
    expect(seqs.at(-1)).toBe(2 * 31 + 2);
    // A gap stands for everything up to its own number.
    for (const [at, event] of events.entries())
      if (at > 1 && event.type !== 'gap') expect(event.seq - (events[at - 1]?.seq ?? 0)).toBe(1);
  });

  test('a listener that is slower than the run loses the oldest events, and is told so', async () => {
    const { start, clock } = wired(open(), { Gate: new Gate() });
    const run = await start('Gate.open');
    const events: RunEvent[] = [];
    const listening = (async () => {
      for await (const event of run.events()) {
        events.push(event);
        // The first one keeps it busy until the run is over.
        if (events.length === 1) await run.report();
      }
    })();
    await clock.runAll();
    await listening;
    // What had happened when it began to listen, and of the others the last 999.
    const gap = events.findIndex(({ type }) => type === 'gap');
    expect(gap).toBeGreaterThan(0);
    expect(events).toHaveLength(gap + 1 + 999);
    expect(events.at(-1)).toMatchObject({ type: 'run.ended', status: 'completed' });
  });
});

/** Fails once, so that somebody can listen before 1,500 steps happen in one go. */
class Gate {
  #left = 1_500;
  #isShut = true;
  @Job({ retry: { attempts: 2, delay: '1s' } }) open(): void {
    if (!this.#isShut) return;
    this.#isShut = false;
    throw new Error('not yet');
  }
  @OnSuccess('open')
  @OnSuccess('turn', { when: (left: number) => left > 0 })
  turn(): number {
    return --this.#left;
  }
}
