// Spans and metrics of runs for OpenTelemetry. Needs `@opentelemetry/api` and no SDK: without one it does nothing.
//
// OPENTELEMETRY-1. No span is open longer than one step: that of a run is made when the run is over, with its start time.
// OPENTELEMETRY-2. A body runs in the context of its own span, over awaits and callbacks.
// OPENTELEMETRY-3. What is sent names nodes, runs and errors. Messages and values never leave the process.
// OPENTELEMETRY-4. What is kept of a run is gone when the run is over.

import {
  context,
  isSpanContextValid,
  metrics,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Link,
  type Meter,
  type Span,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import type { RunEvent } from '../../run/run-event.ts';
import { describeThrown } from '../../values/describe.ts';
import { assertNone, problemsOf } from '../../values/option-rules.ts';
import type { Wiring } from '../../wiring/v1.ts';
import type { AttemptStarted, FailureEvent, Observer, RunEnded, RunStart, RunStarted, StepEnded } from '../observer.ts';
import { OPENTELEMETRY_OPTIONS } from './observer-options.ts';

export interface OpenTelemetryOptions {
  /** @default the tracer `onward` of the registered provider */
  readonly tracer?: Tracer;
  /** @default the meter `onward` of the registered provider */
  readonly meter?: Meter;
  /**
   * `caller`: runs belong to the trace of who has started them. `own`: each run is a trace of its own, with a link to where
   * it was started. @default 'own' on engines whose runs go on in other processes, else 'caller'
   */
  readonly trace?: 'caller' | 'own';
  /** `runs`: no spans of steps. @default 'steps' */
  readonly spans?: 'steps' | 'runs';
  /** The generated graph: the span of a join has links to all of its sources then. @default the last one only */
  readonly graph?: Wiring;
}

/**
 * Traces runs: `send` where one is started, `process` for each attempt of a step, `run` for the whole; and counts them.
 *
 * @throws {OnwardError} ONW3004 with every option that is wrong.
 */
export function openTelemetry(options: OpenTelemetryOptions = {}): Observer {
  assertNone(problemsOf(options, OPENTELEMETRY_OPTIONS), 'the options of openTelemetry are not valid');
  const telemetry = new Telemetry(options);
  const ofRuns: Observer = {
    name: 'openTelemetry',
    carry: (start) => telemetry.send(start),
    onRunStart: (event) => telemetry.startRun(event),
    onRunEnd: (event) => telemetry.endRun(event),
    close: () => telemetry.close(),
  };
  if (options.spans === 'runs') return ofRuns;
  return {
    ...ofRuns,
    around: (attempt, body) => telemetry.process(attempt, body),
    onError: (event) => telemetry.retry(event),
    onStepEnd: (event) => telemetry.endStep(event),
  };
}

/** Upper bounds in seconds, as the conventions for messaging have them. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** What travels with a run beside its trace. */
const OWN_TRACE = 'onward.trace';
const PLAN = 'onward.plan';
const TRACEPARENT = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})/;

/** A run that is under way. */
interface OpenRun {
  readonly job: string;
  /** It is a trace of its own. */
  readonly isOwnTrace: boolean;
  /** Of a plan: its mode and the number of its entries. */
  readonly ofPlan: Attributes;
  /** Where it was started. */
  readonly sent: Context;
  /** The attempts by step, the last one of each. */
  readonly steps: Map<number, Attempt>;
  /** The last attempt by node. */
  readonly nodes: Map<string, Attempt>;
  /** The callbacks that have recovered steps, by step. */
  readonly recovered: Map<number, Attempt>;
}

interface Attempt {
  readonly at: number;
  /** What others refer to. */
  readonly context: SpanContext;
  /** Undefined once it has ended: its attributes and events are not kept. */
  span: Span | undefined;
}

class Telemetry {
  readonly #tracer: Tracer;
  /** What the options say. */
  readonly #trace: OpenTelemetryOptions['trace'];
  readonly #sources: ReadonlyMap<string, readonly string[]>;
  readonly #runs = new Map<string, OpenRun>();
  readonly #sentMessages;
  readonly #processDuration;
  readonly #runDuration;
  readonly #openRuns;

  constructor({ tracer, meter = metrics.getMeter('onward'), trace: belongs, graph }: OpenTelemetryOptions) {
    this.#tracer = tracer ?? trace.getTracer('onward');
    this.#trace = belongs;
    this.#sources = sourcesOf(graph);
    const seconds = { unit: 's', advice: { explicitBucketBoundaries: BOUNDS } };
    this.#sentMessages = meter.createCounter('messaging.client.sent.messages', { unit: '{message}' });
    this.#processDuration = meter.createHistogram('messaging.process.duration', seconds);
    this.#runDuration = meter.createHistogram('onward.run.duration', seconds);
    this.#openRuns = meter.createUpDownCounter('onward.runs.open', { unit: '{run}' });
  }

