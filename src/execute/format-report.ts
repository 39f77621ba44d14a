// A report for people: the run in one line, then its steps as a tree of who caused or called whom.
//
// FORMAT-REPORT-1. What comes from users (ids, node names, texts of errors) is printable: no control characters, one
//     line each.
// FORMAT-REPORT-2. At most `most` steps are listed; what is left out is counted.

import { describeThrown, printable } from '../values/describe.ts';
import type { RunInspection, StepReport } from '../wiring/run-report.ts';

/** How a report is printed. */
export interface FormatOptions {
  /** Columns; longer lines are cut with `…`. @default no limit */
  readonly width?: number;
  /** With the colours of a terminal. @default false */
  readonly colour?: boolean;
  /** Steps that are listed; the others are counted. @default 200 */
  readonly most?: number;
}

const MOST = 200;
/** Columns of indentation; what is nested deeper stands as deep. */
const DEEPEST = 30;
/** Columns of the names, so that durations stand below each other. */
const NAMES = 44;
const SIGNS = { completed: '✓', failed: '✗', skipped: '⤼', cancelled: '⊘', pending: '…', running: '▸', suspended: '‖' };
const HELD = { pause: 'waits: its node is paused', rateLimit: 'waits for the rate limit of its node' };
const COLOURS = { completed: 32, failed: 31, skipped: 90, cancelled: 33, pending: 33, running: 34, suspended: 33 };

/**
 * A report as text: a line for the run and one for each step, below the step that caused it, with attempts, errors and
 * durations. What has failed behind a step and is none itself, such as the `when` of an edge, stands below.
 */
export function formatReport(report: RunInspection, options: FormatOptions = {}): string {
  const { width = Number.POSITIVE_INFINITY, colour = false, most = MOST } = options;
  const lines = [headLine(report), ...treeLines(report, most), ...faultLines(report, most)];
  return lines.map(({ status, sign, text }) => paint(cut(text, width), sign, status, colour)).join('\n');
}

type Status = keyof typeof SIGNS;

interface Line {
  readonly status: Status;
  /** Where the sign of the status stands, to be coloured. */
  readonly sign: string;
  readonly text: string;
}

function headLine(report: RunInspection): Line {
  const { job, runId, status, counts, startedAt, endedAt, cancelReason, stoppedBy } = report;
  const took = endedAt > 0 ? ` in ${formatMs(endedAt - startedAt)}` : '';
  const why = cancelReason === undefined ? '' : ` (${printable(cancelReason)})`;
  const steps = Object.entries(counts).filter(([, count]) => count > 0);
  const counted = steps.map(([kind, count]) => `${count} ${kind}`).join(' · ');
  const sign = SIGNS[status];
  const stops = stoppedBy === undefined ? '' : stoppedBy === 'cancel' ? ', being cancelled' : ', past its deadline';
  const text = `${sign} ${printable(job)}  ${printable(runId)}  ${status}${stops}${took}${why}${counted === '' ? '' : `  ${counted}`}`;
  return { status, sign, text };
}

/** A step to be listed, with what stands in front of it. */
interface Branch {
  readonly step: StepReport;
  readonly indent: string;
  readonly isLast: boolean;
}

/** From top to bottom, by a stack of its own: a loop of many rounds is as deep as it is long. */
function treeLines({ steps, counts }: RunInspection, most: number): Line[] {
  const below = grouped(steps);
  const branches = (id: number, indent: string): Branch[] => {
    const found = below.get(id) ?? [];
    return found.map((step, at) => ({ step, indent, isLast: at === found.length - 1 })).toReversed();
  };
  const lines: Line[] = [];
  const nodes = new Map(steps.map(({ id, node }) => [id, node]));
  const stack = branches(0, ' ');
  for (let branch = stack.pop(); branch !== undefined && lines.length < most; branch = stack.pop()) {
    const { step, indent, isLast } = branch;
    lines.push(stepLine(step, `${indent}${isLast ? '└─' : '├─'} `, nodes.get(step.recoveredBy ?? 0)));
    const inside = indent.length < DEEPEST ? `${indent}${isLast ? '   ' : '│  '}` : indent;
    stack.push(...branches(step.id, inside));
  }
  // Some may be over and not kept.
  const over = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const left = Math.max(steps.length, over) - lines.length;
  if (left <= 0) return lines;
  return [...lines, { status: 'completed', sign: '', text: ` … and ${left} more ${left === 1 ? 'step' : 'steps'}` }];
}

