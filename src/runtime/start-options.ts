// The options of a start, checked all at once and filled with defaults.

import { didYouMean } from '../errors/nearest-name.ts';
import { durationMs } from '../graph/duration.ts';
import { fitsGlob } from '../graph/glob.ts';
import { readObservers, type CheckedObserver } from '../observe/read-observer.ts';
import type { OnChange } from '../engines/engine.ts';
import type { RunSettings } from '../run/event.ts';
import type { History } from '../run/view.ts';
import { printable, quoted } from '../values/describe.ts';
import {
  assertNone,
  COUNT_OR_NULL,
  isObject,
  numberIn,
  problemsOf,
  problemsOfValue,
  START_OPTIONS,
  stringIn,
  stringsIn,
  type Options,
} from '../values/option-rules.ts';
import { isPlain, isRecord } from '../values/json.ts';

/** What the options of a start are read with. */
export interface StartSurroundings {
  readonly cancelGraceMs: number;
  /** The names of the graph's nodes. */
  readonly nodes: readonly string[];
  /** Milliseconds since the epoch. */
  now(): number;
}

/** The options of a start, all of which fit. */
export interface StartSettings {
  /** Undefined: the id is made up. */
  readonly id: string | undefined;
  readonly settings: RunSettings;
  /** Undefined: a run that is over stays so. */
  readonly resume: OnChange | undefined;
  /** Undefined: it is made of the message. */
  readonly fingerprint: string | undefined;
  /** Of this run alone; undefined for none. */
  readonly observers: readonly CheckedObserver[] | undefined;
}

const STEP_LIMIT = 1_000_000;
const DEFAULT_HISTORY = 1_000;

/**
 * @param given `StartOptions`, not yet checked.
 * @throws {OnwardError} ONW3004 with every option that is wrong.
 */
export function readStartOptions(given: unknown, around: StartSurroundings): StartSettings {
  const now = around.now();
  const options = isRecord(given) ? given : {};
  assertNone(
    [
      ...problemsOf(given, START_OPTIONS),
      ...problemsOfLimits(options['maxPerRun'], around.nodes),
      ...problemsOfTimes(options, now),
      ...problemsOfId(options),
    ],
    'the options of start are not valid',
  );
  const { stepLimit, maxPerRun, deadline, notBefore, suspended, history, onGraphChange } = options;
  const settings: RunSettings = {
    // An array of its own that nobody can change: neither the caller, later on, nor a body.
    tags: Object.freeze([...(stringsIn(options, 'tags') ?? [])]),
    stepLimit: stepLimit === null ? Number.MAX_SAFE_INTEGER : (numberIn(options, 'stepLimit') ?? STEP_LIMIT),
    maxPerRun: isObject(maxPerRun) ? limitsOf(maxPerRun) : [],
    cancelGraceMs: around.cancelGraceMs,
    history: historyOf(history),
    // 0 stands for none.
    deadline: deadline === undefined ? 0 : (timeOf(deadline, now) ?? 0),
    notBefore: notBefore === undefined ? 0 : Math.max(0, timeOf(notBefore, now) ?? 0),
    suspended: suspended === true,
    ...((onGraphChange === 'raise' || onGraphChange === 'reset') && { onGraphChange }),
  };
  const observers: unknown = options['observers'];
  return {
    id: stringIn(options, 'id'),
    settings,
    resume: resumeOf(options['resume']),
    fingerprint: stringIn(options, 'fingerprint'),
    observers: Array.isArray(observers) ? readObservers(observers, around.nodes) : undefined,
  };
}

/** The id, if it fits and nothing else is asked for. */
export function idAlone(options: unknown): string | undefined {
  if (!isPlain(options)) return undefined;
  for (const name in options) if (name !== 'id') return undefined;
  const id: unknown = Reflect.get(options, 'id');
  return START_OPTIONS.id.fits(id) && typeof id === 'string' ? id : undefined;
}

/** A made up id names no run that is there already. */
function problemsOfId({ id, resume, fingerprint }: Options): string[] {
  if (id !== undefined) return [];
  const given = [
    ['resume', resume !== undefined && resume !== false],
    ['fingerprint', fingerprint !== undefined],
  ] as const;
  return given.flatMap(([name, isGiven]) => (isGiven ? [`\`${name}\` needs an \`id\``] : []));
}

function resumeOf(resume: unknown): OnChange | undefined {
  if (resume === undefined || resume === false) return undefined;
  const onInputChange = isObject(resume) ? resume['onInputChange'] : undefined;
  return onInputChange === 'raise' || onInputChange === 'reset' ? onInputChange : 'reuse';
}

function limitsOf(maxPerRun: Options): RunSettings['maxPerRun'] {
  const given = Object.entries(maxPerRun).filter(([, limit]) => limit !== undefined);
  return given.map(([pattern, limit]) => [pattern, typeof limit === 'number' ? limit : null]);
}

function historyOf(history: unknown): History {
  return history === 'all' || history === 'failures' || typeof history === 'number' ? history : DEFAULT_HISTORY;
}

function problemsOfLimits(limits: unknown, nodes: readonly string[]): string[] {
  if (!isRecord(limits)) return [];
  return Object.entries(limits).flatMap(([pattern, limit]) => {
    const problems = problemsOfValue(`\`maxPerRun\` of ${printable(pattern)}`, limit, COUNT_OR_NULL);
    if (nodes.some((node) => fitsGlob(node, pattern))) return problems;
    const hint = didYouMean(pattern, nodes);
    const names = `\`maxPerRun\` names ${quoted(pattern)}, which fits no node`;
    return [...problems, hint === undefined ? names : `${names}; ${hint}`];
  });
}

function problemsOfTimes({ deadline, notBefore }: Options, now: number): string[] {
  if (durationMs(deadline) === 0) return ['expected `deadline` to be more than 0'];
  const end = timeOf(deadline, now);
  if (end !== undefined && end <= now)
    return [`expected \`deadline\` to be later than now, got ${new Date(end).toISOString()}`];
  const start = timeOf(notBefore, now);
  if (end === undefined || start === undefined || end > start) return [];
  return ['expected `deadline` to be later than `notBefore`'];
}

/** Milliseconds since the epoch of a date, or of a time from now; undefined if it is neither. */
function timeOf(when: unknown, now: number): number | undefined {
  if (when instanceof Date) return Number.isNaN(when.getTime()) ? undefined : when.getTime();
  const ms = durationMs(when);
  return ms === undefined ? undefined : now + ms;
}
