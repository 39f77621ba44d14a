// A run whose bodies wait for an awaited hook: what becomes of it meanwhile counts, and it takes nothing that others wait for.

import { IsString } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { Job, memoryEngine, type Engine } from 'onward';
import { MapStore } from '../../src/engines/store/map-store.ts';
import { StoreEngine } from '../../src/engines/store/store-engine.ts';
import { settled } from '../support/by-hand.ts';
import { wired } from '../support/wired.ts';

class Load {
  @IsString() load!: string;
}

/** Bodies that end when they are told to. */
class Yard {
  readonly begun: string[] = [];
  readonly end: (() => void)[] = [];
  @Job({ concurrency: 1 }) async haul({ load }: Load): Promise<void> {
    this.begun.push(load);
    await new Promise<void>((resolve) => this.end.push(resolve));
  }
}

const ENGINES: Readonly<Record<string, () => Engine>> = {
  memory: () => memoryEngine(),
  'maps as a store': () => new StoreEngine(new MapStore()),
};

describe.each(Object.entries(ENGINES))('%s', (_, open) => {
  /** @param type the hook of this event is pending, for a run of this id, until `free` is called. */
  function held(type: string, runId: string) {
    const yard = new Yard();
    const app = wired(open(), { Yard: yard }, { 'Yard.haul': [Load] });
    let free = (): void => undefined;
    const pending = new Promise<void>((resolve) => {
      free = resolve;
    });
    const onEvent = (event: { readonly type: string; readonly runId: string }): Promise<void> | undefined =>
      event.type === type && event.runId === runId ? pending : undefined;
    app.runtime.observe({ onEvent }, { limit: '1h' });
    return { ...app, yard, free: () => free() };
  }

  test('no body is called of a run that was cancelled while a hook was pending', async () => {
    const { start, clock, yard, free } = held('run.started', 'one');
    const run = await start('Yard.haul', { load: 'one' }, { id: 'one' });
    await settled();
    await run.cancel('no more');
    await clock.advance(20_000);
    await settled();
    free();
    await settled();
    await clock.advance(20_000);
    await settled();
    expect(yard.begun).toEqual([]);
    expect((await run.inspect()).status).toBe('cancelled');
  });

  test('a run that a hook holds has no slot that others wait for', async () => {
    const { start, yard, free } = held('run.suspended', 'two');
    const handles = [];
    for (const load of ['one', 'two', 'three']) handles.push(await start('Yard.haul', { load }, { id: load }));
    await settled();
    await handles[1]?.suspend();
    await settled();
    await handles[1]?.resume();
    await settled();
    yard.end[0]?.();
    await settled();
    expect(yard.begun).toEqual(['one', 'three']);
    free();
    await settled();
    yard.end[1]?.();
    await settled();
    expect(yard.begun).toEqual(['one', 'three', 'two']);
  });
});
