// A process that works: it stays alive while runs wait, and ends in order when it is asked to.
//
// WORK-1. The first SIGTERM or SIGINT closes the runtime, which lets open runs end or leaves them to the next process. A
//     second one exits at once. A host that listens itself, and closes the runtime then, leaves signals out.
// WORK-2. Nothing of it is left once the runtime is closed: no listener, and nothing that keeps the process alive.

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** As shells report a process that was interrupted. */
const EXIT_CODE = 130;
/** A timer that never matters: it only keeps the process alive. */
const LONG_MS = 2 ** 30;

/** Stays until the runtime is closed, by a signal or otherwise. */
export class ProcessWork {
  readonly #alive = setInterval(() => undefined, LONG_MS);
  readonly #close: () => Promise<void>;
  #isClosing = false;
  #resolve: () => void = () => undefined;
  /** Resolves once the runtime is closed. */
  readonly over = new Promise<void>((resolve) => {
    this.#resolve = resolve;
  });

  /** @param close closes the runtime. */
  constructor(close: () => Promise<void>, signals: boolean) {
    this.#close = close;
    if (signals) for (const signal of SIGNALS) process.on(signal, this.#onSignal);
  }

  readonly #onSignal = (): void => {
    // A body may hold the process, and its owner has asked twice.
    if (this.#isClosing) process.exit(EXIT_CODE);
    this.#isClosing = true;
    void this.#close();
  };

  /** The runtime is closed. */
  end(): void {
    clearInterval(this.#alive);
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
    this.#resolve();
  }
}
