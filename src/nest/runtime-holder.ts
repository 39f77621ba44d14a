// The runtime of one graph in an application: made when every service exists, and what is injected until then.
//
// RUNTIME-HOLDER-1. What is injected is there before the services are, so that a service may take the runtime that it
//     belongs to. It has the runtime's methods and nothing else: containers look at what they inject.
// RUNTIME-HOLDER-2. The runtime is made once, at the first use or when the application starts, whichever comes first.

import { inspect } from 'node:util';
import type { Runtime } from '../api/runtime.ts';
import { OnwardError } from '../errors/onward-error.ts';
import type { NamedGraph } from './services.ts';

/** A runtime whose graph is not known to the types. */
export type AnyRuntime = Runtime<{}>;

/** `down` once it drains: it starts nothing any more. */
export type RuntimeState = 'up' | 'down';

const METHODS: Readonly<Record<keyof AnyRuntime, true>> = {
  cancelAll: true,
  chain: true,
  close: true,
  idle: true,
  isJob: true,
  observe: true,
  openRuns: true,
  openSchedules: true,
  parallel: true,
  parse: true,
  pause: true,
  pausedNodes: true,
  removeSignature: true,
  resume: true,
  retry: true,
  run: true,
  runs: true,
  safeParse: true,
  schedule: true,
  sequence: true,
  sign: true,
  signature: true,
  signatures: true,
  start: true,
  swarm: true,
  waiting: true,
  work: true,
};

export class RuntimeHolder {
  readonly graph: NamedGraph;
  #make: (() => AnyRuntime) | undefined;
  #runtime: AnyRuntime | undefined;
  #state: RuntimeState = 'up';

  constructor(graph: NamedGraph) {
    this.graph = graph;
  }

  get state(): RuntimeState {
    return this.#state;
  }

  /** How many runs are open; none before the runtime is made. */
  get openRuns(): number {
    return this.#runtime?.openRuns() ?? 0;
  }

  /** From now on it can be made. */
  prepare(make: () => AnyRuntime): void {
    this.#make = make;
  }

  /** @throws {OnwardError} ONW3006 while the application is put together; as `createRuntime` when it is made. */
  get runtime(): AnyRuntime {
    if (this.#runtime !== undefined) return this.#runtime;
    if (this.#make === undefined) {
      const text =
        'the runtime is used while the application is put together, in a constructor or a factory; keep it, and use it from onModuleInit on';
      throw new OnwardError('ONW3006', text);
    }
    return (this.#runtime = this.#make());
  }

  /** Lets open runs end; those that start from now on are refused. */
  async close(drainMs: number): Promise<void> {
    this.#state = 'down';
    await this.#runtime?.close({ drainMs });
  }

  /** What is injected. */
  standIn(): object {
    const methods = Object.keys(METHODS).map((name) => [
      name,
      (...given: readonly unknown[]): unknown => {
        const { runtime } = this;
        const method: unknown = Reflect.get(runtime, name);
        return typeof method === 'function' ? Reflect.apply(method, runtime, given) : undefined;
      },
    ]);
    const shown = (): string => (this.#runtime === undefined ? 'Runtime { not made yet }' : inspect(this.#runtime));
    return Object.defineProperty(Object.fromEntries(methods), inspect.custom, { value: shown });
  }
}
