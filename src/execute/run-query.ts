// Which runs are asked for, and what is said of each: the same for engines, for the record of runs and for tools.
//
// RUN-QUERY-1. Pages are in order of creation, the newest first; a cursor stands for the last run of a page. Runs that
//     start later do not move what is left.
// RUN-QUERY-2. Reading never waits for a run.

import { fitsGlob } from '../graph/glob.ts';
import { durationMs, type Duration } from '../graph/duration.ts';
import type { FinalStatus, RunStatus, StepCode } from '../run/status.ts';
import type { RunSnapshot, StepView } from '../run/view.ts';
import { thrownOf } from './errors.ts';
import { readRunCode } from './report.ts';
import { describeThrown } from '../values/describe.ts';

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
}

/** What is known of a run that is asked about. */
export interface QueriedDetail {
  readonly row: RunRow;
  /** The nodes of its steps, and what those that failed failed with, as far as they are kept. */
  readonly nodes: readonly string[];
  readonly errors: readonly unknown[];
}

const LIMIT = 100;

/**
 * One page of runs that are all in memory.
 *
 * @param look asked of runs only whose id and age fit.
 */
export function pageOf<Run extends QueriedRun>(
  runs: Iterable<Run>,
  query: RunQuery,
  now: number,
  look: (run: Run) => QueriedDetail,
): RunPage {
  const { id, limit = LIMIT, cursor } = query;
  const newest = [...runs]
    .filter((run) => id === undefined || fitsGlob(run.id, id))
    .filter((run) => isOfAge(run.createdAt, query, now))
    .toSorted(newestFirst);
  const from = cursor === undefined ? newest : newest.filter((run) => isBehind(run, cursor));
  const rows: RunRow[] = [];
  for (const [at, run] of from.entries()) {
    const detail = look(run);
    if (fitsQuery(detail, query)) rows.push(detail.row);
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
export function fitsQuery({ row, nodes, errors }: QueriedDetail, { status, job, node, tag, text }: RunQuery): boolean {
  if (status !== undefined && !(typeof status === 'string' ? [status] : status).includes(row.status)) return false;
  if (job !== undefined && !fitsGlob(row.job, job)) return false;
  if (tag !== undefined && !row.tags.includes(tag)) return false;
  if (node !== undefined && !nodes.some((name) => fitsGlob(name, node))) return false;
  if (text === undefined) return true;
  const messages = errors.map((error) => (error instanceof Error ? error.message : describeThrown(error)));
  return [row.id, row.job, ...row.tags, ...messages].some((part) => part.includes(text));
}

/** What is known of a run of an engine. */
export function detailOf(run: RunSnapshot): QueriedDetail {
  const errors = run.steps.filter(isFailed).map(({ value }) => thrownOf(value));
  return { row: rowOf(run, errors), nodes: run.steps.map(({ node }) => node), errors };
}

function rowOf(run: RunSnapshot, errors: readonly unknown[]): RunRow {
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
    ...(errors.length > 0 && { error: errors[0] }),
    waitsFor: run.steps
      .filter(({ listens }) => listens)
      .map(({ node, key, messageWait }) => ({ node, key, since: messageWait?.at ?? 0 })),
  };
}

function isFailed({ status }: StepView): boolean {
  return status === 'failed';
}
