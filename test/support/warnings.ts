// Warnings of the process: Onward emits none, it logs. One that comes all the same fails its test file.

import { afterAll, expect } from 'vitest';

/** What Node says about itself, and differs from one Node to the next. */
const OF_NODE = new Set(['ExperimentalWarning', 'DeprecationWarning']);

/** Lets a warning fail the test file. To be called once, when it is set up. */
export function failOnWarnings(): void {
  const unexpected: string[] = [];
  const hear = (warning: Error): void => {
    if (!OF_NODE.has(warning.name)) unexpected.push(String(warning));
  };
  process.on('warning', hear);
  afterAll(async () => {
    // Node warns in the next turn.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', hear);
    expect(unexpected, 'warnings of the process').toEqual([]);
  });
}