  /** In the context of the caller. @returns what leads back to it, for who performs the run. */
  send({ runId, job, tags, plan, isDurable }: RunStart): Readonly<Record<string, string>> {
    const carried: Record<string, string> = {};
    if (plan !== undefined) carried[PLAN] = `${plan.mode} ${plan.entries}`;
    if ((this.#trace ?? (isDurable ? 'own' : 'caller')) === 'own') carried[OWN_TRACE] = 'own';
    const attributes = { ...operation('send', job), ...ofRun({ runId, tags }, job), ...planOf(carried) };
    const span = this.#tracer.startSpan(`send ${job}`, { kind: SpanKind.PRODUCER, attributes });
    span.end();
    this.#sentMessages.add(1, operation('send', job));
    propagation.inject(trace.setSpan(context.active(), span), carried);
    const sent = span.spanContext();
    // Without a propagator, or with one of another format, the run would lose its trace.
    if (carried['traceparent'] === undefined && isSpanContextValid(sent)) carried['traceparent'] = traceparentOf(sent);
    return carried;
  }

  startRun({ runId, job, carried = {} }: RunStarted): void {
    // It may be told again that a run goes on.
    if (!this.#runs.has(runId)) this.#openRuns.add(1, { 'onward.job': job });
    this.#runs.set(runId, {
      job,
      isOwnTrace: (carried[OWN_TRACE] ?? this.#trace) === 'own',
      ofPlan: planOf(carried),
      sent: contextOf(carried),
      steps: new Map(),
      nodes: new Map(),
      recovered: new Map(),
    });
  }

  // OPENTELEMETRY-2.
  process(event: AttemptStarted, body: () => void): void {
    const { runId, node, step, attempt, at, key, round, via } = event;
    const run = this.#runs.get(runId);
    const before = run?.steps.get(step);
    const cause = run?.steps.get(event.cause);
    const parent = this.#parentOf(run, cause);
    const links = this.#linksTo(run, {
      node,
      before,
      isEntry: cause === undefined,
      recovery: run?.recovered.get(event.cause),
    });
    const attributes: Attributes = {
      ...operation('process', node),
      ...ofRun(event, undefined),
      'messaging.message.id': key,
      'onward.attempt': attempt,
      'onward.round': round,
      ...(via !== null && { 'onward.edge': via }),
    };
    const options = { kind: SpanKind.CONSUMER, attributes, links, startTime: at };
    const span = this.#tracer.startSpan(`process ${node}`, options, parent);
    const own: Attempt = { at, context: span.spanContext(), span };
    run?.steps.set(step, own);
    run?.nodes.set(node, own);
    context.with(trace.setSpan(context.active(), span), body);
  }

