// The one error class of Onward, and the three errors a body throws to say what should happen next.
//
// ONWARD-ERROR-1. Every error of ours carries a code of the closed table in `codes.ts`.
// ONWARD-ERROR-2. Two copies of the package recognise each other's errors by code, never by `instanceof`.

import type { ErrorCode } from './codes.ts';

/** One thing wrong with one message, at a path such as `lines[3].qty`. */
export interface Issue {
  readonly path: string;
  readonly expected: string;
  readonly got: string;
}

export interface OnwardErrorOptions {
  /** Facts about the error as plain data, for programs. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly issues?: readonly Issue[];
  readonly cause?: unknown;
}

/** An error of Onward itself. `code` is stable, the text is for people. `onward explain <code>` says more. */
export class OnwardError extends Error {
  override readonly name: string = 'OnwardError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  /** What is wrong with a message, field by field. Empty for other errors. */
  readonly issues: readonly Issue[];

  constructor(code: ErrorCode, message: string, options: OnwardErrorOptions = {}) {
    super(`${code}: ${message}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
    this.issues = options.issues ?? [];
  }
}

/** What an attempt fails with that took longer than its `timeout`: `@OnError('charge', { when: StepTimeout })`. */
export class StepTimeout extends OnwardError {
  override readonly name: string = 'StepTimeout';

  constructor(message: string, options: OnwardErrorOptions = {}) {
    super('ONW3041', message, options);
  }
}

/** Thrown by a body: the attempt failed for good, also if the retry policy has attempts left. */
export class TerminalError extends Error {
  override readonly name: string = 'TerminalError';
}

/** Thrown by a body: try again after the given time, if the policy has attempts left. */
export class RetryableError extends Error {
  override readonly name: string = 'RetryableError';
  /** Time to wait before the next attempt, in milliseconds. It replaces the policy's delay, not its count. */
  readonly retryAfterMs: number;

  constructor(message: string, options: { readonly retryAfterMs: number; readonly cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Thrown by a body: an argument is wrong. The step fails with code 103 and is not retried. */
export class InvalidArgument extends Error {
  override readonly name: string = 'InvalidArgument';
}

/** Whether a value is an Onward error, from this copy of the package or another one. */
export function isOnwardError(value: unknown, code?: ErrorCode): value is OnwardError {
  if (!(value instanceof Error) || !('code' in value) || typeof value.code !== 'string') return false;
  return code === undefined ? /^ONW\d{4}$/.test(value.code) : value.code === code;
}

/** An error of ours whose stack begins where a program calls `entry`: frames of ours say nothing to its author. */
export function atCallOf(entry: unknown, error: unknown): unknown {
  if (typeof entry === 'function' && isOnwardError(error)) Error.captureStackTrace(error, entry);
  return error;
}

/** What an error says, without the code that its text begins with: for the text of another one. */
export function withoutCode({ message }: Error): string {
  return message.replace(/^ONW\d+: /, '');
}

/**
 * What is read of each item of a list.
 *
 * @param where what the list is called; empty if the problem of an item says itself where it is.
 * @throws {OnwardError} with the problem and the place of every item that is refused, and the code of the first.
 */
export function readEach<Item, T>(list: readonly Item[], where: string, read: (item: Item, at: number) => T): T[] {
  const problems: OnwardError[] = [];
  const done: T[] = [];
  for (const [at, item] of list.entries()) {
    try {
      done.push(read(item, at));
    } catch (error) {
      if (!isOnwardError(error)) throw error;
      const text = `${where}[${at}]: ${withoutCode(error)}`;
      const placed = new OnwardError(error.code, text, { details: { ...error.details, index: at } });
      problems.push(where === '' ? error : placed);
    }
  }
  const [first, ...others] = problems;
  if (first === undefined) return done;
  if (others.length === 0) throw first;
  const texts = problems.map(withoutCode);
  throw new OnwardError(first.code, texts.join('; '), { details: { problems: texts } });
}
