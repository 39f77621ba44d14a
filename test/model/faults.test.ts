// Whether the model would notice: faults put into a copy of the core, one line each, and each has to be caught.
//
// F1. Nothing is changed here: the sources are copied to temporary folders, and patched there.
// F2. Only with SOAK set: every fault is a test run of its own, one on each processor at a time.
//
//   R2   a failed step does not wait for its children
//   R8   a critical callback does not fail the run
//   R9   a failed child does not fail its parent
//   R10  the last callback to recover wins, not the first
//   R18  a step is tried again after an exit
//   R20  start callbacks run side by side
//   R26  one execution too few
//   R27  one item too many after failures
//   R27  joins get an array although an item failed
//   R28  a join fires before all its sources are there
//   R30  later arrivals at a join of mode `any` are not swallowed
//   R36  children start after an exit
//   R37  cancel callbacks are made although nothing had begun
//   R38  a cancelled step does not fail the run
//   R40  what becomes ready in a suspended run begins
//   R33  an entry is over while something that it has caused is live
//   R33  an entry waits for what it detached
//   R34  entries that always run are skipped
//   R34  one entry too many after a failure, or after so many
//   R35  an entry is told of one in another lane
//   R36  what waits for a message waits on after an exit
//   R39  the callbacks of a plan are told of a cancel
//   R51  the youngest step gets the message, or one that comes early is lost
//   R54  what a child leads to belongs to the run
//   R54  a join belongs to the step of its last arrival; a parent fails with what is not critical
//   R55  a failure stops every group, or none; what watches an entry does not stop its group
//   R56  a second step beyond the limit is created, callbacks are refused, the run does not fail, or what waits goes on
//   R57  a loser fails the run, is not withdrawn, counts for the next round or for one of two joins, or came later;
//        further items begin, or further links of a chain
//   P4   an entry that is left out counts as an execution
//   M4   a signed callback that fails does not fail the run
//   M10  one lane too many, or an open plan ends

import { execFile } from 'node:child_process';
import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/folders.ts';

interface Fault {
  readonly rule: string;
  readonly file: string;
  readonly right: string;
  readonly wrong: string;
}

