// What was sent to a node that waits for messages.

import type { GraphNode } from '../graph/compiled.ts';
import type { Ref } from './ref.ts';
import type { Run } from './state.ts';

export class Mailbox {
  sent: number;
  taken: number;
  /** By number, from 1: those that nobody has taken, as far as they are loaded. */
  readonly kept = new Map<number, Ref>();

  constructor(sent = 0, taken = 0) {
    this.sent = sent;
    this.taken = taken;
  }

  get isEmpty(): boolean {
    return this.taken >= this.sent;
  }
}

export function mailboxOf(run: Run, { index }: GraphNode): Mailbox {
  const boxes = (run.mailboxes ??= new Map<number, Mailbox>());
  const known = boxes.get(index);
  if (known !== undefined) return known;
  const made = new Mailbox();
  boxes.set(index, made);
  return made;
}
