// What a run may have: how many steps, how often each of its nodes, under which tags, and how deep.
//
// LIMITS-1. The first step beyond `stepLimit` is refused, and no other is created: nothing more of the flow begins. The
//     callbacks of what ran still run.
// LIMITS-2. What is left out is no execution of its node: neither its rounds nor its limits count it.

import { fitsGlob } from '../graph/glob.ts';
import type { GraphNode } from '../graph/graph.ts';
import type { CoreFailureReason } from './failure.ts';
import type { Sink } from './sink.ts';
import { Rounds } from './rounds.ts';
import type { Run } from './state.ts';
import type { Step } from './step.ts';
import { Role, Stage, StepCode } from './status.ts';
import { itemKey } from './step-key.ts';

/** How deep callbacks of callbacks, and children of children, may be nested. */
const MAX_DEPTH = 64;

/** Why a step must not run; null if it may. */
export function refusalOf(step: Step): CoreFailureReason | null {
  const { run, node } = step;
  if (isBeyond(step)) return limitOf(run, node.name);
  if (step.extras !== null && step.extras.depth > MAX_DEPTH) {
    return { coreFailure: StepCode.STEP_LIMIT_EXCEED, node: node.name, limit: MAX_DEPTH, reason: 'depth' };
  }
  return isCounted(step) ? guard(step) : null;
}

/** Why nothing more of a run's flow is created. */
export function limitOf({ limits }: Run, node: string): CoreFailureReason {
  return { coreFailure: StepCode.STEP_LIMIT_EXCEED, node, limit: limits.stepLimit };
}

/**
 * The run may not have it. Callbacks of what ran still run, whatever the limit; but callbacks of callbacks beyond it
 * would grow without end.
 */
export function isBeyond({ run, id, role, owner }: Step): boolean {
  const { stepLimit } = run.limits;
  if (id <= stepLimit || role === Role.WATCHER) return false;
  return role !== Role.BRACKET || (owner !== null && owner.role === Role.BRACKET && owner.id > stepLimit);
}

/** The run fails, whatever becomes of the step that was one too many; what has not begun is swept. */
export function reachLimit(run: Run, sink: Sink): void {
  if (run.limitReached) return;
  run.limitReached = true;
  if (run.stage !== Stage.ON) return;
  run.failed = true;
  run.code = StepCode.STEP_LIMIT_EXCEED;
  sink.sweep(run);
}

function isCounted({ node, run }: Step): boolean {
  return node.guarded || run.limits.maxPerRun.length > 0;
}

function guard(step: Step): CoreFailureReason | null {
  const { run, node } = step;
  const { name } = node;
  if (node.index < 0) return { coreFailure: StepCode.BLOCK_NOT_FOUND, node: name };
  const tags = node.tags.filter((tag) => !run.tags.includes(tag));
  if (tags.length > 0) return { coreFailure: StepCode.FORBIDDEN_BLOCK, node: name, tags };
  return roundRefusalOf(step);
}

function roundRefusalOf({ run, node, round }: Step): CoreFailureReason | null {
  const limit = Math.min(node.maxRounds, maxPerRunOf(run, node));
  if (round <= limit) return null;
  const reason = limit === node.maxRounds ? 'maxRounds' : 'maxPerRun';
  return { coreFailure: StepCode.BLOCK_LIMIT_EXCEED, node: node.name, limit, reason };
}

/** What a start said about the node, else what the code says. */
function maxPerRunOf({ limits }: Run, node: GraphNode): number {
  const said = limits.maxPerRun.findLast(([pattern]) => fitsGlob(node.name, pattern));
  if (said === undefined) return node.maxPerRun;
  return said[1] ?? Number.POSITIVE_INFINITY;
}

/** Counts one more execution of a node. */
export function nextRound(run: Run, node: GraphNode): number {
  return (run.rounds ??= new Rounds()).next(node.index);
}

/** It is created and does not run: it is no execution of its node, and has a key that no execution has. */
export function leaveOut(step: Step): void {
  const { run, node, id } = step;
  // It is the last that was counted: nothing was made since.
  if (step.round > 0 && run.rounds?.of(node.index) === step.round) run.rounds.set(node.index, step.round - 1);
  step.round = 0;
  step.ensureExtras().key = itemKey(run.id, node.name, 0, id);
}

/** What was left out so far runs after all: refused, if it is one execution too many. */
export function takeIn(step: Step): CoreFailureReason | null {
  step.round = nextRound(step.run, step.node);
  step.ensureExtras().key = null;
  return isCounted(step) ? roundRefusalOf(step) : null;
}
