// How much an engine has done for a run or for many: numbers that must grow with the work and with nothing else.

import { journaledEngine, type JournaledEngine, type JournalStatistics } from 'onward/testing';
import { memoryEngine, type RunHandle } from 'onward';
import { expect } from 'vitest';
import { wired, type Parameters, type Services, type Wired } from '../support/wired.ts';

/** Records that one event may read on a store, whatever the size of the run. */
const MOST_READ = 8;
/** Characters that it may write if it makes or changes one step, and for each further one. */
const MOST_WRITTEN = 1_024;
const STEP_WRITTEN = 320;

/** The number of the last event of a run that is over: how many there were. */
export async function eventCountOf(run: RunHandle): Promise<number> {
  let last = 0;
  for await (const { seq } of run.events()) last = seq;
  return last;
}

/** Fails unless the second step of the sizes costs ten times what the first one does, exactly. */
function expectLine(sizes: readonly [number, number, number], costs: readonly [number, number, number]): void {
  const [n0, n1, n2] = sizes;
  const [c0, c1, c2] = costs;
  const each = (c1 - c0) / (n1 - n0);
  expect(Number.isInteger(each), `${each} events for each`).toBe(true);
  expect(c2, `${c0} + ${each} for each after the first ${n0}`).toBe(c1 + each * (n2 - n1));
}

/** What is played on an engine at some size; resolves with the run, or nothing where there are many. */
type Play = (size: number) => {
  readonly services: Services;
  readonly parameters?: Parameters;
  /** The most steps that one event makes or changes: a matter of the graph. @default 1 */
  readonly stepsAtOnce?: number;
  play(wired: Wired): Promise<RunHandle | undefined>;
};

/** Plays at three sizes on stores: events exactly a·N + b, and no event reads or writes more at ten times the size. */
export async function expectStoreWorkLinear(sizes: readonly [number, number, number], play: Play): Promise<void> {
  const played: JournalStatistics[] = [];
  for (const size of sizes) played.push(await statisticsOf(play, size));
  const [s0, s1, s2] = played;
  if (s0 === undefined || s1 === undefined || s2 === undefined) throw new Error('three sizes are played');
  expectLine(sizes, [s0.events, s1.events, s2.events]);
  expect(s2.mostRead).toBeLessThanOrEqual(MOST_READ);
  const { stepsAtOnce = 1 } = play(sizes[2]);
  expect(s2.mostWritten).toBeLessThanOrEqual(MOST_WRITTEN + STEP_WRITTEN * (stepsAtOnce - 1));
  expect(s2.mostRead, 'read at ten times the size').toBe(s1.mostRead);
  // Numbers have one more digit.
  expect(s2.mostWritten - s1.mostWritten, 'written at ten times the size').toBeLessThanOrEqual(16 * stepsAtOnce);
  expect(s2.duplicates).toBe(0);
}

async function statisticsOf(play: Play, size: number): Promise<JournalStatistics> {
  const engine: JournaledEngine = journaledEngine();
  const { services, parameters, play: go } = play(size);
  await go(wired(engine, services, parameters));
  return engine.statistics;
}

/** Plays at three sizes in memory: events of the run exactly a·N + b. */
export async function expectMemoryWorkLinear(sizes: readonly [number, number, number], play: Play): Promise<void> {
  const counts: number[] = [];
  for (const size of sizes) {
    const { services, parameters, play: go } = play(size);
    const run = await go(wired(memoryEngine(), services, parameters));
    if (run === undefined) throw new Error('the play is of one run');
    expect((await run.report()).status).toBe('completed');
    counts.push(await eventCountOf(run));
  }
  const [c0, c1, c2] = counts;
  expectLine(sizes, [c0 ?? 0, c1 ?? 0, c2 ?? 0]);
}
