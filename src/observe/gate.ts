// What of a run waits for hooks that are pending: its bodies, and its end.

/** Holds what is parked here until no awaited hook is pending. */
export class Gate<Parked> {
  readonly #onOpen: (parked: readonly Parked[]) => void;
  /** Hooks that bodies wait for. */
  #awaited = 0;
  /** Hooks that the end waits for: these too, and those in the background. */
  #pending = 0;
  #parked: Parked[] = [];
  #onFree: (() => void)[] = [];

  /** @param onOpen takes what was parked, in order. */
  constructor(onOpen: (parked: readonly Parked[]) => void) {
    this.#onOpen = onOpen;
  }

  /** No body may begin. */
  get isClosed(): boolean {
    return this.#awaited > 0;
  }

  /** The run does not end. */
  get isPending(): boolean {
    return this.#pending > 0;
  }

  hold(isAwaited: boolean): void {
    this.#pending++;
    if (isAwaited) this.#awaited++;
  }

  release(isAwaited: boolean): void {
    this.#pending--;
    if (isAwaited) this.#awaited--;
    if (this.#awaited === 0 && this.#parked.length > 0) {
      const parked = this.#parked;
      this.#parked = [];
      this.#onOpen(parked);
    }
    if (this.#pending > 0) return;
    const callbacks = this.#onFree;
    this.#onFree = [];
    for (const callback of callbacks) callback();
  }

  park(what: Parked): void {
    this.#parked.push(what);
  }

  /** Calls back once no hook is pending: at once, if none is. */
  whenFree(callback: () => void): void {
    if (this.#pending === 0) callback();
    else this.#onFree.push(callback);
  }
}