/** What failed behind a step, and is none itself. */
function faultLines({ steps, callbackFailures }: RunInspection, most: number): Line[] {
  const known = new Map(steps.map((step) => [step.id, step]));
  const faults = callbackFailures.filter(({ step, edge }) => !isEndOf(known.get(step), edge));
  const lines = faults.slice(0, most).map(({ edge, node, error }): Line => {
    const of = edge === null ? '' : `the edge ${printable(edge)} behind `;
    const text = ` ${SIGNS.failed} ${of}${printable(node)} failed: ${describeThrown(error)}`;
    return { status: 'failed', sign: SIGNS.failed, text };
  });
  const left = faults.length - lines.length;
  return left === 0 ? lines : [...lines, { status: 'failed', sign: '', text: ` … and ${left} more` }];
}

/** The failure is that of the step itself. */
function isEndOf(step: StepReport | undefined, edge: string | null): boolean {
  return step?.status === 'failed' && (step.cause?.edge ?? null) === edge;
}

function grouped(steps: readonly StepReport[]): ReadonlyMap<number, readonly StepReport[]> {
  const known = new Set(steps.map(({ id }) => id));
  const groups = new Map<number, StepReport[]>();
  for (const step of steps) {
    const id = above(step, known);
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [step]);
    else group.push(step);
  }
  return groups;
}

/** The step it is listed below: its parent, or what caused it, if that is listed at all. */
function above({ parent, cause }: StepReport, known: ReadonlySet<number>): number {
  const id = parent ?? cause?.step ?? 0;
  return known.has(id) ? id : 0;
}

function stepLine(step: StepReport, indent: string, recoveredBy: string | undefined): Line {
  const { status, startedAt, endedAt } = step;
  const sign = SIGNS[status];
  const name = `${indent}${sign} ${stepName(step)}`;
  const took = endedAt > 0 ? formatMs(endedAt - startedAt) : status;
  const notes = notesOf(step, recoveredBy).join(', ');
  return { status, sign, text: `${name.padEnd(NAMES)} ${took.padStart(8)}${notes === '' ? '' : `  ${notes}`}` };
}

/** Its node, and of an item of an array which one. */
export function stepName({ node, item }: { readonly node: string; readonly item?: number | undefined }): string {
  return `${printable(node)}${item === undefined ? '' : `[${item}]`}`;
}

function notesOf(step: StepReport, recoveredBy: string | undefined): string[] {
  const { attempts, error, missing, waitsFor, heldBy } = step;
  const failed = attempts.findLast((attempt) => attempt.error !== undefined);
  const cause = error ?? failed?.error;
  return [
    ...(attempts.length > 1 ? [`${attempts.length} attempts`] : []),
    ...(cause === undefined ? [] : [describeThrown(cause)]),
    ...(missing === undefined ? [] : [`misses ${missing.map(printable).join(' and ')}`]),
    ...(waitsFor === undefined ? [] : [`waits for a message to ${printable(waitsFor)}`]),
    ...(heldBy === undefined ? [] : [HELD[heldBy]]),
    ...whyOf(step, recoveredBy),
  ];
}

/** What its status and its error do not say. */
function whyOf({ status, code }: StepReport, recoveredBy: string | undefined): string[] {
  if (recoveredBy !== undefined) return [`recovered by ${printable(recoveredBy)}`];
  return status !== 'failed' && code >= 100 && code !== 200 ? [`code ${code}`] : [];
}

/** The sign of a status, in its colour. */
export function signed(status: keyof typeof SIGNS, colour: boolean): string {
  return paint(SIGNS[status], SIGNS[status], status, colour);
}

/** `12 ms`, `3.4 s`, `2 min 5 s`, `3 h 20 min`. */
export function formatMs(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ${Math.floor((ms % 60_000) / 1_000)} s`;
  return `${Math.floor(ms / 3_600_000)} h ${Math.floor((ms % 3_600_000) / 60_000)} min`;
}

/** Cuts a line to so many columns. */
export function cut(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}

function paint(text: string, sign: string, status: Status, colour: boolean): string {
  if (!colour || sign === '') return text;
  return text.replace(sign, `\u001B[${COLOURS[status]}m${sign}\u001B[39m`);
}