  /** The attempt that caused it; of an entry, where the run was started. */
  #parentOf(run: OpenRun | undefined, cause: Attempt | undefined): Context {
    if (cause !== undefined) return trace.setSpanContext(ROOT_CONTEXT, cause.context);
    if (run === undefined) return context.active();
    return run.isOwnTrace ? ROOT_CONTEXT : run.sent;
  }

  /**
   * The attempt before; of a join, all of its sources; behind a step that was recovered, the callback whose value it is; of
   * a trace of its own, where the run was started.
   */
  #linksTo(
    run: OpenRun | undefined,
    {
      node,
      isEntry,
      before,
      recovery,
    }: {
      readonly node: string;
      readonly isEntry: boolean;
      readonly before: Attempt | undefined;
      readonly recovery: Attempt | undefined;
    },
  ): Link[] {
    const contexts = [
      before?.context,
      recovery?.context,
      ...(this.#sources.get(node) ?? []).map((source) => run?.nodes.get(source)?.context),
      isEntry && run?.isOwnTrace === true ? trace.getSpanContext(run.sent) : undefined,
    ];
    return [...new Set(contexts)].flatMap((linked) => (linked === undefined ? [] : [{ context: linked }]));
  }

  /** An attempt has failed, and another one follows. */
  retry(event: FailureEvent): void {
    if (event.type === 'step.retrying') this.#end(event, event.error);
  }

  endStep(event: StepEnded): void {
    if (event.type === 'step.completed' && event.recoveredBy !== undefined) this.#recover(event, event.recoveredBy);
    else this.#end(event, event.type === 'step.failed' ? event.error : undefined);
  }

  /** Its attempt has failed; what follows it has the value of the callback. */
  #recover(event: Extract<StepEnded, { readonly type: 'step.completed' }>, by: number): void {
    const run = this.#runs.get(event.runId);
    const callback = run?.steps.get(by);
    if (callback !== undefined) run?.recovered.set(event.step, callback);
    this.#end(event, event.recoveredFrom);
  }

  #end(event: StepEnded | Extract<RunEvent, { readonly type: 'step.retrying' }>, error: unknown): void {
    const attempt = this.#runs.get(event.runId)?.steps.get(event.step);
    if (attempt?.span === undefined) return;
    const { span, at } = attempt;
    const { code, node } = event;
    attempt.span = undefined;
    const type = error === undefined ? {} : { 'error.type': typeOf(error) };
    span.setAttributes({ 'onward.code': code, ...type });
    if (error !== undefined) fail(span, error);
    span.end(event.at);
    this.#processDuration.record((event.at - at) / 1_000, { ...operation('process', node), ...type });
  }

  endRun(event: RunEnded): void {
    const { runId, job, status, code, counts, error, startedAt, at } = event;
    const run = this.#runs.get(runId);
    this.#runs.delete(runId);
    // An observer may come in the middle of a run: then its start was not counted.
    if (run !== undefined) this.#openRuns.add(-1, { 'onward.job': job });
    this.#runDuration.record((at - startedAt) / 1_000, { 'onward.job': job, 'onward.status': status });
    for (const { span } of run?.steps.values() ?? []) span?.end(at);
    const attributes: Attributes = {
      ...ofRun(event, job),
      ...run?.ofPlan,
      'onward.status': status,
      'onward.code': code,
      ...Object.fromEntries(Object.entries(counts).map(([ended, count]) => [`onward.steps.${ended}`, count])),
      ...(error !== undefined && { 'error.type': typeOf(error) }),
    };
    // OPENTELEMETRY-1.
    const options = { kind: SpanKind.INTERNAL, attributes, startTime: startedAt };
    const span = this.#tracer.startSpan(`run ${job}`, options, run?.sent ?? ROOT_CONTEXT);
    if (status === 'failed') fail(span, error);
    span.end(at);
  }

  /** Of runs that the process has left open. */
  close(): void {
    for (const { job, steps } of this.#runs.values()) {
      this.#openRuns.add(-1, { 'onward.job': job });
      for (const { span } of steps.values()) span?.end();
    }
    this.#runs.clear();
  }
}

function operation(name: 'send' | 'process', node: string): Attributes {
  return {
    'messaging.system': 'onward',
    'messaging.operation.name': name,
    'messaging.operation.type': name,
    'messaging.destination.name': node,
  };
}

function ofRun({ runId, tags }: Pick<RunEvent, 'runId' | 'tags'>, job: string | undefined): Attributes {
  return {
    'messaging.message.conversation_id': runId,
    'onward.run.id': runId,
    ...(job !== undefined && { 'onward.job': job }),
    ...(tags.length > 0 && { 'onward.tags': [...tags] }),
  };
}

/** What a run of a plan carries. */
function planOf(carried: Readonly<Record<string, string>>): Attributes {
  const [mode, entries] = carried[PLAN]?.split(' ') ?? [];
  return mode === undefined ? {} : { 'onward.plan.mode': mode, 'onward.plan.entries': Number(entries) };
}

function fail(span: Span, error: unknown): void {
  const message = error instanceof Error ? error.message : describeThrown(error);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
  // Exceptions as events of spans are on their way out: who has opted for logs gets none.
  const optedIn = process.env['OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN']?.split(',').map((word) => word.trim());
  if (error instanceof Error && optedIn?.includes('logs') !== true) span.recordException(error);
}

function typeOf(error: unknown): string {
  return error instanceof Error ? error.constructor.name || error.name : typeof error;
}

function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

/** Where a run was started, also if it was in another process. */
function contextOf(carried: Readonly<Record<string, string>>): Context {
  const extracted = propagation.extract(ROOT_CONTEXT, carried);
  if (trace.getSpanContext(extracted) !== undefined) return extracted;
  const [, traceId, spanId, flags] = TRACEPARENT.exec(carried['traceparent'] ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return extracted;
  return trace.setSpanContext(extracted, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
  });
}

/** The sources of each join. */
function sourcesOf(graph: Wiring | undefined): ReadonlyMap<string, readonly string[]> {
  const sources = new Map<string, string[]>();
  for (const { on, from, to } of graph?.edges ?? []) {
    if (on === 'join') sources.set(to, [...(sources.get(to) ?? []), from]);
  }
  return sources;
}
