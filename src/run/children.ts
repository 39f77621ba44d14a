// Children: steps that a body starts, by the key it starts them under.
//
// CHILDREN-1. The same key starts the same child once, over all attempts; a called one that failed is started again.
// CHILDREN-2. Only an attempt that is under way starts children.

import { nodeNamed } from '../graph/compile.ts';
import { carryOn } from './advance.ts';
import { belongAsChild, enter, progressOf, stepOf } from './step-lifecycle.ts';
import type { ChildStart } from './event.ts';
import type { CoreFailureReason } from './failure.ts';
import { Phase, Role } from './status.ts';
import type { CallKey, StepId, CallEnd, CallRecord } from './step-data.ts';
import { limitOf } from './limits.ts';
import type { Sink } from './sink.ts';
import type { Step } from './step.ts';
import { childKey } from './step-key.ts';

/** The answer to a body that starts a child. */
export type ChildAnswer =
  | { readonly kind: 'accepted'; readonly step: StepId; readonly key: string; readonly isNew: boolean }
  /** It was called before, and is over. */
  | {
      readonly kind: 'over';
      readonly step: StepId;
      readonly key: string;
      readonly end: CallEnd;
      readonly isNew: boolean;
    }
  | RefusedChild;

export type RefusedChild =
  | { readonly kind: 'refused'; readonly why: 'leaked' | 'differs' }
  /** The run has reached its `stepLimit`. */
  | { readonly kind: 'refused'; readonly why: 'limit'; readonly coreFailure: CoreFailureReason }
  | { readonly kind: 'refused'; readonly why: 'cancelled'; readonly stopped: Stopped };

/** Why the step that asks is being stopped, as it and its run say. */
export interface Stopped {
  readonly cancelling: boolean;
  readonly timedOut: boolean;
  readonly cancelReason: string | undefined;
  readonly reason: string | null;
}

/** Starts a child of a step, or finds the one that is there. */
export function startChild(parent: Step, attempt: number, start: ChildStart, sink: Sink): ChildAnswer {
  if (parent.phase === Phase.STOPPING && parent.attempt === attempt) return refusedByStop(parent);
  if (parent.phase !== Phase.RUNNING || parent.attempt !== attempt) return { kind: 'refused', why: 'leaked' };
  const known = parent.extras?.calls?.get(start.call);
  if (known === undefined) return make(parent, start, sink);
  // The end of a spawned child is not kept for a caller.
  if (known.fingerprint !== start.fingerprint || known.called !== start.called)
    return { kind: 'refused', why: 'differs' };
  const { end } = known;
  if (end !== undefined && end.status !== 'completed' && known.attempt < attempt) return make(parent, start, sink);
  return answerOf(known, false);
}

function refusedByStop({ run, extras }: Step): RefusedChild {
  const { cancelling, timedOut, cancelReason } = run;
  const stopped = { cancelling, timedOut, cancelReason, reason: extras?.cancelReason ?? null };
  return { kind: 'refused', why: 'cancelled', stopped };
}

function answerOf({ step, key, end }: CallRecord, isNew: boolean): ChildAnswer {
  return end === undefined ? { kind: 'accepted', step, key, isNew } : { kind: 'over', step, key, end, isNew };
}

function make(parent: Step, start: ChildStart, sink: Sink): ChildAnswer {
  const { run } = parent;
  if (run.limitReached) return { kind: 'refused', why: 'limit', coreFailure: limitOf(run, start.node) };
  const child = stepOf(run, nodeNamed(run.graph, start.node));
  const key = childKey(parent.key, start.call);
  const extras = child.ensureExtras();
  child.cause = parent.id;
  child.targetMessage = start.message;
  child.message = start.message;
  extras.key = key;
  extras.call = start.call;
  if (!start.detached) {
    belongAsChild(child, parent, start.called ? Role.CALLED : Role.CHILD);
    extras.progress = progressOf(parent);
  }
  const { fingerprint, called, detached } = start;
  extras.asked = { fingerprint, called, detached };
  const record: CallRecord = { step: child.id, key, fingerprint, called, attempt: parent.attempt };
  const calls = (parent.ensureExtras().calls ??= new Map<CallKey, CallRecord>());
  calls.set(start.call, record);
  parent.ensureExtras().hasCalled = true;
  enter(child, sink, start.delayMs > 0 ? sink.now + start.delayMs : 0);
  carryOn(run, sink);
  // It may be over already: refused, or skipped after an exit.
  return answerOf(calls.get(start.call) ?? record, true);
}
