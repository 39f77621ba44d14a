// The interpreter by itself: plans small enough to know the answer by reading the rules.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planArbitrary } from './arbitrary-plan.ts';
import { does, error, FAILS, join, moment, node, ofRun, planOf, success, told } from './by-hand.ts';
import { predicted } from './essence.ts';
import { printPlan } from './print-plan.ts';
import { play } from './reference.ts';

describe('the interpreter', () => {
  test('R1: start callbacks one by one, body, end callbacks, success edges', () => {
    const world = play(
      planOf(
        [does(), does(), does(), does()],
        [success(0, 3), moment(0, 'end', 2), moment(0, 'start', 1), moment(0, 'start', 2)],
      ),
    );
    expect(world.begins.map(({ node }) => node)).toEqual([1, 2, 0, 2, 3]);
    expect(world.begins.map(({ at }) => at)).toEqual([...world.begins.map(({ at }) => at)].sort((a, b) => a - b));
  });

  test('R2, R8: a failed step has its error callbacks, then its end callbacks; a failed callback is listed', () => {
    const plan = planOf([does(FAILS), does(FAILS), does(), does()], [error(0, 1), moment(0, 'end', 2), success(0, 3)]);
    expect(told(plan)).toEqual(['failed 101', 'n0 failed 101', 'n1 failed 101', 'n2 completed 0']);
    expect(predicted(play(plan)).callbackFailures).toEqual(['n1 n0>error>n1: .n1;#a because .n0;#a']);
  });

  test('R3, R9: a failed child fails its parent once all children are over; a detached one fails the run', () => {
    const spawn = { do: 'spawn', delay: 0 } as const;
    const children = does({
      operations: [
        { ...spawn, node: 1, detached: false },
        { ...spawn, node: 2, detached: false },
      ],
    });
    expect(told(planOf([children, does(FAILS), does(), does()], [success(0, 3)]))).toEqual([
      'failed 101',
      'n0 failed 101',
      'n1 failed 101',
      'n2 completed 0',
    ]);
    const detached = does({ operations: [{ ...spawn, node: 1, detached: true }] });
    expect(told(planOf([detached, does({ ...FAILS, fault: 'argument' })], []))).toEqual([
      'failed 103',
      'n0 completed 0',
      'n1 failed 103',
    ]);
  });

  test('R10, R25: a recovered step completes with the value of its callback, and its edges see it', () => {
    const plan = planOf(
      [does(FAILS), does({ tag: 'b' }), does(), does()],
      [error(0, 1, { recover: true }), success(0, 2, { when: { is: 'b' } }), success(0, 3, { when: { is: 'a' } })],
    );
    expect(told(plan)).toEqual(['completed 0', 'n0 completed 207', 'n1 completed 0', 'n2 completed 0']);
  });

  test('R13: 108, 105 and 109 refuse a step, and nothing of it runs', () => {
    const tagged = planOf([does(), node({ tag: 'b' }), does()], [success(0, 1), error(1, 2), moment(1, 'end', 2)]);
    expect(told(tagged)).toEqual(['failed 105', 'n0 completed 0', 'n1 failed 105']);
    const limited = planOf([node({ maxRounds: 3 })], [success(0, 0)]);
    expect(told(limited)).toEqual([
      'failed 109',
      'n0 completed 0',
      'n0 completed 0',
      'n0 completed 0',
      'n0 failed 109',
    ]);
    const short = planOf([does()], [success(0, 0)], { run: { tags: [], stepLimit: 2, maxPerRun: [], deadline: 0 } });
    expect(told(short)).toEqual(['failed 108', 'n0 completed 0', 'n0 completed 0', 'n0 failed 108']);
  });

  test('R18: attempts count all tries; what a terminal error says is final', () => {
    const retry = { attempts: 3, delay: 100, factor: 2, maxDelay: 150 };
    const world = play(planOf([node({ retry }, { fails: 2 })], []));
    const starts = world.begins.map(({ at }) => at);
    expect(starts).toHaveLength(3);
    expect(world.steps[0]?.attempts.map(({ number, code }) => [number, code])).toEqual([
      [1, 101],
      [2, 101],
    ]);
    expect(told(planOf([node({ retry }, { fails: 2, fault: 'terminal' })], []))).toEqual([
      'failed 101',
      'n0 failed 101',
    ]);
  });

  test('R24: `otherwise` takes what no sibling took, and nothing after a `when` that threw', () => {
    const edges = [success(0, 1, { when: { is: 'b' } }), success(0, 2, { otherwise: true })];
    expect(told(planOf([does(), does(), does()], edges))).toEqual(['completed 0', 'n0 completed 0', 'n2 completed 0']);
    const throwing = [success(0, 1, { when: { throws: true } }), success(0, 2, { otherwise: true })];
    const plan = planOf([does(), does(), does()], throwing);
    expect(told(plan)).toEqual(['completed 0', 'n0 completed 0']);
    expect(predicted(play(plan)).callbackFailures).toEqual(['n0 n0>success>n1: when 0']);
  });

  test('R27: items, at most so many at a time; a join gets their array; no array is 103', () => {
    const each = { concurrency: 2, stopAfterFailures: null };
    const plan = planOf([does({ items: 3 }), does(), does()], [success(0, 1, { each }), join([1], 2)]);
    const world = play(plan);
    expect(world.steps.map(({ node, item }) => [node, item])).toEqual([
      [0, -1],
      [1, 0],
      [1, 1],
      [1, 2],
      [2, -1],
    ]);
    expect(world.steps[4]?.message).toEqual({ s0: world.steps.slice(1, 4).map((step) => step.returned?.value) });
    expect(told(planOf([does(), does()], [success(0, 1, { each })]))).toEqual([
      'failed 103',
      'n0 completed 0',
      'n1 failed 103',
    ]);
    const failing = planOf(
      [does({ items: 5 }), does(FAILS), does()],
      [success(0, 1, { each: { concurrency: 1, stopAfterFailures: 2 } }), join([1], 2)],
    );
    expect(told(failing)).toEqual(['failed 101', 'n0 completed 0', 'n1 failed 101', 'n1 failed 101']);
  });

  test('R28 to R32: joins wait for all sources or take the first; what cannot complete is skipped or runs without', () => {
    const nodes = [does(), does(), does(FAILS), does()];
    const both = [success(0, 1), success(0, 2)];
    const ran = ['n0 completed 0', 'n1 completed 0', 'n2 failed 101'];
    expect(told(planOf(nodes, [...both, join([1, 2], 3)]))).toEqual(['failed 101', ...ran, 'n3 skipped 206']);
    expect(
      told(planOf(nodes, [...both, join([1, 2], 3, { mode: 'any' })])).filter((line) => line.startsWith('n3')),
    ).toEqual(['n3 completed 0']);
    expect(told(planOf(nodes, [...both, join([1, 2], 3, { onMissing: 'run' })]))).toEqual([
      'failed 101',
      ...ran,
      'n3 completed 0',
    ]);
  });

  test('R36: after an exit what is live finishes and nothing new starts', () => {
    const exits = does({ operations: [{ do: 'exit' }] });
    const plan = planOf([exits, does(), does()], [moment(0, 'end', 1), success(0, 2)]);
    expect(told(plan)).toEqual(['completed 0', 'n0 completed 0', 'n1 completed 0', 'n2 skipped 100']);
  });

  test('R37, R39: a cancel reaches what runs with its watchers, and what waits without; run-end callbacks come last', () => {
    const plan = planOf(
      [does(), does(), does(), does()],
      [moment(0, 'cancel', 1), moment(0, 'end', 2), ofRun('runSuccess', 2), ofRun('runError', 2), ofRun('runEnd', 3)],
      { controls: [{ at: 1, do: 'cancel' }] },
    );
    expect(told(plan)).toEqual(['cancelled 203', 'n0 cancelled 203', 'n1 completed 0', 'n3 completed 0']);
  });

  test('R40: a suspended run makes successors and runs them when it is resumed', () => {
    const plan = planOf([does(), does()], [success(0, 1)], {
      controls: [
        { at: 1, do: 'suspend' },
        { at: 99_999, do: 'resume' },
      ],
    });
    expect(told(plan)).toEqual(['completed 0', 'n0 completed 0', 'n1 completed 0']);
    expect(play(plan).begins[1]?.at).toBe(99_999);
  });

  test('R42: a deadline is a cancel that has failed', () => {
    const run = { tags: [], stepLimit: 70, maxPerRun: [], deadline: 1 };
    const plan = planOf([does(), does()], [ofRun('runError', 1)], { run });
    expect(told(plan)).toEqual(['failed 204', 'n0 cancelled 203', 'n1 completed 0']);
  });

  test('R44: a critical run callback turns completed into failed', () => {
    const plan = planOf(
      [does(), does(FAILS), does()],
      [ofRun('runSuccess', 1, true), ofRun('runError', 2), ofRun('runEnd', 2)],
    );
    expect(told(plan)).toEqual(['failed 101', 'n0 completed 0', 'n1 failed 101', 'n2 completed 0']);
  });

  test('every drawn plan comes to an end, and is printed in a few lines', () => {
    fc.assert(
      fc.property(planArbitrary, (plan) => {
        const world = play(plan);
        expect(world.live()).toEqual([]);
        expect(printPlan(plan).split('\n')).toHaveLength(2 + plan.nodes.length + plan.edges.length);
      }),
      { numRuns: 300 },
    );
  });
});
