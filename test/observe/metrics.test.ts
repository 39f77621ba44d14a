// Counts and durations, as a report and as text for Prometheus, which a parser of Prometheus' format reads.

import parse from 'parse-prometheus-text-format';
import { Counter as PromCounter, Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { Job, OnError } from 'onward';
import { metrics } from 'onward/observers';
import { sleep } from '../support/sleep.ts';
import { ENGINES, wired, type Wired } from '../support/wired.ts';
import { shop } from './shop.ts';

/** A bucket by its label. */
function boundOf(label: string): number {
  return label === '+Inf' ? Number.POSITIVE_INFINITY : Number(label);
}

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('the report counts runs, steps, errors and durations', async () => {
    const { runtime, report } = shop(open);
    const observer = metrics();
    runtime.observe(observer);
    const over = await report('Shop.order');
    const { completed, failed, skipped, cancelled } = over.counts;
    const steps = completed + failed + skipped + cancelled;
    expect(observer.report()).toMatchObject({
      totalRuns: 1,
      openRuns: 0,
      totalSteps: steps,
      errorRate: failed / steps,
      averageRunMs: 300,
      totalRunMs: 300,
    });
    expect(over.failures.map(({ error }) => error)).toContainEqual(observer.report().lastError);
    expect(observer.report().slowest.length).toBeLessThanOrEqual(5);
  });

  test('S-N11: two runs at once keep their durations apart, and the slowest node comes first', async () => {
    class Slow {
      ms = 100;
      @Job() async wait(): Promise<void> {
        await sleep(app.clock, this.ms);
      }
      @Job() async other(): Promise<void> {
        await sleep(app.clock, 40);
      }
    }
    const slow = new Slow();
    const app: Wired = wired(open(), { Slow: slow });
    const observer = metrics();
    app.runtime.observe(observer);
    await app.start('Slow.wait');
    await app.clock.advance(0);
    slow.ms = 10;
    await app.clock.advance(50);
    await app.start('Slow.wait');
    await app.start('Slow.other');
    await app.clock.advance(0);
    expect(observer.report()).toMatchObject({ totalRuns: 0, openRuns: 3, averageRunMs: 0, errorRate: 0 });
    await app.clock.runAll();
    expect(observer.durations('Slow.wait')).toEqual({ sum: 110, count: 2, max: 100 });
    expect(observer.durations('Slow.never')).toBeUndefined();
    expect(observer.report().slowest).toEqual([
      { node: 'Slow.wait', ms: 55, steps: 2 },
      { node: 'Slow.other', ms: 40, steps: 1 },
    ]);
  });
});

