// The options of a start, checked all at once and filled with defaults.

import { nearestName } from '../errors/nearest-name.ts';
import { OnwardError } from '../errors/onward-error.ts';
import { durationMs, type Duration } from '../graph/duration.ts';
import { fitsGlob } from '../graph/glob.ts';
import { describeValue } from '../message/describe.ts';
import type { RunSettings } from '../run/event.ts';
import { DEFAULT_HISTORY, type History } from '../run/history.ts';
import { isTexts } from './node-options.ts';
import { isCount, isOptions } from './options.ts';

/** How to start a run. */
export interface StartOptions {
  /**
   * The run's id. The same id with the same message joins the run that is there; another message is refused (ONW3033).
   * @default made up
   */
  readonly id?: string;
  /** Words the run holds, for bodies and for nodes that ask for them. @default none */
  readonly tags?: readonly string[];
  /** How many steps the run may have; the one beyond fails with code 108. `null`: no limit. @default 1,000,000 */
  readonly stepLimit?: number | null;
  /**
   * How often nodes may run in this run, by name or pattern (`Billing.*`), in the place of their own `maxPerRun`; the
   * execution beyond fails with code 109. The last that fits counts; `null`: any number.
   * @default what the nodes say
   */
  readonly maxPerRun?: Readonly<Record<string, number | null>>;
  /**
   * When the run is stopped and fails with code 204, if it is not over: a time from now (a number is milliseconds), or
   * a date. @default never
   */
  readonly deadline?: Duration | Date;
  /** The run does not begin before: a time from now (a number is milliseconds), or a date. @default at once */
  readonly notBefore?: Duration | Date;
  /** The run begins when it is resumed: until then nothing of it runs. @default false */
  readonly suspended?: boolean;
  /** Which finished steps are kept for the report: all, the failed ones, or the last so many and the failed ones. @default 1,000 */
  readonly history?: History;
}

/** What the options of a start are read with. */
export interface StartSurroundings {
  readonly cancelGraceMs: number;
  /** The names of the graph's nodes. */
  readonly nodes: readonly string[];
  /** Milliseconds since the epoch. */
  now(): number;
}

const STEP_LIMIT = 1_000_000;
const LONGEST_ID = 512;

/** @throws {OnwardError} ONW3004 with every option that is wrong. */
export function settingsOf(options: StartOptions, around: StartSurroundings): RunSettings {
  const problems = [...problemsOf(options, around)];
  if (problems.length > 0) {
    throw new OnwardError('ONW3004', `the options of start are not valid: ${problems.join('; ')}`, {
      details: { problems },
    });
  }
  const { tags, stepLimit, maxPerRun, history, deadline, notBefore, suspended } = options;
  const now = around.now();
  return {
    // A list of its own that nobody can change: neither the caller, later on, nor a body.
    tags: Object.freeze([...(tags ?? [])]),
    stepLimit: stepLimit === null ? Number.MAX_SAFE_INTEGER : (stepLimit ?? STEP_LIMIT),
    maxPerRun: Object.entries(maxPerRun ?? {}),
    cancelGraceMs: around.cancelGraceMs,
    history: history ?? DEFAULT_HISTORY,
    // 0 stands for none, and a date may be as old as that.
    deadline: deadline === undefined ? 0 : Math.max(1, timeOf(deadline, now) ?? 0),
    notBefore: notBefore === undefined ? 0 : Math.max(0, timeOf(notBefore, now) ?? 0),
    suspended: suspended === true,
  };
}

const KNOWN = new Set(['id', 'tags', 'stepLimit', 'maxPerRun', 'deadline', 'notBefore', 'suspended', 'history']);

function* problemsOf(options: StartOptions, around: StartSurroundings): Generator<string> {
  if (!isOptions(options)) {
    yield `expected an object, got ${options === null ? 'null' : described(options)}`;
    return;
  }
  const { id, tags, stepLimit, maxPerRun, suspended, history }: StartOptions = options;
  for (const name of Object.keys(options)) {
    if (!KNOWN.has(name)) yield `there is no option \`${name}\`, only ${[...KNOWN].join(', ')}`;
  }
  if (id !== undefined && (typeof id !== 'string' || id.length === 0 || id.length > LONGEST_ID)) {
    yield `expected \`id\` to be text of 1 to ${LONGEST_ID} characters, got ${described(id)}`;
  }
  if (tags !== undefined && !isTexts(tags)) yield `expected \`tags\` to be a list of texts, got ${described(tags)}`;
  if (stepLimit !== undefined && stepLimit !== null && !isCount(stepLimit, 1)) {
    yield `expected \`stepLimit\` to be a whole number of at least 1, or null, got ${described(stepLimit)}`;
  }
  yield* problemsOfLimits(maxPerRun, around.nodes);
  yield* problemsOfTimes(options, around.now());
  if (suspended !== undefined && typeof suspended !== 'boolean') {
    yield `expected \`suspended\` to be true or false, got ${described(suspended)}`;
  }
  if (history !== undefined && history !== 'all' && history !== 'failures' && !isCount(history, 0)) {
    yield `expected \`history\` to be 'all', 'failures' or a whole number, got ${described(history)}`;
  }
}

function* problemsOfLimits(limits: unknown, nodes: readonly string[]): Generator<string> {
  if (limits === undefined) return;
  if (!isOptions(limits) || Array.isArray(limits)) {
    yield `expected \`maxPerRun\` to be an object of limits by node, got ${described(limits)}`;
    return;
  }
  for (const [pattern, limit] of Object.entries(limits)) {
    if (limit !== null && !isCount(limit, 1)) {
      yield `expected \`maxPerRun\` of ${pattern} to be a whole number of at least 1, or null, got ${described(limit)}`;
    }
    if (nodes.some((node) => fitsGlob(node, pattern))) continue;
    const nearest = nearestName(pattern, nodes);
    const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
    yield `\`maxPerRun\` names ${JSON.stringify(pattern)}, which fits no node${hint}`;
  }
}

function* problemsOfTimes({ deadline, notBefore }: StartOptions, now: number): Generator<string> {
  const expected = "milliseconds, text such as '20s', or a date";
  const end = deadline === undefined ? undefined : timeOf(deadline, now);
  const start = notBefore === undefined ? now : timeOf(notBefore, now);
  if (deadline !== undefined && end === undefined)
    yield `expected \`deadline\` to be ${expected}, got ${describeValue(deadline)}`;
  if (start === undefined) yield `expected \`notBefore\` to be ${expected}, got ${describeValue(notBefore)}`;
  if (durationMs(deadline) === 0) yield 'expected `deadline` to be more than 0';
  else if (notBefore !== undefined && end !== undefined && start !== undefined && end <= start)
    yield 'expected `deadline` to be later than `notBefore`';
}

/** Milliseconds since the epoch of a date, or of a time from now. */
function timeOf(when: unknown, now: number): number | undefined {
  if (when instanceof Date) return Number.isNaN(when.getTime()) ? undefined : when.getTime();
  const ms = durationMs(when);
  return ms === undefined ? undefined : now + ms;
}

function described(value: unknown): string {
  if (typeof value === 'string') return value.length > 40 ? `text of ${value.length} characters` : `'${value}'`;
  return typeof value === 'number' ? String(value) : typeof value;
}
