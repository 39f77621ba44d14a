// What is wrong with a message, or with a definition and its parameters, collected.
//
// ISSUES-1. At most 50 are kept, and all are counted. The words of the others are never built.
// ISSUES-2. In a message one path has one issue: the first to report a path has seen its value first. A place in a
//           definition may have several problems.
// ISSUES-3. What the user's code throws hides no issue.

import { OnwardError, type Issue } from '../errors/onward-error.ts';
import type { ErrorCode } from '../errors/codes.ts';

export const MOST_KEPT = 50;

/** What was expected at a place and what was there, in words. */
export type Words = Omit<Issue, 'path'>;

/** What is wrong with one message, path by path. */
export class Issues {
  readonly #kept: Issue[] = [];
  /** Made with the first one: most messages fit. */
  #paths: Set<string> | undefined;
  #count = 0;
  #failure: OnwardError | undefined;

  /** How many there are, with those that are not kept. */
  get count(): number {
    return this.#count;
  }

  /** Whether nothing is known about any path. */
  get empty(): boolean {
    return this.#paths === undefined;
  }

  has(path: string): boolean {
    return this.#paths?.has(path) === true;
  }

  /** Reports nothing more about this path: another path reports what is wrong with it. */
  settle(path: string): void {
    (this.#paths ??= new Set()).add(path);
  }

  /** Keeps what the user's code threw about a path. The first one counts, and only where nothing else is wrong. */
  fail(path: string, error: OnwardError): void {
    this.settle(path);
    this.#failure ??= error;
  }

  /** Adds an issue; its words are built only if it is kept. */
  add(path: string, words: () => Words): void {
    if (this.has(path)) return;
    // Words of the user's may throw: then there is a failure, and no issue.
    const shown = this.#kept.length < MOST_KEPT ? [{ path, ...words() }] : [];
    this.settle(path);
    this.#count += 1;
    this.#kept.push(...shown);
  }

  /**
   * What has been found, undefined if the message fits.
   *
   * @throws {OnwardError} what the user's code threw, if nothing else is wrong.
   */
  findings(): Findings | undefined {
    const cause = this.#failure;
    if (this.#count > 0) return { kept: this.#kept, count: this.#count, cause };
    if (cause !== undefined) throw cause;
    return undefined;
  }
}

/** What is wrong with a message. */
export interface Findings {
  /** The first ones, with their words. */
  readonly kept: readonly Issue[];
  /** How many there are. */
  readonly count: number;
  /** What the user's code threw next to them. */
  readonly cause: OnwardError | undefined;
}

/** The error ONW2003 for a message that does not fit its class. */
export function misfit(className: string, { kept, count, cause }: Findings): OnwardError {
  const lines = kept.map((issue) => `  ${issueLine(issue)}`);
  if (count > kept.length) lines.push(`  … and ${count - kept.length} more`);
  return new OnwardError('ONW2003', `the message does not fit ${className}\n${lines.join('\n')}`, {
    issues: kept,
    details: { class: className, count },
    ...(cause !== undefined && { cause }),
  });
}

/** An issue in one line: `lines[3].qty: expected an integer number, got "2"`. */
function issueLine(issue: Issue): string {
  return `${issue.path === '' ? 'the message' : issue.path}: expected ${issue.expected}, got ${issue.got}`;
}

export class Problems {
  /** Takes what the sanitizer finds. */
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

  /** The error with all problems. */
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
