// Matchers for Vitest and Jest: what a run or its report should be, with the tree of the run when it is not.

import { isOnwardError, OnwardError } from '../errors/onward-error.ts';
import { formatReport } from '../execute/format-report.ts';
import { fitsGlob } from '../graph/glob.ts';
import { describeThrown, describeValue, quoted } from '../values/describe.ts';
import { isFunction, isObject } from '../values/option-rules.ts';
import type { RunInspection } from '../wiring/run-report.ts';

/** What a matcher gives to its test runner. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** An error class, a part of the message, a pattern for it, or a code such as `ONW3041`. */
export type ExpectedError = (new (...given: never[]) => Error) | RegExp | string;

type Judged<Received> = Received extends { report(): unknown } ? Promise<void> : void;

/**
 * What `expect` has once it is extended. For Vitest:
 * `declare module 'vitest' { interface Matchers<T> extends OnwardMatchers<T> {} }`. docs/testing.md has the form for Jest.
 *
 * @typeParam Received what `expect` was given: a run is waited for, a report is not.
 */
export interface OnwardMatchers<Received = unknown> {
  toHaveCompleted(): Judged<Received>;
  toHaveFailedWith(error: ExpectedError): Judged<Received>;
  /** By name or pattern. @param times @default at least once */
  toHaveRun(node: string, times?: number): Judged<Received>;
}

type Answer = MatcherResult | Promise<MatcherResult>;

/** To be given to `expect.extend`. Each takes a report, or a run, which is waited for. */
export const onwardMatchers = {
  toHaveCompleted: (received: unknown): Answer =>
    judged(received, (report) => ({
      pass: report.status === 'completed',
      what: 'have completed',
    })),

  toHaveFailedWith: (received: unknown, expected: ExpectedError): Answer =>
    judged(received, (report) => {
      const errors = errorsOf(report);
      const pass = report.status === 'failed' && errors.some((error) => isExpected(error, expected));
      return { pass, what: `have failed with ${shown(expected)}` };
    }),

  toHaveRun: (received: unknown, node: string, times?: number): Answer =>
    judged(received, (report) => {
      const ran = report.steps.filter((step) => fitsGlob(step.node, node) && step.attempts.length > 0).length;
      const pass = times === undefined ? ran > 0 : ran === times;
      const counted = times === undefined ? '' : ` ${times} ${times === 1 ? 'time' : 'times'}, got ${ran}`;
      return { pass, what: `have run ${node}${counted}` };
    }),
};

interface Verdict {
  readonly pass: boolean;
  readonly what: string;
}

function judged(received: unknown, judge: (report: RunInspection) => Verdict): Answer {
  if (isReport(received)) return resultOf(received, judge(received));
  if (!isObject(received) || !isFunction(received['report'])) {
    const text = `expected a run or its report, got ${describeValue(received)}; await what \`runtime.start\` returns`;
    throw new OnwardError('ONW3004', text);
  }
  return Promise.resolve(Reflect.apply(received['report'], received, [])).then((report: unknown) => {
    if (isReport(report)) return resultOf(report, judge(report));
    throw new OnwardError('ONW3004', `expected a report, got ${describeValue(report)}`);
  });
}

function isReport(value: unknown): value is RunInspection {
  return isObject(value) && typeof value['runId'] === 'string' && Array.isArray(value['steps']) && 'counts' in value;
}

function resultOf(report: RunInspection, { pass, what }: Verdict): MatcherResult {
  return { pass, message: () => `expected the run ${pass ? 'not to' : 'to'} ${what}\n\n${formatReport(report)}` };
}

/** The job's error first, then those of the steps. */
function errorsOf({ error, failures }: RunInspection): unknown[] {
  return [...(error === undefined ? [] : [error]), ...failures.map((step) => step.error)];
}

function isExpected(error: unknown, expected: ExpectedError): boolean {
  if (typeof expected === 'function') return error instanceof expected;
  if (typeof expected === 'string' && isOnwardError(error) && error.code === expected) return true;
  const text = error instanceof Error ? error.message : describeThrown(error);
  return typeof expected === 'string' ? text.includes(expected) : expected.test(text);
}

function shown(expected: ExpectedError): string {
  if (typeof expected === 'function') return expected.name;
  return typeof expected === 'string' ? quoted(expected) : String(expected);
}
