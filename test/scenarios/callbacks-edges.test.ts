// The scenarios of edges: S-A5 to S-A11, generated and run.

import { describe, expect, test } from 'vitest';
import { ENGINES, stepsOf } from '../support/wired.ts';
import { eventsOf, generated, told } from './generated.ts';

const project = await generated('callbacks');
const LOOP = ['job1', 'handler1', 'job2', 'job1', 'handler1', 'handler2'];

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test('S-A5: simple edges run one node after the other on shared data', async () => {
    const { report, notes } = project.open(open());
    const { state, status } = await report('Chain.job1');
    expect(notes.lines).toEqual(['job1', 'handler1', 'job2', 'handler2']);
    expect([state, status]).toEqual([{ count: 4 }, 'completed']);
  });

  test('S-A6: conditional edges go round until the count says otherwise', async () => {
    const { report, notes } = project.open(open());
    const { state, status } = await report('Loop.job1');
    expect(notes.lines).toEqual(LOOP);
    expect([state, status]).toEqual([{ count: 6 }, 'completed']);
  });

  test('S-A6: one more edge runs in each round and changes nothing else', async () => {
    const { report, notes } = project.open(open());
    const { state } = await report('LoopBeside.job1');
    expect(notes.lines.filter((line) => line !== 'handler3')).toEqual(LOOP);
    expect([notes.count('handler3'), state]).toEqual([2, { count: 6 }]);
  });

  test('S-A7: a value that nothing takes ends its path, is told once, and the run completes', async () => {
    const { start, clock, notes } = project.open(open());
    const run = await start('Router.ask', { text: 'zzz' });
    await clock.runAll();
    expect(notes.lines).toEqual([]);
    expect(told(await eventsOf(run))).toEqual([
      'run.started',
      'step.started Router.ask',
      'step.completed Router.ask',
      'edge.unmatched Router.ask',
      'run.ended',
    ]);
    expect(stepsOf(await run.report())).toEqual(['Router.ask completed 0']);
    expect((await run.report()).status).toBe('completed');
  });

  test('S-A7: an edge may take the absence of a value', async () => {
    const { report, notes } = project.open(open());
    expect((await report('Router.ask', {})).status).toBe('completed');
    expect(notes.lines).toEqual(['silence']);
  });

  test('S-A7: objects are routed by their fields', async () => {
    const { report, notes } = project.open(open());
    await report('Router.look', { text: 'paid' });
    expect((await report('Router.look', { text: 'open' })).status).toBe('completed');
    expect(notes.lines).toEqual(['pack paid']);
  });

  test('S-A9: a round that throws takes no edge for the value of the round before', async () => {
    const { report, notes } = project.open(open());
    const { status } = await report('Again.turn');
    expect(status).toBe('failed');
    expect(notes.lines.filter((line) => line.startsWith('round'))).toEqual(['round 1', 'round 2']);
    expect(notes.lines.filter((line) => line.startsWith('default'))).toEqual(['default again']);
    expect(notes.lines.filter((line) => line.startsWith('settled'))).toEqual([
      'settled again undefined',
      'settled undefined second',
    ]);
  });

  test('S-A11: a terminated handler is told once, sees its signal aborted, and has no end; its parent ends', async () => {
    const { start, clock, notes } = project.open(open());
    const run = await start('Leaver.hold');
    await clock.advance(0);
    const { steps } = await run.inspect();
    const held = steps.find(({ node }) => node === 'Leaver.held');
    await run.cancelStep(held?.key ?? 'none');
    await clock.runAll();
    const report = await run.report();
    expect(notes.lines).toEqual(expect.arrayContaining(['terminated', 'parent ended']));
    expect(notes.lines).toHaveLength(2);
    expect(notes.seen[0]).toMatchObject({ aborted: true });
    expect(stepsOf(report).slice(0, 2)).toEqual(['Leaver.hold failed 101', 'Leaver.held cancelled 203']);
  });

  test('S-A11: after an exit what was begun ends, nothing else begins, and the run has the value', async () => {
    const { start, clock, notes } = project.open(open());
    const run = await start('Leaver.go');
    await clock.advance(0);
    notes.open('ahead');
    await clock.runAll();
    expect(await run.value()).toBe('RET');
    expect(notes.lines).toEqual(['ahead']);
    const report = await run.report();
    expect(report.status).toBe('completed');
    expect(stepsOf(report).filter((line) => line.startsWith('Leaver.late'))).toEqual([
      'Leaver.late skipped 100',
      'Leaver.late skipped 100',
    ]);
  });
});
