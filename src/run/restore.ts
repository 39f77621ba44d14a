// A step whose end an earlier life of its run has kept: that end is served to the transitions in the place of its body.
//
// RESTORE-1. Nothing is decided here: what follows from a body's end follows from the one that is served.
// RESTORE-2. What was kept goes by the ids of edges. Edges that were added since are taken if nothing asks for them.

import { stop } from './advance.ts';
import { startChild } from './children.ts';
import type { Effects } from './event.ts';
import { routedMoment, type Sink } from './sink.ts';
import type { Step } from './step.ts';
import { isFinalCode, Phase, StepCode } from './status.ts';
import { dispatch } from './step-lifecycle.ts';
import { ALL_ROUTES, type AttemptRecord, type CallKey, type ChildAsked, type Ref, type Routing } from './step-data.ts';
import * as transition from './transition.ts';
import type { StepView } from './view.ts';

/** How a step ended in an earlier life of its run. */
export interface Ended {
  readonly view: StepView;
  readonly attempts: readonly AttemptRecord[];
  /** The success edges that were taken, with the lengths of arrays, null for one that was left out; undefined where none was asked. */
  readonly answer: readonly (readonly [edge: string, size?: number | null])[] | undefined;
  /** The error edges that were taken. */
  readonly handled: readonly string[];
  readonly effects: Effects | undefined;
  readonly sent: { readonly message: Ref } | undefined;
  /** Of a child: what it was started as. */
  readonly child: (ChildAsked & { readonly call: CallKey; readonly message: Ref }) | undefined;
}

/** Serves how the step goes on from where it stands. */
export function serve(step: Step, ended: Ended, sink: Sink): void {
  const { view } = ended;
  const { phase } = step;
  if (phase === Phase.SCHEDULED) transition.due(step, step.attempt, transition.timerOf(step), sink);
  else if (phase === Phase.AWAITING_MESSAGE) give(step, ended, sink);
  else if (phase === Phase.PREPARING && view.code === StepCode.IF_CONDITION_FAILED)
    transition.unmet(step, step.attempt, sink);
  else if (phase === Phase.PREPARING) transition.prepared(step, step.attempt, view.message ?? null, sink);
  else if (phase === Phase.ROUTING) transition.routed(step, step.attempt, routingOf(step, ended), sink);
  else if (phase === Phase.RUNNING) serveBody(step, ended, sink);
}

/** The message from outside that it got before. */
function give(step: Step, { sent }: Ended, sink: Sink): void {
  const extras = step.ensureExtras();
  if (extras.messageWait === null || sent === undefined) return;
  extras.messageWait = { ...extras.messageWait, sent };
  sink.unwake(step);
  dispatch(step, sink);
}

/** The children that its body started are there before it ends, or before it is called again. */
export function serveChildren(step: Step, children: readonly Ended[], sink: Sink): void {
  for (const { view, child } of children) {
    if (child === undefined) continue;
    const { call, message, fingerprint, called, detached } = child;
    startChild(step, step.attempt, { call, node: view.node, message, fingerprint, called, detached, delayMs: 0 }, sink);
  }
}

function serveBody(step: Step, ended: Ended, sink: Sink): void {
  const { view, attempts, effects } = ended;
  step.startedAt = view.startedAt;
  if (view.status === 'cancelled') return stop(step, sink);
  if (view.code === StepCode.IF_CONDITION_FAILED) return void transition.unmet(step, step.attempt, sink);
  const extras = step.ensureExtras();
  extras.isRestored = true;
  extras.faults = view.faults.length === 0 ? null : view.faults;
  extras.conflicts = view.conflicts.length === 0 ? null : view.conflicts;
  step.attempt = view.attempt;
  const before = attempts.filter(({ number }) => number < view.attempt);
  if (before.length > 0) extras.attempts = [...before];
  for (const attempt of before) sink.attempted(step, { ...attempt, seq: attempt.seq > 0 ? ++step.run.seq : 0 });
  const last = attempts.find(({ number }) => number === view.attempt);
  if (last === undefined || last.code === StepCode.DONE) {
    transition.completed(step, view.attempt, view.message, view.value, routingOf(step, ended), unread(effects), sink);
    return;
  }
  const failure = { code: last.code, retry: false, refused: isFinalCode(last.code) };
  transition.failed(step, view.attempt, view.message, last.error, failure, handlingOf(step, ended), sink);
}

/** What the state was when it was read is of another life: whether it had changed since is known. */
function unread(effects: Effects | undefined): Effects | null {
  if (effects === undefined) return null;
  const state = effects.state.map((operation) => {
    if (operation.op !== 'set') return operation;
    const { op, field, value } = operation;
    return { op, field, value };
  });
  return { ...effects, state };
}

function routingOf(step: Step, ended: Ended): Routing {
  return routedMoment(step) === 'error' && step.phase === Phase.ROUTING
    ? (handlingOf(step, ended) ?? ALL_ROUTES)
    : successOf(step, ended);
}

function successOf({ node }: Step, { answer }: Ended): Routing {
  if (node.plain) return ALL_ROUTES;
  const taken = new Map((answer ?? []).flatMap(([edge, size = -1]) => (size === null ? [] : [[edge, size] as const])));
  const positions = [...node.success.keys()];
  const sizes = positions.map((position) => taken.get(node.success[position]?.id ?? '') ?? -1);
  const routes = positions.filter((position) => {
    const edge = node.success[position];
    return edge !== undefined && (taken.has(edge.id) || (!edge.conditional && edge.each === null));
  });
  return { routes, sizes };
}

/** Null: nothing asks, all of them are taken. */
function handlingOf({ node }: Step, { handled }: Ended): Routing | null {
  if (!node.error.some(({ conditional }) => conditional)) return null;
  const positions = [...node.error.keys()];
  return {
    routes: positions.filter((position) => {
      const edge = node.error[position];
      return edge !== undefined && (!edge.conditional || handled.includes(edge.id));
    }),
  };
}
