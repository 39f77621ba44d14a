// A run that cannot be read is left (ONW4005): nothing of it keeps the others waiting.

import { IsString } from 'class-validator';
import { expect, test, vi } from 'vitest';
import { Handler, Job, OnSuccess, type StepContext } from 'onward';
import { MapStore } from '../../src/engines/store/map-store.ts';
import { StoreEngine } from '../../src/engines/store/store-engine.ts';
import { ByHand, jobOf, settled, SharedStore } from '../support/by-hand.ts';
import { wired } from '../support/wired.ts';

const HOUR = 3_600_000;

class Load {
  @IsString() load!: string;
}

/** Bodies that end when they are told to. */
class Yard {
  readonly begun: string[] = [];
  readonly stopped: string[] = [];
  readonly end: (() => void)[] = [];
  @Job() async haul({ load }: Load): Promise<string> {
    this.begun.push(load);
    await new Promise<void>((resolve) => this.end.push(resolve));
    return load;
  }
  @Job({ concurrency: 1 }) async ask({ load }: Load, context: StepContext): Promise<void> {
    this.begun.push(load);
    context.signal.addEventListener('abort', () => this.stopped.push(load));
    await new Promise<void>((resolve) => this.end.push(resolve));
    await context.spawn(Yard, 'weigh');
  }
  @Handler() weigh(): number {
    return 7;
  }
  @Job() order(load: Load): Load {
    return load;
  }
  @OnSuccess('order', { after: '1h' }) later({ load }: Load): void {
    this.begun.push(load);
  }
}

const PARAMETERS = {
  'Yard.haul': [Load],
  'Yard.ask': [Load, 'context'],
  'Yard.order': [Load],
  'Yard.later': [Load],
} as const;

function damaged(text: string | undefined): string | undefined {
  return text?.includes('bad') === true ? '{"value' : text;
}

test('its later jobs end, and call no body', async () => {
  class Damaged extends SharedStore {
    override payloads(runId: string, names: readonly string[]): readonly (string | undefined)[] {
      return super.payloads(runId, names).map((text) => damaged(text));
    }
  }
  const store = new Damaged();
  const processOn = () => {
    const [sharing, yard] = [new ByHand(), new Yard()];
    return { sharing, yard, ...wired(new StoreEngine(store, { sharing }), { Yard: yard }, PARAMETERS) };
  };
  const [one, other] = [processOn(), processOn()];
  const entries = ['bad', 'gravel'].map((load) => ({ job: 'Yard.haul', message: { load } }));
  await one.runtime.start(one.runtime.parallel(entries), { id: 'run' });
  await other.runtime.runs();
  const ended = vi.fn<() => void>();
  for (const [at, task] of one.sharing.tasks.entries()) {
    void other.sharing.perform(task, jobOf(`job ${at}`)).then(() => ended());
    await settled();
  }
  expect(other.yard.begun).toEqual([]);
  expect(ended).toHaveBeenCalledTimes(2);
});

test('its bodies are stopped, and give their slots back', async () => {
  class Damaged extends MapStore {
    override payloads(runId: string, names: readonly string[]): readonly (string | undefined)[] {
      return super.payloads(runId, names).map((text) => damaged(text));
    }
  }
  const yard = new Yard();
  const { runtime, start } = wired(new StoreEngine(new Damaged()), { Yard: yard }, PARAMETERS);
  await runtime.pause(['Yard.haul']);
  await runtime.start(
    runtime.parallel([
      { job: 'Yard.ask', message: { load: 'first' } },
      // Longer ones are read again.
      { job: 'Yard.haul', message: { load: `bad${'x'.repeat(20_000)}` } },
    ]),
    { id: 'one' },
  );
  await settled();
  await start('Yard.ask', { load: 'next' }, { id: 'two' });
  await settled();
  expect(yard.begun).toEqual(['first']);
  await runtime.resume();
  await settled();
  expect([yard.begun, yard.stopped]).toEqual([['first', 'next'], ['first']]);
});

test('its timers hold up none of the others, however many are due', async () => {
  const store = new MapStore();
  const life = () => {
    const yard = new Yard();
    return { yard, ...wired(new StoreEngine(store), { Yard: yard }, PARAMETERS) };
  };
  const first = life();
  // More than are handed out at a time.
  const ids = ['broken', ...Array.from({ length: 300 }, (_, at) => `run ${at}`)];
  for (const id of ids) await first.start('Yard.order', { load: id }, { id });
  await settled();
  const load = store.load.bind(store);
  store.load = (runId, keys) => {
    const loaded = load(runId, keys);
    if (runId !== 'broken') return loaded;
    return { ...loaded, records: new Map([...loaded.records.keys()].map((key) => [key, '{"seq'])) };
  };
  const next = life();
  void next.runtime.work();
  await next.clock.advance(HOUR + 1);
  await settled();
  await next.clock.advance(HOUR);
  await settled();
  expect(next.yard.begun.toSorted()).toEqual(ids.slice(1).toSorted());
});
