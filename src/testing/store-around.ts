// A store with something around each of its calls: for stores that are slow, or that die.

import type { SavedTexts } from '../engines/saved-texts.ts';
import type { MaybePromise, Store } from '../engines/store/store.ts';

/** Answers a call: at once, later, or never. */
export type Around = <T>(call: () => MaybePromise<T>) => MaybePromise<T>;

export class StoreAround implements Store {
  readonly name: string;
  readonly isDurable: boolean;
  readonly saved: SavedTexts;
  protected readonly around: Around;
  readonly #inner: Store;

  constructor(inner: Store, around: Around) {
    this.#inner = inner;
    this.around = around;
    this.name = inner.name;
    this.isDurable = inner.isDurable;
    this.saved = {
      get: (key) => around(() => inner.saved.get(key)),
      keys: () => around(() => inner.saved.keys()),
      set: (key, text) => around(() => inner.saved.set(key, text)),
    };
  }

  open = (): MaybePromise<void> => this.around(() => this.#inner.open());
  close = (): MaybePromise<void> => this.around(() => this.#inner.close());
  find: Store['find'] = (runId) => this.around(() => this.#inner.find(runId));
  load: Store['load'] = (runId, keys) => this.around(() => this.#inner.load(runId, keys));
  commit: Store['commit'] = (changes) => this.around(() => this.#inner.commit(changes));
  payloads: Store['payloads'] = (runId, names) => this.around(() => this.#inner.payloads(runId, names));
  page: Store['page'] = (runId, query) => this.around(() => this.#inner.page(runId, query));
  payloadNames: Store['payloadNames'] = (runId, after) => this.around(() => this.#inner.payloadNames(runId, after));
  runs: Store['runs'] = (query) => this.around(() => this.#inner.runs(query));
  countOpen: Store['countOpen'] = () => this.around(() => this.#inner.countOpen());
  due: Store['due'] = (until, limit) => this.around(() => this.#inner.due(until, limit));
  remove: Store['remove'] = (runIds) => this.around(() => this.#inner.remove(runIds));
}
