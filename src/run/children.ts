// Children: steps that a body starts, by the key it starts them under.
//
// C1. The same key starts the same child once, over all attempts; a called one that failed is made anew.
// C2. Only an attempt that is under way starts children.

import { lostNode } from '../graph/compile.ts';
import { carryOn } from './advance.ts';
import { belong, enter, stepOf } from './enter.ts';
import type { ChildStart } from './event.ts';
import { Phase, Role } from './phase.ts';
import type { Ref, StepId } from './ref.ts';
import type { Sink } from './sink.ts';
import type { Step } from './state.ts';
import { childKey } from './step-key.ts';

/** What a body is told about a child it asked for. */
export type ChildAnswer =
  | { readonly kind: 'accepted'; readonly step: StepId; readonly key: string; readonly isNew: boolean }
  /** It was called before and completed. */
  | { readonly kind: 'over'; readonly step: StepId; readonly key: string; readonly value: Ref }
  | { readonly kind: 'refused'; readonly why: 'leaked' | 'cancelled' | 'differs' };

/** Starts a child of a step, or finds the one that is there. */
export function startChild(parent: Step, attempt: number, start: ChildStart, sink: Sink): ChildAnswer {
  if (parent.phase === Phase.STOPPING && parent.attempt === attempt) return { kind: 'refused', why: 'cancelled' };
  if (parent.phase !== Phase.RUNNING || parent.attempt !== attempt) return { kind: 'refused', why: 'leaked' };
  const known = parent.rare?.calls?.get(start.call);
  if (known !== undefined) {
    if (known.fingerprint !== start.fingerprint) return { kind: 'refused', why: 'differs' };
    if (known.value !== undefined) return { kind: 'over', step: known.step, key: known.key, value: known.value.ref };
    return { kind: 'accepted', step: known.step, key: known.key, isNew: false };
  }
  return make(parent, start, sink);
}

function make(parent: Step, start: ChildStart, sink: Sink): ChildAnswer {
  const { run } = parent;
  const child = stepOf(run, run.graph.nodeOf.get(start.node) ?? lostNode(start.node));
  const key = childKey(parent.key, start.call);
  const rare = child.rarely;
  child.cause = parent.id;
  child.a = start.message;
  rare.key = key;
  rare.call = start.call;
  if (!start.detached) {
    rare.role = start.called ? Role.CALLED : Role.CHILD;
    belong(child, parent);
    parent.rarely.children++;
  }
  parent.rarely.calls ??= new Map();
  parent.rarely.calls.set(start.call, { step: child.id, key, fingerprint: start.fingerprint });
  enter(child, sink, start.delayMs > 0 ? sink.now + start.delayMs : 0);
  carryOn(run, sink);
  return { kind: 'accepted', step: child.id, key, isNew: true };
}
