// Opens the runs that commands work on: in an SQLite file, in Redis, or of the runtime that a module of the user's exports.
//
// OPEN-RUNS-1. `--engine` is the path of the file, the address of the Redis, or a JavaScript module whose default export is
//              the options of `sqliteEngine` (with its keys), a runtime or a client.
// OPEN-RUNS-2. What a file holds is changed by the process that has it, and by nobody else: a command is left in its inbox.
//              Without such a process it waits there for the next one.
// OPEN-RUNS-3. Nobody waits for what the next process says, so what the records of a run refuse is refused at once.

import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { OnwardError } from '../../src/errors/onward-error.ts';
import { SqliteFile, type SqliteHistoryOptions } from '../../src/engines/sqlite/sqlite-history.ts';
import type { RunPage, RunQuery } from '../../src/execute/run-query.ts';
import {
  performCommand,
  performNodes,
  type AnyRuntime,
  type CommandAnswer,
  type NodeAnswer,
  type NodeCommand,
  type RunCommand,
} from '../../src/runtime/commands.ts';
import { describeThrown } from '../../src/values/describe.ts';
import { isObject } from '../../src/values/option-rules.ts';
import type { RunInspection } from '../../src/wiring/run-report.ts';
import { showWord, visible } from '../quote.ts';
import { wrongUsage } from './arguments.ts';
import { refusalOf } from './refused-runs.ts';
import { mayBeHeld, withHeld, type Pending, type RunStore } from './run-store.ts';

