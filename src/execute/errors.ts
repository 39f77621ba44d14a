// The errors of failures that no body threw: of the core's failures, of what was stopped, of wrong and failed calls.

import { InvalidArgument, OnwardError, StepTimeout } from '../errors/onward-error.ts';
import type { Refusal } from '../message/refusal.ts';
import type { RefusedChild } from '../run/children.ts';
import type { ChildStart } from '../run/event.ts';
import type { Ref, CallEnd } from '../run/step-data.ts';
import { CoreFailure, type CoreFailureReason } from '../run/failure.ts';
import { STATE_LIMIT } from '../run/shared-state.ts';
import { StepCode } from '../run/status.ts';
import { describeValue, printable } from '../values/describe.ts';
import type { Called } from './attempt.ts';

/**
 * Why a message was refused, where the error of a failure stands: most failures of messages are handled by their code, and
 * nobody reads the error. Nothing that a body throws is taken for one, and the check runs no code of the value.
 */
export class RefusedMessage implements Error {
  readonly #refusal: Refusal;

  constructor(refusal: Refusal) {
    this.#refusal = refusal;
  }

  get name(): string {
    return this.error.name;
  }

  get message(): string {
    return this.error.message;
  }

  get error(): OnwardError {
    return this.#refusal.error;
  }

  static is(value: unknown): value is RefusedMessage {
    return typeof value === 'object' && value !== null && #refusal in value;
  }
}

/** The error that a reference stands for: a thrown value as it is, or that of a refused message or a core failure. */
export function thrownOf(ref: Ref): unknown {
  if (RefusedMessage.is(ref)) return ref.error;
  return CoreFailure.is(ref) ? toError(ref) : ref;
}

/** The error of a core failure. */
export function toError(coreFailure: CoreFailureReason): Error {
  const { coreFailure: code, reason } = coreFailure;
  const node = printable(coreFailure.node);
  switch (code) {
    case StepCode.BLOCK_NOT_FOUND:
      if (reason !== undefined) return notExposed(coreFailure);
      return new OnwardError(
        'ONW3044',
        `the graph has no node ${node} any more; bring it back under this name, then retry the run`,
        {
          details: { node },
        },
      );
    case StepCode.FORBIDDEN_BLOCK:
      return forbidden(coreFailure);
    case StepCode.STEP_LIMIT_EXCEED:
      return reason === 'depth' ? tooDeep(coreFailure) : tooManySteps(coreFailure);
    case StepCode.BLOCK_LIMIT_EXCEED:
      return tooManyRounds(coreFailure);
    case StepCode.INVALID_ARGUMENT:
      return new InvalidArgument(`${node} runs for each item of what its target returns, and that was not an array`);
    case StepCode.CANCELLED:
      return cancelled(node, { node: coreFailure.node }, reason);
    case StepCode.SKIPPED:
      return new OnwardError('ONW3021', `${node} was skipped: the run had been ended by \`context.exit\``, {
        details: { node },
      });
    case StepCode.DUPLICATE_STEP_IDS:
      return duplicateId(coreFailure);
    case StepCode.TIMEOUT:
      if (reason === 'wait') return waitedInVain(coreFailure);
      return new OnwardError('ONW3047', `${node} was stopped: the deadline of the run has passed`, {
        details: { node },
      });
    case StepCode.UNHANDLED_EXCEPTION:
      return new OnwardError('ONW2022', stateText(node), { details: { node, limit: STATE_LIMIT } });
    default:
      return new OnwardError('ONW3021', `${node} did not run to its end (code ${code})`, { details: { node, code } });
  }
}

function stateText(node: string): string {
  return `what ${node} does to the state would make it larger than ${STATE_LIMIT} characters of JSON; keep large data elsewhere and its key in the state`;
}

function forbidden({ node, tags = [] }: CoreFailureReason): OnwardError {
  const missing = tags.map((tag) => `'${printable(tag)}'`).join(', ');
  const text = `${node} was not run: the run does not hold ${missing}; start it with \`tags\` that ${node} asks for`;
  return new OnwardError('ONW3046', text, { details: { node, tags } });
}

function notExposed({ node, reason = '' }: CoreFailureReason): OnwardError {
  const text = `step '${printable(reason)}' of the definition names the job ${printable(node)}, and no such job is open to definitions; name another one, or write \`expose: true\` into its @Job`;
  return new OnwardError('ONW3005', text, { details: { job: node, id: reason } });
}

