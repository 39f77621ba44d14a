// What a run refuses, as far as its records tell: in the words of the process that would refuse it.
//
// REFUSED-1. Nothing is refused that the next process might do. What depends on the graph is left to it.

import { withoutCode, type OnwardError } from '../../src/errors/onward-error.ts';
import { UNKNOWN_RUN, type RunCommand } from '../../src/runtime/commands.ts';
import { notRetried, notSuspended, overError, takenOtherwise, takesNoMessages } from '../../src/runtime/refusals.ts';
import { fingerprintOf } from '../../src/values/fingerprint.ts';
import type { RunInspection } from '../../src/wiring/run-report.ts';

export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/**
 * @param run undefined if it is not there. @param takenAs the fingerprint of the message with an id that it has taken, or
 *   true: the same again is no mistake.
 */
export async function refusalOf(
  run: RunInspection | undefined,
  command: RunCommand,
  takenAs: (message: string) => Promise<string | true | undefined>,
): Promise<Refusal | undefined> {
  if (run === undefined) return { code: 'ONW3035', message: UNKNOWN_RUN };
  const taken = command.type === 'send' ? await takenAs(command.id) : undefined;
  const error = command.type === 'send' && taken !== undefined ? sendError(run, command, taken) : errorOf(run, command);
  return error === undefined ? undefined : { code: error.code, message: withoutCode(error) };
}

function errorOf(run: RunInspection, command: RunCommand): OnwardError | undefined {
  const { runId, status } = run;
  const isOver = status !== 'running' && status !== 'suspended';
  if (command.type === 'retry') return retryError(run, isOver, command.from);
  if (!isOver) return undefined;
  switch (command.type) {
    case 'cancel':
      return overError(runId, 'cancelled');
    case 'resume':
      return overError(runId, 'resumed');
    case 'suspend':
      return notSuspended(runId, 'over');
    case 'send':
      return takesNoMessages(runId, command.node);
  }
}

type Send = Extract<RunCommand, { type: 'send' }>;

function sendError(
  { runId }: RunInspection,
  { node, message, id }: Send,
  taken: string | true,
): OnwardError | undefined {
  if (taken === true || taken === fingerprintOf(node, message).text) return undefined;
  return takenOtherwise(runId, node, id);
}

function retryError(run: RunInspection, isOver: boolean, from: string | undefined): OnwardError | undefined {
  const { runId, status, steps, truncated } = run;
  if (!isOver) return notRetried(runId, from, { outcome: 'open' });
  if (from === undefined) return status === 'completed' ? notRetried(runId, from, { outcome: 'completed' }) : undefined;
  const isStep = steps.some(({ id, key, node }) => String(id) === from || key === from || node === from);
  const step = /^\d+$/.test(from) ? Number(from) : from;
  return isStep || truncated ? undefined : notRetried(runId, step, { outcome: 'step' });
}