const FAULTS: readonly Fault[] = [
  {
    rule: 'R2',
    file: 'advance.ts',
    right: '} else if (brackets === 0 && children === 0) {',
    wrong: '} else if (brackets === 0 && (children === 0 || phase === Phase.HANDLING)) {',
  },
  {
    rule: 'R8',
    file: 'step-lifecycle.ts',
    right: "if (!isOfRun || (role !== Role.FLOW && step.status !== 'failed')) return;",
    wrong: 'if (!isOfRun || role !== Role.FLOW) return;',
  },
  {
    rule: 'R9',
    file: 'step-lifecycle.ts',
    right: 'if (owner !== undefined) owner.failedChild ??=',
    wrong: 'if (owner === undefined) void',
  },
  {
    rule: 'R10',
    file: 'step-lifecycle.ts',
    right: 'owner.ensureExtras().recovered ??= {',
    wrong: 'owner.ensureExtras().recovered = {',
  },
  {
    rule: 'R18',
    file: 'transition.ts',
    right: 'return (run.exit === null && !run.cancelling) || isWatching(step);',
    wrong: 'return !run.cancelling || isWatching(step);',
  },
  {
    rule: 'R20',
    file: 'advance.ts',
    right: 'while (extras.brackets === 0) {',
    wrong: 'while (extras.brackets === 0 || extras.started < step.node.start.length) {',
  },
  {
    rule: 'R26',
    file: 'limits.ts',
    right: 'if (round <= limit) return null;',
    wrong: 'if (round < limit) return null;',
  },
  {
    rule: 'R27: stopAfterFailures',
    file: 'follow.ts',
    right: 'failed < (edge.each?.stopAfterFailures',
    wrong: 'failed <= (edge.each?.stopAfterFailures',
  },
  {
    rule: 'R27: a failed item',
    file: 'follow.ts',
    right: 'if (group.failed + group.skipped > 0 || group.made < group.size',
    wrong: 'if (group.made < group.size',
  },
  {
    rule: 'R28',
    file: 'join-state.ts',
    right: 'return this.#met === this.counts.length;',
    wrong: 'return this.#met >= this.counts.length - 1;',
  },
  {
    rule: 'R30',
    file: 'follow.ts',
    right: 'if (number <= state.fired) return;',
    wrong: 'if (number < state.fired) return;',
  },
  {
    rule: 'R36',
    file: 'step-lifecycle.ts',
    right: 'return role === Role.FLOW || ((role === Role.CHILD || role === Role.CALLED) && !isWatching(step));',
    wrong: 'return role === Role.FLOW || (role === Role.CALLED && !isWatching(step));',
  },
  {
    rule: 'R37',
    file: 'advance.ts',
    right:
      'if (phase === Phase.SCHEDULED || phase === Phase.AWAITING_MESSAGE || phase === Phase.PREPARING)\n    step.ensureExtras().cancelStarted = true;',
    wrong:
      'if (phase === Phase.AWAITING_MESSAGE || phase === Phase.PREPARING) step.ensureExtras().cancelStarted = true;',
  },
  {
    rule: 'R38',
    file: 'step-lifecycle.ts',
    right: "if (status === 'failed' || (status === 'cancelled' && !run.cancelling && !isWithdrawn(step))) blame(step);",
    wrong: "if (status === 'failed') blame(step);",
  },
  {
    rule: 'R33: what it has caused',
    file: 'follow.ts',
    right: 'isStep ? progressOf(from) : from.progress',
    wrong: 'isStep ? null : from.progress',
  },
  {
    rule: 'R33: what is detached',
    file: 'children.ts',
    right: 'extras.call = start.call;',
    wrong: 'extras.call = start.call; extras.progress = progressOf(parent);',
  },
  {
    rule: 'R34: always',
    file: 'entries.ts',
    right: 'hasLaneStopped(plan, progress)) && entry.always !== true;',
    wrong: 'hasLaneStopped(plan, progress));',
  },
  {
    rule: 'R34: keepGoing',
    file: 'entries.ts',
    right: 'if (run.failed && !flow.keepGoing && flow',
    wrong: 'if (run.failed && !flow.keepGoing && run.counts.failed > 1 && flow',
  },
  {
    rule: 'R34: stopAfterFailures',
    file: 'entries.ts',
    right: 'failures >= flow.stopAfterFailures',
    wrong: 'failures > flow.stopAfterFailures',
  },
  {
    rule: 'R35',
    file: 'entries.ts',
    right: 'before: before?.end ?? null }',
    wrong: 'before: plan.inProgress.get(0)?.end ?? before?.end ?? null }',
  },
  {
    rule: 'R36: what waits',
    file: 'advance.ts',
    right: 'if (phase === Phase.AWAITING_MESSAGE) return beginsNothing(run) && !isWatching(step);',
    wrong: 'if (phase === Phase.AWAITING_MESSAGE) return false;',
  },
  {
    rule: 'R39',
    file: 'finish.ts',
    right: "if (run.outcome !== 'cancelled') watch(run,",
    wrong: "if (run.outcome !== 'cancelled' || run.plan?.onFailure !== undefined) watch(run,",
  },
  {
    rule: 'R51: the oldest',
    file: 'inbox.ts',
    right: '.sort((a, b) => a.id - b.id)',
    wrong: '.sort((a, b) => b.id - a.id)',
  },
  {
    rule: 'R51: an early one',
    file: 'step-lifecycle.ts',
    right: 'if (!mailboxOf(run, node).isEmpty) sink.post(run);',
    wrong: 'mailboxOf(run, node);',
  },
  {
    rule: 'R54: flow behind a child',
    file: 'step-lifecycle.ts',
    right: 'return role === Role.CHILD || role === Role.CALLED ? owner : null;',
    wrong: 'return role === Role.CALLED ? owner : null;',
  },
  {
    rule: 'R54: a simple edge',
    file: 'step-lifecycle.ts',
    right: 'const within = before.extras === null ? null : withinOf(before);',
    wrong: 'const within = before.extras === null || before.role === Role.CHILD ? null : withinOf(before);',
  },
  {
    rule: 'R54: what is not critical',
    file: 'step-lifecycle.ts',
    right: 'if (via !== null && !via.isCritical) return;',
    wrong: 'void via;',
  },
  {
    rule: 'R54: around all arrivals',
    file: 'follow.ts',
    right: 'if (!isFirst) while (',
    wrong: 'if (isFirst) while (',
  },
  {
    rule: 'R55: its own group',
    file: 'entries.ts',
    right: '&& flow.areLanesApart !== true) return true;',
    wrong: ') return true;',
  },
  {
    rule: 'R55: the rest of its group',
    file: 'entries.ts',
    right: 'progress.isLaneFailed = before?.isLaneFailed === true;',
    wrong: 'progress.isLaneFailed = false;',
  },
  {
    rule: 'R55: keepGoing',
    file: 'entries.ts',
    right: 'return flow.areLanesApart === true && !flow.keepGoing && isLaneFailed;',
    wrong: 'return flow.areLanesApart === true && isLaneFailed;',
  },
  {
    rule: 'R56: no other',
    file: 'follow.ts',
    right: 'if (edge === undefined || run.limitReached) continue;',
    wrong: 'if (edge === undefined) continue;',
  },
  {
    rule: 'R56: callbacks',
    file: 'limits.ts',
    right: 'if (id <= stepLimit || role === Role.WATCHER) return false;',
    wrong: 'if (id <= stepLimit) return false;',
  },
  {
    rule: 'R56: the run',
    file: 'limits.ts',
    right: 'run.code = StepCode.STEP_LIMIT_EXCEED;',
    wrong: '',
  },
  {
    rule: 'R56: what has not begun',
    file: 'advance.ts',
    right: 'return run.limitReached && phase === Phase.SCHEDULED && step.startSeq === 0 && isNewWork(step);',
    wrong: 'return false;',
  },
  {
    rule: 'R57: fails nothing',
    file: 'step-lifecycle.ts',
    right: 'return extras !== null && (extras.isWithdrawn || extras.group?.isWithdrawn === true);',
    wrong: 'return extras !== null && extras.group?.isWithdrawn === true;',
  },
  {
    rule: 'R57: the same instance',
    file: 'race.ts',
    right: '[state.ahead(source, instance)] ?? [];',
    wrong: '[0] ?? [];',
  },
  {
    rule: 'R57: does not count for the next',
    file: 'race.ts',
    right: 'for (const source of lacking) state.withdraw(source, instance);',
    wrong: '',
  },
  {
    rule: 'R57: two joins',
    file: 'race.ts',
    right: 'step.node.index && state.lacks(source, instance),',
    wrong: 'step.node.index && state.lacks(source, instance) && !isStopping(step),',
  },
  {
    rule: 'R57: a chain',
    file: 'entries.ts',
    right: 'return follows !== undefined && before?.ok !== true;',
    wrong: 'return false;',
  },
  {
    rule: 'R57: what came later',
    file: 'follow.ts',
    right: 'const upTo = run.steps;\n  const { routes',
    wrong: 'const upTo = run.steps + 99;\n  const { routes',
  },
  {
    rule: 'R57: items',
    file: 'race.ts',
    right: 'if (extras.group !== null) extras.group.isWithdrawn = true;',
    wrong: '',
  },
  {
    rule: 'P4: rounds',
    file: 'limits.ts',
    right: 'run.rounds.set(node.index, step.round - 1);',
    wrong: 'run.rounds.set(node.index, step.round);',
  },
  {
    rule: 'P4: one too many',
    file: 'limits.ts',
    right: 'return isCounted(step) ? roundRefusalOf(step) : null;',
    wrong: 'return null;',
  },
  {
    rule: 'M4',
    file: 'overlay.ts',
    right: "isCritical: role === 'flow',",
    wrong: 'isCritical: false,',
  },
  {
    rule: 'M10: concurrency',
    file: 'plan-state.ts',
    right: 'this.open < concurrency',
    wrong: 'this.open <= concurrency',
  },
  {
    rule: 'M10: an open plan',
    file: 'entries.ts',
    right: 'return plan !== null && (plan.waiting > 0 || isOpen(run, plan));',
    wrong: 'return plan !== null && plan.waiting > 0;',
  },
  {
    rule: 'R40',
    file: 'step-lifecycle.ts',
    right: 'if (run.suspended) {',
    wrong: 'if (run.suspended && step.attempt > 1) {',
  },
];

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COPIED = [
  'src',
  'test/model',
  'test/setup.ts',
  'test/support',
  'vitest.config.ts',
  'package.json',
  'tsconfig.base.json',
];
const SEED = String((Number(process.env['SEED']) || 0) + 1);

