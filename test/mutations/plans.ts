// Faults in rows D of the ledger: plans, schedules, retries.

import type { Mutation } from './mutation.ts';

export const PLANS: readonly Mutation[] = [
  {
    row: 'D1',
    file: 'src/runtime/run.ts',
    right: 'entries.map(({ value }) => value)',
    wrong: 'entries.toSorted((a, b) => a.seq - b.seq).map(({ value }) => value)',
  },
  {
    row: 'D2',
    file: 'src/run/step-lifecycle.ts',
    right: 'if (progress !== null) progress.live++;',
    wrong: 'if (progress !== null && progress.end === null) progress.live++;',
  },
  {
    row: 'D2',
    file: 'src/plans/plan.ts',
    right: "return this.kind === 'sequence' ? [groups.flat()] : groups;",
    wrong: "return this.kind === 'sequence' ? [built] : groups;",
  },
  {
    row: 'D2',
    file: 'src/plans/plan.ts',
    right: "return this.kind === 'sequence' ? [groups.flat()] : groups;",
    wrong: 'return [groups.flat()];',
  },
  {
    row: 'D2',
    file: 'src/plans/plan.ts',
    right: "return this.kind === 'sequence' ? [groups.flat()] : groups;",
    wrong: "return this.kind === 'sequence' ? [groups.flat()] : built.map((entry) => [entry]);",
  },
  {
    row: 'D2',
    file: 'src/plans/plan.ts',
    right: 'for (const [entry, name = entry.at] of entries) {',
    wrong: "for (const [entry, name = ''] of entries) {",
  },
  {
    row: 'D3',
    file: 'src/run/entries.ts',
    right:
      'const isLeft = plan !== null && (hasStopped(run, plan) || hasLaneStopped(plan, progress)) && entry.always !== true;',
    wrong: 'const isLeft = plan !== null && (hasStopped(run, plan) || hasLaneStopped(plan, progress));',
  },
  {
    row: 'D3',
    file: 'src/run/entries.ts',
    right: 'if (run.failed && !flow.keepGoing && flow.areLanesApart !== true) return true;',
    wrong: 'if (run.failed && flow.areLanesApart !== true) return true;',
  },
  {
    row: 'D3',
    file: 'src/run/advance.ts',
    right: "return run.failed ? 'failed' : 'completed';",
    wrong: "return run.failed && run.plan?.flow.keepGoing !== true ? 'failed' : 'completed';",
  },
  {
    row: 'D4',
    file: 'src/run/finish.ts',
    right: "moment === 'runError' ? run.plan?.onFailure : undefined;",
    wrong: "moment === 'runError' ? run.plan?.onSuccess : undefined;",
  },
  {
    row: 'D4',
    file: 'src/run/finish.ts',
    right: "watch(run, run.outcome === 'completed' ? 'runSuccess' : 'runError', sink);",
    wrong: "watch(run, 'runSuccess', sink), watch(run, 'runError', sink);",
  },
  {
    row: 'D4',
    file: 'src/run/finish.ts',
    right: 'place(run.graph, { path, signed: own, moment });',
    wrong: 'place(run.graph, { path, signed: { node: own.node }, moment });',
  },
  {
    row: 'D4',
    file: 'src/run/view.ts',
    right: "if (history === 'failures') return undefined;",
    wrong: "if (history === 'failures' || step.status === 'skipped') return undefined;",
  },
  {
    row: 'D5',
    file: 'src/run/entries.ts',
    right: 'begin(run, { entry, progress, before: before?.end ?? null }, sink);',
    wrong: 'begin(run, { entry, progress, before: plan.inProgress.get(0)?.end ?? null }, sink);',
  },
  {
    row: 'D5',
    file: 'src/run/step-lifecycle.ts',
    right: "progress.end = { ok: status === 'completed',",
    wrong: "progress.end = { ok: status !== 'skipped',",
  },
  {
    row: 'D6',
    file: 'src/engines/memory/engine.ts',
    right: "outcome: known.fingerprint === fingerprint ? 'exists' : 'differs'",
    wrong: "outcome: 'exists'",
  },
  {
    row: 'D6',
    file: 'src/runtime/runtime.ts',
    right: 'fingerprint: id === undefined ? undefined : fingerprintOf(job, data) };',
    wrong: 'fingerprint: id === undefined ? undefined : JSON.stringify([job, data]) };',
  },
  {
    row: 'D8',
    file: 'src/run/transition.ts',
    right: 'if (failure.retry && attempt < step.node.retry.attempts && mayRetry(step)) {',
    wrong: 'if (failure.retry && attempt <= step.node.retry.attempts && mayRetry(step)) {',
  },
  {
    row: 'D8',
    file: 'src/graph/retry-policy.ts',
    right: 'policy.factor ** (attempt - 1)',
    wrong: 'policy.factor ** attempt',
  },
  {
    row: 'D8',
    file: 'src/run/transition.ts',
    right: 'hashFraction(step.key, step.attempt)',
    wrong: 'Math.random() * hashFraction(step.key, step.attempt)',
  },
  {
    row: 'D8',
    file: 'src/execute/execute.ts',
    right: 'this.context?.abort(error);',
    wrong: 'void error;',
  },
  {
    row: 'D8',
    file: 'src/run/advance.ts',
    right: 'extras.attempts = [...(extras.attempts ?? []), record];',
    wrong: 'extras.attempts = [record];',
  },
  {
    row: 'D9',
    file: 'src/observe/observers.ts',
    right: 'if (registration.concerns(run)) call = registration.around(attempt, call);',
    wrong: 'void registration.around;',
  },
  {
    row: 'D9',
    file: 'src/observe/observers.ts',
    right: 'return carried.length === 0 ? undefined : Object.assign({}, ...carried.toReversed());',
    wrong: 'return carried.length < 2 ? undefined : Object.assign({}, ...carried.toReversed());',
  },
  {
    row: 'D9',
    file: 'src/observe/ready/metrics.ts',
    right: 'this.#counts.runMs += ms;',
    wrong: 'void ms;',
  },
  {
    row: 'D10',
    file: 'src/schedule/schedule.ts',
    right: 'const slot = newestSlot(nextSlot, next, now);',
    wrong: 'const slot = next;',
  },
  {
    row: 'D10',
    file: 'src/schedule/schedule.ts',
    right: 'host.start(`${name}@${slot.toISOString()}`, slot)',
    wrong: 'host.start(name, slot)',
  },
  {
    row: 'D10',
    file: 'src/schedule/wall-clock.ts',
    right: '[zone.offsetAt(early), zone.offsetAt(late)]',
    wrong: '[zone.offsetAt(late), zone.offsetAt(early)]',
  },
  {
    row: 'D10',
    file: 'src/schedule/overlap.ts',
    right: 'if (underWay < limit) void begin(slot);',
    wrong: 'if (underWay <= limit) void begin(slot);',
  },
  {
    row: 'D10',
    file: 'src/schedule/overlap.ts',
    right: "else if (overlap === 'queue') waiting ??= slot;",
    wrong: "else if (overlap === 'queue') waiting = slot;",
  },
  {
    row: 'D10',
    file: 'src/runtime/runtime.ts',
    right: 'for (const schedule of this.#schedules) void schedule.stop();',
    wrong: 'void this.#schedules;',
  },
];
