// What was found is kept, with the files that it was found in: a project that stays open finds again only what a change
// can have made another.
//
// MEMORY-1. A result is used again only if no file that was read for it has changed since.
// MEMORY-2. What is read while a result is made counts for every result that is being made.
// MEMORY-3. A memory that nobody changes keeps no files: a single run pays for none of this.

/** A value with what it was made from. */
export interface Result<V> {
  readonly value: V;
  readonly files: readonly string[];
  /** The latest change that it is known to have outlived. */
  at: number;
}

/** Results by their subject, in a map or a weak map. Where no file changes, only the values. */
export interface Results<K, V> {
  get(key: K): Result<V> | V | undefined;
  has(key: K): boolean;
  set(key: K, result: Result<V> | V): unknown;
}

const NONE: readonly string[] = [];

export class Memory {
  readonly #isTracking: boolean;
  readonly #changedAt = new Map<string, number>();
  #contents: object = {};
  #now = 0;
  #reading: Set<string> | undefined;

  /** @param isTracking whether files may change. */
  constructor(isTracking: boolean) {
    this.#isTracking = isTracking;
  }

  get isTracking(): boolean {
    return this.#isTracking;
  }

  /** Results live as long as this object. */
  get contents(): object {
    return this.#contents;
  }

  /** Forgets all results. */
  clear(): void {
    this.#contents = {};
  }

  /** What is being made depends on the file. */
  note(path: string): void {
    this.#reading?.add(path);
  }

  /** These files are others now. */
  change(paths: Iterable<string>): void {
    this.#now++;
    for (const path of paths) this.#changedAt.set(path, this.#now);
  }

  /** The latest change. */
  get now(): number {
    return this.#now;
  }

  changedSince(at: number): string[] {
    return at === this.#now ? [] : [...this.#changedAt].flatMap(([path, changed]) => (changed > at ? [path] : []));
  }

  make<V>(make: () => V): Result<V> {
    const outer = this.#reading;
    const reading = new Set<string>();
    this.#reading = reading;
    try {
      return { value: make(), files: reading.size === 0 ? NONE : [...reading], at: this.#now };
    } finally {
      this.#reading = outer;
      if (outer !== undefined) for (const path of reading) outer.add(path);
    }
  }

  /**
   * The value that was made before, or a new one.
   *
   * @param isStale whether a value is of no use for another reason than a file.
   */
  recall<K, V>(results: Results<K, V>, key: K, make: () => V, isStale?: (value: V) => boolean): V {
    if (this.#isTracking) return this.result(results, key, make, isStale).value;
    if (results.has(key)) return results.get(key) as V;
    const value = make();
    results.set(key, value);
    return value;
  }

  /** The same with its files, where these may change. */
  result<K, V>(results: Results<K, V>, key: K, make: () => V, isStale?: (value: V) => boolean): Result<V> {
    const before = results.get(key) as Result<V> | undefined;
    if (before !== undefined && this.#isFresh(before) && isStale?.(before.value) !== true) {
      if (this.#reading !== undefined) for (const path of before.files) this.#reading.add(path);
      return before;
    }
    const found = this.make(make);
    results.set(key, found);
    return found;
  }

  #isFresh(result: Result<unknown>): boolean {
    if (result.at === this.#now) return true;
    for (const path of result.files) if ((this.#changedAt.get(path) ?? 0) > result.at) return false;
    result.at = this.#now;
    return true;
  }
}

/** Results of one kind. They belong to a memory and end with it. */
export class Table<K extends WeakKey, V> {
  readonly #byMemory = new WeakMap<object, WeakMap<K, Result<V> | V>>();

  of({ contents }: Memory): WeakMap<K, Result<V> | V> {
    const known = this.#byMemory.get(contents);
    if (known !== undefined) return known;
    const results = new WeakMap<K, Result<V> | V>();
    this.#byMemory.set(contents, results);
    return results;
  }

  recall(memory: Memory, key: K, make: () => V): V {
    return memory.recall(this.of(memory), key, make);
  }
}
