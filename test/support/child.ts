// Programs that tests start as processes of their own, on the sources as they are.

import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { build } from 'vite';
import config from '../../vitest.config.ts';
import { folderBelowRepository } from './folders.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Bundles a program of `test/support/programs`. @returns the file to start. */
export async function bundled(name: string): Promise<string> {
  const folder = folderBelowRepository(name);
  await build({
    configFile: false,
    logLevel: 'silent',
    ...(config.resolve !== undefined && { resolve: config.resolve }),
    // Finding and loading packages file by file takes as long as all the rest of a short life. libsql is a binary, and
    // class-transformer has to be there once.
    ssr: { noExternal: true, external: ['libsql', 'class-transformer'] },
    build: {
      ssr: join(root, `test/support/programs/${name}.ts`),
      target: 'node20',
      outDir: folder,
      rolldownOptions: { output: { entryFileNames: 'main.mjs' } },
    },
  });
  return join(folder, 'main.mjs');
}

/** Starts a program with one argument, as JSON. Its output is piped. */
export function started(program: string, given: unknown, options: SpawnOptions = {}): ChildProcess {
  return spawn(process.execPath, [program, JSON.stringify(given)], { stdio: ['pipe', 'pipe', 'inherit'], ...options });
}

/** Resolves once a program has said something, as ours do when they are up. */
export async function up(child: ChildProcess): Promise<void> {
  await new Promise((resolve) => child.stdout?.once('data', resolve));
}

/** The whole output of a program that ends by itself. */
export async function outputOf(child: ChildProcess): Promise<string> {
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  await new Promise((resolve) => child.once('close', resolve));
  return output;
}

/** Starts a life of the program, and kills it once it has said something. */
export async function killedAt(line: string, program: string, given: unknown): Promise<void> {
  const child = started(program, given);
  let output = '';
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => reject(new Error(`it ended by itself: ${output}`)));
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes(line)) resolve();
    });
  });
  child.removeAllListeners('close');
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await closed;
}
