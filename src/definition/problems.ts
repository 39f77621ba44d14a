// What is wrong with a definition, or with the parameters of one, collected.
//
// P1. At most 50 are kept, all are counted, and the words of the others are never asked for.

import type { ErrorCode } from '../errors/codes.ts';
import { OnwardError, type Issue } from '../errors/onward-error.ts';
import { Issues } from '../message/issues.ts';

const MOST_KEPT = 50;

/** What was expected at a place and what was there, in words. */
export type Words = Omit<Issue, 'path'>;

export class Problems {
  /** Takes what a scan finds. */
  readonly ofScan: Issues = new Forwarded(this);
  readonly #kept: Issue[] = [];
  #count = 0;

  /** Adds a problem. One place may have several. */
  add(path: string, words: () => Words): void {
    this.#count += 1;
    if (this.#kept.length < MOST_KEPT) this.#kept.push({ path, ...words() });
  }

  /** @throws {OnwardError} of the code if there is any problem; `what` is what they are problems of. */
  throwIfAny(code: ErrorCode, what: string): void {
    if (this.#count > 0) throw this.refusal(code, what);
  }

  /** The error that tells all problems. */
  refusal(code: ErrorCode, what: string): OnwardError {
    const lines = this.#kept.map(({ path, expected, got }) => `  ${path || what}: expected ${expected}, got ${got}`);
    if (this.#count > MOST_KEPT) lines.push(`  … and ${this.#count - MOST_KEPT} more`);
    return new OnwardError(code, `${what} cannot be used\n${lines.join('\n')}`, {
      issues: this.#kept,
      details: { count: this.#count },
    });
  }
}

class Forwarded extends Issues {
  readonly #problems: Problems;

  constructor(problems: Problems) {
    super();
    this.#problems = problems;
  }

  override add(path: string, words: () => Words): void {
    this.#problems.add(path, words);
  }
}