function duplicateId({ node, reason = '' }: CoreFailureReason): OnwardError {
  const text = `${node} was not run: another step of the definition has the id '${printable(reason)}' already; give each step an id of its own`;
  return new OnwardError('ONW3051', text, { details: { node, id: reason } });
}

function waitedInVain({ node, limit }: CoreFailureReason): OnwardError {
  const text = `${node} has waited ${limit} ms for a message and got none; send it with \`run.send\`, or raise its \`timeout\``;
  return new StepTimeout(text, { details: { node, timeoutMs: limit } });
}

function tooManySteps({ node, limit }: CoreFailureReason): OnwardError {
  const text = `${node} was not run: the run has reached its stepLimit of ${limit}; look for a loop without an end, or raise stepLimit`;
  return new OnwardError('ONW3043', text, { details: { node, stepLimit: limit } });
}

function tooManyRounds({ node, limit, reason = 'maxPerRun' }: CoreFailureReason): OnwardError {
  const raise =
    reason === 'maxRounds' ? `raise \`maxRounds\` of ${node}` : 'raise it with the start option `maxPerRun`';
  const text = `${node} was not run: its ${reason} allows ${limit} ${limit === 1 ? 'execution' : 'executions'} per run; look for a loop without an end, or ${raise}`;
  return new OnwardError('ONW3043', text, { details: { node, [reason]: limit } });
}

function tooDeep({ node, limit }: CoreFailureReason): OnwardError {
  const text = `${node} was not run: callbacks of callbacks, or children of children, are nested more than ${limit} deep; look for one that leads back to itself`;
  return new OnwardError('ONW3036', text, { details: { node, maxDepth: limit } });
}

interface Asker {
  readonly run: { readonly id: string };
  readonly node: { readonly name: string };
}

/** Why a child was not started. */
export function refusedChild(refused: RefusedChild, { run, node }: Asker, start: ChildStart): OnwardError {
  if (refused.why === 'cancelled')
    return stopError({ id: run.id, ...refused.stopped }, node.name, refused.stopped.reason);
  const details = { node: node.name, child: start.node, key: start.call };
  if (refused.why === 'limit') return tooManySteps(refused.coreFailure);
  if (refused.why === 'leaked') return leakedError(`start ${start.node}`, node.name, details);
  const text = `${node.name} has used the key '${printable(start.call)}' for another target or message; give ${start.node} a key of its own`;
  return new OnwardError('ONW3034', text, { details });
}

/** A context was used whose attempt is over. */
export function leakedError(what: string, node: string, details: Readonly<Record<string, unknown>> = {}): OnwardError {
  const text = `${node} cannot ${what} any more: its attempt is over; await everything in the body before it returns`;
  return new OnwardError('ONW3038', text, { details: { node, ...details } });
}

export function cancelledError(runId: string, reason: string | undefined): OnwardError {
  return cancelled(`run ${printable(runId)}`, { runId }, reason);
}

/** @param what was cancelled: a step or a run. */
function cancelled(what: string, routing: Readonly<Record<string, string>>, reason: string | undefined): OnwardError {
  // JavaScript may have given anything.
  const why = typeof reason === 'string' ? printable(reason) : describeValue(reason);
  const text = `${what} was cancelled${reason === undefined ? '' : `: ${why}`}`;
  return new OnwardError('ONW3020', text, { details: { ...routing, ...(reason !== undefined && { reason }) } });
}

export function deadlineError(runId: string, job: string): OnwardError {
  const text = `the deadline of run ${printable(runId)} passed before ${job} was over; start it with a later \`deadline\``;
  return new OnwardError('ONW3047', text, { details: { runId, job } });
}

/** The part of a run that says why a body is to stop. */
interface StoppedRun {
  readonly id: string;
  readonly cancelling: boolean;
  readonly timedOut: boolean;
  readonly cancelReason: string | undefined;
}

/**
 * Why the signal of a body is aborted: the run's deadline, a cancel of the run, or one of the step or of what is around it.
 *
 * @param reason given with the cancel of the step.
 */
export function stopError(run: StoppedRun, node: string, reason: string | null | undefined): OnwardError {
  if (run.timedOut) return deadlineError(run.id, node);
  if (run.cancelling) return cancelledError(run.id, run.cancelReason);
  return cancelled(`${node} of run ${printable(run.id)}`, { runId: run.id, node }, reason ?? undefined);
}

export function calledWith(over: Promise<CallEnd>): Called {
  const ended = over.then(({ status, value }) => {
    if (status === 'completed') return value;
    throw thrownOf(value);
  });
  // It is handled where the body awaits it.
  ended.catch(() => undefined);
  return { ended };
}
