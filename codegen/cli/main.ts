#!/usr/bin/env node
// The bin `onward`.

import { run } from './run.ts';

// `onward list | head -1` closes the pipe early; that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 70));

process.exitCode = await run(process.argv.slice(2), {
  cwd: process.cwd(),
  hasColors: process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  now: () => performance.now(),
});
