// The inbox of a file whose owner is a runtime: what other programs leave in it, commands or not.

import { describe, expect, test } from 'vitest';
import { createRuntime, Job, type Logger, type Runtime, type StepContext } from 'onward';
import { sqliteEngine, type Encryption } from 'onward/engines/sqlite';
import { SqliteFile } from '../../src/engines/sqlite/sqlite-history.ts';
import { database, DRIVERS, storeFile } from '../support/sqlite.ts';
import { wire, type AnyNodes } from '../support/wired.ts';

class Shop {
  /** Ends when it is cancelled. */
  @Job() async bake({ signal }: StepContext): Promise<void> {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }
}

const encryption: Encryption = { current: 'a', keys: { a: 'c3'.repeat(32) } };

describe.each(DRIVERS)('%s', (driver) => {
  describe.each([
    ['a plain file', undefined],
    ['an encrypted file', encryption],
  ])('%s', (_name, keys) => {
    test('what cannot be read is dropped with a line in the log, and what is behind it is done', async () => {
      const file = storeFile();
      const lines: string[] = [];
      const warn = (text: string): number => lines.push(text);
      const log: Logger = { error: warn, warn };
      const services = { Shop: new Shop() };
      const graph = wire(services, { 'Shop.bake': ['context'] });
      const engine = sqliteEngine({ file, driver, ...(keys !== undefined && { encryption: keys }) });
      const runtime = createRuntime(graph, { services, engine, log });
      const run = await runtime.start('Shop.bake', undefined, { id: 'a' });

      const db = database(file, driver);
      const insert = db.prepare('INSERT INTO inbox (at, command) VALUES (?, ?)');
      for (const text of ['{', '~b~Zm9v', '~']) insert.run(Date.now(), text);
      const beside = new SqliteFile({ file, driver, encryption: keys });
      const unknown = beside.put({ type: 'bake', runs: ['a'] });
      const cancel = beside.put({ type: 'cancel', runs: ['a'] });

      expect((await run.report()).status).toBe('cancelled');
      const answers: unknown[] = [];
      for (const no of [unknown, cancel])
        await expect.poll(() => (answers[no] = beside.answerTo(no)), { timeout: 20_000 }).toBeDefined();
      expect(answers[unknown]).toMatchObject({ results: [{ run: 'a', error: { code: 'ONW3004' } }] });
      // The body may not have stopped by then.
      expect(answers[cancel]).toEqual({
        results: [{ run: 'a', status: expect.stringMatching(/^(running|cancelled)$/) }],
      });
      expect(lines).toHaveLength(4);
      for (const line of lines.slice(0, 3))
        expect(line).toMatch(/^a command in the inbox of the store cannot be read, and was dropped: /);
      expect(lines[3]).toMatch(/^bake of "a", asked for from outside, is refused: this version of onward/);
      expect(db.prepare('SELECT no FROM inbox').all()).toEqual([]);
      db.close();
      beside.close();
      await runtime.close();
    });
  });

  test('what was left while nobody had the file is done by the next runtime, also by one that ends soon', async () => {
    const file = storeFile();
    const services = { Shop: new Shop() };
    const graph = wire(services, { 'Shop.bake': ['context'] });
    const first = createRuntime(graph, { services, engine: sqliteEngine({ file, driver }), log: false });
    await first.start('Shop.bake', undefined, { id: 'a', suspended: true });
    await first.close({ drainMs: 0 });

    const beside = new SqliteFile({ file, driver });
    beside.put({ type: 'cancel', runs: ['a'] });
    beside.put({ type: 'resume', runs: ['gone'] });
    const warned: string[] = [];
    const log: Logger = { error: () => {}, warn: (text) => void warned.push(text) };
    const second = createRuntime(graph, { services, engine: sqliteEngine({ file, driver }), log });
    await second.start('Shop.bake', undefined, { id: 'b', suspended: true });
    await second.close({ drainMs: 0 });
    expect((await beside.run('a'))?.status).toBe('cancelled');
    // Whoever has left a command that is refused is not there any more.
    expect(warned).toEqual([
      expect.stringMatching(/^resume of "gone", asked for from outside, is refused: there is no/),
    ]);
    beside.close();
  });

  describe('a runtime that is closed at once', () => {
    let fails = true;
    class Bank {
      @Job() charge(): string {
        if (fails) throw new Error('declined');
        return 'charged';
      }
    }
    const open = (file: string): { readonly runtime: Runtime<AnyNodes> } => {
      const services = { Bank: new Bank() };
      return {
        runtime: createRuntime(wire(services), { services, engine: sqliteEngine({ file, driver }), log: false }),
      };
    };
    /** A run that failed, and somebody who asks for a retry while nobody has the file. */
    async function asked(): Promise<{ readonly file: string; readonly beside: SqliteFile; readonly no: number }> {
      fails = true;
      const file = storeFile();
      const { runtime } = open(file);
      await (await runtime.start('Bank.charge', undefined, { id: 'a' })).report();
      await runtime.close();
      fails = false;
      const beside = new SqliteFile({ file, driver });
      return { file, beside, no: beside.put({ type: 'retry', runs: ['a'] }) };
    }
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

    test('does and answers what it has taken: the run that it begins again has its time to end', async () => {
      const { file, beside, no } = await asked();
      const { runtime } = open(file);
      void runtime.work();
      // It looks once, as soon as it works.
      await expect.poll(async () => (await runtime.run('a'))?.inspect().then(({ status }) => status)).toBe('completed');
      await runtime.close();
      expect(beside.answerTo(no)).toEqual({ results: [{ run: 'a' }] });
      beside.close();
    });

    test('does it ahead of a start, which counts as open meanwhile', async () => {
      const { file, beside } = await asked();
      const { runtime } = open(file);
      await runtime.runs();
      const starting = runtime.start('Bank.charge', undefined, { id: 'b' });
      expect(runtime.openRuns()).toBe(1);
      await runtime.idle();
      expect((await (await starting).inspect()).status).toBe('completed');
      await runtime.close();
      beside.close();
    });

    test('does it ahead of the same id that it starts itself: that joins the run that has begun again', async () => {
      const { file, beside, no } = await asked();
      const { runtime } = open(file);
      const run = await runtime.start('Bank.charge', undefined, { id: 'a' });
      expect((await run.report()).status).toBe('completed');
      await runtime.close();
      expect(beside.answerTo(no)).toEqual({ results: [{ run: 'a' }] });
      beside.close();
    });

    test.each([0, 1, 2, 3, 5, 8])('answers, or leaves it to the next one: after %s turns', async (turns) => {
      const { file, beside, no } = await asked();
      const { runtime } = open(file);
      void runtime.work();
      for (let at = 0; at < turns; at++) await turn();
      await runtime.close();
      const answer = beside.answerTo(no);
      const status = (await beside.run('a'))?.status;
      if (answer === undefined) expect(status).toBe('failed');
      else expect([answer, status]).toEqual([{ results: [{ run: 'a' }] }, 'completed']);
      const next = open(file);
      void next.runtime.work();
      await expect.poll(async () => (await beside.run('a'))?.status, { timeout: 20_000 }).toBe('completed');
      await next.runtime.close();
      if (answer === undefined) expect(beside.answerTo(no)).toEqual({ results: [{ run: 'a' }] });
      beside.close();
    });
  });
});
