// What it costs to listen to other processes: reads of the store, and what is sent.

import { expect, test } from 'vitest';
import { Job, OnSuccess, type RunEvent } from 'onward';
import { readSaid, saidText, type Said } from '../../src/engines/store/shared/said.ts';
import { eventOf, virtualClock } from 'onward/testing';
import { Listening } from '../../src/engines/store/shared/listening.ts';
import type { SharedRuns } from '../../src/engines/store/shared/sharing.ts';
import { StoreEngine } from '../../src/engines/store/store-engine.ts';
import type { StoreRun } from '../../src/engines/store/run/store-run.ts';
import { Observers } from '../../src/observe/observers.ts';
import { Classes } from '../../src/values/classes.ts';
import { ByHand, jobOf, settled, SharedStore } from '../support/by-hand.ts';
import { wired } from '../support/wired.ts';

const NO_CLASSES = new Classes({ named: () => ({}), rebuilt: () => [], nested: () => [], onUnknown: () => undefined });

/** A process whose store answers with errors. */
function listening(maxBytes = Number.POSITIVE_INFINITY) {
  const clock = virtualClock();
  const counted = { reads: 0, said: [] as string[], logged: [] as string[] };
  const observers = new Observers({ clock, report: () => undefined });
  const core = { clock, observers, app: { log: (_level: string, text: string) => void counted.logged.push(text) } };
  const process = new Listening({
    core: () => core,
    keeping: () => ({ classes: NO_CLASSES, maxBytes }),
    sealing: undefined,
    sharing: { send: (_topic, text) => void counted.said.push(text), hear: () => undefined },
    known: () => undefined,
    read: async () => {
      counted.reads++;
      throw new Error('LOADING');
    },
  });
  return { process, clock, counted, observers };
}

function heardOf(runId: string): string {
  return JSON.stringify({ events: [{ type: 'step.started', runId, seq: 2, tags: [] }] });
}

test('HEARD-RUNS-1: a run that cannot be read now is read again after some seconds, not at once', async () => {
  const { process, clock, counted, observers } = listening();
  await process.open();
  observers.add({ onEvent: () => undefined }, { scope: 'all' });
  process.heard('all', heardOf('one'));
  await settled();
  expect(counted.reads).toBe(1);
  // It begins to watch another run every four seconds, which has it say so.
  const watched = new Set<string>();
  for (let second = 0; second < 60; second++) {
    await clock.advance(1_000);
    if (second % 4 === 0) process.watches(`run${second}`);
    watched.add(`run${second}`);
    process.look(watched);
    await settled();
  }
  expect(counted.reads).toBeGreaterThanOrEqual(6);
  expect(counted.reads).toBeLessThan(20);
});

test('who begins to watch says which runs are new, and all of them every five seconds', async () => {
  const { process, clock, counted } = listening();
  await process.open();
  await settled();
  counted.said.length = 0;
  const watched = Array.from({ length: 1_000 }, (_, at) => `run${at}`);
  for (const runId of watched) {
    process.watches(runId);
    if (Number(runId.slice(3)) % 100 === 99) await settled();
  }
  expect(counted.said).toHaveLength(10);
  expect(counted.said.join('').length).toBeLessThan(20_000);
  await clock.advance(5_000);
  process.look(new Set(watched));
  expect(counted.said).toHaveLength(11);
  expect(JSON.parse(counted.said[10] ?? '')).toEqual({ hears: watched.map((runId) => `run:${runId}`) });
});

test('a value above `maxPayloadBytes` that a body emits stays in its process, which logs that', async () => {
  const { process, counted } = listening(100);
  await process.open();
  process.heard('listeners', JSON.stringify({ hears: ['run:one'] }));
  counted.said.length = 0;
  const run = { id: 'one' } as StoreRun;
  process.emitted(run, { ...eventOf('custom', { name: 'chart', data: 'x'.repeat(50) }), runId: 'one' });
  expect([counted.said.length, counted.logged]).toEqual([1, []]);
  process.emitted(run, { ...eventOf('custom', { name: 'chart', data: 'x'.repeat(200) }), runId: 'one' });
  expect(counted.said).toHaveLength(1);
  expect(counted.logged).toHaveLength(1);
  expect(counted.logged[0]).toMatch(/emits as chart in run one is heard in this process only: .*ONW2021/);
});

