// What every option may be: one table for build time and for run time, and one validator with one wording.
//
// OPTION-RULES-1. A rule looks at one value. What depends on more than one, such as a deadline after its `notBefore`, is
//     checked by the reader of the options.
// OPTION-RULES-2. An option that is undefined is left out, and fits.
// OPTION-RULES-3. All problems are reported at once: unknown names, with the nearest known one, and values that do not fit.

import { didYouMean } from '../errors/nearest-name.ts';
import { OnwardError } from '../errors/onward-error.ts';
import { durationMs } from '../graph/duration.ts';
import { describeValue, inBackticks, printable } from './describe.ts';
import { isRecord } from './json.ts';

/** What one option may be. */
export interface OptionRule {
  readonly fits: (value: unknown) => boolean;
  /** Follows "expected `name` to be". */
  readonly expected: string;
  /** The options inside it. */
  readonly parts?: OptionTable;
  /** Those of them that may not be left out. */
  readonly needs?: readonly string[];
}

/** The options of one thing, by name. */
export type OptionTable = Readonly<Record<string, OptionRule>>;

/** Options as they were given. */
export type Options = Readonly<Record<string, unknown>>;

// ── rules ──

const MOST_ID_CHARACTERS = 512;
// With its slot, the id of a run has at most 512 characters.
const MOST_NAME_CHARACTERS = 480;

