// A store behind a key: it keeps to what every store keeps to, and nobody reads it without the key.

import { existsSync, readFileSync } from 'node:fs';
import { IsString } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { Handler, Job, OnSuccess, Sensitive, type StepContext } from 'onward';
import { sqliteEngine } from 'onward/engines/sqlite';
import { storeConformance } from 'onward/testing';
import { EncryptedStore } from '../../src/engines/store/encrypted-store.ts';
import { fingerprintOf } from '../../src/values/fingerprint.ts';
import { MapStore } from '../../src/engines/store/map-store.ts';
import type { RunChange } from '../../src/engines/store/store.ts';
import { storeFile } from '../support/sqlite.ts';
import { rejectionOf, wired, type Wired } from '../support/wired.ts';
import { change as storedChange, SUMMARY } from '../support/stored-change.ts';

const OLD = '5a'.repeat(32);
const NEW = 'c3'.repeat(32);

describe('a store of maps behind a key', () => {
  const open = (): EncryptedStore => new EncryptedStore(new MapStore(), { current: 'a', keys: { a: OLD } });
  test.each(storeConformance({ open }))('$name', ({ run }) => run());
});

const change = (runId: string, expected: number, more: Partial<RunChange> = {}): RunChange =>
  storedChange(runId, expected, {
    summary: { ...SUMMARY, fingerprint: 'the fingerprint' },
    writes: [['r', '"the record"']],
    payloads: [['p', '"the payload"']],
    timers: [{ key: 't', at: 5, event: '"the event"' }],
    ...more,
  });

