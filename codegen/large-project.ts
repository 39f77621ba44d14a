// Large projects: what a stage of the generator leaves behind is collected before the next one begins.
//
// LARGE-PROJECT-1. V8 would let its heap grow to twice what is in use, and most of what a stage makes is of no use to the
//                  next one: syntax trees, and what names were found to mean.
// LARGE-PROJECT-2. It takes flags of V8, which hold for the whole process: only the command line does it.
// LARGE-PROJECT-3. Nothing of it while files are watched: what is kept for the next change would be looked at each time.
// LARGE-PROJECT-4. A project of the usual size has no time to lose with it.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** With so many files the memory is worth the time. */
const LARGE = 3_000;

let collect: (() => void) | undefined;

export function isLarge(files: number): boolean {
  return files >= LARGE;
}

export function collectAfterStage(files: number): void {
  if (!isLarge(files)) return;
  collect ??= collector();
  collect();
}

/** Where V8 does not give it away, it collects as it sees fit. */
function collector(): () => void {
  // And in between once a fifth is added.
  setFlagsFromString('--heap-growing-percent=20');
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('typeof gc === "function" ? gc : undefined');
  return typeof gc === 'function' ? () => void Reflect.apply(gc, undefined, []) : () => {};
}
