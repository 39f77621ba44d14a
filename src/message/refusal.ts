// Why data is no message, as data: nothing is thrown, and no words are built, before somebody reads them.
//
// REFUSAL-1. A refusal is about the data. What is wrong with the class, or what its validators throw, is an error.

import { inspect } from 'node:util';
import { OnwardError, type Issue } from '../errors/onward-error.ts';
import type { ErrorCode } from '../errors/codes.ts';
import { misfit, type Findings } from '../values/issues.ts';

/** Codes of errors that are about the data. The others are about the class, or the program. */
const OF_DATA: ReadonlySet<ErrorCode> = new Set([
  'ONW2001',
  'ONW2002',
  'ONW2003',
  'ONW2004',
  'ONW2005',
  'ONW2007',
  'ONW2008',
]);

/** Where what is wrong with data can be found out. */
interface Doubts {
  readonly className: string;
  readonly find: () => Findings;
}

/** Data that is no message of a class. */
export class Refusal {
  readonly success = false;
  readonly #doubts: Doubts | undefined;
  #findings: Findings | undefined;
  #error: OnwardError | undefined;

  /** @param of the error that says so, or what finds out what is wrong when it is asked for. */
  constructor(of: OnwardError | Doubts) {
    if (of instanceof OnwardError) this.#error = of;
    else this.#doubts = of;
  }

  get code(): ErrorCode {
    return this.#error?.code ?? 'ONW2003';
  }

  /** What is wrong, path by path: at most 50. */
  get issues(): readonly Issue[] {
    return this.#find()?.kept ?? this.error.issues;
  }

  /** The error to throw where somebody waits for a message. */
  get error(): OnwardError {
    this.#error ??= misfit(this.#doubts?.className ?? '', this.#find() ?? { kept: [], count: 0, cause: undefined });
    return this.#error;
  }

  #find(): Findings | undefined {
    return (this.#findings ??= this.#doubts?.find());
  }

  toJSON(): object {
    return { success: false, code: this.code, issues: this.issues };
  }

  [inspect.custom](): object {
    return this.toJSON();
  }
}

/** The refusal that an error stands for; an error that is not about the data is thrown on. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof OnwardError && OF_DATA.has(error.code)) return new Refusal(error);
  throw error;
}
