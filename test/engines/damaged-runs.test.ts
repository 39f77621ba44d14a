// E05: a record or a value that cannot be what was written is the matter of its run alone.

import { describe, expect, test } from 'vitest';
import { Job, OnSuccess, type Engine } from 'onward';
import { sqliteEngine } from 'onward/engines/sqlite';
import { database, DRIVERS, storeFile } from '../support/sqlite.ts';
import { rejectionOf, wired, type Wired } from '../support/wired.ts';

class Shop {
  @Job() order(): string {
    return 'ordered';
  }
  @OnSuccess('order', { after: '1h' }) remind(text: string): string {
    return `${text}, reminded`;
  }
}

describe.each(DRIVERS)('%s', (driver) => {
  interface Life extends Wired {
    readonly logged: string[];
  }

  const life = (file: string): Life => {
    const logged: string[] = [];
    const tell = (text: string): void => void logged.push(text.replaceAll(file, 'onward.db'));
    const engine: Engine = sqliteEngine({ file, driver });
    const log = { error: tell, warn: tell };
    return { ...wired(engine, { Shop: new Shop() }, { 'Shop.remind': ['any'] }, { log }), logged };
  };

  /** Three runs that wait for an hour; something of one of them is changed in the file. */
  const damagedBy = async (sql: string): Promise<{ readonly file: string; readonly row: () => unknown }> => {
    const file = storeFile();
    const { start, clock, runtime } = life(file);
    for (const id of ['first', 'broken', 'last']) await start('Shop.order', undefined, { id });
    await clock.advance(10);
    await runtime.close();
    const row = (): unknown => {
      const db = database(file, driver);
      try {
        const of =
          db.prepare("SELECT live, record, settings, version, change FROM run WHERE id = 'broken'").get() ?? {};
        const last = db.prepare('SELECT before, text FROM change WHERE no = ?').get(of['change'] ?? 0);
        return [
          of['live'],
          of['record'],
          of['settings'],
          of['version'],
          of['change'],
          last?.['before'],
          last?.['text'],
        ];
      } finally {
        db.close();
      }
    };
    const db = database(file, driver);
    db.exec(sql);
    db.close();
    return { file, row };
  };

  test.each([
    ['a live record', `UPDATE run SET live = replace(live, '"phase"', '"phase') WHERE id = 'broken'`],
    ['the lengths of live records', `UPDATE run SET live = 'x' || live WHERE id = 'broken'`],
    ['a length below zero', `UPDATE run SET live = '-9 0' || char(10) || live WHERE id = 'broken'`],
    ['the record of the run', `UPDATE run SET record = '{"seq' WHERE id = 'broken'`],
  ])('E05: %s: the run stands still and is left as it is, all others go on', async (_, sql) => {
    const { file, row } = await damagedBy(sql);
    const before = row();
    const { runtime, clock, logged } = life(file);
    const working = runtime.work();
    await clock.runAll();
    for (const id of ['first', 'last']) {
      const report = await (await runtime.run(id))?.report();
      expect([report?.status, report?.steps.at(-1)?.returnValue]).toEqual(['completed', 'ordered, reminded']);
    }
    expect(logged.filter((line) => line.includes('ONW4005'))).toHaveLength(1);
    expect(logged.join()).toMatch(/run broken cannot be read \(.+\); the run is left as it is/);
    const { runs } = await runtime.runs();
    expect(runs.map(({ id }) => id)).toEqual(['last', 'broken', 'first']);
    // Nobody waits for what never ends.
    await runtime.idle();
    await runtime.close();
    await working;
    expect(row()).toEqual(before);
  });

  const BROKEN = "(SELECT change FROM run WHERE id = 'broken')";

  test.each([
    ['a value', `UPDATE change SET text = replace(text, '"ordered"', '"ordered') WHERE no = ${BROKEN}`],
    ['the lengths of what was written', `UPDATE change SET text = 'x' || text WHERE no = ${BROKEN}`],
    ['a length of it below zero', `UPDATE change SET text = '-9 0' || char(10) || text WHERE no = ${BROKEN}`],
    ['more is said to be written than there is', `UPDATE change SET text = substr(text, 1, 9) WHERE no = ${BROKEN}`],
    ['the last change is missing', `DELETE FROM change WHERE no = ${BROKEN}`],
    ['a change comes before itself', `UPDATE change SET before = no WHERE no = ${BROKEN}`],
  ])('E05: %s: the step that needs it begins no body, and whoever asks hears which run it is', async (_, sql) => {
    const { file } = await damagedBy(sql);
    const { runtime, clock, logged } = life(file);
    const working = runtime.work();
    await clock.runAll();
    expect((await (await runtime.run('last'))?.report())?.status).toBe('completed');
    const broken = await runtime.run('broken');
    expect(await rejectionOf(broken?.inspect() ?? Promise.resolve())).toMatchObject({
      code: 'ONW4005',
      details: { runId: 'broken' },
    });
    expect(logged.filter((line) => line.includes('ONW4005'))).toHaveLength(1);
    await runtime.close();
    await working;
  });
});
