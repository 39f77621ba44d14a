// Payloads that were written lately, by run: most are read once, by the task that follows.
//
// RECENT-PAYLOADS-1. What is here is in the store already, and the same there.
// RECENT-PAYLOADS-2. It holds a bounded number of characters. Runs that were written to longest ago go first.

/** A larger one is read from the store. */
const MOST_OF_ONE = 16_384;
const MOST_CHARACTERS = 4 * 1024 ** 2;

export class RecentPayloads {
  readonly #most: number;
  readonly #byRun = new Map<string, Map<string, string>>();
  #characters = 0;

  /** @param most characters of all payloads together. */
  constructor(most = MOST_CHARACTERS) {
    this.#most = most;
  }

  find(runId: string, name: string): string | undefined {
    return this.#byRun.get(runId)?.get(name);
  }

  /** Takes over what was written to a run; null removes a payload. */
  written(runId: string, payloads: Iterable<readonly [name: string, text: string | null]>): void {
    const known = this.#byRun.get(runId) ?? new Map<string, string>();
    for (const [name, text] of payloads) {
      this.#characters -= known.get(name)?.length ?? 0;
      known.delete(name);
      if (text === null || text.length > MOST_OF_ONE) continue;
      known.set(name, text);
      this.#characters += text.length;
    }
    this.#byRun.delete(runId);
    if (known.size > 0) this.#byRun.set(runId, known);
    for (const oldest of this.#byRun.keys()) {
      if (this.#characters <= this.#most) return;
      this.forget(oldest);
    }
  }

  /** Drops what is known of a run. */
  forget(runId: string): void {
    for (const text of this.#byRun.get(runId)?.values() ?? []) this.#characters -= text.length;
    this.#byRun.delete(runId);
  }

  clear(): void {
    this.#byRun.clear();
    this.#characters = 0;
  }
}
