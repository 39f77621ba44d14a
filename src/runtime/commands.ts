// What is asked of runs from outside the process, as plain data, and what comes of it.
//
// COMMANDS-1. A command does what the method of the same name does: nothing is decided here.
// COMMANDS-2. Each may be performed twice: a process may die between a command and its answer.
// COMMANDS-3. A runtime that is closed answers none: it is left to the next one.

import type { StartedRun } from '../api/run.ts';
import type { RetryOptions } from '../api/runtime.ts';
import { isOnwardError, OnwardError, withoutCode } from '../errors/onward-error.ts';
import type { Log } from '../execute/application.ts';
import type { RunStatus } from '../run/status.ts';
import type { HeldBy } from '../run/view.ts';
import type { RunInspection } from '../wiring/run-report.ts';
import { describeThrown, quoted } from '../values/describe.ts';
import { isObject } from '../values/option-rules.ts';

/** What is to be done with each of some runs. */
export type RunCommand = { readonly runs: readonly string[] } & (
  | { readonly type: 'cancel'; readonly reason?: string }
  | { readonly type: 'suspend' }
  | { readonly type: 'resume' }
  /** `from`: a step by its number or its key, or all steps of a node, run again with all that follows from them. */
  | { readonly type: 'retry'; readonly from?: string }
  /** `id` distinguishes the message from others: the same counts once. */
  | { readonly type: 'send'; readonly node: string; readonly message?: unknown; readonly id: string }
);

/** What is asked about nodes, or about what holds the steps of a run. */
export type NodeCommand =
  | { readonly type: 'pause'; readonly nodes: readonly string[] }
  /** All of them if none is named. */
  | { readonly type: 'unpause'; readonly nodes?: readonly string[] | undefined }
  | { readonly type: 'paused' }
  | { readonly type: 'held'; readonly run: string };

/** What came of that. */
export interface NodeAnswer {
  /** The patterns that are paused now. */
  readonly paused?: readonly string[];
  /** By the numbers of the steps. */
  readonly held?: Readonly<Record<number, HeldBy>>;
  readonly error?: { readonly code: string; readonly message: string };
}

/** What has come of it, run by run. */
export interface CommandAnswer {
  readonly results: readonly {
    readonly run: string;
    /** Absent if it was done. */
    readonly error?: { readonly code: string; readonly message: string };
    /** Its status right after the command. */
    readonly status?: RunStatus;
  }[];
  /** No process works on the runs at the moment. */
  readonly isIdle?: boolean;
}

export const UNKNOWN_RUN = 'there is no such run, or it is not kept any more; `onward runs` lists those that there are';

/** A run, whatever its graph is: what may be sent is known to the run alone. */
export interface AnyRun extends Pick<StartedRun, 'cancel' | 'suspend' | 'resume' | 'inspect'> {
  readonly send: (...given: never) => Promise<void>;
}

/** A runtime, whatever its graph is. */
export interface AnyRuntime {
  run(id: string): Promise<AnyRun | undefined>;
  retry(id: string, options?: RetryOptions): Promise<unknown>;
  pause(nodes: readonly string[]): Promise<void>;
  resume(nodes?: readonly string[]): Promise<void>;
  pausedNodes(): Promise<readonly string[]>;
}

/**
 * Does what is asked of one runtime.
 *
 * @param log gets a line for each command that is refused: the program that left it may have ended. @default no log
 * @throws {OnwardError} ONW3040 if it is closed, also meanwhile.
 */
export async function performCommand(
  runtime: AnyRuntime,
  command: unknown,
  log?: Log,
): Promise<CommandAnswer & NodeAnswer> {
  if (isNodeCommand(command)) return { results: [], ...(await performNodes(runtime, command, log)) };
  const runs = isObject(command) && Array.isArray(command['runs']) ? command['runs'].map(String) : [];
  const results: CommandAnswer['results'][number][] = [];
  for (const run of runs) {
    const asked = toCommand(command);
    const result = await resultOf(runtime, run, asked);
    const { error } = result;
    if (error !== undefined)
      log?.('warn', `${asked.type} of ${quoted(run)}, asked for from outside, is refused: ${error.message}`, {
        code: error.code,
        run,
      });
    results.push({ run, ...result });
  }
  return { results };
}

/** Never rejects, but for COMMANDS-3. */
export async function performNodes(runtime: AnyRuntime, command: NodeCommand, log?: Log): Promise<NodeAnswer> {
  try {
    if (command.type === 'held') return { held: heldOf(await (await runtime.run(command.run))?.inspect()) };
    if (command.type === 'pause') await runtime.pause(command.nodes);
    if (command.type === 'unpause')
      await (command.nodes === undefined ? runtime.resume() : runtime.resume(command.nodes));
    return { paused: await runtime.pausedNodes() };
  } catch (error) {
    const known = errorOf(error);
    log?.('warn', `${command.type}, asked for from outside, is refused: ${known.message}`, { code: known.code });
    return { error: known };
  }
}

function heldOf(run: RunInspection | undefined): Readonly<Record<number, HeldBy>> {
  return Object.fromEntries(
    (run?.steps ?? []).flatMap(({ id, heldBy }) => (heldBy === undefined ? [] : [[id, heldBy]])),
  );
}

function isNodeCommand(command: unknown): command is NodeCommand {
  return isObject(command) && ['pause', 'unpause', 'paused', 'held'].includes(String(command['type']));
}

type Result = Omit<CommandAnswer['results'][number], 'run'>;

async function resultOf(runtime: AnyRuntime, id: string, command: RunCommand): Promise<Result> {
  try {
    if (command.type === 'retry') {
      const from = /^\d+$/.test(command.from ?? '') ? Number(command.from) : command.from;
      await runtime.retry(id, from === undefined ? {} : { from });
      return {};
    }
    const run = await runtime.run(id);
    if (run === undefined) return { error: { code: 'ONW3035', message: UNKNOWN_RUN } };
    await perform(run, command);
    // A cancel is over when what is under way has stopped.
    return command.type === 'cancel' ? { status: (await run.inspect()).status } : {};
  } catch (error) {
    return { error: errorOf(error) };
  }
}

function errorOf(error: unknown): { readonly code: string; readonly message: string } {
  // COMMANDS-3.
  if (isOnwardError(error, 'ONW3040')) throw error;
  if (isOnwardError(error)) return { code: error.code, message: withoutCode(error) };
  return { code: 'ONW6070', message: describeThrown(error) };
}

async function perform(run: AnyRun, command: Exclude<RunCommand, { readonly type: 'retry' }>): Promise<void> {
  switch (command.type) {
    case 'cancel':
      return run.cancel(command.reason);
    case 'suspend':
      return run.suspend();
    case 'resume':
      return run.resume();
    case 'send': {
      const { node, message, id } = command;
      await Reflect.apply(run.send, run, [node, message, { id }]);
      return undefined;
    }
    default:
      throw new OnwardError(
        'ONW3004',
        'this version of onward does not know the command; use the command line of the same version',
      );
  }
}

/** The border to another process, which has the same code: a command of ours. */
function toCommand(command: unknown): RunCommand {
  return command as RunCommand;
}