/** Copies that no run has. */
const free: string[] = [];
const waiting: ((copy: string) => void)[] = [];

/** Has a copy for itself meanwhile. */
async function inCopy(work: (copy: string) => Promise<void>): Promise<void> {
  const copy = free.pop() ?? (await new Promise<string>((resolve) => waiting.push(resolve)));
  try {
    await work(copy);
  } finally {
    const next = waiting.shift();
    if (next === undefined) free.push(copy);
    else next(copy);
  }
}

describe.skipIf(process.env['SOAK'] === undefined)('faults in a copy of the core', () => {
  beforeAll(async () => {
    for (let n = 0; n < availableParallelism(); n++) {
      const folder = temporaryFolder('faults');
      for (const path of COPIED) await cp(join(ROOT, path), join(folder, path), { recursive: true });
      await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
      free.push(folder);
    }
  });

  test.concurrent(
    'without a fault the model agrees with the core',
    () => inCopy(async (copy) => expect(await runModel(copy)).toMatchObject({ isRight: true })),
    600_000,
  );

  test.concurrent.each(FAULTS)(
    '$rule: a fault in $file is noticed',
    ({ file, right, wrong }) =>
      inCopy(async (copy) => {
        const path = join(copy, 'src/run', file);
        const text = await readFile(path, 'utf8');
        expect(text.split(right), `${file} has this line no more: ${right}`).toHaveLength(2);
        await writeFile(
          path,
          text.replace(right, () => wrong),
        );
        try {
          const { isRight, output } = await runModel(copy);
          expect(isRight).toBe(false);
          expect(output).toContain('- predicted, + told:');
        } finally {
          await writeFile(path, text);
        }
      }),
    600_000,
  );
});

/** Draws plans against a copy. What has not changed since the run before is not transformed again. */
function runModel(cwd: string): Promise<{ readonly isRight: boolean; readonly output: string }> {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const cache = ['--experimental.fsModuleCache', `--experimental.fsModuleCachePath=${join(cwd, '.modules')}`];
  const env = { ...process.env, SEED, MODEL_RUNS: '25000', MODEL_SHRINKS: '0', NO_COLOR: '1' };
  const argv = [vitest, 'run', 'test/model/core.test.ts', ...cache];
  return new Promise((resolve) => {
    execFile(process.execPath, argv, { cwd, env }, (error, stdout, stderr) => {
      resolve({ isRight: error === null, output: stdout + stderr });
    });
  });
}
