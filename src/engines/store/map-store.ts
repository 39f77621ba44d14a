// A store of maps: as serialised as any other, and gone with its process.

import { savedInMemory } from '../saved-texts.ts';
import { areaOf } from '../../records/keys.ts';
import { fitsStored } from './run/run-pages.ts';
import type {
  Committed,
  DueTimers,
  LoadedRecords,
  PageQuery,
  RecordPage,
  RunChange,
  Store,
  StoredRun,
  StoredRunQuery,
  StoredTimer,
} from './store.ts';

interface Kept {
  stored: StoredRun;
  readonly records: Map<string, string>;
  readonly payloads: Map<string, string>;
  readonly timers: Map<string, StoredTimer>;
}

const PAGE = 1_000;

export class MapStore implements Store {
  readonly name = 'map';
  readonly isDurable: boolean = false;
  readonly saved = savedInMemory();
  /** In order of creation. */
  readonly #runs = new Map<string, Kept>();
  /** Runs that have timers. */
  readonly #timed = new Set<Kept>();
  #created = 0;
  #open = 0;

  open(): void {}

  close(): void {}

  find(runId: string): StoredRun | undefined {
    return this.#runs.get(runId)?.stored;
  }

  load(runId: string, keys: readonly string[]): LoadedRecords {
    const run = this.#runs.get(runId);
    const records = new Map<string, string>();
    for (const key of keys) {
      const text = run?.records.get(key);
      if (text !== undefined) records.set(key, text);
    }
    return { version: run?.stored.version ?? 0, records };
  }

  commit(changes: readonly RunChange[]): readonly Committed[] {
    return changes.map((change) => this.#write(change));
  }

  #write({ runId, expected, summary, writes, payloads, timers }: RunChange): Committed {
    const known = this.#runs.get(runId);
    if ((known?.stored.version ?? 0) !== expected) return 'conflict';
    const cursor = known?.stored.cursor ?? String(++this.#created);
    this.#open += Number(summary.isOpen) - Number(known?.stored.isOpen ?? false);
    const stored = { ...summary, runId, version: expected + 1, cursor };
    const run = known ?? { stored, records: new Map(), payloads: new Map(), timers: new Map() };
    run.stored = stored;
    this.#runs.set(runId, run);
    setAll(run.records, writes);
    setAll(run.payloads, payloads);
    for (const { key, at, event } of timers) {
      if (at === null) run.timers.delete(key);
      else run.timers.set(key, { runId, key, at, event });
    }
    if (!summary.isOpen) run.timers.clear();
    if (run.timers.size > 0) this.#timed.add(run);
    else this.#timed.delete(run);
    return 'written';
  }

  payloads(runId: string, names: readonly string[]): readonly (string | undefined)[] {
    const run = this.#runs.get(runId);
    return names.map((name) => run?.payloads.get(name));
  }

  page(runId: string, { area, prefix = '', after, limit = PAGE }: PageQuery): RecordPage {
    const run = this.#runs.get(runId);
    const keys = [...(run?.records.keys() ?? [])].filter((key) => areaOf(key) === area && key.startsWith(prefix));
    const [page, next] = pageOf(keys, after, limit);
    const records = page.map((key) => [key, run?.records.get(key) ?? ''] as const);
    return { version: run?.stored.version ?? 0, records, ...(next !== undefined && { next }) };
  }

  payloadNames(runId: string, after?: string): { readonly names: readonly string[]; readonly next?: string } {
    const [names, next] = pageOf([...(this.#runs.get(runId)?.payloads.keys() ?? [])], after, PAGE);
    return { names, ...(next !== undefined && { next }) };
  }

  runs({ order = 'newest', after, limit, ...query }: StoredRunQuery): readonly StoredRun[] {
    const all = [...this.#runs.values()].map(({ stored }) => stored);
    if (order === 'newest') all.reverse();
    const isBehind = ({ cursor }: StoredRun): boolean =>
      after === undefined || (order === 'newest' ? Number(cursor) < Number(after) : Number(cursor) > Number(after));
    return all.filter((run) => isBehind(run) && fitsStored(run, query)).slice(0, limit);
  }

  countOpen(): number {
    return this.#open;
  }

  due(until: number, limit: number): DueTimers {
    const all = [...this.#timed].flatMap(({ timers }) => [...timers.values()]);
    const ordered = all.toSorted((one, other) => one.at - other.at);
    const timers = ordered.filter(({ at }) => at <= until).slice(0, limit);
    return { timers, next: ordered[timers.length]?.at };
  }

  remove(runIds: readonly string[]): number {
    const over = runIds.filter((runId) => this.#runs.get(runId)?.stored.isOpen === false);
    return over.filter((runId) => this.#runs.delete(runId)).length;
  }
}

function setAll(texts: Map<string, string>, changes: readonly (readonly [string, string | null])[]): void {
  for (const [name, text] of changes) {
    if (text === null) texts.delete(name);
    else texts.set(name, text);
  }
}

function pageOf(keys: string[], after: string | undefined, limit: number): [page: string[], next: string | undefined] {
  const left = after === undefined ? keys.toSorted() : keys.filter((key) => key > after).toSorted();
  const page = left.slice(0, limit);
  return [page, left.length > page.length ? page.at(-1) : undefined];
}
