// Runs that wait on a durable store: they cost a process nothing until something happens to them.

import { IsString } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { Handler, Job, OnSuccess, type Sent, type StartedRun } from 'onward';
import { StoreEngine } from '../../src/engines/store/store-engine.ts';
import { SqliteStore } from '../../src/engines/sqlite/sqlite-store.ts';
import { DRIVERS, storeFile } from '../support/sqlite.ts';
import { wired, type Wired } from '../support/wired.ts';

class Answer {
  @IsString() text!: string;
}

class Desk {
  readonly called: string[] = [];
  isStuck = false;
  @Job() ask(): string {
    return 'asked';
  }
  @OnSuccess('ask') @Handler({ waits: true }) answer({ text }: Sent<Answer>): string {
    this.called.push(text);
    return text;
  }
  @Job() nap(): void {}
  @OnSuccess('nap', { after: '1h' }) wake(): void {
    this.called.push('wake');
  }
  @Job() async work(): Promise<void> {
    this.called.push('work');
    if (this.isStuck) await new Promise(() => undefined);
  }
}
class Annex {
  @Job() work(): void {}
}
const PARAMETERS = { 'Desk.answer': [Answer] } as const;

/** Counts what is read of runs. */
class Counted extends SqliteStore {
  readonly reads = new Set<string>();
  override load(...given: Parameters<SqliteStore['load']>): ReturnType<SqliteStore['load']> {
    this.reads.add(given[0]);
    return super.load(...given);
  }
  override page(...given: Parameters<SqliteStore['page']>): ReturnType<SqliteStore['page']> {
    this.reads.add(given[0]);
    return super.page(...given);
  }
  override runs(...given: Parameters<SqliteStore['runs']>): ReturnType<SqliteStore['runs']> {
    const found = super.runs(...given);
    for (const { runId } of found) this.reads.add(runId);
    return found;
  }
}

function answer(run: StartedRun | undefined, text: string): Promise<void> {
  if (run === undefined) throw new Error('there is no such run');
  return Reflect.apply(run.send, run, ['Desk.answer', { text }]);
}

/** What is open stays as it is. */
async function closed({ runtime, clock }: Wired): Promise<void> {
  const closing = runtime.close({ drainMs: 0 });
  await clock.advance(10);
  await closing;
}

describe.each(DRIVERS)('%s', (driver) => {
  const life = (file: string, desk: Desk, others: Readonly<Record<string, object>> = {}) => {
    const store = new Counted({ file, driver });
    return { store, ...wired(new StoreEngine(store, { mostWaiting: 2 }), { Desk: desk, ...others }, PARAMETERS) };
  };

  test('of runs that wait a bounded number is held, and a caller that holds one hears of its end', async () => {
    const desk = new Desk();
    const app = life(storeFile(), desk);
    const { runtime, start, clock } = app;
    const early = await start('Desk.ask', undefined, { id: 'early' });
    const value = early.report();
    const listened = await start('Desk.ask', undefined, { id: 'listened' });
    const types: string[] = [];
    const listening = (async () => {
      for await (const { type } of listened.events()) types.push(type);
    })();
    const handle = await start('Desk.ask', undefined, { id: 'handle' });
    for (let at = 0; at < 10; at++) await start('Desk.ask', undefined, { id: `other${at}` });
    await clock.advance(1_000);
    // Whether the handles of others were collected meanwhile is for nobody to see.
    globalThis.gc?.();
    const late = handle.report();
    for (const id of ['early', 'listened', 'handle', 'other0', 'other9']) await answer(await runtime.run(id), id);
    expect((await value).value).toBe('asked');
    expect((await late).status).toBe('completed');
    await listening;
    expect(types.at(-1)).toBe('run.ended');
    await clock.advance(1_000);
    expect(desk.called.toSorted()).toEqual(['early', 'handle', 'listened', 'other0', 'other9']);
    expect((await runtime.runs({ status: 'running' })).runs).toHaveLength(8);
    await closed(app);
  });

  test('the next process reads no run that only waits, unless its graph is another one or somebody observes', async () => {
    const file = storeFile();
    const first = life(file, new Desk());
    for (let at = 0; at < 3; at++) await first.start('Desk.ask', undefined, { id: `asked${at}` });
    await first.clock.advance(1_000);
    await closed(first);

    const restored: string[] = [];
    let lives = 0;
    const taken = async (others = {}, observes = false): Promise<readonly string[]> => {
      const next = life(file, new Desk(), others);
      if (observes) next.runtime.observe({ onRunStart: ({ runId }) => void restored.push(runId) });
      await (await next.start('Desk.nap', undefined, { id: `nap${lives++}` })).cancel();
      await next.clock.advance(10);
      await closed(next);
      return [...next.store.reads].filter((id) => id.startsWith('asked')).toSorted();
    };
    const asked = ['asked0', 'asked1', 'asked2'];
    expect(await taken()).toEqual([]);
    expect(await taken({ Annex: new Annex() })).toEqual(asked);
    expect(await taken({}, true)).toEqual(asked);
    expect(restored.filter((id) => id.startsWith('asked'))).toEqual(asked);
  });

  test('a run that only waited when it ended is taken up once it has begun again', async () => {
    const file = storeFile();
    const first = life(file, new Desk());
    const run = await first.start('Desk.ask', undefined, { id: 'asked' });
    await first.clock.advance(10);
    await run.cancel();
    await first.clock.advance(10);
    const stuck = new Desk();
    stuck.isStuck = true;
    await closed(first);

    const second = life(file, stuck);
    const outcome = { onInputChange: 'reset' } as const;
    await second.start('Desk.work', undefined, { id: 'asked', resume: outcome });
    await second.clock.advance(10);
    await closed(second);

    const third = new Desk();
    const next = life(file, third);
    await (await next.start('Desk.nap', undefined, { id: 'nap' })).cancel();
    await next.clock.advance(10);
    expect(third.called).toEqual(['work']);
    await closed(next);
  });
});
