// Messages from outside, and the steps that wait for them, in the interpreter: R51.

import { end } from './making.ts';
import { nodeName } from './graph-plan.ts';
import { sentMessage } from './start-plan.ts';
import { isWatching, type Step, type World } from './world.ts';

/** Reached: it waits from now on, also in a suspended run. */
export function awaitMessage(world: World, step: Step): boolean {
  const plan = world.plan.nodes[step.node];
  if (plan?.waits !== true || step.phase !== 'held' || step.due === 0 || step.wasSent) return false;
  // Two at once: an early message may reach the one of which the engine hears first.
  const isBeside = ({ node, cause, listenedAt }: Step): boolean =>
    node === step.node && listenedAt === world.now && (cause !== step.cause || step.madeAt < world.now);
  if (world.steps.some(isBeside)) world.luck.push(`two ${nodeName(step.node)} listen at once`);
  step.phase = 'listening';
  step.listenedAt = world.now;
  step.due = 0;
  if (plan.timeout > 0) {
    step.dueBy = world.now + plan.timeout;
    world.later(
      plan.timeout,
      'end',
      () => waitedInVain(world, step),
      () => step.phase !== 'listening',
    );
  }
  return true;
}

/** 204, and not tried again; whoever watches it is told. */
function waitedInVain(world: World, step: Step): void {
  const isAsking = world.edges('error', step.node).some(([, { when }]) => when !== null);
  if (isAsking) world.unordered = true; // about an error that no body made
  step.trouble = { code: 204 };
  step.code = 204;
  step.attempts.push({ number: 1, code: 204, error: step.trouble });
  step.phase = 'handling';
}

/** R36, R56: what has only waited has not begun. */
export function giveUp(world: World, step: Step): boolean {
  if (isWatching(step)) return false;
  const isInVain = step.phase === 'listening' && (world.exit !== null || world.limitReached);
  if (!isInVain && !(world.limitReached && isUnbegun(world, step))) return false;
  end(world, step, 'skipped', 100);
  return true;
}

/** R56: nothing more of the flow begins, not even when its time has come or the run goes on. */
function isUnbegun({ suspended }: World, { phase, due, started, frame, role }: Step): boolean {
  if (role === 'bracket' || phase !== 'held' || started > 0 || frame !== null) return false;
  return due === 0 || suspended;
}

/**
 * R49: the same id counts once, and is sent whatever has become of the run. False if it takes no messages any more, and
 * for another node.
 */
export function send(world: World, node: number, id: number): boolean {
  if (world.letterIds.has(id)) return world.letterIds.get(id) === node;
  if (world.stage !== 'on' || world.cancelling || world.exit !== null || world.limitReached) return false;
  world.letters.push({ node, message: sentMessage(id) });
  world.letterIds.set(id, node);
  return true;
}

/** The first message that somebody waits for goes to the oldest who does. */
export function handOut(world: World): boolean {
  const listening = world.live().filter(({ phase }) => phase === 'listening');
  const letter = world.letters.find(({ node }) => listening.some((step) => step.node === node));
  const [oldest, ...others] = listening.filter(({ node }) => node === letter?.node);
  if (letter === undefined || oldest === undefined) return false;
  if (others.some((other) => other.madeAt === oldest.madeAt && other.cause !== oldest.cause))
    world.luck.push(`the oldest ${nodeName(oldest.node)}`);
  if (world.edges('start', oldest.node).length > 0) world.unordered = true; // others may come ahead of its callbacks
  world.letters.splice(world.letters.indexOf(letter), 1);
  oldest.message = letter.message;
  oldest.wasSent = true;
  oldest.phase = 'held';
  world.isReady(oldest);
  return true;
}
