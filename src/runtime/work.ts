// A process that works: it stays alive while runs wait, and ends in order when it is asked to.
//
// WORK-1. The first SIGTERM or SIGINT closes the runtime, which lets open runs end or leaves them to the next process. A
//     second one exits at once. A host that listens itself, and closes the runtime then, leaves signals out.
// WORK-2. Nothing of it is left once the runtime is closed: no listener, and nothing that keeps the process alive.
// WORK-3. Who closes the runtime hears what went wrong with that. If a signal has closed it, who works hears of it.
// WORK-4. A worker of `node:cluster` that was asked to end is not kept alive by its connection with its primary. Any other
//     channel is not ours: a process that was forked may have work to do for whom it is connected with.

import cluster from 'node:cluster';
import { isMainThread } from 'node:worker_threads';
import type { Log } from '../execute/application.ts';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** As shells report a process that was interrupted. */
const EXIT_CODE = 130;
/** A timer that never matters: it only keeps the process alive. */
const LONG_MS = 2 ** 30;

/** Stays until the runtime is closed, by a signal or otherwise. */
export class ProcessWork {
  readonly #alive = setInterval(() => undefined, LONG_MS);
  readonly #close: () => Promise<void>;
  readonly #log: Log;
  #isClosing = false;
  #resolve: (closed: Promise<void> | undefined) => void = () => undefined;
  /** Resolves once the runtime is closed. */
  readonly over = new Promise<void>((resolve) => {
    this.#resolve = resolve;
  });

  /** @param close closes the runtime. */
  constructor(close: () => Promise<void>, log: Log) {
    this.#close = close;
    this.#log = log;
  }

  /** Whether signals close the runtime from now on. */
  listen(isOn: boolean): void {
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
    if (!isOn) return;
    for (const signal of SIGNALS) process.on(signal, this.#onSignal);
    if (isMainThread) return;
    const text =
      'a worker thread hears no signals, so SIGTERM does not close this runtime: have the main thread tell it to call `close`, and give `signals: false` to `work`';
    this.#log('warn', text, {});
  }

  readonly #onSignal = (): void => {
    // A body may hold the process, and its owner has asked twice.
    if (this.#isClosing) process.exit(EXIT_CODE);
    this.#isClosing = true;
    const closed = this.#close();
    // WORK-4.
    const letGo = (): void => {
      if (cluster.isWorker) process.channel?.unref();
    };
    closed.then(letGo, letGo);
    // WORK-3.
    this.#resolve(closed);
  };

  /** The runtime is closed. */
  end(): void {
    clearInterval(this.#alive);
    this.listen(false);
    this.#resolve(undefined);
  }
}
