// A commit that is written, and whose answer is lost with the connection: those who listen hear of it once the store answers
// again, in order and once.

import { IsString } from 'class-validator';
import { expect, test, vi } from 'vitest';
import { Job, OnSuccess, type StepContext } from 'onward';
import type { LoadedRecords, PageQuery, RecordPage, RunChange } from '../../src/engines/store/store.ts';
import { StoreEngine } from '../../src/engines/store/store-engine.ts';
import { StoreAround } from '../../src/testing/store-around.ts';
import { ByHand, jobOf, looksByHand, settled, SharedStore } from '../support/by-hand.ts';
import { wired } from '../support/wired.ts';

const AGAIN_MS = 100;

const looks = looksByHand();

class Load {
  @IsString() load!: string;
}

class Yard {
  @Job() async haul({ load }: Load): Promise<string> {
    if (load === 'lead') throw new Error('too heavy');
    return load;
  }
  @OnSuccess('haul') unload(load: string): string {
    return `${load}, unloaded`;
  }
  /** Ends when it is to stop. */
  @Job() async wait({ signal }: StepContext): Promise<void> {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }
}

/** The connection to it breaks when it is told to. */
class BreakingStore extends StoreAround {
  readonly #shared: SharedStore;
  /** Whether the answer to a commit is lost: it is written all the same, or it is not. */
  loses: (changes: readonly RunChange[]) => 'written' | 'not written' | undefined = () => undefined;
  isGone = false;

  constructor(shared: SharedStore) {
    super(shared, (call) => {
      if (this.isGone) throw new Error('the connection is closed');
      return call();
    });
    this.#shared = shared;
    this.commit = (changes) =>
      this.around(() => {
        const lost = this.loses(changes);
        if (lost === undefined) return this.#shared.commit(changes);
        if (lost === 'written') this.#shared.commit(changes);
        throw new Error('the connection is closed');
      });
  }
}

function processOn(shared: DamagedStore) {
  const store = new BreakingStore(shared);
  const sharing = new ByHand();
  const seen: string[] = [];
  const error = vi.fn<(text: string) => void>();
  const log = { error, warn: error };
  const parameters = { 'Yard.haul': [Load], 'Yard.unload': ['any'], 'Yard.wait': ['context'] } as const;
  const made = wired(new StoreEngine(store, { sharing }), { Yard: new Yard() }, parameters, { log });
  made.runtime.observe({ onEvent: (event) => void seen.push(event.type) });
  return { shared, store, sharing, seen, error, ...made };
}

