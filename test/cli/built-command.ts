// The built command `onward` in a process of its own, and other programs beside it.

import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const MAIN = `${ROOT}dist/codegen/cli/main.js`;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface Surroundings {
  readonly cwd: string;
  /** Lies over the variables of the tests. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `onward` with these words. */
export function onward(argv: readonly string[], surroundings: Surroundings): Promise<Ended> {
  return ended(start(process.execPath, [MAIN, ...argv], surroundings));
}

export function start(program: string, argv: readonly string[], { cwd, env }: Surroundings): ChildProcess {
  return spawn(program, argv, { cwd, env: { ...process.env, ...env }, timeout: 60_000, killSignal: 'SIGKILL' });
}

export function ended(child: ChildProcess): Promise<Ended> {
  const said = { out: '', err: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => void (said.out += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => void (said.err += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code, signal) => resolve({ code, signal, ...said }));
  });
}

/** A line of a shell, with the command as `$ONWARD`. */
export function shell(line: string, { cwd, env }: Surroundings): Promise<Ended> {
  return ended(start('/bin/bash', ['-c', line], { cwd, env: { ...env, ONWARD: `${process.execPath} ${MAIN}` } }));
}
