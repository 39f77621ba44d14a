// How deep runs may start runs: a callback that starts its own job again through `runtime.start` would go on for ever.
//
// START-CHAIN-1. The depth follows the async context of bodies: it holds over awaits, timers and slots.
// START-CHAIN-2. It is asked for with an option, for it costs: while a process has an async storage, each `await` in it
//     is slower on Node 20.

import { AsyncLocalStorage } from 'node:async_hooks';
import { OnwardError } from '../errors/onward-error.ts';
import { printable } from '../values/describe.ts';

export class StartChain {
  readonly #depth = new AsyncLocalStorage<number>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Starts a run as the next one of the chain that the caller is in.
   *
   * @throws {OnwardError} ONW3036 if the chain is as long as it may be.
   */
  start<T>(name: string, start: () => T): T {
    const depth = (this.#depth.getStore() ?? 0) + 1;
    if (depth <= this.#most) return this.#depth.run(depth, start);
    const text = `${printable(name)} was not started: it would be run ${depth} of a chain in which each was started by a body of the one before, and \`maxStarted\` allows ${this.#most}; look for a callback that starts its own job again, or raise it`;
    throw new OnwardError('ONW3036', text, { details: { job: name, maxStarted: this.#most } });
  }
}
