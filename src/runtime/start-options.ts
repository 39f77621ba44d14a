// The options of a start, checked all at once and filled with defaults.

import { didYouMean } from '../errors/nearest-name.ts';
import { OnwardError } from '../errors/onward-error.ts';
import { durationMs } from '../graph/duration.ts';
import { fitsGlob } from '../graph/glob.ts';
import { describeValue } from '../values/describe.ts';
import type { RunSettings } from '../run/event.ts';
import { DEFAULT_HISTORY } from '../run/view.ts';
import type { StartOptions } from '../api/run.ts';
import { isTexts } from './node-options.ts';
import { isCount, isObject } from '../values/option-rules.ts';

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
export function readStartSettings(options: StartOptions, around: StartSurroundings): RunSettings {
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
  if (!isObject(options)) {
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
  if (!isObject(limits) || Array.isArray(limits)) {
    yield `expected \`maxPerRun\` to be an object of limits by node, got ${described(limits)}`;
    return;
  }
  for (const [pattern, limit] of Object.entries(limits)) {
    if (limit !== null && !isCount(limit, 1)) {
      yield `expected \`maxPerRun\` of ${pattern} to be a whole number of at least 1, or null, got ${described(limit)}`;
    }
    if (nodes.some((node) => fitsGlob(node, pattern))) continue;
    const hint = didYouMean(pattern, nodes);
    const names = `\`maxPerRun\` names ${JSON.stringify(pattern)}, which fits no node`;
    yield hint === undefined ? names : `${names}; ${hint}`;
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
