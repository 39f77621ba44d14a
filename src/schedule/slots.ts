// When the slots of a schedule are.
//
// L1. A pattern that names hours goes by the wall clock: a slot is the first moment at which the clock has reached its
//     time. A time that is left out when clocks go forward is the moment of the change, once for all such times; one
//     that comes twice when they go back is the first of the two.
// L2. A pattern that leaves the hour open goes by elapsed time: a slot is every moment at which the clock shows a time
//     of the pattern. A time that is left out has no slot, and one that comes twice has two.
// L3. Slots are strictly increasing.

import type { Calendar } from './calendar.ts';
import { changeWithin, firstReached, type Zone } from './zone.ts';

/** The first slot after an instant, in milliseconds since the epoch, or undefined if there is none. */
export type NextSlot = (after: number) => number | undefined;

export function slotsOf(calendar: Calendar, zone: Zone): NextSlot {
  const next = calendar.everyHour ? nextShown : nextReached;
  return (after) => next(calendar, zone, after);
}

/** L1. */
function nextReached({ next }: Calendar, zone: Zone, after: number): number | undefined {
  let wall = next(after + zone.offsetAt(after));
  while (wall !== undefined) {
    const slot = firstReached(zone, wall);
    // Otherwise the clock has been put back since, and shows a time again whose slot is over.
    if (slot > after) return slot;
    wall = next(wall);
  }
  return undefined;
}

/** L2. */
function nextShown({ next }: Calendar, zone: Zone, after: number): number | undefined {
  let since = after;
  let offset = zone.offsetAt(since);
  let wall = next(since + offset);
  while (wall !== undefined) {
    const change = changeWithin(zone, since, wall - offset);
    if (change === undefined) return wall - offset;
    // The clock never shows that time, or not then. It goes on from what it is set to, which may be a slot itself.
    since = change;
    offset = zone.offsetAt(since);
    wall = next(since + offset - 1);
  }
  return undefined;
}

/** The last slot up to `now`, which is not before `slot`. Few questions, however many slots there are in between. */
export function newestSlot(next: NextSlot, slot: number, now: number): number {
  let [newest, low, high] = [slot, slot, now];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const following = next(middle);
    if (following === undefined || following > now) high = middle;
    else [newest, low] = [following, following];
  }
  return newest;
}