/** What it sends comes to the other process. */
class Linked extends ByHand {
  other: ByHand | undefined;
  override open(runs: SharedRuns): Promise<void> {
    this.runs = runs;
    return runs.listening.open();
  }
  override send(topic: string, text: string): void {
    this.other?.runs?.listening.heard(topic, text);
  }
}

/** No value can be read for a while. */
class Away extends SharedStore {
  isAway = false;
  override payloads(runId: string, names: readonly string[]): readonly (string | undefined)[] {
    if (this.isAway) throw new Error('away');
    return super.payloads(runId, names);
  }
}

class Scale {
  @Job() weigh(): object {
    return { grams: 12 };
  }
  @OnSuccess('weigh') label(): string {
    return 'label';
  }
}

test('HEARD-RUNS-3: a store that fails while the value of an event is read costs a listener time, and no event', async () => {
  const [sharing, far] = [new Linked(), new Linked()];
  [sharing.other, far.other] = [far, sharing];
  const store = new Away();
  const { start } = wired(new StoreEngine(store, { sharing }), { Scale: new Scale() });
  const listener = wired(new StoreEngine(store, { sharing: far }), { Scale: new Scale() });
  const told: string[] = [];
  const onEvent = (event: RunEvent): void =>
    void told.push(`${event.seq} ${event.type} ${'value' in event ? JSON.stringify(event.value) : ''}`.trim());
  listener.runtime.observe({ onEvent }, { scope: 'all', events: ['run.started', 'step.completed', 'run.ended'] });
  await listener.runtime.runs();
  await settled();
  await start('Scale.weigh', undefined, { id: 'one' });
  await settled();
  store.isAway = true;
  await sharing.perform(sharing.tasks.shift(), { ...jobOf('weigh'), goesOnWith: () => false });
  await settled();
  expect(told).toEqual(['1 run.started']);
  store.isAway = false;
  await sharing.perform(sharing.tasks.shift(), jobOf('label'));
  await settled();
  expect(told).toEqual([
    '1 run.started',
    '3 step.completed {"grams":12}',
    '5 step.completed "label"',
    '6 run.ended {"grams":12}',
  ]);
});

/** One value is of a kind that only a later version knows. */
class FromLater extends SharedStore {
  override payloads(runId: string, names: readonly string[]): readonly (string | undefined)[] {
    const texts = super.payloads(runId, names);
    return texts.map((text) => (text?.includes('grams') === true ? '{"value":["~later",1]}' : text));
  }
}

test('HEARD-RUNS-4: a value that can never be read is a gap, and holds up nothing', async () => {
  const [sharing, far] = [new Linked(), new Linked()];
  [sharing.other, far.other] = [far, sharing];
  const store = new FromLater();
  const { start } = wired(new StoreEngine(store, { sharing }), { Scale: new Scale() });
  const listener = wired(new StoreEngine(store, { sharing: far }), { Scale: new Scale() });
  const told: string[] = [];
  const onEvent = ({ seq, type }: RunEvent): void => void told.push(`${seq} ${type}`);
  listener.runtime.observe({ onEvent }, { scope: 'all' });
  await listener.runtime.runs();
  await settled();
  await start('Scale.weigh', undefined, { id: 'one' });
  await settled();
  for (const node of ['weigh', 'label'])
    await sharing.perform(sharing.tasks.shift(), { ...jobOf(node), goesOnWith: () => false });
  await settled();
  expect(told).toEqual(['1 run.started', '2 step.started', '3 gap', '4 step.started', '5 step.completed', '6 gap']);
});

test('SAID-3: what this version sends is what earlier ones read, and a field that a later one adds is passed over', () => {
  const event = { type: 'custom', runId: 'one', seq: 3, tags: [], at: 1, name: 'half', node: 'A.b' };
  const texts = [
    '{"asks":true}',
    '{"hears":["all","run:one"]}',
    '{"events":[{"type":"custom","runId":"one","seq":3,"tags":[],"at":1,"name":"half","node":"A.b"}],"data":"{\\"value\\":1}"}',
  ];
  const said = [{ asks: true }, { hears: ['all', 'run:one'] }, { events: [event], data: '{"value":1}' }];
  expect(texts.map((text) => readSaid(text, 'all', undefined))).toEqual(said);
  expect(said.map((each) => saidText(each as Said, 'all', undefined))).toEqual(texts);
  expect(readSaid('{"hears":["all"],"since":5}', 'all', undefined)).toMatchObject({ hears: ['all'] });
});
