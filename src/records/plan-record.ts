// The plan of a run and its mailboxes as records: an entry is one until its turn, then its progress is one until it is
// over.

import { nodeNamed } from '../graph/compile.ts';
import type { Json } from '../values/json.ts';
import { PlanState, EntryProgress, type EntryEnd } from '../run/plan-state.ts';
import { Mailbox, type Run } from '../run/state.ts';
import type { Entry, PlanFlow, Signed, EntryRef } from '../run/plan.ts';
import type { Ref } from '../run/step-data.ts';
import { kindOf, readRecord, RECORDS } from './keys.ts';

/** What of a plan changes. */
export interface PlanRecord {
  readonly count: number;
  readonly waiting: number;
  readonly next: EntryRef | null;
  readonly open: number;
  readonly closed: boolean;
  readonly failures: number;
  readonly jobs: readonly string[];
}

interface ProgressRecord {
  readonly next: EntryRef | null;
  readonly live: number;
  readonly failed: boolean;
  readonly laneFailed: boolean;
  readonly over: boolean;
  readonly end: EntryEnd | null;
}

interface MailboxRecord {
  readonly sent: number;
  readonly taken: number;
}

export function hydratePlan(flow: PlanFlow, record: PlanRecord | undefined): PlanState {
  const plan = new PlanState(flow);
  if (record === undefined) return plan;
  const { count, waiting, next, open, closed, failures, jobs } = record;
  Object.assign(plan, { count, waiting, next, open, isClosed: closed, failures });
  for (const job of jobs) plan.jobs.add(job);
  return plan;
}

export function dehydratePlan({ count, waiting, next, open, isClosed, failures, jobs }: PlanState): PlanRecord {
  return { count, waiting, next, open, closed: isClosed, failures, jobs: [...jobs] };
}

/** Puts a record of the plan or of a mailbox into the run. */
export function hydratePart(run: Run, key: string, json: Json): void {
  switch (kindOf(key)) {
    case RECORDS.entry:
      return hydrateEntry(run.plan, RECORDS.entry.parse(key)[0], json);
    case RECORDS.progress:
      return hydrateProgress(run, RECORDS.progress.parse(key)[0], readRecord(json));
    case RECORDS.mailbox:
      return hydrateMailbox(run, RECORDS.mailbox.parse(key)[0], readRecord(json));
    case RECORDS.signal:
      (run.ensureExtras().signals ??= new Map()).set(...takenOf(key, json));
      return;
    default:
  }
}

/** A message that was taken: its id and its fingerprint. */
function takenOf(key: string, json: Json): [id: string, fingerprint: string | undefined] {
  return [RECORDS.signal.parse(key)[0], typeof json === 'string' ? json : undefined];
}

/** A message that nobody has taken; its mailbox has to be there already. */
export function hydrateIncoming(run: Run, key: string, json: Json): void {
  const [number, node] = RECORDS.incoming.parse(key);
  const record = readRecord<{ readonly message: Ref }>(json);
  run.mailboxes?.get(nodeNamed(run.graph, node).index)?.kept.set(number, record?.message ?? undefined);
}

function hydrateEntry(plan: PlanState | null, name: string | number, json: Json): void {
  if (plan === null) return;
  if (name === 'onSuccess' || name === 'onFailure') plan[name] = readRecord<Signed>(json);
  else {
    const entry = readRecord<Entry>(json);
    if (entry !== undefined) plan.entries.set(Number(name), entry);
  }
}

function hydrateProgress(run: Run, entry: number, record: ProgressRecord | undefined): void {
  if (record === undefined) return;
  const { next, live, failed, laneFailed, over, end } = record;
  const progress = new EntryProgress(run, entry, next);
  Object.assign(progress, { live, hasFailed: failed, isLaneFailed: laneFailed, isOver: over, end });
  run.plan?.inProgress.set(entry, progress);
}

function hydrateMailbox(run: Run, node: string, record: MailboxRecord | undefined): void {
  if (record === undefined) return;
  const boxes = (run.ensureExtras().mailboxes ??= new Map());
  boxes.set(nodeNamed(run.graph, node).index, new Mailbox(record.sent, record.taken));
}

/** The records of the plan and the mailboxes, as far as they are loaded or new. */
export function* partsOf(run: Run): Generator<readonly [key: string, record: object | string | true]> {
  const { plan, graph } = run;
  if (plan !== null) yield* recordsOf(plan);
  for (const [index, { sent, taken, kept }] of run.mailboxes ?? []) {
    const name = graph.nodes[index]?.name ?? '';
    if (sent > 0) yield [RECORDS.mailbox.key(name), { sent, taken }];
    for (const [number, message] of kept) yield [RECORDS.incoming.key(number, name), { message }];
  }
  for (const [id, fingerprint] of run.signals ?? []) yield [RECORDS.signal.key(id), fingerprint ?? true];
}

function* recordsOf({ entries, inProgress, onSuccess, onFailure }: PlanState): Generator<readonly [string, object]> {
  for (const [number, entry] of entries) yield [RECORDS.entry.key(number), entry];
  if (onSuccess !== undefined) yield [RECORDS.entry.key('onSuccess'), onSuccess];
  if (onFailure !== undefined) yield [RECORDS.entry.key('onFailure'), onFailure];
  for (const [entry, { next, live, hasFailed, isLaneFailed, isOver, end }] of inProgress) {
    const failed = { failed: hasFailed, laneFailed: isLaneFailed };
    yield [RECORDS.progress.key(entry), { next, live, ...failed, over: isOver, end }];
  }
}
