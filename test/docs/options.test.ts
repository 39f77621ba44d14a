// The page on options: every option that the types have is in the table of its section.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type {
  CloseOptions,
  EndOptions,
  ErrorOptions,
  EventsOptions,
  FormatOptions,
  HandlerOptions,
  JobOptions,
  JoinOptions,
  MemoryEngineOptions,
  MessageOptions,
  ObserveRunOptions,
  PlanEntry,
  RetryOptions,
  RunCallbackOptions,
  RunQuery,
  RuntimeOptions,
  ScheduleOptions,
  SendOptions,
  ServiceOptions,
  SignedStartOptions,
  SuccessOptions,
  SwarmOptions,
  PlanOptions,
  WatchOptions,
  WorkOptions,
} from 'onward';
import type {
  BatchedOptions,
  ConsoleOptions,
  HistoryOptions,
  MetricsOptions,
  LoggerOptions,
  NotifyOptions,
  ProgressOptions,
} from 'onward/observers';
import type { OnwardModuleOptions } from 'onward/nest';
import type { OpenTelemetryOptions } from 'onward/observers/opentelemetry';
import type { Graph } from 'onward/wiring/v1';
import type { BullmqEngineOptions } from 'onward/engines/bullmq';
import type { SqliteEngineOptions } from 'onward/engines/sqlite';

const page = readFileSync(fileURLToPath(new URL('../../docs/options.md', import.meta.url)), 'utf8');

/** Does not compile with an option too few or too many. */
type All<Options> = Readonly<Record<keyof Options, true>>;

const node: All<JobOptions & HandlerOptions> = {
  name: true,
  retry: true,
  timeout: true,
  concurrency: true,
  rateLimit: true,
  priority: true,
  tags: true,
  maxRounds: true,
  maxPerRun: true,
  throws: true,
  exhaustive: true,
  expose: true,
  waits: true,
};
const retry: All<RetryOptions> = {
  attempts: true,
  delay: true,
  factor: true,
  maxDelay: true,
  jitter: true,
  when: true,
};
const service: All<ServiceOptions> = { name: true };
type EdgeOptions = SuccessOptions<never, never, never> &
  ErrorOptions<never, never, never> &
  EndOptions<never, never> &
  WatchOptions<never, never> &
  RunCallbackOptions<never, never>;
const edge: All<EdgeOptions> = {
  when: true,
  otherwise: true,
  bind: true,
  each: true,
  concurrency: true,
  stopAfterFailures: true,
  after: true,
  recover: true,
  critical: true,
};
const join: All<JoinOptions<never, never, never, never>> = {
  mode: true,
  onMissing: true,
  cancelRest: true,
  bind: true,
  critical: true,
};
const start: All<SignedStartOptions> = {
  id: true,
  tags: true,
  stepLimit: true,
  maxPerRun: true,
  deadline: true,
  notBefore: true,
  suspended: true,
  observers: true,
  history: true,
  resume: true,
  fingerprint: true,
  onGraphChange: true,
  override: true,
};
const plan: All<PlanOptions<never> & SwarmOptions<never>> = {
  onSuccess: true,
  onFailure: true,
  keepGoing: true,
  concurrency: true,
  stopAfterFailures: true,
  maxSteps: true,
};
const entry: All<PlanEntry<never, never> & { message: unknown }> = {
  job: true,
  message: true,
  group: true,
  if: true,
  always: true,
};
const send: All<SendOptions> = { id: true };
const schedule: All<ScheduleOptions> = { overlap: true, timezone: true, name: true };
const messages: All<MessageOptions> = {
  validate: true,
  validatorTimeout: true,
  maxBytes: true,
  maxDepth: true,
  maxNodes: true,
  maxKeys: true,
  maxItems: true,
};
const runtime: All<RuntimeOptions<unknown>> = {
  services: true,
  resolve: true,
  messages: true,
  classes: true,
  cancelGraceMs: true,
  maxStarted: true,
  observers: true,
  clock: true,
  engine: true,
  log: true,
  fakes: true,
};
const close: All<CloseOptions> = { drainMs: true };
const work: All<WorkOptions> = { concurrency: true, nodes: true, signals: true };
const engine: All<MemoryEngineOptions> = { keepRuns: true, keepFor: true };
const sqlite: All<SqliteEngineOptions> = {
  file: true,
  keepFor: true,
  deaths: true,
  maxPayloadBytes: true,
  encryption: true,
  driver: true,
  synchronous: true,
  verify: true,
};
const query: All<RunQuery> = {
  status: true,
  job: true,
  node: true,
  tag: true,
  id: true,
  text: true,
  olderThan: true,
  newerThan: true,
  limit: true,
  cursor: true,
};
const events: All<EventsOptions> = { hold: true };
const observe: All<ObserveRunOptions> = {
  priority: true,
  events: true,
  nodes: true,
  tags: true,
  when: true,
  mode: true,
  limit: true,
  scope: true,
  replay: true,
};
type ReadyOptions = ConsoleOptions &
  LoggerOptions &
  ProgressOptions &
  BatchedOptions &
  NotifyOptions &
  HistoryOptions &
  MetricsOptions &
  OpenTelemetryOptions;
