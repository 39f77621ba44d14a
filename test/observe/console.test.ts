// Runs on a console: as a tree and line by line.

import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { formatReport, Job, type StepContext } from 'onward';
import { consoleObserver } from 'onward/observers';
import { eventOf } from 'onward/testing';
import { isColoured } from '../../src/observe/ready/terminal.ts';
import { Odd } from '../support/odd.ts';
import { ENGINES, wired } from '../support/wired.ts';
import { Screen, shop, UNPRINTABLE } from './shop.ts';

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('the tree of a run is that of its report', async () => {
    const { runtime, report } = shop(open);
    const screen = new Screen();
    runtime.observe(consoleObserver({ stream: screen }));
    const over = await report('Shop.order', undefined, { id: 'o1' });
    expect(screen.text).toBe(`${formatReport(over, { width: 100 })}\n`);
    expect(screen.text).toMatch(/Shop\.charge +300 ms  3 attempts, Error: nobody answers/);
    expect(screen.text).toContain('Shop.pick[1]');
  });

  test('two runs at once are two trees', async () => {
    const { runtime, start, clock } = shop(open);
    const screen = new Screen();
    runtime.observe(consoleObserver({ stream: screen }));
    const runs = [await start('Shop.order', undefined, { id: 'a' }), await start('Shop.order', undefined, { id: 'b' })];
    await clock.runAll();
    const reports = await Promise.all(runs.map((run) => run.report()));
    const trees = reports.map((report) => formatReport(report, { width: 100 }));
    expect(trees.every((tree) => screen.text.includes(tree))).toBe(true);
    expect(screen.text.length).toBe(trees.join('\n').length + 1);
  });
});

test('below the tree stands each `when` that has thrown, as in the report; a callback that failed is in it', async () => {
  const { runtime, report } = wired(ENGINES[0].open(), { Odd: new Odd() });
  const screen = new Screen();
  runtime.observe(consoleObserver({ stream: screen }));
  const over = await report('Odd.go');
  expect(screen.text).toBe(`${formatReport(over, { width: 100 })}\n`);
  expect(screen.lines.at(-1)).toBe(' ✗ the edge Odd.go>success>Odd.next behind Odd.go failed: Error: no answer');
  expect(screen.lines.filter((line) => line.includes('failed:'))).toHaveLength(1);
});

test('below the tree no more of them stand than lines are printed: the others are counted', async () => {
  const { runtime, report } = wired(ENGINES[0].open(), { Odd: new Odd() });
  const screen = new Screen();
  runtime.observe(consoleObserver({ stream: screen, most: 0 }));
  await report('Odd.go');
  expect(screen.lines.filter((line) => line.includes('the edge'))).toEqual([]);
  expect(screen.text).toContain('\n … and 1 more\n');
});

test('live: a line for each event, with the time, the run, the node and what came of it', async () => {
  const { runtime, report } = shop();
  const screen = new Screen();
  runtime.observe(consoleObserver({ style: 'live', stream: screen }));
  await report('Shop.order', undefined, { id: 'o1' });
  expect(screen.lines[0]).toBe('00:00:00.000 ▸ o1  run.started  Shop.order');
  expect(screen.lines).toContain('00:00:00.000 ✗ o1  step.retrying  Shop.charge  Error: nobody answers');
  expect(screen.lines).toContain('00:00:00.000 ▸ o1  progress  Shop.pick[0]  0.5 cup');
  expect(screen.lines).toContain('00:00:00.300 ✓ o1  step.completed  Shop.charge  0 ms');
  expect(screen.text).toMatch(/ ✓ o1 {2}step\.completed {2}Shop\.pick\[0\] {2}0 ms\n/);
  expect(screen.text).toMatch(/ ✗ o1 {2}step\.failed {2}Shop\.pick\[1\] {2}/);
  expect(screen.lines.at(-1)).toBe('00:00:00.300 ✗ o1  run.ended  Shop.order  failed in 300 ms');
  expect(screen.text).not.toContain('step.attempt');
});

test('lines are cut to the width, and those beyond the most are counted', async () => {
  const { runtime, report } = shop();
  const screen = new Screen(40);
  runtime.observe(consoleObserver({ style: 'live', stream: screen, most: 5, colour: true }));
  await report('Shop.order', undefined, { id: 'o1' });
  expect(screen.lines).toHaveLength(7);
  expect(screen.lines[5]).toMatch(/ … and \d+ more of o1$/);
  const bare = screen.lines.map(stripVTControlCharacters);
  expect(bare.map((line) => [...line].length).every((length) => length <= 40)).toBe(true);
  expect(screen.lines[0]).toContain('\u001B[34m▸\u001B[39m');
});

test('live: what comes behind the end of a run is printed, and counts for no later run of its id', async () => {
  const screen = new Screen();
  const observer = consoleObserver({ style: 'live', stream: screen, most: 3 });
  await observer.onEvent?.(eventOf('run.started', { runId: 'one', job: 'Slow.go' }));
  await observer.onEvent?.(eventOf('run.ended', { runId: 'one', job: 'Slow.go', status: 'completed' }));
  for (let at = 0; at < 5; at++) await observer.onEvent?.(eventOf('custom', { runId: 'one', node: 'Slow.go' }));
  expect(screen.lines.map((line) => line.split('  ')[1])).toEqual([
    'run.started',
    'run.ended',
    ...Array(5).fill('custom'),
  ]);
  await observer.onEvent?.(eventOf('run.started', { runId: 'one', job: 'Slow.go' }));
  expect(screen.lines.at(-1)).toContain('run.started');
});

test.each(['tree', 'live'] as const)('%s: hostile ids and texts stay printable, one line each', async (style) => {
  class Odd {
    @Job() go(context: StepContext): never {
      context.emit('a\u0007b\nc');
      context.progress(1, '\u202Etxt\u2028');
      throw new Error('\u001B[2J\r\ngone');
    }
  }
  const { runtime, report } = wired(ENGINES[0].open(), { Odd: new Odd() }, { 'Odd.go': ['context'] });
  const screen = new Screen();
  runtime.observe(consoleObserver({ style, stream: screen }));
  await report('Odd.go', undefined, { id: 'x\u202E\u200By' });
  expect(screen.lines.length).toBe(style === 'tree' ? 2 : 6);
  for (const line of screen.lines) expect(line).not.toMatch(UNPRINTABLE);
});

test('colours are for terminals, unless NO_COLOR or FORCE_COLOR say otherwise', () => {
  const terminal = new Screen(80, true);
  expect(isColoured(terminal, {})).toBe(true);
  expect(isColoured(terminal, { TERM: 'dumb' })).toBe(false);
  expect(isColoured(terminal, { NO_COLOR: '1', FORCE_COLOR: '1' })).toBe(false);
  expect(isColoured(new Screen(), {})).toBe(false);
  expect(isColoured(new Screen(), { FORCE_COLOR: '1' })).toBe(true);
});

test('it writes to stdout by default, and refuses options that make no sense', async () => {
  const written: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  const { runtime, report } = shop();
  runtime.observe(consoleObserver());
  await report('Shop.order');
  spy.mockRestore();
  expect(written.join('')).toContain('Shop.order');
  expect(() => consoleObserver(Object({ style: 'leaf', stream: {}, colors: true }))).toThrow(
    /ONW3004.*`style` to be 'tree' or 'live'.*`stream` to be a stream to write to.*did you mean `colour`\?/,
  );
});
