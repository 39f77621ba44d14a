// The runs of a store, for readers without the application: tools, pages, the command line.
//
// STORED-HISTORY-1. Nodes and edges are known by the names in the records; instances of classes are shown as their data.
// STORED-HISTORY-2. It answers as `runtime.runs` and `run.inspect` do, by the same queries.

import { compileGraph } from '../../../graph/compile.ts';
import type { CompiledGraph, EdgeDescription, JoinDescription } from '../../../graph/graph.ts';
import { MOMENTS } from '../../../graph/moments.ts';
import { inspectionOf } from '../../../execute/report.ts';
import type { RunPage, RunQuery } from '../../../execute/run-query.ts';
import { Observers } from '../../../observe/observers.ts';
import { systemClock } from '../../../execute/clock.ts';
import { isOnwardError, OnwardError } from '../../../errors/onward-error.ts';
import { readRecord, RECORDS, RUN_KEY, SETTINGS_KEY } from '../../../records/keys.ts';
import { readRunRecord, type SettingsRecord } from '../../../records/records.ts';
import type { Json } from '../../../values/json.ts';
import { isObject } from '../../../values/option-rules.ts';
import { assertQuery } from '../../../values/query-rules.ts';
import type { RunInspection } from '../../../wiring/run-report.ts';
import { Classes } from '../../../values/classes.ts';
import type { Event } from '../../../run/event.ts';
import { EncryptedStore, type Encryption } from '../encrypted-store.ts';
import { RecentPayloads } from './recent-payloads.ts';
import { pageOfRuns } from './run-pages.ts';
import { StoreRun } from './store-run.ts';
import type { Store, StoredRun, StoredTimer } from '../store.ts';

/** A key that opens nothing: texts that are not encrypted need none. */
const NO_KEYS: Encryption = { current: '', keys: {} };

const NO_CLASSES = new Classes({
  named: () => ({}),
  rebuilt: () => [],
  nested: () => [],
  onUnknown: () => undefined,
});

export class StoredHistory {
  /** The store with the keys that there are. */
  readonly store: EncryptedStore;
  readonly #hasKeys: boolean;

  constructor(store: Store, encryption: Encryption = NO_KEYS) {
    this.store = new EncryptedStore(store, encryption);
    this.#hasKeys = encryption !== NO_KEYS;
  }

  /**
   * @throws {OnwardError} ONW3004 with everything that is wrong with the query; ONW4008 if runs are encrypted, and no key is
   *   given at all.
   */
  async runs(query: RunQuery = {}): Promise<RunPage> {
    assertQuery(query);
    const page = await pageOfRuns(this.store, query, Date.now(), (stored) => this.#found(stored));
    const locked = this.#hasKeys ? undefined : page.runs.find(({ error }) => isOnwardError(error, 'ONW4008'));
    if (locked !== undefined) throw locked.error;
    return page;
  }

  async run(id: string): Promise<RunInspection | undefined> {
    const stored = await this.store.find(id);
    return stored === undefined ? undefined : inspectionOf(await (await this.#found(stored)).read());
  }

  /**
   * When steps come due that wait for a time: a delay, or another attempt. By the number of the step.
   *
   * @param timers those of one run, of the store beneath.
   */
  dueTimes(timers: readonly StoredTimer[]): ReadonlyMap<number, number> {
    const times = new Map<number, number>();
    for (const timer of timers) {
      const due: Event = JSON.parse(this.store.openedTimer(timer).event);
      if (due.type === 'due') times.set(due.at.step, timer.at);
    }
    return times;
  }

  /** The hash of the graph with which a run goes on, and whether another one would change the run (`onGraphChange`). */
  async graphOf(id: string): Promise<{ readonly hash: string | undefined; readonly isBound: boolean }> {
    const { records } = await this.store.load(id, [SETTINGS_KEY, RUN_KEY]);
    const of = (key: string): Json => JSON.parse(records.get(key) ?? 'null');
    const settings = readRecord<SettingsRecord>(of(SETTINGS_KEY));
    const met = readRunRecord(of(RUN_KEY))?.graphMet;
    return { hash: met?.hash ?? settings?.graph, isBound: settings?.onGraphChange !== undefined };
  }

  async #found(stored: StoredRun): Promise<StoreRun> {
    const graph = await namedGraphOf(this.store, stored.runId);
    const observers = new Observers({ clock: systemClock(), report: () => undefined });
    const refuse = async (): Promise<never> => {
      throw new OnwardError('ONW6070', 'a run that is only read was told to change');
    };
    const recent = new RecentPayloads();
    return StoreRun.found(stored, {
      graph,
      store: this.store,
      recent,
      keeping: () => ({ classes: NO_CLASSES, maxBytes: Number.POSITIVE_INFINITY }),
      observers,
      signal: refuse,
      find: () => undefined,
      hold: () => undefined,
      whyLeft: () => undefined,
    });
  }
}

// ── STORED-HISTORY-1 ──

/** The nodes and edges that the live records of a run name. */
async function namedGraphOf(store: EncryptedStore, runId: string): Promise<CompiledGraph> {
  const names = new Set<string>();
  const ids = new Set<string>();
  for (let after: string | undefined; ;) {
    const page = await store.page(runId, { area: 'live', ...(after !== undefined && { after }) });
    for (const [key, text] of page.records) {
      if (!NAMING.some((letter) => key.startsWith(`${letter}/`))) continue;
      const record: unknown = JSON.parse(text);
      if (!isObject(record)) continue;
      for (const id of [record['via'], record['edge']]) if (typeof id === 'string') ids.add(id);
      if (typeof record['node'] === 'string') names.add(record['node']);
    }
    after = page.next;
    if (after === undefined) break;
  }
  const found = [...ids].flatMap(edgesOf);
  for (const { from, to } of found) for (const name of [from, to]) if (name !== '*') names.add(name);
  const edges = found.filter((edge): edge is EdgeDescription => 'moment' in edge);
  const joins = found.filter((edge): edge is JoinDescription & { readonly from: '*' } => 'mode' in edge);
  return compileGraph({ nodes: [...names].map((name) => ({ name })), edges, joins });
}

/** Kinds of records that name nodes and edges. */
const NAMING = [RECORDS.step.letter, RECORDS.group.letter];

/** `A.x>success>B.y#2` is the second of its kind, which there is with a first. */
function edgesOf(id: string): readonly (EdgeDescription | (JoinDescription & { readonly from: '*' }))[] {
  const {
    from,
    moment = '',
    to = '',
    count,
  } = /^(?:(?<from>.+?)>)?(?<moment>\w+)>(?<to>.+?)(?:#(?<count>\d+))?$/s.exec(id)?.groups ?? {};
  if (moment === 'join') return [{ id, from: '*', to, mode: 'all', onMissing: 'skip' }];
  if (from === undefined || !isMoment(moment)) return [];
  return Array.from({ length: Number(count ?? 1) }, () => ({ from, to, moment }));
}

function isMoment(name: string): name is EdgeDescription['moment'] {
  return Object.hasOwn(MOMENTS, name);
}
