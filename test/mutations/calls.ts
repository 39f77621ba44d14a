// Faults in rows M of the ledger: calls with callbacks.

import type { Mutation } from './mutation.ts';

export const CALLS: readonly Mutation[] = [
  {
    row: 'M1',
    file: 'src/plans/planner.ts',
    right: 'didYouMean(id, known) ?? `the ${what}s are',
    wrong: '`the ${what}s are',
  },
  {
    row: 'M1',
    file: 'src/plans/planner.ts',
    right: 'return this.#signNode(id, bound);',
    wrong: 'return this.#signNode(id, undefined);',
  },
  {
    row: 'M2',
    file: 'src/plans/signature.ts',
    right: 'this.#bound = mergedFields(this.#bound ?? {}, copyOf(fields));',
    wrong: 'this.#bound = copyOf(fields);',
  },
  {
    row: 'M2',
    file: 'src/plans/signature.ts',
    right: 'if (this.#kept === undefined) return;',
    wrong: "if (this.#kept === undefined || what.startsWith('be ')) return;",
  },
  {
    row: 'M2',
    file: 'src/execute/message.ts',
    right: 'return mergeOver(origin.own, bound);',
    wrong: 'return bound ?? origin.own;',
  },
  {
    row: 'M3',
    file: 'src/plans/plan.ts',
    right: 'mergeOver(mergeOver(message ?? given.message, signed.bound), given.override)',
    wrong: 'mergeOver(mergeOver(message ?? given.message, given.override), signed.bound)',
  },
  {
    row: 'M3',
    file: 'src/plans/signature.ts',
    right: 'if (taken !== undefined) {',
    wrong: "if (taken === '') {",
  },
  {
    row: 'M4',
    file: 'src/run/overlay.ts',
    right: "success: [...base.success, ...edges('success')]",
    wrong: "success: [...edges('success'), ...base.success]",
  },
  {
    row: 'M4',
    file: 'src/run/overlay.ts',
    right: '(signed[moment] ?? []).flatMap(',
    wrong: '(signed[moment] ?? []).slice(0, 1).flatMap(',
  },
  {
    row: 'M5',
    file: 'src/execute/message.ts',
    right: 'if (route?.field !== undefined) return { ...bound, [route.field]: origin.value };',
    wrong: 'if (route?.field !== undefined) return { [route.field]: origin.value };',
  },
  {
    row: 'M6',
    file: 'src/execute/message.ts',
    right: "return { own: message, value: error, error, from: { message, error } };\n    }\n    case 'end':",
    wrong: "return { own: error, value: error, error, from: { message, error } };\n    }\n    case 'end':",
  },
  {
    row: 'M6',
    file: 'src/run/transition.ts',
    right: 'if (failure.retry && attempt < step.node.retry.attempts && mayRetry(step)) {',
    wrong: 'if (failure.retry && attempt < step.node.retry.attempts && step.node.error.length === 0) {',
  },
  {
    row: 'M7',
    file: 'src/message/compiled/filling.ts',
    right: 'this.#filling.isShown = true;',
    wrong: 'void this.#filling;',
  },
  {
    row: 'M7',
    file: 'src/message/compiled/emit-filled.ts',
    right: '  if (!of.links.tryTo(() => emitter.ofCopies(field, name))) return undefined;',
    wrong: '  if (emitter !== undefined) return undefined;',
  },
  {
    row: 'M7',
    file: 'src/plans/plan.ts',
    right: 'refused.push({ at, reason });',
    wrong: 'throw reason;',
  },
  {
    row: 'M7',
    file: 'src/runtime/messages.ts',
    right: 'if (checkedBy === undefined || this.#parser === undefined) return this.#build(job, message, data);',
    wrong: "if (job !== '') return this.#build(job, message, data);",
  },
  {
    row: 'M7',
    file: 'src/execute/application.ts',
    right: 'BAD_MESSAGE: Failure = { code: StepCode.INVALID_TYPE,',
    wrong: 'BAD_MESSAGE: Failure = { code: StepCode.UNHANDLED_EXCEPTION,',
  },
  {
    row: 'M8',
    file: 'src/run/overlay.ts',
    right: 'signed: callback, moment',
    wrong: 'signed: { node: callback.node }, moment',
  },
  {
    row: 'M8',
    file: 'src/run/transition.ts',
    right: 'if (failure.retry && attempt < step.node.retry.attempts && mayRetry(step)) {',
    wrong: 'if (failure.retry && attempt < step.node.retry.attempts && step.via === null) {',
  },
  {
    row: 'M9',
    file: 'src/run/entries.ts',
    right: 'step.targetValue = before.value;',
    wrong: 'step.targetValue = before.message;',
  },
  {
    row: 'M9',
    file: 'src/run/entries.ts',
    right: 'if (run.failed && !flow.keepGoing && flow.areLanesApart !== true) return true;',
    wrong: 'if (run.failed && !flow.keepGoing && run.counts.failed > 1) return true;',
  },
  {
    row: 'M10',
    file: 'src/run/plan-state.ts',
    right: 'this.open < concurrency',
    wrong: 'this.open <= concurrency',
  },
  {
    row: 'M10',
    file: 'src/run/entries.ts',
    right: 'failures >= flow.stopAfterFailures',
    wrong: 'failures > flow.stopAfterFailures',
  },
  {
    row: 'M10',
    file: 'src/run/entries.ts',
    right: 'return plan !== null && (plan.waiting > 0 || isOpen(run, plan));',
    wrong: 'return plan !== null && plan.waiting > 0;',
  },
  {
    row: 'M10',
    file: 'src/runtime/outcomes.ts',
    right: 'entries.toSorted((a, b) => a.seq - b.seq)',
    wrong: 'entries.toSorted((a, b) => a.at - b.at)',
  },
  {
    row: 'M11',
    file: 'src/run/step-lifecycle.ts',
    right: '  if (run.suspended) {',
    wrong: '  if (run.suspended && step.attempt > 1) {',
  },
  {
    row: 'M11',
    file: 'src/run/advance.ts',
    right: 'const live = [...run.live].sort((a, b) => a.id - b.id);',
    wrong: 'const live = [...run.live].sort((a, b) => b.id - a.id);',
  },
  {
    row: 'M11',
    file: 'src/run/entries.ts',
    right: 'if (run.cancelling) return enterCancelled(step, sink);',
    wrong: 'if (run.cancelling) return enterSkipped(step, StepCode.SKIPPED, sink);',
  },
];
