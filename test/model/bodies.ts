// How bodies run: attempts, what they ask for, how they end.

import { isInvalidArgument } from './error-text.ts';
import { take } from './following.ts';
import { clear, make, troubleOf } from './making.ts';
import { behave, pathThrough, Planned, RETRY_AFTER_MS, type Action } from './script.ts';
import { isWatching, type Frame, type Step, type Trouble, type World } from './world.ts';

/** Begins an attempt. */
export function startBody(world: World, step: Step): void {
  const { node, attempt, message } = step;
  step.phase = 'body';
  const script = behave(world.plan, node, message, { attempt, isFlow: step.owner === null && step.role === 'flow' });
  const frame: Frame = { script, called: null, dropped: false, exit: null, added: 0 };
  step.frame = frame;
  const { given, previous } = step;
  const isApart = attempt === 1 && beginsApart(step);
  world.begins.push({ at: world.now, node, path: pathThrough(message, node), attempt, given, previous, isApart });
  const timeout = world.plan.nodes[node]?.timeout ?? 0;
  // R22: per attempt, retryable; what the body does later is dropped. R51: the wait counts too, and nobody tries again.
  const leftMs = step.dueBy > 0 ? Math.max(0, step.dueBy - world.now) : timeout;
  if (timeout > 0) {
    world.later(
      leftMs,
      'end',
      () => failed(world, step, { code: 204 }, 204, step.dueBy === 0),
      () => frame.dropped,
    );
  }
  go(world, step, frame);
}

/** Its condition was asked, or it was handed a message; or what it is a start callback of was. */
function beginsApart({ isAsked, wasSent, owner }: Step): boolean {
  return isAsked || wasSent || (owner !== null && owner.phase === 'starting' && beginsApart(owner));
}

/** A called child is over: the body goes on with its value or its failure. */
export function goOnAfterCall(world: World, step: Step): boolean {
  const { frame } = step;
  if (frame === null || frame.dropped || frame.called === null || frame.called.status === null) return false;
  const child = frame.called;
  frame.called = null;
  go(world, step, frame, child.status === 'completed' ? undefined : troubleOf(child));
  return true;
}

/** Drives the body until it waits or is over. */
function go(world: World, step: Step, frame: Frame, failure?: Trouble): void {
  let thrown = failure;
  while (!frame.dropped) {
    let next: IteratorResult<Action, unknown>;
    try {
      next = thrown === undefined ? frame.script.next() : frame.script.throw(thrown);
    } catch (error) {
      if (!isTrouble(error)) throw error;
      return threw(world, step, error);
    }
    if (next.done === true) return returned(world, step, next.value);
    const result = perform(world, step, frame, next.value);
    if (result === 'waits') return;
    thrown = result === 'done' ? undefined : result;
  }
}

function perform(world: World, step: Step, frame: Frame, action: Action): 'waits' | 'done' | Trouble {
  if (action.type === 'wait') {
    if (step.phase === 'stopping' && world.plan.nodes[step.node]?.obeys === true) {
      clear(step);
      return 'waits';
    }
    world.later(
      action.ms,
      'end',
      () => go(world, step, frame),
      () => frame.dropped,
    );
    return 'waits';
  }
  if (action.type === 'add') frame.added += action.amount;
  else if (action.type === 'exit') frame.exit ??= { value: action.value };
  else {
    if (step.phase === 'stopping') return { code: 203 };
    return action.type === 'spawn' ? spawn(world, step, action) : call(world, step, frame, action);
  }
  return 'done';
}

function spawn(world: World, step: Step, action: Extract<Action, { type: 'spawn' }>): 'done' | Trouble {
  const key = `${action.node} ${action.message.path}`;
  // A later attempt that spawns the same again gets the child that is there.
  if (step.calls.has(key)) return 'done';
  if (world.limitReached) return { code: 108 }; // R56
  const { node, message, delay } = action;
  const child = action.detached
    ? make(world, { node, role: 'flow', message, cause: step, delay, detached: true })
    : make(world, { node, role: 'child', message, owner: step, cause: step, delay });
  step.calls.set(key, child);
  return 'done';
}

function call(
  world: World,
  step: Step,
  frame: Frame,
  action: Extract<Action, { type: 'call' }>,
): 'waits' | 'done' | Trouble {
  const key = `${action.node} ${action.message.path}`;
  const known = step.calls.get(key);
  if (known?.status === 'completed') return 'done';
  if (known?.status !== null && world.limitReached) return { code: 108 }; // R56
  const { node, message } = action;
  // What failed is made anew; what is still under way is waited for.
  const child =
    known?.status === null ? known : make(world, { node, role: 'called', message, owner: step, cause: step });
  step.calls.set(key, child);
  if (child.status !== null) return troubleOf(child);
  frame.called = child;
  return 'waits';
}

function returned(world: World, step: Step, value: unknown): void {
  const { frame } = step;
  if (frame === null) return;
  frame.dropped = true;
  if (step.phase === 'stopping') return clear(step); // R37: a late outcome is dropped
  world.total += frame.added; // applied with the success of the attempt
  if (frame.exit !== null && world.exit === null && !world.cancelling && !world.limitReached) world.exit = frame.exit; // R36: the first one
  step.returned = { value };
  step.routes = take(step, world.edges('success', step.node), value); // R24: once, after the body
  step.phase = 'waiting';
}

function threw(world: World, step: Step, trouble: Trouble): void {
  const fault = trouble instanceof Planned ? trouble.fault : 'plain';
  const isFinal = fault === 'terminal' || isInvalidArgument(trouble);
  const afterMs = fault === 'after' ? RETRY_AFTER_MS : undefined;
  failed(world, step, trouble, isInvalidArgument(trouble) ? 103 : 101, !isFinal, afterMs);
}

/** R18: retried if the error may, attempts are left, and the run is neither cancelled nor exited. */
function failed(world: World, step: Step, trouble: Trouble, code: number, mayHelp: boolean, afterMs?: number): void {
  if (step.frame !== null) step.frame.dropped = true;
  if (step.phase === 'stopping') return clear(step);
  step.attempts.push({ number: step.attempt, code, error: trouble });
  const { attempts, delay, factor, maxDelay } = world.plan.nodes[step.node]?.retry ?? NO_RETRY;
  const isOn = (world.exit === null && !world.cancelling) || isWatching(step);
  if (mayHelp && step.attempt < attempts && isOn) {
    const waitMs = afterMs ?? Math.round(Math.min(maxDelay, delay * factor ** (step.attempt - 1)));
    const number = ++step.attempt;
    step.phase = 'held';
    step.due = 0;
    world.later(
      waitMs,
      'due',
      () => world.isReady(step),
      () => step.status !== null || step.attempt !== number,
    );
    return;
  }
  step.trouble = trouble;
  step.code = code;
  step.phase = 'handling';
}

const NO_RETRY = { attempts: 1, delay: 0, factor: 1, maxDelay: 0 };

function isTrouble(error: unknown): error is Trouble {
  return error instanceof Planned || (typeof error === 'object' && error !== null && 'code' in error);
}
