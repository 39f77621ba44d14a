// Which runs are asked for, and what is said of each: the same for engines, for the record of runs and for tools.
//
// RUN-QUERY-1. Pages are in order of creation, the newest first; a cursor stands for the last run of a page. Runs that
//     start later do not move what is left.
// RUN-QUERY-2. Reading never waits for a run.

import { fitsGlob } from '../graph/glob.ts';
import { durationMs, type Duration } from '../graph/duration.ts';
import type { FinalStatus, RunStatus, StepCode } from '../run/status.ts';
import type { RunSnapshot, StepView } from '../run/view.ts';
import { thrownOf } from '../execute/errors.ts';
import { readRunCode } from '../execute/report.ts';

/** Which runs; every condition has to hold. */
export interface RunQuery {
  readonly status?: RunStatus | readonly RunStatus[];
  /** By name or pattern: `Billing.*`. */
  readonly job?: string;
  /** Runs that have a step of this node, as far as it is kept; by name or pattern. */
  readonly node?: string;
  /** Runs that hold this tag. */
  readonly tag?: string;
  /** By id or pattern: `order-*`. */
  readonly id?: string;
  /** Part of the id, the job, a tag, or the message of an error. */
  readonly text?: string;
  /** Created longer ago than this; a number is milliseconds. */
  readonly olderThan?: Duration;
  /** Created no longer ago than this. */
  readonly newerThan?: Duration;
  /** Runs of a page. @default 100 */
  readonly limit?: number;
  /** Where the page before ended. */
  readonly cursor?: string;
}

/** One run of a page. */
export interface RunRow {
  readonly id: string;
  readonly job: string;
  readonly status: RunStatus;
  readonly code: StepCode;
  readonly tags: readonly string[];
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** 0 while it is on. */
  readonly endedAt: number;
  /** How many steps ended how. */
  readonly counts: Readonly<Record<FinalStatus, number>>;
  /** Steps that are not over. */
  readonly live: number;
  /** The error of the first step that failed, as far as it is kept. */
  readonly error?: unknown;
  /** The nodes that wait for a message, and since when. */
  readonly waitsFor: readonly { readonly node: string; readonly key: string; readonly since: number }[];
}

export interface RunPage {
  readonly runs: readonly RunRow[];
  /** Where the next page begins; absent on the last one. */
  readonly cursor?: string;
}

/** A run that can be asked about. */
export interface QueriedRun {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  snapshot(): RunSnapshot;
}

const LIMIT = 100;

/** One page of runs that are all in memory. */
export function pageOf(runs: Iterable<QueriedRun>, query: RunQuery, now: number): RunPage {
  const { id, limit = LIMIT, cursor } = query;
  const newest = [...runs]
    .filter((run) => id === undefined || fitsGlob(run.id, id))
    .filter((run) => isOfAge(run.createdAt, query, now))
    .toSorted(newestFirst);
  const from = cursor === undefined ? newest : newest.filter((run) => isBehind(run, cursor));
  const rows: RunRow[] = [];
  for (const [at, run] of from.entries()) {
    const snapshot = run.snapshot();
    if (fits(snapshot, query)) rows.push(rowOf(snapshot));
    if (rows.length === limit && at < from.length - 1) return { runs: rows, cursor: cursorOf(run) };
  }
  return { runs: rows };
}

function isOfAge(createdAt: number, { olderThan, newerThan }: RunQuery, now: number): boolean {
  const age = now - createdAt;
  if (olderThan !== undefined && age <= (durationMs(olderThan) ?? 0)) return false;
  return newerThan === undefined || age <= (durationMs(newerThan) ?? 0);
}

/** What the order of runs depends on. */
type Placed = Pick<QueriedRun, 'id' | 'createdAt'>;

/** Made-up ids end in a count, so that of two of one moment the longer one is the newer. */
function newestFirst(one: Placed, other: Placed): number {
  if (other.createdAt !== one.createdAt) return other.createdAt - one.createdAt;
  if (other.id === one.id) return 0;
  return other.id.length - one.id.length || (other.id < one.id ? -1 : 1);
}

function cursorOf({ createdAt, id }: QueriedRun): string {
  return `${createdAt}~${id}`;
}

function isBehind(run: QueriedRun, cursor: string): boolean {
  const end = cursor.indexOf('~');
  const last = { createdAt: Number(cursor.slice(0, end)), id: cursor.slice(end + 1) };
  return newestFirst(last, run) < 0;
}

/** Whether a run is asked for, age and id aside. */
export function fits(run: RunSnapshot, { status, job, node, tag, text }: RunQuery): boolean {
  if (status !== undefined && !(typeof status === 'string' ? [status] : status).includes(run.standing)) return false;
  if (job !== undefined && !fitsGlob(run.job, job)) return false;
  if (tag !== undefined && !run.tags.includes(tag)) return false;
  if (node !== undefined && !run.steps.some((step) => fitsGlob(step.node, node))) return false;
  return text === undefined || textsOf(run).some((part) => part.includes(text));
}

function textsOf(run: RunSnapshot): string[] {
  const errors = run.steps.filter(isFailed).map((step) => thrownOf(step.value));
  const messages = errors.map((error) => (error instanceof Error ? error.message : String(error)));
  return [run.runId, run.job, ...run.tags, ...messages];
}

/** What is said of a run. */
export function rowOf(run: RunSnapshot): RunRow {
  const failed = run.steps.find(isFailed);
  return {
    id: run.runId,
    job: run.job,
    status: run.standing,
    code: readRunCode(run),
    tags: run.tags,
    startedAt: run.createdAt,
    endedAt: run.endedAt,
    counts: run.counts,
    live: run.live,
    ...(failed !== undefined && { error: thrownOf(failed.value) }),
    waitsFor: run.steps
      .filter(({ listens }) => listens)
      .map(({ node, key, messageWait }) => ({ node, key, since: messageWait?.at ?? 0 })),
  };
}

function isFailed({ status }: StepView): boolean {
  return status === 'failed';
}
