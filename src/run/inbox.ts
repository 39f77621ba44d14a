// Messages from outside, and the steps that wait for them.
//
// B1. The same signal counts once, and what comes before anybody waits for it is kept.
// B2. Which step gets a message is looked for apart from what sent it: the oldest that waits for its node, whoever
//     was cancelled meanwhile.

import type { GraphNode } from '../graph/graph.ts';
import { dispatch } from './step-lifecycle.ts';
import { mailboxOf, type Run, type Step } from './state.ts';
import { Phase, Stage } from './status.ts';
import type { Ref } from './step-data.ts';
import type { Sink } from './sink.ts';

/** A message from outside, with what tells it apart from others. */
export interface IncomingMessage {
  readonly id: string;
  readonly message: Ref;
}

/** What becomes of a message that is sent now: one whose id was taken is taken, whatever has become of the run. */
export function fateOf(run: Run, id: string): 'taken' | 'duplicate' | 'over' {
  if (run.signals?.has(id) === true) return 'duplicate';
  return run.stage === Stage.ON && !run.cancelling && run.exit === null ? 'taken' : 'over';
}

/** Keeps a message for a node. False if it is not taken, or was taken before. */
export function send(run: Run, node: GraphNode, { id, message }: IncomingMessage, sink: Sink): boolean {
  if (fateOf(run, id) !== 'taken') return false;
  (run.signals ??= new Set()).add(id);
  const box = mailboxOf(run, node);
  box.kept.set(++box.sent, message);
  sink.post(run);
  return true;
}

/** Gives a step the next message for its node. False if it does not wait for one, or another number is next. */
export function deliver(step: Step, number: number, sink: Sink): boolean {
  const { messageWait } = step.ensureExtras();
  if (step.phase !== Phase.AWAITING_MESSAGE || messageWait === null) return false;
  const box = mailboxOf(step.run, step.node);
  if (box.isEmpty || box.taken + 1 !== number) return false;
  box.taken = number;
  const message = box.kept.get(number);
  box.kept.delete(number);
  step.ensureExtras().messageWait = { ...messageWait, sent: { message } };
  sink.unwake(step);
  dispatch(step, sink);
  if (!box.isEmpty) sink.post(step.run);
  return true;
}

/** Which live steps are next for which messages: the oldest first. */
export function deliveries(run: Run): { readonly step: Step; readonly number: number }[] {
  if (run.mailboxes === null) return [];
  const found: { readonly step: Step; readonly number: number }[] = [];
  const given = new Map<number, number>();
  const waiting = run.live.filter(({ phase }) => phase === Phase.AWAITING_MESSAGE).sort((a, b) => a.id - b.id);
  for (const step of waiting) {
    const { index } = step.node;
    const box = run.mailboxes.get(index);
    const number = given.get(index) ?? (box?.taken ?? 0) + 1;
    if (box === undefined || number > box.sent) continue;
    given.set(index, number + 1);
    found.push({ step, number });
  }
  return found;
}
