// What asynchronous validators have still to say, and how long they may take.
//
// PENDING-1. Nothing is awaited unless a validator returned a promise.

import { OnwardError } from '../errors/onward-error.ts';
import { Refusal, refusalOf } from './refusal.ts';
import type { PendingCheck, ValidationContext } from './validate.ts';

/** How long asynchronous validators are waited for, and on which clock. */
export interface ValidatorTimeout {
  readonly ms: number;
  readonly clock: {
    /** Calls back after a time in milliseconds. What it returns cancels the call. */
    after(ms: number, callback: () => void): () => void;
    /** Calls back in the next turn of the event loop. */
    nextTurn(callback: () => void): void;
  };
}

/**
 * The message, or its refusal, once all validators have answered.
 *
 * @throws {OnwardError} ONW2010 if one of them threw and nothing else is wrong; ONW2011 as a rejection.
 */
export function answered(
  message: object,
  className: string,
  context: ValidationContext,
  timeout: ValidatorTimeout | undefined,
): object | Promise<object> {
  const done = (): object => {
    const findings = context.issues.findings();
    return findings === undefined ? message : new Refusal({ className, find: () => findings });
  };
  if (context.pending.length === 0) return done();
  return lateAnswer(verdictsOf(context.pending, className, timeout), done);
}

async function lateAnswer(verdicts: Promise<void>, done: () => object): Promise<object> {
  try {
    await verdicts;
    return done();
  } catch (error) {
    return refusalOf(error);
  }
}

/** Waits for the verdicts. @throws {OnwardError} ONW2011 if one is not there in time. */
async function verdictsOf(
  pending: readonly PendingCheck[],
  className: string,
  timeout: ValidatorTimeout | undefined,
): Promise<void> {
  const verdicts = Promise.all(pending.map(({ verdict }) => verdict));
  if (timeout === undefined) return void (await verdicts);
  const { ms, clock } = timeout;
  let isOver = false;
  let callOff = (): void => undefined;
  const late = new Promise<never>((_, reject) => {
    // Most answer within a turn, and need no timer.
    clock.nextTurn(() => {
      if (!isOver) callOff = clock.after(ms, () => reject(unanswered(pending, className, ms)));
    });
  });
  try {
    await Promise.race([verdicts, late]);
  } finally {
    isOver = true;
    callOff();
  }
}

function unanswered(pending: readonly PendingCheck[], className: string, ms: number): OnwardError {
  const fields = [...new Set(pending.filter(({ isOver }) => !isOver).map((check) => check.of))];
  const validators = fields.length === 1 ? 'a validator' : 'validators';
  const text = `${validators} of ${fields.join(', ')} did not answer within ${ms} ms; give what it waits for a time limit of its own, or raise \`messages.validatorTimeout\``;
  return new OnwardError('ONW2011', text, { details: { class: className, fields, timeoutMs: ms } });
}
