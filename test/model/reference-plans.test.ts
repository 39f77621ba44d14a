// The interpreter by itself, on runs of several entries and on messages from outside: answers known by reading the rules.

import { describe, expect, test } from 'vitest';
import { does, entry, FAILS, node, planOf, signed, start, success, told } from './by-hand.ts';
import type { Control, GraphPlan, NodePlan } from './graph-plan.ts';
import { play } from './reference.ts';
import { predicted } from './essence.ts';
import { SINGLE, type StartPlan } from './start-plan.ts';

const WORKS = does();
const BREAKS = does(FAILS);
const EXITS = does({ operations: [{ do: 'exit' }] });
const WAITS = node({ waits: true, timeout: 100_000 });

/** A run that is started so. */
function begun(start: StartPlan, nodes: NodePlan[], rest: Partial<GraphPlan> = {}): GraphPlan {
  return { ...planOf(nodes, []), start, ...rest };
}

describe('the interpreter, of plans', () => {
  test('R33: an entry is over with all that it has caused, but not with what it detached', () => {
    const spawns = node({}, { operations: [{ do: 'spawn', node: 2, detached: true, delay: 90_000 }] });
    const plan = begun(start('sequence', [entry(0), entry(1)]), [spawns, WORKS, WORKS, WORKS], {
      edges: [success(0, 3)],
    });
    expect(play(plan).begins.map(({ node }) => node)).toEqual([0, 3, 1, 2]);
  });

  test('R34: after a failure what is left is skipped, but for what always runs', () => {
    const entries = [entry(0), entry(1), entry(1, { always: true }), entry(1)];
    expect(told(begun(start('sequence', entries), [BREAKS, WORKS]))).toEqual([
      'failed 101',
      'n0 failed 101',
      'n1 skipped 100',
      'n1 completed 0',
      'n1 skipped 100',
    ]);
    expect(told(begun(start('sequence', entries, { keepGoing: true }), [BREAKS, WORKS]))).not.toContain(
      'n1 skipped 100',
    );
  });

  test('R35: each is told of the one before it in its lane', () => {
    const entries = [entry(0, { group: 0 }), entry(1, { group: 1 }), entry(0, { group: 0 }), entry(1, { group: 1 })];
    const inOrder = begun(start('sequence', entries, { keepGoing: true }), [WORKS, BREAKS]);
    expect(play(inOrder).begins.map(({ path, previous }) => `${path} ${JSON.stringify(previous)}`)).toEqual([
      'e0.n0; null',
      'e2.n0; {"ok":true,"value":{"path":"e0.n0;","tag":"a"}}',
      'e1.n1; {"ok":true,"value":{"path":"e2.n0;","tag":"a"}}',
      'e3.n1; {"ok":false}',
    ]);
    const beside = begun(start('parallel', entries, { keepGoing: true }), [WORKS, BREAKS]);
    expect(play(beside).steps.map(({ entry, previous }) => [entry?.at, previous?.ok])).toEqual([
      [0, undefined],
      [1, undefined],
      [3, false],
      [2, true],
    ]);
  });

  test('R37: what has its turn in a cancelled run is cancelled; no callback of the plan is told', () => {
    const callbacks = { onSuccess: signed(1), onFailure: signed(1) };
    const controls: Control[] = [{ at: 1, do: 'cancel' }];
    const plan = begun(start('sequence', [entry(0), entry(0)], callbacks), [WORKS, WORKS], { controls });
    expect(told(plan)).toEqual(['cancelled 203', 'n0 cancelled 203', 'n0 cancelled 203']);
    expect(predicted(play(plan)).value).toBe('error cancelled');
  });

  test('R36, P4: what has its turn after an exit is skipped, and what is not to run with 110', () => {
    const entries = [entry(1, { condition: { is: false } }), entry(0), entry(1)];
    expect(told(begun(start('sequence', entries), [EXITS, WORKS]))).toEqual([
      'completed 0',
      'n1 skipped 110',
      'n0 completed 0',
      'n1 skipped 100',
    ]);
  });

  test('P4: a condition that throws fails its entry before anything of it began', () => {
    const throwing = entry(0, { condition: { answers: 'throws' }, error: [signed(1)] });
    expect(told(begun(start('sequence', [throwing]), [WORKS, WORKS]))).toEqual(['failed 101', 'n0 failed 101']);
  });

  test('D4: exactly one callback of the plan, after all else', () => {
    const callbacks = { onSuccess: signed(1), onFailure: signed(2) };
    const nodes = [WORKS, WORKS, WORKS, BREAKS];
    expect(told(begun(start('parallel', [entry(0)], callbacks), nodes)).at(-1)).toBe('n1 completed 0');
    expect(told(begun(start('parallel', [entry(3)], callbacks), nodes)).at(-1)).toBe('n2 completed 0');
  });

  test('M4: signed callbacks follow those of the node, and callbacks of callbacks them', () => {
    const callback = signed(3, { bound: 'x', error: [signed(2)] });
    const plan = begun(start('single', [entry(0, { success: [callback, signed(2)] })]), [WORKS, WORKS, WORKS, BREAKS], {
      edges: [success(0, 1)],
    });
    const { steps } = predicted(play(plan));
    expect(steps).toContain('n2 completed 0, by n3>error>n2@0.s0.e0 of n3, in n3, = .n0;^x.n2;');
    expect(steps).toContain('n2 completed 0, by n0>success>n2@0.s1 of n0, = .n0;.n2;');
    expect(told(plan)).toEqual([
      'failed 101',
      'n0 completed 0',
      'n1 completed 0',
      'n3 failed 101',
      'n2 completed 0',
      'n2 completed 0',
    ]);
  });

  test('M9: a link takes what the one before it returned, with what is bound laid over it', () => {
    const plan = begun(start('chain', [entry(0), entry(1, { bound: 'x' })]), [WORKS, WORKS]);
    expect(predicted(play(plan))).toMatchObject({
      value: 'value e0.n0;^x.n1;',
      steps: ['n0 completed 0, = e0.n0;', 'n1 completed 0, by n0>success>n1@1 of n0, = e0.n0;^x.n1;'],
    });
    const failing = begun(start('chain', [entry(0), entry(1)]), [BREAKS, WORKS]);
    expect(told(failing)).toEqual(['failed 101', 'n0 failed 101', 'n1 skipped 100']);
    expect(predicted(play(failing)).value).toBe('error e0.n0;#a');
  });

  test('M10: so many lanes at a time, until so many entries have failed; open until it is closed', () => {
    const entries = [entry(0), entry(0), entry(0), entry(0)];
    const limits = { concurrency: 1, stopAfterFailures: 2 };
    expect(told(begun(start('swarm', entries, limits), [BREAKS]))).toEqual([
      'failed 101',
      'n0 failed 101',
      'n0 failed 101',
      'n0 skipped 100',
      'n0 skipped 100',
    ]);
    const controls: Control[] = [
      { at: 50_000, do: 'add', signed: signed(0) },
      { at: 60_000, do: 'close' },
      { at: 60_001, do: 'add', signed: signed(0) },
    ];
    const open = play(begun(start('swarm', [], { isOpen: true }), [WORKS], { controls }));
    expect(open.signals).toEqual(['50000 added', '60001 refused']);
    expect(open.steps.map(({ status }) => status)).toEqual(['completed']);
    expect(open.now).toBeGreaterThanOrEqual(60_000);
  });
});

