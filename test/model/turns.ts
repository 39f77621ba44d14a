// When the entries of a plan have their turn, in the interpreter, and what becomes of those that must not run.

import { valueOf } from './following.ts';
import { end, isOneTooMany, make, nextRound, refuse } from './making.ts';
import { givenText } from './error-text.ts';
import type { Entry, Lane, Previous } from './lane.ts';
import { Planned, previousText } from './script.ts';
import { addedMessage, entryMessage, lanesOf, withBound, type SignedPlan } from './start-plan.ts';
import type { Signed, Step, World } from './world.ts';

/** Puts the entries into lanes, and opens as many as there is room for. */
export function begin(world: World): void {
  const { start } = world.plan;
  let number = 0;
  for (const places of lanesOf(start)) {
    const entries = places.flatMap((at): Entry[] => {
      const plan = start.entries[at];
      const message = entryMessage(start, at);
      if (plan === undefined) return [];
      return [{ number: number++, at, plan, message, step: null, hasFailed: false, failsRun: false }];
    });
    world.lanes.push({ entries, state: 'waiting', at: 0 });
  }
  while (openNext(world));
}

export function entriesOf({ lanes }: World): Entry[] {
  return lanes.flatMap(({ entries }) => entries);
}

/** Another entry has its turn, or a lane is over. */
export function takeTurns(world: World): boolean {
  const lane = world.lanes.find((lane) => lane.state === 'open' && isOver(world, lane));
  if (lane === undefined) return openNext(world);
  const before = lane.entries[lane.at] ?? null;
  // It was over as soon as it had begun: what has begun beside it may come before or after the next one.
  if (before?.step?.madeAt === world.now && world.lanes.length > 1) world.unordered = true;
  const next = lane.entries[++lane.at];
  if (next === undefined) lane.state = 'closed';
  else turn(world, next, before);
  return true;
}

/** R33: nothing that its entry has caused is live. */
function isOver(world: World, { entries, at }: Lane): boolean {
  return world.live().every(({ root }) => root !== entries[at]);
}

/** D1, M10: lanes open in their order, so many at a time. */
function openNext(world: World): boolean {
  const open = world.lanes.filter(({ state }) => state === 'open').length;
  const lane = world.lanes.find(({ state }) => state === 'waiting');
  if (lane === undefined || open >= (world.plan.start.concurrency ?? Infinity)) return false;
  lane.state = 'open';
  const [first] = lane.entries;
  if (first !== undefined) turn(world, first, null);
  return true;
}

/** Each entry makes one step, whether it runs or not. */
function turn(world: World, entry: Entry, before: Entry | null): void {
  const { node } = entry.plan;
  const origin = before !== null && world.plan.start.kind === 'chain' ? behind(entry, before) : null;
  make(world, {
    node,
    role: 'flow',
    message: entry.message,
    signed: { path: String(entry.number), plan: entry.plan, moment: null, from: null },
    entry,
    previous: before === null ? null : previousOf(before),
    // R37, R42: while the run is being cancelled. R34: after a failure, but for those that always run.
    // R36, R56: after an exit or the limit.
    // R37: what was withdrawn leads to nothing.
    kept: world.cancelling ? 203 : isLeft(world, entry) || isCutOff(origin) ? 100 : null,
    ...origin,
  });
}

/** M9: a link is a success callback of the one before it. */
function behind(
  { number, plan }: Entry,
  { step }: Entry,
): { readonly signed: Signed; readonly cause: Step | null; readonly message: unknown; readonly given: string } {
  const value = step === null ? undefined : valueOf(step);
  const signed: Signed = { path: String(number), plan, moment: 'success', from: step?.node ?? null };
  return { signed, cause: step, message: withBound(value, plan.bound), given: givenText(value, undefined) };
}

/** M9: the link before it was withdrawn, which fails nothing. */
function isCutOff(origin: { readonly cause: Step | null } | null): boolean {
  return origin !== null && origin.cause?.status !== 'completed';
}

