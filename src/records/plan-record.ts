// The plan of a run and its mailboxes as records: an entry is one until its turn, then one for as long as it is under way.

import { nodeNamed } from '../graph/compile.ts';
import type { Json } from '../values/json.ts';
import { Mailbox, PlanState, EntryProgress, type EntryEnd, type Run } from '../run/state.ts';
import type { Entry, PlanFlow, Signed, EntryRef } from '../run/plan.ts';
import type { Ref } from '../run/step-data.ts';
import { entryRecordKey, incomingRecordKey, mailboxRecordKey, progressRecordKey, signalRecordKey } from './keys.ts';

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
  const name = key.slice(2);
  if (key.startsWith('e/')) hydrateEntry(run.plan, name, json);
  else if (key.startsWith('q/')) hydrateRoot(run, Number(name), read<ProgressRecord>(json));
  else if (key.startsWith('m/')) hydrateMailbox(run, name, read<MailboxRecord>(json));
  else if (key.startsWith('i/')) (run.signals ??= new Set()).add(name);
}

/** The message of a letter; its mailbox has to be there already. */
export function hydrateLetter(run: Run, key: string, json: Json): void {
  const end = key.indexOf('/', 2);
  const box = run.mailboxes?.get(nodeNamed(run.graph, key.slice(end + 1)).index);
  const { message } = read<{ readonly message: Ref }>(json);
  box?.kept.set(Number(key.slice(2, end)), message ?? undefined);
}

function hydrateEntry(plan: PlanState | null, name: string, json: Json): void {
  if (plan === null) return;
  if (name === 'onSuccess' || name === 'onFailure') plan[name] = read<Signed>(json);
  else plan.entries.set(Number(name), read<Entry>(json));
}

function hydrateRoot(run: Run, entry: number, { next, live, failed, over, end }: ProgressRecord): void {
  const progress = new EntryProgress(run, entry, next);
  Object.assign(progress, { live, hasFailed: failed, isOver: over, end });
  run.plan?.inProgress.set(entry, progress);
}

function hydrateMailbox(run: Run, node: string, { sent, taken }: MailboxRecord): void {
  run.mailboxes ??= new Map();
  run.mailboxes.set(nodeNamed(run.graph, node).index, new Mailbox(sent, taken));
}

/** The records of the plan and the mailboxes, as far as they are loaded or new. */
export function* partsOf(run: Run): Generator<readonly [key: string, record: object | true]> {
  const { plan, graph } = run;
  if (plan !== null) yield* recordsOf(plan);
  for (const [index, { sent, taken, kept }] of run.mailboxes ?? []) {
    const name = graph.nodes[index]?.name ?? '';
    if (sent > 0) yield [mailboxRecordKey(name), { sent, taken }];
    for (const [number, message] of kept) yield [incomingRecordKey(name, number), { message }];
  }
  for (const id of run.signals ?? []) yield [signalRecordKey(id), true];
}

function* recordsOf({ entries, inProgress, onSuccess, onFailure }: PlanState): Generator<readonly [string, object]> {
  for (const [number, entry] of entries) yield [entryRecordKey(number), entry];
  if (onSuccess !== undefined) yield [entryRecordKey('onSuccess'), onSuccess];
  if (onFailure !== undefined) yield [entryRecordKey('onFailure'), onFailure];
  for (const [entry, { next, live, hasFailed, isOver, end }] of inProgress) {
    yield [progressRecordKey(entry), { next, live, failed: hasFailed, over: isOver, end }];
  }
}

/** The border to the store: a record that we wrote is of the type that we wrote. */
function read<T>(json: Json): T {
  return json as T;
}