test('a parser of Prometheus reads the text: names, types, labels, buckets that add up', async () => {
  const { runtime, report } = shop();
  const observer = metrics();
  runtime.observe(observer);
  await report('Shop.order');
  expect(observer.contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  const families = new Map(parse(observer.text()).map((family) => [family.name, family]));
  expect([...families].map(([name, { type }]) => `${name} ${type}`)).toEqual([
    'onward_runs_total COUNTER',
    'onward_run_duration_seconds HISTOGRAM',
    'onward_runs_open GAUGE',
    'onward_steps_total COUNTER',
    'onward_step_duration_seconds HISTOGRAM',
    'onward_attempts_failed_total COUNTER',
    'onward_callback_failures_total COUNTER',
    'onward_observer_failures_total COUNTER',
  ]);
  expect(families.get('onward_runs_total')?.metrics).toEqual([
    { value: '1', labels: { job: 'Shop.order', status: 'failed' } },
  ]);
  expect(families.get('onward_attempts_failed_total')?.metrics).toContainEqual({
    value: '2',
    labels: { node: 'Shop.charge', code: '101' },
  });
  const [runs] = families.get('onward_run_duration_seconds')?.metrics ?? [];
  // The parser leaves out the rest of a histogram.
  expect(observer.text()).toContain('\nonward_run_duration_seconds_sum{job="Shop.order"} 0.3\n');
  expect(observer.text()).toContain('\nonward_run_duration_seconds_count{job="Shop.order"} 1\n');
  const bounds = Object.entries(runs?.buckets ?? {}).toSorted(([one], [other]) => boundOf(one) - boundOf(other));
  const buckets = bounds.map(([, count]) => Number(count));
  expect(buckets).toEqual(buckets.toSorted((one, other) => one - other));
  expect(runs?.buckets).toMatchObject({ '0.25': '0', '0.5': '1', '10': '1', '+Inf': '1' });
});

test('the attempt of a step that a callback recovered has failed', async () => {
  class Till {
    @Job() pay(): string {
      throw new Error('no change');
    }
    @OnError('pay', { recover: true }) owe(): string {
      return 'on the slate';
    }
  }
  const { runtime, report } = wired(ENGINES[0].open(), { Till: new Till() });
  const observer = metrics();
  runtime.observe(observer);
  await report('Till.pay');
  expect(observer.text()).toContain('onward_attempts_failed_total{node="Till.pay",code="207"} 1');
  expect(observer.report().errorRate).toBe(0);
});

test('labels are escaped: quotes, backslashes and line breaks do not leave them', () => {
  const observer = metrics();
  const job = 'a"b\\c\nd';
  observer.onEvent(Object({ type: 'run.ended', runId: 'r', job, status: 'completed', at: 5, startedAt: 0 }));
  const [family] = parse(observer.text());
  expect(family?.metrics[0]?.labels).toEqual({ job, status: 'completed' });
});

test('runs whose start it has not heard do not make the open ones fewer than none', async () => {
  const { runtime, start, clock } = shop();
  await start('Shop.order');
  const observer = metrics();
  runtime.observe(observer);
  await clock.runAll();
  expect(observer.report()).toMatchObject({ totalRuns: 1, openRuns: 0 });
  expect(observer.text()).toContain('\nonward_runs_open 0\n');
});

test('failures of other observers are counted, each of them, by observer and code', async () => {
  const { runtime, report } = shop();
  const observer = metrics();
  runtime.observe(observer);
  runtime.observe({
    name: 'bell',
    onRunStart: () => {
      throw new Error('no sound');
    },
    onRunEnd: () => Promise.reject(new Error('no sound')),
  });
  runtime.observe({ name: 'slow', onRunStart: () => new Promise(() => {}) }, { limit: 10 });
  await report('Shop.order');
  const families = new Map(parse(observer.text()).map((family) => [family.name, family]));
  expect(families.get('onward_observer_failures_total')?.metrics).toEqual([
    { value: '2', labels: { observer: 'bell', code: 'ONW3062' } },
    { value: '1', labels: { observer: 'slow', code: 'ONW3061' } },
  ]);
});

test('a registry of prom-client has them beside its own, and prints what they are at that time', async () => {
  const registry = new Registry();
  new PromCounter({ name: 'http_requests_total', help: 'Requests.', registers: [registry] }).inc();
  const { runtime, report } = shop();
  const observer = metrics({ registry });
  runtime.observe(observer);
  await report('Shop.order');
  const text = await registry.metrics();
  expect(text).toContain('http_requests_total 1');
  const ours = (of: string): string[] =>
    of
      .split('\n')
      .filter((line) => line.startsWith('onward_'))
      .toSorted();
  expect(ours(text)).toEqual(ours(observer.text()));
  expect(ours(text).length).toBeGreaterThan(50);
  expect(() => metrics({ registry })).toThrow(/onward_runs_total/);
  expect(() => metrics(Object({ registry: {} }))).toThrow(/ONW3004.*`registry` to be a registry of prom-client/);
});

test('what is kept does not grow with the number of runs', async () => {
  const { runtime, start, clock } = shop();
  const observer = metrics();
  runtime.observe(observer);
  for (let at = 0; at < 20; at++) await start('Shop.order');
  await clock.runAll();
  const length = observer.text().split('\n').length;
  for (let at = 0; at < 20; at++) await start('Shop.order');
  await clock.runAll();
  expect(observer.text().split('\n').length).toBe(length);
});

test('what is kept does not grow with names that come from outside: beyond 2,000 they count as others', () => {
  const observer = metrics();
  for (let at = 0; at < 2_010; at++) {
    const run = { runId: `r${at}`, job: `made up ${at}`, status: 'completed', at: 5, startedAt: 0 };
    observer.onEvent(Object({ type: 'run.ended', ...run }));
    observer.onEvent(Object({ type: 'step.failed', node: `Made.up${at}`, code: 102, at: 5, startedAt: 0 }));
  }
  observer.onEvent(
    Object({ type: 'run.ended', runId: 'r', job: 'made up 7', status: 'completed', at: 5, startedAt: 0 }),
  );
  const text = observer.text();
  expect(text.match(/^onward_runs_total/gm)).toHaveLength(2_001);
  expect(text).toContain('onward_runs_total{job="other",status="completed"} 10\n');
  expect(text).toContain('onward_runs_total{job="made up 7",status="completed"} 2\n');
  expect(text).toContain('onward_step_duration_seconds_count{node="other"} 10\n');
  expect(text).toContain('onward_attempts_failed_total{node="other",code="102"} 10\n');
  expect(observer.report()).toMatchObject({ totalRuns: 2_011, totalSteps: 2_010 });
});
