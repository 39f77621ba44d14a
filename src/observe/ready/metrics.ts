// Counts and durations of runs and nodes: as a report, as text for Prometheus, and in a registry of prom-client.
//
// METRICS-1. What is kept depends on the number of jobs, nodes and codes, and of open runs, never on the number of runs:
//     durations are counted in buckets.
// METRICS-2. The names follow Prometheus' conventions: `_total` for counters, seconds for durations.

import type { FinalStatus } from '../../run/status.ts';
import type { RunEvent } from '../../run/run-event.ts';
import { assertNone, problemsOf } from '../../values/option-rules.ts';
import type { Observer, ObserverFailure } from '../observer.ts';
import { METRICS_OPTIONS } from './observer-options.ts';

export interface MetricsOptions {
  /** A registry of prom-client, which then has these metrics beside its own. @default none */
  readonly registry?: MetricsRegistry;
}

/** What is asked of a registry of prom-client. */
export interface MetricsRegistry {
  registerMetric(metric: never): unknown;
}

/** A registry asks a metric for its name and its values, and types it by its own classes. */
function registered(metric: { readonly name: string; get(): Family | undefined; reset(): void }): never {
  return metric as never;
}

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
  onObserverFailure(failure: ObserverFailure): void;
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
// Names of runs and steps may come with definitions, from outside: OpenTelemetry's limit of what one metric tells apart.
const MOST_NAMES = 2_000;
/** Under which what comes beyond them is counted. */
const OTHERS = 'other';

/**
 * Counts runs and steps, and how long they take.
 *
 * @throws {OnwardError} ONW3004 with every option that is wrong; what the registry throws, if it has metrics of these
 *   names already.
 */
export function metrics(options: MetricsOptions = {}): MetricsObserver {
  assertNone(problemsOf(options, METRICS_OPTIONS), 'the options of metrics are not valid');
  const counted = new Metrics();
  const { registry } = options;
  for (const { name } of counted.families()) {
    const get = (): Family | undefined => counted.families().find((family) => family.name === name);
    registry?.registerMetric(registered({ name, get, reset: () => undefined }));
  }
  return counted;
}

type LabelValue = string | number;
type Labels = Readonly<Record<string, LabelValue>>;

interface Sample {
  /** That of the family, or one that begins with it. */
  readonly metricName: string;
  readonly labels: Labels;
  readonly value: number;
}

/** One metric with all that was counted of it, in the form that prom-client prints. */
interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly aggregator: 'sum';
  readonly values: readonly Sample[];
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

interface Counted {
  readonly labels: Labels;
  value: number;
}

/** Counts by the values of one label, or of two. */
class Counter {
  readonly #names: readonly string[];
  /** By the first value and the second, so that no text is made of them for each step. */
  readonly #known = new Map<LabelValue, Map<LabelValue | undefined, Counted>>();
  /** In the order in which they came. */
  readonly #all: Counted[] = [];

  constructor(...names: readonly string[]) {
    this.#names = names;
  }

  add(first: LabelValue, second?: LabelValue): void {
    const counted = this.#known.get(first)?.get(second) ?? this.#begin(first, second);
    counted.value++;
  }

