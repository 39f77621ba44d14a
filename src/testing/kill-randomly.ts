// Crash testing: a program that is killed at random moments, and started again until it has ended by itself.
//
// KILL-RANDOMLY-1. SIGKILL is what a crash and a power cut of the process look like: nothing of it gets to say goodbye.
// KILL-RANDOMLY-2. The same seed draws the same lengths of life; what the program does in them is up to the machine.

import { seededRandom } from './random.ts';

/** A part of Node's `ChildProcess`. */
export interface KillableProcess {
  readonly stdout: KillableOutput | null;
  readonly stderr: KillableOutput | null;
  kill(signal: 'SIGKILL'): boolean;
  once(event: 'error', listener: (error: Error) => void): unknown;
  once(event: 'close', listener: (code: number | null, signal: string | null) => void): unknown;
}

/** A part of Node's readable streams. */
export interface KillableOutput {
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown;
}

export interface KillOptions {
  /** Starts the program, such as `() => spawn('node', ['dist/main.js'])`. Its first output says that it is up. */
  readonly start: () => KillableProcess;
  /** How often it is killed. */
  readonly kills: number;
  /** After the last kill it is not started again. @default false: it is, and left to end by itself */
  readonly staysDead?: boolean;
  /** The longest time between its first output and its death, in milliseconds. @default 150 */
  readonly longestLife?: number;
  /** @default 1 */
  readonly seed?: number;
}

export interface KillReport {
  /** Fewer than were asked for, if the program has ended by itself before. */
  readonly kills: number;
  /** What the last start has written. */
  readonly output: string;
}

/**
 * Starts a program, kills it at a random moment, starts it again, and so on, until it ends by itself.
 *
 * @throws {Error} with its last output if it ends in another way than with exit code 0.
 */
export async function killRandomly(options: KillOptions): Promise<KillReport> {
  const { start, kills, staysDead = false, longestLife = 150, seed = 1 } = options;
  const random = seededRandom(seed);
  for (let killed = 0; ; killed++) {
    const life = killed < kills ? random() * longestLife : undefined;
    const { code, signal, output } = await live(start(), life);
    if (signal === 'SIGKILL' && staysDead && killed + 1 === kills) return { kills, output };
    if (signal === 'SIGKILL') continue;
    if (code === 0) return { kills: killed, output };
    throw new Error(`the program ended with ${signal ?? `exit code ${code}`} after ${killed} kills:\n${output}`);
  }
}

interface Death {
  readonly code: number | null;
  readonly signal: string | null;
  readonly output: string;
}

/** @param life undefined: it is not killed. */
function live(child: KillableProcess, life: number | undefined): Promise<Death> {
  return new Promise((resolve, reject) => {
    let output = '';
    let timer: NodeJS.Timeout | undefined;
    child.stdout?.on('data', (chunk) => {
      output += chunk.toString();
      if (life !== undefined) timer ??= setTimeout(() => child.kill('SIGKILL'), life);
    });
    child.stderr?.on('data', (chunk) => {
      output += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, output });
    });
  });
}
