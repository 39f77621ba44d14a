// A store that several engines of one process share, and what brings them tasks: nothing comes but what a test hands out.

import { afterEach, beforeEach, vi } from 'vitest';
import { MapStore } from '../../src/engines/store/map-store.ts';
import type { TaskJob } from '../../src/engines/store/shared/given-tasks.ts';
import type { Sharing, SharedRuns } from '../../src/engines/store/shared/sharing.ts';
import type { LoadedRecords, PageQuery, RecordPage } from '../../src/engines/store/store.ts';
import type { Task } from '../../src/run/event.ts';

/** It says how a run stands with what is read of it. */
export class SharedStore extends MapStore {
  override load(runId: string, keys: readonly string[]): LoadedRecords {
    return { ...super.load(runId, keys), ...this.#standing(runId) };
  }
  override page(runId: string, query: PageQuery): RecordPage {
    return { ...super.page(runId, query), ...this.#standing(runId) };
  }
  #standing(runId: string): Pick<LoadedRecords, 'stored'> {
    const stored = this.find(runId);
    return stored === undefined ? {} : { stored };
  }
}

/** What a process is given by hand. */
export class ByHand implements Sharing {
  runs: SharedRuns | undefined;
  readonly tasks: Task[] = [];
  open(runs: SharedRuns): void | Promise<void> {
    this.runs = runs;
  }
  dispatch(task: Task): void {
    this.tasks.push(task);
  }
  async perform(task: Task | undefined, job: TaskJob): Promise<void> {
    if (task !== undefined) await this.runs?.perform(task, job);
  }
  hasJob = async (): Promise<boolean> => true;
  work(): void {}
  dispatched(): void {}
  tell(): void {}
  held(): readonly never[] {
    return [];
  }
  async pause(): Promise<void> {}
  async unpause(): Promise<void> {}
  send(_topic: string, _text: string): void {}
  hear(): void {}
  placeWanted(): void {}
  placeFreed(): void {}
  rest(): void {}
  close(): void {}
}

export function jobOf(id: string, deaths = 0): TaskJob {
  return { id, isAgain: deaths > 0, deaths, goesOnWith: () => true, giveBack: () => undefined };
}

const LOOK_MS = 250;

/** Called in a file: processes look for each other's work when a test says so. @returns lets them look so many times */
export function looksByHand(): (times: number) => Promise<void> {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  return async (times) => {
    await vi.advanceTimersByTimeAsync(times * LOOK_MS);
    await settled();
  };
}

/** Lets all happen that waits for nothing but turns of the event loop. */
export async function settled(): Promise<void> {
  for (let turns = 0; turns < 50; turns++) await new Promise((resolve) => setImmediate(resolve));
}
