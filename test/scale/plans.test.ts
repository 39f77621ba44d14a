// Plans of many entries: sequences of 10,000 (S-P11), parallel plans and swarms of 5,000.
//
// L1. An event reads and writes as much in a large plan as in a small one, apart from the one that brings the plan in.
// L2. Time and events grow with the entries and with nothing else.

import { IsInt } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { Handler, Job, memoryEngine, OnSuccess, type Engine, type Sent } from 'onward';
import { journaledEngine, type JournalStatistics } from 'onward/testing';
import { wired, type Wired } from '../support/wired.ts';
import { eventCountOf } from './work.ts';

/** Records that one event may read, and characters that it may write, whatever the size of the plan. */
const MOST_READ = 8;
const MOST_WRITTEN = 1_024;
/** Characters that the first event writes for each entry, with the steps that begin. */
const ENTRY_WRITTEN = 400;

class Numbered {
  @IsInt() at!: number;
}
class Works {
  live = 0;
  peak = 0;
  @Job() async go({ at }: Numbered): Promise<number> {
    this.peak = Math.max(this.peak, ++this.live);
    await Promise.resolve();
    this.live--;
    return at;
  }
  @Job() plain({ at }: Numbered): number {
    return at;
  }
  @OnSuccess('go') next(): void {}
}
/** Answers one letter after the other. */
class Desk {
  answered = 0;
  @Job() open(): void {}
  @OnSuccess('open')
  @OnSuccess('answer')
  @Handler({ waits: true })
  answer(_letter: Sent<Numbered>): void {
    this.answered++;
  }
}
const PARAMETERS = {
  'Desk.answer': [Numbered],
  'Works.go': [Numbered],
  'Works.plain': [Numbered],
} as const;

type Runtime = Wired['runtime'];
type Started = Awaited<ReturnType<Runtime['run']>>;
type Kind = (runtime: Runtime, entries: number) => object;
const list = (entries: number): { job: string; message: object }[] =>
  Array.from({ length: entries }, (_, at) => ({ job: 'Works.go', message: { at } }));
const KINDS: Readonly<Record<string, Kind>> = {
  sequence: (runtime, entries) => runtime.sequence(list(entries)),
  parallel: (runtime, entries) => runtime.parallel(list(entries)),
  groups: (runtime, entries) =>
    runtime.parallel(list(entries).map((entry, at) => ({ ...entry, group: String(at % 10) }))),
  swarm(runtime, entries) {
    const swarm = runtime.swarm({ concurrency: 8 });
    for (const { job, message } of list(entries)) swarm.add(job, message);
    return swarm.close();
  },
};

interface Played {
  readonly run: NonNullable<Started>;
  readonly works: Works;
}

async function played(engine: Engine, kind: Kind, entries: number, afterStart?: () => void): Promise<Played> {
  const works = new Works();
  const { runtime, clock } = wired(engine, { Works: works }, PARAMETERS);
  const plan = kind(runtime, entries);
  await Reflect.apply(runtime.start, runtime, [plan, { id: 'large' }]);
  afterStart?.();
  const run = await runtime.run('large');
  if (run === undefined) throw new Error('it is known');
  await clock.runAll();
  return { run, works };
}

