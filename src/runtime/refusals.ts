// Why a run is not changed: the errors that a run throws, and that are known from its records alone.

import type { NotBegun } from '../engines/engine.ts';
import { OnwardError } from '../errors/onward-error.ts';
import { describeValue, printable, quoted } from '../values/describe.ts';

/** ONW3030. */
export function overError(runId: string, done: 'cancelled' | 'resumed'): OnwardError {
  return new OnwardError('ONW3030', `run ${printable(runId)} is already over and cannot be ${done}`, {
    details: { runId },
  });
}

/** ONW3037. */
export function notSuspended(runId: string, outcome: 'over' | 'ending'): OnwardError {
  const why = outcome === 'over' ? 'it is over' : 'it is being cancelled or ends early';
  return new OnwardError('ONW3037', `run ${printable(runId)} cannot be suspended any more: ${why}`, {
    details: { runId },
  });
}

/** ONW3055. */
export function takesNoMessages(runId: string, node: unknown): OnwardError {
  const text = `run ${printable(runId)} takes no messages any more: it is over, is being cancelled or ends early`;
  return new OnwardError('ONW3055', text, { details: { runId, node } });
}

/** ONW3056. */
export function takenOtherwise(runId: string, node: unknown, id: string): OnwardError {
  const text = `run ${printable(runId)} has taken another message with the id ${quoted(id)}; send this one under an id of its own`;
  return new OnwardError('ONW3056', text, { details: { runId, node, id } });
}

/** ONW3031, ONW3032, ONW3035 or ONW3049. */
export function notRetried(runId: string, from: number | string | undefined, answer: NotBegun): OnwardError {
  const run = `run ${printable(runId)}`;
  const details = { runId };
  switch (answer.outcome) {
    case 'unknown':
      return new OnwardError('ONW3035', `there is no ${run}; runtime.runs() lists those that are known`, { details });
    case 'step': {
      const step = typeof from === 'string' ? quoted(from) : describeValue(from);
      const text = `${run} has no step ${step}; inspect() lists its steps by number and key`;
      return new OnwardError('ONW3049', text, { details: { ...details, step: from } });
    }
    case 'open': {
      const text = `${run} is not over yet; join it with runtime.run(id), or cancel it first`;
      return new OnwardError('ONW3031', text, { details });
    }
    case 'completed': {
      const text = `${run} has completed, so nothing of it is to be run again; name a step with \`from\` to run that again, and what follows it`;
      return new OnwardError('ONW3031', text, { details });
    }
    case 'truncated': {
      const { history, steps } = answer;
      const text = `${run} cannot go on where it was: its \`history\` of ${describeValue(history)} does not hold all of its ${steps} steps; a run that is started with \`history: ${steps}\` or more, or \`history: 'all'\`, can`;
      return new OnwardError('ONW3032', text, { details: { ...details, history, steps } });
    }
  }
}