describe('the interpreter, of messages from outside', () => {
  const reached = { edges: [success(0, 1)] };

  test('R51: what comes early is kept, the same id counts once, and the oldest takes the next one', () => {
    const twice = [success(0, 1), { ...success(0, 1), bind: true }];
    const controls: Control[] = [
      { at: 1, do: 'send', node: 1, id: 4 },
      { at: 2, do: 'send', node: 1, id: 4 },
      { at: 30_000, do: 'send', node: 1, id: 2 },
    ];
    const world = play(begun(SINGLE, [WORKS, WAITS], { edges: twice, controls }));
    expect(world.begins.map(({ path, given }) => `${path} ${given}`)).toEqual([
      '.n0; ',
      'm4.n1; value .n0;',
      'm2.n1; value .n0;',
    ]);
    expect(world.signals).toEqual(['1 sent', '2 sent', '30000 sent']);
  });

  test('R51: the time of a wait and of the body is one, and nobody tries again', () => {
    const patient = node({ waits: true, timeout: 1_000, retry: { attempts: 3, delay: 1, factor: 1, maxDelay: 1 } });
    expect(told(begun(SINGLE, [WORKS, patient], reached))).toEqual(['failed 204', 'n0 completed 0', 'n1 failed 204']);
  });

  test('R36, R37: what waits is skipped by an exit, and cancelled without a moment', () => {
    const toBoth = { edges: [success(0, 1), success(0, 2)] };
    expect(told(begun(SINGLE, [WORKS, WAITS, EXITS], toBoth))).toEqual([
      'completed 0',
      'n0 completed 0',
      'n1 skipped 100',
      'n2 completed 0',
    ]);
    const watched: GraphPlan['edges'] = [success(0, 1), { on: 'cancel', from: 1, to: 2, critical: false }];
    const controls: Control[] = [{ at: 50_000, do: 'cancelStep', node: 1 }];
    expect(told(begun(SINGLE, [WORKS, WAITS, WORKS], { edges: watched, controls }))).toEqual([
      'failed 203',
      'n0 completed 0',
      'n1 cancelled 203',
    ]);
  });

  test('R40: a suspended run lets it wait, and runs what it was sent when it is resumed', () => {
    const controls: Control[] = [
      { at: 1, do: 'suspend' },
      { at: 30_000, do: 'send', node: 1, id: 1 },
      { at: 40_000, do: 'resume' },
    ];
    expect(play(begun(SINGLE, [WORKS, WAITS], { ...reached, controls })).begins.at(-1)?.at).toBe(40_000);
  });
});