/** A record of its run is none any more. */
class DamagedStore extends SharedStore {
  readonly #damaged = new Set<string>();
  damage(runId: string): void {
    this.#damaged.add(runId);
  }
  override page(runId: string, query: PageQuery): RecordPage {
    const page = super.page(runId, query);
    if (!this.#damaged.has(runId)) return page;
    return { ...page, records: page.records.map(([key]) => [key, '{'] as const) };
  }
  override load(runId: string, keys: readonly string[]): LoadedRecords {
    const loaded = super.load(runId, keys);
    if (!this.#damaged.has(runId)) return loaded;
    return { ...loaded, records: new Map([...loaded.records].map(([key]) => [key, '{'])) };
  }
}

/** The commit in which a run ends. */
function ends(changes: readonly RunChange[]): boolean {
  return changes.some(({ summary }) => !summary.isOpen);
}

async function again(process: ReturnType<typeof processOn>): Promise<void> {
  await process.clock.advance(AGAIN_MS);
  await settled();
  await looks(4);
}

/** A process that performs a run, whose answers get lost from the time that it says. */
async function performing(load: string, loses: BreakingStore['loses']) {
  const one = processOn(new DamagedStore());
  await one.start('Yard.haul', { load }, { id: 'run' });
  one.store.loses = loses;
  for (const task of one.sharing.tasks.splice(0)) void one.sharing.perform(task, jobOf('job'));
  await settled();
  return one;
}

const STEP = ['step.started', 'step.attempt', 'step.completed'];
const WHOLE = ['run.started', ...STEP, ...STEP, 'run.ended'];

test.each(['written', 'not written'] as const)(
  'observers hear once of the end of a run whose commit was %s, and not answered',
  async (lost) => {
    const one = await performing('sand', (changes) => (ends(changes) ? lost : undefined));
    expect(one.seen).toEqual(WHOLE.slice(0, -2));
    one.store.loses = () => undefined;
    await again(one);
    expect(one.seen).toEqual(WHOLE);
  },
);

test.each(['written', 'not written'] as const)(
  'what follows from a step whose commit was %s, and not answered, is done once',
  async (lost) => {
    let commits = 0;
    const one = await performing('sand', () => (++commits === 1 ? lost : undefined));
    expect(one.seen).toEqual(WHOLE.slice(0, 3));
    await again(one);
    for (const task of one.sharing.tasks.splice(0)) void one.sharing.perform(task, jobOf('next'));
    await settled();
    expect(one.seen).toEqual(WHOLE);
  },
);

test('a failed run whose end was written and not answered is logged', async () => {
  const one = await performing('lead', (changes) => (ends(changes) ? 'written' : undefined));
  one.store.loses = () => undefined;
  await again(one);
  const failed = expect.stringMatching(/^run run of Yard\.haul failed at Yard\.haul .*too heavy/);
  expect(one.error.mock.calls.map(([text]) => text)).toEqual([expect.stringContaining('ONW3070'), failed]);
});

test('nothing is decided while it cannot be read what was written', async () => {
  const one = await performing('sand', (changes) => (ends(changes) ? 'written' : undefined));
  one.store.loses = () => undefined;
  one.store.isGone = true;
  await again(one);
  await expect(one.start('Yard.haul', { load: 'clay' })).rejects.toThrow('ONW3070');
  expect(one.seen).toEqual(WHOLE.slice(0, -2));
  one.store.isGone = false;
  await again(one);
  await again(one);
  expect(one.seen).toEqual(WHOLE);
  await one.start('Yard.haul', { load: 'clay' });
});

test('a run that cannot be read when the store answers again is left, and the others go on', async () => {
  const one = await performing('sand', (changes) => (ends(changes) ? 'written' : undefined));
  one.store.loses = () => undefined;
  one.shared.damage('run');
  await again(one);
  expect(one.error.mock.calls.map(([text]) => text)).toEqual([
    expect.stringContaining('ONW3070'),
    expect.stringContaining('ONW4005'),
  ]);
  await one.start('Yard.haul', { load: 'clay' });
});

test.each([
  ['written', ['run.started', 'step.started'], 1],
  ['not written', [], 0],
] as const)(
  'a run whose next life was %s, and not answered, is told of as it is: it has the same events as before',
  async (lost, told, begun) => {
    const one = await performing('lead', () => undefined);
    one.seen.length = 0;
    one.store.loses = () => lost;
    await expect(one.runtime.retry('run')).rejects.toThrow('ONW3070');
    one.store.loses = () => undefined;
    await again(one);
    expect(one.seen).toEqual(told);
    expect(one.sharing.tasks).toHaveLength(begun);
  },
);

test.each([
  ['written', ['run.suspended'], ['run.resumed'], ['step.cancelled', 'run.ended']],
  ['not written', [], [], []],
] as const)(
  'a suspend, resume and cancel that were %s, and not answered, are told of as they are, and stop bodies',
  async (lost, suspended, resumed, cancelled) => {
    const one = processOn(new DamagedStore());
    const run = await one.start('Yard.wait', undefined, { id: 'run' });
    for (const task of one.sharing.tasks.splice(0)) void one.sharing.perform(task, jobOf('job'));
    await settled();
    const told = async (ask: () => Promise<void>): Promise<readonly string[]> => {
      const before = one.seen.length;
      one.store.loses = () => lost;
      await expect(ask()).rejects.toThrow('ONW3070');
      one.store.loses = () => undefined;
      await again(one);
      return one.seen.slice(before);
    };
    expect(await told(() => run.suspend())).toEqual(suspended);
    // What is taken lets the next failure count as the first again.
    await run.suspend();
    await one.start('Yard.haul', { load: 'clay' });
    expect(await told(() => run.resume())).toEqual(resumed);
    await run.resume();
    await one.start('Yard.haul', { load: 'clay' });
    expect(await told(() => run.cancel())).toEqual(cancelled);
  },
);
