// How a durable store engine comes to its end: what is under way may finish, and what waits is left to the next process.
//
// CLOSING-1. Runs that only wait, for a time, a message or a resume, hold nobody up: they are in the store.
// CLOSING-2. It ends in bounded time, also if bodies never return and if the store takes nothing any more. Then it says
//     what is not written; bodies whose outcome that is are called again.
// CLOSING-3. What other processes have asked for and was taken is answered ahead of all that; what was not is left to the next
//     process.
// CLOSING-4. Those who wait here for the end of a run that is left to the next process hear that; a process that ends by
//     itself cannot tell them, and logs it.

import type { Log } from '../../execute/application.ts';
import type { Clock } from '../../execute/clock.ts';
import { OnwardError } from '../../errors/onward-error.ts';
import type { CloseLimits } from '../engine.ts';
import { logOpen } from '../process-end.ts';
import type { Deliveries } from './deliveries.ts';
import type { InboxWatch } from './inbox-watch.ts';
import type { StoreRun } from './run/store-run.ts';
import type { Store } from './store.ts';
import type { Sharing } from './shared/sharing.ts';
import type { Suspects } from './suspects.ts';
import type { Turns } from './turns.ts';

interface Underway {
  readonly clock: Clock;
  readonly deliveries: Pick<Deliveries, 'isAtRest' | 'whenAtRest'>;
  readonly turns: Turns;
}

export interface Closing extends Underway {
  readonly store: Store;
  readonly limits: CloseLimits;
  readonly inbox: Pick<InboxWatch, 'stop'> | undefined;
  readonly suspects: Pick<Suspects, 'acquitAll'> | undefined;
  readonly sharing: Pick<Sharing, 'rest' | 'close'> | undefined;
  /** Drops bodies and timers; signals of bodies abort. */
  readonly forget: (reason: OnwardError) => void;
  /** Those who wait for what is open hear that it does not go on here. */
  readonly leave: () => void;
}

/** @throws {OnwardError} ONW3070 if the store did not take what was reported last. It is closed all the same. */
export async function closeDurably({
  store,
  limits,
  inbox,
  suspects,
  sharing,
  forget,
  leave,
  ...underway
}: Closing): Promise<void> {
  const { clock, turns } = underway;
  await within(clock, limits.graceMs, inbox?.stop());
  await sharing?.rest();
  const found = await finishUnderway(underway, limits);
  // What is under way has not killed its process.
  suspects?.acquitAll();
  const fault = found ?? (await written(turns, clock, limits.graceMs));
  const closed = new OnwardError('ONW3040', 'the runtime is closed; what is open goes on when it is opened again');
  forget(closed);
  // What is written already is to be performed elsewhere: it has to get there.
  if (sharing !== undefined) await written(turns, clock, limits.graceMs);
  turns.stop(closed);
  leave();
  await sharing?.close();
  await store.close();
  if (fault !== undefined) throw leftUnwritten(fault);
}

/** Waits for something that may never come. */
async function within(clock: Clock, ms: number, something: Promise<void> | undefined): Promise<void> {
  if (something === undefined) return;
  let callOff = (): void => undefined;
  const tooLate = new Promise<void>((resolve) => {
    callOff = clock.after(ms, resolve);
  });
  await Promise.race([something, tooLate]);
  callOff();
}

/** Waits for what is under way, and for what is to be written of it. @returns what keeps the store from taking it. */
async function finishUnderway(
  { clock, deliveries, turns }: Underway,
  { drainMs, graceMs }: CloseLimits,
): Promise<OnwardError | undefined> {
  const time = { isOver: drainMs === 0 };
  let wake = (): void => undefined;
  const callOff = time.isOver
    ? wake
    : clock.after(drainMs, () => {
        time.isOver = true;
        wake();
      });
  let fault = await written(turns, clock, graceMs);
  while (fault === undefined && !time.isOver && !deliveries.isAtRest) {
    await new Promise<void>((resolve) => {
      wake = resolve;
      deliveries.whenAtRest(resolve);
    });
    // What a body has reported may begin the next one.
    fault = await written(turns, clock, graceMs);
  }
  callOff();
  return fault;
}

/** Resolves once everything is written; with the fault, if the store does not take it for so long. */
function written(
  turns: Turns,
  clock: Clock,
  graceMs: number,
): OnwardError | undefined | Promise<OnwardError | undefined> {
  if (turns.isIdle) return undefined;
  return new Promise((resolve) => {
    let callOff = (): void => undefined;
    const look = (): void => {
      // One that is slow is waited for.
      if (turns.fault === undefined) callOff = clock.after(graceMs, look);
      else resolve(turns.fault);
    };
    callOff = clock.after(graceMs, look);
    turns.whenIdle(() => {
      callOff();
      resolve(undefined);
    });
  });
}

/** What somebody hears whose engine had to leave something unwritten. */
function leftUnwritten(fault: OnwardError): OnwardError {
  const text = `the runtime is closed, and its store did not take what was reported last: ${fault.message}; what was acknowledged is kept, and bodies whose outcome is not are called again at the next start`;
  return new OnwardError('ONW3070', text, { cause: fault });
}

/** Logs the runs that somebody waits for whose process ends by itself. */
export function logAwaited(held: Iterable<Awaitable>, log: Log): void {
  const awaited = [...held].filter(({ isOpen, isAwaited }) => isOpen && isAwaited);
  const runs = awaited.map((run) => {
    const { job, status } = run.describe();
    return { id: run.id, job, what: `(${status})` };
  });
  logOpen(
    runs,
    log,
    (named) =>
      `the process ends while somebody in it waits for ${named}: open runs are kept, and go on when their store is opened again; await runtime.work() to keep the process alive until then`,
  );
}

type Awaitable = Pick<StoreRun, 'id' | 'isOpen' | 'isAwaited' | 'describe'>;
