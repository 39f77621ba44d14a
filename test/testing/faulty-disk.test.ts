// A disk that is full, or read-only, while runs are under way: nothing that was accepted is lost.

import { describe, expect, test } from 'vitest';
import { Job, OnSuccess, type Engine } from 'onward';
import { breakDiskAtEveryCommit, faultyDisk, type FaultyDisk } from 'onward/testing';
import { DRIVERS, storeFile } from '../support/sqlite.ts';
import { rejectionOf, wired, type Wired } from '../support/wired.ts';

class Shop {
  readonly called: string[] = [];
  isStuck = false;
  @Job() async sell(): Promise<number> {
    this.called.push('sell');
    if (this.isStuck) await new Promise(() => undefined);
    return 7;
  }
  @OnSuccess('sell', { after: '1h' }) pack(sold: number): number {
    this.called.push('pack');
    return sold + 1;
  }
}

const FAULTS = [
  ['full', 'the disk is full (free some room)', (disk: FaultyDisk) => disk.fill()],
  ['read-only', 'the file or its file system is read-only', (disk: FaultyDisk) => disk.makeReadOnly()],
] as const;
const HOUR = 3_600_000;

describe.each(DRIVERS)('%s', (driver) => {
  const life = (file: string): { disk: FaultyDisk; shop: Shop; app: Wired } => {
    const disk = faultyDisk({ file, driver });
    const shop = new Shop();
    return { disk, shop, app: wired(disk.engine, { Shop: shop }, { 'Shop.pack': ['any'] }) };
  };

  test.each(FAULTS)(
    'E06: while the disk is %s, starts are refused at once, what is open stands still, and then it goes on',
    async (_, reason, breakDisk) => {
      const file = storeFile();
      const { disk, shop, app } = life(file);
      const open = await app.start('Shop.sell', undefined, { id: 'open' });
      await app.clock.advance(1);
      breakDisk(disk);
      expect(await rejectionOf(app.start('Shop.sell'))).toMatchObject({
        code: 'ONW4006',
        message: expect.stringContaining(reason),
      });
      // It is due, its body is called only when that is written: reading goes on.
      await app.clock.advance(HOUR);
      expect([shop.called, (await open.inspect()).status]).toEqual([['sell'], 'running']);
      disk.mend();
      await app.clock.advance(10_000);
      expect((await open.report()).steps.map(({ returnValue }) => returnValue)).toEqual([7, 8]);
      expect(shop.called).toEqual(['sell', 'pack']);
      expect((await app.start('Shop.sell', undefined, { id: 'again' })).id).toBe('again');
      await app.runtime.close();
    },
  );

  test('a process that ends on such a disk has lost nothing: the next one goes on', async () => {
    const file = storeFile();
    const first = life(file);
    await first.app.start('Shop.sell', undefined, { id: 'open' });
    first.disk.fill();
    await first.app.clock.advance(1);
    const closing = rejectionOf(first.app.runtime.close({ drainMs: 0 }));
    await first.app.clock.advance(HOUR);
    expect(await closing).toMatchObject({ code: 'ONW3070' });
    const { app, shop } = life(file);
    const run = await app.start('Shop.sell', undefined, { id: 'open' });
    await app.clock.advance(2 * HOUR);
    expect((await run.report()).status).toBe('completed');
    expect(shop.called).toEqual(['sell', 'pack']);
    await app.runtime.close();
  });

  test('a body that was under way is called again once it is written that its process has died', async () => {
    const file = storeFile();
    const first = life(file);
    first.shop.isStuck = true;
    await first.app.start('Shop.sell', undefined, { id: 'open' });
    await first.app.clock.advance(1);
    const closing = first.app.runtime.close({ drainMs: 0 });
    await first.app.clock.advance(1);
    await closing;
    const { disk, shop, app } = life(file);
    disk.fill();
    expect(await rejectionOf(app.start('Shop.sell'))).toMatchObject({ code: 'ONW4006' });
    await app.clock.advance(10_000);
    expect([first.shop.called, shop.called]).toEqual([['sell'], []]);
    disk.mend();
    await app.clock.advance(10_000);
    expect(shop.called).toEqual(['sell']);
    await app.clock.advance(HOUR);
    expect((await (await app.runtime.run('open'))?.report())?.status).toBe('completed');
    expect(shop.called).toEqual(['sell', 'pack']);
    await app.runtime.close();
  });

  test('at every commit: a start is refused and comes again, all that follows from it is only late', async () => {
    const bodies: number[] = [];
    const play = async (engine: Engine): Promise<unknown> => {
      const shop = new Shop();
      const app = wired(engine, { Shop: shop }, { 'Shop.pack': ['any'] });
      const run = await app.start('Shop.sell', undefined, { id: 'one' });
      await app.clock.runAll();
      const { status, steps } = await run.report();
      await app.runtime.close();
      bodies.push(shop.called.length);
      return [status, ...steps.map(({ returnValue }) => returnValue)];
    };
    const points = await breakDiskAtEveryCommit(play, { driver });
    const of = (wanted: string): unknown[] =>
      points.filter(({ fault }) => fault === wanted).map(({ wasRefused }) => wasRefused);
    expect(of('full').length).toBeGreaterThan(3);
    expect(of('full')).toEqual([
      true,
      ...of('full')
        .slice(1)
        .map(() => false),
    ]);
    expect(of('read-only')).toEqual(of('full'));
    expect(new Set(points.map(({ result }) => String(result)))).toEqual(new Set(['completed,7,8']));
    // Reading goes on, and no body is called twice for a commit that comes late.
    expect(new Set(bodies)).toEqual(new Set([2]));
  });

  test('what goes wrong in the program itself is not taken for a refusal', async () => {
    const broken = async (engine: Engine): Promise<void> => {
      await wired(engine, { Shop: new Shop() }, { 'Shop.pack': ['any'] }).start('Shop.sell');
      throw new Error('of its own');
    };
    await expect(breakDiskAtEveryCommit(broken, { driver, every: 100 })).rejects.toThrow('of its own');
  });
});
