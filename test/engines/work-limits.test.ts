// How many bodies begin at a time in a process with kept runs, and what is kept from beginning meanwhile.

import { beforeEach, expect, test } from 'vitest';
import { Job } from 'onward';
import type { VirtualClock } from 'onward/testing';
import { MapStore } from '../../src/engines/store/map-store.ts';
import { StoreEngine } from '../../src/engines/store/store-engine.ts';
import { sleep } from '../support/sleep.ts';
import { wired, type Wired } from '../support/wired.ts';

class Kiln {
  readonly called: string[] = [];
  clock: VirtualClock | undefined;

  @Job() async fire(): Promise<void> {
    this.called.push('fire');
    if (this.clock !== undefined) await sleep(this.clock, 1_000);
  }
  @Job() async glaze(): Promise<void> {
    this.called.push('glaze');
  }
  @Job() async wash(): Promise<void> {
    this.called.push('wash');
  }
}

let kiln: Kiln;
let app: Wired;

beforeEach(() => {
  kiln = new Kiln();
  app = wired(new StoreEngine(new MapStore()), { Kiln: kiln });
  kiln.clock = app.clock;
});

/** One body at a time: the second one waits for the first. */
async function startTwo(): Promise<void> {
  void app.runtime.work({ concurrency: 1, signals: false });
  for (const job of ['Kiln.fire', 'Kiln.glaze']) {
    await app.start(job);
    await app.clock.advance(10);
  }
  expect(kiln.called).toEqual(['fire']);
}

test('a body that is let go while its node is paused takes no slot from others', async () => {
  await startTwo();
  await app.runtime.pause('Kiln.glaze');
  await app.clock.advance(2_000);
  await app.start('Kiln.wash');
  await app.clock.advance(10);
  expect(kiln.called).toEqual(['fire', 'wash']);
  await app.runtime.resume('Kiln.glaze');
  await app.clock.advance(10);
  expect(kiln.called).toEqual(['fire', 'wash', 'glaze']);
});

test('nor does one that is let go when other processes have its node', async () => {
  await startTwo();
  void app.runtime.work({ concurrency: 1, nodes: ['Kiln.fire', 'Kiln.wash'], signals: false });
  await app.clock.advance(2_000);
  await app.start('Kiln.wash');
  await app.clock.advance(10);
  expect(kiln.called).toEqual(['fire', 'wash']);
});