/** @throws {OnwardError} ONW6030 for a path that leads to neither, ONW4001 and its like for a file that cannot be read. */
export async function openRunStore(cwd: string, engine: string): Promise<RunStore> {
  if (/^[a-z][\w+.-]*:\/\//i.test(engine)) return (await import('./redis-runs.ts')).openRedisRuns(engine);
  const path = resolve(cwd, engine);
  if (!existsSync(path) || statSync(path).isDirectory()) {
    throw wrongUsage(
      `--engine ${showWord(engine)} is not a file; give the one that \`sqliteEngine({ file })\` has, the address of a Redis, as in \`redis://127.0.0.1:6379\`, or a JavaScript module whose default export is a runtime`,
    );
  }
  if (!/\.[cm]?[jt]sx?$/.test(path)) {
    assertDatabase(path, engine);
    return new FileStore({ file: path });
  }
  const found = await load(path, engine);
  if (isRuntime(found)) return new RuntimeStore(found);
  if (isObject(found) && typeof found['file'] === 'string') return new FileStore(toOptions(found, found['file'], cwd));
  throw wrongUsage(
    `the default export of ${showWord(engine)} is neither the options of sqliteEngine, as in \`export default { file: 'onward.db', encryption }\`, nor a runtime`,
  );
}

const HEADER = 'SQLite format 3\0';

/** Undefined if it cannot be read: opening the file says why. */
function headOf(path: string): string | undefined {
  const start = Buffer.alloc(HEADER.length);
  try {
    if (!statSync(path).isFile()) return undefined;
    const file = openSync(path, 'r');
    try {
      return start.toString('latin1', 0, readSync(file, start));
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

/** Any other file would be reported as a damaged one. */
function assertDatabase(path: string, engine: string): void {
  const start = headOf(path);
  if (start === undefined || start === '' || start === HEADER) return;
  throw wrongUsage(`${showWord(engine)} is no file of SQLite; give the one that \`sqliteEngine({ file })\` has`);
}

async function load(path: string, engine: string): Promise<unknown> {
  try {
    const module: { readonly default?: unknown } = await import(pathToFileURL(path).href);
    return module.default;
  } catch (cause) {
    const hint = /\.[cm]?tsx?$/.test(path) ? '; give it as JavaScript, or run onward with `node --import tsx`' : '';
    throw new OnwardError('ONW6030', `${showWord(engine)} cannot be loaded: ${visible(describeThrown(cause))}${hint}`, {
      cause,
    });
  }
}

// ── a file ──

/** An owner looks every 200 ms; a busy one takes longer. */
const ANSWER_MS = 10_000;
const LOOK_MS = 50;
/** A reader does not wait long for a process that is busy. */
const HELD_MS = 1_000;

type Refusals = CommandAnswer['results'];

class FileStore implements RunStore {
  readonly isEncrypted: boolean;
  readonly #file: SqliteFile;

  constructor(options: SqliteHistoryOptions) {
    this.isEncrypted = options.encryption !== undefined;
    this.#file = new SqliteFile(options);
  }

  runs(query: RunQuery): Promise<RunPage> {
    return this.#file.runs(query);
  }

  /** What holds its steps is known to the process that performs them. */
  async run(id: string): Promise<RunInspection | undefined> {
    const found = await this.#file.run(id);
    if (found === undefined || !mayBeHeld(found) || this.#file.owner() === undefined) return found;
    // The run is shown in any case.
    const answer = await this.#ask({ type: 'held', run: id }, HELD_MS).catch(() => undefined);
    return withHeld(found, isObject(answer) ? toAnswer(answer) : {});
  }

  dueTimes(id: string): Promise<ReadonlyMap<number, number>> {
    return this.#file.dueTimes(id);
  }

  async perform(command: RunCommand): Promise<CommandAnswer | Pending> {
    const refused = this.#file.owner() === undefined ? await this.#refusalsOf(command) : [];
    const runs = command.runs.filter((id) => !refused.some(({ run }) => run === id));
    if (runs.length === 0) return { results: refused };
    const answer = await this.#ask({ ...command, runs }, ANSWER_MS);
    if (answer === undefined) return { pendingAt: this.#file.owner(), runs, results: refused };
    const { results, ...rest } = toAnswer(answer);
    return { ...rest, results: [...refused, ...results] };
  }

  async nodes(command: NodeCommand): Promise<NodeAnswer | Pending> {
    // A pause lasts as long as its process.
    if (command.type === 'paused' && this.#file.owner() === undefined) return { paused: [] };
    const answer = await this.#ask(command, ANSWER_MS);
    if (answer === undefined) return { pendingAt: this.#file.owner() };
    const { paused, error } = toAnswer(answer);
    if (paused !== undefined || error !== undefined) return toAnswer(answer);
    const message =
      'the process that has the file runs a version of onward that cannot be asked this; use its command line';
    return { error: { code: 'ONW3004', message } };
  }

  /** Leaves a command to the process that has the file. @returns its answer; undefined if there is none in time. */
  async #ask(command: RunCommand | NodeCommand, limitMs: number): Promise<unknown> {
    const no = this.#file.put(command);
    if (this.#file.owner() === undefined) return undefined;
    for (const until = Date.now() + limitMs; Date.now() < until;) {
      const answer = this.#file.answerTo(no);
      if (answer !== undefined) return answer;
      await sleep(LOOK_MS);
    }
    return undefined;
  }

  /** OPEN-RUNS-3. */
  async #refusalsOf(command: RunCommand): Promise<Refusals> {
    const isAwaited = awaitedRuns(this.#file);
    const refused: Refusals[number][] = [];
    for (const run of command.runs) {
      const found = await this.#file.run(run);
      // What was left before is done first, and may open it again.
      if (found !== undefined && isAwaited(run)) continue;
      const error = await refusalOf(found, command, (message) => this.#file.taken(run, message));
      if (error !== undefined) refused.push({ run, error });
    }
    return refused;
  }

  async close(): Promise<void> {
    this.#file.close();
  }
}

/** Whether something that was left before is about a run. */
function awaitedRuns(file: SqliteFile): (run: string) => boolean {
  try {
    const runs = new Set(
      file
        .unanswered()
        .flatMap((left) => (isObject(left) ? [left['runs']] : []))
        .flat(),
    );
    return (run) => runs.has(run);
  } catch {
    // A key is missing: it may be about any of them.
    return () => true;
  }
}

// ── a runtime ──

interface GivenRuntime extends AnyRuntime {
  runs(query: RunQuery): Promise<RunPage>;
  close(): Promise<void>;
}

class RuntimeStore implements RunStore {
  readonly isEncrypted = true;
  readonly #runtime: GivenRuntime;

  constructor(runtime: GivenRuntime) {
    this.#runtime = runtime;
  }

  runs(query: RunQuery): Promise<RunPage> {
    return this.#runtime.runs(query);
  }

  async run(id: string): Promise<RunInspection | undefined> {
    return (await this.#runtime.run(id))?.inspect();
  }

  /** A runtime says nothing of its timers. */
  dueTimes(): Promise<ReadonlyMap<number, number>> {
    return Promise.resolve(new Map());
  }

  perform(command: RunCommand): Promise<CommandAnswer> {
    return performCommand(this.#runtime, command);
  }

  nodes(command: NodeCommand): Promise<NodeAnswer> {
    return performNodes(this.#runtime, command);
  }

  close(): Promise<void> {
    return this.#runtime.close();
  }
}

function isRuntime(found: unknown): found is GivenRuntime {
  return isObject(found) && ['runs', 'run', 'retry', 'close'].every((name) => typeof found[name] === 'function');
}

// ── borders ──

/** Relative to the working directory, as in the application. */
function toOptions(found: object, file: string, cwd: string): SqliteHistoryOptions {
  return { ...(found as SqliteHistoryOptions), file: resolve(cwd, file) };
}

/** What the owner has written, which has the same code. */
function toAnswer(answer: unknown): CommandAnswer & NodeAnswer {
  return answer as CommandAnswer & NodeAnswer;
}
