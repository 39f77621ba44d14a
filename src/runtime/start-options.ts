// The options of a start, checked all at once and filled with defaults.

import { OnwardError } from '../errors/onward-error.ts';
import { DEFAULT_HISTORY, type History } from '../run/history.ts';
import type { RunSettings } from '../run/event.ts';

/** How to start a run. */
export interface StartOptions {
  /**
   * The run's id. The same id with the same message joins the run that is there; another message is refused (ONW3033).
   * @default made up
   */
  readonly id?: string;
  /** Words the run holds, for bodies and for those who read it. @default none */
  readonly tags?: readonly string[];
  /** How many steps the run may have; the one beyond fails with code 108. `null`: no limit. @default 1,000,000 */
  readonly stepLimit?: number | null;
  /** Which finished steps are kept for the report: all, the failed ones, or the last so many and the failed ones. @default 1,000 */
  readonly history?: History;
}

const STEP_LIMIT = 1_000_000;
const LONGEST_ID = 512;

/** @throws {OnwardError} ONW3004 with every option that is wrong. */
export function settingsOf(options: StartOptions, cancelGraceMs: number): RunSettings {
  const problems = [...problemsOf(options)];
  if (problems.length > 0) {
    throw new OnwardError('ONW3004', `the options of start are not valid: ${problems.join('; ')}`, {
      details: { problems },
    });
  }
  return {
    // A list of its own that nobody can change: neither the caller, later on, nor a body.
    tags: Object.freeze([...(options.tags ?? [])]),
    stepLimit: options.stepLimit === null ? Number.MAX_SAFE_INTEGER : (options.stepLimit ?? STEP_LIMIT),
    cancelGraceMs,
    history: options.history ?? DEFAULT_HISTORY,
  };
}

const KNOWN = new Set(['id', 'tags', 'stepLimit', 'history']);

function* problemsOf(options: StartOptions): Generator<string> {
  if (typeof options !== 'object' || options === null) {
    yield `expected an object, got ${options === null ? 'null' : described(options)}`;
    return;
  }
  const { id, tags, stepLimit, history } = options;
  for (const name of Object.keys(options)) {
    if (!KNOWN.has(name)) yield `there is no option \`${name}\`, only ${[...KNOWN].join(', ')}`;
  }
  if (id !== undefined && (typeof id !== 'string' || id.length === 0 || id.length > LONGEST_ID)) {
    yield `expected \`id\` to be text of 1 to ${LONGEST_ID} characters, got ${described(id)}`;
  }
  if (tags !== undefined && !(Array.isArray(tags) && tags.every((tag) => typeof tag === 'string'))) {
    yield `expected \`tags\` to be a list of texts, got ${described(tags)}`;
  }
  if (stepLimit !== undefined && stepLimit !== null && !isCount(stepLimit, 1)) {
    yield `expected \`stepLimit\` to be a whole number of at least 1, or null, got ${described(stepLimit)}`;
  }
  if (history !== undefined && history !== 'all' && history !== 'failures' && !isCount(history, 0)) {
    yield `expected \`history\` to be 'all', 'failures' or a whole number, got ${described(history)}`;
  }
}

function isCount(value: unknown, least: number): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least;
}

function described(value: unknown): string {
  if (typeof value === 'string') return value.length > 40 ? `text of ${value.length} characters` : `'${value}'`;
  return typeof value === 'number' ? String(value) : typeof value;
}
