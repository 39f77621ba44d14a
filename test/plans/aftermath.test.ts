// What the entries of a sequence cause, and who waits for it: R33 to R35 for children, items, joins and callbacks.

import { describe, expect, test } from 'vitest';
import { Job, Join, OnError, OnSuccess, type StepContext } from 'onward';
import { sleep } from '../support/sleep.ts';
import { ENGINES, wired, type Wired } from '../support/wired.ts';

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('R33: children and items are waited for, detached children are not', async () => {
    const log: string[] = [];
    class Bakery {
      @Job() async knead(context: StepContext): Promise<number[]> {
        await context.spawn(Bakery, 'clean', undefined, { detached: true });
        await context.spawn(Bakery, 'weigh');
        return [10, 20];
      }
      @Job() async clean(): Promise<void> {
        await sleep(app.clock, 1_000);
        log.push('cleaned');
      }
      @Job() async weigh(): Promise<void> {
        await sleep(app.clock, 50);
        log.push('weighed');
      }
      @OnSuccess('knead', { each: true }) async shape(ms: number): Promise<void> {
        await sleep(app.clock, ms);
        log.push(`shaped ${ms}`);
      }
      @Job() bake(): void {
        log.push('bake');
      }
    }
    const app: Wired = wired(
      open(),
      { Bakery: new Bakery() },
      { 'Bakery.knead': ['context'], 'Bakery.shape': ['any'] },
    );
    const { runtime, clock } = app;
    const run = await runtime.start(runtime.sequence([{ job: 'Bakery.knead' }, { job: 'Bakery.bake' }]));
    await clock.runAll();
    expect(log).toEqual(['weighed', 'shaped 10', 'shaped 20', 'bake', 'cleaned']);
    expect((await run.report()).status).toBe('completed');
  });

  test('R33: a join that two entries fill belongs to the one that fills it', async () => {
    const log: string[] = [];
    class Bakery {
      @Job() knead(): string {
        return 'dough';
      }
      @Job() light(): string {
        return 'fire';
      }
      @Join({ dough: 'knead', fire: 'light' }) async bake(both: object): Promise<void> {
        await sleep(app.clock, 10);
        log.push(`bake ${JSON.stringify(both)}`);
      }
      @Job() sell(): void {
        log.push('sell');
      }
    }
    const app: Wired = wired(open(), { Bakery: new Bakery() });
    const { runtime, clock } = app;
    const run = await runtime.start(
      runtime.sequence([{ job: 'Bakery.knead' }, { job: 'Bakery.light' }, { job: 'Bakery.sell' }]),
    );
    await clock.runAll();
    expect(log).toEqual(['bake {"dough":"dough","fire":"fire"}', 'sell']);
    expect((await run.report()).status).toBe('completed');
  });

  test('R34: a failure behind an entry stops what follows it; what is live goes on', async () => {
    const log: string[] = [];
    class Bakery {
      @Job() knead(): string {
        return 'dough';
      }
      @OnSuccess('knead') spill(): void {
        throw new Error('spilled');
      }
      @OnSuccess('knead') async rise(): Promise<void> {
        await sleep(app.clock, 100);
        log.push('risen');
      }
      @OnSuccess('rise') fold(): void {
        log.push('folded');
      }
      @Job() bake(): void {
        log.push('bake');
      }
    }
    const app: Wired = wired(open(), { Bakery: new Bakery() });
    const { runtime, clock } = app;
    const run = await runtime.start(runtime.sequence([{ job: 'Bakery.knead' }, { job: 'Bakery.bake' }]));
    await clock.runAll();
    expect(log).toEqual(['risen', 'folded']);
    expect((await run.results()).map(({ status, code }) => `${status} ${code}`)).toEqual([
      'completed 0',
      'skipped 100',
    ]);
    expect((await run.report()).status).toBe('failed');
  });

  test('R34: what recovers, what is skipped and what only watches stops nothing', async () => {
    class Bakery {
      @Job() burn(): string {
        throw new Error('smoke');
      }
      @OnError('burn', { recover: true }) again(): string {
        return 'second loaf';
      }
      @Job() knead(): void {}
      @OnError('knead') never(): void {}
      @OnSuccess('knead', { critical: false }) gossip(): void {
        throw new Error('nobody listens');
      }
      @Job() taste(context: StepContext): unknown {
        return context.previous;
      }
    }
    const { runtime, clock } = wired(open(), { Bakery: new Bakery() }, { 'Bakery.taste': ['context'] });
    const run = await runtime.start(
      runtime.sequence([
        { job: 'Bakery.burn' },
        { job: 'Bakery.taste' },
        { job: 'Bakery.knead' },
        { job: 'Bakery.taste' },
      ]),
    );
    await clock.runAll();
    expect(await run.value()).toEqual([
      'second loaf',
      { ok: true, value: 'second loaf' },
      undefined,
      { ok: true, value: undefined },
    ]);
    expect((await run.report()).status).toBe('completed');
  });

  test('R35: callbacks and children of an entry have no entry before them', async () => {
    const seen: unknown[] = [];
    class Bakery {
      @Job() knead(): void {}
      @Job() async bake(context: StepContext): Promise<void> {
        seen.push(context.previous);
        await context.call(Bakery, 'child');
      }
      @Job() child(context: StepContext): void {
        seen.push(context.previous);
      }
      @OnSuccess('bake') sell(context: StepContext): void {
        seen.push(context.previous);
      }
    }
    const { runtime, clock } = wired(
      open(),
      { Bakery: new Bakery() },
      { 'Bakery.bake': ['context'], 'Bakery.child': ['context'], 'Bakery.sell': ['context'] },
    );
    await runtime.start(runtime.sequence([{ job: 'Bakery.knead' }, { job: 'Bakery.bake' }]));
    await clock.runAll();
    expect(seen).toEqual([{ ok: true, value: undefined }, undefined, undefined]);
  });
});
