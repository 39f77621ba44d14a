// What must work, row by row: edges, loops, fan-out and fan-in (A6 to A9), generated and run.
//
// The rows A1, A2, A4, A5 and A7 are S-A1 to S-A9 as well, P2 is S-P3, P5 is S-P6, P9 is in test/scale.

import { describe, expect, test } from 'vitest';
import { StepCode } from 'onward';
import { ENGINES, stepsOf } from '../support/wired.ts';
import { eventsOf, generated, told } from './generated.ts';

const project = await generated('features');

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test.each([
    [100, ['exactly 100', 'large 100', 'even 100', 'always 100']],
    [101, ['large 101', 'always 101']],
    [4, ['even 4', 'always 4']],
    [3, ['other 3', 'always 3']],
  ])(
    'A6: all edges that match %i are taken; what nobody took goes to the one that says otherwise',
    async (euros, lines) => {
      const { report, notes } = project.open(open());
      expect((await report('Choice.weigh', { euros })).status).toBe('completed');
      expect(notes.lines).toEqual(lines);
    },
  );

  test.each([
    ['declined', ['sorry declined no money', 'anyway declined undefined no money']],
    ['lost', ['search', 'anyway lost undefined lost']],
    ['broken', ['alarm', 'anyway broken undefined broken']],
    ['well', ['anyway well paid undefined', 'thank']],
  ])('A6, A7: a payment that goes %s takes the edges of its error, and ends in any case', async (how, lines) => {
    const { report, notes } = project.open(open());
    expect((await report('Choice.pay', { how })).status).toBe(how === 'well' ? 'completed' : 'failed');
    expect(notes.lines).toEqual(lines);
  });

  test('A8: a loop ends at its bound; each round is a step of its own, and the run ends once', async () => {
    const { start, clock, notes } = project.open(open());
    const run = await start('Rounds.bounded', undefined, { id: 'r' });
    await clock.runAll();
    const rounds = [1, 2, 3].map((round) => `r~Rounds.bounded.${round}`);
    expect(notes.lines).toEqual([...rounds, 'over']);
    const { status, steps } = await run.report();
    expect([status, steps.slice(0, 4).map(({ round, code }) => [round, code])]).toEqual([
      'failed',
      [
        [1, StepCode.DONE],
        [2, StepCode.DONE],
        [3, StepCode.DONE],
        [4, StepCode.BLOCK_LIMIT_EXCEED],
      ],
    ]);
    expect(told(await eventsOf(run)).filter((line) => line === 'run.ended')).toHaveLength(1);
  });

  test('A8: a loop without an end is ended by the limit of steps', async () => {
    const { report, notes } = project.open(open());
    const { status, steps } = await report('Rounds.endless', undefined, { stepLimit: 7 });
    expect([notes.lines.length, status, steps.at(-1)?.code]).toEqual([7, 'failed', StepCode.STEP_LIMIT_EXCEED]);
  });

  test('A9: all edges of a node fire; a join takes all sources or the first, and without one each arrival is a step', async () => {
    const { report, notes } = project.open(open());
    const { status } = await report('Fan.go');
    expect(status).toBe('completed');
    const lines = notes.lines.filter((line) => !line.startsWith('paired'));
    expect(lines).toEqual(['first undefined R', 'arrival R', 'both L R', 'arrival L']);
  });

  test('A9: in a loop the completions of one round belong together', async () => {
    const { report, notes } = project.open(open());
    await report('Fan.go');
    expect(notes.lines.filter((line) => line.startsWith('paired'))).toEqual([
      'paired 1a 1b',
      'paired 2a 2b',
      'paired 3a 3b',
    ]);
  });

  test('A9: a join behind the items of an array gets them in the order of the array', async () => {
    const { report, notes } = project.open(open());
    const result = await report('Fan.split', { words: ['a', 'bcd', 'ef'] });
    expect(notes.lines).toEqual(['measure bcd', 'measure ef', 'measure a', 'lengths 1 3 2']);
    expect(stepsOf(result).at(-1)).toBe('Fan.total completed 0');
    expect((await report('Fan.split', { words: [] })).status).toBe('completed');
    expect(notes.lines.at(-1)).toBe('lengths ');
  });
});
