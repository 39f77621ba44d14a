// A process that ends by itself says which runs end with it.

import { expect, test } from 'vitest';
import { bundled, started } from '../support/child.ts';
import { storeFile } from '../support/sqlite.ts';

const program = await bundled('left-open');
const WORK = 'await runtime.work() to keep the process alive; or keep runs in a store';

/** What a process says on stderr, apart from Node's own words, and how it ends. */
async function ended(...given: readonly string[]): Promise<{ readonly lines: string[]; readonly code: number | null }> {
  const child = started(program, given, { stdio: ['ignore', 'inherit', 'pipe'] });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { lines: said.split('\n').filter((line) => line.startsWith('onward: ')), code };
}

function says(text: string): { readonly lines: string[]; readonly code: number } {
  return { lines: [`onward: the process ends, and its open runs with it: ${text}; ${WORK}`], code: 13 };
}

test.each([
  ['suspended', 'run 1 of Shop.pack is suspended; resume() lets a suspended run go on'],
  ['message', 'run 1 of Shop.order waits for a message to Shop.approve; send() brings a run its message'],
  ['paused', 'run 1 of Shop.pack waits for Shop.pack, which is paused; runtime.resume() lets paused nodes begin'],
  [
    'body',
    'run 1 of Shop.pack is in Shop.pack, which waits for something that keeps no process alive; a `timeout` ends a body that never returns',
  ],
])('LEFT-OPEN-1: what a run waits for is told when the process has nothing left to do: %s', async (how, text) => {
  expect(await ended(how)).toEqual(says(text));
});

test('three are named, the others counted', async () => {
  const [line = ''] = (await ended('many')).lines;
  expect(line).toMatch(/run 3 of Shop\.pack [^,]+, which [^,]+, 2 more; a `timeout` ends/);
});

test('a run that waits for a slot is not said to be in the body', async () => {
  const [line = ''] = (await ended('slot')).lines;
  expect(line).toContain('run 1 of Shop.wrap is in Shop.wrap, which');
  expect(line).toContain('run 2 of Shop.wrap waits for Shop.wrap to be free');
});

test('a runtime that was closed leaves nothing behind', async () => {
  expect(await ended('closed')).toEqual({ lines: [], code: 0 });
});

test('a store goes on with its runs in the next process: nothing is said of them', async () => {
  expect(await ended('started', storeFile())).toEqual({ lines: [], code: 0 });
});

test.each([
  ['suspended', 'run 1 of Shop.pack (suspended)'],
  ['message', 'run 1 of Shop.order (running)'],
])('CLOSING-4: but of those that somebody waits for here: %s', async (how, text) => {
  const line = `onward: the process ends while somebody in it waits for ${text}: open runs are kept, and go on when their store is opened again; await runtime.work() to keep the process alive until then`;
  expect(await ended(how, storeFile())).toEqual({ lines: [line], code: 13 });
});

test('three of those are named, the others counted', async () => {
  const [line = ''] = (await ended('many', storeFile())).lines;
  expect(line).toMatch(/run 3 of Shop\.pack \(running\), 2 more: open runs/);
});
