// Counts and durations of runs and nodes: as a report, and as text for Prometheus.
//
// METRICS-1. What is kept depends on the number of jobs, nodes and codes, never on the number of runs: durations are
//     counted in buckets.
// METRICS-2. The names follow Prometheus' conventions: `_total` for counters, seconds for durations.

import type { FinalStatus } from '../../run/status.ts';
import type { RunEvent } from '../../run/run-event.ts';
import type { Observer } from '../observer.ts';

/** What has happened so far. */
export interface MetricsReport {
  readonly totalRuns: number;
  readonly openRuns: number;
  readonly totalSteps: number;
  /** Failed steps among all that have ended, from 0 to 1. */
  readonly errorRate: number;
  readonly averageRunMs: number;
  readonly totalRunMs: number;
  /** The last error of a step. */
  readonly lastError: unknown;
  /** The nodes whose steps took longest on average, at most five. */
  readonly slowest: readonly { readonly node: string; readonly ms: number; readonly steps: number }[];
}

/** Durations of one node, in milliseconds. */
export interface Durations {
  readonly sum: number;
  readonly count: number;
  readonly max: number;
}

export interface MetricsObserver extends Observer {
  onEvent(event: RunEvent): void;
  report(): MetricsReport;
  /** Undefined for a node that has not run. */
  durations(node: string): Durations | undefined;
  /** The text format of Prometheus. */
  text(): string;
  /** The content type to send `text` with. */
  readonly contentType: string;
}

// Upper bounds in seconds: those of OpenTelemetry's semantic conventions for durations.
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const SLOWEST = 5;

/** Counts runs and steps, and how long they take. */
export function metrics(): MetricsObserver {
  return new Metrics();
}

class Histogram implements Durations {
  sum = 0;
  count = 0;
  max = 0;
  readonly buckets = BOUNDS.map(() => 0);

  add(ms: number): void {
    this.sum += ms;
    this.count++;
    this.max = Math.max(this.max, ms);
    const at = BOUNDS.findIndex((bound) => ms <= bound * 1_000);
    if (at >= 0) this.buckets[at] = (this.buckets[at] ?? 0) + 1;
  }
}

/** Counts by labels that are put together as Prometheus writes them. */
class Counter {
  readonly values = new Map<string, number>();

  add(labels: Readonly<Record<string, string | number>>, by = 1): void {
    const key = labelsOf(labels);
    this.values.set(key, (this.values.get(key) ?? 0) + by);
  }
}

class Metrics implements MetricsObserver {
  readonly name = 'metrics';
  readonly contentType = 'text/plain; version=0.0.4; charset=utf-8';
  readonly #runs = new Counter();
  readonly #steps = new Counter();
  readonly #failedAttempts = new Counter();
  readonly #callbackFailures = new Counter();
  readonly #runTimes = new Map<string, Histogram>();
  readonly #stepTimes = new Map<string, Histogram>();
  readonly #counts = { runs: 0, steps: 0, failed: 0, runMs: 0 };
  #open = 0;
  #lastError: unknown = undefined;

  onEvent(event: RunEvent): void {
    switch (event.type) {
      case 'run.started':
        this.#open++;
        return;
      case 'run.ended':
        this.#endRun(event.job, event.status, event.at - event.startedAt);
        return;
      case 'step.retrying':
        this.#failedAttempts.add({ node: event.node, code: event.code });
        return;
      case 'step.failed':
        this.#failedAttempts.add({ node: event.node, code: event.code });
        this.#counts.failed++;
        this.#lastError = event.error;
        this.#endStep(event.node, 'failed', event.at - event.startedAt);
        return;
      case 'step.completed':
        this.#endStep(event.node, 'completed', event.at - event.startedAt);
        return;
      case 'step.skipped':
        this.#endStep(event.node, 'skipped', undefined);
        return;
      case 'step.cancelled':
        this.#endStep(event.node, 'cancelled', undefined);
        return;
      case 'callback.failed':
        this.#callbackFailures.add({ node: event.node });
        return;
      default:
    }
  }

  #endRun(job: string, status: FinalStatus, ms: number): void {
    this.#open--;
    this.#counts.runs++;
    this.#counts.runMs += ms;
    this.#runs.add({ job, status });
    histogramIn(this.#runTimes, job).add(ms);
  }

  #endStep(node: string, status: FinalStatus, ms: number | undefined): void {
    this.#counts.steps++;
    this.#steps.add({ node, status });
    if (ms !== undefined) histogramIn(this.#stepTimes, node).add(ms);
  }

  report(): MetricsReport {
    const { runs, steps, failed, runMs } = this.#counts;
    const slowest = [...this.#stepTimes]
      .map(([node, { sum, count }]) => ({ node, ms: sum / count, steps: count }))
      .toSorted((one, other) => other.ms - one.ms)
      .slice(0, SLOWEST);
    return {
      totalRuns: runs,
      openRuns: this.#open,
      totalSteps: steps,
      errorRate: steps === 0 ? 0 : failed / steps,
      averageRunMs: runs === 0 ? 0 : runMs / runs,
      totalRunMs: runMs,
      lastError: this.#lastError,
      slowest,
    };
  }

  durations(node: string): Durations | undefined {
    const known = this.#stepTimes.get(node);
    return known === undefined ? undefined : { sum: known.sum, count: known.count, max: known.max };
  }

  text(): string {
    const lines = [
      ...counter('onward_runs_total', 'Runs that have ended.', this.#runs),
      ...histogram('onward_run_duration_seconds', 'How long runs took.', 'job', this.#runTimes),
      '# HELP onward_runs_open Runs that are not over.',
      '# TYPE onward_runs_open gauge',
      `onward_runs_open ${this.#open}`,
      ...counter('onward_steps_total', 'Steps that have ended.', this.#steps),
      ...histogram('onward_step_duration_seconds', 'How long steps took.', 'node', this.#stepTimes),
      ...counter('onward_attempts_failed_total', 'Attempts that failed.', this.#failedAttempts),
      ...counter('onward_callback_failures_total', 'Callbacks that failed.', this.#callbackFailures),
    ];
    return `${lines.join('\n')}\n`;
  }
}

function histogramIn(histograms: Map<string, Histogram>, name: string): Histogram {
  const known = histograms.get(name) ?? new Histogram();
  histograms.set(name, known);
  return known;
}

function counter(name: string, help: string, { values }: Counter): string[] {
  const lines = [...values].map(([labels, value]) => `${name}${labels} ${value}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} counter`, ...lines];
}

function histogram(name: string, help: string, label: string, histograms: ReadonlyMap<string, Histogram>): string[] {
  const lines = [...histograms].flatMap(([value, { sum, count, buckets }]) => {
    let below = 0;
    const counted = BOUNDS.map((bound, at) => {
      below += buckets[at] ?? 0;
      return `${name}_bucket${labelsOf({ [label]: value, le: bound })} ${below}`;
    });
    const labels = labelsOf({ [label]: value });
    return [
      ...counted,
      `${name}_bucket${labelsOf({ [label]: value, le: '+Inf' })} ${count}`,
      `${name}_sum${labels} ${sum / 1_000}`,
      `${name}_count${labels} ${count}`,
    ];
  });
  return [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`, ...lines];
}

function labelsOf(labels: Readonly<Record<string, string | number>>): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(String(value))}"`);
  return `{${parts.join(',')}}`;
}

function escapeLabel(value: string): string {
  return value
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`);
}
