// Warnings of the process: those that a test causes on purpose are caught, and every other fails its test file.
//
// W1. A warning that is caught is not printed: one in the output of the tests means something.

import { afterAll, expect, onTestFinished } from 'vitest';

/** What Node says about itself, and differs from one Node to the next. */
const OF_NODE = new Set(['ExperimentalWarning', 'DeprecationWarning']);

/** Catches what the process warns of until the test is over, in the place of everybody else. To be asserted. */
export function caughtWarnings(): readonly string[] {
  const caught: string[] = [];
  const others = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', ({ message }) => caught.push(message));
  onTestFinished(() => {
    process.removeAllListeners('warning');
    for (const other of others) process.on('warning', other);
  });
  return caught;
}

/** Lets a warning that no test has caught fail the test file. To be called once, when it is set up. */
export function failOnWarnings(): void {
  const unexpected: string[] = [];
  process.on('warning', (warning) => {
    if (!OF_NODE.has(warning.name)) unexpected.push(String(warning));
  });
  afterAll(async () => {
    // Node warns in the next turn.
    await new Promise((resolve) => setImmediate(resolve));
    expect(unexpected, 'warnings that no test catches; see test/support/warnings.ts').toEqual([]);
  });
}