describe('a store behind a key', () => {
  test('what was written with an old key is read as long as that is given, and so is what was written without any', async () => {
    const maps = new MapStore();
    maps.commit([change('plain', 0)]);
    await new EncryptedStore(maps, { current: 'old', keys: { old: OLD } }).commit([change('one', 0)]);
    const both = new EncryptedStore(maps, { current: 'new', keys: { old: OLD, new: NEW } });
    await both.commit([change('two', 0)]);
    for (const id of ['plain', 'one', 'two']) {
      expect((await both.load(id, ['r'])).records.get('r')).toBe('"the record"');
      expect(await both.payloads(id, ['p'])).toEqual(['"the payload"']);
      const kept = (await both.find(id))?.fingerprint ?? '';
      expect(both.isSameFingerprint(id, kept, 'the fingerprint')).toBe(true);
      expect(both.isSameFingerprint(id, kept, 'another fingerprint')).toBe(false);
    }
    expect((await both.due(5, 9)).timers.map(({ event }) => event)).toEqual(Array(3).fill('"the event"'));
    const late = new EncryptedStore(maps, { current: 'new', keys: { new: NEW } });
    expect((await late.load('two', ['r'])).records.get('r')).toBe('"the record"');
    expect(String(await rejectionOf(Promise.resolve().then(() => late.load('one', ['r']))))).toMatch(
      /ONW4008: there are texts of run one in the store map that were written with the key old, and `encryption.keys` lacks it/,
    );
  });

  test('a text under another key, or in another place, is refused', async () => {
    const maps = new MapStore();
    const store = new EncryptedStore(maps, { current: 'a', keys: { a: OLD } });
    await store.commit([change('one', 0)]);
    const [text] = maps.payloads('one', ['p']);
    maps.commit([change('two', 0, { payloads: [['p', text ?? '']] })]);
    for (const [keys, id] of [
      [{ a: NEW }, 'one'],
      [{ a: OLD }, 'two'],
    ] as const) {
      const other = new EncryptedStore(maps, { current: 'a', keys });
      expect(String(await rejectionOf(Promise.resolve().then(() => other.payloads(id, ['p']))))).toContain(
        `ONW4008: a text of run ${id} in the store map does not open with the key a`,
      );
    }
  });

  test('a fingerprint is an HMAC under the key that its run began with: it opens with none, and is the same in no other run', async () => {
    const maps = new MapStore();
    const store = new EncryptedStore(maps, { current: 'old', keys: { old: OLD } });
    await store.commit([change('one', 0), change('two', 0)]);
    const [one = '', two = ''] = ['one', 'two'].map((id) => maps.find(id)?.fingerprint);
    expect(one).toMatch(/^~old#[\w+/]{43}=$/);
    expect(two).not.toBe(one);
    // Later changes of the run, under another key, leave it as it is.
    const both = new EncryptedStore(maps, { current: 'new', keys: { old: OLD, new: NEW } });
    const found = await both.find('one');
    await both.commit([
      change('one', 1, { summary: { ...change('one', 1).summary, fingerprint: found?.fingerprint } }),
    ]);
    expect(maps.find('one')?.fingerprint).toBe(one);
    expect(both.isSameFingerprint('one', one, 'the fingerprint')).toBe(true);
    const late = new EncryptedStore(maps, { current: 'new', keys: { new: NEW } });
    expect(() => late.isSameFingerprint('one', one, 'the fingerprint')).toThrow('ONW4008');
  });

  test('a fingerprint of the user is one as any other, whatever it begins with', async () => {
    const maps = new MapStore();
    const store = new EncryptedStore(maps, { current: 'a', keys: { a: OLD } });
    const { summary } = change('one', 0);
    await store.commit([change('one', 0, { summary: { ...summary, fingerprint: '~secret' } })]);
    const kept = maps.find('one')?.fingerprint ?? '';
    expect(kept).not.toContain('secret');
    expect(store.isSameFingerprint('one', kept, '~secret')).toBe(true);
    expect(store.isSameFingerprint('one', kept, '~other')).toBe(false);
  });

  test('runs are listed whose key is gone', async () => {
    const maps = new MapStore();
    await new EncryptedStore(maps, { current: 'old', keys: { old: OLD } }).commit([change('one', 0)]);
    const late = new EncryptedStore(maps, { current: 'new', keys: { new: NEW } });
    expect(await late.runs({ limit: 10 })).toMatchObject([{ runId: 'one' }]);
  });

  test('equal texts are written differently', async () => {
    const maps = new MapStore();
    const store = new EncryptedStore(maps, { current: 'a', keys: { a: OLD } });
    await store.commit([change('one', 0), change('two', 0)]);
    const texts = [...maps.payloads('one', ['p']), ...maps.payloads('two', ['p'])];
    expect(new Set(texts).size).toBe(2);
  });
});

class Card {
  @Sensitive() @IsString() number!: string;
}

class Till {
  @Job() pay(card: Card, context: StepContext): string {
    context.state.set('seen', card.number);
    return card.number;
  }
  @OnSuccess('pay') refuse(number: string): void {
    throw new Error(`no money on ${number}`);
  }
}

function till(file: string, encryption?: Parameters<typeof sqliteEngine>[0]['encryption']): Wired {
  const engine = sqliteEngine({ file, encryption });
  return wired(engine, { Till: new Till() }, { 'Till.pay': [Card, 'context'], 'Till.refuse': ['any'] });
}

describe('an engine behind a key', () => {
  test('E10: messages, values, errors and state are nowhere in the file, and the next life reads them', async () => {
    const file = storeFile();
    const encryption = { current: 'a', keys: { a: OLD } };
    const first = till(file, encryption);
    const before = await first.report('Till.pay', { number: '4000-1234' }, { id: 'one' });
    expect(JSON.stringify([before.value, before.state, String(before.callbackFailures[0]?.error)])).toContain(
      '4000-1234',
    );
    const read = (): string => ['', '-wal'].map((end) => readFileSync(`${file}${end}`, 'latin1')).join('');
    expect(read()).toContain('Till.pay');
    expect(read()).not.toContain('4000-1234');
    await first.runtime.close();
    const second = till(file, encryption);
    const run = await second.start('Till.pay', { number: '4000-1234' }, { id: 'one' });
    expect(await run.report()).toEqual(before);
    await second.runtime.close();
  });

  test('E10: a start comes again in the next life, whose key is another one: it is the same one, and one with other data is not', async () => {
    const file = storeFile();
    const first = till(file, { current: 'a', keys: { a: OLD } });
    await (await first.start('Till.pay', { number: '4000' }, { id: 'one' })).report();
    await first.runtime.close();
    const { start, runtime } = till(file, { current: 'b', keys: { a: OLD, b: NEW } });
    expect((await start('Till.pay', { number: '4000' }, { id: 'one' })).id).toBe('one');
    expect(await rejectionOf(start('Till.pay', { number: '4001' }, { id: 'one' }))).toMatchObject({ code: 'ONW3033' });
    await runtime.close();
  });

  test('E10: a call without a key has one that tells nobody what it was called with, and is the same one under the next key', async () => {
    class Pin {
      @Sensitive() @IsString() pin!: string;
    }
    class Bank {
      readonly checked: string[] = [];
      readonly keys: string[] = [];
      readonly end: (() => void)[] = [];
      @Job() async open({ pin }: Pin, context: StepContext): Promise<string> {
        const checked = await context.call(Bank, 'check', { pin });
        await new Promise<void>((resolve) => this.end.push(resolve));
        return checked;
      }
      @Handler() check({ pin }: Pin, { step }: StepContext): string {
        this.checked.push(pin);
        this.keys.push(step.key);
        return 'ok';
      }
    }
    const file = storeFile();
    const parameters = { 'Bank.open': [Pin, 'context'], 'Bank.check': [Pin, 'context'] } as const;
    const life = (current: string) => {
      const [bank, engine] = [new Bank(), sqliteEngine({ file, encryption: { current, keys: { a: OLD, b: NEW } } })];
      return { bank, ...wired(engine, { Bank: bank }, parameters) };
    };
    const first = life('a');
    await first.start('Bank.open', { pin: '1234' }, { id: 'one' });
    await first.clock.runAll();
    await first.runtime.close({ drainMs: 0 });
    const { text } = fingerprintOf('Bank.check', { pin: '1234' });
    const read = ['', '-wal']
      .filter((end) => existsSync(`${file}${end}`))
      .map((end) => readFileSync(`${file}${end}`, 'latin1'));
    expect(read.join('')).not.toContain(text);
    expect(first.bank.keys[0]).toMatch(/^one~Bank\.open\.1~Bank\.check/);
    expect(first.bank.keys[0]).not.toContain(text);
    const second = life('b');
    void second.runtime.work();
    await second.clock.runAll();
    second.bank.end[0]?.();
    await second.clock.runAll();
    expect(await (await second.runtime.run('one'))?.value()).toBe('ok');
    expect([first.bank.checked, second.bank.checked]).toEqual([['1234'], []]);
    await second.runtime.close();
  });

  test('E10: without a key, fields that are sensitive keep the file closed, and are named', async () => {
    const refused = await rejectionOf(
      Promise.resolve().then(() => till(storeFile()).start('Till.pay', { number: '4000' })),
    );
    expect(String(refused)).toBe(
      'OnwardError: ONW4009: Card.number would be readable in the store; give the engine `encryption: { current, keys }`, with a key of 64 hexadecimal digits that is kept elsewhere',
    );
  });

  test('keys that are none are refused', () => {
    for (const encryption of [
      { current: 'b', keys: { a: OLD } },
      { current: 'a', keys: { a: 'short' } },
    ])
      expect(() => till(storeFile(), encryption)).toThrow(/ONW3004.*expected `encryption` to be `\{ current, keys \}`/);
  });
});
