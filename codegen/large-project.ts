// In large projects, garbage is collected after each stage of the generator.
//
// LARGE-PROJECT-1. V8 would let its heap grow to twice what is in use, and the next stage needs little of what a stage
//                  makes: not the syntax trees, nor the resolved names.
// LARGE-PROJECT-2. It sets flags of V8, which hold for the whole process, so only the command line does it.
// LARGE-PROJECT-3. It is off while files are watched: each collection would trace all that is kept for the next change.
// LARGE-PROJECT-4. It is off in projects of the usual size, where it would only cost time.
// LARGE-PROJECT-5. The flags are taken back before `disk/code-cache` keeps compiled code: V8 rejects what was made with
//                  other flags than those at the start.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** From this many files on, the memory is worth the time. */
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

/** Does nothing if V8 does not expose `gc`. */
function collector(): () => void {
  // Between the stages, V8 collects once the heap has grown by a fifth.
  setFlagsFromString('--heap-growing-percent=20');
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('typeof gc === "function" ? gc : undefined');
  // LARGE-PROJECT-5.
  process.prependOnceListener('exit', () => {
    setFlagsFromString('--no-expose-gc');
    setFlagsFromString('--heap-growing-percent=0');
  });
  return typeof gc === 'function' ? () => void Reflect.apply(gc, undefined, []) : () => {};
}
