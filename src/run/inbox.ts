// Messages from outside, and the steps that wait for them.
//
// INBOX-1. A message that comes before a step waits for it is kept.
// INBOX-2. Sending and delivering are two events: the message goes to the oldest step that waits when it is delivered.

import type { GraphNode } from '../graph/graph.ts';
import type { Event } from './event.ts';
import { dispatch, beginsNothing, isWatching } from './step-lifecycle.ts';
import { mailboxOf, type Run } from './state.ts';
import type { Step } from './step.ts';
import { Phase } from './status.ts';
import type { Sink } from './sink.ts';

/** Keeps a message for a node. */
export function keepMessage(
  run: Run,
  node: GraphNode,
  { id, fingerprint, message }: Omit<Extract<Event, { type: 'message' }>, 'type' | 'node'>,
  sink: Sink,
): void {
  (run.ensureExtras().signals ??= new Map()).set(id, fingerprint);
  const box = mailboxOf(run, node);
  box.kept.set(++box.sent, message);
  sink.post(run);
}

/** Gives a step the next message for its node. False if it does not wait for one, or another number is next. */
export function deliver(step: Step, number: number, sink: Sink): boolean {
  const { messageWait } = step.ensureExtras();
  if (step.phase !== Phase.AWAITING_MESSAGE || messageWait === null) return false;
  // It waits in vain, and is about to hear of it.
  if (beginsNothing(step.run) && !isWatching(step)) return false;
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
