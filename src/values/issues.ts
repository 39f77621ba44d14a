// The issues of one message, collected.
//
// I1. One path has one issue: who reports first has seen the value first.
// I2. At most 50 are kept; all are counted.
//
// What is wrong with a definition, or with the parameters of one, collected.
//
// P1. At most 50 are kept, all are counted, and the words of the others are never asked for.

import { OnwardError, type Issue } from '../errors/onward-error.ts';
import type { ErrorCode } from '../errors/codes.ts';

const MOST_KEPT = 50;

/** What is wrong with one message, path by path. */
export class Issues {
  readonly #kept: Issue[] = [];
  readonly #paths = new Set<string>();
  #count = 0;

  /** How many there are, those included that are no longer kept. */
  get count(): number {
    return this.#count;
  }

  /** Whether nothing is known about any path. */
  get empty(): boolean {
    return this.#paths.size === 0;
  }

  has(path: string): boolean {
    return this.#paths.has(path);
  }

  /** No more is said about this path: what is wrong with it is told at another one. */
  settle(path: string): void {
    this.#paths.add(path);
  }

  /** Adds an issue; its words are asked for only if it is kept. */
  add(path: string, words: () => Omit<Issue, 'path'>): void {
    if (this.#paths.has(path)) return;
    this.#paths.add(path);
    this.#count += 1;
    if (this.#kept.length < MOST_KEPT) this.#kept.push({ path, ...words() });
  }

  /** @throws {OnwardError} ONW2003 if there is any issue. */
  throwIfAny(className: string): void {
    if (this.#count === 0) return;
    const lines = this.#kept.map((issue) => `  ${issueLine(issue)}`);
    if (this.#count > this.#kept.length) lines.push(`  … and ${this.#count - this.#kept.length} more`);
    throw new OnwardError('ONW2003', `the message does not fit ${className}\n${lines.join('\n')}`, {
      issues: this.#kept,
      details: { class: className, count: this.#count },
    });
  }
}

/** An issue in one line: `lines[3].qty: expected an integer number, got "2"`. */
function issueLine(issue: Issue): string {
  return `${issue.path === '' ? 'the message' : issue.path}: expected ${issue.expected}, got ${issue.got}`;
}

const MOST_PROBLEMS = 50;

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
    if (this.#kept.length < MOST_PROBLEMS) this.#kept.push({ path, ...words() });
  }

  /** @throws {OnwardError} of the code if there is any problem; `what` is what they are problems of. */
  throwIfAny(code: ErrorCode, what: string): void {
    if (this.#count > 0) throw this.refusal(code, what);
  }

  /** The error that tells all problems. */
  refusal(code: ErrorCode, what: string): OnwardError {
    const lines = this.#kept.map(({ path, expected, got }) => `  ${path || what}: expected ${expected}, got ${got}`);
    if (this.#count > MOST_PROBLEMS) lines.push(`  … and ${this.#count - MOST_PROBLEMS} more`);
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
