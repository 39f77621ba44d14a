// What a finished step leaves beside its view: all that is needed to let its run go on without calling its body again.
//
// REDO-1. It stands in the record of the history, and is absent where nothing but the view is needed.

import type { Effects } from '../run/event.ts';
import type { CallKey, ChildAsked, Ref, Routing } from '../run/step-data.ts';
import { Role } from '../run/status.ts';
import type { Step } from '../run/step.ts';
import { isRecord, type Json } from '../values/json.ts';
import { readRecord, RECORDS } from './keys.ts';

export interface Redo {
  /** What its success edges have answered, where they ask for anything. */
  readonly answer?: Answer;
  /** What its body did apart from returning. */
  readonly effects?: Effects;
  /** The message that it got from outside. */
  readonly sent?: { readonly message: Ref };
  /** The key of a child, and what was asked for under it. */
  readonly call?: CallKey;
  readonly asked?: ChildAsked;
  /** The message that a child was started with, where its own is not known. */
  readonly start?: Ref;
  /** Of a step that belongs to another as a child does, and fails it. */
  readonly isChild?: true;
  /** Which instance of its join it is. */
  readonly instance?: number;
}

/** The edges that were taken, by id, with the lengths of the arrays that they go over; null for an array that was left out. */
export type Answer = readonly (readonly [edge: string, size?: number | null])[];

/** Undefined if its view says it all. */
export function redoOf(step: Step, answer: Routing | undefined): Redo | undefined {
  const { extras, via, sent } = step;
  const instance = via !== null && via.join !== null ? instanceOf(step) : undefined;
  const redo: Redo = {
    ...(answer !== undefined && { answer: answerOf(step, answer) }),
    ...(instance !== undefined && { instance }),
    ...(sent !== null && { sent }),
    ...(extras?.effects && { effects: extras.effects }),
    ...(extras !== null && (extras.role === Role.CHILD || extras.role === Role.CALLED) && { isChild: true }),
    ...(extras?.asked && extras.call !== null && { call: extras.call, asked: extras.asked }),
    ...(extras?.asked && step.message === undefined && { start: step.targetMessage ?? null }),
  };
  return Object.keys(redo).length === 0 ? undefined : redo;
}

/** By id: positions do not outlive a deployment. The faults are told by the view. */
function answerOf({ node }: Step, { routes, sizes }: Routing): Answer {
  return [...node.success.entries()].flatMap(([position, { id, each }]): Answer => {
    const isTaken = routes === 'all' || routes.includes(position);
    if (each === null) return isTaken ? [[id]] : [];
    // Left out: one that is not named was added since.
    return [[id, isTaken ? (sizes?.[position] ?? -1) : null]];
  });
}

/** Which instance of its join a step is: what its sources have brought is named by that. */
export function instanceOf({ targetValue }: Step): number | undefined {
  if (typeof targetValue !== 'object' || targetValue === null || !('sources' in targetValue)) return undefined;
  const [first]: readonly unknown[] = Array.isArray(targetValue.sources) ? targetValue.sources : [];
  return typeof first === 'string' ? RECORDS.arrival.parse(first)[2] : undefined;
}

/** The border to the store: we wrote it. */
export function readRedo(json: Json): Redo {
  return isRecord(json) ? (readRecord<Redo>(json['redo']) ?? {}) : {};
}
