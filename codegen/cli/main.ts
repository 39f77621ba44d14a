#!/usr/bin/env node
// The bin `onward`.
//
// MAIN-1. Only data goes to stdout; a reader that stops early (`| head -1`) is not an error.
// MAIN-2. Ctrl-C ends a command at once, but never in the middle of a write.
// MAIN-3. A finished command exits, even if a module of the user's has left something open.

import { constants } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { OnwardError } from '../../src/errors/onward-error.ts';
import { isColoured } from '../../src/observe/ready/terminal.ts';
import { run } from './run.ts';

// The work is short and broad: most functions are done before V8 has optimised them. On Node 20 it takes a third of the
// CPU time off to optimise later, and a fifteenth to inline less; later Nodes do not have the first flag, and would say so.
if (process.versions.node.startsWith('20.') && !process.argv.includes('--watch')) {
  setFlagsFromString('--interrupt-budget=400000');
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=250');
}

const { stdout, stderr } = process;

for (const stream of [stdout, stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The exit code stays as decided; output that is lost for another reason has to be noticed.
    if (error.code === 'EPIPE') return;
    if (stream === stdout) stderr.write(`error the output is not complete: ${error.message}\n`);
    process.exit(2);
  });
}

process.exitCode = await run(process.argv.slice(2), {
  get cwd() {
    return workingDirectory();
  },
  // Problems go to one stream, the summary to the other.
  hasColors: isColoured(stdout) && isColoured(stderr),
  out: (text) => void stdout.write(text),
  err: (text) => void stderr.write(text),
  now: () => performance.now(),
  date: () => new Date(),
  undisturbed(act) {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      if (process.listenerCount(signal) > 0) continue;
      process.once(signal, () => process.exit(128 + constants.signals[signal]));
    }
    return act();
  },
});
// A signal that came during the write arrives in the next turn.
await setImmediate();
// MAIN-3.
await Promise.all([stdout, stderr].map(written));
process.exit();

async function written(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableLength === 0 || stream.destroyed) return;
  await new Promise((resolve) => stream.write('', resolve));
}

function workingDirectory(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new OnwardError('ONW6003', 'the working directory was deleted; change to one that exists', { cause });
  }
}
