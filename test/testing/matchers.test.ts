// Matchers for runs and reports. Each is tried as it passes, and as it fails.

import { expect as jestExpect } from 'expect';
import { expect, test } from 'vitest';
import { Job, OnError, OnSuccess, StepTimeout } from 'onward';
import { onwardMatchers, type OnwardMatchers } from 'onward/testing';
import { ENGINES, rejectionOf, wired } from '../support/wired.ts';

expect.extend(onwardMatchers);
declare module 'vitest' {
  interface Matchers<T> extends OnwardMatchers<T> {}
}

class Shop {
  @Job() order(): void {}
  @OnSuccess('order') pack(): void {}
  @Job() fail(): never {
    throw new TypeError('no paper left');
  }
  @OnError('fail') sorry(): void {}
  @Job({ timeout: 10 }) slow(): Promise<void> {
    return new Promise(() => {});
  }
}
const shop = () => wired(ENGINES[0].open(), { Shop: new Shop() });

test('toHaveCompleted takes a report, and a run, which it waits for', async () => {
  const { report, start } = shop();
  expect(await report('Shop.order')).toHaveCompleted();
  await expect(start('Shop.order')).resolves.toHaveCompleted();
  await expect(await start('Shop.order')).toHaveCompleted();
  expect(await report('Shop.fail')).not.toHaveCompleted();
});

test('toHaveFailedWith takes a class, a part of the message, a pattern, a code', async () => {
  const { report } = shop();
  const failed = await report('Shop.fail');
  expect(failed).toHaveFailedWith(TypeError);
  expect(failed).toHaveFailedWith('no paper');
  expect(failed).toHaveFailedWith(/left$/);
  expect(failed).not.toHaveFailedWith(RangeError);
  expect(failed).not.toHaveFailedWith('ONW3041');
  const late = await report('Shop.slow');
  expect(late).toHaveFailedWith(StepTimeout);
  expect(late).toHaveFailedWith('ONW3041');
  expect(await report('Shop.order')).not.toHaveFailedWith(/./);
});

test('toHaveRun takes a node or a pattern, and how often', async () => {
  const done = await shop().report('Shop.order');
  expect(done).toHaveRun('Shop.pack');
  expect(done).toHaveRun('Shop.*', 2);
  expect(done).not.toHaveRun('Shop.sorry');
  expect(done).not.toHaveRun('Shop.pack', 2);
});

test('a failure shows the run as a tree', async () => {
  const failed = await shop().report('Shop.fail', undefined, { id: 'r1' });
  const error = await rejectionOf(Promise.resolve().then(() => expect(failed).toHaveCompleted()));
  expect(String(error)).toContain('expected the run to have completed\n\n✗ Shop.fail  r1  failed');
  expect(String(error)).toContain('TypeError: no paper left');
  const other = await rejectionOf(Promise.resolve().then(() => expect(failed).toHaveRun('Shop.sorry', 3)));
  expect(String(other)).toContain('expected the run to have run Shop.sorry 3 times, got 1');
  const inverse = await rejectionOf(Promise.resolve().then(() => expect(failed).not.toHaveRun('Shop.sorry')));
  expect(String(inverse)).toContain('expected the run not to have run Shop.sorry');
});

test('what is no run is refused', async () => {
  const refused = await rejectionOf(Promise.resolve().then(() => expect(undefined).toHaveCompleted()));
  expect(String(refused)).toMatch(/ONW3004: expected a run or its report, got nothing/);
});

test('the matchers of Jest are extended in the same way: a run is waited for, and a failure shows the tree', async () => {
  jestExpect.extend(onwardMatchers);
  const extended: { toHaveCompleted(): unknown; toHaveFailedWith(error: unknown): unknown } = Object(
    jestExpect(await shop().start('Shop.order')),
  );
  await extended.toHaveCompleted();
  const failed: typeof extended = Object(jestExpect(await shop().report('Shop.fail', undefined, { id: 'r1' })));
  failed.toHaveFailedWith('no paper');
  const error = await rejectionOf(Promise.resolve().then(() => failed.toHaveCompleted()));
  expect(String(error)).toContain('expected the run to have completed\n\n✗ Shop.fail  r1  failed');
});