const ANYTHING: OptionRule = { fits: () => true, expected: 'any value' };
export const FLAG: OptionRule = { fits: (value) => typeof value === 'boolean', expected: 'true or false' };
export const FUNCTION: OptionRule = { fits: isFunction, expected: 'a function' };
export const COUNT: OptionRule = wholeNumber(1);
/** A count, where null stands for any number. */
export const COUNT_OR_NULL: OptionRule = either(COUNT, ', or null', (value) => value === null);
export const LIMIT: OptionRule = either(COUNT, ', or Infinity', (value) => value === Infinity);
export const DURATION: OptionRule = {
  fits: (value) => durationMs(value) !== undefined,
  expected: "milliseconds, or a string such as '20s' (ms, s, m, h or d)",
};
export const TIMEOUT: OptionRule = {
  fits: (value) => (durationMs(value) ?? 0) > 0,
  expected: `more than 0: ${DURATION.expected}`,
};
const MILLISECONDS: OptionRule = {
  fits: (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0,
  expected: 'milliseconds, a number of at least 0',
};
const TIME: OptionRule = {
  fits: (value) => (value instanceof Date ? !Number.isNaN(value.getTime()) : DURATION.fits(value)),
  expected: `${DURATION.expected}, or a date`,
};
export const STRING: OptionRule = { fits: isNonEmpty, expected: 'a string that is not empty' };
/** What names a run, a message or a child: stores and logs keep it as it is. */
const ID: OptionRule = {
  fits: (value) => isNonEmpty(value) && isClean(value),
  expected: 'a string that is not empty, without control characters and half characters',
};
const STRINGS: OptionRule = {
  fits: (value) => isArrayOf(value, (item) => typeof item === 'string'),
  expected: 'an array of strings',
};
const NODES: OptionRule = either(STRINGS, ', or one string', (value) => typeof value === 'string');
const CLASSES: OptionRule = {
  fits: (value) => isObject(value) && Object.values(value).every(isClass),
  expected: 'classes by their names, as in { Money }',
};
export const CLOCK: OptionRule = { fits: isObject, expected: 'a clock' };
export const ARRAY: OptionRule = { fits: Array.isArray, expected: 'an array' };
/** One tag that a node asks for. */
export const TAG: OptionRule = {
  fits: (value) => typeof value === 'string' && value.trim() !== '',
  expected: 'a string that is not empty',
};
const TAGS: OptionRule = {
  fits: (value) => isArrayOf(value, TAG.fits),
  expected: 'an array of strings that are not empty',
};
const CONDITION: OptionRule = {
  fits: (value) => isCondition(value) || isArrayOf(value, isCondition),
  expected: 'true, false or a predicate, or an array of them',
};

export function wholeNumber(least: number): OptionRule {
  return { fits: (value) => isCount(value, least), expected: `a whole number of at least ${least}` };
}

export function either({ fits, expected }: OptionRule, or: string, fitsToo: (value: unknown) => boolean): OptionRule {
  return { fits: (value) => fitsToo(value) || fits(value), expected: `${expected}${or}` };
}

export function oneOf(...words: readonly string[]): OptionRule {
  const shown = words.map((word) => `'${word}'`);
  return { fits: (value) => words.some((word) => word === value), expected: shown.join(' or ') };
}

function oneOfOr(words: readonly string[], other: OptionRule): OptionRule {
  const shown = words.map((word) => `'${word}'`);
  return {
    fits: (value) => words.some((word) => word === value) || other.fits(value),
    expected: `${shown.join(', ')} or ${other.expected}`,
  };
}

function shortId(most: number): OptionRule {
  return {
    fits: (value) => isNonEmpty(value) && value.length <= most && isClean(value),
    expected: `a string of 1 to ${most} characters, without control characters and half characters`,
  };
}

// Stores cut strings at some of the former, and keep two different ones of the latter as the same.
const UNCLEAN = /[\p{Cc}\p{Cs}]/u;

function isClean(value: string): boolean {
  return !UNCLEAN.test(value);
}

function objectOf(expected: string, parts?: OptionTable): OptionRule {
  return { fits: isRecord, expected, ...(parts !== undefined && { parts }) };
}

function isNonEmpty(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** A hole is an item too, and undefined. */
export function isArrayOf(value: unknown, fits: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && Array.from<unknown>(value).every(fits);
}

function isCondition(value: unknown): boolean {
  return typeof value === 'boolean' || typeof value === 'function';
}

// ── the table ──

/** `retry` of a node. */
const RETRY_OPTIONS = {
  attempts: COUNT,
  delay: DURATION,
  factor: {
    fits: (value) => typeof value === 'number' && value >= 1 && value < Infinity,
    expected: 'a number of at least 1',
  },
  maxDelay: DURATION,
  jitter: { fits: (value) => typeof value === 'number' && value >= 0 && value <= 1, expected: 'a number from 0 to 1' },
  when: FUNCTION,
} as const satisfies OptionTable;

/** `rateLimit` of a node: neither part has a default. */
const RATE_LIMIT: OptionRule = {
  ...objectOf("an object such as { max: 10, per: '1s' }", { max: COUNT, per: TIMEOUT }),
  needs: ['max', 'per'],
};

/** As of BullMQ, which has room for no more. */
const LOWEST_PRIORITY = 2_097_152;

/** What `maxDelay` of a retry has to be next to a `delay`. */
export const LONGEST_WAIT = 'no less than `retry.delay`';

/** `@Service`. */
export const SERVICE_OPTIONS = { name: STRING } as const satisfies OptionTable;
/** `@Job` and `@Handler`. */
export const NODE_OPTIONS = {
  name: STRING,
  retry: objectOf('an object', RETRY_OPTIONS),
  timeout: TIMEOUT,
  concurrency: COUNT,
  rateLimit: RATE_LIMIT,
  priority: {
    fits: (value) => isCount(value, 0) && value <= LOWEST_PRIORITY,
    expected: `a whole number from 0, which goes first, to ${LOWEST_PRIORITY}`,
  },
  tags: TAGS,
  maxRounds: COUNT,
  maxPerRun: COUNT,
  throws: ANYTHING,
  exhaustive: FLAG,
  expose: FLAG,
  waits: FLAG,
} as const satisfies OptionTable;

const WATCHING = { bind: ANYTHING, critical: FLAG } as const satisfies OptionTable;
const CHOOSING = {
  when: ANYTHING,
  otherwise: FLAG,
  bind: ANYTHING,
  after: DURATION,
  critical: FLAG,
} as const satisfies OptionTable;

/** The annotations of edges, by what they watch. */
export const EDGE_OPTIONS = {
  start: WATCHING,
  success: { ...CHOOSING, each: FLAG, concurrency: COUNT, stopAfterFailures: COUNT },
  error: { ...CHOOSING, recover: FLAG },
  end: WATCHING,
  cancel: WATCHING,
  runSuccess: WATCHING,
  runError: WATCHING,
  runEnd: WATCHING,
  join: {
    mode: oneOf('all', 'any'),
    bind: ANYTHING,
    onMissing: oneOf('skip', 'run'),
    cancelRest: FLAG,
    critical: FLAG,
  },
} as const satisfies Readonly<Record<string, OptionTable>>;

const ON_CHANGE = oneOf('reuse', 'raise', 'reset');

/** `runtime.start`. */
export const START_OPTIONS = {
  id: shortId(MOST_ID_CHARACTERS),
  tags: STRINGS,
  stepLimit: COUNT_OR_NULL,
  maxPerRun: objectOf('an object of limits by node'),
  deadline: TIME,
  notBefore: TIME,
  suspended: FLAG,
  observers: ARRAY,
  history: oneOfOr(['all', 'failures'], wholeNumber(0)),
  resume: either(objectOf('an object of options', { onInputChange: ON_CHANGE }), ', or true or false', FLAG.fits),
  fingerprint: TAG,
  onGraphChange: ON_CHANGE,
} as const satisfies OptionTable;

/** `runtime.retry`. */
export const RUNTIME_RETRY_OPTIONS = {
  from: either(wholeNumber(1), ', or the key or the node of a step', (value) => typeof value === 'string'),
} as const satisfies OptionTable;

const MESSAGE_OPTIONS = {
  validate: FLAG,
  validatorTimeout: TIMEOUT,
  maxBytes: LIMIT,
  maxDepth: LIMIT,
  maxNodes: LIMIT,
  maxKeys: LIMIT,
  maxItems: LIMIT,
} as const satisfies OptionTable;

/** `createRuntime`. */
export const RUNTIME_OPTIONS = {
  services: ANYTHING,
  resolve: FUNCTION,
  engine: { fits: isObject, expected: 'an engine, such as memoryEngine()' },
  messages: objectOf('an object', MESSAGE_OPTIONS),
  fakes: FLAG,
  classes: CLASSES,
  cancelGraceMs: MILLISECONDS,
  maxStarted: COUNT,
  observers: ARRAY,
  clock: CLOCK,
  log: {
    fits: (value) => value === false || isLogger(value),
    expected: 'a logger with the methods `error` and `warn`, such as console, or false',
  },
} as const satisfies OptionTable;

/** `runtime.observe`, `run.observe`, and the observers of a start. */
export const OBSERVE_OPTIONS = {
  priority: { fits: (value) => typeof value === 'number' && Number.isFinite(value), expected: 'a number' },
  events: STRINGS,
  nodes: NODES,
  tags: TAGS,
  when: FUNCTION,
  mode: oneOf('awaited', 'background'),
  limit: TIMEOUT,
  scope: oneOf('process', 'all'),
  replay: FLAG,
} as const satisfies OptionTable;

/** What an observer says of itself. */
export const OBSERVER_MEMBERS = {
  precise: FLAG,
  showsFailures: FLAG,
  eventTypes: STRINGS,
} as const satisfies OptionTable;

/** `memoryEngine`. */
export const MEMORY_ENGINE_OPTIONS = { keepRuns: wholeNumber(0), keepFor: TIMEOUT } as const satisfies OptionTable;

/** `runtime.close`. */
export const CLOSE_OPTIONS = {
  drainMs: either(MILLISECONDS, ', or Infinity', (value) => value === Infinity),
} as const satisfies OptionTable;

/** `runtime.work`. */
export const WORK_OPTIONS = { concurrency: COUNT, nodes: NODES, signals: FLAG } as const satisfies OptionTable;

/** `OnwardModule` of Nest, beside those of `createRuntime`. */
export const NEST_OPTIONS = {
  schedules: FLAG,
  work: either(FLAG, ', or { concurrency, nodes }', isObject),
} as const satisfies OptionTable;

/** A fault of a node in `createTestRuntime`. */
export const FAULT_OPTIONS = { fail: wholeNumber(0), error: ANYTHING, slow: DURATION } as const satisfies OptionTable;

/** `run.events`. */
export const EVENTS_OPTIONS = { hold: FLAG } as const satisfies OptionTable;

/** `run.send`. */
export const SEND_OPTIONS = { id: ID } as const satisfies OptionTable;

/** `context.call`. */
export const CALL_OPTIONS = { key: ID } as const satisfies OptionTable;
/** `context.spawn`. */
export const SPAWN_OPTIONS = { key: ID, delay: DURATION, detached: FLAG } as const satisfies OptionTable;

const REPORT_CALLBACKS = { onSuccess: ANYTHING, onFailure: ANYTHING } as const satisfies OptionTable;

/** `runtime.chain`. */
export const CHAIN_OPTIONS: OptionTable = REPORT_CALLBACKS;
/** `runtime.sequence` and `runtime.parallel`. */
export const PLAN_OPTIONS = { keepGoing: FLAG, ...REPORT_CALLBACKS } as const satisfies OptionTable;
/** `runtime.swarm`. */
export const SWARM_OPTIONS = {
  concurrency: COUNT,
  stopAfterFailures: COUNT,
  maxSteps: COUNT,
  ...REPORT_CALLBACKS,
} as const satisfies OptionTable;
/** One entry of a sequence or a parallel plan. */
export const ENTRY_OPTIONS = {
  job: ANYTHING,
  message: ANYTHING,
  group: STRING,
  if: CONDITION,
  always: FLAG,
} as const satisfies OptionTable;

/** `runtime.schedule`, apart from the message. */
export const SCHEDULE_OPTIONS = {
  overlap: oneOfOr(['skip', 'queue'], COUNT),
  timezone: { fits: isNonEmpty, expected: "the name of a time zone such as 'Europe/Berlin'" },
  name: shortId(MOST_NAME_CHARACTERS),
} as const satisfies OptionTable;

/** The key of a signature or a plan that is saved. */
export const SAVED_KEY: OptionRule = shortId(MOST_ID_CHARACTERS);

/** An option of something that reads it itself. */
export const READ_ELSEWHERE: OptionRule = ANYTHING;

// ── the validator ──

/**
 * What is wrong with options, each as a sentence.
 *
 * @param place where they stand, if there are several of their kind: `Billing.charge`, `entries[3]`.
 */
export function problemsOf(given: unknown, table: OptionTable, place?: string): string[] {
  if (!isRecord(given))
    return [`expected ${printable(place ?? 'the options')} to be an object, got ${describeValue(given)}`];
  const problems = problemsIn(given, table, '');
  return place === undefined ? problems : problems.map((problem) => `${printable(place)}: ${problem}`);
}

/** The same for each of a list: no text is made of the place of one that is right. */
export function problemsOfEach(list: readonly unknown[], table: OptionTable, name: string): string[] {
  const problems: string[] = [];
  for (const [at, given] of list.entries())
    if (!isRecord(given) || problemsIn(given, table, '').length > 0)
      problems.push(...problemsOf(given, table, `${name}[${at}]`));
  return problems;
}

function problemsIn(given: Options, table: OptionTable, stem: string): string[] {
  const found: string[] = [];
  for (const name of Object.keys(given)) {
    const value = given[name];
    const rule = Object.hasOwn(table, name) ? table[name] : undefined;
    if (rule === undefined) found.push(unknownOption(name, table, stem));
    // No text is made for what is right: each entry of a plan comes by.
    else if (value !== undefined && !rule.fits(value))
      found.push(...problemsOfValue(`\`${stem}${name}\``, value, rule));
    else if (rule.parts !== undefined && isRecord(value)) {
      const inner = `${stem}${name}.`;
      found.push(...problemsIn(value, rule.parts, inner));
      found.push(...missingParts(rule, (part) => value[part] === undefined, inner));
    }
  }
  return found;
}

/** Parts that have no default and were left out. */
export function missingParts(
  { parts = {}, needs = [] }: Pick<OptionRule, 'parts' | 'needs'>,
  isMissing: (part: string) => boolean,
  stem: string,
): string[] {
  return needs
    .filter(isMissing)
    .map((part) => `expected \`${stem}${part}\` to be ${parts[part]?.expected}, got nothing`);
}

/** The same for one value, under a name of its own. */
export function problemsOfValue(name: string, value: unknown, rule: OptionRule): string[] {
  return value === undefined ? [] : problemsOfRequired(name, value, rule);
}

/** The same for a value that may not be left out. */
export function problemsOfRequired(name: string, value: unknown, { fits, expected }: OptionRule): string[] {
  return fits(value) ? [] : [`expected ${name} to be ${expected}, got ${describeValue(value)}`];
}

/** That an option has a name which the table does not know. @param stem what stands before the name: `retry.` */
export function unknownOption(name: string, table: OptionTable, stem: string): string {
  const names = Object.keys(table);
  const hint =
    didYouMean(name, names, (nearest) => inBackticks(`${stem}${nearest}`)) ?? `the options are ${names.join(', ')}`;
  return `there is no option ${inBackticks(`${stem}${name}`)}; ${hint}`;
}

/**
 * @param what what the problems are problems of, with its verb: "the options of start are not valid".
 * @throws {OnwardError} ONW3004 with all of them, if there are any.
 */
export function assertNone(problems: readonly string[], what: string): void {
  if (problems.length === 0) return;
  throw new OnwardError('ONW3004', `${what}: ${problems.join('; ')}`, { details: { problems } });
}

/**
 * @param count how many were given. @param takes what the method takes, with its name: "add takes a job and its message".
 * @throws {OnwardError} ONW3004 if there are more: what is ignored is what somebody asked for.
 */
export function assertNoMore(count: number, most: number, takes: string): void {
  if (count <= most) return;
  throw new OnwardError('ONW3004', `${takes}; got ${count} arguments: leave the others out`);
}

// ── reading what fits ──

/** The number; undefined if the option is left out. */
export function numberIn(options: Options, name: string): number | undefined {
  const value = options[name];
  return typeof value === 'number' ? value : undefined;
}

/** The string; undefined if the option is left out. */
export function stringIn(options: Options, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** The flag; undefined if the option is left out. */
export function flagIn(options: Options, name: string): boolean | undefined {
  const value = options[name];
  return typeof value === 'boolean' ? value : undefined;
}

/** The strings of an array, in an array of their own; undefined if the option is left out. */
export function stringsIn(options: Options, name: string): readonly string[] | undefined {
  const value: unknown = options[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined;
}

// ── kinds of values ──

/** A whole number of at least that. */
function isCount(value: unknown, least: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least;
}

/** Anything that has fields, an array or a date included. */
export function isObject(value: unknown): value is Options {
  return typeof value === 'object' && value !== null;
}

/** It has the methods that every logger has. */
export function isLogger(value: unknown): boolean {
  return isObject(value) && typeof value['error'] === 'function' && typeof value['warn'] === 'function';
}

/** Whether something can be made of it with `new`: an arrow function has no prototype. */
export function isClass(value: unknown): value is abstract new (...args: never[]) => unknown {
  return isFunction(value) && isObject(value.prototype);
}

export function isFunction(value: unknown): value is (...args: unknown[]) => unknown {
  return typeof value === 'function';
}
