// What is large: too large for a store, it is refused where it comes from, and nothing of it is kept; and what is there
// already is not kept twice.

import { statSync } from 'node:fs';
import { IsString } from 'class-validator';
import { expect, test } from 'vitest';
import { Handler, Job, OnError, OnSuccess, type StepContext } from 'onward';
import { sqliteEngine } from 'onward/engines/sqlite';
import { storeEngine } from 'onward/engines/store';
import { MapStore } from '../../src/engines/store/map-store.ts';
import { storeFile } from '../support/sqlite.ts';
import { rejectionOf, wired } from '../support/wired.ts';

class Letter {
  @IsString() text!: string;
}

class Works {
  readonly called: string[] = [];
  @Job() huge(): string {
    return 'x'.repeat(50_000_000);
  }
  @OnSuccess('huge') never(): void {
    this.called.push('never');
  }
  @OnError('huge') sorry(_message: unknown, context: StepContext): void {
    this.called.push(`sorry ${context.step.node}`);
  }
  @Job() fail(): void {
    throw Object.assign(new RangeError('no room'), { dump: 'x'.repeat(2_000_000) });
  }
  @Job() take(letter: Letter): number {
    return letter.text.length;
  }
}

const PARAMETERS = { 'Works.sorry': ['any', 'context'], 'Works.take': [Letter] } as const;

test('C24: a value of 50 MB fails the step that returned it, and nothing of it is in the file', async () => {
  const file = storeFile();
  const works = new Works();
  const app = wired(sqliteEngine({ file }), { Works: works }, PARAMETERS);
  const report = await app.report('Works.huge', undefined, { id: 'a' });
  expect(report).toMatchObject({ status: 'failed', code: 107 });
  expect(String(report.error)).toMatch(
    /^OnwardError: ONW2021: the value takes 500000\d\d bytes as text, and this store keeps at most 1048576 bytes as text; keep it elsewhere/,
  );
  expect(works.called).toEqual(['sorry Works.sorry']);
  await app.runtime.close();
  expect(statSync(file).size).toBeLessThan(1_000_000);
  const next = wired(sqliteEngine({ file }), { Works: works }, PARAMETERS);
  expect(await (await next.runtime.run('a'))?.report()).toMatchObject({ status: 'failed', code: 107 });
  await next.runtime.close();
});

test('C24: so does a message that is too large, before anything is stored; the limit is an option', async () => {
  const engine = sqliteEngine({ file: storeFile(), maxPayloadBytes: 100 });
  const app = wired(engine, { Works: new Works() }, PARAMETERS);
  expect(await rejectionOf(app.start('Works.take', { text: 'x'.repeat(200) }))).toMatchObject({ code: 'ONW2021' });
  expect((await app.runtime.runs()).runs).toEqual([]);
  expect(await app.report('Works.take', { text: 'short' })).toMatchObject({ status: 'completed' });
  await app.runtime.close();
});

test('an error is kept without what hangs on it, if that is too large', async () => {
  const app = wired(sqliteEngine({ file: storeFile() }), { Works: new Works() }, PARAMETERS);
  const { error } = await app.report('Works.fail');
  expect(error).toBeInstanceOf(RangeError);
  expect(error).toMatchObject({ message: 'no room' });
  expect(error).not.toHaveProperty('dump');
  await app.runtime.close();
});

class Relay {
  readonly got: unknown[] = [];
  @Job() first(): object {
    return { text: 'y'.repeat(5_000) };
  }
  @OnSuccess('first')
  @Handler({ retry: { attempts: 2, delay: 1 } })
  async second(value: unknown): Promise<unknown> {
    this.got.push(value);
    if (this.got.length === 1) throw new Error('once more');
    return value;
  }
  @Job() parts(): number[] {
    return [1, 2];
  }
  @OnSuccess('parts', { each: true }) part(value: number): number {
    return value;
  }
  @OnSuccess('parts', { bind: ({ returnValue }) => ({ text: String(returnValue) }) }) letter({ text }: Letter): string {
    return text;
  }
}

test('a message that is the value of its source is kept once, and a retry gets it', async () => {
  const store = new MapStore();
  const names: string[] = [];
  const commit = store.commit.bind(store);
  store.commit = (changes) => {
    names.push(...changes.flatMap(({ payloads }) => payloads.map(([name]) => name)));
    return commit(changes);
  };
  const relay = new Relay();
  const app = wired(storeEngine({ store }), { Relay: relay }, {}, { messages: { validate: false } });
  const report = await app.report('Relay.first');
  expect(names.filter((name) => !name.includes('error'))).toEqual(['1.1.out', '2.2.out']);
  expect(relay.got).toEqual([{ text: 'y'.repeat(5_000) }, { text: 'y'.repeat(5_000) }]);
  expect(report.steps[1]).toMatchObject({
    message: { text: 'y'.repeat(5_000) },
    attempts: [{ number: 1 }, { number: 2 }],
  });
  await app.runtime.close();
});

test('an item of an array, and a message that is made of a value, is kept by itself', async () => {
  const app = wired(storeEngine({ store: new MapStore() }), { Relay: new Relay() }, { 'Relay.letter': [Letter] });
  const { steps } = await app.report('Relay.parts');
  const messages = steps.slice(1).map(({ node, message }) => [node, message]);
  expect(messages).toEqual([
    ['Relay.part', 1],
    ['Relay.part', 2],
    ['Relay.letter', { text: '1,2' }],
  ]);
  await app.runtime.close();
});
