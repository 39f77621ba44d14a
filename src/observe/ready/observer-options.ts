// The options of the observers that are ready to use: one table each, in the words of the other options.

import {
  CLOCK,
  COUNT,
  either,
  FLAG,
  FUNCTION,
  isFunction,
  isObject,
  oneOf,
  type OptionRule,
  type OptionTable,
  TIMEOUT,
  wholeNumber,
} from '../../values/option-rules.ts';

const STREAM: OptionRule = {
  fits: (value) => isObject(value) && isFunction(value['write']),
  expected: 'a stream to write to',
};

/** `consoleObserver`. */
export const CONSOLE_OPTIONS = {
  style: oneOf('tree', 'live'),
  stream: STREAM,
  colour: FLAG,
  most: wholeNumber(0),
} as const satisfies OptionTable;

/** `metrics`. */
export const METRICS_OPTIONS = {
  registry: { fits: (to) => isObject(to) && isFunction(to['registerMetric']), expected: 'a registry of prom-client' },
} as const satisfies OptionTable;

/** `logger`. */
export const LOGGER_OPTIONS = {
  level: oneOf('debug', 'info', 'warn', 'error'),
  messages: FLAG,
  order: oneOf('fields', 'text'),
} as const satisfies OptionTable;

const GRAPH: OptionRule = {
  fits: (value) => isObject(value) && isObject(value['nodes']),
  expected: 'the generated graph',
};

/** `openTelemetry`. */
export const OPENTELEMETRY_OPTIONS = {
  tracer: { fits: (value) => isObject(value) && isFunction(value['startSpan']), expected: 'a tracer' },
  meter: { fits: (value) => isObject(value) && isFunction(value['createCounter']), expected: 'a meter' },
  trace: oneOf('caller', 'own'),
  spans: oneOf('steps', 'runs'),
  graph: GRAPH,
} as const satisfies OptionTable;

/** `progress`. */
export const PROGRESS_OPTIONS = {
  graph: GRAPH,
  store: { fits: (value) => isObject(value) && isFunction(value['set']), expected: 'an object with a method `set`' },
  stream: either(STREAM, ', or null', (value) => value === null),
} as const satisfies OptionTable;

/** `batched`. */
export const BATCHED_OPTIONS = {
  size: COUNT,
  every: TIMEOUT,
  most: COUNT,
  clock: CLOCK,
} as const satisfies OptionTable;

/** `notify`. */
export const NOTIFY_OPTIONS = { when: FUNCTION, send: FUNCTION } as const satisfies OptionTable;

/** `history`. */
export const HISTORY_OPTIONS = {
  bytes: wholeNumber(1),
  keep: COUNT,
  steps: wholeNumber(0),
  messages: FLAG,
  clock: CLOCK,
} as const satisfies OptionTable;
