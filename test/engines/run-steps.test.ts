// What is read of a run while it goes on: each event once, whatever happens between two questions to the store.

import { expect, test } from 'vitest';
import { Job, OnSuccess } from 'onward';
import { MapStore } from '../../src/engines/store/map-store.ts';
import { RUN_KEY } from '../../src/records/keys.ts';
import { Payloads } from '../../src/engines/store/run/payloads.ts';
import { RecentPayloads } from '../../src/engines/store/run/recent-payloads.ts';
import { Draft, RunRecords } from '../../src/engines/store/run/run-records.ts';
import { RunSteps } from '../../src/engines/store/run/run-steps.ts';
import { StoreEngine } from '../../src/engines/store/store-engine.ts';
import type { Store } from '../../src/engines/store/store.ts';
import type { Core } from '../../src/engines/engine.ts';
import { keptClasses } from '../../src/execute/kept-classes.ts';
import { wired } from '../support/wired.ts';

/** Turns once each time it is let go. */
class Wheel {
  go: (() => void) | undefined;
  @Job() @OnSuccess('turn') async turn(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.go = resolve;
    });
  }
  /** Resolves when the next turn is under way. */
  async once(): Promise<void> {
    const { go } = this;
    go?.();
    while (this.go === go) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The same store. @param between what happens ahead of the first question for single records */
function movedOnce(store: MapStore, between: () => Promise<void>): Store {
  let isMoved = false;
  return new Proxy<Store>(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return async (...given: unknown[]) => {
        if (name === 'load' && !isMoved) {
          isMoved = true;
          await between();
        }
        return Reflect.apply(member, target, given);
      };
    },
  });
}

test('a slot of a bounded history that is used again meanwhile: no event comes twice, and none is skipped in silence', async () => {
  const [store, wheel] = [new MapStore(), new Wheel()];
  const engine = new StoreEngine(store);
  const open = engine.open.bind(engine);
  const cores: Core[] = [];
  engine.open = (core) => {
    cores.push(core);
    return open(core);
  };
  const { start } = wired(engine, { Wheel: wheel });
  await start('Wheel.turn', undefined, { id: 'one', history: 1 });
  for (let turns = 0; turns < 4; turns++) await wheel.once();
  const moved = movedOnce(store, () => wheel.once());
  const records = new RunRecords(moved, 'one', store.find('one')?.version ?? 0);
  const [core] = cores;
  if (core === undefined) throw new Error('it was started');
  const { app } = core;
  const keeping = () => ({ classes: keptClasses(app), maxBytes: Number.POSITIVE_INFINITY });
  const payloads = new Payloads('one', { store, recent: new RecentPayloads(), keeping });
  const steps = new RunSteps({ id: 'one', graph: app.graph, store: moved, records, payloads });
  const events = await steps.eventsSince(0);
  const numbers = events.map(({ seq }) => seq);
  expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
  expect(events.filter(({ type }) => type === 'gap')).toHaveLength(1);
  expect(events.slice(-3).map(({ type }) => type)).toEqual(['step.started', 'step.completed', 'step.started']);
});

test('a run that another process changes while it is found: how it stands is written again', async () => {
  const [store, wheel] = [new MapStore(), new Wheel()];
  const { start } = wired(new StoreEngine(store), { Wheel: wheel });
  const run = await start('Wheel.turn', undefined, { id: 'one' });
  await wheel.once();
  const found = store.find('one');
  if (found === undefined) throw new Error('it was started');
  const moved = movedOnce(store, () => run.suspend());
  const records = new RunRecords(moved, 'one', found.version, { summary: found });
  await records.load([RUN_KEY]);
  expect(records.version).toBeGreaterThan(found.version);
  const draft = new Draft('one', records, () => found);
  expect(draft.change()).toMatchObject({ expected: records.version, isSummaryKnown: false });
});
