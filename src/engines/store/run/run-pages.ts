// The runs that are asked for, out of a store: what its list says is looked at first, and only the rest is read.

import { fitsGlob } from '../../../graph/glob.ts';
import { durationMs } from '../../../graph/duration.ts';
import { fitsQuery, type QueriedDetail, type RunPage, type RunQuery, type RunRow } from '../../../execute/run-query.ts';
import { StepCode } from '../../../run/status.ts';
import { damageOf } from './damage.ts';
import type { StoreRun } from './store-run.ts';
import type { MaybePromise, Store, StoredRun, StoredRunQuery } from '../store.ts';

const LIMIT = 100;
/** Runs that are looked at together. */
const LOOKED_AT = 100;

/** @param look the run that stands in the store; it is read, and not taken up. */
export async function pageOfRuns(
  store: Store,
  query: RunQuery,
  now: number,
  look: (stored: StoredRun) => MaybePromise<StoreRun>,
): Promise<RunPage> {
  const { limit = LIMIT } = query;
  const runs: RunRow[] = [];
  const last = query.cursor === undefined ? undefined : runOfCursor(query.cursor);
  const found = last === undefined ? undefined : await store.find(last.id);
  // A run that was removed meanwhile has left its time.
  const gone = last === undefined || found !== undefined ? {} : { createdBefore: last.createdAt };
  let after = found?.cursor;
  for (;;) {
    const listed = await store.runs({
      ...conditionsOf(query, now),
      ...gone,
      limit: LOOKED_AT,
      ...(after !== undefined && { after }),
    });
    for (const [at, stored] of listed.entries()) {
      after = stored.cursor;
      if (!mayFit(stored, query)) continue;
      const detail = await detailIn(stored, look, query.node !== undefined);
      if (fitsQuery(detail, query)) runs.push(detail.row);
      const isLast = at === listed.length - 1 && listed.length < LOOKED_AT;
      if (runs.length === limit && !isLast) return { runs, cursor: `${stored.createdAt}~${stored.runId}` };
    }
    if (listed.length < LOOKED_AT) return { runs };
  }
}

/** A run that cannot be read is listed with what the list says, and why. */
async function detailIn(
  stored: StoredRun,
  look: (stored: StoredRun) => MaybePromise<StoreRun>,
  withNodes: boolean,
): Promise<QueriedDetail> {
  try {
    const run = await look(stored);
    return await run.detail(withNodes);
  } catch (fault) {
    const error = damageOf(fault);
    if (error === undefined) throw fault;
    const { runId: id, job, status, tags, createdAt: startedAt, endedAt } = stored;
    const counts = { completed: 0, failed: 0, skipped: 0, cancelled: 0 };
    const row = {
      ...{ id, job, status, tags, startedAt, endedAt, counts, error },
      code: StepCode.NONE,
      live: 0,
      waitsFor: [],
    };
    return { row, nodes: [], errors: [error] };
  }
}

function runOfCursor(cursor: string): { readonly createdAt: number; readonly id: string } {
  const end = cursor.indexOf('~');
  return { createdAt: Number(cursor.slice(0, end)), id: cursor.slice(end + 1) };
}

function conditionsOf({ status, olderThan, newerThan }: RunQuery, now: number): Omit<StoredRunQuery, 'limit'> {
  return {
    ...(status !== undefined && { status: typeof status === 'string' ? [status] : status }),
    ...(olderThan !== undefined && { createdBefore: now - (durationMs(olderThan) ?? 0) }),
    ...(newerThan !== undefined && { createdFrom: now - (durationMs(newerThan) ?? 0) }),
  };
}

function mayFit({ runId, job, tags }: StoredRun, { id, job: ofJob, tag }: RunQuery): boolean {
  if (id !== undefined && !fitsGlob(runId, id)) return false;
  if (ofJob !== undefined && !fitsGlob(job, ofJob)) return false;
  return tag === undefined || tags.includes(tag);
}

/** Whether a run is one of those that a store is asked for: for stores that look at each. */
export function fitsStored(
  { isOpen, status, waitsIn, createdAt, endedAt }: StoredRun,
  query: Omit<StoredRunQuery, 'order' | 'after' | 'limit' | 'withLive'>,
): boolean {
  if (query.isOpen !== undefined && query.isOpen !== isOpen) return false;
  if (query.exceptWaitingIn !== undefined && query.exceptWaitingIn === waitsIn) return false;
  if (query.status !== undefined && !query.status.includes(status)) return false;
  if (query.createdBefore !== undefined && createdAt >= query.createdBefore) return false;
  if (query.createdFrom !== undefined && createdAt < query.createdFrom) return false;
  return query.endedBefore === undefined || (!isOpen && endedAt < query.endedBefore);
}
