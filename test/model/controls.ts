// What is done to a run from outside, in the interpreter.

import { GRACE_MS, nodeName, type Control } from './graph-plan.ts';
import { send } from './letters.ts';
import { stop, stopWith } from './making.ts';
import { add } from './turns.ts';
import type { World } from './world.ts';

export function apply(world: World, control: Control): void {
  if (control.do === 'cancelStep') {
    const [oldest, other] = world.live().filter(({ node }) => node === control.node);
    if (other !== undefined) world.luck.push(`the oldest ${nodeName(control.node)}`);
    if (oldest !== undefined) stopWith(world, oldest, GRACE_MS);
  } else if (control.do === 'cancel') cancel(world);
  else if (control.do === 'resume') resume(world);
  else if (control.do === 'close') world.isClosed ||= world.stage === 'on';
  else if (control.do === 'add')
    answer(world, control.at, add(world, control.at, control.signed) ? 'added' : 'refused');
  else if (control.do === 'send') answer(world, control.at, send(world, control.node, control.id) ? 'sent' : 'refused');
  else {
    // R41
    const isRefused = world.stage !== 'on' || world.cancelling || world.exit !== null || world.limitReached;
    if (!isRefused) world.suspended = true;
    answer(world, control.at, isRefused ? 'refused' : 'suspended');
  }
}

/** What the run said to it. */
export function answer(world: World, at: number, how: string): void {
  world.signals.push(`${at} ${how}`);
}

/** R40: in the order in which the steps were made. */
function resume(world: World): void {
  world.suspended = false;
  for (const step of world.live()) if (step.phase === 'held' && step.due > 0) world.isReady(step);
}

/** R37; R40: at once, also of a suspended run. */
function cancel(world: World): void {
  if (world.stage !== 'on' || world.cancelling) return;
  world.cancelling = true;
  world.suspended = false;
  for (const step of world.live()) stop(world, step, GRACE_MS);
}

/** R42: as a cancel, but the run has failed. */
export function deadline(world: World): void {
  if (world.stage !== 'on' || world.cancelling) return;
  world.timedOut = true;
  cancel(world);
}