  #begin(given: LabelValue, second: LabelValue | undefined): Counted {
    const first = nameIn(this.#known, given);
    const among = first === given ? undefined : this.#known.get(first)?.get(second);
    if (among !== undefined) return among;
    const values = second === undefined ? [first] : [first, second];
    const labels = Object.fromEntries(values.map((value, at) => [this.#names[at] ?? '', value]));
    const counted = { labels, value: 0 };
    const ofFirst = this.#known.get(first) ?? new Map<LabelValue | undefined, Counted>();
    this.#known.set(first, ofFirst.set(second, counted));
    this.#all.push(counted);
    return counted;
  }

  family(name: string, help: string): Family {
    const values = this.#all.map((counted) => ({ metricName: name, ...counted }));
    return { name, help, type: 'counter', aggregator: 'sum', values };
  }
}

/** The events that are counted; the others are not made for it. */
const COUNTED = [
  'run.started',
  'run.ended',
  'step.retrying',
  'step.completed',
  'step.failed',
  'step.skipped',
  'step.cancelled',
  'callback.failed',
] as const satisfies readonly RunEvent['type'][];

class Metrics implements MetricsObserver {
  readonly name = 'metrics';
  readonly precise = true;
  readonly contentType = 'text/plain; version=0.0.4; charset=utf-8';
  readonly #runs = new Counter('job', 'status');
  readonly #steps = new Counter('node', 'status');
  readonly #failedAttempts = new Counter('node', 'code');
  readonly #callbackFailures = new Counter('node');
  readonly #observerFailures = new Counter('observer', 'code');
  readonly #runTimes = new Map<string, Histogram>();
  readonly #stepTimes = new Map<string, Histogram>();
  readonly #counts = { runs: 0, steps: 0, failed: 0, runMs: 0 };
  /** Runs whose start was counted and that are not over: an observer may come in the middle of others. */
  readonly #open = new Set<string>();
  #lastError: unknown = undefined;
  readonly eventTypes = COUNTED;

  onObserverFailure({ observer, code }: ObserverFailure): void {
    this.#observerFailures.add(observer, code);
  }

  onEvent(event: RunEvent): void {
    switch (event.type) {
      case 'run.started':
        this.#open.add(event.runId);
        return;
      case 'run.ended':
        this.#open.delete(event.runId);
        this.#endRun(event.job, event.status, event.at - event.startedAt);
        return;
      case 'step.retrying':
        this.#failedAttempts.add(event.node, event.code);
        return;
      case 'step.failed':
        this.#failedAttempts.add(event.node, event.code);
        this.#counts.failed++;
        this.#lastError = event.error;
        this.#endStep(event.node, 'failed', event.at - event.startedAt);
        return;
      case 'step.completed':
        // A recovered step has completed, its last attempt has not.
        if (event.recoveredBy !== undefined) this.#failedAttempts.add(event.node, event.code);
        this.#endStep(event.node, 'completed', event.at - event.startedAt);
        return;
      case 'step.skipped':
        this.#endStep(event.node, 'skipped', undefined);
        return;
      case 'step.cancelled':
        this.#endStep(event.node, 'cancelled', undefined);
        return;
      case 'callback.failed':
        this.#callbackFailures.add(event.node);
        return;
      default:
    }
  }

  #endRun(job: string, status: FinalStatus, ms: number): void {
    this.#counts.runs++;
    this.#counts.runMs += ms;
    this.#runs.add(job, status);
    histogramIn(this.#runTimes, job).add(ms);
  }

  #endStep(node: string, status: FinalStatus, ms: number | undefined): void {
    this.#counts.steps++;
    this.#steps.add(node, status);
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
      openRuns: this.#open.size,
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

  families(): Family[] {
    const open = { metricName: 'onward_runs_open', labels: {}, value: this.#open.size };
    return [
      this.#runs.family('onward_runs_total', 'Runs that have ended.'),
      histogram('onward_run_duration_seconds', 'How long runs took.', 'job', this.#runTimes),
      {
        name: 'onward_runs_open',
        help: 'Runs that are not over.',
        type: 'gauge',
        aggregator: 'sum',
        values: [open],
      },
      this.#steps.family('onward_steps_total', 'Steps that have ended.'),
      histogram('onward_step_duration_seconds', 'How long steps took.', 'node', this.#stepTimes),
      this.#failedAttempts.family('onward_attempts_failed_total', 'Attempts that failed.'),
      this.#callbackFailures.family('onward_callback_failures_total', 'Callbacks that failed.'),
      this.#observerFailures.family('onward_observer_failures_total', 'Hooks of observers that failed or were late.'),
    ];
  }

  text(): string {
    return `${this.families().flatMap(linesOf).join('\n')}\n`;
  }
}

function linesOf({ name, help, type, values }: Family): string[] {
  const lines = values.map(({ metricName, labels, value }) => `${metricName}${labelsOf(labels)} ${value}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines];
}

/** The name, or the one that stands for all that there is no room for. */
function nameIn<Name>(known: ReadonlyMap<Name | string, unknown>, name: Name): Name | string {
  return known.has(name) || known.size < MOST_NAMES ? name : OTHERS;
}

function histogramIn(histograms: Map<string, Histogram>, given: string): Histogram {
  const name = nameIn(histograms, given);
  const known = histograms.get(name);
  if (known !== undefined) return known;
  const begun = new Histogram();
  histograms.set(name, begun);
  return begun;
}

function histogram(name: string, help: string, label: string, times: ReadonlyMap<string, Histogram>): Family {
  const values = [...times].flatMap(([of, { sum, count, buckets }]): Sample[] => {
    let below = 0;
    const labels = { [label]: of };
    const counted = BOUNDS.map((bound, at) => {
      below += buckets[at] ?? 0;
      return { metricName: `${name}_bucket`, labels: { ...labels, le: bound }, value: below };
    });
    return [
      ...counted,
      { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count },
      { metricName: `${name}_sum`, labels, value: sum / 1_000 },
      { metricName: `${name}_count`, labels, value: count },
    ];
  });
  return { name, help, type: 'histogram', aggregator: 'sum', values };
}

/** As Prometheus writes them; empty for none. */
function labelsOf(labels: Labels): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(String(value))}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

function escapeLabel(value: string): string {
  return value
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`);
}
