// What a store engine says to those who ask for what it cannot give, and of what it could not do.

import { OnwardError } from '../../errors/onward-error.ts';
import { describeThrown, printable } from '../../values/describe.ts';

/** What those meet who wait for a run that is open when its runtime is closed. */
export function leftOpen(runId: string): OnwardError {
  const text = `the runtime is closed, and the run ${printable(runId)} is open: it goes on when its store is opened again, and runtime.run(id) finds it there`;
  return new OnwardError('ONW3040', text, { details: { runId } });
}

/** What reads of a closed store meet. */
export function storeClosed(): OnwardError {
  return new OnwardError('ONW3040', 'the store is closed, as its runtime is; open it again to read its runs');
}

/** What a handle meets whose run is not in the store any more. */
export function removed(runId: string): OnwardError {
  const text = `the run ${printable(runId)} is not in the store any more: it was over, and the time that finished runs are kept has passed; read what you need before, or raise \`keepFor\``;
  return new OnwardError('ONW3072', text, { details: { runId } });
}

/** What a runtime meets whose engine another one has. */
export function taken(): OnwardError {
  return new OnwardError('ONW3004', 'this engine belongs to another runtime; give each runtime an engine of its own');
}

/** What is logged of something that could not be done after its commit. */
export function failedText(runId: string, fault: unknown): string {
  return `something that follows from a change of run ${printable(runId)} could not be done: ${describeThrown(fault)}; the change is kept, and the run goes on: what was not begun is found again`;
}