/** R35 */
function previousOf({ step }: Entry): Previous {
  return step?.status === 'completed' ? { ok: true, value: valueOf(step) } : { ok: false };
}

function isLeft(world: World, entry: Entry): boolean {
  if (world.exit !== null || world.limitReached) return true;
  return !entry.plan.always && (isStopped(world) || isLaneStopped(world, entry));
}

/** R55: side by side, a failure stops the rest of its own group only. */
function isLaneStopped({ plan, lanes }: World, entry: Entry): boolean {
  const { kind, keepGoing } = plan.start;
  if (kind !== 'parallel' || keepGoing) return false;
  const lane = lanes.find(({ entries }) => entries.includes(entry));
  return lane !== undefined && lane.entries.some(({ number, failsRun }) => failsRun && number < entry.number);
}

/** R34: nothing further begins. */
function isStopped(world: World): boolean {
  const { kind, keepGoing, stopAfterFailures } = world.plan.start;
  if (world.failedWith !== null && !keepGoing && kind !== 'parallel') return true;
  return entriesOf(world).filter(({ hasFailed }) => hasFailed).length >= (stopAfterFailures ?? Infinity);
}

/** M10: no entry more can come, whatever becomes of those that are there. */
export function isWhole(world: World): boolean {
  return world.isClosed || entriesOf(world).length >= (world.plan.start.maxSteps ?? Infinity);
}

/** M10: an open plan is not over, whatever is live; but nothing is added to one that has stopped. */
function isOpen(world: World): boolean {
  const mayGoOn = !world.cancelling && world.exit === null && !world.limitReached && !isStopped(world);
  return !isWhole(world) && mayGoOn && world.stage === 'on';
}

/** Entries have not had their turn, or may still come. */
export function isPending(world: World): boolean {
  return isOpen(world) || world.lanes.some(({ state }) => state !== 'closed');
}

const UNTOUCHED = { hasFailed: false, failsRun: false };

/** An entry more, in a lane of its own. */
export function add(world: World, at: number, signed: SignedPlan): boolean {
  const number = entriesOf(world).length;
  if (!isOpen(world)) return false;
  const plan = { ...signed, group: null, always: false, condition: null };
  const entry = { number, at: number, plan, message: addedMessage(at, signed), step: null, ...UNTOUCHED };
  world.lanes.push({ entries: [entry], state: 'waiting', at: 0 });
  return true;
}

/** P4: from here on it is an execution of its node, and may be one too many: R26. R56: after the limit it is none. */
function takesPart(world: World, step: Step): boolean {
  if (world.limitReached) {
    end(world, step, 'skipped', 100);
    return false;
  }
  step.round = nextRound(world, step.node);
  if (!isOneTooMany(world, step)) return true;
  refuse(world, step, 109);
  return false;
}

/** P4: asked once, before anything else of it. True if the entry is to run. */
export function holds(world: World, step: Step): boolean {
  const { entry, previous, attempt } = step;
  const condition = entry?.plan.condition ?? null;
  if (entry === null || condition === null || step.isAsked || attempt > 1) return true;
  step.isAsked = true;
  const answer = 'is' in condition ? condition.is : condition.answers;
  if ('answers' in condition) world.signals.push(`${world.now} asked ${entry.at}${previousText(previous)}`);
  // What else begins at this time may come ahead of its start callbacks.
  if (world.lanes.length > 1 && world.edges('start', step.node).length > 0) world.unordered = true;
  if (answer === true) return takesPart(world, step);
  if (answer === false) {
    end(world, step, 'skipped', 110);
    return false;
  }
  // R13: nothing began.
  if (world.lanes.length > 1) {
    world.luck.push(`entry ${entry.at} fails as soon as it begins`);
    world.unordered = true;
  }
  step.trouble = new Planned('plain', `if ${entry.at}`, 'a');
  step.attempts.push({ number: 1, code: 101, error: step.trouble });
  end(world, step, 'failed', 101);
  return false;
}
