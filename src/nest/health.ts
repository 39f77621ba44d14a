// A health indicator for @nestjs/terminus, which is not needed to load it.

import { Inject, Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { RuntimeHolder, type RuntimeState } from './runtime-holder.ts';

/** What terminus shows of an indicator. */
export type OnwardHealth<Key extends string> = Record<
  Key,
  {
    readonly status: RuntimeState;
    readonly runtimes: Readonly<Record<string, RuntimeState>>;
    /** Of all runtimes together. */
    readonly openRuns: number;
  }
>;

/** `health.check([() => onward.isHealthy()])`: down while open runs end, so that nothing new is sent here. */
@Injectable()
export class OnwardHealthIndicator {
  readonly #modules: ModulesContainer;

  constructor(@Inject(ModulesContainer) modules: ModulesContainer) {
    this.#modules = modules;
  }

  /** Of every runtime of the application. `key` is the name that it is shown under. */
  isHealthy<const Key extends string = 'onward'>(key?: Key): OnwardHealth<Key>;
  isHealthy(key = 'onward'): OnwardHealth<string> {
    const providers = [...this.#modules.values()].flatMap((module) => [...module.providers.values()]);
    const holders = providers
      .map(({ instance }): unknown => instance)
      .filter((found) => found instanceof RuntimeHolder);
    const runtimes = Object.fromEntries(holders.map(({ graph, state }) => [graph.name, state]));
    const status = Object.values(runtimes).includes('down') ? 'down' : 'up';
    const openRuns = holders.reduce((sum, holder) => sum + holder.openRuns, 0);
    return { [key]: { status, runtimes, openRuns } };
  }
}