const ready: All<ReadyOptions> = {
  style: true,
  stream: true,
  colour: true,
  most: true,
  level: true,
  messages: true,
  order: true,
  graph: true,
  store: true,
  size: true,
  every: true,
  clock: true,
  when: true,
  send: true,
  keep: true,
  steps: true,
  bytes: true,
  registry: true,
  tracer: true,
  meter: true,
  trace: true,
  spans: true,
};
const nest: All<
  Pick<OnwardModuleOptions<Graph<{}, {}>>, 'graph' | 'name' | 'services' | 'observers' | 'drainMs' | 'schedules'>
> = {
  graph: true,
  name: true,
  services: true,
  observers: true,
  drainMs: true,
  schedules: true,
};
const bullmq: All<Omit<BullmqEngineOptions, 'keepFor' | 'deaths' | 'maxPayloadBytes' | 'encryption'>> = {
  connection: true,
  queue: true,
  queues: true,
  prefix: true,
  durable: true,
  recoverAfter: true,
  stepsInARow: true,
  answerWithin: true,
};
const format: All<FormatOptions> = { width: true, colour: true, most: true };

test.each([
  ['Nodes: `@Job` and `@Handler`', node],
  ['Nodes: `@Job` and `@Handler`', retry],
  ['Services: `@Service`', service],
  ['Edges', edge],
  ['Joins: `@Join`', join],
  ['Start: `runtime.start(what, message, options)`', start],
  ['Plans', plan],
  ['Plans', entry],
  ['Messages into a run: `run.send(node, message, options)`', send],
  ['Schedules: `runtime.schedule(job, pattern, options)` and `@Schedule(pattern, options)`', schedule],
  ['Runtime: `createRuntime(graph, options)`', runtime],
  ['Runtime: `createRuntime(graph, options)`', messages],
  ['Runtime: `createRuntime(graph, options)`', close],
  ['Runtime: `createRuntime(graph, options)`', work],
  ['The memory engine: `memoryEngine(options)`', engine],
  ['The SQLite engine: `sqliteEngine(options)`', sqlite],
  ['The BullMQ engine: `bullmqEngine(options)`', bullmq],
  ['Queries: `runtime.runs(query)`', query],
  ['Events: `run.events(options)`', events],
  ['Observers', observe],
  ['Observers', ready],
  ['Nest: `OnwardModule.forRoot(options)`', nest],
  ['Reports as text: `formatReport(report, options)`', format],
] as const)('%s: every option is in its table', (title, options) => {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? '';
  const isListed = (name: string): boolean => new RegExp(`^\\| \`(messages\\.)?${name}[\`.]`, 'm').test(section);
  expect(Object.keys(options).filter((name) => !isListed(name))).toEqual([]);
});