describe.each(Object.entries(KINDS))('%s', (name, kind) => {
  const entries = name === 'sequence' ? 10_000 : 5_000;

  test(`S-P11, P9: in memory ${entries} entries complete; their events are exactly so many an entry`, async () => {
    const counts: number[] = [];
    for (const size of [10, 100, entries]) {
      const { run, works } = await played(memoryEngine(), kind, size);
      expect(await run.value()).toEqual(Array.from({ length: size }, (_, at) => at));
      const most = { sequence: 1, groups: 10, swarm: 8 }[name];
      // Without a limit, how many are under way at once is up to the turns of the event loop.
      if (most === undefined) expect(works.peak).toBeGreaterThanOrEqual(10);
      else expect(works.peak).toBe(Math.min(most, size));
      counts.push(await eventCountOf(run));
    }
    const [c0 = 0, c1 = 0, c2 = 0] = counts;
    expect(c2).toBe(c1 + ((c1 - c0) / 90) * (entries - 100));
  });

  test('P9: in memory the time is linear', async () => {
    await timed(kind, 1_000);
    const [small, large] = [await timed(kind, entries / 10), await timed(kind, entries)];
    // Ten times the entries: ten times the time, and room for a machine that is busy; squared it would be a hundred.
    expect(large / small).toBeLessThan(35);
  });

  test('L1: on stores no event but the first reads or writes more in a large plan', async () => {
    const [s0, s1] = [await statisticsOf(kind, 50), await statisticsOf(kind, 500)];
    const applied = ({ events, duplicates }: JournalStatistics): number => events - duplicates;
    expect((applied(s1) - applied(s0)) % 450, 'events are exactly so many an entry').toBe(0);
    expect(s1.first, 'the plan itself, for each entry').toBeLessThanOrEqual(500 * ENTRY_WRITTEN);
    expect(s1.mostRead).toBeLessThanOrEqual(MOST_READ);
    expect(s1.mostRead, 'read at ten times the size').toBe(s0.mostRead);
    expect(s1.mostWritten).toBeLessThanOrEqual(MOST_WRITTEN);
    // Numbers have one more digit.
    expect(s1.mostWritten - s0.mostWritten, 'written at ten times the size').toBeLessThanOrEqual(16);
    // Lanes that are free at once ask for the same entry, once each.
    expect(s1.duplicates).toBeLessThanOrEqual(name === 'swarm' ? 500 : 0);
  });
});

test('L1: entries that are added one by one, and messages, are read and written alone', async () => {
  const statistics: JournalStatistics[] = [];
  for (const size of [50, 500]) {
    const engine = journaledEngine();
    const desk = new Desk();
    const { runtime, clock } = wired(engine, { Works: new Works(), Desk: desk }, PARAMETERS);
    const swarm = await runtime.start(runtime.swarm({ concurrency: 4 }));
    await runtime.start('Desk.open', undefined, { id: 'desk', history: 10 });
    const open = await runtime.run('desk');
    for (let at = 0; at < size; at++) {
      await swarm.add('Works.go', { at });
      await Reflect.apply(open?.send ?? (() => undefined), open, ['Desk.answer', { at }, { id: `letter ${at}` }]);
      if (at % 10 === 0) await clock.advance(1);
    }
    await swarm.close();
    await clock.runAll();
    expect([(await swarm.report()).counts.completed, desk.answered]).toEqual([2 * size, size]);
    await open?.cancel();
    await clock.runAll();
    statistics.push(engine.statistics);
  }
  const [s0, s1] = statistics;
  expect(s1?.mostRead).toBeLessThanOrEqual(MOST_READ);
  expect(s1?.mostRead, 'read at ten times the size').toBe(s0?.mostRead);
  expect(s1?.mostWritten).toBeLessThanOrEqual(MOST_WRITTEN);
  expect((s1?.mostWritten ?? 0) - (s0?.mostWritten ?? 0)).toBeLessThanOrEqual(16);
});

/** Processor time, in microseconds: others may be at work beside. */
async function timed(kind: Kind, entries: number): Promise<number> {
  const began = process.cpuUsage();
  await played(memoryEngine(), kind, entries);
  const { user, system } = process.cpuUsage(began);
  return user + system;
}

async function statisticsOf(kind: Kind, entries: number): Promise<JournalStatistics & { readonly first: number }> {
  const engine = journaledEngine();
  let first = 0;
  const { run } = await played(engine, kind, entries, () => {
    first = engine.statistics.mostWritten;
    // What the first event reads and writes is the plan itself.
    Object.assign(engine.statistics, { mostRead: 0, mostWritten: 0 });
  });
  expect((await run.report()).counts.completed).toBe(2 * entries);
  return { ...engine.statistics, first };
}
