// Faults in rows P and Beyond of the ledger: running a job, and what goes beyond.

import type { Mutation } from './mutation.ts';

export const JOBS: readonly Mutation[] = [
  {
    row: 'P1',
    file: 'src/run/status.ts',
    right: 'JOIN_UNREACHABLE: 206,',
    wrong: 'JOIN_UNREACHABLE: 209,',
  },
  {
    row: 'P1',
    file: 'src/run/view.ts',
    right: 'return step.attempt > 1 ? StepCode.RETRYING : StepCode.NONE;',
    wrong: 'return StepCode.NONE;',
  },
  {
    row: 'P2',
    file: 'src/execute/routing.ts',
    right: "names.includes('InvalidArgument') || names.includes('RangeError')",
    wrong: "names.includes('InvalidArgument')",
  },
  {
    row: 'P2',
    file: 'src/engines/process-end.ts',
    right: "if (told.size === 0) process.on('beforeExit', tellAll);",
    wrong: 'void tellAll;',
  },
  {
    row: 'P2',
    file: 'src/engines/unheard.ts',
    right: "if (run.isHeard || observers.of(run).showFailure('run.ended')) return;",
    wrong: 'if (run.isHeard) return;',
  },
  {
    row: 'P3',
    file: 'src/run/entries.ts',
    right:
      'const isLeft = plan !== null && (hasStopped(run, plan) || hasLaneStopped(plan, progress)) && entry.always !== true;',
    wrong: 'const isLeft = plan !== null && (hasStopped(run, plan) || hasLaneStopped(plan, progress));',
  },
  {
    row: 'P4',
    file: 'src/execute/condition.ts',
    right: 'if (!answer) return false;',
    wrong: 'if (answer) return true;',
  },
  {
    row: 'P4',
    file: 'src/run/transition.ts',
    right: "endUnbegun(step, 'skipped', StepCode.IF_CONDITION_FAILED, sink);",
    wrong: "endUnbegun(step, 'failed', StepCode.IF_CONDITION_FAILED, sink);",
  },
  {
    row: 'P5',
    file: 'src/run/limits.ts',
    right: 'const tags = node.tags.filter((tag) => !run.tags.includes(tag));',
    wrong: 'const tags = node.tags.some((tag) => run.tags.includes(tag)) ? [] : node.tags;',
  },
  {
    row: 'P6',
    file: 'src/run/limits.ts',
    right: 'if (id <= stepLimit || role === Role.WATCHER) return false;',
    wrong: 'if (id <= stepLimit + 1 || role === Role.WATCHER) return false;',
  },
  {
    row: 'P6',
    file: 'src/run/limits.ts',
    right: 'limits.maxPerRun.findLast(',
    wrong: 'limits.maxPerRun.find(',
  },
  {
    row: 'P6',
    file: 'src/run/limits.ts',
    right: 'return said[1] ?? Number.POSITIVE_INFINITY;',
    wrong: 'return said[1] ?? node.maxPerRun;',
  },
  {
    row: 'P6',
    file: 'src/engines/begins.ts',
    right: 'this.#first < this.#limit.max)',
    wrong: 'this.#first <= this.#limit.max)',
  },
  {
    row: 'P6',
    file: 'src/engines/slots.ts',
    right: 'return difference === 0 ? ticket.order < than.ticket.order : difference < 0;',
    wrong: 'return difference === 0 ? ticket.order < than.ticket.order : difference > 0;',
  },
  {
    row: 'P6',
    file: 'src/engines/memory/queue.ts',
    right: 'findIndex((list) => list.priority >= priority)',
    wrong: 'findIndex((list) => list.priority <= priority)',
  },
  {
    row: 'P7',
    file: 'src/observe/interest.ts',
    right: 'if (observer.onStepEnd !== undefined) wants |= Wants.END;',
    wrong: 'if (observer.onStepEnd !== undefined) wants |= Wants.START;',
  },
  {
    row: 'P8',
    file: 'src/definition/resolve.ts',
    right: 'return this.#evaluate(template.expression);',
    wrong: 'return this.#text(template.expression);',
  },
  {
    row: 'P7',
    file: 'src/engines/memory/emissions.ts',
    right: 'if (status === undefined) return;',
    wrong: "if (status === undefined || status === 'skipped') return;",
  },
  {
    row: 'P8',
    file: 'src/plans/definition-plan.ts',
    right: ': this.#jobs.isExposed(job)',
    wrong: ": job !== ''",
  },
  {
    row: 'P8',
    file: 'src/plans/definition-plan.ts',
    right: 'const refused = duplicate',
    wrong: 'const refused = duplicate && at > 9',
  },
  {
    row: 'P9',
    file: 'src/run/view.ts',
    right: 'return history === 0 ? undefined : ended % history;',
    wrong: 'return history === 0 ? undefined : ended;',
  },
  {
    row: 'Beyond-message',
    file: 'src/run/inbox.ts',
    right: '.sort((a, b) => a.id - b.id)',
    wrong: '.sort((a, b) => b.id - a.id)',
  },
  {
    row: 'Beyond-message',
    file: 'src/run/control.ts',
    right:
      "if (run.signals?.has(id) === true) return isSame(run.signals.get(id), fingerprint) ? 'duplicate' : 'changed';",
    wrong: '',
  },
  {
    row: 'Beyond-message',
    file: 'src/run/step-lifecycle.ts',
    right: 'const dueAt = node.waitMs > 0 ? sink.now + node.waitMs : 0;',
    wrong: 'const dueAt = 0;',
  },
  {
    row: 'Beyond-message',
    file: 'src/run/view.ts',
    right: 'listens: step.phase === Phase.AWAITING_MESSAGE,',
    wrong: 'listens: false,',
  },
  {
    row: 'Beyond-race',
    file: 'src/run/race.ts',
    right: 'stop(step, sink);',
    wrong: 'void stop;',
  },
  {
    row: 'Beyond-race',
    file: 'src/run/race.ts',
    right: 'for (const source of lacking) state.withdraw(source, instance);',
    wrong: '',
  },
];
