// How long runs hold the event loop: at most ten milliseconds, whatever their bodies do.

import { performance } from 'node:perf_hooks';
import { IsInt } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { createRuntime, Job, OnSuccess, type RunReport, type Runtime, type StartOptions } from 'onward';
import { virtualClock } from 'onward/testing';
import type { Clock } from 'onward';
import { wire, type AnyNodes, type Services } from '../support/wired.ts';

/** Bodies that take a while of the processor, and never wait for anything but microtasks. */
class Mill {
  rounds = 0;
  quick = 0;

  constructor(readonly spinMs: number) {}

  @OnSuccess('grind', { when: (goesOn: boolean) => goesOn })
  @Job()
  async grind(): Promise<boolean> {
    this.rounds++;
    spin(this.spinMs);
    return this.rounds < 5_000;
  }

  @Job() sheet(): number[] {
    return Array.from({ length: 300 }, (_, at) => at);
  }
  @OnSuccess('sheet', { each: true })
  row(): void {
    this.rounds++;
    spin(this.spinMs);
  }

  @Job() once(): void {
    this.quick++;
  }
}

function spin(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

function open(services: Services, clock?: Clock): Runtime<AnyNodes> {
  return createRuntime(wire(services), { services, log: false, ...(clock !== undefined && { clock }) });
}

/** Counts the turns of the event loop until a run is over. */
async function turnsOf(runtime: Runtime<AnyNodes>, job: string, options?: StartOptions): Promise<[number, RunReport]> {
  let turns = 0;
  let isOver = false;
  const run = await runtime.start(job, undefined, options);
  const count = (): void => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const report = await run.report();
  isOver = true;
  return [turns, report];
}

describe('the event loop', () => {
  test.each(['Mill.grind', 'Mill.sheet'])('%s of bodies that never wait lets it turn', async (job) => {
    const mill = new Mill(job === 'Mill.grind' ? 0.05 : 0.5);
    const [turns, report] = await turnsOf(open({ Mill: mill }), job);
    // A quarter of a second of work, or 150 ms: every 10 ms at the latest, so 15 and more.
    expect(turns).toBeGreaterThan(10);
    expect(report.status).toBe('completed');
  });

  test('a deadline is kept by a run that never waits', async () => {
    const mill = new Mill(0.05);
    mill.rounds = -10_000_000;
    const runtime = open({ Mill: mill });
    const run = await runtime.start('Mill.grind', undefined, { deadline: 30 });
    const report = await run.report();
    expect([report.status, report.code]).toEqual(['failed', 204]);
  });

  test('a cancel that a timer asks for reaches it', async () => {
    const mill = new Mill(0.05);
    mill.rounds = -10_000_000;
    const run = await open({ Mill: mill }).start('Mill.grind');
    setTimeout(() => void run.cancel('enough'), 1);
    expect((await run.report()).status).toBe('cancelled');
  });

  test('a quick run that starts after a long one ends long before it', async () => {
    const mill = new Mill(0.05);
    const runtime = open({ Mill: mill });
    const long = await runtime.start('Mill.grind');
    const quick = await runtime.start('Mill.once');
    await quick.report();
    expect(mill.rounds).toBeLessThan(1_000);
    await long.report();
    expect(mill.rounds).toBe(5_000);
  });

  test('a virtual clock waits for work that was put off to the next turn', async () => {
    const clock = virtualClock();
    const mill = new Mill(0.05);
    const runtime = open({ Mill: mill }, clock);
    const run = await runtime.start('Mill.grind', undefined, { deadline: '1h' });
    await clock.advance(0);
    expect(mill.rounds).toBe(5_000);
    expect((await run.report()).status).toBe('completed');
  });
});

class Place {
  @IsInt() at!: number;
}

/** Two bodies, one behind the other. What they do, a test says. */
class Pair {
  first: (at: number) => void = () => undefined;
  second: () => void = () => undefined;

  @Job() begin({ at }: Place): void {
    this.first(at);
  }
  @OnSuccess('begin') follow(): void {
    this.second();
  }
}

function openPair(pair: Pair): Runtime<AnyNodes> {
  const services = { Pair: pair };
  return createRuntime(wire(services, { 'Pair.begin': [Place] }), { services, log: false });
}

test('runs of two bodies begin in the order of their starts, however often the turn ends meanwhile', async () => {
  const pair = new Pair();
  const begun: number[] = [];
  pair.first = (at) => {
    begun.push(at);
    spin(0.3);
  };
  pair.second = () => spin(0.3);
  const runtime = openPair(pair);
  await runtime.idle();
  const starts = Array.from({ length: 300 }, (_, at) => at);
  const runs = await Promise.all(starts.map((at) => runtime.start('Pair.begin', { at })));
  await Promise.all(runs.map((run) => run.value()));
  expect(begun).toEqual(starts);
});

test('no body begins in the middle of another that lets its run go on', async () => {
  const pair = new Pair();
  const told: string[] = [];
  const runtime = openPair(pair);
  pair.first = (at) => told.push(`${at} begins`);
  const held = await runtime.start('Pair.begin', { at: 1 }, { suspended: true });
  pair.first = (at) => {
    told.push(`${at} begins`);
    if (at === 2) void held.resume();
    told.push(`${at} ends`);
  };
  const run = await runtime.start('Pair.begin', { at: 2 });
  await Promise.all([run.value(), held.value()]);
  expect(told).toEqual(['2 begins', '2 ends', '1 begins', '1 ends']);
});

test('runs with and without an id of their own begin in the order of their starts', async () => {
  const pair = new Pair();
  const begun: number[] = [];
  pair.first = (at) => begun.push(at);
  const runtime = openPair(pair);
  await runtime.idle();
  const starts = Array.from({ length: 6 }, (_, at) => at);
  const started = starts.map((at) => runtime.start('Pair.begin', { at }, at % 2 === 0 ? {} : { id: `run${at}` }));
  await Promise.all((await Promise.all(started)).map((run) => run.value()));
  expect(begun).toEqual(starts);
});
